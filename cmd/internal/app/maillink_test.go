package app_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// posted is a program with a mail server beside it.
type posted struct {
	*running
	box *mail.Sink
}

func withMail(t *testing.T, change func(*app.Config)) posted {
	t.Helper()
	box, err := mail.NewSink(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(context.Background()) })
	r := own(t, func(c *app.Config) {
		s := box.SMTP()
		c.SMTP, c.MailFrom = fmt.Sprintf("%s:%d", s.Host, s.Port), s.From
		if change != nil {
			change(c)
		}
	})
	return posted{r, box}
}

var oneTap = regexp.MustCompile(`https?://\S+/l/([A-Za-z0-9_-]+)`)

// mailTo waits for the newest mail to a person about a case whose subject holds a word.
func (p posted) mailTo(t *testing.T, who, number, word string) mail.Received {
	t.Helper()
	var got mail.Received
	until(t, "a mail to "+who+" about "+number, func() bool {
		for _, m := range p.box.List(500) {
			if strings.HasPrefix(m.To, strings.ToLower(who)+"@") && strings.Contains(m.Subject, number) && strings.Contains(m.Subject, word) {
				got = m
				return true
			}
		}
		return false
	})
	return got
}

// linkTo is the text of the link that a person was mailed about a case.
func (p posted) linkTo(t *testing.T, who string, c service.CaseSummary) string {
	t.Helper()
	m := p.mailTo(t, who, c.Number, "")
	found := oneTap.FindStringSubmatch(m.Body)
	if found == nil || !strings.HasPrefix(found[0], p.base+"/l/") {
		t.Fatalf("the mail to %s carries no link: %s", who, m.Body)
	}
	if !strings.Contains(html.UnescapeString(m.HTML), `href="`+found[0]+`"`) {
		t.Errorf("the HTML of the mail has no button with the link: %s", m.HTML)
	}
	return found[1]
}

// visitor is a browser without anybody signed in, or with somebody by bearer.
type visitor struct {
	p   posted
	c   *http.Client
	who string
}

func (p posted) visitor(t *testing.T, who string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{p, &http.Client{Jar: jar, Timeout: 40 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, who}
}

type linkPage struct {
	status int
	header http.Header
	text   string // of main
}

func (v *visitor) do(method, link string, form url.Values) (linkPage, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, v.p.base+"/l/"+link, body)
	if err != nil {
		return linkPage{}, err
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "null") // as browsers do from a page that tells no referrer
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if v.who != "" {
		req.Header.Set("Authorization", "Bearer demo:"+v.who)
	}
	resp, err := v.c.Do(req)
	if err != nil {
		return linkPage{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return linkPage{resp.StatusCode, resp.Header, string(raw)}, err
}

var formToken = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

func (v *visitor) open(t *testing.T, link string) linkPage {
	t.Helper()
	x, err := v.do(http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// tap opens the link and chooses an outcome on its page.
func (v *visitor) tap(t *testing.T, link string, outcome domain.Outcome, comment string) linkPage {
	t.Helper()
	x, err := v.do(http.MethodPost, link, v.form(t, link, outcome, comment))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (v *visitor) form(t *testing.T, link string, outcome domain.Outcome, comment string) url.Values {
	t.Helper()
	token := formToken.FindStringSubmatch(v.open(t, link).text)
	if token == nil {
		t.Fatal("the page has no form token")
	}
	return url.Values{"_csrf": {token[1]}, "outcome": {string(outcome)}, "comment": {comment}}
}

// says checks status and a title of the page.
func (x linkPage) says(t *testing.T, status int, title string) {
	t.Helper()
	if x.status != status || !strings.Contains(x.text, "<h1>"+title) {
		_, main, _ := strings.Cut(x.text, "<main")
		t.Errorf("want %d %q, got %d %.1500s", status, title, x.status, main)
	}
}

func (x linkPage) hides(t *testing.T, what ...string) {
	t.Helper()
	for _, s := range what {
		if strings.Contains(x.text, s) {
			t.Errorf("the page shows %q", s)
		}
	}
}

// One tap from the mail decides, by the same way and with the same evidence as any decision; opening decides nothing.
func TestALinkInAMailDecides(t *testing.T) {
	p := withMail(t, nil)
	c := p.file(t, "E0040", p.filing(t, "平台部-一键审批", department))
	link := p.linkTo(t, "E0006", c)
	if strings.Contains(link, c.ID) || strings.Contains(link, "E0006") {
		t.Errorf("the link names person or case: %s", link)
	}

	// Mail servers, previews and the reader open it as often as they like.
	before := p.count(t)
	for i := range 100 {
		x := p.visitor(t, "").open(t, link)
		if x.status != http.StatusOK {
			t.Fatalf("opening no. %d: %d", i, x.status)
		}
		if i == 0 {
			x.says(t, http.StatusOK, "平台部-一键审批")
			for _, want := range []string{"李晓雯", "陈思齐", c.Number, `value="approve"`, `value="reject"`, `name="comment"`, "<time"} {
				if !strings.Contains(x.text, want) {
					t.Errorf("the page does not show %q", want)
				}
			}
			if h := x.header; h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Cache-Control"), "no-store") || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") {
				t.Errorf("%v", h)
			}
			x.hides(t, "日常协作") // the purpose is for who signs in
		}
	}
	if after := p.count(t); after != before || !p.waits(t, "E0006", c.ID) {
		t.Errorf("opening wrote something: %v, then %v", before, after)
	}

	// Without the page's token nothing is decided.
	if x, err := p.visitor(t, "").do(http.MethodPost, link, url.Values{"outcome": {"approve"}}); err != nil || x.status != http.StatusForbidden {
		t.Errorf("without a token: %d %v", x.status, err)
	}

	// What is wrong in the form is said, and what was typed is kept.
	v := p.visitor(t, "")
	if x := v.tap(t, link, "perhaps", "一段意见"); x.status != http.StatusUnprocessableEntity || !strings.Contains(x.text, "一段意见") {
		t.Errorf("no outcome: %d", x.status)
	}
	v.tap(t, link, domain.Approve, "手机上同意").says(t, http.StatusOK, "已同意")

	// The same once more is answered alike; the opposite is not taken; nobody is signed in.
	again := url.Values{"_csrf": {v.form0(t)}, "outcome": {"approve"}}
	if x, err := v.do(http.MethodPost, link, again); err != nil || x.status != http.StatusOK {
		t.Errorf("again: %d %v", x.status, err)
	}
	again.Set("outcome", "reject")
	if x, err := v.do(http.MethodPost, link, again); err != nil || x.status != http.StatusConflict {
		t.Errorf("the opposite: %d %v", x.status, err)
	}
	v.open(t, link).says(t, http.StatusGone, "已同意")
	for _, k := range v.c.Jar.Cookies(must(url.Parse(p.base))) {
		if k.Name == "qunbei" {
			t.Error("the link made a session")
		}
	}

	got := p.read(t, "E0040", c.ID)
	s := got.Route.Steps[0].Slots[0]
	if got.Status != domain.CaseApproved || s.Outcome != domain.Approve || s.Person.Number != "E0006" || s.Comment != "手机上同意" {
		t.Errorf("%s %+v", got.Status, s)
	}
	var way string
	p.sql(t, &way, "SELECT (act->>'via') || ' ' || (act->>'slot') || ' ' || (act->'proof'->>'signer') || ' ' || result FROM audit_entries WHERE workflow_id = $1 AND kind = 'decide'", "case-"+c.ID)
	if way != "mail_link r1.s1.p1 service accepted" {
		t.Errorf("on record: %s", way)
	}
	var used string
	p.sql(t, &used, "SELECT ended_reason || ' ' || (used_at IS NOT NULL) FROM mail_links WHERE case_id = $1", c.ID)
	if used != "used true" {
		t.Errorf("the link's row: %s", used)
	}
	if x := p.verdict(t, "case-"+c.ID); !x.OK {
		t.Errorf("replay: %+v", x)
	}

	// Neither log nor database holds the link, or its signature.
	secrets := []string{link, link[34:]}
	for _, s := range secrets {
		if line := lineWith(p.log.String(), s); line != "" {
			t.Errorf("in the log: %s", line)
		}
	}
	if held := holders(t, p.c.DatabaseURL, secrets); len(held[secrets[0]])+len(held[secrets[1]]) > 0 {
		t.Errorf("in the database: %v", held)
	}
}

// form0 is a token for the form when the page has none to offer any more.
func (v *visitor) form0(t *testing.T) string {
	t.Helper()
	for _, k := range v.c.Jar.Cookies(must(url.Parse(v.p.base))) {
		if strings.HasSuffix(k.Name, "-visitor") {
			return k.Value
		}
	}
	t.Fatal("no visitor's token")
	return ""
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// count is how much is on record.
func (p posted) count(t *testing.T) string {
	t.Helper()
	var n string
	p.sql(t, &n, `SELECT concat_ws(' ', (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM api_events), (SELECT count(*) FROM sessions),
		(SELECT string_agg(id || ended_reason || coalesce(used_at::text, '-'), ',' ORDER BY id) FROM mail_links))`)
	return n
}

// Two taps at once, and the same link in two browsers with opposite wishes: one decision, and everybody hears the same.
func TestADoubleTapDecidesOnce(t *testing.T) {
	p := withMail(t, nil)
	for _, mixed := range []bool{false, true} {
		c := p.file(t, "E0040", p.filing(t, fmt.Sprintf("平台部-双击%v", mixed), department))
		link := p.linkTo(t, "E0006", c)
		const n = 8
		var vs [n]*visitor
		var forms [n]url.Values
		for i := range n {
			outcome := domain.Approve
			if mixed && i%2 == 1 {
				outcome = domain.Reject
			}
			vs[i] = p.visitor(t, "")
			forms[i] = vs[i].form(t, link, outcome, "")
		}
		replies := atOnce(n, func(i int) reply {
			x, err := vs[i].do(http.MethodPost, link, forms[i])
			if err != nil {
				t.Error(err)
			}
			return reply{status: x.status, body: []byte(x.text)}
		})
		status := p.read(t, "E0040", c.ID).Status
		won := domain.Approve
		if status == domain.CaseRejected {
			won = domain.Reject
		}
		for i, x := range replies {
			want := http.StatusOK
			if forms[i].Get("outcome") != string(won) {
				want = http.StatusConflict
			}
			if x.status != want {
				t.Errorf("mixed %v, tap %d (%s): %d, want %d; the case is %s", mixed, i, forms[i].Get("outcome"), x.status, want, status)
			}
		}
		var n2 int
		if p.sql(t, &n2, "SELECT count(*) FROM audit_entries WHERE workflow_id = $1 AND kind = 'decide' AND result = 'accepted'", "case-"+c.ID); n2 != 1 {
			t.Errorf("mixed %v: %d decisions", mixed, n2)
		}
	}
}
