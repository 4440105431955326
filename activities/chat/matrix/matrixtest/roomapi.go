package matrixtest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

func (s *Server) roomAPI(method string, w who, r *room, p []string, q url.Values, body map[string]any) (any, error) {
	target, _ := body["user_id"].(string)
	member := func(who, membership string) (any, error) {
		_, err := s.send(r, w.id, "m.room.member", &who, map[string]any{"membership": membership})
		return nil, err
	}
	switch p[0] {
	case "invite":
		return member(target, "invite")
	case "kick":
		if m := r.membership(target); m != "join" && m != "invite" {
			return nil, forbidden("The target user is not in the room")
		}
		return member(target, "leave")
	case "unban":
		return member(target, "leave")
	case "leave":
		return member(w.id, "leave")
	case "forget":
		if m := r.membership(w.id); m == "join" || m == "invite" {
			return nil, problem{status: 400, code: "M_UNKNOWN", text: "User is in room"}
		}
		r.forgotten[w.id] = true
		return nil, nil
	case "state":
		return s.stateAPI(method, w, r, p[1:], q, body)
	case "members", "joined_members":
		if r.membership(w.id) != "join" {
			return nil, forbidden("not in the room")
		}
		var chunk []*ev
		joined := map[string]any{}
		for k, e := range r.state {
			if k[0] == "m.room.member" {
				chunk = append(chunk, e)
				if e.Content["membership"] == "join" {
					joined[k[1]] = map[string]any{}
				}
			}
		}
		return map[string]any{"chunk": chunk, "joined": joined}, nil
	case "send", "redact":
		txn := r.id + "\n" + w.id + "\n" + p[2]
		if had, ok := s.txns[txn]; ok {
			return map[string]any{"event_id": had}, nil
		}
		var e *ev
		var err error
		if p[0] == "redact" {
			e, err = s.redact(r, w.id, p[1], body)
		} else {
			e, err = s.send(r, w.id, p[1], nil, body)
		}
		if err != nil {
			return nil, err
		}
		s.txns[txn] = e.ID
		return map[string]any{"event_id": e.ID}, nil
	case "event":
		seen, err := r.sees(w.id)
		if err != nil {
			return nil, notFound("Event not found")
		}
		if i := slices.IndexFunc(seen, func(e *ev) bool { return e.ID == p[1] }); i >= 0 {
			return seen[i], nil
		}
		return nil, notFound("Event not found")
	case "relations":
		seen, err := r.sees(w.id)
		if err != nil {
			return nil, err
		}
		chunk := []*ev{}
		for _, e := range seen {
			rel, _ := e.Content["m.relates_to"].(map[string]any)
			if rel["event_id"] == p[1] && rel["rel_type"] == p[2] {
				chunk = append(chunk, e)
			}
		}
		return map[string]any{"chunk": chunk}, nil
	case "messages":
		return s.messages(w, r, q)
	}
	return nil, problem{status: 404, code: "M_UNRECOGNIZED"}
}

func (s *Server) stateAPI(method string, w who, r *room, p []string, _ url.Values, body map[string]any) (any, error) {
	key := ""
	if len(p) > 1 {
		key = p[1]
	}
	if method == http.MethodPut {
		e, err := s.send(r, w.id, p[0], &key, body)
		if err != nil {
			return nil, err
		}
		return map[string]any{"event_id": e.ID}, nil
	}
	if r.membership(w.id) != "join" {
		return nil, forbidden("not in the room") // a departed user's view is not kept here
	}
	if len(p) == 0 {
		all := []*ev{}
		for _, e := range r.state {
			all = append(all, e)
		}
		slices.SortFunc(all, func(a, b *ev) int { return int(a.At - b.At) })
		return all, nil
	}
	if e := r.state[[2]string{p[0], key}]; e != nil {
		return e.Content, nil
	}
	return nil, notFound("Event not found")
}

func (s *Server) messages(w who, r *room, q url.Values) (any, error) {
	seen, err := r.sees(w.id)
	if err != nil {
		return nil, err
	}
	var filter struct {
		Types   []string `json:"types"`
		Senders []string `json:"senders"`
		Not     []string `json:"not_senders"`
	}
	_ = json.Unmarshal([]byte(q.Get("filter")), &filter)
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		limit = 10
	}
	at := len(seen) - 1
	if f := q.Get("from"); f != "" {
		at, _ = strconv.Atoi(f)
	}
	chunk := []*ev{}
	for ; at >= 0 && len(chunk) < limit; at-- {
		e := seen[at]
		if filter.Types != nil && !slices.Contains(filter.Types, e.Type) || filter.Senders != nil && !slices.Contains(filter.Senders, e.Sender) || slices.Contains(filter.Not, e.Sender) {
			continue
		}
		chunk = append(chunk, e)
	}
	out := map[string]any{"chunk": chunk, "start": "s"}
	if at >= 0 {
		out["end"] = strconv.Itoa(at)
	}
	return out, nil
}

// PushTo sends every event from now on to an application service, in order, again and again until it is taken.
func (s *Server) PushTo(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushTo = address
	if s.pushDone == nil {
		s.pushDone = make(chan struct{})
		go s.push(s.pushDone)
	}
}

func (s *Server) enqueue(e *ev) {
	if s.pushTo != "" {
		s.queue = append(s.queue, e)
	}
}

func (s *Server) push(done chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(5 * time.Millisecond):
		}
		s.mu.Lock()
		n := min(len(s.queue), 20)
		batch, to, txn := slices.Clone(s.queue[:n]), s.pushTo, strconv.Itoa(s.pushed)
		raw, _ := json.Marshal(map[string]any{"events": batch})
		s.mu.Unlock()
		if n == 0 {
			continue
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPut, to+"/_matrix/app/v1/transactions/"+txn, bytes.NewReader(raw))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+HSToken)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			s.mu.Lock()
			s.queue = s.queue[n:]
			s.pushed++
			s.mu.Unlock()
		}
	}
}
