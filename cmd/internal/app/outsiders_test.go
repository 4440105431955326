package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

var doorLink = regexp.MustCompile(`https?://\S+/outsiders/links/([A-Za-z0-9_-]{43})`)

// outside is somebody from outside at their browser.
type outside struct {
	c            compared
	cookie, csrf string
	id           domain.EmployeeID
}

// do calls the API by the session's cookie.
func (o *outside) do(t *testing.T, method, path string, body any) reply {
	t.Helper()
	raw := []byte("{}")
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, o.c.base+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", o.cookie)
	req.Header.Set("X-CSRF-Token", o.csrf)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	resp, err := (&http.Client{Timeout: 40 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return reply{what: method + " " + path + " from outside", status: resp.StatusCode, header: resp.Header, body: b}
}

// guestOf is a stay in a group, by its row.
func (c compared) guestOf(t *testing.T, group string, who domain.EmployeeID) (domain.Guest, bool, domain.Group) {
	t.Helper()
	var raw []byte
	c.sql(t, &raw, "SELECT doc FROM groups WHERE id = $1", group)
	var g domain.Group
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	x, ok := g.GuestOf(who)
	return x, ok, g
}

// place is a person's row in a group.
func (c compared) place(t *testing.T, group string, who domain.EmployeeID) (state string) {
	t.Helper()
	c.sql(t, &state, "SELECT coalesce((SELECT state FROM group_members WHERE group_id = $1 AND employee_id = $2), '')", group, string(who))
	return state
}

// The whole way of somebody from outside (R2.2.5): refused where the group lets nobody in, asked for by a sponsor after an
// approved change, reviewed by another admin, signed in by a link, in on the platform, seeing nothing but their own, longer by a
// request, and out with session and all when the last day is over.
func TestTheWholeWayOfAnOutsider(t *testing.T) {
	box, err := mail.NewSink(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(context.Background()) })
	c := withPlatform(t, time.Hour, func(c *app.Config) {
		s := box.SMTP()
		c.SMTP, c.MailFrom = fmt.Sprintf("%s:%d", s.Host, s.Port), s.From
	})
	group, room := c.stands(t, "平台部-外部审计")
	day := func(n int) string {
		return time.Now().In(time.FixedZone("CST", 8*3600)).AddDate(0, 0, n).Format(time.DateOnly)
	}
	ask := func(who, group string, change map[string]any) reply {
		t.Helper()
		in := map[string]any{"decision_id": uuid.NewString(), "name": "林知远", "organisation": "江海咨询有限公司", "mail": "Lin@Partner.example", "phone": "+86 138 0013 8000", "ends_on": day(30), "comment": "年度审计"}
		for k, v := range change {
			in[k] = v
		}
		return c.post(t, who, "/groups/"+group+"/outsiders", in)
	}

	// The group lets nobody in: refused with the way out, and nobody is on record. A change goes through approval.
	p := ask("E0041", group, nil).is(t, http.StatusConflict).problem(t)
	if p.Code != string(domain.ReasonOutsidersClosed) || !strings.Contains(p.Detail, "changes") {
		t.Errorf("%+v", p)
	}
	var known int
	if c.sql(t, &known, "SELECT count(*) FROM outsiders"); known != 0 {
		t.Errorf("%d people on record of whom nobody may come", known)
	}
	cs := c.changed(t, group, "审计需要外部顾问", func(f *domain.Filing) { f.Permissions.InviteOutsiders = true })
	for range 4 {
		if v := c.read(t, "E0037", cs.ID); v.Status != domain.CaseApproved {
			for _, st := range v.Route.Steps {
				for _, sl := range st.Slots {
					if sl.Status == domain.SlotOpen {
						c.post(t, sl.Person.Number, "/cases/"+cs.ID+"/decisions", decision(v.CaseSummary, domain.Approve))
					}
				}
			}
		}
	}
	c.applied(t, cs)

	// Hostile and mistaken inputs: each refused at its field, nobody put on record.
	var own string
	c.sql(t, &own, "SELECT email FROM employees WHERE number = 'E0041'")
	for name, x := range map[string]struct {
		change map[string]any
		field  string
	}{
		"no address":         {map[string]any{"mail": "lin"}, "mail"},
		"two addresses":      {map[string]any{"mail": "a@b.example,c@d.example"}, "mail"},
		"a header in it":     {map[string]any{"mail": "a@b.example\r\nBcc: x@y.example"}, "mail"},
		"a name before it":   {map[string]any{"mail": "Lin <a@b.example>"}, "mail"},
		"one's own address":  {map[string]any{"mail": own}, "mail"},
		"in capitals":        {map[string]any{"mail": strings.ToUpper(own)}, "mail"},
		"a line break":       {map[string]any{"name": "林知远\r\nSubject: x"}, "name"},
		"nobody":             {map[string]any{"name": " "}, "name"},
		"an invisible name":  {map[string]any{"name": "林\u202e知远"}, "name"},
		"no organisation":    {map[string]any{"organisation": ""}, "organisation"},
		"no telephone":       {map[string]any{"phone": "<script>"}, "phone"},
		"the end has passed": {map[string]any{"ends_on": day(-1)}, "ends_on"},
		"the end is today":   {map[string]any{"ends_on": day(0)}, "ends_on"},
		"the end is too far": {map[string]any{"ends_on": day(181)}, "ends_on"},
		"the end is no day":  {map[string]any{"ends_on": "2027-02-30"}, "ends_on"},
		"no end":             {map[string]any{"ends_on": ""}, "ends_on"},
		"no reason":          {map[string]any{"comment": ""}, "comment"},
	} {
		if x := ask("E0041", group, x.change); x.status != http.StatusUnprocessableEntity && x.status != http.StatusBadRequest || !strings.Contains(string(x.body), `"field":"`) {
			t.Errorf("%s: %d %s", name, x.status, x.body)
		}
	}
	if c.sql(t, &known, "SELECT count(*) FROM outsiders"); known != 0 {
		t.Errorf("%d people on record by what was refused", known)
	}
	ask("E0044", group, nil).is(t, http.StatusForbidden) // not in the group: nobody sponsors from elsewhere

	// Asked for by a member; found by their address in whatever letters; reviewed by an admin.
	key := uuid.NewString()
	first := ask("E0041", group, map[string]any{"decision_id": key}).answer(t)
	if again := ask("E0041", group, map[string]any{"decision_id": key}).answer(t); first.Result != domain.Accepted || again.Result != domain.Duplicate {
		t.Errorf("%s, and the same again: %s", first.Result, again.Result)
	}
	if p := ask("E0037", group, map[string]any{"mail": "lin@partner.EXAMPLE", "name": "别名"}).is(t, http.StatusConflict).problem(t); p.Code != string(domain.ReasonWaiting) {
		t.Errorf("the same address again: %+v", p)
	}
	var list service.OutsiderList
	c.get(t, "E0037", "/groups/"+group+"/outsiders").is(t, http.StatusOK).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Person.Name != "林知远" || list.Items[0].Person.Number != "X-0001" || !list.Items[0].Review || list.Items[0].Said != "年度审计" {
		t.Fatalf("%+v", list)
	}
	o := &outside{c: c, id: list.Items[0].Person.ID}
	x := "/groups/" + group
	c.post(t, "E0037", x+"/members", map[string]any{"decision_id": uuid.NewString(), "people": []string{string(o.id)}}).is(t, http.StatusUnprocessableEntity) // past the review
	linkAsked := func() reply {
		return c.post(t, "", "/sessions/links", map[string]string{"mail": "lin@partner.example"})
	}
	linkAsked().is(t, http.StatusNoContent) // not invited yet: the same answer, and no link
	until(t, "the request is carried out", func() bool {
		var open int
		c.sql(t, &open, "SELECT count(*) FROM outbox WHERE kind = 'outsider_link' AND done_at IS NULL")
		return open == 0
	})
	if c.sql(t, &known, "SELECT count(*) FROM outsider_links"); known != 0 {
		t.Error("a link for somebody whom nobody has let in")
	}
	c.post(t, "E0037", x+"/joins/X-0001/reviews", map[string]any{"decision_id": uuid.NewString(), "outcome": "accept"}).answer(t)
	var mails []mail.Received
	until(t, "the invitation's mail", func() bool {
		mails = slices.DeleteFunc(box.List(500), func(m mail.Received) bool { return m.To != "lin@partner.example" })
		return len(mails) == 1
	})
	if doorLink.MatchString(mails[0].Body) || !strings.Contains(mails[0].Subject, "邀请") {
		t.Errorf("%s\n%s", mails[0].Subject, mails[0].Body)
	}

	// A link: the same answer for an address that is nobody's. It is used once, and opening it uses nothing.
	if a, b := linkAsked(), c.post(t, "", "/sessions/links", map[string]string{"mail": "nobody@partner.example"}); a.status != b.status || string(a.body) != string(b.body) {
		t.Errorf("%d %s, of nobody %d %s", a.status, a.body, b.status, b.body)
	}
	var link []string
	var moved int
	until(t, "the link's mail", func() bool {
		c.sql(t, &moved, `WITH m AS (UPDATE outbox SET key = key || ':' || id WHERE kind = 'outsider_link' AND done_at IS NOT NULL RETURNING 1) SELECT count(*) FROM m`) // the window of five minutes passes
		for _, m := range box.List(500) {
			if found := doorLink.FindStringSubmatch(m.Body); found != nil && m.To == "lin@partner.example" {
				link = found
				return true
			}
		}
		if moved > 0 {
			linkAsked()
		}
		return false
	})
	for range 2 {
		if status, _, text := c.page2(t, "/outsiders/links/"+link[1]); status != http.StatusOK || !strings.Contains(text, "<form") {
			t.Errorf("%d %s", status, text)
		}
	}
	in := c.post(t, "", "/sessions/outsiders", map[string]string{"link": link[1]}).is(t, http.StatusCreated)
	var signedIn struct {
		CSRF string `json:"csrf_token"`
	}
	in.into(t, &signedIn)
	o.cookie, o.csrf = strings.Split(in.header.Get("Set-Cookie"), ";")[0], signedIn.CSRF
	c.post(t, "", "/sessions/outsiders", map[string]string{"link": link[1]}).is(t, http.StatusNotFound)
	c.post(t, "", "/sessions/outsiders", map[string]string{"link": strings.Repeat("A", 43)}).is(t, http.StatusNotFound)

	// Their own place and nothing else.
	var places service.Page[service.PlaceView]
	o.do(t, "GET", "/api/v1/memberships", nil).is(t, http.StatusOK).into(t, &places)
	if len(places.Items) != 1 || places.Items[0].Place != domain.MemberInvited || places.Items[0].EndsOn != day(30) || places.Items[0].Sponsor == nil || places.Items[0].Open {
		t.Errorf("%+v", places.Items)
	}
	other, _ := c.stands(t, "平台部-与外人无关")
	for _, path := range []string{"/api/v1/groups", "/api/v1" + x, "/api/v1/people?q=E00", "/api/v1/inbox", "/api/v1/me", "/api/v1/cases", "/api/v1/groups/" + other + "/joins", "/groups", x, "/demo/mail", "/me", "/courses/secrecy"} {
		if got := o.do(t, "GET", path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %.200s", path, got.status, got.body)
		}
	}
	o.do(t, "POST", "/api/v1/tokens", map[string]any{"name": "n", "days": 1}).is(t, http.StatusNotFound)
	o.do(t, "POST", "/api/v1/groups/"+other+"/joins", map[string]any{}).is(t, http.StatusNotFound)

	// In: on the register, on the platform, flagged; found by nobody who looks for colleagues.
	o.do(t, "POST", "/api/v1"+x+"/invitations/"+string(o.id)+"/answers", map[string]any{"decision_id": uuid.NewString(), "outcome": "accept"}).is(t, http.StatusOK)
	until(t, "in on the platform", func() bool {
		members, _ := c.far.Members(room)
		return slices.Contains(members, o.id) && c.place(t, group, o.id) == "active"
	})
	var row service.Page[service.GroupRow]
	c.get(t, "E0037", "/groups?flag=outsiders").is(t, http.StatusOK).into(t, &row)
	if len(row.Items) != 1 || row.Items[0].ID != group || !slices.Contains(row.Items[0].Flags, domain.FlagOutsiders) {
		t.Errorf("filtered by the flag: %+v", row.Items)
	}
	for _, path := range []string{"/people?q=X-0001", "/people?q=" + "%E6%9E%97%E7%9F%A5%E8%BF%9C"} {
		c.get(t, "E0037", path).is(t, http.StatusOK).says(t, `"items":[]`)
	}
	c.present(t, group, func(f *domain.Filing) {
		if slices.Contains(f.Members, o.id) {
			t.Error("a change of the group would file the person from outside as a member")
		}
	})

	// Longer by a request, answered by an admin; then the last day is over: out of everything, the session too.
	c.post(t, "E0041", x+"/outsiders/X-0001/extensions", map[string]any{"decision_id": uuid.NewString(), "ends_on": day(60), "comment": "审计延期"}).answer(t)
	c.post(t, "E0038", x+"/joins/X-0001/reviews", map[string]any{"decision_id": uuid.NewString(), "outcome": "accept"}).answer(t)
	guest, _, g := c.guestOf(t, group, o.id)
	if guest.EndsOn != day(60) {
		t.Errorf("%+v", guest)
	}
	engine, err := client.Dial(client.Options{HostPort: c.c.TemporalHostPort, Namespace: c.c.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	for _, d := range g.Life.Dates {
		if !d.Kind.Outsiders() {
			continue
		}
		act := domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, At: d.At, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}}
		if err := engine.SignalWorkflow(t.Context(), workflows.GroupID(group), "", workflows.SignalGroupAct, act); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "out, confirmed by the platform", func() bool {
		members, _ := c.far.Members(room)
		return !slices.Contains(members, o.id) && c.place(t, group, o.id) == "removed"
	})
	if got := o.do(t, "GET", "/api/v1/memberships", nil); got.status != http.StatusUnauthorized {
		t.Errorf("the session goes on: %d %s", got.status, got.body)
	}
	until(t, "told that it is over", func() bool {
		return slices.ContainsFunc(box.List(500), func(m mail.Received) bool {
			return m.To == "lin@partner.example" && strings.Contains(m.Subject, "已移出") && !strings.Contains(m.Body, "http")
		})
	})
	c.get(t, "E0037", "/groups?flag=outsiders").is(t, http.StatusOK).says(t, `"items":[]`)
	c.get(t, "E0037", x+"/timeline").is(t, http.StatusOK).says(t, "outsider_ends")
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("the history does not replay: %+v", v)
	}
	for _, secret := range []string{"林知远", "lin@partner", "江海咨询", link[1]} {
		if strings.Contains(c.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

// page2 reads a page as nobody.
func (c compared) page2(t *testing.T, path string) (int, http.Header, string) {
	t.Helper()
	return c.running.page(t, "", path)
}
