package app

import (
	"context"
	"errors"
	"log/slog"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// filingOf opens the material of an approved filing.
type filingOf func(ctx context.Context, caseID string) (domain.Filing, error)

// activityStore gives the activities their port on the store: the same shapes under the names each side owns.
type activityStore struct {
	*store.Store
	filing filingOf
}

// KnownOf implements activities.Store.
func (s activityStore) KnownOf(ctx context.Context, workflow, subject, actID string, actor domain.EmployeeID) (activities.Known, error) {
	k, err := s.Store.KnownOf(ctx, workflow, subject, actID, actor)
	out := activities.Known{Active: k.Active, Security: k.Security, Roles: k.Roles, Revision: k.Revision, Seq: k.Seq}
	if k.Recorded != nil {
		out.Recorded = &activities.Recorded{Facts: k.Recorded.Facts, Digest: k.Recorded.Digest, Seq: k.Recorded.Seq}
	}
	return out, err
}

// SaveCase implements activities.Store.
func (s activityStore) SaveCase(ctx context.Context, a activities.CaseAct) error {
	return storeFault(s.Store.SaveCase(ctx, store.CaseAct(a)))
}

// SaveGroup implements activities.Store.
func (s activityStore) SaveGroup(ctx context.Context, g activities.GroupChange) error {
	return storeFault(s.Store.SaveGroup(ctx, store.GroupChange(g)))
}

// SaveNDA implements activities.Store.
func (s activityStore) SaveNDA(ctx context.Context, n activities.NDAChange) error {
	return storeFault(s.Store.SaveNDA(ctx, store.NDAChange(n)))
}

// FilingOf implements activities.Store.
func (s activityStore) FilingOf(ctx context.Context, caseID string) (domain.Filing, error) {
	return s.filing(ctx, caseID)
}

// RecordedAt implements activities.Store.
func (s activityStore) RecordedAt(ctx context.Context, workflow string, seq int) ([]byte, *activities.Recorded, error) {
	act, r, err := s.Store.RecordedAt(ctx, workflow, seq)
	if err != nil || r == nil {
		return nil, nil, err
	}
	return act, &activities.Recorded{Facts: r.Facts, Digest: r.Digest, Seq: r.Seq}, nil
}

// SightingOf implements activities.Store.
func (s activityStore) SightingOf(ctx context.Context, groupID string) (domain.Filing, error) {
	row, err := s.Store.Sighting(ctx, groupID)
	return domain.Filing{Name: row.Name, Tier: domain.TierOrdinary, Platform: row.Platform, Existing: true}, err
}

// LifeFacts implements activities.Store.
func (s activityStore) LifeFacts(ctx context.Context, q activities.LifeQuery) (activities.LifeAnswer, error) {
	a, err := s.Store.LifeFacts(ctx, store.LifeQuery(q))
	return activities.LifeAnswer(a), err
}

// BeginCall implements activities.Store.
func (s activityStore) BeginCall(ctx context.Context, c activities.Call) (*domain.Receipt, error) {
	return s.Store.Asked(ctx, store.CallRow{Key: c.Key, GroupID: c.Group, Platform: c.Platform, Act: c.Act})
}

// EndCall implements activities.Store.
func (s activityStore) EndCall(ctx context.Context, key string, r domain.Receipt) error {
	return s.Store.EndCall(ctx, key, r)
}

// storeFault says a store's error in the activities' terms.
func storeFault(err error) error {
	switch {
	case errors.Is(err, store.ErrAlreadySaved):
		return activities.ErrAlreadySaved
	case errors.Is(err, store.ErrIllegal):
		return activities.ErrIllegal
	case errors.Is(err, store.ErrBehind):
		return activities.ErrOutOfStep
	}
	return err
}

// directoryPort gives the activities the directory.
type directoryPort struct{ store *store.Store }

// At implements activities.Directory.
func (d directoryPort) At(ctx context.Context, revision int64) (*domain.Directory, error) {
	return d.store.DirectoryAt(ctx, revision)
}

// engineLog passes the engine's warnings on; what it logs at lower levels is its own business, and payloads are never in it.
type engineLog struct{ log *slog.Logger }

// Debug implements the SDK's logger.
func (engineLog) Debug(string, ...any) {}

// Info implements the SDK's logger.
func (engineLog) Info(string, ...any) {}

// Warn implements the SDK's logger.
func (l engineLog) Warn(msg string, kv ...any) { l.log.Warn("engine: "+msg, kv...) }

// Error implements the SDK's logger.
func (l engineLog) Error(msg string, kv ...any) { l.log.Error("engine: "+msg, kv...) }

// SavePost implements activities.Store.
func (s activityStore) SavePost(ctx context.Context, n activities.PostChange) error {
	return storeFault(s.Store.SavePost(ctx, store.PostChange(n)))
}

// PostGroup implements activities.Store.
func (s activityStore) PostGroup(ctx context.Context, group string) (activities.PostGroup, error) {
	g, err := s.Store.PostGroup(ctx, group)
	return activities.PostGroup(g), err
}
