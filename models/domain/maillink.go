package domain

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The ways of Act.Via.
const (
	ViaMailLink = "mail_link" // a decision by a link in a mail
	ViaBatch    = "batch"     // a decision with others at once
	// ViaOtherwise is an approver's decision that a publication does not go into a group but another way, which its comment
	// names (R3.2.2).
	ViaOtherwise = "otherwise"
)

// MailLink is one link in a mail by which a person decides in one place of a case, on the material it was sent for, once
// (issue 3, point 7). The link's text carries none of this: it names the link by ID, with a signature over all of it.
type MailLink struct {
	ID      string
	Person  EmployeeID // who decides by it
	Case    string
	Slot    string // the place decided in: the person's own, or that of whom they stand in for
	Digest  string
	Version int
	Expires time.Time
	Act     string // the decision_id of what is decided by it
}

// Signed returns the bytes that the link's signature covers. The header says what kind of thing it is, so that no
// signature over anything else passes for one; each field stands with its length.
func (l MailLink) Signed() []byte {
	var b strings.Builder
	b.WriteString("qunbei-mail-link-v1\n")
	for _, f := range []string{l.ID, string(l.Person), l.Case, l.Slot, l.Digest, strconv.Itoa(l.Version), strconv.FormatInt(l.Expires.UnixMicro(), 10), l.Act} {
		fmt.Fprintf(&b, "%d:%s\n", len(f), f)
	}
	return []byte(b.String())
}

// LinkState says what a link in a mail is good for now.
type LinkState string

// The states of a link. Only an open one decides; each of the others explains itself.
const (
	LinkOpen       LinkState = "open"
	LinkUsed       LinkState = "used"        // the decision was made by this link
	LinkExpired    LinkState = "expired"     // by the clock
	LinkDecided    LinkState = "decided"     // the place was decided, but not by this link
	LinkSettled    LinkState = "settled"     // another's decision, or the clock, settled the step
	LinkHandedOn   LinkState = "handed_on"   // somebody else has the place now
	LinkReturned   LinkState = "returned"    // the request was sent back
	LinkSuperseded LinkState = "superseded"  // the material changed
	LinkWaiting    LinkState = "waiting"     // the place is not open at the moment
	LinkEnded      LinkState = "ended"       // the case ended without this place
	LinkNotAllowed LinkState = "not_allowed" // the person may not decide in this place: a delegation ended
)

// Standing is what became of a link.
type Standing struct {
	State   LinkState
	By      EmployeeID // whose decision stands; empty: nobody's
	At      time.Time
	Outcome Outcome
	Holder  EmployeeID // whose place it is
}

// Standing tells what a link is good for at a moment. It looks at the case alone: that the account is enabled, and that a
// delegation still holds, Decide judges over live facts.
func (l MailLink) Standing(c Case, at time.Time) Standing {
	step, s := c.slotByID(l.Slot)
	if s == nil {
		return Standing{State: LinkSuperseded}
	}
	out := Standing{Holder: s.Person}
	if d := s.Decision; d != nil {
		out.By, out.At, out.Outcome = d.By, d.At, d.Outcome
	}
	switch {
	case s.Decision != nil && s.Decision.Act == l.Act:
		out.State = LinkUsed
	case !at.Before(l.Expires):
		out.State = LinkExpired
	default:
		if out.State = l.standing(c, s); step < 0 && out.State == LinkDecided {
			out.State = LinkReturned // what was decided before the request was sent back is void
		}
		if out.State == LinkSettled && step >= 0 {
			out.By = c.settledBy(step)
		}
		if out.State == LinkEnded {
			out.By = c.EndedBy()
		}
	}
	return out
}

// standing is what the state of the place says.
func (l MailLink) standing(c Case, s *Slot) LinkState {
	switch s.Status {
	case SlotApproved, SlotRejected, SlotCarriedOver:
		return LinkDecided
	case SlotTransferred:
		return LinkHandedOn
	case SlotClosed:
		switch s.Closed {
		case ReasonLost, ReasonEscalated, ReasonReassigned:
			return LinkHandedOn
		case ReasonReturned:
			return LinkReturned
		case ReasonAmended:
			return LinkSuperseded
		case ReasonEnded:
			return LinkEnded
		default:
			return LinkSettled
		}
	case SlotWaiting, SlotOpen: // still to decide, unless the case moved on
	}
	switch {
	case c.Status.Final():
		return LinkEnded
	case c.Digest != l.Digest || c.Version != l.Version:
		return LinkSuperseded
	case s.Status == SlotWaiting:
		return LinkWaiting
	}
	return LinkOpen
}

// slotByID finds a place in the present round, with its step, or in an earlier one, with -1.
func (c *Case) slotByID(id string) (step int, s *Slot) {
	for i := range c.Steps {
		if k := c.Steps[i].place(id); k >= 0 {
			return i, &c.Steps[i].Slots[k]
		}
	}
	for r := range c.Past {
		for i := range c.Past[r].Steps {
			if k := c.Past[r].Steps[i].place(id); k >= 0 {
				return -1, &c.Past[r].Steps[i].Slots[k]
			}
		}
	}
	return -1, nil
}
