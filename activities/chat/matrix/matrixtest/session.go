package matrixtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Session is somebody's own client, logged in with a password: what it sees is what that person sees.
type Session struct {
	Base, User, token string
	n                 atomic.Int64
}

// Refused is the server's refusal.
type Refused struct {
	Status int
	Code   string
}

func (r *Refused) Error() string { return fmt.Sprintf("refused: %d %s", r.Status, r.Code) }

// Login logs in with a password.
func Login(ctx context.Context, base, user, password string) (*Session, error) {
	s := &Session{Base: strings.TrimSuffix(base, "/")}
	var got struct {
		User  string `json:"user_id"`
		Token string `json:"access_token"`
	}
	err := s.Do(ctx, http.MethodPost, "/login", map[string]any{
		"type": "m.login.password", "password": password, "identifier": map[string]any{"type": "m.id.user", "user": user},
	}, &got)
	s.User, s.token = got.User, got.Token
	return s, err
}

// Do asks the client API; path is escaped already, and whole where it is of another version.
func (s *Session) Do(ctx context.Context, method, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		raw = nil
	}
	base := s.Base + "/_matrix/client/v3"
	if strings.HasPrefix(path, "/_matrix/") {
		base = s.Base
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		r := &Refused{Status: res.StatusCode}
		var said struct {
			Code string `json:"errcode"`
		}
		_ = json.Unmarshal(answer, &said)
		r.Code = said.Code
		return r
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

func esc(s string) string { return url.PathEscape(s) }

// Rooms are those the person is in.
func (s *Session) Rooms(ctx context.Context) ([]string, error) {
	var got struct {
		Rooms []string `json:"joined_rooms"`
	}
	err := s.Do(ctx, http.MethodGet, "/joined_rooms", nil, &got)
	return got.Rooms, err
}

// Members are the accounts in a room.
func (s *Session) Members(ctx context.Context, room string) ([]string, error) {
	var got struct {
		Joined map[string]any `json:"joined"`
	}
	err := s.Do(ctx, http.MethodGet, "/rooms/"+esc(room)+"/joined_members", nil, &got)
	var out []string
	for m := range got.Joined {
		out = append(out, m)
	}
	slices.Sort(out)
	return out, err
}

// State reads one piece of a room's state into v.
func (s *Session) State(ctx context.Context, room, kind string, v any) error {
	return s.Do(ctx, http.MethodGet, "/rooms/"+esc(room)+"/state/"+esc(kind), nil, v)
}

// Message is a message as a client shows it.
type Message struct {
	ID, Sender, Body string
	Redacted         bool
}

// Messages are a room's, oldest first, with edits applied as a client does.
func (s *Session) Messages(ctx context.Context, room string) ([]Message, error) {
	var out []Message
	edits := map[string]string{}
	from := ""
	for range 50 {
		q := url.Values{"dir": {"b"}, "limit": {"100"}}
		if from != "" {
			q.Set("from", from)
		}
		var page struct {
			Chunk []struct {
				ID      string `json:"event_id"`
				Type    string `json:"type"`
				Sender  string `json:"sender"`
				Content struct {
					Body string `json:"body"`
					New  struct {
						Body string `json:"body"`
					} `json:"m.new_content"`
					Relates struct {
						Type  string `json:"rel_type"`
						Event string `json:"event_id"`
					} `json:"m.relates_to"`
				} `json:"content"`
				Unsigned struct {
					Redacted json.RawMessage `json:"redacted_because"`
				} `json:"unsigned"`
			} `json:"chunk"`
			End string `json:"end"`
		}
		if err := s.Do(ctx, http.MethodGet, "/rooms/"+esc(room)+"/messages?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Chunk {
			if e.Type != "m.room.message" {
				continue
			}
			if e.Content.Relates.Type == "m.replace" {
				if _, newer := edits[e.Content.Relates.Event]; !newer {
					edits[e.Content.Relates.Event] = e.Content.New.Body
				}
				continue
			}
			out = append(out, Message{ID: e.ID, Sender: e.Sender, Body: e.Content.Body, Redacted: len(e.Unsigned.Redacted) > 0})
		}
		if page.End == "" || page.End == from {
			break
		}
		from = page.End
	}
	for i, m := range out {
		if body, ok := edits[m.ID]; ok {
			out[i].Body = body
		}
	}
	slices.Reverse(out)
	return out, nil
}

// Say posts.
func (s *Session) Say(ctx context.Context, room, text string) error {
	txn := fmt.Sprintf("s%d-%d", time.Now().UnixNano(), s.n.Add(1))
	return s.Do(ctx, http.MethodPut, "/rooms/"+esc(room)+"/send/m.room.message/"+txn, map[string]any{"msgtype": "m.text", "body": text}, nil)
}

// Invite asks somebody in.
func (s *Session) Invite(ctx context.Context, room, account string) error {
	return s.Do(ctx, http.MethodPost, "/rooms/"+esc(room)+"/invite", map[string]any{"user_id": account}, nil)
}

// Join takes an invitation.
func (s *Session) Join(ctx context.Context, room string) error {
	return s.Do(ctx, http.MethodPost, "/join/"+esc(room), map[string]any{}, nil)
}

// Leave leaves.
func (s *Session) Leave(ctx context.Context, room string) error {
	return s.Do(ctx, http.MethodPost, "/rooms/"+esc(room)+"/leave", map[string]any{}, nil)
}

// Start makes a room past the service.
func (s *Session) Start(ctx context.Context, name string, invite ...string) (string, error) {
	var got struct {
		Room string `json:"room_id"`
	}
	err := s.Do(ctx, http.MethodPost, "/createRoom", map[string]any{"name": name, "preset": "private_chat", "invite": invite}, &got)
	return got.Room, err
}
