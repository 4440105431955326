package domain

import (
	"slices"
	"testing"
)

func TestTransferMovesAccountabilityAndKeepsTheDeadline(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	due := b.slot("A").Due.At
	b.want(b.send("A", ActTransfer, "X"), Accepted, "", "A")
	x := b.slot("X")
	if x.Status != SlotOpen || !x.Due.At.Equal(due) || x.Origin != OriginTransfer || x.From != b.slot("A").ID || x.Hops != 1 || !slices.Equal(x.Keys, b.slot("A").Keys) {
		t.Fatalf("%+v", x)
	}
	if !slices.Equal(b.told(EffectAsk), []EmployeeID{"X"}) || !slices.Equal(b.told(EffectInform), []EmployeeID{"E"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.want(b.decide("A", Approve), Refused, ReasonNotApprover, "")
	b.decide("B", Approve)
	b.wantCase(CaseInApproval)
	b.decide("X", Approve)
	b.wantCase(CaseApproved)
}

func TestTransferKeepsTheTurnInASequence(t *testing.T) {
	b := begin(t, leaders("dep", Sequence, "DA", "DB"))
	b.send("A", ActTransfer, "X")
	b.wantSlots(map[EmployeeID]SlotStatus{"X": SlotOpen, "B": SlotWaiting})
	b.decide("X", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"B": SlotOpen})
}

func TestTransferIsRefused(t *testing.T) {
	security := StepPlan{Key: "s", Kind: Countersign, Rules: []SlotRule{{Kind: RuleRole, Role: RoleSecurity}, {Kind: RuleDepartmentLeader, Department: "DA"}}, Deadline: 60}
	for name, tt := range map[string]struct {
		who    EmployeeID
		to     []EmployeeID
		reason Reason
		rules  *CaseRules
		silent bool
	}{
		"to the requester":           {who: "A", to: []EmployeeID{"E"}, reason: ReasonTargetParty},
		"to another party":           {who: "A", to: []EmployeeID{"Z"}, reason: ReasonTargetParty},
		"to somebody who left":       {who: "A", to: []EmployeeID{"F"}, reason: ReasonTargetAway},
		"to somebody unknown":        {who: "A", to: []EmployeeID{"nobody"}, reason: ReasonTargetAway},
		"to somebody who is asked":   {who: "A", to: []EmployeeID{"S1"}, reason: ReasonTargetAsked},
		"to oneself":                 {who: "A", to: []EmployeeID{"A"}, reason: ReasonTargetAsked},
		"of a role to somebody else": {who: "S1", to: []EmployeeID{"X"}, reason: ReasonTargetRole},
		"to two":                     {who: "A", to: []EmployeeID{"X", "Y"}, reason: ReasonUnknownAct},
		"without a reason":           {who: "A", to: []EmployeeID{"X"}, reason: ReasonNoComment, silent: true},
		"where there are no hops":    {who: "A", to: []EmployeeID{"X"}, reason: ReasonNotAllowed, rules: &CaseRules{UrgeEvery: 1}},
		"by somebody without place":  {who: "X", to: []EmployeeID{"Y"}, reason: ReasonNotApprover},
	} {
		t.Run(name, func(t *testing.T) {
			rules := everything
			if tt.rules != nil {
				rules = *tt.rules
			}
			b := startWith(t, company(gone("F")), Case{Parties: Parties{Requester: "E", Others: []EmployeeID{"Z"}}}, rules, security)
			a := Act{Kind: ActTransfer, Actor: tt.who, To: tt.to, Comment: said}
			if tt.silent {
				a.Comment = nil
			}
			b.want(b.act(a), Refused, tt.reason, "")
		})
	}
}

func TestTransferHopsAreCapped(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.want(b.send("A", ActTransfer, "X"), Accepted, "", "A")
	b.want(b.send("X", ActTransfer, "Y"), Accepted, "", "X")
	b.want(b.send("Y", ActTransfer, "Z"), Refused, ReasonHops, "")
	b.want(b.add("Y", AddBefore, "Z"), Refused, ReasonHops, "")
}

func TestTransferOfARolesPlaceToAnotherHolder(t *testing.T) {
	b := begin(t, StepPlan{Key: "s", Kind: OrSign, Rules: []SlotRule{{Kind: RuleRole, Role: RoleSecurity}}, Deadline: 60})
	b.dir = company(func(p map[EmployeeID]*Employee, _ map[DepartmentID]*Department) { p["X"].Roles = []Role{RoleSecurity} })
	b.want(b.send("S1", ActTransfer, "X"), Accepted, "", "S1")
	b.want(b.decide("X", Approve), Accepted, "", "X")
	b.wantCase(CaseApproved)
}
