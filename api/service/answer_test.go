package service

import (
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

func TestOutcomeMapsEveryResultToOneKind(t *testing.T) {
	for _, c := range []struct {
		result domain.Result
		reason domain.Reason
		kind   Kind
		code   string
	}{
		{domain.Accepted, "", "", ""},
		{domain.Duplicate, "", "", ""},
		{domain.Refused, domain.ReasonNotApprover, Forbidden, "not_an_approver"},
		{domain.Refused, domain.ReasonOwnMatter, Forbidden, "separation_of_duties"},
		{domain.Refused, domain.ReasonInactive, Forbidden, "account_disabled"},
		{domain.Refused, domain.ReasonNotRequester, Forbidden, "not_the_requester"},
		{domain.Refused, domain.ReasonNotAdmin, Forbidden, "not_an_admin"},
		{domain.Refused, domain.ReasonStale, Conflict, "material_changed"},
		{domain.Refused, domain.ReasonLost, Conflict, "slot_lost"},
		{domain.Refused, domain.ReasonNotYourTurn, Conflict, "not_your_turn"},
		{domain.Refused, domain.ReasonName, Conflict, "name_differs"},
		{domain.TooLate, domain.ReasonSettled, Conflict, "step_settled"},
		{domain.TooLate, domain.ReasonEnded, Conflict, "case_ended"},
	} {
		ans, err := outcome(ActAnswer{Result: c.result, Reason: c.reason, ActID: "a"})
		if c.kind == "" {
			if err != nil || ans.Result != c.result {
				t.Errorf("%s: %+v, %v", c.result, ans, err)
			}
			continue
		}
		e := AsError(err)
		if e.Kind != c.kind || e.Code != c.code || e.Answer == nil || e.Answer.Result != c.result {
			t.Errorf("%s %s: got %s %s %+v", c.result, c.reason, e.Kind, e.Code, e.Answer)
		}
	}
}

func TestARepeatedActGetsItsFirstAnswer(t *testing.T) {
	if r := repeated(ActAnswer{Result: domain.Accepted}); r.Result != domain.Duplicate {
		t.Errorf("accepted again: %s", r.Result)
	}
	for _, r := range []domain.Result{domain.Refused, domain.TooLate} {
		if got := repeated(ActAnswer{Result: r}); got.Result != r {
			t.Errorf("%s again: %s", r, got.Result)
		}
	}
}
