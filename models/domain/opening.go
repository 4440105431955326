package domain

import "time"

// Find answers a need of the rules: whom the directory names for a step, and by when they must have decided. The
// submission, the decision activity and the preview share it. dir may be nil when only the deadline is asked.
func Find(c Case, n Need, dir *Directory, cal *Calendar, at time.Time) Opening {
	plan := c.Steps[n.Step].Plan
	o := Opening{Step: n.Step, Due: DueFor(cal, plan, at)}
	if n.Resolve {
		o.Resolution = Resolve(plan, dir, c.Parties)
	}
	return o
}
