package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// comments opens the texts behind decisions, for those who may read them; nil where nothing is to be opened.
type comments func(*domain.Ref) string

// routeOf draws the present round of a case, steps not yet opened included.
func (n names) routeOf(c *domain.Case, label string, me domain.EmployeeID, text comments) RouteView {
	v := RouteView{Policy: c.Policy, Name: label, Round: c.Round, Steps: n.stepsOf(c.Steps, me, text)}
	if c.Status.Final() {
		return v
	}
	for i, st := range c.Steps {
		if st.Status != domain.StepWaiting || len(st.Slots) > 0 {
			continue
		}
		// Whom the directory names today; they are asked when the step opens, and found anew then.
		res := domain.Resolve(st.Plan, n.dir, c.Parties)
		for _, as := range res.Slots {
			v.Steps[i].Slots = append(v.Steps[i].Slots, SlotView{Person: n.person(as.Person), Status: domain.SlotWaiting, Why: n.why(as.Why), Mine: as.Person == me})
		}
		v.Steps[i].Unresolved = !res.OK()
	}
	return v
}

// earlierOf draws the rounds before, which stay visible after a return.
func (n names) earlierOf(c *domain.Case, label string, me domain.EmployeeID, text comments) []RouteView {
	var out []RouteView
	for _, r := range c.Past {
		out = append(out, RouteView{Policy: c.Policy, Name: label, Round: r.Number, Steps: n.stepsOf(r.Steps, me, text)})
	}
	return out
}

func (n names) stepsOf(steps []domain.Step, me domain.EmployeeID, text comments) []StepView {
	out := make([]StepView, len(steps))
	for i, st := range steps {
		v := n.stepPlan(st.Plan)
		v.Status = st.Status
		v.Slots = make([]SlotView, len(st.Slots))
		for k, s := range st.Slots {
			v.Slots[k] = n.slot(s, me, text)
			if due := v.Slots[k].Due; due != nil && (v.Due == nil || due.After(*v.Due)) {
				v.Due, v.Provisional = due, s.Due.Provisional
			}
		}
		v.Unresolved = st.Status == domain.StepOpen && len(st.Slots) == 0
		out[i] = v
	}
	return out
}

func (n names) stepPlan(p domain.StepPlan) StepView {
	return StepView{Key: p.Key, Label: p.Label, Why: p.Why, Kind: p.Kind, Need: p.Need, Minutes: p.Deadline, Status: domain.StepWaiting, Slots: []SlotView{}}
}

func (n names) slot(s domain.Slot, me domain.EmployeeID, text comments) SlotView {
	v := SlotView{
		ID: s.ID, Person: n.person(s.Person), Status: s.Status, Closed: s.Closed, Why: n.why(s.Why),
		Opened: timeOf(s.Opened), Due: timeOf(s.Due.At), Mine: s.Person == me,
	}
	if d := s.Decision; d != nil {
		v.Outcome, v.DecidedBy, v.DecidedAt = d.Outcome, n.maybe(d.By), timeOf(d.At)
		if d.Comment != nil && text != nil {
			v.Comment = text(d.Comment)
		}
	}
	return v
}

func (n names) why(w domain.Why) WhyView {
	return WhyView{Why: w, DepartmentName: n.dir.Departments[w.Department].Name, InsteadOfRef: n.maybe(w.InsteadOf)}
}

// previewOf draws a route that was only planned: who would be asked, and by when if every earlier step took all the
// time it has.
func (n names) previewOf(p *plan, label string) *RouteView {
	v := RouteView{Policy: p.route.Policy, Name: label, Round: 1, Steps: make([]StepView, len(p.route.Steps))}
	for i, sp := range p.route.Steps {
		st := n.stepPlan(sp)
		res, dues := p.steps[i].resolution, p.steps[i].dues
		for k, as := range res.Slots {
			due := dues[min(k, len(dues)-1)]
			st.Slots = append(st.Slots, SlotView{
				Person: n.person(as.Person), Status: domain.SlotWaiting, Why: n.why(as.Why), Due: timeOf(due.At), Mine: as.Person == p.requester,
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
