package service

import (
	"github.com/qunbei/qunbei/models/domain"
)

// noRight are the reasons that say that the person may not do this at all; every other refusal is a conflict with what
// is (design: answers to an act).
var noRight = map[domain.Reason]bool{
	domain.ReasonNotApprover: true, domain.ReasonOwnMatter: true, domain.ReasonInactive: true,
	domain.ReasonNotRequester: true, domain.ReasonNotAdmin: true,
	domain.ReasonNoDelegation: true, domain.ReasonNotProcess: true,
	domain.ReasonNotSecurity: true, domain.ReasonNotLegal: true, domain.ReasonNotSecond: true, domain.ReasonNotMember: true,
	domain.ReasonNotAsked: true, domain.ReasonNotHead: true, domain.ReasonNotOwner: true, domain.ReasonImplicated: true,
}

// outcome turns a recorded answer into what the caller gets: accepted and duplicate are answers, refused and too late
// are errors that carry the answer.
func outcome(ans ActAnswer) (ActAnswer, error) {
	switch ans.Result {
	case domain.Accepted, domain.Duplicate:
		return ans, nil
	case domain.Refused, domain.TooLate:
	}
	kind := Conflict
	if ans.Result == domain.Refused && noRight[ans.Reason] {
		kind = Forbidden
	}
	code := string(ans.Reason)
	if code == "" {
		code = string(ans.Result)
	}
	return ActAnswer{}, &Error{Kind: kind, Code: code, Answer: &ans}
}

// repeated is the answer to an act that was decided before: an accepted one is a duplicate with the first answer; a
// refused one is refused again, so that a caller who lost the first answer never takes it for a success.
func repeated(first ActAnswer) ActAnswer {
	if first.Result == domain.Accepted {
		first.Result = domain.Duplicate
	}
	return first
}
