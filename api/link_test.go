package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web"
	"github.com/qunbei/qunbei/models/domain"
)

// linkServer serves the pages with a log, and lets an address miss three links.
func linkServer(t *testing.T, f *fake, log *strings.Builder) *echo.Echo {
	t.Helper()
	e, err := api.New(api.Config{
		Service: f, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Door: auth.Options{Limits: auth.Limits{TriesPerSecond: 0.001, TryBurst: 3}},
		Pages: func(e *echo.Echo, d *auth.Door) api.Pages {
			return web.Register(e, web.Deps{Service: f, Door: d, Demo: true})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const linkText = "AZ-planted-text-of-a-link_0123456789"

// The address of a link is a key: it is told to nobody, kept by nobody, and stands in no log.
func TestALinksAddressIsKeptToItself(t *testing.T) {
	for _, state := range []domain.LinkState{domain.LinkOpen, service.LinkUnknown, service.LinkSignIn, domain.LinkUsed} {
		f, log := newFake(), &strings.Builder{}
		f.link = service.LinkView{State: state}
		e := linkServer(t, f, log)
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE"} {
			r := httptest.NewRequest(method, "/l/"+linkText, strings.NewReader(""))
			w := httptest.NewRecorder()
			e.ServeHTTP(w, r)
			h := w.Header()
			if h.Get("Referrer-Policy") != "no-referrer" && method != "DELETE" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") && method != "DELETE" || !strings.Contains(h.Get("Cache-Control"), "no-store") {
				t.Errorf("%s of a link that is %s: %d %v", method, state, w.Code, h)
			}
		}
		if strings.Contains(log.String(), "planted") {
			t.Errorf("the link stands in the log: %s", log)
		}
		if !strings.Contains(log.String(), "route=/l/:link") {
			t.Errorf("the log does not name the page: %s", log)
		}
	}
}

// The form needs the visitor's own token; that the page hides its address, and so its origin, does not matter.
func TestALinksForm(t *testing.T) {
	v := strings.Repeat("v", 32)
	for _, x := range []struct {
		name, token, origin, site string
		status                    int
	}{
		{"as browsers send it", v, "null", "same-origin", 410},
		{"by an old browser", v, "null", "", 410},
		{"by a program", v, "", "", 410},
		{"without the token", "", "null", "same-origin", 403},
		{"with another's", strings.Repeat("w", 32), "", "", 403},
		{"from another site", v, "https://evil.example", "", 403},
		{"from another site, hidden", v, "null", "cross-site", 403},
	} {
		f := newFake()
		f.link = service.LinkView{State: domain.LinkExpired}
		r := httptest.NewRequest("POST", "/l/"+linkText, strings.NewReader("_csrf="+x.token+"&outcome=approve"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: "qunbei-visitor", Value: v})
		for k, val := range map[string]string{"Origin": x.origin, "Sec-Fetch-Site": x.site} {
			if val != "" {
				r.Header.Set(k, val)
			}
		}
		w := httptest.NewRecorder()
		linkServer(t, f, &strings.Builder{}).ServeHTTP(w, r)
		if w.Code != x.status || (w.Code != 403) != (len(f.called) == 1) {
			t.Errorf("%s: %d, the service was asked %v", x.name, w.Code, f.called)
		}
	}
}

// Whoever tries links that are none is stopped, by address; links that hold are opened as often as anybody likes.
func TestGuessingLinksIsBounded(t *testing.T) {
	f := newFake()
	e := linkServer(t, f, &strings.Builder{})
	open := func(from string) int {
		r := httptest.NewRequest("GET", "/l/"+linkText, nil)
		r.RemoteAddr = from + ":1234"
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		return w.Code
	}
	f.link = service.LinkView{State: domain.LinkOpen}
	for range 50 {
		if got := open("192.0.2.1"); got != 200 {
			t.Fatalf("a link that holds: %d", got)
		}
	}
	f.link = service.LinkView{State: service.LinkUnknown}
	for i, want := range []int{404, 404, 404, 429, 429} {
		if got := open("192.0.2.1"); got != want {
			t.Errorf("try %d: %d, want %d", i, got, want)
		}
	}
	if got := open("192.0.2.2"); got != 404 {
		t.Errorf("another address: %d", got)
	}
}

// Each state has its status, and none is answered as our own fault.
func TestEveryStateOfALinkHasAStatus(t *testing.T) {
	want := map[domain.LinkState]int{
		domain.LinkOpen: 200, service.LinkSignIn: 200, service.LinkPending: 202, domain.LinkUsed: 410, domain.LinkExpired: 410, domain.LinkEnded: 410,
		domain.LinkDecided: 409, domain.LinkSettled: 409, domain.LinkHandedOn: 409, domain.LinkReturned: 409, domain.LinkSuperseded: 409,
		domain.LinkWaiting: 409, domain.LinkNotAllowed: 403, service.LinkNotYours: 403, service.LinkDisabled: 403, service.LinkUnknown: 404, "later": 409,
	}
	seen := map[string]domain.LinkState{}
	for state, status := range want {
		f := newFake()
		f.link = service.LinkView{State: state, Readable: true, Outcome: domain.Approve}
		w := httptest.NewRecorder()
		linkServer(t, f, &strings.Builder{}).ServeHTTP(w, httptest.NewRequest("GET", "/l/"+linkText, nil))
		if w.Code != status {
			t.Errorf("%s: %d, want %d", state, w.Code, status)
		}
		_, page, _ := strings.Cut(w.Body.String(), "<main")
		if strings.Contains(page, ">link.") && state != "later" {
			t.Errorf("%s lacks words", state)
		}
		if (state == domain.LinkOpen) != strings.Contains(page, `value="approve"`) {
			t.Errorf("%s: the buttons", state)
		}
		_, lead, _ := strings.Cut(page, `class="lead">`)
		lead, _, _ = strings.Cut(lead, "<")
		if other, ok := seen[lead]; ok {
			t.Errorf("%s explains itself as %s does: %s", state, other, lead)
		}
		seen[lead] = state
	}
}
