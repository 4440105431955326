package main

import (
	"context"
	"errors"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// port is the activities' port on the store for a worker of groups that all have the same filing.
type port struct {
	*store.Store
	filing domain.Filing
}

func (p port) KnownOf(ctx context.Context, workflow, subject, actID string, actor domain.EmployeeID) (activities.Known, error) {
	k, err := p.Store.KnownOf(ctx, workflow, subject, actID, actor)
	out := activities.Known{Active: k.Active, Security: k.Security, Roles: k.Roles, Revision: k.Revision, Seq: k.Seq}
	if k.Recorded != nil {
		out.Recorded = &activities.Recorded{Facts: k.Recorded.Facts, Digest: k.Recorded.Digest, Seq: k.Recorded.Seq}
	}
	return out, err
}

func (p port) RecordedAt(ctx context.Context, workflow string, seq int) ([]byte, *activities.Recorded, error) {
	act, r, err := p.Store.RecordedAt(ctx, workflow, seq)
	if err != nil || r == nil {
		return nil, nil, err
	}
	return act, &activities.Recorded{Facts: r.Facts, Digest: r.Digest, Seq: r.Seq}, nil
}

func (p port) SaveCase(ctx context.Context, a activities.CaseAct) error {
	return p.Store.SaveCase(ctx, store.CaseAct(a))
}

func (p port) SaveGroup(ctx context.Context, g activities.GroupChange) error {
	switch err := p.Store.SaveGroup(ctx, store.GroupChange(g)); {
	case errors.Is(err, store.ErrAlreadySaved):
		return activities.ErrAlreadySaved
	case errors.Is(err, store.ErrBehind):
		return activities.ErrOutOfStep
	default:
		return err
	}
}

func (p port) SaveNDA(ctx context.Context, n activities.NDAChange) error {
	return p.Store.SaveNDA(ctx, store.NDAChange(n))
}

func (p port) FilingOf(context.Context, string) (domain.Filing, error)   { return p.filing, nil }
func (p port) SightingOf(context.Context, string) (domain.Filing, error) { return p.filing, nil }

func (p port) LifeFacts(ctx context.Context, q activities.LifeQuery) (activities.LifeAnswer, error) {
	a, err := p.Store.LifeFacts(ctx, store.LifeQuery(q))
	return activities.LifeAnswer(a), err
}

func (p port) BeginCall(ctx context.Context, c activities.Call) (*domain.Receipt, error) {
	return p.Asked(ctx, store.CallRow{Key: c.Key, GroupID: c.Group, Platform: c.Platform, Act: c.Act})
}

func (p port) EndCall(ctx context.Context, key string, r domain.Receipt) error {
	return p.Store.EndCall(ctx, key, r)
}

// SavePost implements activities.Store.
func (p port) SavePost(ctx context.Context, n activities.PostChange) error {
	return p.Store.SavePost(ctx, store.PostChange(n))
}

// PostGroup implements activities.Store.
func (p port) PostGroup(ctx context.Context, group string) (activities.PostGroup, error) {
	g, err := p.Store.PostGroup(ctx, group)
	return activities.PostGroup(g), err
}
