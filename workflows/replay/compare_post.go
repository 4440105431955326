package replay

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// postPlans is what the database must hold of a publication from its approval on.
func postPlans(v Verdict) []plan {
	p := *v.Post
	if p.Seq == 0 {
		return []plan{{table: TableEntries, by: "workflow_id", key: "seq"}}
	}
	run := ""
	if len(v.Acts) > 0 {
		run = v.Acts[len(v.Acts)-1].Decided.Run
	}
	list := entries(v, p.ID, func(a Applied, cols map[string]want) {
		reason := ""
		if act, ok := a.Raw.(domain.PostAct); ok && act.Reason != nil {
			reason = act.Reason.Object
		}
		cols["comment_id"], cols["slot"], cols["outcome"] = textOrNull(reason), text(""), text("")
	})
	row := map[string]want{
		"id": text(p.ID), "number": text(p.Number), "author_id": text(string(p.Author)), "state": text(string(p.State)), "class": text(string(p.Class)),
		"urgent": boolean(p.Urgent), "case_id": textOrNull(p.Case), "digest": text(p.Digest), "content": text(p.Content), "original_id": text(p.Original.Object),
		"clean_id": textOrNull(p.Clean.Object), "seq": number(int64(p.Seq)), "version": unchecked("counts the author's changes before the approval"), "doc": document(p),
		"state_digest": text(domain.StateDigest(p)), "run_id": text(run), "approved_at": moment(p.Approved), "until_at": moment(p.Until), "not_before": moment(p.NotBefore),
		"since": moment(p.Since), "created_at": since(time.Time{}), "changed_at": moment(lastAt(v)),
	}
	out := []plan{{table: TablePosts, by: "id", key: "id", rows: []line{{key: p.ID, cols: row}}}, list}
	places := plan{table: TablePostings, by: "post_id", key: "group_id"}
	for _, x := range p.Postings {
		message, at := "", time.Time{}
		if x.Receipt != nil {
			message, at = x.Receipt.ID, x.Receipt.At
		}
		places.rows = append(places.rows, line{key: x.Group, cols: map[string]want{
			"post_id": text(p.ID), "group_id": text(x.Group), "state": text(string(x.State)), "code": text(x.Code), "message": text(message), "posted_at": moment(at),
			"since": since(p.Approved),
		}})
	}
	return append(out, places)
}
