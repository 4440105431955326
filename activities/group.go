package activities

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/models/domain"
)

// GroupInput is one act to decide on a group; GroupOutput is what the history keeps of it.
type (
	GroupInput  = EntityInput[domain.Group, domain.GroupAct]
	GroupOutput = EntityOutput[domain.GroupAct, domain.GroupFacts]
)

// DecideGroup is DecideCase for groups: the only writer of the register.
func (a *Activities) DecideGroup(ctx context.Context, in GroupInput) (GroupOutput, error) {
	workflow := "group-" + in.State.ID
	known, err := a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
	if err != nil {
		return GroupOutput{}, fmt.Errorf("read what is known of the act: %w", err)
	}
	if known.Recorded != nil && known.Recorded.Seq <= in.State.Seq+1 {
		a.published(in.Act.ID, false)
		return recorded[domain.GroupAct, domain.GroupFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	}
	if known.Seq > in.State.Seq {
		if out, err := firstRecorded[domain.GroupAct, domain.GroupFacts](ctx, a, workflow, in.State.Seq); !errors.Is(err, ErrOutOfStep) {
			return out, err
		}
	}
	facts := domain.GroupFacts{At: a.when(in.Act.Actor, in.Act.At), Active: known.Active, Security: known.Security}
	if in.Act.Actor != "" {
		facts.Proof = a.Proofs.Holds(in.State.ID, in.Act.AsAct())
	}
	change := GroupChange{Workflow: workflow, Before: in.State, Act: in.Act}
	if change.Filing, err = a.opened(ctx, in.State, in.Act); err != nil {
		return GroupOutput{}, err
	}
	if in.Act.Kind == domain.GroupBegun {
		// Known at once, so that a platform kept by hand costs no call.
		facts.ByHand = in.State.Platform == byhand.Kind
	}
	if in.Act.Receipt != nil && change.Filing != nil {
		facts.NameFits = a.NameKey(in.Act.Receipt.Name) == a.NameKey(change.Filing.Name)
	}
	if change.After, change.Verdict, facts, err = a.decideGroup(ctx, in, facts, known, change.Filing); err != nil {
		return GroupOutput{}, err
	}
	change.Facts, change.Digest = facts, domain.StateDigest(change.After)
	if moved := in.Act.Kind == domain.GroupChanged || in.Act.Kind == domain.GroupAdopted; in.Act.Kind != domain.GroupBegun && (!moved || change.Verdict.Result != domain.Accepted) {
		change.Filing = nil
	}
	a.at("group.before_commit")
	switch err := a.Store.SaveGroup(ctx, change); {
	case errors.Is(err, ErrAlreadySaved):
		known, err = a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
		if err != nil || known.Recorded == nil {
			return GroupOutput{}, fmt.Errorf("read the act another attempt recorded: %w", errors.Join(err, ErrAlreadySaved))
		}
		a.published(in.Act.ID, false)
		return recorded[domain.GroupAct, domain.GroupFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	case errors.Is(err, ErrIllegal), errors.Is(err, ErrOutOfStep):
		if out, first := firstRecorded[domain.GroupAct, domain.GroupFacts](ctx, a, workflow, in.State.Seq); errors.Is(err, ErrOutOfStep) && !errors.Is(first, ErrOutOfStep) {
			return out, first // decided by another attempt between our look and our write
		}
		return a.stuckGroup(ctx, in.State, facts, err)
	case err != nil:
		return GroupOutput{}, fmt.Errorf("write the projection: %w", err)
	}
	a.at("group.after_commit")
	a.published(in.Act.ID, outbox(change.Verdict))
	return GroupOutput{Facts: facts, Digest: change.Digest}, nil
}

// stuckGroup says that the database refuses an act for ever: it did not happen, and a person must look.
func (a *Activities) stuckGroup(ctx context.Context, state domain.Group, facts domain.GroupFacts, cause error) (GroupOutput, error) {
	if state.Case == "" { // found on the platform: no case whose row could say so
		return GroupOutput{}, fmt.Errorf("write the projection: %w", cause)
	}
	if err := a.Store.MarkNeedsHand(ctx, state.Case, "projection_refused"); err != nil {
		return GroupOutput{}, fmt.Errorf("put the group's case in the queue of those that need a hand: %w", err)
	}
	return GroupOutput{Facts: facts, Digest: domain.StateDigest(state), Stuck: true}, nil
}

// ErrTypeConnector is the error type of a platform's refusal; the code says which.
const ErrTypeConnector = "connector"

// Provision makes the group on its platform, once: the key is the group's, so that a retry after a lost answer finds
// what the first call made. A fault that trying again cannot mend ends the activity with its code.
func (a *Activities) Provision(ctx context.Context, g domain.Group) (chat.Created, error) {
	conn, ok := a.Connectors[g.Platform]
	if !ok {
		return chat.Created{}, temporal.NewNonRetryableApplicationError("no connector of this kind runs here", ErrTypeConnector, nil, "unknown_platform")
	}
	f, err := a.Store.FilingOf(ctx, materialOf(g))
	if err != nil {
		return chat.Created{}, fmt.Errorf("open the filing: %w", err)
	}
	call := Call{Key: "group-" + g.ID + ":create", Group: g.ID, Platform: g.Platform, Act: "create"}
	kept, err := a.Store.BeginCall(ctx, call)
	switch {
	case err != nil:
		return chat.Created{}, fmt.Errorf("note the connector's call: %w", err)
	case kept != nil:
		return chat.Created{Receipt: *kept}, nil
	}
	ctx, stop := alive(ctx)
	defer stop()
	a.at("provision.before_call")
	if err := a.cleared(ctx, g, &f); err != nil {
		return chat.Created{}, err
	}
	made, err := a.create(ctx, conn, g, f, call.Key)
	a.at("provision.after_call")
	if err != nil {
		return chat.Created{}, connectorError(chat.AsFault(err))
	}
	if !made.ByHand {
		if err := a.Store.EndCall(ctx, call.Key, made.Receipt); err != nil {
			return chat.Created{}, fmt.Errorf("keep the connector's receipt: %w", err)
		}
		a.at("provision.after_receipt")
	}
	return made, nil
}

// create finds what an earlier call with the key made, or makes it.
func (a *Activities) create(ctx context.Context, conn chat.Connector, g domain.Group, f domain.Filing, key string) (chat.Created, error) {
	if made, found, err := conn.Find(ctx, key); err == nil && found {
		return made, nil
	}
	return conn.Create(ctx, chat.CreateRequest{
		Key: key, GroupID: g.ID, Number: g.Number, Name: f.Name, Tier: f.Tier, Admins: f.Admins, Members: f.Members,
		Permissions: f.Permissions, Existing: f.Existing,
	})
}

// decideGroup decides an act, with what an act of a group's life must know besides, and the dates that follow from it.
func (a *Activities) decideGroup(ctx context.Context, in GroupInput, facts domain.GroupFacts, known Known, f *domain.Filing) (domain.Group, domain.Verdict, domain.GroupFacts, error) {
	if in.State.Life == nil && in.Act.Kind != domain.GroupContinued {
		after, v := domain.DecideGroup(in.State, in.Act, facts)
		return after, v, facts, nil
	}
	lf, err := a.lifeFacts(ctx, in, known, facts.At, f)
	if err != nil {
		return domain.Group{}, domain.Verdict{}, facts, err
	}
	facts.Life = lf
	cal, err := a.Calendars.Active(ctx)
	if err != nil {
		return domain.Group{}, domain.Verdict{}, facts, fmt.Errorf("load the calendar: %w", err)
	}
	_, _, planned := domain.PlanGroup(in.State, in.Act, facts, cal)
	facts = lean(in.State, planned)
	after, v := domain.DecideGroup(in.State, in.Act, facts)
	return after, v, facts, nil
}
