package activities

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/qunbei/qunbei/models/domain"
)

// NDAChange is everything one act on an agreement leaves behind.
type NDAChange struct {
	Workflow string // nda-{id}
	Run      string // that decides it
	Before   domain.NDA
	After    domain.NDA
	Act      domain.NDAAct
	Facts    domain.NDAFacts
	Verdict  domain.Verdict
	Digest   string
}

// Papers opens and keeps what agreements are made of, each sealed under its agreement's key.
type Papers interface {
	// OpenPaper opens an object of an agreement by its id; a nil Ref when there is none. ErrShredded when the key is gone.
	OpenPaper(ctx context.Context, nda, object string) ([]byte, *domain.Ref, error)
	// KeepPapers stores objects, all or none. One that exists under its id stays as it is.
	KeepPapers(ctx context.Context, nda string, papers ...Paper) error
	// PasskeyHolds tells whether a passkey's assertion is the signer's, over this agreement's digest.
	PasskeyHolds(n domain.NDA, evidence []byte) bool
}

// Paper is an object to be kept.
type Paper struct {
	ID, Kind, MediaType, Name string
	Data                      []byte
}

// ErrShredded: the key of the agreement was destroyed, and nobody can read what it is made of.
var ErrShredded = errors.New("the agreement's key was destroyed")

// NDAInput is one act to decide on an agreement; NDAOutput is what the history keeps of it.
type (
	NDAInput  = EntityInput[domain.NDA, domain.NDAAct]
	NDAOutput = EntityOutput[domain.NDAAct, domain.NDAFacts]
)

// DecideNDA is DecideCase for agreements: the only writer of their rows after the first.
func (a *Activities) DecideNDA(ctx context.Context, in NDAInput) (NDAOutput, error) {
	workflow := "nda-" + in.State.ID
	known, err := a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
	if err != nil {
		return NDAOutput{}, fmt.Errorf("read what is known of the act: %w", err)
	}
	if known.Recorded != nil && known.Recorded.Seq <= in.State.Seq+1 {
		return recorded[domain.NDAAct, domain.NDAFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	}
	if known.Seq > in.State.Seq {
		if out, err := firstRecorded[domain.NDAAct, domain.NDAFacts](ctx, a, workflow, in.State.Seq); !errors.Is(err, ErrOutOfStep) {
			return out, err
		}
	}
	facts, err := a.ndaFacts(ctx, in, known)
	if err != nil {
		return NDAOutput{}, err
	}
	change := NDAChange{Workflow: workflow, Run: activity.GetInfo(ctx).WorkflowExecution.RunID, Before: in.State, Act: in.Act, Facts: facts}
	change.After, change.Verdict = domain.DecideNDA(in.State, in.Act, facts)
	change.Digest = domain.StateDigest(change.After)
	a.at("nda.before_commit")
	switch err := a.Store.SaveNDA(ctx, change); {
	case errors.Is(err, ErrAlreadySaved):
		known, err = a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
		if err != nil || known.Recorded == nil {
			return NDAOutput{}, fmt.Errorf("read the act another attempt recorded: %w", errors.Join(err, ErrAlreadySaved))
		}
		return recorded[domain.NDAAct, domain.NDAFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	case errors.Is(err, ErrIllegal), errors.Is(err, ErrOutOfStep):
		if out, first := firstRecorded[domain.NDAAct, domain.NDAFacts](ctx, a, workflow, in.State.Seq); errors.Is(err, ErrOutOfStep) && !errors.Is(first, ErrOutOfStep) {
			return out, first // decided by another attempt between our look and our write
		}
		return NDAOutput{Facts: facts, Digest: domain.StateDigest(in.State), Stuck: true}, nil
	case err != nil:
		return NDAOutput{}, fmt.Errorf("write the projection: %w", err)
	}
	a.at("nda.after_commit")
	a.published(in.Act.ID, true)
	return NDAOutput{Facts: facts, Digest: change.Digest}, nil
}

// ndaFacts finds out what an act is decided over.
func (a *Activities) ndaFacts(ctx context.Context, in NDAInput, known Known) (domain.NDAFacts, error) {
	n, act := in.State, in.Act
	f := domain.NDAFacts{At: a.when(act.Actor, act.At), Active: known.Active}
	if act.Actor != "" {
		f.Roles, f.Proof = known.Roles, a.Proofs.Holds(n.ID, act.AsAct())
	}
	var err error
	if act.Kind == domain.NDAActPaper || act.Kind == domain.NDAActTerminate {
		if f.Admin, f.Present, err = a.Store.NDAPeople(ctx, n.Group, act.Actor, n.Person); err != nil {
			return f, fmt.Errorf("read what the act is decided over: %w", err)
		}
	}
	if act.Kind == domain.NDAActSign && act.Sign != nil && act.Sign.Passkey != nil {
		evidence, _, err := a.Papers.OpenPaper(ctx, n.ID, act.Sign.Passkey.Object)
		if err != nil {
			return f, fmt.Errorf("open the passkey's assertion: %w", err)
		}
		f.Passkey = a.Papers.PasskeyHolds(n, evidence)
	}
	switch act.Kind {
	case domain.NDAActSent, domain.NDAActLapse, domain.NDAActTerminate:
		cal, err := a.Calendars.Active(ctx)
		if err != nil {
			return f, fmt.Errorf("load the calendar: %w", err)
		}
		f.Dates = domain.PlanNDA(n, act, f.At, cal)
	default: // no day follows from the others
	}
	return f, nil
}
