package matrixtest

import (
	"bytes"
	"encoding/json"
	"slices"
)

// ev is an event of a room.
type ev struct {
	ID       string         `json:"event_id"`
	Type     string         `json:"type"`
	StateKey *string        `json:"state_key,omitempty"`
	Sender   string         `json:"sender"`
	Room     string         `json:"room_id"`
	At       int64          `json:"origin_server_ts"`
	Content  map[string]any `json:"content"`
	Redacts  string         `json:"redacts,omitempty"`
	Unsigned map[string]any `json:"unsigned,omitempty"`
}

type room struct {
	id        string
	version   string
	events    []*ev
	state     map[[2]string]*ev
	forgotten map[string]bool
	alias     string
}

func (r *room) str(kind, key, field string) string {
	if e := r.state[[2]string{kind, key}]; e != nil {
		v, _ := e.Content[field].(string)
		return v
	}
	return ""
}

func (r *room) membership(u string) string { return r.str("m.room.member", u, "membership") }

func (r *room) joined() int {
	n := 0
	for k, e := range r.state {
		if k[0] == "m.room.member" && e.Content["membership"] == "join" {
			n++
		}
	}
	return n
}

// num reads a number of the power levels, or the documented default.
func (r *room) num(def int, fields ...string) int {
	e := r.state[[2]string{"m.room.power_levels", ""}]
	if e == nil {
		return def
	}
	v := any(e.Content)
	for _, f := range fields {
		m, ok := v.(map[string]any)
		if !ok {
			return def
		}
		v = m[f]
	}
	if n, ok := v.(float64); ok {
		return int(n)
	}
	return def
}

func (r *room) level(u string) int {
	if r.state[[2]string{"m.room.power_levels", ""}] == nil {
		if c := r.state[[2]string{"m.room.create", ""}]; c != nil && c.Sender == u {
			return 100
		}
		return 0
	}
	return r.num(r.num(0, "users_default"), "users", u)
}

// allowed applies the documented authorization rules, as far as our connector meets them.
func (r *room) allowed(sender, kind string, key *string, content map[string]any) error {
	if kind == "m.room.create" {
		return nil
	}
	if kind == "m.room.member" && key != nil {
		return r.mayMember(sender, *key, content)
	}
	if r.membership(sender) != "join" {
		return forbidden("not in the room")
	}
	def := r.num(0, "events_default")
	if key != nil {
		def = 50
		if r.state[[2]string{"m.room.power_levels", ""}] == nil {
			def = 0
		}
		def = r.num(def, "state_default")
	}
	if r.level(sender) < r.num(def, "events", kind) {
		return forbidden("level too low")
	}
	if kind == "m.room.power_levels" && r.state[[2]string{kind, ""}] != nil {
		users, _ := content["users"].(map[string]any)
		own := r.level(sender)
		for u, v := range users {
			if n, _ := v.(float64); int(n) > own || u != sender && r.level(u) >= own && int(n) != r.level(u) {
				return forbidden("cannot give or take levels above one's own")
			}
		}
	}
	return nil
}

func (r *room) mayMember(sender, target string, content map[string]any) error {
	was := r.membership(target)
	switch content["membership"] {
	case "join":
		if sender != target || was == "ban" {
			return forbidden("cannot join")
		}
		c := r.state[[2]string{"m.room.create", ""}]
		if was == "join" || was == "invite" || r.str("m.room.join_rules", "", "join_rule") == "public" || len(r.events) == 1 && c.Sender == sender {
			return nil
		}
		return forbidden("not invited")
	case "invite":
		if r.membership(sender) != "join" || was == "join" || was == "ban" || r.level(sender) < r.num(0, "invite") {
			return forbidden("cannot invite")
		}
	case "leave":
		if sender == target {
			if was != "join" && was != "invite" {
				return forbidden("not in the room")
			}
			return nil
		}
		if r.membership(sender) != "join" || r.level(sender) < r.num(50, "kick") || r.level(target) >= r.level(sender) {
			return forbidden("cannot kick")
		}
		if was != "join" && was != "invite" && was != "ban" {
			return forbidden("The target user is not in the room")
		}
	default:
		return forbidden("unknown membership")
	}
	return nil
}

// send adds an event if the rules allow it.
func (s *Server) send(r *room, sender, kind string, key *string, content map[string]any) (*ev, error) {
	content = numbers(content)
	if err := r.allowed(sender, kind, key, content); err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if _ = enc.Encode(content); raw.Len() > 65_000 {
		return nil, problem{status: 413, code: "M_TOO_LARGE"}
	}
	if key != nil {
		if had := r.state[[2]string{kind, *key}]; had != nil && kind != "m.room.member" && sameJSON(had.Content, content) {
			return had, nil // Synapse, too, gives the same event for the same state
		}
	}
	e := &ev{ID: s.id("$"), Type: kind, StateKey: key, Sender: sender, Room: r.id, At: s.tick(), Content: content}
	r.events = append(r.events, e)
	if key != nil {
		r.state[[2]string{kind, *key}] = e
		if kind == "m.room.member" && content["membership"] == "join" {
			delete(r.forgotten, *key)
		}
	}
	s.enqueue(e)
	return e, nil
}

func numbers(content map[string]any) map[string]any {
	raw, _ := json.Marshal(content)
	out := map[string]any{}
	_ = json.Unmarshal(raw, &out)
	return out
}

func sameJSON(a, b map[string]any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// sees tells which events of a room somebody sees: with the visibility "joined" those from while they were in it. A
// departed user sees those too, until they forget the room.
func (r *room) sees(u string) ([]*ev, error) {
	m := r.membership(u)
	if m != "join" && (m != "leave" || r.forgotten[u]) {
		return nil, forbidden("not in the room")
	}
	var out []*ev
	in, visibility := false, "shared"
	for _, e := range r.events {
		if e.Type == "m.room.member" && e.StateKey != nil && *e.StateKey == u {
			now := e.Content["membership"] == "join"
			if now || in {
				out = append(out, e)
			}
			in = now
			continue
		}
		if e.Type == "m.room.history_visibility" {
			visibility, _ = e.Content["history_visibility"].(string)
		}
		if in || visibility != "joined" && m == "join" {
			out = append(out, e)
		}
	}
	return out, nil
}

func (r *room) find(id string) *ev {
	i := slices.IndexFunc(r.events, func(e *ev) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return r.events[i]
}

// redact takes an event's content away.
func (s *Server) redact(r *room, sender, id string, content map[string]any) (*ev, error) {
	target := r.find(id)
	if target == nil {
		return nil, notFound("no such event")
	}
	if target.Sender != sender && r.level(sender) < r.num(50, "redact") {
		return nil, forbidden("cannot redact")
	}
	e, err := s.send(r, sender, "m.room.redaction", nil, content)
	if err != nil {
		return nil, err
	}
	e.Redacts = id
	target.Content = map[string]any{}
	target.Unsigned = map[string]any{"redacted_because": e}
	return e, nil
}
