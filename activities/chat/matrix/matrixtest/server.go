// Package matrixtest is a homeserver for tests that behaves as the Matrix specification and Synapse's administration
// API document: rooms, levels, membership, history by visibility, redactions, application services. It can be made to
// behave badly: to be away, to lose answers after it did what was asked, to limit, to revoke. It records every call.
//
// Session is a user's own client, which works against it and a real homeserver alike.
package matrixtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// The tokens and the name of every Server.
const (
	Name       = "qunbei.test"
	ASToken    = "as-token-for-tests-0000"
	HSToken    = "hs-token-for-tests-0000"
	AdminToken = "admin-token-for-tests-0"
	Bot        = "@qunbei:" + Name
)

// Server is the stand-in. Its rooms are kept in memory.
type Server struct {
	URL string

	mu       sync.Mutex
	http     *httptest.Server
	users    map[string]*user
	tokens   map[string]string // of users' own sessions
	rooms    map[string]*room
	aliases  map[string]string
	txns     map[string]string // answers by transaction id: lost at a restart, as Synapse's are
	data     map[string]json.RawMessage
	faults   []*Fault
	revoked  bool
	calls    []Call
	clock    int64
	ids      int
	pushTo   string
	queue    []*ev
	pushed   int
	pushDone chan struct{}
}

type user struct {
	password, name string
	deactivated    bool
}

// Call is a request that came.
type Call struct {
	Method, Path, As string
	Status           int
}

// Fault makes some calls go wrong.
type Fault struct {
	Method string // empty: any
	Writes bool   // only what changes something
	Part   string // of the path
	Skip   int    // how many that fit go well before
	Times  int    // how often; 0: always
	Then   func() // called when it happened, before the caller hears anything
	// One of these:
	Lose   bool          // it is done, and the answer lost
	Cut    bool          // nothing is done, the connection breaks
	Status int           // nothing is done, this status
	Code   string        // … with this code
	After  time.Duration // … 429: when to come again
}

// New starts a server with the people's accounts: localpart → password.
func New(people map[string]string) *Server {
	s := &Server{
		users: map[string]*user{}, tokens: map[string]string{}, rooms: map[string]*room{}, aliases: map[string]string{}, txns: map[string]string{},
		data: map[string]json.RawMessage{}, clock: time.Date(2026, 7, 1, 1, 0, 0, 0, time.UTC).UnixMilli(),
	}
	for p, password := range people {
		s.users["@"+p+":"+Name] = &user{password: password, name: p}
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s
}

// Close ends it.
func (s *Server) Close() {
	s.mu.Lock()
	if s.pushDone != nil {
		close(s.pushDone)
		s.pushDone = nil
	}
	s.mu.Unlock()
	s.http.CloseClientConnections()
	s.http.Close()
}

// Inject adds a fault. The first that fits a call is taken.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.revoked = nil, false
}

// Revoke makes the application service's token unknown.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
}

// Restart forgets what a server keeps in memory only: the answers to transactions.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.txns = map[string]string{}
}

// Calls lists the requests with a method and a part of a path, both optional.
func (s *Server) Calls(method, part string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if (method == "" || c.Method == method) && strings.Contains(c.Path, part) {
			out = append(out, c)
		}
	}
	return out
}

// Rooms counts the rooms that somebody is in.
func (s *Server) Rooms() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.rooms {
		if r.joined() > 0 {
			n++
		}
	}
	return n
}

// Named lists the rooms of a name, whoever is in them.
func (s *Server) Named(name string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for id, r := range s.rooms {
		if r.str("m.room.name", "", "name") == name {
			out = append(out, id)
		}
	}
	return out
}

// Vanish removes a room as if it had been deleted by hand.
func (s *Server) Vanish(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, id)
}

// Deactivate closes an account.
func (s *Server) Deactivate(account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[account]; u != nil {
		u.deactivated = true
	}
}

// who is whoever asks.
type who struct {
	id        string
	as, admin bool
}

// problem is an answer that is no success.
type problem struct {
	status int
	code   string
	text   string
}

func (p problem) Error() string { return fmt.Sprint(p.status, " ", p.code, " ", p.text) }

func forbidden(text string) error { return problem{status: 403, code: "M_FORBIDDEN", text: text} }
func notFound(text string) error  { return problem{status: 404, code: "M_NOT_FOUND", text: text} }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.fits(r)
	if f != nil && f.Cut {
		s.calls = append(s.calls, Call{Method: r.Method, Path: r.URL.Path})
		s.mu.Unlock()
		f.happened()
		cut(w)
		return
	}
	var status int
	var body any
	as := ""
	if f != nil && f.Status != 0 {
		status, body = f.Status, map[string]any{"errcode": f.Code, "error": "injected", "retry_after_ms": f.After.Milliseconds()}
	} else {
		var err error
		status = http.StatusOK
		body, as, err = s.answer(r)
		var p problem
		if errors.As(err, &p) {
			status, body = p.status, map[string]any{"errcode": p.code, "error": p.text}
		} else if err != nil {
			status, body = 500, map[string]any{"errcode": "M_UNKNOWN", "error": err.Error()}
		}
	}
	s.calls = append(s.calls, Call{Method: r.Method, Path: r.URL.Path, As: as, Status: status})
	s.mu.Unlock()
	f.happened()
	if f != nil && f.Lose {
		cut(w)
		return
	}
	if body == nil {
		body = map[string]any{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (f *Fault) happened() {
	if f != nil && f.Then != nil {
		f.Then()
	}
}

func cut(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func (s *Server) fits(r *http.Request) *Fault {
	for i, f := range s.faults {
		if (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.Path, f.Part) && (!f.Writes || r.Method != http.MethodGet) {
			if f.Skip > 0 {
				f.Skip--
				continue
			}
			if f.Times > 0 {
				if f.Times--; f.Times == 0 {
					s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
				}
			}
			return f
		}
	}
	return nil
}

// principal finds out who asks.
func (s *Server) principal(r *http.Request) (who, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok:
		return who{}, problem{status: 401, code: "M_MISSING_TOKEN"}
	case token == AdminToken:
		return who{id: "@root:" + Name, admin: true}, nil
	case token == ASToken && !s.revoked:
		id := r.URL.Query().Get("user_id")
		if id == "" || id == Bot {
			return who{id: Bot, as: true}, nil
		}
		u := s.users[id]
		if u == nil {
			return who{}, forbidden("Application service has not registered this user")
		}
		if u.deactivated {
			return who{}, problem{status: 403, code: "M_USER_DEACTIVATED"}
		}
		return who{id: id, as: true}, nil
	case s.tokens[token] != "":
		return who{id: s.tokens[token]}, nil
	}
	return who{}, problem{status: 401, code: "M_UNKNOWN_TOKEN"}
}

// tick is the server's time, which only goes forward.
func (s *Server) tick() int64 {
	s.clock += 7
	return s.clock
}

func (s *Server) id(sigil string) string {
	s.ids++
	return fmt.Sprintf("%s%s%06d", sigil, "abc-_", s.ids)
}

// Force writes state past every rule.
func (s *Server) Force(id, kind, key string, content map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[id]
	e := &ev{ID: s.id("$"), Type: kind, StateKey: &key, Sender: "@root:" + Name, Room: id, At: s.tick(), Content: numbers(content)}
	r.events = append(r.events, e)
	r.state[[2]string{kind, key}] = e
}
