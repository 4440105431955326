package matrixtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/qunbei/qunbei/activities/chat/conform"
	"github.com/qunbei/qunbei/models/domain"
)

// Cast is the company of the tests: six with accounts, and one without.
type Cast struct{}

// The people. Their numbers are E0001 to E0006; E0007 has no account.
var (
	People = []domain.EmployeeID{"id-1", "id-2", "id-3", "id-4", "id-5", "id-6"}
	Nobody = domain.EmployeeID("id-7")
)

// Number implements matrix.Numbers.
func (Cast) Number(_ context.Context, e domain.EmployeeID) (string, error) {
	if n, ok := strings.CutPrefix(string(e), "id-"); ok {
		return "E000" + n, nil
	}
	return "", nil
}

// ByNumber implements matrix.Numbers.
func (Cast) ByNumber(_ context.Context, number string) (domain.EmployeeID, error) {
	if n, ok := strings.CutPrefix(strings.ToUpper(number), "E000"); ok && len(n) == 1 && n >= "1" && n <= "7" {
		return domain.EmployeeID("id-" + n), nil
	}
	return "", nil
}

// Local is somebody's localpart.
func Local(e domain.EmployeeID) string { return "e000" + strings.TrimPrefix(string(e), "id-") }

// Password is somebody's, in tests.
func Password(e domain.EmployeeID) string { return "Pw-for-" + Local(e) }

// Accounts are the cast's, for New.
func Accounts() map[string]string {
	out := map[string]string{}
	for _, p := range People {
		out[Local(p)] = Password(p)
	}
	return out
}

// Far looks at a homeserver through its users' own sessions.
type Far struct {
	Base, Server, Bot string

	mu       sync.Mutex
	sessions map[domain.EmployeeID]*Session
}

// Of is somebody's session.
func (f *Far) Of(e domain.EmployeeID) (*Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.sessions[e]; s != nil {
		return s, nil
	}
	s, err := Login(context.Background(), f.Base, Local(e), Password(e))
	if err != nil {
		return nil, fmt.Errorf("log %s in: %w", e, err)
	}
	if f.sessions == nil {
		f.sessions = map[domain.EmployeeID]*Session{}
	}
	f.sessions[e] = s
	return s, nil
}

func (f *Far) account(e domain.EmployeeID) string { return "@" + Local(e) + ":" + f.Server }

// as runs something as somebody; a refusal of the server is conform.ErrNo.
func as[T any](f *Far, e domain.EmployeeID, do func(context.Context, *Session) (T, error)) (T, error) {
	s, err := f.Of(e)
	if err != nil {
		var none T
		return none, err
	}
	out, err := do(context.Background(), s)
	var r *Refused
	if errors.As(err, &r) && r.Status < 500 && r.Status != http.StatusTooManyRequests {
		return out, fmt.Errorf("%w: %w", conform.ErrNo, err)
	}
	return out, err
}

// Members implements conform.Far: the list as somebody in the room has it.
func (f *Far) Members(room string) ([]domain.EmployeeID, error) {
	for _, p := range People {
		accounts, err := as(f, p, func(ctx context.Context, s *Session) ([]string, error) {
			rooms, err := s.Rooms(ctx)
			if err != nil || !slices.Contains(rooms, room) {
				return nil, err
			}
			return s.Members(ctx, room)
		})
		if err != nil || accounts == nil {
			if err != nil && !errors.Is(err, conform.ErrNo) {
				return nil, err
			}
			continue
		}
		var out []domain.EmployeeID
		for _, a := range accounts {
			if a == f.Bot {
				continue
			}
			out = append(out, domain.EmployeeID("id-"+strings.TrimSuffix(strings.TrimPrefix(a, "@e000"), ":"+f.Server)))
		}
		return out, nil
	}
	return nil, conform.ErrNo
}

// Texts implements conform.Far.
func (f *Far) Texts(e domain.EmployeeID, room string) ([]string, error) {
	return as(f, e, func(ctx context.Context, s *Session) ([]string, error) {
		all, err := s.Messages(ctx, room)
		var out []string
		for _, m := range all {
			out = append(out, m.Body)
		}
		return out, err
	})
}

func only(err error) (struct{}, error) { return struct{}{}, err }

// Say implements conform.Far.
func (f *Far) Say(e domain.EmployeeID, room, text string) error {
	_, err := as(f, e, func(ctx context.Context, s *Session) (struct{}, error) { return only(s.Say(ctx, room, text)) })
	return err
}

// Add implements conform.Far: the invitation is taken by whoever was invited.
func (f *Far) Add(e domain.EmployeeID, room string, who domain.EmployeeID) error {
	_, err := as(f, e, func(ctx context.Context, s *Session) (struct{}, error) {
		return only(s.Invite(ctx, room, f.account(who)))
	})
	if err == nil {
		_, err = as(f, who, func(ctx context.Context, s *Session) (struct{}, error) { return only(s.Join(ctx, room)) })
	}
	return err
}

// Leave implements conform.Far.
func (f *Far) Leave(e domain.EmployeeID, room string) error {
	_, err := as(f, e, func(ctx context.Context, s *Session) (struct{}, error) { return only(s.Leave(ctx, room)) })
	return err
}

// Groups implements conform.Far.
func (f *Far) Groups(e domain.EmployeeID) ([]string, error) {
	return as(f, e, func(ctx context.Context, s *Session) ([]string, error) {
		rooms, err := s.Rooms(ctx)
		if err != nil {
			return nil, err
		}
		direct, err := f.direct(ctx, s)
		return slices.DeleteFunc(rooms, func(r string) bool { return r == direct }), err
	})
}

// direct is somebody's room with the bot, as their client knows it; "" for none.
func (f *Far) direct(ctx context.Context, s *Session) (string, error) {
	var with map[string][]string
	err := s.Do(ctx, http.MethodGet, "/user/"+esc(s.User)+"/account_data/m.direct", nil, &with)
	var r *Refused
	if errors.As(err, &r) && r.Status == http.StatusNotFound {
		return "", nil
	}
	if rooms := with[f.Bot]; len(rooms) > 0 {
		return rooms[len(rooms)-1], err
	}
	return "", err
}

// Inbox implements conform.Far.
func (f *Far) Inbox(e domain.EmployeeID) ([]string, error) {
	return as(f, e, func(ctx context.Context, s *Session) ([]string, error) {
		room, err := f.direct(ctx, s)
		if err != nil || room == "" {
			return nil, err
		}
		all, err := s.Messages(ctx, room)
		var out []string
		for _, m := range all {
			if m.Sender == f.Bot {
				out = append(out, m.Body)
			}
		}
		return out, err
	})
}

// Ask implements conform.Far.
func (f *Far) Ask(e domain.EmployeeID, text string) error {
	_, err := as(f, e, func(ctx context.Context, s *Session) (struct{}, error) {
		room, err := f.direct(ctx, s)
		if err != nil {
			return only(err)
		}
		return only(s.Say(ctx, room, text))
	})
	return err
}

// Start implements conform.Far.
func (f *Far) Start(e domain.EmployeeID, name string, with domain.EmployeeID) (string, error) {
	room, err := as(f, e, func(ctx context.Context, s *Session) (string, error) { return s.Start(ctx, name, f.account(with)) })
	if err == nil {
		_, err = as(f, with, func(ctx context.Context, s *Session) (struct{}, error) { return only(s.Join(ctx, room)) })
	}
	return room, err
}

// Breaker is a transport that breaks one request of a connector, whatever server it speaks to.
type Breaker struct {
	mu  sync.Mutex
	nth int
	how conform.How
	hit bool
}

// Break implements conform.Faults.
func (b *Breaker) Break(nth int, how conform.How) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nth, b.how, b.hit = nth, how, false
}

// Hit implements conform.Faults.
func (b *Breaker) Hit() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.hit
}

// Heal implements conform.Faults.
func (b *Breaker) Heal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nth = 0
}

var errBroken = errors.New("connection reset by peer")

// RoundTrip implements http.RoundTripper.
func (b *Breaker) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	how := conform.How("")
	if b.nth > 0 {
		if b.nth--; b.nth == 0 {
			how, b.hit = b.how, true
		}
	}
	b.mu.Unlock()
	said := func(status int, body string) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	}
	switch how {
	case conform.Cut:
		return nil, errBroken
	case conform.Away:
		return said(http.StatusBadGateway, "<html>bad gateway</html>"), nil
	case conform.Limit:
		return said(http.StatusTooManyRequests, `{"errcode":"M_LIMIT_EXCEEDED","error":"Too many requests","retry_after_ms":300}`), nil
	case conform.Revoked:
		return said(http.StatusUnauthorized, `{"errcode":"M_UNKNOWN_TOKEN","error":"Unrecognised access token"}`), nil
	case conform.Lose: // below
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if how == conform.Lose && err == nil {
		_ = res.Body.Close()
		return nil, errBroken
	}
	return res, err
}
