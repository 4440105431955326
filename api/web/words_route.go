package web

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Words of the route: how a person came to a place, what a step still needs, what a deadline leads to.

// stepNo is a step's number on the route; of an earlier round it does not begin at 1.
func stepNo(s service.StepView, i int) string {
	if s.Number > 0 {
		return strconv.Itoa(s.Number)
	}
	return strconv.Itoa(i + 1)
}

// Needs says what a quorum asks for and how far it is: 2 of 3 must agree, of them 1 legal; 1 so far (legal 0).
func (v *View) Needs(s service.StepView) string {
	if s.Kind != domain.Quorum {
		return ""
	}
	places, yes := 0, 0
	have := map[string]int{}
	var spare []service.SlotView
	for _, x := range s.Slots {
		if x.Status != domain.SlotTransferred && x.Status != domain.SlotClosed {
			places++
		}
		if x.Status != domain.SlotApproved && x.Status != domain.SlotCarriedOver {
			continue
		}
		yes++
		if have[x.Class]++; len(x.Also) > 0 {
			spare = append(spare, x)
		}
	}
	out := v.T("needs.of", "n", strconv.Itoa(s.Need), "m", strconv.Itoa(max(places, s.Need)))
	var least, soFar []string
	for _, m := range s.Minima {
		// Who stands for several classes counts in one: where one is missing and their own is full.
		for _, x := range spare {
			if have[m.Class] < m.Need && slices.Contains(x.Also, m.Class) && have[x.Class] > minimum(s, x.Class) {
				have[x.Class]--
				have[m.Class]++
			}
		}
		name := v.Class(m.Class)
		if v.Lang == English {
			name = strings.ToLower(name) // inside a sentence
		}
		least = append(least, v.T("needs.class", "n", strconv.Itoa(m.Need), "class", name))
		soFar = append(soFar, v.T("needs.class", "n", strconv.Itoa(have[m.Class]), "class", name))
	}
	comma := v.T("list.comma")
	if len(least) > 0 {
		out += v.T("needs.of_them", "list", strings.Join(least, comma))
	}
	if !started(s) {
		return out
	}
	out += v.T("needs.so_far", "n", strconv.Itoa(yes))
	if len(soFar) > 0 {
		out += v.T("needs.so_far.of_them", "list", strings.Join(soFar, comma))
	}
	return out
}

func minimum(s service.StepView, class string) int {
	for _, m := range s.Minima {
		if m.Class == class {
			return m.Need
		}
	}
	return 0
}

// started tells whether people were asked: a preview and a step to come have places without names.
func started(s service.StepView) bool { return len(s.Slots) > 0 && s.Slots[0].ID != "" }

// Class names a class of approvers; what the policy calls it when we have no word.
func (v *View) Class(c string) string {
	if r := v.TOr("role."+c, ""); r != "" {
		return r
	}
	return v.TOr("class."+c, c)
}

// Origin says how a place came to be, beside the policy's rules: handed on, added, by the ladder, assigned.
func (v *View) Origin(x service.SlotView) string {
	if x.Carried != "" {
		return v.T("origin.carried", "n", stepOf(x.Carried))
	}
	if x.Origin == "" {
		return ""
	}
	key := "origin." + string(x.Origin)
	if x.Origin == domain.OriginAdded {
		key += "." + string(x.Mode)
	}
	person := ""
	if x.FromPerson != nil {
		person = x.FromPerson.Name
	} else if x.Why.InsteadOfRef != nil {
		person = x.Why.InsteadOfRef.Name
	}
	if person == "" {
		return v.TOr(key, string(x.Origin), "person", v.T("somebody"))
	}
	return v.TOr(key+".of", v.TOr(key, string(x.Origin), "person", person), "person", person)
}

var placeStep = regexp.MustCompile(`\.s(\d+)\.`)

// stepOf is the number of the step in a place's id.
func stepOf(place string) string {
	if m := placeStep.FindStringSubmatch(place); m != nil {
		return m[1]
	}
	return "?"
}

// Follows says where a place went or what it waits for: handed to somebody, or held until those added before decide.
func (v *View) Follows(s service.StepView, x service.SlotView) string {
	var to, before []service.PersonRef
	for _, y := range s.Slots {
		if y.From != x.ID || x.ID == "" {
			continue
		}
		switch {
		case y.Origin == domain.OriginTransfer:
			to = append(to, y.Person)
		case y.Origin == domain.OriginAdded && y.Mode == domain.AddBefore && y.Status != domain.SlotApproved && y.Status != domain.SlotTransferred:
			before = append(before, y.Person)
		}
	}
	switch {
	case x.Status == domain.SlotTransferred && len(to) > 0:
		return v.T("follows.transfer", "people", v.Names(to))
	case x.Status == domain.SlotWaiting && len(before) > 0:
		return v.T("follows.before", "people", v.Names(before))
	}
	return ""
}

// Rung says what the ladder does before the deadline.
func (v *View) Rung(r service.RungView) string {
	key := "rung." + string(r.Do)
	if r.Done {
		key += ".done"
	}
	return v.T(key, "at", v.Moment(r.At))
}

// NextRung is the next escalation of a place that is still undecided.
func (v *View) NextRung(x service.SlotView) string {
	for _, r := range x.Ladder {
		if !r.Done && r.At.After(v.Now) {
			return v.Rung(r)
		}
	}
	return ""
}

// Moments lists times in a sentence.
func (v *View) Moments(ts []time.Time) string {
	var out []string
	for _, t := range ts {
		out = append(out, v.Moment(t))
	}
	return strings.Join(out, v.T("list.comma"))
}

// Moment writes a day with hour and minute, for people who plan.
func (v *View) Moment(t time.Time) string {
	t = t.In(v.Zone)
	if v.Lang == English {
		return t.Format("2 Jan 15:04")
	}
	return t.Format("1月2日 15:04")
}

// Ended says how an earlier round ended and that its decisions are void.
func (v *View) Ended(r service.RouteView) string {
	kv := []string{"n", fmt.Sprint(r.Round), "person", v.name(r.EndedBy), "when", "", "for", v.name(r.EndedFor)}
	if r.EndedAt != nil {
		kv[5] = v.Relative(*r.EndedAt)
	}
	key := "round." + string(r.Ended)
	if r.EndedBy == nil {
		return v.T("round.past", kv...)
	}
	if r.EndedFor != nil {
		key += ".for"
	}
	return v.TOr(key, v.T("round.past", kv...), kv...)
}
