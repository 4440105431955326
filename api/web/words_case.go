package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// actRevoke is how the service calls asking for a revocation among what can be done; it is no act on the case itself.
const actRevoke domain.ActKind = "revoke"

// can tells whether the reader may do this to the case now.
func can(c service.CaseView, act domain.ActKind) bool { return slices.Contains(c.Can, string(act)) }

// acts tells whether there is anything at all to do in the case's one place to act.
func (v *View) acts(c service.CaseView) bool {
	return slices.ContainsFunc([]domain.ActKind{domain.ActDecide, domain.ActReturn, domain.ActTransfer, domain.ActAdd, domain.ActCopy, domain.ActUrge,
		domain.ActWithdraw, domain.ActResubmit, domain.ActAssign, domain.ActComment, actRevoke}, func(a domain.ActKind) bool { return can(c, a) })
}

func caseDeciding(c service.CaseView) deciding {
	return deciding{Case: c.CaseSummary, Digest: c.Digest, Version: c.Version, For: c.With.For, From: "case"}
}

func inboxDeciding(it service.InboxItem) deciding {
	return deciding{Case: it.Case, Digest: it.Digest, Version: it.Version, For: whose(it), From: "inbox"}
}

// Confirm is the second tap of a decision: it names the thing, and in whose name.
func (v *View) Confirm(outcome string, d deciding) string {
	kv := []string{"number", d.Case.Number, "people", v.Names(d.For)}
	if len(d.For) == 1 {
		return v.T("decide."+outcome+".confirm.for", kv...)
	}
	return v.T("decide."+outcome+".confirm", kv...)
}

// whose is in whose name an inbox item would be decided; empty: in one's own.
func whose(it service.InboxItem) []service.PersonRef {
	if it.For == nil {
		return nil
	}
	return []service.PersonRef{*it.For}
}

// titleOf is a case's title; a revocation's says that it is one.
func (v *View) titleOf(c service.CaseView) string {
	switch c.Kind {
	case domain.KindRevocation:
		return v.T("revokes.title", "title", c.Title)
	case domain.KindChange:
		return v.T("change.of", "title", c.Title)
	case domain.KindPublication, domain.KindTopic: // never what it says
		return v.T("post.asked."+string(c.Kind), "number", c.Number)
	default: // a filing is named by its group
	}
	return c.Title
}

// Asks says in a sentence who asks for what.
func (v *View) Asks(c *service.CaseView) string {
	kv := []string{"person", c.Requester.Name, "type", v.noun(c), "number", ""}
	if c.Kind == domain.KindChange {
		return v.T("case.asks.change", kv...)
	}
	if c.Kind == domain.KindPublication || c.Kind == domain.KindTopic {
		return v.T("post.by", kv...)
	}
	if c.Kind == domain.KindRevocation {
		if c.Revokes != nil {
			kv[5] = c.Revokes.Number
		}
		return v.T("case.asks.revocation", kv...)
	}
	return v.T("case.asks", kv...)
}

// Stand tells the reader why there is nothing to decide for them now: what became of their place, or what they wait for.
func (v *View) Stand(c service.CaseView) string {
	if can(c, domain.ActDecide) {
		return ""
	}
	if s := v.standInStep(c); s != "" {
		return s
	}
	is := func(r service.Relation) bool { return slices.Contains(c.Relations, r) }
	if is(service.RelRequester) && !can(c, domain.ActUrge) && c.With.UrgeFrom != nil && c.With.UrgeFrom.After(v.Now) {
		return v.T("stand.urged", "at", v.Moment(*c.With.UrgeFrom))
	}
	if len(c.Relations) == 1 && is(service.RelCopied) {
		return v.T("stand.copied")
	}
	return ""
}

// standInStep words the reader's place: that of the latest step where they have one.
func (v *View) standInStep(c service.CaseView) string {
	for i := len(c.Route.Steps) - 1; i >= 0; i-- {
		s := c.Route.Steps[i]
		for k := len(s.Slots) - 1; k >= 0; k-- {
			x := s.Slots[k]
			if !x.Mine || x.ID == "" && c.Status.Final() {
				continue
			}
			if s := v.standInPlace(s, x); s != "" {
				return s
			}
		}
	}
	return ""
}

func (v *View) standInPlace(s service.StepView, x service.SlotView) string {
	kv := []string{"when", "", "by", v.name(x.DecidedBy), "reason", v.Reason(x.Closed), "n", stepNo(s, 0)}
	if x.DecidedAt != nil {
		kv[1] = v.Relative(*x.DecidedAt)
	}
	switch x.Status {
	case domain.SlotWaiting:
		if f := v.Follows(s, x); f != "" {
			return f
		}
		if s.Status == domain.StepOpen {
			return v.T("stand.next")
		}
		return v.T("stand.later", kv...)
	case domain.SlotTransferred:
		return v.Follows(s, x)
	case domain.SlotClosed:
		return v.T("stand.closed", kv...)
	case domain.SlotApproved, domain.SlotRejected:
		key := "stand." + string(x.Status)
		if x.DecidedBy != nil && x.DecidedBy.ID != x.Person.ID {
			key += ".by"
		}
		return v.T(key, kv...)
	case domain.SlotOpen, domain.SlotCarriedOver: // said elsewhere
	}
	return ""
}

// placeName names a place on the route for an assignment: whose it is, and in which step.
func (v *View) placeName(c service.CaseView, id string) string {
	for i, s := range c.Route.Steps {
		for _, x := range s.Slots {
			if x.ID == id {
				return v.T("more.assignments.place", "person", x.Person.Name, "n", stepNo(s, i), "step", v.Label(s.Label))
			}
		}
	}
	return id
}

// ReturnedBy is the round that ended by being sent back to the requester, of a case that waits for them.
func returnedBy(c service.CaseView) *service.RouteView {
	if c.Status != domain.CaseReturned || len(c.Earlier) == 0 {
		return nil
	}
	return &c.Earlier[len(c.Earlier)-1]
}

// Size writes how large a file is.
func (v *View) Size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// CopiesLine lists who reads along.
func (v *View) CopiesLine(cs []service.CopyView) string {
	var ps []service.PersonRef
	for _, c := range cs {
		ps = append(ps, c.Person)
	}
	return v.allNames(ps)
}

// ---- what is kept of an act that was not accepted ----

// keptMore tells whether one of the rarer acts came back: then its form stands open again.
func (v *View) keptMore(id string) bool {
	act, ok := strings.CutSuffix(v.Kept.Get("act"), id)
	return ok && act != "approve" && act != "reject" && act != "comments" && act != "urges" && act != ""
}

// keptChoice tells whether a choice stands: as it was made, or as it is at first.
func (v *View) keptChoice(act, field, val string, first bool) bool {
	if v.Kept.Get("act") == act && v.Kept.Has(field) {
		return v.Kept.Get(field) == val
	}
	return first
}

// keptPicker is an act's choice of people, with those chosen before it came back.
func (v *View) keptPicker(act, field string, single bool) pick {
	p := pick{Field: field, Single: single}
	if v.Kept.Get("act") == act {
		for _, s := range v.Kept[field] {
			p.Chosen = append(p.Chosen, chipRef(s))
		}
		p.Numbers = v.Kept.Get(numbersField(field))
	}
	return p
}
