package domain

import (
	"cmp"
	"slices"
	"time"
)

// MaxDelegationChain bounds every chain of delegations, whatever a policy says (the policy's max_chain is at most this).
const MaxDelegationChain = 5

// Delegators lists everybody from whom delegations in force lead to somebody, in at most most steps, by id. The kinds of
// request are left out of account: whether the way holds for a request, CanActFor tells.
func Delegators(ds []Delegation, to EmployeeID, at time.Time, most int) []EmployeeID {
	found := map[EmployeeID]bool{to: true}
	ends := []EmployeeID{to}
	var out []EmployeeID
	for range most {
		var next []EmployeeID
		for _, d := range ds {
			if slices.Contains(ends, d.To) && !found[d.From] && !at.Before(d.Start) && at.Before(d.end()) {
				found[d.From] = true
				next = append(next, d.From)
			}
		}
		out, ends = append(out, next...), next
		if len(ends) == 0 {
			break
		}
	}
	slices.Sort(out)
	return out
}

// LongestChain counts the delegations in the longest chain that a new one would be part of, all in force at one moment
// for one kind of request (semantics 1: chains are bounded). A web too dense to search counts as endless.
func LongestChain(d Delegation, existing []Delegation) int {
	budget, best := maxWalk, 1
	var walk func(head, tail EmployeeID, start, end time.Time, kinds []RequestKind, seen []EmployeeID, back bool)
	walk = func(head, tail EmployeeID, start, end time.Time, kinds []RequestKind, seen []EmployeeID, back bool) {
		best = max(best, len(seen)-1)
		for _, e := range existing {
			if budget--; budget < 0 {
				return
			}
			forth := !back && e.From == tail && !slices.Contains(seen, e.To)
			if !forth && (e.To != head || slices.Contains(seen, e.From)) {
				continue
			}
			s, u, k := latest(start, e.Start), earliest(end, e.end()), kinds
			if !s.Before(u) {
				continue
			}
			if len(e.Kinds) > 0 {
				if k = common(kinds, e.Kinds); len(k) == 0 {
					continue
				}
			}
			if forth {
				walk(head, e.To, s, u, k, append(slices.Clone(seen), e.To), false)
			} else {
				walk(e.From, tail, s, u, k, append(slices.Clone(seen), e.From), true)
			}
		}
	}
	walk(d.From, d.To, d.Start, d.end(), d.Kinds, []EmployeeID{d.From, d.To}, false)
	if budget < 0 {
		return maxWalk
	}
	return best
}

// Twin finds a delegation that says the same of a moment: from and to the same people, for a kind in common, with
// periods that overlap. The second of two such says nothing new, and ending one would leave the other.
func Twin(d Delegation, existing []Delegation) (Delegation, bool) {
	for _, e := range existing {
		if e.ID == d.ID || e.From != d.From || e.To != d.To || !latest(d.Start, e.Start).Before(earliest(d.end(), e.end())) {
			continue
		}
		if len(d.Kinds) == 0 || len(e.Kinds) == 0 || len(common(d.Kinds, e.Kinds)) > 0 {
			return e, true
		}
	}
	return Delegation{}, false
}

// SuggestDeputy proposes who stands in for somebody: the next leader by staff number in the same department, else the
// nearest superior who is at work; "" when there is nobody. not tells who does not come into question.
func SuggestDeputy(dir *Directory, person EmployeeID, not func(EmployeeID) bool) EmployeeID {
	me := dir.Employees[person]
	leads := map[EmployeeID]bool{}
	for _, d := range dir.Departments {
		if d.Active && d.Leader != "" {
			leads[d.Leader] = true
		}
	}
	var peers []Employee
	for _, e := range dir.Employees {
		if e.ID != person && e.Active && e.Department == me.Department && (leads[e.ID] || slices.Contains(e.Roles, RoleLeader)) && !not(e.ID) {
			peers = append(peers, e)
		}
	}
	if len(peers) > 0 {
		slices.SortFunc(peers, func(a, b Employee) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID)) })
		if i := slices.IndexFunc(peers, func(e Employee) bool { return e.Number > me.Number }); i >= 0 {
			return peers[i].ID
		}
		return peers[0].ID
	}
	for _, up := range dir.Chain(me.Department) {
		if l := dir.LeaderOf(up); l != "" && l != person && !not(l) {
			return l
		}
	}
	return ""
}
