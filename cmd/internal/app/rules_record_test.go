package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// What holds for the record of a case.
var recordRules = []rule{
	{"A43", func(t *testing.T, _ *court) {
		k := newCourt(t) // of its own: the policy is everybody's
		f := k.request(t, "three")
		c := k.file(t, "E0040", f)
		began := k.sees(t, c).Policy
		// From now on E0098 and E0099 sign first.
		next := strings.Replace(strings.Replace(k.policy, `version: "rules.1"`, `version: "rules.2"`, 1), `who: [{person: "E0088"}, {person: "E0089"}]`, `who: [{person: "E0098"}, {person: "E0099"}]`, 1)
		version := k.activates(t, "/policies", next)
		fresh := k.opened(t, "three")
		if v := k.asks(t, fresh, "E0098", "E0099"); v.Policy != version {
			t.Errorf("a new case is under %s, want %s", v.Policy, version)
		}
		k.yes(t, c, "E0088", "E0089")
		k.returns(t, "E0090", c, 0).accepted(t)
		k.resubmits(t, "E0040", c, f).accepted(t)
		if v := k.asks(t, c, "E0088", "E0089"); v.Policy != began || v.Route.Policy != began {
			t.Errorf("the case is under %s, and began under %s", v.Policy, began)
		}
	}},
	{"A47", func(t *testing.T, k *court) {
		// All eight are on their way before the first is decided.
		c := k.opened(t, "turn")
		d := decision(c, domain.Approve)
		lift := k.gate.shut("decide.before_commit")
		defer lift()
		answers := make(chan []reply, 1)
		go func() { answers <- atOnce(8, func(int) reply { return k.post(t, "E0070", decisions(c), d) }) }()
		soon(t, "the decision is on its way", func() bool { return k.gate.held.Load() > 0 })
		time.Sleep(300 * time.Millisecond)
		lift()
		count := map[domain.Result]int{}
		for _, x := range <-answers {
			count[x.answer(t).Result]++
		}
		if count[domain.Accepted] != 1 || count[domain.Duplicate] != 7 {
			t.Errorf("one decision sent eight times: %v", count)
		}
		k.asks(t, c, "E0071")
		k.yes(t, c, "E0071")
		k.stands(t, c, domain.CaseApproved)
		// What was refused first is refused again, although it would be taken now.
		c = k.opened(t, "turn")
		early := decision(c, domain.Approve)
		refused(t, k.post(t, "E0071", decisions(c), early), http.StatusConflict, domain.Refused, domain.ReasonNotYourTurn)
		k.yes(t, c, "E0070")
		refused(t, k.post(t, "E0071", decisions(c), early), http.StatusConflict, domain.Refused, domain.ReasonNotYourTurn)
		k.yes(t, c, "E0071")
		k.stands(t, c, domain.CaseApproved)
		if x := k.verdict(t, "case-"+c.ID); !x.OK {
			t.Errorf("%+v", x)
		}
	}},
	{"A48", func(t *testing.T, k *court) {
		for _, x := range []struct{ who, route string }{
			{"E0040", "three"}, {"E0040", "all"}, {"E0040", "classes"}, {"E0040", "turn"}, {"E0040", "officers"}, {"E0040", "own"}, {"E0040", "twice"},
			{"E0006", "owner"}, {"E0006", "owner_and"}, {"E0001", "spare"},
		} {
			f := k.request(t, x.route)
			var p service.Preview
			k.post(t, x.who, "/groups/previews", f).is(t, http.StatusOK).into(t, &p)
			c := k.file(t, x.who, f)
			for i, st := range p.Route.Steps {
				promised, asked := peopleOf(st), []string{}
				for v := k.sees(t, c); v.Route.Steps[i].Status == domain.StepOpen; v = k.sees(t, c) {
					now := numbers(v.Waiting)
					for _, who := range now { // in a sequence one after the other
						if !slices.Contains(asked, who) {
							asked = append(asked, who)
						}
					}
					k.yes(t, c, now[0])
				}
				if slices.Sort(asked); !slices.Equal(asked, promised) {
					t.Errorf("%s as %s: step %d asked %v, the preview said %v", x.route, x.who, i+1, asked, promised)
				}
			}
			k.stands(t, c, domain.CaseApproved)
		}
	}},
}

// peopleOf lists whom a step of a preview names.
func peopleOf(st service.StepView) []string {
	out := []string{}
	for _, s := range st.Slots {
		out = append(out, s.Person.Number)
	}
	slices.Sort(out)
	return out
}
