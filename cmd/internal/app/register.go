package app

import (
	"context"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/store"
)

// registerPort gives the activities the register for comparisons.
type registerPort struct{ *store.Store }

// Standing implements activities.Register.
func (r registerPort) Standing(ctx context.Context, platform, after string, n int) ([]activities.Standing, error) {
	list, err := r.Store.Standing(ctx, platform, after, n)
	out := make([]activities.Standing, len(list))
	for i, x := range list {
		out[i] = activities.Standing(x)
	}
	return out, err
}

// StandingOf implements activities.Register.
func (r registerPort) StandingOf(ctx context.Context, groupID string) (activities.Standing, bool, error) {
	x, ok, err := r.Store.StandingOf(ctx, groupID)
	return activities.Standing(x), ok, err
}

// Sighted implements activities.Register.
func (r registerPort) Sighted(ctx context.Context, found []activities.Sighting) ([]string, error) {
	list := make([]store.Sighting, len(found))
	for i, x := range found {
		list[i] = store.Sighting(x)
	}
	return r.Store.Sighted(ctx, list)
}
