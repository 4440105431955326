package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// comments opens the texts behind decisions, for those who may read them; nil where nothing is to be opened.
type comments func(*domain.Ref) string

// stepWords names steps: a case carries keys, its policy version the words.
type stepWords struct{ policy *policy.Policy }

// label is a step's label: the plan's own, or the policy's.
func (w stepWords) label(p domain.StepPlan) domain.Label {
	if p.Label != (domain.Label{}) || w.policy == nil {
		return p.Label
	}
	return w.policy.StepLabel(p.Key)
}

func (w stepWords) why(p domain.StepPlan) domain.Label {
	if p.Why != (domain.Label{}) || w.policy == nil {
		return p.Why
	}
	return w.policy.StepWhy(p.Key)
}

// wordsOf are the words of the policy version that a case began with. Without them keys are shown: the case is readable
// all the same.
func (s *Service) wordsOf(ctx context.Context, c *domain.Case) stepWords {
	pol, err := s.policyOf(ctx, c.Policy)
	if err != nil {
		s.log.WarnContext(ctx, "a policy version cannot be read", "version", c.Policy, "code", store.Code(err))
	}
	return stepWords{pol}
}

// drawing is what a route is drawn with.
type drawing struct {
	n     names
	words stepWords
	label string // of the route
	me    domain.EmployeeID
	text  comments
}

// present draws the round at work of a case, steps not yet opened included.
func (d drawing) present(c *domain.Case) RouteView {
	v := RouteView{Policy: c.Policy, Name: d.label, Round: c.Round, Steps: d.steps(c.Steps, 0)}
	if c.Status.Final() {
		return v
	}
	for i, st := range c.Steps {
		if st.Status != domain.StepWaiting || len(st.Slots) > 0 {
			continue
		}
		// Whom the directory names today; they are asked when the step opens, and found anew then.
		res := domain.Resolve(st.Plan, d.n.dir, c.Parties)
		for _, as := range res.Slots {
			v.Steps[i].Slots = append(v.Steps[i].Slots, SlotView{Person: d.n.person(as.Person), Status: domain.SlotWaiting, Why: d.n.why(as.Why), Class: as.Class, Mine: as.Person == d.me})
		}
		v.Steps[i].Unresolved = !res.OK()
	}
	return v
}

// earlier draws the rounds before, whose decisions are void but stay visible (semantics 1: return).
func (d drawing) earlier(c *domain.Case) []RouteView {
	var out []RouteView
	for _, r := range c.Past {
		v := RouteView{Policy: c.Policy, Name: d.label, Round: r.Number, Steps: d.steps(r.Steps, r.From), Void: true, Digest: r.Digest, From: r.From + 1}
		for _, st := range r.Steps {
			for _, s := range st.Slots {
				if s.Closed == domain.ReasonReturned || s.Closed == domain.ReasonAmended {
					v.Ended = s.Closed
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// steps draws steps; the first has the index from.
func (d drawing) steps(steps []domain.Step, from int) []StepView {
	out := make([]StepView, len(steps))
	for i, st := range steps {
		v := d.words.plan(st.Plan, from+i+1)
		v.Status = st.Status
		v.Slots = make([]SlotView, len(st.Slots))
		for k, s := range st.Slots {
			v.Slots[k] = d.n.slot(s, st.Slots, d.me, d.text)
			if due := v.Slots[k].Due; due != nil && (v.Due == nil || due.After(*v.Due)) {
				v.Due, v.Provisional = due, s.Due.Provisional
			}
		}
		v.Unresolved = st.Status == domain.StepOpen && len(st.Slots) == 0
		out[i] = v
	}
	return out
}

func (w stepWords) plan(p domain.StepPlan, number int) StepView {
	v := StepView{
		Key: p.Key, Label: w.label(p), Why: w.why(p), Kind: p.Kind, Need: p.Need, Minutes: p.Deadline, Status: domain.StepWaiting, Slots: []SlotView{},
		Number: number, Final: p.Final,
	}
	for _, m := range p.Minima {
		v.Minima = append(v.Minima, MinimumView{Class: m.Class, Need: m.Need})
	}
	return v
}

// slot draws one place; beside are the step's places, among which it may have come from one.
func (n names) slot(s domain.Slot, beside []domain.Slot, me domain.EmployeeID, text comments) SlotView {
	v := SlotView{
		ID: s.ID, Person: n.person(s.Person), Status: s.Status, Closed: s.Closed, Why: n.why(s.Why),
		Opened: timeOf(s.Opened), Due: timeOf(s.Due.At), Mine: s.Person == me,
		Origin: s.Origin, From: s.From, Mode: s.Mode, Hops: s.Hops, Class: s.Class, Also: s.Also, Carried: s.Carried, Urged: timeOf(s.Urged),
		Remind: s.Due.Remind, Ladder: rungs(s.Due, s.Rung),
	}
	for _, b := range beside {
		if s.From != "" && b.ID == s.From {
			v.FromPerson = n.maybe(b.Person)
		}
	}
	if d := s.Decision; d != nil {
		v.Outcome, v.DecidedBy, v.DecidedAt, v.DecidedFor = d.Outcome, n.maybe(d.By), timeOf(d.At), n.maybe(d.For)
		if d.Comment != nil && text != nil {
			v.Comment = text(d.Comment)
		}
	}
	return v
}

// rungs are the escalations of a deadline; done of them have happened.
func rungs(d domain.Due, done int) []RungView {
	var out []RungView
	for i, r := range d.Ladder {
		out = append(out, RungView{At: r.At.UTC(), Do: r.Do, Done: i < done})
	}
	return out
}

func (n names) why(w domain.Why) WhyView {
	return WhyView{Why: w, DepartmentName: n.dir.Departments[w.Department].Name, InsteadOfRef: n.maybe(w.InsteadOf)}
}

// previewOf draws a route that was only planned: who would be asked, and by when if every earlier step took all the
// time it has.
func (n names) previewOf(p *plan, pol *policy.Policy, label string) *RouteView {
	v := RouteView{Policy: p.route.Policy, Name: label, Round: 1, Steps: make([]StepView, len(p.route.Steps))}
	for i, sp := range p.route.Steps {
		st := stepWords{pol}.plan(sp, i+1)
		res, dues := p.steps[i].resolution, p.steps[i].dues
		for k, as := range res.Slots {
			due := dues[min(k, len(dues)-1)]
			st.Slots = append(st.Slots, SlotView{
				Person: n.person(as.Person), Status: domain.SlotWaiting, Why: n.why(as.Why), Due: timeOf(due.At), Mine: as.Person == p.requester,
				Class: as.Class, Remind: due.Remind, Ladder: rungs(due, 0),
			})
		}
		for _, d := range res.Dropped {
			st.Dropped = append(st.Dropped, n.person(d.Person))
		}
		last := dues[len(dues)-1]
		st.Due, st.Provisional, st.Unresolved = timeOf(last.At), last.Provisional, !res.OK()
		v.Steps[i] = st
	}
	return &v
}

// timeOf is nil for no time.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
