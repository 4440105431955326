package matrix

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// roomVersion is the newest in which a room's creator has a level like everybody else (12 sets it above all levels).
const roomVersion = "11"

// alias is the name a room is found by again: it follows from the key, so that the second call with a key meets the
// first one's room. The registration claims these aliases for us alone.
func (c *Connector) alias(local string) string { return "#" + local + ":" + c.c.Server }

func groupAlias(key string) string { return "qb-" + hash(key) }

// resolve finds the room of an alias; "" is none.
func (c *Connector) resolve(ctx context.Context, local string) (string, error) {
	var found struct {
		Room string `json:"room_id"`
	}
	err := c.get(ctx, path("directory", "room", c.alias(local)), nil, &found)
	if is(err, 404, "") {
		return "", nil
	}
	return found.Room, fault(err)
}

// initial is the state that every room of ours begins with, and that holds for a group always.
var initial = []struct{ kind, field, value string }{
	{"m.room.history_visibility", "history_visibility", "joined"},
	{"m.room.guest_access", "guest_access", "forbidden"},
	{"m.room.join_rules", "join_rule", "invite"},
}

// make asks for a room; one that the alias has already is taken.
func (c *Connector) make(ctx context.Context, local, name string, p power, m mark, direct bool) (string, error) {
	state := []map[string]any{{"type": EventRoom, "state_key": "", "content": m}}
	for _, s := range initial {
		state = append(state, map[string]any{"type": s.kind, "state_key": "", "content": map[string]any{s.field: s.value}})
	}
	var made struct {
		Room string `json:"room_id"`
	}
	err := c.call(ctx, http.MethodPost, path("createRoom"), map[string]any{
		"visibility": "private", "preset": "private_chat", "room_alias_name": local, "name": name, "room_version": roomVersion, "is_direct": direct,
		"creation_content": map[string]any{"m.federate": false}, "initial_state": state, "power_level_content_override": p,
	}, &made)
	if is(err, 400, "M_ROOM_IN_USE") || is(err, 409, "") {
		return c.resolve(ctx, local)
	}
	return made.Room, fault(err)
}

// Create implements chat.Connector. A group that an earlier call left half made is completed.
func (c *Connector) Create(ctx context.Context, r chat.CreateRequest) (chat.Created, error) {
	if len([]rune(r.Name)) > maxName {
		return chat.Created{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	if err := c.begin(ctx); err != nil {
		return chat.Created{}, err
	}
	people := slices.Concat(r.Admins, r.Members)
	accounts, err := c.accounts(ctx, people, nil)
	if err != nil {
		return chat.Created{}, err
	}
	local := groupAlias(r.Key)
	want := levels(c.bot, r.Tier, r.Permissions, pick(accounts, r.Admins), modeOpen)
	m := mark{Kind: kindGroup, Group: r.GroupID, Number: r.Number, Key: r.Key}
	id, err := c.resolve(ctx, local)
	if err != nil {
		return chat.Created{}, err
	}
	if id == "" && r.Existing {
		if id, err = c.adopt(ctx, local, r.Name); err != nil {
			return chat.Created{}, err
		}
	}
	for try := 0; ; try++ {
		if id == "" {
			if id, err = c.make(ctx, local, r.Name, want, m, false); err != nil {
				return chat.Created{}, err
			}
		}
		created, err := c.complete(ctx, id, r, want, m, accounts)
		if f := chat.AsFault(err); err == nil || f.Code != chat.CodeGone || try > 0 {
			return created, err
		}
		// The alias is left of a room that never came to be, or that was deleted by hand: it is freed, and the room made anew.
		if err := c.call(ctx, http.MethodDelete, path("directory", "room", c.alias(local)), nil, nil); err != nil && !is(err, 404, "") {
			return chat.Created{}, fault(err)
		}
		id = ""
	}
}

// complete brings a room to what was asked for, does what is missing, and says in the room that it is complete.
func (c *Connector) complete(ctx context.Context, id string, req chat.CreateRequest, want power, m mark, accounts map[domain.EmployeeID]string) (chat.Created, error) {
	r, err := c.read(ctx, id)
	if err != nil {
		return chat.Created{}, err
	}
	if r.mark.Made && r.mark.Key == req.Key {
		return made(r), nil
	}
	if r.name != req.Name && !req.Existing {
		if _, err := c.put(ctx, id, "m.room.name", "", map[string]any{"name": req.Name}); err != nil {
			return chat.Created{}, err
		}
		r.name = req.Name
	}
	if err := c.settle(ctx, r, want); err != nil {
		return chat.Created{}, err
	}
	for _, e := range slices.Concat(req.Admins, req.Members) {
		if err := c.bring(ctx, r, accounts[e]); err != nil {
			return chat.Created{}, err
		}
	}
	m.Made, m.At = true, c.now()
	if r.made, err = c.put(ctx, id, EventRoom, "", m); err != nil {
		return chat.Created{}, err
	}
	r.mark = m
	c.lose(id)
	return made(r), nil
}

func made(r *room) chat.Created {
	return chat.Created{Receipt: receipt(r.id, r.name, r.mark.Key, r.made, r.mark.At)}
}

// settle brings levels and rules to what they shall be, writing only what differs.
func (c *Connector) settle(ctx context.Context, r *room, want power) error {
	for _, s := range initial {
		if have := map[string]string{"m.room.history_visibility": r.history, "m.room.guest_access": r.guest, "m.room.join_rules": r.joinRule}[s.kind]; have != s.value {
			if _, err := c.put(ctx, r.id, s.kind, "", map[string]any{s.field: s.value}); err != nil {
				return err
			}
		}
	}
	if same(r.power, want) {
		return nil
	}
	_, err := c.put(ctx, r.id, "m.room.power_levels", "", want)
	if err == nil {
		r.power = want
	}
	return err
}

func same(a, b power) bool {
	at := func(p *int) int {
		if p == nil {
			return levelAdmin // the documented default of all four
		}
		return *p
	}
	return maps.Equal(a.Users, b.Users) && maps.Equal(a.Events, b.Events) && a.UsersDefault == b.UsersDefault && a.EventsDefault == b.EventsDefault &&
		a.Invite == b.Invite && at(a.StateDefault) == at(b.StateDefault) && at(a.Kick) == at(b.Kick) && at(a.Ban) == at(b.Ban) && at(a.Redact) == at(b.Redact) &&
		reflect.DeepEqual(a.Notifications, b.Notifications)
}

// bring invites somebody and joins on their behalf.
func (c *Connector) bring(ctx context.Context, r *room, account string) error {
	switch r.members[account] {
	case "join":
		return nil
	case "ban":
		if err := c.call(ctx, http.MethodPost, path("rooms", r.id, "unban"), map[string]any{"user_id": account}, nil); err != nil {
			return fault(err)
		}
	}
	if r.members[account] != "invite" {
		err := c.call(ctx, http.MethodPost, path("rooms", r.id, "invite"), map[string]any{"user_id": account}, nil)
		// 403 also says that they are in already: two calls with one key at once. Joining tells.
		if err != nil && !is(err, 403, "M_FORBIDDEN") {
			return fault(err)
		}
	}
	if err := c.as(ctx, account, http.MethodPost, path("join", r.id), map[string]any{}, nil); err != nil {
		return fault(err)
	}
	r.members[account] = "join"
	return nil
}

// adopt finds a room that was made without us and takes it over, for a group that is filed late (R6.1). It must be the
// only one of its name, and takes a server administrator's token.
func (c *Connector) adopt(ctx context.Context, local, name string) (string, error) {
	if c.c.Admin == "" {
		return "", chat.NotPossible(chat.CanDiscover)
	}
	var list struct {
		Rooms []adminRoom `json:"rooms"`
	}
	if err := c.admin(ctx, http.MethodGet, "/v1/rooms", url.Values{"search_term": {name}, "limit": {"100"}}, nil, &list); err != nil {
		return "", fault(err)
	}
	id := ""
	for _, r := range list.Rooms {
		if r.Name != name || r.Members == 0 || r.ours(c) {
			continue
		}
		if id != "" {
			return "", &chat.Fault{Code: chat.CodeRefused, Underlying: errors.New("several rooms have this name; give them different ones")}
		}
		id = r.ID
	}
	if id == "" {
		return "", &chat.Fault{Code: chat.CodeUnknown, Underlying: errors.New("no room has this name")}
	}
	if err := c.admin(ctx, http.MethodPost, "/v1/rooms/"+url.PathEscape(id)+"/make_room_admin", nil, map[string]any{"user_id": c.bot}, nil); err != nil {
		return "", fault(err)
	}
	if err := c.call(ctx, http.MethodPost, path("join", id), map[string]any{}, nil); err != nil {
		return "", fault(err)
	}
	if err := c.call(ctx, http.MethodPut, path("directory", "room", c.alias(local)), map[string]any{"room_id": id}, nil); err != nil && !is(err, 409, "") {
		return "", fault(err)
	}
	return id, nil
}

// Find implements chat.Connector: a group that was made whole is found; a half made one is Create's to complete.
func (c *Connector) Find(ctx context.Context, key string) (chat.Created, bool, error) {
	id, err := c.resolve(ctx, groupAlias(key))
	if err != nil || id == "" {
		return chat.Created{}, false, err
	}
	r, err := c.read(ctx, id)
	if err != nil {
		if chat.AsFault(err).Code == chat.CodeGone {
			return chat.Created{}, false, nil
		}
		return chat.Created{}, false, err
	}
	if !r.mark.Made || r.mark.Key != key {
		return chat.Created{}, false, nil
	}
	return made(r), true, nil
}

// pick are the accounts of some people, in their order.
func pick(accounts map[domain.EmployeeID]string, people []domain.EmployeeID) []string {
	var out []string
	for _, e := range people {
		if a := accounts[e]; a != "" {
			out = append(out, a)
		}
	}
	return out
}
