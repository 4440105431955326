package domain

import (
	"slices"
	"time"
)

// Offer is an act that would be taken from somebody now, with what it could name.
type Offer struct {
	Kind    ActKind
	Own     bool         // in their own name
	For     []EmployeeID // in whose name else, by delegation (decide, return)
	Steps   []int        // return: the steps, from 1; 0 is the start
	Modes   []AddMode    // add_signers
	Slots   []string     // assign: places that can be given to somebody else
	Missing bool         // assign: somebody can be named where nobody was found
}

// somebody stands for whoever could be named: works here, holds every role, and has no place yet.
const somebody EmployeeID = "somebody"

// Offers lists what somebody could do to a case now, by trying each act on the rules: what is offered is what Decide
// would take, and no rule is written twice. f holds what is known of the person: the time, account and roles. Who may
// read the case at all, and so comment on it, is decided at the door.
func Offers(c Case, who EmployeeID, f Facts) []Offer {
	t := trial{c: c, who: who, f: f}
	t.f.Proof = true
	t.f.People = []PersonFact{{ID: somebody, Active: true, Roles: Roles}}
	var out []Offer
	offer := func(o Offer, ok bool) {
		if ok {
			out = append(out, o)
		}
	}
	own := t.takes(Act{Kind: ActDecide, Outcome: Approve})
	offer(Offer{Kind: ActDecide, Own: own}, own)
	back := t.stepsBack(Act{Kind: ActReturn})
	offer(Offer{Kind: ActReturn, Own: len(back) > 0, Steps: back}, len(back) > 0)
	offer(Offer{Kind: ActTransfer, Own: true}, t.takes(Act{Kind: ActTransfer, To: []EmployeeID{somebody}}))
	modes := t.modes()
	offer(Offer{Kind: ActAdd, Own: true, Modes: modes}, len(modes) > 0)
	for _, a := range []Act{
		{Kind: ActResubmit, Material: &Material{Object: "new", Digest: "new", Tier: c.Tier}},
		{Kind: ActUrge}, {Kind: ActCopy, To: []EmployeeID{somebody}}, {Kind: ActWithdraw}, {Kind: ActComment},
	} {
		offer(Offer{Kind: a.Kind, Own: true}, t.takes(a))
	}
	assign := t.assign()
	offer(assign, assign.Missing || len(assign.Slots) > 0)
	return out
}

// Can lists the kinds of act that somebody could do to a case now.
func Can(c Case, who EmployeeID, f Facts) []ActKind {
	var out []ActKind
	for _, o := range Offers(c, who, f) {
		out = append(out, o.Kind)
	}
	return out
}

// UrgeFrom is the moment from which the requester can urge somebody, found by trying the rules at each moment that an
// urge could become possible; false when waiting would not help.
func UrgeFrom(c Case, f Facts) (time.Time, bool) {
	moments := []time.Time{f.At}
	for _, s := range c.OpenSlots() {
		if at := s.Urged.Add(time.Duration(c.Rules.UrgeEvery) * time.Minute); !s.Urged.IsZero() && at.After(f.At) {
			moments = append(moments, at)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range moments {
		t := trial{c: c, who: c.Parties.Requester, f: f}
		t.f.At, t.f.Proof = at, true
		if t.takes(Act{Kind: ActUrge}) {
			return at, true
		}
	}
	return time.Time{}, false
}

// trial tries acts of one person on a case.
type trial struct {
	c   Case
	who EmployeeID
	f   Facts
}

// takes tells whether the rules would take an act: they accept it, or ask only for what the directory or calendar says.
func (t trial) takes(a Act) bool {
	a.ID, a.Actor, a.At = "trial", t.who, t.f.At
	a.Digest, a.Version, a.Comment = t.c.Digest, t.c.Version, &Ref{Object: "trial"}
	_, v := Decide(t.c, a, t.f)
	return v.Need != nil || v.Result == Accepted
}

// stepsBack lists where the request could be sent back to.
func (t trial) stepsBack(a Act) []int {
	var out []int
	for k := range t.c.Steps {
		if a.Step = k; t.takes(a) {
			out = append(out, k)
		}
	}
	return out
}

func (t trial) modes() []AddMode {
	var out []AddMode
	for _, m := range []AddMode{AddBefore, AddAfter, AddParallel} {
		a := Act{Kind: ActAdd, Mode: m, To: []EmployeeID{somebody}}
		if m == AddAfter {
			a.Outcome = Approve
		}
		if t.takes(a) {
			out = append(out, m)
		}
	}
	return out
}

func (t trial) assign() Offer {
	o := Offer{Kind: ActAssign, Own: true}
	a := Act{Kind: ActAssign, To: []EmployeeID{somebody}}
	o.Missing = t.takes(a)
	if i := t.c.Current(); i >= 0 {
		for _, s := range t.c.Steps[i].Slots {
			if a.Slot = s.ID; (s.Status == SlotOpen || s.Status == SlotWaiting) && t.takes(a) {
				o.Slots = append(o.Slots, s.ID)
			}
		}
	}
	return o
}
