package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// States of publications are told by colour, word and shape.
var (
	postTone = map[domain.PostState]string{
		domain.PostDraft: "calm", domain.PostScreened: "warn", domain.PostInApproval: "info", domain.PostReturned: "warn", domain.PostApproved: "ok", domain.PostScheduled: "info",
		domain.PostPosting: "info", domain.PostPosted: "ok", domain.PostRecalled: "calm", domain.PostArchived: "calm", domain.PostLapsed: "warn", domain.PostHandled: "calm",
		domain.PostStopped: "bad", domain.PostRejected: "bad", domain.PostWithdrawn: "calm", domain.PostExpired: "warn",
	}
	postShape = map[domain.PostState]string{
		domain.PostDraft: "dotted", domain.PostScreened: "shield", domain.PostInApproval: "half", domain.PostReturned: "back", domain.PostApproved: "check", domain.PostScheduled: "clock",
		domain.PostPosting: "half", domain.PostPosted: "check", domain.PostRecalled: "back", domain.PostArchived: "box", domain.PostLapsed: "clock", domain.PostHandled: "arrow",
		domain.PostStopped: "cross", domain.PostRejected: "cross", domain.PostWithdrawn: "back", domain.PostExpired: "clock",
	}
	postingTone = map[domain.PostingState]string{
		domain.PostingPending: "info", domain.PostingByHand: "warn", domain.PostingFailed: "bad", domain.PostingDone: "ok", domain.PostingRecall: "info", domain.PostingRecallBy: "warn", domain.PostingRecalled: "calm",
	}
	postingShape = map[domain.PostingState]string{
		domain.PostingPending: "half", domain.PostingByHand: "person", domain.PostingFailed: "alert", domain.PostingDone: "check", domain.PostingRecall: "half", domain.PostingRecallBy: "person", domain.PostingRecalled: "back",
	}
	classTone   = map[domain.Class]string{domain.ClassGeneral: "calm", domain.ClassBusiness: "info", domain.ClassStrategic: "warn", domain.ClassSensitive: "warn", domain.ClassTopic: "bad"}
	classShape  = map[domain.Class]string{domain.ClassGeneral: "dotted", domain.ClassBusiness: "doc", domain.ClassStrategic: "doc", domain.ClassSensitive: "lock", domain.ClassTopic: "alert"}
	exemptTone  = map[string]string{"asked": "warn", "granted": "ok", "refused": "bad"}
	exemptShape = map[string]string{"asked": "half", "granted": "check", "refused": "cross"}
)

// hitPiece is a run of a text: plain, or found by screening.
type hitPiece struct {
	Text string
	Hit  *service.PostFinding
	N    int // the number of the finding in its list
}

// pieces cuts a field's text where something was found. Places count units of UTF-16; of findings that overlap the first is
// marked, and one that does not lie in the text is none of it.
func pieces(text, field string, left bool, all []service.PostFinding) []hitPiece {
	units := utf16.Encode([]rune(text))
	var hits []int
	for i, f := range all {
		if f.Field == field && f.Left == left && f.Start >= 0 && f.Start < f.End && f.End <= len(units) {
			hits = append(hits, i)
		}
	}
	slices.SortStableFunc(hits, func(a, b int) int { return all[a].Start - all[b].Start })
	var out []hitPiece
	at := 0
	for _, i := range hits {
		f := &all[i]
		if f.Start < at {
			continue
		}
		if f.Start > at {
			out = append(out, hitPiece{Text: string(utf16.Decode(units[at:f.Start]))})
		}
		out = append(out, hitPiece{Text: string(utf16.Decode(units[f.Start:f.End])), Hit: f, N: i + 1})
		at = f.End
	}
	if at < len(units) {
		out = append(out, hitPiece{Text: string(utf16.Decode(units[at:]))})
	}
	return out
}

// postNext says what happens next with a publication.
func (v *View) postNext(p service.PostView) string {
	kv := []string{"at", "", "until", ""}
	if p.Due != nil {
		kv[1] = v.Moment(*p.Due)
	}
	if p.Until != nil {
		kv[3] = v.Moment(*p.Until)
	}
	state := string(p.State)
	switch {
	case p.State == domain.PostApproved && len(p.Misfits) > 0:
		state += ".misfit"
	case p.State == domain.PostScheduled && p.Urgent:
		state += ".urgent"
	case p.State == domain.PostStopped && p.Class == domain.ClassTopic:
		state += ".topic"
	}
	return v.TOr("post.next."+state, "", kv...)
}

// classWhy says why a class is demanded.
func (v *View) classWhy(p service.PostPreview) string {
	switch {
	case p.Screened.Rank() > p.Declared.Rank():
		return v.T("draft.class.raised", "class", v.Label(p.Screened.Label()), "declared", v.Label(p.Declared.Label()))
	case p.Screened.Rank() < p.Declared.Rank():
		return v.T("draft.class.declared", "class", v.Label(p.Declared.Label()))
	}
	return v.T("draft.class.same")
}

// misfitText says why a publication does not fit a group.
func (v *View) misfitText(m service.PostMisfitView) string {
	f := domain.Fault{Field: "groups", Code: "misfit_" + string(m.Kind), Params: map[string]string{"n": few(m.N)}}
	if m.Person != nil {
		f.Params["person"] = m.Person.Name
	}
	return v.Fault(f)
}

// fieldOf names the field in which something was found; of a file its place.
func (v *View) fieldOf(f service.PostFinding) string {
	if strings.HasPrefix(f.Field, "files[") {
		n, _ := strconv.Atoi(strings.Trim(f.Field[len("files"):], "[]")) //nolint:errcheck // the service's own numbers
		return v.T("draft.file", "n", strconv.Itoa(n+1))
	}
	return v.T("draft.field." + f.Field)
}

// postRuns are the states in which a publication has a history of its own.
var postRuns = []domain.PostState{domain.PostScheduled, domain.PostPosting, domain.PostPosted, domain.PostRecalled, domain.PostArchived, domain.PostLapsed}

// postTitle is the subject for who may read it, else the number.
func postTitle(v *View, p postData) string {
	switch {
	case p.Clean != nil && p.Clean.Subject != "":
		return p.Clean.Subject
	case p.Original != nil && p.Original.Subject != "":
		return p.Original.Subject
	}
	return v.T("post.title", "number", p.Number)
}

// actsOnWhole tells whether the reader can do anything to the whole of a publication.
func (p postData) actsOnWhole() bool {
	if p.can("lower") && p.Original != nil {
		return true
	}
	return slices.ContainsFunc([]string{"try", "otherwise", "archive", "recall", "withdraw"}, p.can)
}

// postScope lists who may know.
func (v *View) postScope(s service.PostScopeView) string {
	var out []string
	for _, d := range s.Departments {
		out = append(out, d.Name)
	}
	for _, g := range s.Groups {
		out = append(out, g.Name)
	}
	for _, p := range s.People {
		out = append(out, p.Name)
	}
	return strings.Join(out, v.T("list.comma"))
}
