package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Links are the links in mails by which a person decides in one tap (issue 3, point 7). Reading one never acts and writes
// nothing, since mail servers open every link before its reader does.
type Links interface {
	// MailLink tells what a link is for and what it is good for. a is whoever is signed in, or nobody.
	MailLink(ctx context.Context, a Actor, text string) (LinkView, error)
	// DecideByLink decides as the person the link was sent to. Twice the same is done once and answered alike; what
	// cannot be done comes back as the link's state.
	DecideByLink(ctx context.Context, a Actor, text string, in LinkDecision) (LinkView, error)
}

// LinkDecision is what a person decides by a link.
type LinkDecision struct {
	Outcome domain.Outcome
	Comment string
}

// The states of a link beside the case's own (domain.LinkState).
const (
	LinkUnknown  domain.LinkState = "unknown"   // forged, cut, or not one of ours: all alike
	LinkNotYours domain.LinkState = "not_yours" // somebody else is signed in
	LinkDisabled domain.LinkState = "disabled"  // the person left, or the account is disabled
	LinkSignIn   domain.LinkState = "sign_in"   // the policy asks for signing in first
	LinkPending  domain.LinkState = "pending"   // decided, the answer is still out
)

// LinkView is what a link's page shows. Title and people are there only for whom the policy lets read them.
type LinkView struct {
	State     domain.LinkState
	Lang      string // the person's own language; empty: not known, or not to be known
	Number    string
	CaseID    string
	Readable  bool // what follows may be shown
	Title     string
	Kind      domain.RequestKind
	Tier      domain.Tier
	Status    domain.CaseStatus
	Requester PersonRef
	Person    PersonRef   // who decides by the link
	For       *PersonRef  // in whose name, by delegation
	Waiting   []PersonRef // who has it now
	Due       *time.Time
	Expires   time.Time
	Outcome   domain.Outcome // used, decided: what was decided
	By        *PersonRef     // whose decision stands
	At        *time.Time
	Repeated  bool // the decision sent now had been taken before
}

// opened is a link that holds, with what was read to judge it.
type opened struct {
	link store.MailLinkRec
	row  *store.CaseRec
	who  Actor // the person it was sent to
	// holder is whose place the link decides in: the person's own, or that of whom they stand in for.
	holder domain.EmployeeID
	view   LinkView
}

// MailLink implements Links.
func (s *Service) MailLink(ctx context.Context, a Actor, text string) (LinkView, error) {
	o, err := s.openLink(ctx, a, text)
	return o.view, fail(err)
}

// openLink reads a link and judges it: is it ours, whose is it, may it be read, what is it good for.
func (s *Service) openLink(ctx context.Context, a Actor, text string) (opened, error) {
	unknown := opened{view: LinkView{State: LinkUnknown}}
	t, ok := readLink(text)
	if !ok {
		return unknown, nil
	}
	l, err := s.cfg.Store.MailLinkBy(ctx, t.sum)
	if errors.Is(err, store.ErrNotFound) {
		return unknown, nil
	}
	if err != nil {
		return unknown, fmt.Errorf("look a link up: %w", err)
	}
	if !s.linkHolds(t, l) {
		s.log.WarnContext(ctx, "a link on record does not hold: its row was altered, or its key is gone", "link", l.ID, "key", l.Key)
		return unknown, nil
	}
	o := opened{link: l}
	if a.ID != "" && a.ID != l.Person {
		o.view.State = LinkNotYours
		return o, nil
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return o, err
	}
	if o.who, err = s.actor(ctx, dir, l.Person, "", "mail_link", ""); err != nil {
		if AsError(err).Kind != Unsigned {
			return o, err
		}
		o.view.State = LinkDisabled // semantics 1: not even through an old link
		return o, nil
	}
	if o.row, err = s.caseRow(ctx, l.Case); err != nil {
		return o, err
	}
	rules, err := s.linkRules(ctx, o.row)
	if err != nil {
		return o, err
	}
	// A link that expired shows nothing any more to whoever finds it in an old mail; its person signs in.
	now := s.now()
	o.judge(names{dir}, now, a.ID == l.Person || !rules.Asks(o.row.State.Tier) && now.Before(l.Expires))
	if o.view.State != domain.LinkOpen {
		return o, nil
	}
	may, err := s.mayDecideIn(ctx, &o.row.State, o.holder, l.Person)
	if !may {
		o.view.State = domain.LinkNotAllowed
	}
	return o, err
}

// judge fills the view with what its reader may see.
func (o *opened) judge(n names, now time.Time, readable bool) {
	st, c := o.link.Standing(o.row.State, now), &o.row.State
	o.holder = st.Holder
	v := &o.view
	*v = LinkView{State: st.State, Lang: o.who.Lang, Number: o.row.Number, CaseID: o.row.ID, Expires: o.link.Expires}
	if !readable {
		if st.State == domain.LinkOpen || st.State == domain.LinkWaiting {
			v.State = LinkSignIn
		}
		return
	}
	sum := n.summaryOf(o.row)
	v.Readable, v.Title, v.Kind, v.Tier, v.Status, v.Requester, v.Waiting = true, sum.Title, sum.Kind, sum.Tier, sum.Status, sum.Requester, sum.Waiting
	v.Person, v.Outcome, v.By, v.At = n.person(o.link.Person), st.Outcome, n.maybe(st.By), timeOf(st.At)
	if st.Holder != "" && st.Holder != o.link.Person {
		v.For = n.maybe(st.Holder)
	}
	for _, sl := range c.OpenSlots() {
		if sl.ID == o.link.Slot {
			v.Due = timeOf(sl.Due.At)
		}
	}
}

// DecideByLink implements Links.
func (s *Service) DecideByLink(ctx context.Context, a Actor, text string, in LinkDecision) (LinkView, error) {
	o, err := s.openLink(ctx, a, text)
	if err != nil {
		return o.view, fail(err)
	}
	if o.view.State != domain.LinkOpen {
		return s.declined(ctx, a, o, in)
	}
	l := o.link
	d := DecideInput{ID: l.Act, Outcome: in.Outcome, Comment: in.Comment, Digest: l.Digest, Version: l.Version, via: domain.ViaMailLink, slot: l.Slot}
	if o.holder != l.Person {
		d.For = string(o.holder)
	}
	ans, err := s.Decide(ctx, o.who, l.Case, d)
	if err != nil {
		return s.tooLate(ctx, a, text, in, o, err)
	}
	if ans.Pending {
		o.view.State = LinkPending
		return o.view, nil
	}
	s.noteUse(ctx, o)
	v := o.view
	v.State, v.Outcome, v.At, v.Repeated, v.Waiting = domain.LinkUsed, in.Outcome, ans.DecidedAt, ans.Result == domain.Duplicate, nil
	v.By = &v.Person
	if ans.Case != nil {
		v.Status, v.Waiting = ans.Case.Status, ans.Case.Waiting
	}
	return v, nil
}

// declined answers a try by a link that does not decide any more, or not yet. The same decision again gets the answer it
// had; everything else is on record, with the link's state as the reason.
func (s *Service) declined(ctx context.Context, a Actor, o opened, in LinkDecision) (LinkView, error) {
	if o.view.State == domain.LinkUsed {
		s.noteUse(ctx, o)
		o.view.Repeated = o.view.Readable && o.view.Outcome == in.Outcome
		return o.view, nil
	}
	if o.view.State == LinkUnknown || o.view.State == LinkSignIn {
		return o.view, nil // nobody's link, or nobody's try yet
	}
	by := Actor{ID: o.link.Person}
	if a.ID != "" {
		by = a
	}
	if err := s.record(ctx, by, "mail_link_refused", o.link.Case, string(o.view.State), "refused", map[string]any{"link": o.link.ID}); err != nil {
		return o.view, fail(err)
	}
	switch o.view.State {
	case LinkNotYours, domain.LinkWaiting: // the link itself is as good as before
	default:
		if err := s.cfg.Store.EndMailLink(ctx, o.link.ID, string(o.view.State)); err != nil {
			s.log.WarnContext(ctx, "why a link ended is not on record", "link", o.link.ID, "code", store.Code(err))
		}
	}
	return o.view, nil
}

// tooLate looks again when the decision was refused after all: somebody was faster, or this very link was, with the other
// outcome. The link's state says it; what no state explains stays an error.
func (s *Service) tooLate(ctx context.Context, a Actor, text string, in LinkDecision, before opened, cause error) (LinkView, error) {
	e := AsError(cause)
	if e.Kind != Conflict && e.Kind != Forbidden {
		return before.view, cause
	}
	o, err := s.openLink(ctx, a, text)
	if err != nil || o.view.State == domain.LinkOpen {
		return before.view, cause
	}
	if o.view.State == domain.LinkUsed {
		o.view.Repeated = o.view.Outcome == in.Outcome
	}
	return o.view, nil
}

// noteUse puts on record that the link was used. What makes it decide once is the decision itself, so a note that fails
// is only late.
func (s *Service) noteUse(ctx context.Context, o opened) {
	if !o.link.Used.IsZero() {
		return
	}
	if err := s.cfg.Store.UseMailLink(ctx, o.link.ID, s.now()); err != nil {
		s.log.WarnContext(ctx, "the use of a link is not on record", "link", o.link.ID, "code", store.Code(err))
	}
}
