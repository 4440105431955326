package domain

import (
	"slices"
	"testing"
	"time"
)

// kindsOf lists the kinds of act that somebody is offered, in the order they come.
func kindsOf(c Case, who EmployeeID, ds []Delegation, roles ...Role) []ActKind {
	var out []ActKind
	for _, o := range OffersFor(c, who, Facts{At: canAt, Active: true, Roles: roles}, ds) {
		out = append(out, o.Kind)
	}
	return out
}

var canAt = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// canCase is a case of R with two steps; A decides first, B next.
func canCase(t *testing.T) Case {
	t.Helper()
	plan := RoutePlan{Policy: "p", Rules: CaseRules{Resubmit: 60, UrgeEvery: 60, MaxHops: 2, MaxAdded: 2, MaxChain: 2}}
	for _, p := range []EmployeeID{"A", "B"} {
		plan.Steps = append(plan.Steps, StepPlan{Key: string(p), Kind: Countersign, Deadline: 480, Rules: []SlotRule{{Kind: RulePerson, Person: p}}})
	}
	c := Submit(Case{ID: "c", Kind: KindFiling, Tier: TierOrdinary, Parties: Parties{Requester: "R"}, Digest: "d"}, plan, canAt)
	c, v := Begin(c, Facts{At: canAt, Openings: []Opening{{Resolution: Resolution{Slots: []Assignment{{Person: "A", Keys: []string{"person:A"}}}}, Due: Due{At: canAt.Add(8 * time.Hour)}}}})
	if v.Need != nil || v.Result != Accepted {
		t.Fatalf("%+v", v)
	}
	return c
}

// Who is offered what follows from the rules alone; a stranger is offered nothing but what the door decides.
func TestOffers(t *testing.T) {
	ds := []Delegation{{ID: "1", From: "A", To: "D", Start: canAt.Add(-time.Hour), Until: canAt.Add(time.Hour)}}
	holder := []ActKind{ActDecide, ActReturn, ActTransfer, ActAdd, ActCopy, ActComment}
	open := canCase(t)
	second, v := Decide(open, Act{ID: "1", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "d"}, Facts{At: canAt, Active: true, Proof: true,
		Openings: []Opening{{Step: 1, Resolution: Resolution{Slots: []Assignment{{Person: "B", Keys: []string{"person:B"}}}}, Due: Due{At: canAt.Add(8 * time.Hour)}}}})
	if v.Result != Accepted || v.Need != nil {
		t.Fatalf("%+v", v)
	}
	back, v := Decide(second, Act{ID: "2", Kind: ActReturn, Actor: "B", Digest: "d", Comment: &Ref{Object: "o"}}, Facts{At: canAt, Active: true, Proof: true, Openings: []Opening{{Step: -1, Due: Due{At: canAt.Add(time.Hour)}}}})
	if v.Result != Accepted || v.Need != nil {
		t.Fatalf("%+v", v)
	}
	ended, _ := Decide(open, Act{ID: "3", Kind: ActWithdraw, Actor: "R"}, Facts{At: canAt, Active: true, Proof: true})
	bare := open
	bare.Rules = CaseRules{}
	for _, tc := range []struct {
		name  string
		c     Case
		who   EmployeeID
		roles []Role
		want  []ActKind
	}{
		{"who is asked", open, "A", nil, holder},
		{"who is asked next, not yet", open, "B", nil, []ActKind{ActComment}},
		{"the requester", open, "R", nil, []ActKind{ActResubmit, ActUrge, ActCopy, ActWithdraw, ActComment}},
		{"a deputy", open, "D", nil, []ActKind{ActComment, ActDecide, ActReturn}},
		{"a process administrator", open, "P", []Role{RoleProcessAdmin}, []ActKind{ActComment, ActAssign}},
		{"a stranger", open, "X", nil, []ActKind{ActComment}},
		{"who decided", second, "A", nil, []ActKind{ActCopy, ActComment}},
		{"who is asked now", second, "B", nil, holder},
		{"the requester of what was sent back", back, "R", nil, []ActKind{ActResubmit, ActCopy, ActWithdraw, ActComment}},
		{"who was asked before it was sent back", back, "B", nil, []ActKind{ActCopy, ActComment}},
		{"who is asked under a policy without such rules", bare, "A", nil, []ActKind{ActDecide, ActCopy, ActComment}},
		{"the requester of what ended", ended, "R", nil, []ActKind{ActComment}},
		{"who was asked when it ended", ended, "A", nil, []ActKind{ActComment}},
	} {
		if got := kindsOf(tc.c, tc.who, ds, tc.roles...); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	if got := kindsOf(open, "D", []Delegation{{ID: "1", From: "A", To: "D", Start: canAt.Add(-2 * time.Hour), Until: canAt}}); slices.Contains(got, ActDecide) {
		t.Errorf("a delegation that ends now is offered: %v", got)
	}
}

// What an offer names is what the rules take: steps passed, modes, places, and in whose name.
func TestOffersNameWhatIsNeeded(t *testing.T) {
	c := canCase(t)
	c, _ = Decide(c, Act{ID: "1", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "d"}, Facts{At: canAt, Active: true, Proof: true,
		Openings: []Opening{{Step: 1, Resolution: Resolution{Slots: []Assignment{{Person: "B", Keys: []string{"person:B"}}}}, Due: Due{At: canAt.Add(8 * time.Hour)}}}})
	f := Facts{At: canAt, Active: true, Roles: []Role{RoleProcessAdmin}}
	for _, o := range OffersFor(c, "B", f, nil) {
		switch o.Kind {
		case ActReturn:
			if !slices.Equal(o.Steps, []int{0, 1}) {
				t.Errorf("sent back to %v", o.Steps)
			}
		case ActAdd:
			if !slices.Equal(o.Modes, []AddMode{AddBefore, AddAfter, AddParallel}) {
				t.Errorf("added %v", o.Modes)
			}
		}
	}
	assign := OffersFor(c, "P", f, nil)[1]
	if assign.Kind != ActAssign || assign.Missing || !slices.Equal(assign.Slots, []string{"r1.s2.p1"}) {
		t.Errorf("%+v", assign)
	}
	ds := []Delegation{{ID: "1", From: "B", To: "E", Start: canAt, Until: canAt.Add(time.Hour)}, {ID: "2", From: "E", To: "D", Start: canAt, Until: canAt.Add(time.Hour)}}
	for _, o := range OffersFor(c, "D", f, ds) {
		if o.Kind == ActDecide && (!slices.Equal(o.For, []EmployeeID{"B"}) || o.Own) {
			t.Errorf("in whose name: %+v", o)
		}
	}
}

// The requester hears from when an urge is possible again: the moment the rules take it, and not a second earlier.
func TestUrgeFrom(t *testing.T) {
	c := canCase(t)
	f := Facts{At: canAt, Active: true}
	if at, ok := UrgeFrom(c, f); !ok || !at.Equal(canAt) {
		t.Errorf("%v %v", at, ok)
	}
	c, v := Decide(c, Act{ID: "u", Kind: ActUrge, Actor: "R"}, Facts{At: canAt, Active: true, Proof: true})
	if v.Result != Accepted {
		t.Fatalf("%+v", v)
	}
	f.At = canAt.Add(time.Minute)
	at, ok := UrgeFrom(c, f)
	if !ok || !at.Equal(canAt.Add(time.Hour)) {
		t.Errorf("%v %v", at, ok)
	}
	for d, want := range map[time.Duration]Result{-time.Second: Refused, 0: Accepted} {
		if _, v := Decide(c, Act{ID: "v", Kind: ActUrge, Actor: "R"}, Facts{At: at.Add(d), Active: true, Proof: true}); v.Result != want {
			t.Errorf("at %s: %+v", d, v.Answer)
		}
	}
	c.Rules.UrgeEvery = 0
	if at, ok := UrgeFrom(c, f); ok {
		t.Errorf("urging is not allowed, yet from %v", at)
	}
}

// Trying changes nothing.
func TestOffersLeaveTheCaseAsItIs(t *testing.T) {
	c := canCase(t)
	before := StateDigest(c)
	for _, who := range []EmployeeID{"A", "B", "R", "P"} {
		Offers(c, who, Facts{At: canAt, Active: true, Roles: Roles})
		UrgeFrom(c, Facts{At: canAt, Active: true})
	}
	if StateDigest(c) != before {
		t.Error("the case was changed")
	}
}
