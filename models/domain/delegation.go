package domain

import (
	"slices"
	"time"
)

// Delegation lets To decide as To for From, in [Start, Until), for the named kinds of request (semantics 1: 委托). From
// stays accountable.
type Delegation struct {
	ID      string        `json:"id"`
	From    EmployeeID    `json:"from"`
	To      EmployeeID    `json:"to"`
	Kinds   []RequestKind `json:"kinds,omitempty"` // empty: every kind
	Start   time.Time     `json:"start"`
	Until   time.Time     `json:"until"`
	Revoked time.Time     `json:"revoked,omitzero"` // ended early
}

// Covers tells whether the delegation is in force at a moment for a kind of request.
func (d Delegation) Covers(kind RequestKind, at time.Time) bool {
	return !at.Before(d.Start) && at.Before(d.end()) && (len(d.Kinds) == 0 || slices.Contains(d.Kinds, kind))
}

// end is when the delegation stops counting: its last moment, or its revocation.
func (d Delegation) end() time.Time {
	if !d.Revoked.IsZero() && d.Revoked.Before(d.Until) {
		return d.Revoked
	}
	return d.Until
}

// FindChain finds the shortest chain of delegations in force that leads from one person to another, at most most long;
// nil when there is none. Among equals the earlier in ds wins, so that the same list gives the same chain.
func FindChain(ds []Delegation, from, to EmployeeID, kind RequestKind, at time.Time, most int) []Delegation {
	if from == to {
		return nil
	}
	seen := map[EmployeeID]bool{from: true}
	paths := [][]Delegation{nil}
	for range most {
		var next [][]Delegation
		for _, path := range paths {
			end := from
			if len(path) > 0 {
				end = path[len(path)-1].To
			}
			for _, d := range ds {
				if d.From != end || seen[d.To] || !d.Covers(kind, at) {
					continue
				}
				longer := append(slices.Clone(path), d)
				if d.To == to {
					return longer
				}
				seen[d.To] = true
				next = append(next, longer)
			}
		}
		if paths = next; len(paths) == 0 {
			return nil
		}
	}
	return nil
}

// chainHolds tells whether recorded delegations lead from one person to another at a moment: each in force, one after
// the other, no longer than allowed, nobody twice, and no party to the request among them.
func chainHolds(chain []Delegation, from, to EmployeeID, c *Case, at time.Time) bool {
	if len(chain) == 0 || len(chain) > c.Rules.MaxChain {
		return false
	}
	seen := []EmployeeID{from}
	end := from
	for _, d := range chain {
		if d.From != end || !d.Covers(c.Kind, at) || slices.Contains(seen, d.To) {
			return false
		}
		if _, party := c.Parties.Excludes(d.To); party && d.To != to { // the last is judged, and named, as the actor
			return false
		}
		end = d.To
		seen = append(seen, end)
	}
	return end == to
}

// Impartial leaves out the delegations that go through a party to the request: who may not decide may not choose who
// does either (separation of duties).
func Impartial(ds []Delegation, p Parties) []Delegation {
	return slices.DeleteFunc(slices.Clone(ds), func(d Delegation) bool {
		_, from := p.Excludes(d.From)
		_, to := p.Excludes(d.To)
		return from || to
	})
}

// CanActFor lists for whom somebody may decide now by delegation: holders of open places of the case. API and inbox
// offer these; Decide checks each again.
func CanActFor(c Case, ds []Delegation, actor EmployeeID, at time.Time) []EmployeeID {
	i := c.Current()
	if _, party := c.Parties.Excludes(actor); party || i < 0 || c.Status.Final() || hasPlace(&c.Steps[i], actor) {
		return nil
	}
	ds = Impartial(ds, c.Parties)
	var out []EmployeeID
	for _, s := range c.Steps[i].Slots {
		if s.Status == SlotOpen && FindChain(ds, s.Person, actor, c.Kind, at, c.Rules.MaxChain) != nil {
			out = append(out, s.Person)
		}
	}
	return out
}

// maxDelegation bounds how long one delegation may last; a longer absence is a change of post.
const maxDelegation = 366 * 24 * time.Hour

// CheckDelegation lists everything wrong with a new delegation: to oneself, a period that is empty, over, or longer than
// a year, somebody who does not work here, and a circle with those that exist (semantics 1: chains are free of cycles).
func CheckDelegation(d Delegation, existing []Delegation, active func(EmployeeID) bool, now time.Time) []Fault {
	var out []Fault
	fault := func(field, code string) { out = append(out, Fault{Field: field, Code: code}) }
	if !active(d.From) {
		fault("from", "inactive")
	}
	switch {
	case d.To == "":
		fault("to", "required")
	case d.To == d.From:
		fault("to", "self")
	case !active(d.To):
		fault("to", "inactive")
	}
	switch {
	case d.Start.IsZero():
		fault("start", "required")
	case !d.Until.After(d.Start):
		fault("until", "not_after_start")
	case d.Until.Sub(d.Start) > maxDelegation:
		fault("until", "longer_than_a_year")
	case !d.Until.After(now):
		fault("until", "past")
	}
	for _, k := range d.Kinds {
		if k != KindFiling && k != KindRevocation && k != KindChange && k != KindPublication {
			fault("kinds", "unknown_value")
			break
		}
	}
	if len(out) == 0 && leadsBack(d, existing) {
		fault("to", "cycle")
	}
	return out
}

// maxWalk bounds the search for circles: a web of delegations too dense to search counts as one.
const maxWalk = 10_000

// leadsBack tells whether a chain of existing delegations leads from d.To back to d.From with all of them, and d, in
// force at one moment for one kind.
func leadsBack(d Delegation, existing []Delegation) bool {
	type state struct {
		at         EmployeeID
		start, end time.Time
		kinds      []RequestKind // empty: every
	}
	budget := maxWalk
	var walk func(s state, seen []EmployeeID) bool
	walk = func(s state, seen []EmployeeID) bool {
		if budget--; budget < 0 {
			return true
		}
		for _, e := range existing {
			if e.From != s.at || slices.Contains(seen, e.To) {
				continue
			}
			next := state{e.To, latest(s.start, e.Start), earliest(s.end, e.end()), s.kinds}
			if !next.start.Before(next.end) {
				continue
			}
			if len(e.Kinds) > 0 {
				if next.kinds = common(s.kinds, e.Kinds); len(next.kinds) == 0 {
					continue
				}
			}
			if e.To == d.From || walk(next, append(slices.Clone(seen), e.To)) {
				return true
			}
		}
		return false
	}
	return walk(state{d.To, d.Start, d.end(), d.Kinds}, []EmployeeID{d.To})
}

// common are the kinds in both lists; an empty first list holds every kind.
func common(a, b []RequestKind) []RequestKind {
	if len(a) == 0 {
		return b
	}
	return slices.DeleteFunc(slices.Clone(a), func(k RequestKind) bool { return !slices.Contains(b, k) })
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
