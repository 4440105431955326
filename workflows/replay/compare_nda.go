package replay

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// ndaPlans is what the database must hold of an agreement.
func ndaPlans(v Verdict) []plan {
	n := *v.NDA
	if n.Seq == 0 {
		return []plan{{table: TableEntries, by: "workflow_id", key: "seq"}}
	}
	run := ""
	if len(v.Acts) > 0 {
		run = v.Acts[len(v.Acts)-1].Decided.Run
	}
	sealed, file, entries := time.Time{}, "", entries(v, n.ID, func(a Applied, cols map[string]want) {
		reason := ""
		if act, ok := a.Raw.(domain.NDAAct); ok && act.Reason != nil {
			reason = act.Reason.Object
		}
		cols["comment_id"], cols["slot"], cols["outcome"] = textOrNull(reason), text(""), text("")
	})
	if n.Sealed != nil {
		sealed, file = n.Sealed.At, n.Sealed.File
	}
	cols := map[string]want{
		"id": text(n.ID), "number": text(n.Number), "group_id": text(n.Group), "person_id": text(string(n.Person)), "template_sha256": text(n.Template),
		"material_object": text(n.Material.Object), "digest": text(n.Digest), "state": text(string(n.State)), "counter_role": text(string(n.Countersigner())),
		"fault": text(n.Fault), "seq": number(int64(n.Seq)), "doc": document(n), "state_digest": text(domain.StateDigest(n)), "run_id": text(run),
		"sent_at": moment(n.Sent), "due_at": moment(n.Due), "lapses_at": moment(n.LapsesAt), "sealed_at": moment(sealed), "document_sha256": text(file),
		// The agreement that was sealed in its place; its own workflow says so a moment later.
		"replaced_by": unchecked("the other agreement's history says it"), "since": moment(n.Since), "changed_at": moment(lastAt(v)),
		"created_at": since(time.Time{}),
	}
	if n.State == domain.NDASuperseded {
		cols["replaced_by"] = text(n.EndedBy)
	}
	return []plan{{table: TableNDAs, by: "id", key: "id", rows: []line{{key: n.ID, cols: cols}}}, entries}
}
