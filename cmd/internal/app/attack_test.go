package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/models/domain"
)

// Attacks: what a hostile or careless caller sends to the whole program, over HTTP. The answer is always a clear 4xx that
// names the field and says what would work; never a 5xx, never half a case, never a word about what the caller may not
// know (issue: bad input). The attacker is E0116 where a stranger is needed, E0040 where a person with rights is.
func TestAttacks(t *testing.T) {
	r := own(t, nil)
	t.Run("filing", func(t *testing.T) { attackFiling(t, r) })
	t.Run("keys", func(t *testing.T) { attackKeys(t, r) })
	t.Run("acts", func(t *testing.T) { attackActs(t, r) })
	t.Run("secrecy", func(t *testing.T) { attackSecrecy(t, r) })
	t.Run("files", func(t *testing.T) { attackFiles(t, r) })
	t.Run("door", func(t *testing.T) { attackDoor(t, r) })
	t.Run("texts", func(t *testing.T) { attackTexts(t, r) })
	t.Run("addresses", func(t *testing.T) { attackAddresses(t, r) })
	t.Run("wire", func(t *testing.T) { attackWire(t, r) })
	t.Run("log", func(t *testing.T) { calmLog(t, r) })
}

const (
	attacker = "E0116" // an employee with no part in anything
	leftLong = "E0166" // somebody who left the company
	auditing = "E0021"
)

// blow is one hostile request and the answer that is due.
type blow struct {
	name   string
	who    string // "": nobody
	method string
	path   string // below /api/v1
	body   string
	header []string
	status int
	code   string
	field  string // with fault: what must be named
	fault  string
}

// strike sends a blow and holds the answer against what is due.
func (r *running) strike(t *testing.T, b blow) {
	t.Helper()
	t.Run(b.name, func(t *testing.T) {
		var body []byte
		if b.method != http.MethodGet && b.method != http.MethodDelete {
			body = []byte(b.body)
		}
		x, err := r.try(b.who, b.method, b.path, "application/json", body, b.header...)
		if err != nil {
			t.Fatal(err)
		}
		x.refused(t, b.status, b.code, b.field, b.fault)
	})
}

// leaks are words that only the inside of the program says.
var leaks = []string{"goroutine", ".go:", "SQLSTATE", "pgx", "gorm", "json:", "Go struct", "strconv", "temporal", "runtime error", "<nil>", "%!"}

// refused checks that an answer is a refusal as every refusal must be: a problem in words, with its code, each field named with
// a message, nothing of the inside.
func (x reply) refused(t *testing.T, status int, code, field, fault string) problem.Problem {
	t.Helper()
	if x.status != status {
		t.Fatalf("%s: want %d %s, got %d %.600s", x.what, status, code, x.status, x.body)
	}
	p := x.problem(t)
	if p.Code != code || p.Status != status || p.Title == "" {
		t.Errorf("%s: want %s, got %.600s", x.what, code, x.body)
	}
	if x.header.Get("X-Content-Type-Options") != "nosniff" || x.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: headers %v", x.what, x.header)
	}
	named := fault == ""
	for _, f := range p.Faults {
		if f.Message == "" || f.Message == f.Code {
			t.Errorf("%s: the fault %s of %s is not worded", x.what, f.Code, f.Field)
		}
		named = named || f.Field == field && f.Code == fault
	}
	if !named {
		t.Errorf("%s: no fault %s of %s in %.600s", x.what, fault, field, x.body)
	}
	if len(x.body) > 64<<10 {
		t.Errorf("%s: a refusal of %d bytes", x.what, len(x.body))
	}
	for _, l := range leaks {
		if strings.Contains(string(x.body), l) {
			t.Errorf("%s: the inside is told (%s): %.600s", x.what, l, x.body)
		}
	}
	return p
}

// footprint counts the rows of everything that a case consists of.
func (r *running) footprint(t *testing.T) string {
	t.Helper()
	var parts []string
	for _, table := range []string{"cases", "case_slots", "case_keys", "objects", "audit_entries", "groups", "group_names", "group_members", "outbox", "notifications", "connector_calls"} {
		parts = append(parts, `(SELECT '`+table+` ' || count(*) FROM `+table+`)`)
	}
	var out string
	r.sql(t, &out, "SELECT concat_ws(', ', "+strings.Join(parts, ", ")+")")
	return out
}

// unchanged checks that attacks left nothing behind.
func (r *running) unchanged(t *testing.T, before string) {
	t.Helper()
	if after := r.footprint(t); after != before {
		t.Errorf("something was left behind:\n  before %s\n  after  %s", before, after)
	}
}

// settle waits until the relay has nothing to do, so that footprints compare.
func (r *running) settle(t *testing.T) {
	t.Helper()
	const left = `SELECT coalesce(string_agg(DISTINCT kind, ' '), '') FROM outbox
		WHERE done_at IS NULL AND kind NOT IN ('mail','sweep_directory','group_news','nda_news')`
	var waiting string
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if r.sql(t, &waiting, left); waiting == "" {
			return
		}
	}
	t.Fatalf("the relay still has %s to do", waiting)
}

// fields is a filing as JSON members, to be spoiled one by one.
func fields(t *testing.T, f domain.Filing) map[string]any {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// browser is a person at the pages, by cookie.
type browser struct {
	r      *running
	client *http.Client
	csrf   string
	cookie []*http.Cookie
}

// enter signs in as the browser does, by the API's sign-in, and keeps the cookie.
func (r *running) enter(t *testing.T, who string) *browser {
	t.Helper()
	x, err := r.try("", http.MethodPost, "/sessions", "application/json", []byte(`{"number":"`+who+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		CSRF string `json:"csrf_token"`
	}
	x.is(t, http.StatusCreated).into(t, &in)
	b := &browser{r: r, csrf: in.CSRF, client: &http.Client{Timeout: 40 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	b.cookie = (&http.Response{Header: x.header}).Cookies()
	if len(b.cookie) != 1 || !b.cookie[0].HttpOnly || b.cookie[0].SameSite != http.SameSiteLaxMode || in.CSRF == "" {
		t.Fatalf("the session's cookie: %v", x.header)
	}
	return b
}

// do sends a request with the session's cookie; form nil: a GET.
func (b *browser) do(t *testing.T, method, path string, form url.Values, header ...string) reply {
	t.Helper()
	req, err := http.NewRequest(method, b.r.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Accept", "text/html")
	for _, c := range b.cookie {
		req.AddCookie(c)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return b.send(t, req)
}

func (b *browser) send(t *testing.T, req *http.Request) reply {
	t.Helper()
	resp, err := b.client.Do(req) //nolint:bodyclose // readReply does
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, fmt.Sprintf("%s %s", req.Method, req.URL.Path), resp)
}

// page opens a page, which must be there.
func (b *browser) page(t *testing.T, path string) string {
	t.Helper()
	return string(b.do(t, http.MethodGet, path, nil).is(t, http.StatusOK).body)
}

// raw speaks HTTP by hand and returns the status line, empty when the server hung up.
func (r *running) raw(t *testing.T, text string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", r.c.Listen, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(8 * time.Second))
	_, _ = c.Write([]byte(text)) // the server may hang up first
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	line, _ := bufio.NewReader(c).ReadString('\n')
	return strings.TrimSpace(line)
}

// act is a fresh id for an act.
func act() string { return uuid.NewString() }

func readReply(t *testing.T, what string, resp *http.Response) reply {
	t.Helper()
	defer func() { _ = resp.Body.Close() }()
	var b strings.Builder
	if _, err := bufio.NewReader(resp.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return reply{what: what, status: resp.StatusCode, header: resp.Header, body: []byte(b.String())}
}
