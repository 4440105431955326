package matrix

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Look implements chat.Connector, in two calls: the room's state, and its last message that is not ours.
func (c *Connector) Look(ctx context.Context, t chat.Target) (chat.Snapshot, error) {
	r, err := c.read(ctx, t.PlatformID)
	if f := chat.AsFault(err); err != nil && f.Code == chat.CodeGone {
		return chat.Snapshot{}, nil
	} else if err != nil {
		return chat.Snapshot{}, err
	}
	silent := r.power.posting() > r.power.highest(c.bot)
	s := chat.Snapshot{
		Exists: !r.tombstone, Name: r.name, Permissions: r.permissions(), Known: known,
		ReadOnly: silent && r.mark.Mode != modeFrozen && r.mark.Mode != modeOpen, Frozen: silent && (r.mark.Mode == modeFrozen || r.mark.Mode == modeOpen),
	}
	for account, membership := range r.members {
		if membership != "join" && membership != "invite" {
			continue
		}
		m := chat.Member{Account: account, Invited: membership == "invite", System: account == c.bot, Admin: account != c.bot && r.power.level(account) >= levelAdmin}
		if !m.System {
			if m.Employee, err = c.c.People.Employee(ctx, account); err != nil {
				return chat.Snapshot{}, err
			}
		}
		s.Members = append(s.Members, m)
	}
	slices.SortFunc(s.Members, func(a, b chat.Member) int { return strings.Compare(a.Account, b.Account) })
	s.Last, err = c.last(ctx, r.id)
	return s, err
}

// last is when somebody other than us posted last.
func (c *Connector) last(ctx context.Context, id string) (time.Time, error) {
	filter, _ := json.Marshal(map[string]any{
		"types": human, "not_senders": []string{c.bot}, "lazy_load_members": true,
	})
	var page struct {
		Chunk []event `json:"chunk"`
	}
	if err := c.get(ctx, path("rooms", id, "messages"), url.Values{"dir": {"b"}, "limit": {"1"}, "filter": {string(filter)}}, &page); err != nil {
		return time.Time{}, inRoom(err)
	}
	if len(page.Chunk) == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(page.Chunk[0].At).UTC(), nil
}

// adminRoom is a room as the server's administrator sees it.
type adminRoom struct {
	ID      string `json:"room_id"`
	Name    string `json:"name"`
	Alias   string `json:"canonical_alias"`
	Members int    `json:"joined_members"`
	Creator string `json:"creator"`
}

func (r adminRoom) ours(c *Connector) bool {
	return r.Creator == c.bot || strings.HasPrefix(r.Alias, "#qb-")
}

// Discover implements chat.Connector. Conversations of two people, and ours with each of them, are no groups.
func (c *Connector) Discover(ctx context.Context, cursor string) ([]chat.Found, string, error) {
	if c.c.Admin == "" {
		return nil, "", chat.NotPossible(chat.CanDiscover)
	}
	q := url.Values{"limit": {"100"}, "order_by": {"name"}}
	if cursor != "" {
		if n, err := strconv.Atoi(cursor); err != nil || n < 0 {
			return nil, "", &chat.Fault{Code: chat.CodeRefused}
		}
		q.Set("from", cursor)
	}
	var list struct {
		Rooms []adminRoom `json:"rooms"`
		Next  *int        `json:"next_batch"`
	}
	if err := c.admin(ctx, http.MethodGet, "/v1/rooms", q, nil, &list); err != nil {
		return nil, "", fault(err)
	}
	var found []chat.Found
	for _, r := range list.Rooms {
		if r.Members == 0 || r.Name == "" && r.Members <= 2 {
			continue
		}
		f := chat.Found{PlatformID: r.ID, Name: r.Name, Members: r.Members}
		m, err := c.marked(ctx, r.ID, r.ours(c))
		if err != nil {
			return nil, "", err
		}
		if m.Kind == kindDirect {
			continue
		}
		if m.Kind == kindGroup {
			f.Key, f.Members = m.Key, r.Members-1
		}
		if f.Owner, err = c.c.People.Employee(ctx, r.Creator); err != nil {
			return nil, "", err
		}
		found = append(found, f)
	}
	next := ""
	if list.Next != nil {
		next = strconv.Itoa(*list.Next)
	}
	return found, next, nil
}

// marked is what a room is to us. Rooms that are certainly not ours are not asked.
func (c *Connector) marked(ctx context.Context, id string, ask bool) (mark, error) {
	c.mu.Lock()
	kind, key := c.kinds[id], c.keys[id]
	c.mu.Unlock()
	if kind != "" {
		return mark{Kind: kind, Key: key}, nil
	}
	if !ask {
		return mark{Kind: kindOther}, nil
	}
	var m mark
	err := c.get(ctx, path("rooms", id, "state", EventRoom), nil, &m)
	if is(err, 403, "") || is(err, 404, "") {
		m, err = mark{Kind: kindOther}, nil // until our account joins it: lose
	}
	if err != nil {
		return mark{}, fault(err)
	}
	if m.Kind == "" {
		m.Kind = kindOther
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kinds) > 50_000 {
		clear(c.kinds)
		clear(c.keys)
	}
	c.kinds[id], c.keys[id] = m.Kind, m.Key
	return m, nil
}

// employee is whose account it is, for events; ours is nobody's.
func (c *Connector) employee(ctx context.Context, account string) (domain.EmployeeID, error) {
	if account == c.bot {
		return "", nil
	}
	return c.c.People.Employee(ctx, account)
}
