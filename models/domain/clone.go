package domain

import "slices"

// clone copies a case deeply enough that an act never changes the state it was given: what an act changes in place is
// copied, what is only ever replaced as a whole is shared.
func (c Case) clone() Case {
	c.Steps = cloneSteps(c.Steps)
	c.Past = slices.Clone(c.Past)
	c.Answers = slices.Clone(c.Answers)
	c.Copies = slices.Clone(c.Copies)
	return c
}

func cloneSteps(in []Step) []Step {
	out := slices.Clone(in)
	for i := range out {
		out[i].Slots = slices.Clone(out[i].Slots)
		for k := range out[i].Slots {
			s := &out[i].Slots[k]
			s.Keys = slices.Clone(s.Keys)
			s.Also = slices.Clone(s.Also)
			if s.Decision != nil {
				d := *s.Decision
				s.Decision = &d
			}
		}
	}
	return out
}
