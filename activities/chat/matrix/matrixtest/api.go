package matrixtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// answer routes a request. The returned name is whoever asked.
func (s *Server) answer(r *http.Request) (any, string, error) {
	raw := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	p := make([]string, len(raw))
	for i := range raw {
		p[i], _ = url.PathUnescape(raw[i])
	}
	body := map[string]any{}
	if r.Body != nil {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && r.ContentLength > 0 {
			return nil, "", problem{status: 400, code: "M_NOT_JSON"}
		}
	}
	if len(p) == 4 && r.Method == http.MethodPost && p[3] == "login" {
		out, err := s.login(body)
		return out, "", err
	}
	w, err := s.principal(r)
	if err != nil {
		return nil, "", err
	}
	if p[0] == "_synapse" {
		if !w.admin {
			return nil, w.id, forbidden("not an administrator")
		}
		out, err := s.adminAPI(r, p[2:], body)
		return out, w.id, err
	}
	if len(p) < 4 || p[0] != "_matrix" || p[1] != "client" {
		return nil, w.id, problem{status: 404, code: "M_UNRECOGNIZED"}
	}
	out, err := s.clientAPI(r, w, p[3:], body)
	return out, w.id, err
}

func (s *Server) login(body map[string]any) (any, error) {
	id, _ := body["identifier"].(map[string]any)
	name, _ := id["user"].(string)
	if !strings.HasPrefix(name, "@") {
		name = "@" + name + ":" + Name
	}
	u := s.users[name]
	if u == nil || u.deactivated || u.password == "" || body["password"] != u.password {
		return nil, forbidden("Invalid username or password")
	}
	token := s.id("user-token-")
	s.tokens[token] = name
	return map[string]any{"user_id": name, "access_token": token, "device_id": "D"}, nil
}

func (s *Server) clientAPI(r *http.Request, w who, p []string, body map[string]any) (any, error) {
	q := r.URL.Query()
	switch {
	case p[0] == "register" && w.as:
		name, _ := body["username"].(string)
		id := "@" + name + ":" + Name
		if s.users[id] != nil {
			return nil, problem{status: 400, code: "M_USER_IN_USE"}
		}
		s.users[id] = &user{name: name}
		return map[string]any{"user_id": id}, nil
	case p[0] == "profile" && len(p) >= 2:
		u := s.users[p[1]]
		if u == nil {
			return nil, notFound("Profile was not found")
		}
		if r.Method == http.MethodPut {
			u.name, _ = body["displayname"].(string)
			return nil, nil
		}
		return map[string]any{"displayname": u.name}, nil
	case p[0] == "createRoom":
		return s.createRoom(w, body)
	case p[0] == "joined_rooms":
		list := []string{}
		for id, r := range s.rooms {
			if r.membership(w.id) == "join" {
				list = append(list, id)
			}
		}
		slices.Sort(list)
		return map[string]any{"joined_rooms": list}, nil
	case p[0] == "join" && len(p) == 2:
		room := s.rooms[p[1]]
		if room == nil {
			return nil, notFound("no such room")
		}
		if room.membership(w.id) == "join" {
			return map[string]any{"room_id": room.id}, nil
		}
		_, err := s.send(room, w.id, "m.room.member", &w.id, map[string]any{"membership": "join"})
		return map[string]any{"room_id": room.id}, err
	case p[0] == "directory" && len(p) == 3:
		return s.directory(r.Method, w, p[2], body)
	case p[0] == "user" && len(p) == 4 && p[2] == "account_data":
		key := p[1] + "\n" + p[3]
		if r.Method == http.MethodPut {
			s.data[key], _ = json.Marshal(body)
			return nil, nil
		}
		if s.data[key] == nil {
			return nil, notFound("none")
		}
		return s.data[key], nil
	case p[0] == "rooms" && len(p) >= 3:
		room := s.rooms[p[1]]
		if room == nil {
			return nil, forbidden("User not in room, and room previews are disabled") // as Synapse says of rooms it does not know
		}
		return s.roomAPI(r.Method, w, room, p[2:], q, body)
	}
	return nil, problem{status: 404, code: "M_UNRECOGNIZED"}
}

func (s *Server) directory(method string, w who, alias string, body map[string]any) (any, error) {
	id, ok := s.aliases[alias]
	switch method {
	case http.MethodGet:
		if !ok {
			return nil, notFound("Room alias not found")
		}
		return map[string]any{"room_id": id, "servers": []string{Name}}, nil
	case http.MethodPut:
		if ok {
			return nil, problem{status: 409, code: "M_UNKNOWN"}
		}
		s.aliases[alias], _ = body["room_id"].(string)
		return nil, nil
	default:
		if !ok {
			return nil, notFound("Room alias not found")
		}
		if strings.HasPrefix(alias, "#qb-") && !w.as {
			return nil, problem{status: 400, code: "M_EXCLUSIVE"}
		}
		delete(s.aliases, alias)
		return nil, nil
	}
}

func (s *Server) createRoom(w who, body map[string]any) (any, error) {
	local, _ := body["room_alias_name"].(string)
	alias := "#" + local + ":" + Name
	if local != "" {
		if strings.HasPrefix(local, "qb-") && !w.as {
			return nil, problem{status: 400, code: "M_EXCLUSIVE"}
		}
		if s.aliases[alias] != "" {
			return nil, problem{status: 400, code: "M_ROOM_IN_USE"}
		}
	}
	version, _ := body["room_version"].(string)
	levels, _ := body["power_level_content_override"].(map[string]any)
	users, _ := levels["users"].(map[string]any)
	if version == "" {
		version = "12"
	}
	if _, named := users[w.id]; version == "12" && named {
		return nil, problem{status: 400, code: "M_BAD_STATE"} // a creator of version 12 has no level
	}
	r := &room{id: s.id("!") + ":" + Name, version: version, state: map[[2]string]*ev{}, forgotten: map[string]bool{}, alias: alias}
	create, _ := body["creation_content"].(map[string]any)
	if create == nil {
		create = map[string]any{}
	}
	create["room_version"] = version
	none := ""
	type step struct {
		kind    string
		key     *string
		content map[string]any
	}
	power := map[string]any{"users": map[string]any{w.id: 100}, "invite": 0, "events": map[string]any{}}
	for k, v := range levels {
		power[k] = v
	}
	steps := []step{{"m.room.create", &none, create}, {"m.room.member", &w.id, map[string]any{"membership": "join"}}, {"m.room.power_levels", &none, power}}
	if local != "" {
		steps = append(steps, step{"m.room.canonical_alias", &none, map[string]any{"alias": alias}})
	}
	rules := map[string]any{"join_rule": "invite"}
	if body["preset"] == "public_chat" {
		rules = map[string]any{"join_rule": "public"}
	}
	steps = append(steps, step{"m.room.join_rules", &none, rules}, step{"m.room.history_visibility", &none, map[string]any{"history_visibility": "shared"}},
		step{"m.room.guest_access", &none, map[string]any{"guest_access": "can_join"}})
	initial, _ := body["initial_state"].([]any)
	for _, i := range initial {
		e, _ := i.(map[string]any)
		kind, _ := e["type"].(string)
		key, _ := e["state_key"].(string)
		content, _ := e["content"].(map[string]any)
		steps = append(steps, step{kind, &key, content})
	}
	if name, _ := body["name"].(string); name != "" {
		steps = append(steps, step{"m.room.name", &none, map[string]any{"name": name}})
	}
	invites, _ := body["invite"].([]any)
	for _, i := range invites {
		u, _ := i.(string)
		steps = append(steps, step{"m.room.member", &u, map[string]any{"membership": "invite"}})
	}
	s.rooms[r.id] = r
	if local != "" {
		s.aliases[alias] = r.id
	}
	for _, st := range steps {
		if _, err := s.send(r, w.id, st.kind, st.key, st.content); err != nil {
			return nil, err // and the room stays half made, as on a real server
		}
	}
	return map[string]any{"room_id": r.id}, nil
}

func (s *Server) adminAPI(r *http.Request, p []string, body map[string]any) (any, error) {
	q := r.URL.Query()
	switch {
	case len(p) == 2 && p[1] == "rooms" && r.Method == http.MethodGet:
		var all []map[string]any
		for id, r := range s.rooms {
			name := r.str("m.room.name", "", "name")
			if t := q.Get("search_term"); t != "" && !strings.Contains(strings.ToLower(name), strings.ToLower(t)) {
				continue
			}
			creator := ""
			if c := r.state[[2]string{"m.room.create", ""}]; c != nil {
				creator = c.Sender
			}
			all = append(all, map[string]any{"room_id": id, "name": name, "canonical_alias": r.str("m.room.canonical_alias", "", "alias"), "joined_members": r.joined(), "creator": creator})
		}
		slices.SortFunc(all, func(a, b map[string]any) int { return strings.Compare(a["room_id"].(string), b["room_id"].(string)) })
		from, _ := strconv.Atoi(q.Get("from"))
		limit, err := strconv.Atoi(q.Get("limit"))
		if err != nil {
			limit = 100
		}
		from = min(from, len(all))
		out := map[string]any{"rooms": all[from:min(from+limit, len(all))], "total_rooms": len(all)}
		if from+limit < len(all) {
			out["next_batch"] = from + limit
		}
		return out, nil
	case len(p) == 3 && p[1] == "rooms" && r.Method == http.MethodDelete:
		if s.rooms[p[2]] == nil {
			return nil, notFound("Unknown room id")
		}
		delete(s.rooms, p[2])
		for a, id := range s.aliases {
			if id == p[2] {
				delete(s.aliases, a)
			}
		}
		return map[string]any{"delete_id": "d1"}, nil
	case len(p) == 4 && p[2] == "delete_status":
		return map[string]any{"status": "complete"}, nil
	case len(p) == 4 && p[3] == "make_room_admin":
		room, u := s.rooms[p[2]], body["user_id"].(string)
		if room == nil {
			return nil, notFound("no such room")
		}
		power := map[string]any{}
		for k, v := range room.state[[2]string{"m.room.power_levels", ""}].Content {
			power[k] = v
		}
		users := map[string]any{u: 100}
		if old, ok := power["users"].(map[string]any); ok {
			for k, v := range old {
				users[k] = v
			}
		}
		power["users"] = users
		creator, none := room.state[[2]string{"m.room.create", ""}].Sender, ""
		if _, err := s.send(room, creator, "m.room.power_levels", &none, power); err != nil {
			return nil, err
		}
		_, err := s.send(room, creator, "m.room.member", &u, map[string]any{"membership": "invite"})
		return nil, err
	}
	return nil, problem{status: 404, code: "M_UNRECOGNIZED"}
}
