package matrix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
)

func TestTheServerIsAnsweredOnlyWithItsToken(t *testing.T) {
	c, _, _ := connect(t, nil)
	h := c.Handler()
	ask := func(method, path, token, body string) int {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if token != "" {
			r.Header.Set("Authorization", token)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), matrixtest.HSToken) {
			t.Error("the answer shows the token")
		}
		return w.Code
	}
	const txn = "/_matrix/app/v1/transactions/1"
	good := "Bearer " + matrixtest.HSToken
	for _, x := range []struct {
		name, method, path, token, body string
		want                            int
	}{
		{"no token", "PUT", txn, "", `{"events":[]}`, 401},
		{"token in the address", "PUT", txn + "?access_token=" + matrixtest.HSToken, "", `{"events":[]}`, 401},
		{"wrong token", "PUT", txn, "Bearer " + matrixtest.HSToken + "x", `{"events":[]}`, 403},
		{"our own token", "PUT", txn, "Bearer " + matrixtest.ASToken, `{"events":[]}`, 403},
		{"no JSON", "PUT", txn, good, `events`, 400},
		{"events of another form", "PUT", txn, good, `{"events":[1]}`, 400},
		{"too long", "PUT", txn, good, `{"events":["` + strings.Repeat("a", 12<<20) + `"]}`, 413},
		{"nobody watches", "PUT", txn, good, `{"events":[]}`, 503},
		{"a user asked for", "GET", "/_matrix/app/v1/users/@x:y", good, "", 404},
		{"a room asked for", "GET", "/_matrix/app/v1/rooms/%23qb-1:y", good, "", 404},
		{"a ping", "POST", "/_matrix/app/v1/ping", good, `{}`, 200},
		{"anything else", "GET", "/", good, "", 404},
	} {
		if got := ask(x.method, x.path, x.token, x.body); got != x.want {
			t.Errorf("%s: %d, want %d", x.name, got, x.want)
		}
	}
}

// A transaction is taken whole or comes again; once taken it is not handed over a second time.
func TestTransactionsAreTakenOnce(t *testing.T) {
	c, _, _ := connect(t, nil)
	var mu sync.Mutex
	var got []chat.Event
	fail := true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = c.Watch(ctx, func(_ context.Context, e chat.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if e.ID == "$2" && fail {
				fail = false
				return errors.New("not now")
			}
			got = append(got, e)
			return nil
		})
	}()
	event := func(n int) string {
		return fmt.Sprintf(`{"event_id":"$%d","type":"m.room.member","state_key":"@e0003:%s","sender":"@e0001:%s","room_id":"!r","origin_server_ts":%d,"content":{"membership":"join"}}`, n, matrixtest.Name, matrixtest.Name, n)
	}
	put := func(txn string, events ...string) int {
		r := httptest.NewRequest(http.MethodPut, "/_matrix/app/v1/transactions/"+txn, strings.NewReader(`{"events":[`+strings.Join(events, ",")+`]}`))
		r.Header.Set("Authorization", "Bearer "+matrixtest.HSToken)
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, r)
		return w.Code
	}
	for range 200 {
		if put("0") == http.StatusOK {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if code := put("1", event(1), event(2)); code != 503 {
		t.Fatalf("half taken: %d", code)
	}
	for range 3 {
		if code := put("1", event(1), event(2)); code != 200 {
			t.Fatalf("%d", code)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	var ids []string
	for _, e := range got {
		if e.Kind == chat.EventJoined {
			ids = append(ids, e.ID)
			if e.Actor != matrixtest.People[2] || e.PlatformID != "!r" || e.At.IsZero() {
				t.Errorf("%+v", e)
			}
		}
	}
	if strings.Join(ids, " ") != "$1 $1 $2" {
		t.Errorf("handed over: %v", ids)
	}
}

func TestConfigSaysEveryFaultAndShowsNoToken(t *testing.T) {
	_, err := matrix.New(matrix.Config{Homeserver: "ftp://x", Server: "@a", AS: "short", HS: "short"})
	for _, want := range []string{"http(s)", "server_name", "16 characters", "same", "whose"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said: %v", want, err)
		}
	}
	c := matrix.Config{AS: matrixtest.ASToken, HS: matrixtest.HSToken, Admin: matrixtest.AdminToken}
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%s %v %q", c.AS, c.HS, c.Admin)} {
		if strings.Contains(text, "for-tests") {
			t.Errorf("a token is shown: %s", text)
		}
	}
	for pattern, ok := range map[string]bool{"": true, "@{number}:{server}": true, "@x-{number}:s": true, "{number}": false, "@{number}:other": false, "@x:s": false, "@{number}{number}:s": false} {
		if err := (matrix.Template{Pattern: pattern, Server: "s"}).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

func TestTheRegistrationClaimsNoAccountsForItself(t *testing.T) {
	r := matrix.Registration(matrix.Config{Server: "chat.example.org", AS: "as", HS: "hs"}, "http://127.0.0.1:1")
	for _, want := range []string{`regex: "@.*:chat\\.example\\.org"`, `regex: "#qb-.*:chat\\.example\\.org"`, "{exclusive: false", `as_token: "as"`, `sender_localpart: "qunbei"`} {
		if !strings.Contains(r, want) {
			t.Errorf("%s is missing in\n%s", want, r)
		}
	}
}
