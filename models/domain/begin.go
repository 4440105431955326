package domain

import "time"

// Submit makes the first state of a case: submitted, its steps waiting, nothing opened. Open it with Begin.
func Submit(c Case, plan RoutePlan, at time.Time) Case {
	c.Status, c.Round, c.Version = CaseSubmitted, 1, max(c.Version, 1)
	c.Policy, c.Route, c.Submitted, c.Rules = plan.Policy, plan.Route, at, plan.Rules
	c.Steps = stepsOf(plan.Steps)
	return c
}

// stepsOf makes steps that wait from their plans.
func stepsOf(plans []StepPlan) []Step {
	out := make([]Step, len(plans))
	for i, p := range plans {
		out[i] = Step{Plan: p, Status: StepWaiting}
	}
	return out
}

// fresh makes the same steps anew, as if they had never been opened.
func fresh(steps []Step) []Step {
	out := make([]Step, len(steps))
	for i, s := range steps {
		out[i] = Step{Plan: s.Plan, Status: StepWaiting}
	}
	return out
}

// Begin opens the first step of a submitted case. Like Decide it asks by Verdict.Need for what it must know; the
// submission resolves it, so that the workflow starts with people already asked (temporal.md 13).
func Begin(c Case, f Facts) (Case, Verdict) {
	c = c.clone()
	m := &move{c: &c, f: f}
	if c.Status != CaseSubmitted || len(c.Steps) == 0 {
		return c, m.refuse(ReasonUnknownAct)
	}
	c.Status = CaseInApproval
	c.Revision = f.Revision
	m.run(0)
	return c, m.done()
}
