package matrix

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// SetPermissions implements chat.Connector: levels, join rules, history and guests, and who administers.
func (c *Connector) SetPermissions(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.once(ctx, key, t, func(r *room) error { return c.permit(ctx, r, t, s, r.mark.Mode) })
}

// permit sets what a mode allows, and then says in the room which mode it is.
func (c *Connector) permit(ctx context.Context, r *room, t chat.Target, s chat.Settings, m mode) error {
	accounts, err := c.accounts(ctx, s.Admins, r.members)
	if err != nil {
		return err
	}
	if err := c.settle(ctx, r, levels(c.bot, t.Tier, s.Permissions, pick(accounts, s.Admins), m)); err != nil {
		return err
	}
	return c.enter(ctx, r, m)
}

func (c *Connector) enter(ctx context.Context, r *room, m mode) error {
	if r.mark.Mode == m {
		return nil
	}
	r.mark.Mode = m
	_, err := c.put(ctx, r.id, EventRoom, "", r.mark)
	return err
}

// Rename implements chat.Connector.
func (c *Connector) Rename(ctx context.Context, key string, t chat.Target, name string) (domain.Receipt, error) {
	if len([]rune(name)) > maxName {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	out, err := c.once(ctx, key, t, func(r *room) error {
		if r.name == name {
			return nil
		}
		_, err := c.put(ctx, r.id, "m.room.name", "", map[string]any{"name": name})
		return err
	})
	out.Name = name
	return out, err
}

// Invite implements chat.Connector: everybody who has an account is in when it returns, also when it then names those
// who have none.
func (c *Connector) Invite(ctx context.Context, key string, t chat.Target, people []domain.EmployeeID) (domain.Receipt, error) {
	if len(people) > maxBatch {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	return c.once(ctx, key, t, func(r *room) error {
		accounts, missing := c.accounts(ctx, people, r.members)
		if accounts == nil {
			return missing
		}
		for _, a := range pick(accounts, people) {
			if err := c.bring(ctx, r, a); err != nil {
				return err
			}
		}
		return missing
	})
}

// Remove implements chat.Connector. It reads the room's members again, and only their absence there ends it (R2.3.4).
// Then it forgets the room for those who left, so that the server shows them nothing of it any more.
func (c *Connector) Remove(ctx context.Context, key string, t chat.Target, people []domain.EmployeeID) (domain.Receipt, error) {
	if len(people) > maxBatch {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	return c.once(ctx, key, t, func(r *room) error {
		var leaving []string
		for _, e := range people {
			a, err := c.c.People.Account(ctx, e)
			if err != nil {
				return err
			}
			if a != "" {
				leaving = append(leaving, a)
			}
		}
		return c.removeAll(ctx, r, leaving)
	})
}

func (c *Connector) removeAll(ctx context.Context, r *room, leaving []string) error {
	without, stripped := r.power, false
	without.Users = map[string]int{}
	for u, l := range r.power.Users {
		if slices.Contains(leaving, u) {
			stripped = true
			continue
		}
		without.Users[u] = l
	}
	if stripped { // whoever comes back one day comes as a member
		if _, err := c.put(ctx, r.id, "m.room.power_levels", "", without); err != nil {
			return err
		}
		r.power = without
	}
	asked := false
	for _, a := range leaving {
		if !r.in(a) {
			continue
		}
		asked = true
		err := c.call(ctx, http.MethodPost, path("rooms", r.id, "kick"), map[string]any{"user_id": a}, nil)
		if err != nil && !is(err, 403, "M_FORBIDDEN") { // 403: not in the room any more; the list decides
			return fault(err)
		}
	}
	if asked {
		now, err := c.read(ctx, r.id)
		if err != nil {
			return err
		}
		for _, a := range leaving {
			if now.in(a) {
				return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: time.Second}
			}
		}
		r.members = now.members
	}
	for _, a := range leaving {
		if err := c.forget(ctx, r.id, a); err != nil {
			return err
		}
	}
	return nil
}

// forget gives up the server's right to show somebody a room they left. Somebody whose account is gone needs it no more.
func (c *Connector) forget(ctx context.Context, room, account string) error {
	err := c.as(ctx, account, http.MethodPost, path("rooms", room, "forget"), map[string]any{}, nil)
	if err == nil || is(err, 400, "") || is(err, 403, "") || is(err, 404, "") {
		return nil
	}
	return fault(err)
}

// Freeze implements chat.Connector: nobody but the service posts or invites, and invitations not taken yet are withdrawn.
func (c *Connector) Freeze(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	return c.once(ctx, key, t, func(r *room) error { return c.silence(ctx, r, t, modeFrozen) })
}

// Archive implements chat.Connector: read-only for everybody.
func (c *Connector) Archive(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	return c.once(ctx, key, t, func(r *room) error { return c.silence(ctx, r, t, modeArchived) })
}

// silence raises what is needed to post and to invite above everybody but us. The admins stay what they are.
func (c *Connector) silence(ctx context.Context, r *room, t chat.Target, m mode) error {
	var admins, invited []string
	for a, l := range r.power.Users {
		if a != c.bot && l >= levelAdmin {
			admins = append(admins, a)
		}
	}
	if err := c.settle(ctx, r, levels(c.bot, t.Tier, domain.Permissions{}, admins, m)); err != nil {
		return err
	}
	for a, membership := range r.members {
		if membership == "invite" {
			invited = append(invited, a)
		}
	}
	if err := c.removeAll(ctx, r, invited); err != nil {
		return err
	}
	return c.enter(ctx, r, m)
}

// Unfreeze implements chat.Connector.
func (c *Connector) Unfreeze(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.once(ctx, key, t, func(r *room) error { return c.permit(ctx, r, t, s, modeOpen) })
}

// Restore implements chat.Connector.
func (c *Connector) Restore(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.once(ctx, key, t, func(r *room) error { return c.permit(ctx, r, t, s, modeOpen) })
}

// Delete implements chat.Connector. With an administrator's token the server purges the room; without, everybody is
// removed, the room is closed, and we leave it too: nobody comes back, and the server may purge it as forgotten.
func (c *Connector) Delete(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	if t.PlatformID == "" {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnknown}
	}
	r, err := c.read(ctx, t.PlatformID)
	gone := chat.AsFault(err)
	if err != nil && gone.Code != chat.CodeGone {
		return domain.Receipt{}, err
	}
	at := c.now()
	if r != nil {
		if err := c.close(ctx, r); err != nil {
			return domain.Receipt{}, err
		}
	}
	if c.c.Admin != "" {
		if err := c.erase(ctx, t.PlatformID); err != nil {
			return domain.Receipt{}, err
		}
	}
	if err := c.ended(ctx, t.PlatformID); err != nil {
		return domain.Receipt{}, err
	}
	return receipt(t.PlatformID, "", key, "deleted", at), nil
}

func (c *Connector) close(ctx context.Context, r *room) error {
	if err := c.silence(ctx, r, chat.Target{Tier: domain.TierSecret}, modeDeleted); err != nil {
		return err
	}
	var all []string
	for a := range r.members {
		if a != c.bot && r.in(a) {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	if err := c.removeAll(ctx, r, all); err != nil {
		return err
	}
	if !r.tombstone {
		if _, err := c.put(ctx, r.id, "m.room.tombstone", "", map[string]any{"body": "本群已解散 · this group was dissolved", "replacement_room": ""}); err != nil {
			return err
		}
	}
	if r.mark.Key != "" {
		err := c.call(ctx, http.MethodDelete, path("directory", "room", c.alias(groupAlias(r.mark.Key))), nil, nil)
		if err != nil && !is(err, 404, "") {
			return fault(err)
		}
	}
	if err := c.call(ctx, http.MethodPost, path("rooms", r.id, "leave"), map[string]any{}, nil); err != nil {
		return fault(err)
	}
	return c.forget(ctx, r.id, c.bot)
}

// erase has the server remove everything of a room, and waits for it.
func (c *Connector) erase(ctx context.Context, id string) error {
	var job struct {
		ID string `json:"delete_id"`
	}
	err := c.admin(ctx, http.MethodDelete, "/v2/rooms/"+url.PathEscape(id), nil, map[string]any{"purge": true, "block": false}, &job)
	if is(err, 404, "") {
		return nil // nothing is left of it
	}
	if err != nil && !is(err, 400, "M_UNKNOWN") { // 400: a removal is under way already
		return fault(err)
	}
	for job.ID != "" {
		var s struct {
			Status string `json:"status"`
		}
		if err := c.admin(ctx, http.MethodGet, "/v2/rooms/delete_status/"+url.PathEscape(job.ID), nil, nil, &s); err != nil {
			return fault(err)
		}
		switch s.Status {
		case "complete":
			return nil
		case "failed":
			return &chat.Fault{Code: chat.CodeUnavailable, Retry: true}
		}
		select {
		case <-ctx.Done():
			return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, Underlying: ctx.Err()}
		case <-time.After(200 * time.Millisecond):
		}
	}
	if err != nil {
		return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: time.Second, Underlying: err}
	}
	return nil
}

// ended makes sure that the room shows itself to us no more: the proof of a deletion.
func (c *Connector) ended(ctx context.Context, id string) error {
	_, err := c.read(ctx, id)
	if err == nil {
		return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: time.Second}
	}
	if f := chat.AsFault(err); f.Code != chat.CodeGone {
		return err
	}
	return nil
}
