package wire_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/wire"
)

func TestTheCircuitOpensTriesOnceAndCloses(t *testing.T) {
	var asked atomic.Int32
	var status atomic.Int32
	status.Store(503)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(int(status.Load()))
	}))
	defer far.Close()
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	c := &wire.Client{Base: far.URL, Circuit: &wire.Circuit{Most: 3, Pause: time.Minute, Now: func() time.Time { return now }}}
	call := func() (wire.Answer, error) { return c.Do(context.Background(), wire.Call{Method: "GET", Path: "/"}) }
	for i := range 3 {
		if a, err := call(); err != nil || a.Status != 503 {
			t.Fatalf("call %d: %v %v", i, a.Status, err)
		}
	}
	now = now.Add(20 * time.Second)
	_, err := call()
	if f := chat.AsFault(err); err == nil || f.Code != chat.CodeUnavailable || !f.Retry || f.After != 40*time.Second {
		t.Fatalf("open: %v", err)
	}
	if left, open := c.Circuit.Open(); !open || left != 40*time.Second {
		t.Errorf("open %v for %s", open, left)
	}
	now = now.Add(40 * time.Second)
	if _, err := call(); err != nil {
		t.Fatalf("the one that tries: %v", err)
	}
	if _, err := call(); err == nil || asked.Load() != 4 {
		t.Fatalf("opened again after a failed try: %v, asked %d times", err, asked.Load())
	}
	status.Store(404) // an answer, if not a kind one
	now = now.Add(time.Minute)
	for range 4 {
		if a, err := call(); err != nil || a.Status != 404 {
			t.Fatalf("closed again: %v", err)
		}
	}
}

func TestAPlatformThatIsAwayIsNotNamedInTheFault(t *testing.T) {
	far := httptest.NewServer(http.NotFoundHandler())
	far.Close()
	c := &wire.Client{Base: far.URL}
	_, err := c.Do(context.Background(), wire.Call{Method: "GET", Path: "/rooms/!secret/members/@wang", Token: "t0ken"})
	f := chat.AsFault(err)
	if err == nil || f.Code != chat.CodeUnavailable || !f.Retry {
		t.Fatalf("%v", err)
	}
	for _, s := range []string{"secret", "wang", "t0ken"} {
		if strings.Contains(err.Error(), s) {
			t.Errorf("the fault says %q: %v", s, err)
		}
	}
}

func TestRedirectsAreNotFollowedAndAnswersAreBounded(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(strings.Repeat("a", 100)))
	}))
	defer far.Close()
	c := &wire.Client{Base: far.URL, MaxBody: 99}
	if a, err := c.Do(context.Background(), wire.Call{Method: "GET", Path: "/away"}); err != nil || a.Status != 302 {
		t.Errorf("redirect: %d %v", a.Status, err)
	}
	if _, err := c.Do(context.Background(), wire.Call{Method: "GET", Path: "/long"}); chat.AsFault(err).Code != chat.CodeTooMany {
		t.Errorf("a long answer: %v", err)
	}
	c.MaxBody = 100
	a, err := c.Do(context.Background(), wire.Call{Method: "GET", Path: "/long"})
	if err != nil || len(a.Body) != 100 {
		t.Errorf("at the limit: %d bytes, %v", len(a.Body), err)
	}
	var v struct{}
	if err := a.Read(&v); err == nil || strings.Contains(err.Error(), "aaa") {
		t.Errorf("no JSON: %v", err)
	}
}

func TestAPauseKeepsEverythingBack(t *testing.T) {
	var asked atomic.Int32
	far := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer far.Close()
	c := &wire.Client{Base: far.URL, Rate: wire.NewRate(1000, 10)}
	c.Rate.Pause(time.Hour)
	_, err := c.Do(context.Background(), wire.Call{Method: "GET", Path: "/"})
	f := chat.AsFault(err)
	if f.Code != chat.CodeRateLimited || f.After < 59*time.Minute || asked.Load() != 0 {
		t.Errorf("%v after %s, asked %d", err, f.After, asked.Load())
	}
	slow := &wire.Client{Base: far.URL, Rate: wire.NewRate(0.001, 1)}
	if _, err := slow.Do(context.Background(), wire.Call{Method: "GET", Path: "/"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := slow.Do(ctx, wire.Call{Method: "GET", Path: "/"}); !errors.As(err, &f) || f.Code != chat.CodeRateLimited || !f.Retry {
		t.Errorf("over our own rate: %v", err)
	}
}
