package policy

import (
	"errors"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// PastRequest is a request as it was worked, for a dry run.
type PastRequest struct {
	ID        string
	Number    string
	Kind      domain.RequestKind // empty: a filing
	Filing    domain.Filing      // the material decided on; of a revocation, the filing revoked
	Was       domain.Filing      // of a change, how the group read before
	Requester domain.EmployeeID
	Others    []domain.EmployeeID // further parties, who are not asked either
	Submitted time.Time
	Plan      domain.RoutePlan // it was worked by; names its policy version
	Steps     []PastStep       // by index in Plan.Steps; may be shorter or empty
	Under     *Policy          // the version it was worked by, if at hand: what that refuses today too is no change
}

// PastStep is what became of a step. The zero value: it never opened.
type PastStep struct {
	Opened time.Time
	People []domain.EmployeeID // whom the rules named when it opened; nil: not known
}

// DryRunReport says what a draft policy would have made of past requests (semantics 1: dry run).
type DryRunReport struct {
	Policy   string       `json:"policy"` // the draft's version
	Requests int          `json:"requests"`
	Sums     DryRunSums   `json:"sums"`
	Cases    []CaseChange `json:"cases"` // those that would go another way, in the order they were given
}

// DryRunSums counts requests; one may count in several.
type DryRunSums struct {
	Unchanged    int `json:"unchanged"`
	Refused      int `json:"refused"`     // would not have been taken
	Unresolved   int `json:"unresolved"`  // nobody to ask in some step, or no route at all
	Route        int `json:"route"`       // another route
	StepsAdded   int `json:"steps_added"` // requests with at least one step more
	StepsRemoved int `json:"steps_removed"`
	Order        int `json:"order"`  // the same steps in another order
	Kind         int `json:"kind"`   // people decide otherwise together: kind, threshold, what a passed deadline does
	People       int `json:"people"` // others asked in a step that is in both
	Earlier      int `json:"earlier"`
	Later        int `json:"later"` // deadlines of steps that are in both
	// Directory counts requests whose people differ because the directory changed since, whatever the policy.
	Directory int `json:"directory"`
}

// CaseChange is what would be otherwise in one request.
type CaseChange struct {
	ID        string         `json:"id"`
	Number    string         `json:"number"`
	Submitted time.Time      `json:"submitted"`
	Policy    string         `json:"policy"` // it was worked by
	Route     RouteChange    `json:"route"`
	Reordered bool           `json:"reordered,omitempty"`
	Faults    []domain.Fault `json:"faults,omitempty"` // for which it would be refused; what its own policy or the directory of today refuses as well is not listed
	Steps     []StepChange   `json:"steps,omitempty"`  // those that differ: in the draft's order, then those that went
	// DoneBefore and DoneAfter are the latest end of the route if everybody takes all their time, from submission on.
	DoneBefore time.Time `json:"done_before,omitzero"`
	DoneAfter  time.Time `json:"done_after,omitzero"`
}

// RouteChange names the routes; both the same when it did not change. After is empty when the request is refused.
type RouteChange struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// StepChange is what would be otherwise in one step.
type StepChange struct {
	Key  string     `json:"key"`
	Kind ChangeKind `json:"kind"`
	// Added and Removed are people asked because the policy changed. Arrived and Gone would differ under the old policy too:
	// the directory changed since.
	Added      []domain.EmployeeID `json:"added,omitempty"`
	Removed    []domain.EmployeeID `json:"removed,omitempty"`
	Arrived    []domain.EmployeeID `json:"arrived,omitempty"`
	Gone       []domain.EmployeeID `json:"gone,omitempty"`
	Unresolved []string            `json:"unresolved,omitempty"` // rules of the draft that find nobody
	KindBefore domain.StepKind     `json:"kind_before,omitempty"`
	KindAfter  domain.StepKind     `json:"kind_after,omitempty"`
	Otherwise  bool                `json:"otherwise,omitempty"` // kind, threshold, ladder or final outcome differ
	// DueBefore and DueAfter are the deadlines of the first asked, from the same opening and by the same calendar.
	DueBefore time.Time `json:"due_before,omitzero"`
	DueAfter  time.Time `json:"due_after,omitzero"`
}

// DryRun replays past requests under a draft, with the code that runs: Plan and PlanRevocation choose the route,
// domain.Resolve the people, domain.DueFor the deadlines, CheckFiling and CheckName what is refused. People and deadlines
// are found by the directory and calendar given, for both policies; whether a name is taken is not asked.
func DryRun(draft *Policy, past []PastRequest, dir *domain.Directory, cal *domain.Calendar) DryRunReport {
	report := DryRunReport{Policy: draft.Version, Requests: len(past), Cases: []CaseChange{}}
	for _, r := range past {
		if _, ok := replays[r.Kind]; !ok && r.Kind != "" {
			report.Requests-- // of a kind that no policy routes
			continue
		}
		c := dryRunner{draft: draft, dir: dir, cal: cal, r: r}.run()
		if report.Sums.add(c) {
			report.Cases = append(report.Cases, c)
		}
	}
	return report
}

// add counts a request, and says whether it would go another way.
func (s *DryRunSums) add(c CaseChange) bool {
	var route, more, fewer, kind, people, earlier, later, unresolved, directory bool
	route = c.Route.After != "" && c.Route.Before != c.Route.After
	for _, st := range c.Steps {
		more = more || st.Kind == PartAdded
		fewer = fewer || st.Kind == PartRemoved
		unresolved = unresolved || len(st.Unresolved) > 0
		directory = directory || len(st.Arrived)+len(st.Gone) > 0
		if st.Kind == PartChanged {
			kind = kind || st.Otherwise
			people = people || len(st.Added)+len(st.Removed) > 0
			earlier = earlier || st.DueAfter.Before(st.DueBefore)
			later = later || st.DueAfter.After(st.DueBefore)
		}
	}
	refused := false
	for _, f := range c.Faults {
		if f.Code == codeUnresolved {
			unresolved = true
		} else {
			refused = true
		}
	}
	changed := false
	for _, n := range []struct {
		yes bool
		to  *int
	}{{refused, &s.Refused}, {unresolved, &s.Unresolved}, {route, &s.Route}, {more, &s.StepsAdded}, {fewer, &s.StepsRemoved}, {c.Reordered, &s.Order},
		{kind, &s.Kind}, {people, &s.People}, {earlier, &s.Earlier}, {later, &s.Later}} {
		if n.yes {
			*n.to++
			changed = true
		}
	}
	if directory {
		s.Directory++
	}
	if !changed {
		s.Unchanged++
	}
	return changed
}

// dryRunner replays one request.
type dryRunner struct {
	draft *Policy
	dir   *domain.Directory
	cal   *domain.Calendar
	r     PastRequest
}

func (d dryRunner) run() CaseChange {
	c := CaseChange{ID: d.r.ID, Number: d.r.Number, Submitted: d.r.Submitted, Policy: d.r.Plan.Policy, Route: RouteChange{Before: d.r.Plan.Route}}
	how := d.how()
	if how.refused != nil {
		c.Faults = how.refused(d)
	}
	plan, err := how.plan(d.draft, d.r, d.dir)
	var pe *PlanError
	if errors.As(err, &pe) {
		c.Faults = append(c.Faults, pe.Fault())
		return c
	}
	c.Route.After = plan.Route
	c.DoneBefore, c.DoneAfter = d.done(d.r.Plan.Steps), d.done(plan.Steps)
	c.Reordered = !slices.Equal(keysBoth(d.r.Plan.Steps, plan.Steps), keysBoth(plan.Steps, d.r.Plan.Steps))
	for i := range plan.Steps {
		if st, differs := d.step(&plan.Steps[i]); differs {
			c.Steps = append(c.Steps, st)
		}
	}
	for i := range d.r.Plan.Steps {
		old := &d.r.Plan.Steps[i]
		if indexOf(plan.Steps, old.Key) < 0 {
			c.Steps = append(c.Steps, StepChange{Key: old.Key, Kind: PartRemoved, Removed: d.then(i), KindBefore: old.Kind})
		}
	}
	return c
}

// replay is how a dry run treats one kind of request: how a policy plans it, and why the draft would not take it.
type replay struct {
	plan    func(p *Policy, r PastRequest, dir *domain.Directory) (domain.RoutePlan, error)
	refused func(d dryRunner) []domain.Fault // nil: the policy bounds nothing in it
}

// replays are the kinds of request that a dry run replays. A new kind that policies route adds its own line, and is found,
// opened and counted without more.
var replays = map[domain.RequestKind]replay{
	domain.KindFiling: {
		plan: func(p *Policy, r PastRequest, dir *domain.Directory) (domain.RoutePlan, error) {
			return p.Plan(r.Filing, r.Requester, dir)
		},
		refused: dryRunner.refusedFiling,
	},
	domain.KindRevocation: {
		plan: func(p *Policy, r PastRequest, dir *domain.Directory) (domain.RoutePlan, error) {
			return p.PlanRevocation(r.Filing, r.Requester, dir)
		},
	},
	domain.KindChange: {
		plan: func(p *Policy, r PastRequest, dir *domain.Directory) (domain.RoutePlan, error) {
			return p.PlanChange(r.Was, r.Filing, r.Requester, dir)
		},
		refused: dryRunner.refusedFiling,
	},
}

// ReplayKinds are the kinds of request that a dry run replays, in the order pages show them.
func ReplayKinds() []domain.RequestKind {
	return slices.DeleteFunc(slices.Clone(RequestKinds), func(k domain.RequestKind) bool { _, ok := replays[k]; return !ok })
}

// KindLabel is what pages call requests of a kind.
func KindLabel(k domain.RequestKind) domain.Label {
	if l, ok := requestKindWords[k]; ok {
		return l
	}
	return domain.Label{ZH: string(k), EN: string(k)}
}

func (d dryRunner) how() replay {
	if d.r.Kind == "" {
		return replays[domain.KindFiling]
	}
	return replays[d.r.Kind]
}

// refusedFiling lists why the draft would not have taken the filing on the day it was submitted. What the directory alone
// refuses, people who left and departments that closed, no policy can help.
func (d dryRunner) refusedFiling() []domain.Fault {
	f, today := d.r.Filing, domain.Today(d.cal, d.r.Submitted)
	all := func(p *Policy) []domain.Fault {
		return append(domain.CheckFiling(f, p.FilingRules(), d.dir, today), p.CheckName(f.Name, NameContextOf(f, d.dir))...)
	}
	var anyway []domain.Fault
	if d.r.Under != nil {
		anyway = all(d.r.Under)
	} else {
		anyway = domain.CheckFiling(f, domain.FilingRules{Platforms: []string{f.Platform}}, d.dir, today)
	}
	var out []domain.Fault
	for _, fault := range all(d.draft) {
		if !slices.ContainsFunc(anyway, func(o domain.Fault) bool { return o.Field == fault.Field && o.Code == fault.Code }) {
			out = append(out, fault)
		}
	}
	return out
}

// done is when a route ends at the latest, one step after the other, as the preview says it.
func (d dryRunner) done(steps []domain.StepPlan) time.Time {
	from := d.r.Submitted
	for _, st := range steps {
		turns := 1
		if st.Kind == domain.Sequence {
			turns = max(1, len(d.resolve(st).Slots))
		}
		for range turns {
			from = domain.DueFor(d.cal, st, from).At
		}
	}
	return from
}

func (d dryRunner) resolve(st domain.StepPlan) domain.Resolution {
	return domain.Resolve(st, d.dir, domain.Parties{Requester: d.r.Requester, Others: d.r.Others})
}

func (d dryRunner) now(st domain.StepPlan) []domain.EmployeeID {
	var out []domain.EmployeeID
	for _, s := range d.resolve(st).Slots {
		out = append(out, s.Person)
	}
	return out
}

// then is who was asked in a step, or, where it never opened, who would be asked today.
func (d dryRunner) then(i int) []domain.EmployeeID {
	if i < len(d.r.Steps) && d.r.Steps[i].People != nil {
		return d.r.Steps[i].People
	}
	return d.now(d.r.Plan.Steps[i])
}

// step compares a step of the draft's route with the one of the same key in the request's.
func (d dryRunner) step(is *domain.StepPlan) (StepChange, bool) {
	res := d.resolve(*is)
	people := d.now(*is)
	c := StepChange{Key: is.Key, Kind: PartChanged, KindAfter: is.Kind}
	i := indexOf(d.r.Plan.Steps, is.Key)
	if i < 0 {
		c.Kind, c.Added, c.Unresolved = PartAdded, people, res.Unresolved
		return c, true
	}
	was := &d.r.Plan.Steps[i]
	if d.resolve(*was).OK() {
		c.Unresolved = res.Unresolved
	}
	c.KindBefore = was.Kind
	c.Otherwise = was.Kind != is.Kind || was.Need != is.Need || was.Final != is.Final || !slices.Equal(was.Minima, is.Minima) || !slices.Equal(was.Ladder, is.Ladder)
	then, old := d.then(i), d.now(*was)
	for _, p := range people {
		switch {
		case slices.Contains(then, p):
		case slices.Contains(old, p):
			c.Arrived = append(c.Arrived, p)
		default:
			c.Added = append(c.Added, p)
		}
	}
	for _, p := range then {
		switch {
		case slices.Contains(people, p):
		case slices.Contains(old, p):
			c.Removed = append(c.Removed, p)
		default:
			c.Gone = append(c.Gone, p)
		}
	}
	// A deadline counts from the moment the step opened then; one that never opened, from submission: the difference is
	// what is asked for.
	from := d.r.Submitted
	if i < len(d.r.Steps) && !d.r.Steps[i].Opened.IsZero() {
		from = d.r.Steps[i].Opened
	}
	before, after := domain.DueFor(d.cal, *was, from).At, domain.DueFor(d.cal, *is, from).At
	if !before.Equal(after) {
		c.DueBefore, c.DueAfter = before, after
	}
	differs := c.Otherwise || !before.Equal(after) || len(c.Added)+len(c.Removed)+len(c.Arrived)+len(c.Gone)+len(c.Unresolved) > 0
	return c, differs
}

func indexOf(steps []domain.StepPlan, key string) int {
	return slices.IndexFunc(steps, func(s domain.StepPlan) bool { return s.Key == key })
}

// keysBoth lists the steps of a that b has as well, in a's order.
func keysBoth(a, b []domain.StepPlan) []string {
	var out []string
	for _, s := range a {
		if indexOf(b, s.Key) >= 0 {
			out = append(out, s.Key)
		}
	}
	return out
}
