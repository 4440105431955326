package replay

import (
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// The two processes so far, each as the pure rules see it. Nothing here calls workflow code: what it did is what is
// to be checked.

type caseTale = tale[domain.Case, domain.Act, domain.Facts]

var caseRules = rules[domain.Case, domain.Act, domain.Facts]{
	signal: workflows.SignalAct,
	start: func(r *Reader, in *commonpb.Payloads) (opening[domain.Case], error) {
		var c workflows.CaseInput
		err := r.data.FromPayloads(in, &c)
		return opening[domain.Case]{state: c.State, group: c.GroupID}, err
	},
	begins: func(c domain.Case, workflow string) string {
		i := c.Current()
		switch {
		case workflows.CaseID(c.ID) != workflow:
			return "the state is another case's"
		case c.Status != domain.CaseInApproval || c.Seq != 0 || len(c.Answers) > 0 || len(c.Past) > 0:
			return "the case begins with acts already counted"
		case i != 0:
			return "the case begins elsewhere than at its first step"
		}
		for _, st := range c.Steps {
			for _, s := range st.Slots {
				if s.Decision != nil || (s.Status != domain.SlotOpen && s.Status != domain.SlotWaiting) {
					return "the case begins with a place already decided"
				}
			}
		}
		return ""
	},
	decide:   domain.Decide,
	answered: func(c domain.Case, id string) bool { _, ok := c.Answered(id); return ok },
	act:      func(a domain.Act) domain.Act { return a },
	person:   func(a domain.Act) bool { return a.Kind.Person() },
	facts:    func(f domain.Facts) (time.Time, bool) { return f.At, f.Proof },
	subject:  func(c domain.Case) string { return c.ID },
	system: func(t *caseTale) []arrival[domain.Act] {
		// A reminder or expiry needs a timer that fired, and is what the state says is due next.
		if wake, ok := t.state.NextWake(); ok && t.fired > 0 {
			return []arrival[domain.Act]{{event: t.fired, act: wake.Act}}
		}
		return nil
	},
	final: func(c domain.Case) bool { return c.Status.Final() },
	result: func(r *Reader, out *commonpb.Payloads, c domain.Case) string {
		var res workflows.CaseResult
		if err := r.data.FromPayloads(out, &res); err != nil {
			return "the result cannot be read"
		}
		if want := (workflows.CaseResult{Status: c.Status, Digest: domain.StateDigest(c), Seq: c.Seq}); res != want {
			return fmt.Sprintf("the result says %s after %d acts, the acts lead to %s after %d", res.Status, res.Seq, want.Status, want.Seq)
		}
		return ""
	},
	keep: func(v *Verdict, c domain.Case) { v.Case = &c },
}
