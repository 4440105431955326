package matrix

import (
	"context"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// RemoveAccounts takes accounts out that are nobody of ours, as Remove does people. Nobody named changes nothing.
func (c *Connector) RemoveAccounts(ctx context.Context, key string, t chat.Target, accounts []string) (domain.Receipt, error) {
	if len(accounts) > maxBatch {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	return c.once(ctx, key, t, func(r *room) error { return c.removeAll(ctx, r, accounts) })
}
