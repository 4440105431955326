package domain_test

import (
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// A revoked filing's group ends by an admin's word, with evidence when there was something to delete.
func TestRevokedGroupIsWoundUp(t *testing.T) {
	facts := domain.GroupFacts{Active: true, Proof: true, NameFits: true}
	receipt := &domain.Receipt{ID: "g1", Evidence: &domain.Ref{Object: "o"}}
	act := func(id string, k domain.GroupActKind, by domain.EmployeeID, r *domain.Receipt, code string) domain.GroupAct {
		return domain.GroupAct{ID: id, Kind: k, Actor: by, Receipt: r, Code: code}
	}
	made := []domain.GroupAct{act("1", domain.GroupConfirm, "A", receipt, "")}
	revoke := act("sys:revoked:c", domain.GroupRevoked, "", nil, "")
	for name, c := range map[string]struct {
		before []domain.GroupAct
		act    domain.GroupAct
		want   domain.Result
		reason domain.Reason
		state  domain.GroupState
	}{
		"it stood, evidence":      {append(made, revoke), act("2", domain.GroupGone, "B", receipt, ""), domain.Accepted, "", domain.GroupDeleted},
		"it stood, no evidence":   {append(made, revoke), act("2", domain.GroupGone, "B", nil, ""), domain.Refused, domain.ReasonNoReceipt, domain.GroupPendingDeletion},
		"it stood, never made":    {append(made, revoke), act("2", domain.GroupGone, "B", nil, domain.CodeNeverMade), domain.Refused, domain.ReasonNoReceipt, domain.GroupPendingDeletion},
		"never made":              {[]domain.GroupAct{revoke}, act("2", domain.GroupGone, "A", nil, domain.CodeNeverMade), domain.Accepted, "", domain.GroupDeleted},
		"made all the same":       {[]domain.GroupAct{revoke}, act("2", domain.GroupGone, "A", receipt, ""), domain.Accepted, "", domain.GroupDeleted},
		"no admin":                {[]domain.GroupAct{revoke}, act("2", domain.GroupGone, "X", receipt, ""), domain.Refused, domain.ReasonNotAdmin, domain.GroupPendingDeletion},
		"not revoked":             {made, act("2", domain.GroupGone, "A", receipt, ""), domain.Refused, domain.ReasonState, domain.GroupActive},
		"confirmed after the end": {[]domain.GroupAct{revoke}, act("2", domain.GroupConfirm, "A", receipt, ""), domain.Refused, domain.ReasonState, domain.GroupPendingDeletion},
		"twice":                   {[]domain.GroupAct{revoke, act("2", domain.GroupGone, "A", receipt, "")}, act("3", domain.GroupGone, "B", receipt, ""), domain.TooLate, domain.ReasonDecided, domain.GroupDeleted},
		"revoked again":           {[]domain.GroupAct{revoke}, act("sys:revoked:d", domain.GroupRevoked, "", nil, ""), domain.TooLate, domain.ReasonEnded, domain.GroupPendingDeletion},
	} {
		g := domain.Group{ID: "g", Admins: []domain.EmployeeID{"A", "B"}, State: domain.GroupProvisioning, ByHand: true}
		for _, b := range c.before {
			g, _ = domain.DecideGroup(g, b, facts)
		}
		g, v := domain.DecideGroup(g, c.act, facts)
		if v.Result != c.want || v.Reason != c.reason || g.State != c.state {
			t.Errorf("%s: %s %s, state %s", name, v.Result, v.Reason, g.State)
		}
	}
}
