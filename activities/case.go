package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/models/domain"
)

// Errors that a Store returns so that the activity knows whether trying again can help.
var (
	ErrAlreadySaved = errors.New("the act is recorded already")
	ErrIllegal      = errors.New("the database refuses this transition")
	ErrOutOfStep    = errors.New("the stored state is not the one the act was decided on")
)

// Error types of this package as the engine shows them: stable words without content.
const ErrTypeUnprojectable = "unprojectable"

// CaseInput is one act to decide on a case.
type CaseInput struct {
	State domain.Case `json:"state"`
	Act   domain.Act  `json:"act"`
}

// CaseOutput is what the history keeps of a decision: the facts, from which workflow and auditor compute the outcome
// again, and the digest of the state that the projection stored.
type CaseOutput struct {
	Facts  domain.Facts `json:"facts"`
	Digest string       `json:"digest"`
	// Stuck: the database refused the projection for ever. The act did not happen; the case needs a hand.
	Stuck bool `json:"stuck,omitempty"`
	// First is another act that is on record already as the next one, as GroupOutput.First is.
	First *domain.Act `json:"first,omitempty"`
}

// DecideCase is the decision activity (temporal.md 13): one transaction reads the live facts, decides by the pure
// rules and writes case, slots, audit entry, notifications and outbox. Called again with an act already recorded, it
// returns the recorded facts.
//
// A person's act is tried first on what this process knows of directory and actor, and the writing statement itself
// holds that against what is true: one round trip instead of two. Whenever that does not hold, it is decided again on
// facts that were read.
func (a *Activities) DecideCase(ctx context.Context, in CaseInput) (CaseOutput, error) {
	if in.Act.Kind.Person() {
		if dir, err := a.Directory.At(ctx, in.State.Revision); err == nil {
			known := Known{Active: dir.Active(in.Act.Actor), Roles: dir.Employees[in.Act.Actor].Roles, Revision: dir.Revision}
			if out, err := a.decideOn(ctx, in, known, true); !refused(err) {
				return out, err
			}
		}
	}
	workflow := "case-" + in.State.ID
	known, err := a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
	if err != nil {
		return CaseOutput{}, fmt.Errorf("read what is known of the act: %w", err)
	}
	if known.Recorded != nil && known.Recorded.Seq <= in.State.Seq+1 {
		a.published(in.Act.ID, false) // the attempt that recorded it may have died before it told anybody
		return recordedCase(known.Recorded)
	}
	if known.Seq > in.State.Seq {
		if out, err := a.firstOfCase(ctx, workflow, in.State); !errors.Is(err, ErrOutOfStep) {
			return out, err
		}
	}
	out, err := a.decideOn(ctx, in, known, false)
	switch {
	case errors.Is(err, ErrAlreadySaved):
		// Another attempt of this very act committed between our look and our write: its facts stand.
		known, err = a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
		if err != nil || known.Recorded == nil {
			return CaseOutput{}, fmt.Errorf("read the act another attempt recorded: %w", errors.Join(err, ErrAlreadySaved))
		}
		a.published(in.Act.ID, false)
		return recordedCase(known.Recorded)
	case refused(err):
		if out, first := a.firstOfCase(ctx, workflow, in.State); errors.Is(err, ErrOutOfStep) && !errors.Is(first, ErrOutOfStep) {
			return out, first // decided by another attempt between our look and our write
		}
		if mark := a.Store.MarkNeedsHand(ctx, in.State.ID, "projection_refused"); mark != nil {
			return CaseOutput{}, fmt.Errorf("put the case in the queue of those that need a hand: %w", mark)
		}
		return CaseOutput{Facts: out.Facts, Digest: domain.StateDigest(in.State), Stuck: true}, nil
	}
	return out, err
}

// refused tells whether the store, reached and well, did not take a projection.
func refused(err error) bool {
	return errors.Is(err, ErrAlreadySaved) || errors.Is(err, ErrIllegal) || errors.Is(err, ErrOutOfStep)
}

// decideOn decides on what is known and writes it down. The facts come back with an error too.
func (a *Activities) decideOn(ctx context.Context, in CaseInput, known Known, presumed bool) (CaseOutput, error) {
	a.at("decide.before_commit")
	facts := domain.Facts{At: a.now(), Revision: known.Revision, Active: known.Active}
	if in.Act.Kind.Person() {
		facts.Proof = a.Proofs.Holds(in.State.ID, in.Act)
	}
	if in.Act.Kind == domain.ActAssign {
		facts.Roles = known.Roles
	}
	if most := in.State.Rules.MaxChain; in.Act.For != "" && most > 0 {
		ds, err := a.Store.DelegationsAlong(ctx, in.Act.For, facts.At, most)
		if err != nil {
			return CaseOutput{}, fmt.Errorf("read the delegations from whom the act is for: %w", err)
		}
		facts.Chain = domain.FindChain(domain.Impartial(ds, in.State.Parties), in.Act.For, in.Act.Actor, in.State.Kind, facts.At, most)
	}
	after, verdict, err := a.decide(ctx, in, &facts)
	if err != nil {
		return CaseOutput{}, err
	}
	change := CaseAct{
		Workflow: "case-" + in.State.ID, Before: in.State, After: after, Act: in.Act, Facts: facts, Verdict: verdict,
		Digest: domain.StateDigest(after), Presumed: presumed,
	}
	if err := a.Store.SaveCase(ctx, change); err != nil {
		return CaseOutput{Facts: facts}, fmt.Errorf("write the projection: %w", err)
	}
	a.at("decide.after_commit")
	a.published(in.Act.ID, outbox(verdict))
	return CaseOutput{Facts: facts, Digest: change.Digest}, nil
}

// decide runs the rules, finding out whatever they ask for. Each pass answers one need; a route has fewer than 100.
func (a *Activities) decide(ctx context.Context, in CaseInput, facts *domain.Facts) (domain.Case, domain.Verdict, error) {
	for range 100 {
		after, verdict := domain.Decide(in.State, in.Act, *facts)
		if verdict.Need == nil {
			return after, verdict, nil
		}
		if err := a.find(ctx, in, *verdict.Need, facts); err != nil {
			return domain.Case{}, domain.Verdict{}, err
		}
	}
	return domain.Case{}, domain.Verdict{}, temporal.NewNonRetryableApplicationError("the rules ask without end", ErrTypeUnprojectable, nil)
}

// find answers one need of the rules from directory and calendar, or from the policy.
func (a *Activities) find(ctx context.Context, in CaseInput, need domain.Need, facts *domain.Facts) error {
	if need.Plan {
		plan, barred, err := a.Planner.PlanFor(ctx, in.State.ID, in.State.Policy, *in.Act.Material)
		if err != nil {
			return fmt.Errorf("plan the route of the new material: %w", err)
		}
		facts.Plan, facts.Barred = plan, barred
		return nil
	}
	cal, err := a.Calendars.Active(ctx)
	if err != nil {
		return fmt.Errorf("load the calendar: %w", err)
	}
	var dir *domain.Directory
	if need.OfDirectory() {
		if dir, err = a.Directory.At(ctx, facts.Revision); err != nil {
			return fmt.Errorf("load the directory: %w", err)
		}
		facts.Revision = max(facts.Revision, dir.Revision)
	}
	facts.Learn(in.State, need, dir, cal)
	return nil
}

func recordedCase(r *Recorded) (CaseOutput, error) {
	out := CaseOutput{Digest: r.Digest}
	if err := json.Unmarshal(r.Facts, &out.Facts); err != nil {
		return CaseOutput{}, fmt.Errorf("read the recorded facts: %w", err)
	}
	return out, nil
}

// firstOfCase is firstRecorded for cases: a reminder or deadline that a lost attempt had written stands before the acts of
// people that came in meanwhile.
func (a *Activities) firstOfCase(ctx context.Context, workflow string, state domain.Case) (CaseOutput, error) {
	out := CaseOutput{First: &domain.Act{}}
	digest, err := a.recordedNext(ctx, workflow, state.Seq, &out.Facts, out.First)
	if err != nil {
		return CaseOutput{}, err
	}
	out.Digest = digest
	return out, nil
}

// recordedNext reads what the audit stream holds after a number: the act and the facts it was decided on. It answers the
// digest of the state it led to.
func (a *Activities) recordedNext(ctx context.Context, workflow string, seq int, facts, act any) (string, error) {
	raw, r, err := a.Store.RecordedAt(ctx, workflow, seq+1)
	if err != nil {
		return "", fmt.Errorf("read the act that is on record next: %w", err)
	}
	if r == nil {
		return "", fmt.Errorf("the stored state is ahead, and no act is on record for it: %w", ErrOutOfStep)
	}
	if err := errors.Join(json.Unmarshal(r.Facts, facts), json.Unmarshal(raw, act)); err != nil {
		return "", fmt.Errorf("read the act that is on record next: %w", err)
	}
	return r.Digest, nil
}

// outbox tells whether a verdict left work for the relay.
func outbox(v domain.Verdict) bool { return len(v.Effects) > 0 }

// now is the time of an act as database, history and JSON all keep it: UTC, whole microseconds.
func (a *Activities) now() time.Time { return a.Clock().UTC().Truncate(time.Microsecond) }

// when is the time of an act: now; of the system's never before its own, for the workflow's clock may be a little ahead of ours
// when a timer has fired.
func (a *Activities) when(actor domain.EmployeeID, at time.Time) time.Time {
	if now := a.now(); actor != "" || now.After(at) {
		return now
	}
	return at
}

func (a *Activities) at(name string) {
	if a.Boundary != nil {
		a.Boundary(name)
	}
}

func (a *Activities) published(act string, outbox bool) {
	if a.Published != nil {
		a.Published(act, outbox)
	}
}
