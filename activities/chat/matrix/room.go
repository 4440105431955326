package matrix

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// What we keep in a room's own state. Only the bot's level can write it.
const (
	EventRoom = "io.qunbei.room" // what the room is to us: mark
	EventDone = "io.qunbei.done" // one for each call that changed something; the state key is the call's key, hashed
	fieldKey  = "io.qunbei.key"  // in messages: the call's key, hashed
)

// What a room is to us.
const (
	kindGroup  = "group"
	kindDirect = "direct" // somebody's own room with the bot
	kindOther  = "other"
)

// mark is the content of EventRoom.
type mark struct {
	Kind   string            `json:"kind"`
	Group  string            `json:"group,omitempty"`
	Number string            `json:"number,omitempty"`
	Person domain.EmployeeID `json:"person,omitempty"` // direct
	Key    string            `json:"key,omitempty"`
	Made   bool              `json:"made,omitempty"` // complete: settings and members were there
	Mode   mode              `json:"mode,omitempty"`
	At     time.Time         `json:"at,omitzero"`
}

type doneAt struct {
	At time.Time `json:"at"`
}

// event is a state or timeline event, as far as we read it.
type event struct {
	ID       string          `json:"event_id"`
	Type     string          `json:"type"`
	StateKey *string         `json:"state_key"`
	Sender   string          `json:"sender"`
	Room     string          `json:"room_id"`
	At       int64           `json:"origin_server_ts"`
	Content  json.RawMessage `json:"content"`
	Unsigned struct {
		Redacted json.RawMessage `json:"redacted_because"`
	} `json:"unsigned"`
}

// room is a room's state.
type room struct {
	id                                      string
	name, joinRule, history, guest, creator string
	power                                   power
	mark                                    mark
	made                                    string            // id of the event that holds the mark
	members                                 map[string]string // account → join, invite, leave, ban, knock
	done                                    map[string]domain.Receipt
	tombstone                               bool
}

// in tells whether somebody is in the room or asked in.
func (r *room) in(account string) bool {
	m := r.members[account]
	return m == "join" || m == "invite"
}

// read fetches a room's state. A room that is not there, or that our account is not in, is gone.
func (c *Connector) read(ctx context.Context, id string) (*room, error) {
	if id == "" {
		return nil, &chat.Fault{Code: chat.CodeUnknown}
	}
	var state []event
	if err := c.get(ctx, path("rooms", id, "state"), nil, &state); err != nil {
		if is(err, 403, "M_FORBIDDEN") || is(err, 404, "") || is(err, 400, "M_INVALID_PARAM") {
			return nil, &chat.Fault{Code: chat.CodeGone, Underlying: err}
		}
		return nil, fault(err)
	}
	r := &room{id: id, members: map[string]string{}, done: map[string]domain.Receipt{}}
	for _, e := range state {
		r.take(e)
	}
	if r.members[c.bot] != "join" {
		return nil, &chat.Fault{Code: chat.CodeGone}
	}
	return r, nil
}

// take reads one state event. Content that is not of the documented form counts as absent: anybody may have written it.
func (r *room) take(e event) {
	var v struct {
		Name       string `json:"name"`
		JoinRule   string `json:"join_rule"`
		History    string `json:"history_visibility"`
		Guest      string `json:"guest_access"`
		Membership string `json:"membership"`
	}
	if e.StateKey == nil {
		return
	}
	switch e.Type {
	case EventRoom:
		_ = json.Unmarshal(e.Content, &r.mark)
		r.made = e.ID
		return
	case EventDone:
		var d doneAt
		if json.Unmarshal(e.Content, &d) == nil {
			r.done[*e.StateKey] = receipt(r.id, "", "", e.ID, d.At)
		}
		return
	case "m.room.power_levels":
		_ = json.Unmarshal(e.Content, &r.power)
		return
	}
	if json.Unmarshal(e.Content, &v) != nil {
		return
	}
	switch e.Type {
	case "m.room.create":
		r.creator = e.Sender
	case "m.room.name":
		r.name = v.Name
	case "m.room.join_rules":
		r.joinRule = v.JoinRule
	case "m.room.history_visibility":
		r.history = v.History
	case "m.room.guest_access":
		r.guest = v.Guest
	case "m.room.tombstone":
		r.tombstone = true
	case "m.room.member":
		r.members[*e.StateKey] = v.Membership
	}
}

// receipt is the proof that a call was done: the event that the server keeps of it.
func receipt(id, name, key, eventID string, at time.Time) domain.Receipt {
	sum := sha256.Sum256([]byte(id + "\n" + eventID))
	return domain.Receipt{Platform: Kind, ID: id, Name: name, Key: key, At: at, Digest: "sha256:" + hex.EncodeToString(sum[:])}
}

func (c *Connector) now() time.Time { return c.c.Now().UTC().Truncate(time.Millisecond) }

// put writes a state event and returns its id.
func (c *Connector) put(ctx context.Context, id, kind, key string, content any) (string, error) {
	var made struct {
		ID string `json:"event_id"`
	}
	p := path("rooms", id, "state", kind)
	if key != "" {
		p = path("rooms", id, "state", kind, key)
	}
	if err := c.call(ctx, http.MethodPut, p, content, &made); err != nil {
		return "", fault(err)
	}
	return made.ID, nil
}

// once runs do unless the room's state says that a call with this key was done, and writes that down afterwards. What do
// does must be harmless to do twice: an answer may be lost before it is written down.
func (c *Connector) once(ctx context.Context, key string, t chat.Target, do func(*room) error) (domain.Receipt, error) {
	r, err := c.read(ctx, t.PlatformID)
	if err != nil {
		return domain.Receipt{}, err
	}
	if had, ok := r.done[hash(key)]; ok {
		had.Key = key
		return had, nil
	}
	if err := do(r); err != nil {
		return domain.Receipt{}, err
	}
	at := c.now()
	id, err := c.put(ctx, r.id, EventDone, hash(key), doneAt{At: at})
	if err != nil {
		return domain.Receipt{}, err
	}
	return receipt(r.id, "", key, id, at), nil
}
