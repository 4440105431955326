package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/models/domain"
)

// GroupInput is one act to decide on a group.
type GroupInput struct {
	State domain.Group    `json:"state"`
	Act   domain.GroupAct `json:"act"`
}

// GroupOutput is what the history keeps of it.
type GroupOutput struct {
	Facts  domain.GroupFacts `json:"facts"`
	Digest string            `json:"digest"`
	Stuck  bool              `json:"stuck,omitempty"`
}

// DecideGroup is DecideCase for groups: the only writer of the register.
func (a *Activities) DecideGroup(ctx context.Context, in GroupInput) (GroupOutput, error) {
	workflow := "group-" + in.State.ID
	known, err := a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
	if err != nil {
		return GroupOutput{}, fmt.Errorf("read what is known of the act: %w", err)
	}
	if known.Recorded != nil {
		return recordedGroup(known.Recorded)
	}
	facts := domain.GroupFacts{At: a.now(), Active: known.Active, Security: known.Security}
	if in.Act.Actor != "" {
		facts.Proof = a.Proofs.Holds(in.State.ID, in.Act.AsAct())
	}
	change := GroupChange{Workflow: workflow, Before: in.State, Act: in.Act}
	if in.Act.Kind == domain.GroupBegun || in.Act.Receipt != nil {
		f, err := a.Store.FilingOf(ctx, in.State.Case)
		if err != nil {
			return GroupOutput{}, fmt.Errorf("open the filing: %w", err)
		}
		if in.Act.Kind == domain.GroupBegun {
			change.Filing = &f
			// Known at once, so that a platform kept by hand costs no call.
			facts.ByHand = in.State.Platform == byhand.Kind
		}
		if in.Act.Receipt != nil {
			facts.NameFits = a.NameKey(in.Act.Receipt.Name) == a.NameKey(f.Name)
		}
	}
	change.After, change.Verdict = domain.DecideGroup(in.State, in.Act, facts)
	change.Facts, change.Digest = facts, domain.StateDigest(change.After)
	a.at("group.before_commit")
	switch err := a.Store.SaveGroup(ctx, change); {
	case errors.Is(err, ErrAlreadySaved):
		known, err = a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
		if err != nil || known.Recorded == nil {
			return GroupOutput{}, fmt.Errorf("read the act another attempt recorded: %w", errors.Join(err, ErrAlreadySaved))
		}
		return recordedGroup(known.Recorded)
	case errors.Is(err, ErrIllegal), errors.Is(err, ErrOutOfStep):
		if mark := a.Store.MarkNeedsHand(ctx, in.State.Case, "projection_refused"); mark != nil {
			return GroupOutput{}, fmt.Errorf("put the group's case in the queue of those that need a hand: %w", mark)
		}
		return GroupOutput{Facts: facts, Digest: domain.StateDigest(in.State), Stuck: true}, nil
	case err != nil:
		return GroupOutput{}, fmt.Errorf("write the projection: %w", err)
	}
	a.at("group.after_commit")
	a.published(in.Act.ID, outbox(change.Verdict))
	return GroupOutput{Facts: facts, Digest: change.Digest}, nil
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
	f, err := a.Store.FilingOf(ctx, g.Case)
	if err != nil {
		return chat.Created{}, fmt.Errorf("open the filing: %w", err)
	}
	key := "group-" + g.ID + ":create"
	a.at("provision.before_call")
	if made, found, err := conn.Find(ctx, key); err == nil && found {
		return made, nil
	}
	made, err := conn.Create(ctx, chat.CreateRequest{
		Key: key, GroupID: g.ID, Number: g.Number, Name: f.Name, Tier: f.Tier, Admins: f.Admins, Members: f.Members,
		Permissions: f.Permissions, Existing: f.Existing,
	})
	a.at("provision.after_call")
	if err != nil {
		fault := chat.AsFault(err)
		return chat.Created{}, temporal.NewApplicationErrorWithOptions("the chat platform refused", ErrTypeConnector, temporal.ApplicationErrorOptions{
			NonRetryable: !fault.Retry, NextRetryDelay: fault.After, Details: []any{fault.Code},
		})
	}
	return made, nil
}

func recordedGroup(r *Recorded) (GroupOutput, error) {
	out := GroupOutput{Digest: r.Digest}
	if err := json.Unmarshal(r.Facts, &out.Facts); err != nil {
		return GroupOutput{}, fmt.Errorf("read the recorded facts: %w", err)
	}
	return out, nil
}
