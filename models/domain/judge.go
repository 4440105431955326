package domain

// whole tells whether a case has rules beyond its steps. Cases from before there were any behave as they did then, so
// that their histories replay (temporal.md 25).
func (c *Case) whole() bool { return c.Rules != CaseRules{} }

// judge says whether the decisions so far settle a step (semantics 1: thresholds are exact). With hand set, people are
// still missing who could not be found: nothing passes without them that needs everybody, and nothing fails for lack of them.
func judge(step *Step, hand bool) StepStatus {
	own, after := verdicts(step, hand)
	switch {
	case own == StepFailed || after == StepFailed:
		return StepFailed
	case own == StepPassed && after == StepPassed:
		return StepPassed
	}
	return StepOpen
}

// verdicts judges the step's own threshold and, apart from it, those added after approvals: all of them must approve.
func verdicts(step *Step, hand bool) (own, after StepStatus) {
	var approved, open [][]string // the classes each stands for
	rejected := 0
	after = StepPassed
	for _, s := range step.seats() {
		switch {
		case s.mode == AddBefore: // counts through its caller
		case s.mode == AddAfter && s.rejected:
			after = StepFailed
		case s.mode == AddAfter:
			if !s.approved && after == StepPassed {
				after = StepOpen
			}
		case s.approved:
			approved = append(approved, s.classes)
		case s.rejected:
			rejected++
		case s.open:
			open = append(open, s.classes)
		}
	}
	return threshold(step.Plan, approved, open, rejected, hand), after
}

// threshold judges a step's own seats: the approvals, those undecided, and how many rejected.
func threshold(plan StepPlan, approved, open [][]string, rejected int, hand bool) StepStatus {
	switch plan.Kind {
	case OrSign:
		switch {
		case len(approved) > 0:
			return StepPassed
		case rejected > 0:
			return StepFailed
		}
	case Quorum:
		switch {
		case suffices(plan, approved):
			return StepPassed
		case !hand && !suffices(plan, append(append([][]string{}, approved...), open...)):
			return StepFailed
		}
	default: // countersign, sequence
		switch {
		case rejected > 0:
			return StepFailed
		case !hand && len(open) == 0 && len(approved) > 0:
			return StepPassed
		}
	}
	return StepOpen
}

// suffices tells whether so many people would pass a quorum: N of them, and every class minimum from different people.
func suffices(plan StepPlan, people [][]string) bool {
	return len(people) >= plan.Need && len(unmet(plan.Minima, people)) == 0
}

// unmet lists the classes whose minima the people cannot fill when each counts in one class only. It finds a largest
// assignment of people to demands by augmenting paths, so that no order of people hides one.
func unmet(minima []ClassMinimum, people [][]string) []string {
	var demands []string
	for _, m := range minima {
		// More demands than people cannot all be met; one too many is enough to tell.
		for range min(m.Need, len(people)+1) {
			demands = append(demands, m.Class)
		}
	}
	taken := make([]int, len(people)) // person → demand, from 1
	var place func(d int, seen []bool) bool
	place = func(d int, seen []bool) bool {
		for p, classes := range people {
			if seen[p] || !has(classes, demands[d]) {
				continue
			}
			seen[p] = true
			if taken[p] == 0 || place(taken[p]-1, seen) {
				taken[p] = d + 1
				return true
			}
		}
		return false
	}
	var out []string
	for d, class := range demands {
		if !place(d, make([]bool, len(people))) && !has(out, class) {
			out = append(out, class)
		}
	}
	return out
}

func has(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// staffed tells whether the people who approved or are asked could still pass the step's own threshold.
func staffed(step *Step) bool {
	var people [][]string
	for _, s := range step.seats() {
		if s.mode == "" && (s.approved || s.open) {
			people = append(people, s.classes)
		}
	}
	if len(people) == 0 {
		return false
	}
	return step.Plan.Kind != Quorum || suffices(step.Plan, people)
}
