package domain

import (
	"slices"
	"testing"
	"time"
)

var chainsDay = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func handed(from, to EmployeeID, first, last int, kinds ...RequestKind) Delegation {
	return Delegation{ID: string(from + "-" + to), From: from, To: to, Kinds: kinds, Start: chainsDay.AddDate(0, 0, first), Until: chainsDay.AddDate(0, 0, last)}
}

func TestDelegators(t *testing.T) {
	early := handed("x", "b", 0, 10)
	early.Revoked = chainsDay.AddDate(0, 0, 1)
	ds := []Delegation{handed("a", "b", 0, 10), handed("b", "c", 2, 5), handed("z", "a", 0, 10), handed("c", "a", 0, 10), early}
	for _, c := range []struct {
		to   EmployeeID
		day  int
		most int
		want []EmployeeID
	}{
		{"b", 0, 1, []EmployeeID{"a", "x"}},      // the revoked one still counts before it was ended
		{"b", 1, 1, []EmployeeID{"a"}},           // and not at the moment it was
		{"b", 1, 2, []EmployeeID{"a", "c", "z"}}, // through a
		{"b", 10, 5, nil},                        // until is the first moment that no longer counts
		{"c", 1, 5, nil},                         // b's has not begun
		{"c", 2, 1, []EmployeeID{"b"}},
		{"c", 2, 3, []EmployeeID{"a", "b", "z"}}, // a circle among others ends, and nobody acts for themself
		{"nobody", 2, 5, nil},
	} {
		if got := Delegators(ds, c.to, chainsDay.AddDate(0, 0, c.day), c.most); !slices.Equal(got, c.want) {
			t.Errorf("for %s on day %d within %d: %v, want %v", c.to, c.day, c.most, got, c.want)
		}
	}
}

func TestLongestChain(t *testing.T) {
	ds := []Delegation{handed("a", "b", 0, 10), handed("b", "c", 0, 4), handed("d", "e", 3, 10), handed("e", "f", 0, 10, KindRevocation)}
	for _, c := range []struct {
		name string
		d    Delegation
		want int
	}{
		{"alone", handed("p", "q", 0, 10), 1},
		{"joins two, while both last", handed("c", "d", 0, 10), 5},
		{"begins when the first is over", handed("c", "d", 4, 10), 3},
		{"over before the second begins", handed("c", "d", 0, 3), 3},
		{"the last is for another kind", handed("c", "d", 0, 10, KindFiling), 4},
		{"before all", handed("o", "a", 0, 10), 3},
	} {
		if got := LongestChain(c.d, ds); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	var web []Delegation // everybody to everybody
	for i := range 30 {
		for j := range 30 {
			if i != j {
				web = append(web, handed(EmployeeID(rune('A'+i)), EmployeeID(rune('A'+j)), 0, 10))
			}
		}
	}
	if got := LongestChain(handed("p", "A", 0, 10), web); got < MaxDelegationChain {
		t.Errorf("a dense web counts as a chain of %d", got)
	}
}

func TestTwin(t *testing.T) {
	old := []Delegation{handed("a", "b", 0, 5, KindFiling)}
	for name, c := range map[string]struct {
		d    Delegation
		want bool
	}{
		"the same":       {handed("a", "b", 0, 5, KindFiling), true},
		"all kinds":      {handed("a", "b", 4, 9), true},
		"another kind":   {handed("a", "b", 0, 5, KindRevocation), false},
		"right behind":   {handed("a", "b", 5, 9, KindFiling), false},
		"somebody else":  {handed("a", "c", 0, 5, KindFiling), false},
		"the other way":  {handed("b", "a", 0, 5, KindFiling), false},
		"overlapping so": {handed("a", "b", -3, 1, KindFiling), true},
	} {
		c.d.ID = "new"
		if _, got := Twin(c.d, old); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSuggestDeputy(t *testing.T) {
	person := func(id, number, dep string, roles ...Role) Employee {
		return Employee{ID: EmployeeID(id), Number: number, Department: DepartmentID(dep), Active: id != "left", Roles: roles}
	}
	dir := NewDirectory(1, []Employee{
		person("head", "E1", "top"), person("boss", "E2", "lab"), person("second", "E5", "lab", RoleLeader), person("third", "E7", "lab", RoleLeader),
		person("clerk", "E3", "lab"), person("left", "E4", "lab", RoleLeader), person("sales", "E8", "sales"),
	}, []Department{
		{ID: "top", Leader: "head", Active: true}, {ID: "lab", Parent: "top", Leader: "boss", Active: true}, {ID: "sales", Parent: "top", Leader: "sales", Active: true},
	})
	nobody := func(EmployeeID) bool { return false }
	for _, c := range []struct {
		person EmployeeID
		not    func(EmployeeID) bool
		want   EmployeeID
	}{
		{"boss", nobody, "second"}, {"second", nobody, "third"}, {"third", nobody, "boss"}, // the next, and round again
		{"sales", nobody, "head"}, {"clerk", nobody, "second"}, {"head", nobody, ""},
		{"boss", func(p EmployeeID) bool { return p == "second" }, "third"},
		{"boss", func(p EmployeeID) bool { return p == "second" || p == "third" }, "head"},
		{"boss", func(EmployeeID) bool { return true }, ""},
	} {
		if got := SuggestDeputy(dir, c.person, c.not); got != c.want {
			t.Errorf("for %s: %q, want %q", c.person, got, c.want)
		}
	}
}
