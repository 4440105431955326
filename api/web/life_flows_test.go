package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// visitor is somebody's browser without scripts.
func visitor(t *testing.T, base, number string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	got(t, c, base+"/signin")
	page := got(t, c, base+"/signin")
	resp, err := c.PostForm(base+"/signin", url.Values{"number": {number}, "_csrf": {between(page, `name="_csrf" value="`, `"`)}})
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("signing in: %v %v", err, resp)
	}
	resp.Body.Close()
	return c
}

func got(t *testing.T, c *http.Client, address string) string {
	t.Helper()
	resp, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 500 {
		t.Fatalf("%s: %d %v", address, resp.StatusCode, err)
	}
	return string(b)
}

func between(s, from, to string) string {
	_, rest, _ := strings.Cut(s, from)
	out, _, _ := strings.Cut(rest, to)
	return out
}

// The forms of a group's page send what they say: the act, its id, the reason, whom it is about, what was seen.
func TestFormsOfAGroupsLife(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	c := visitor(t, base, "E0007")
	g := base + "/groups/" + id(307)
	page := got(t, c, g)
	csrf := between(page, `name="_csrf" value="`, `"`)
	for _, x := range []struct {
		path string
		form url.Values
		ok   func(service.GroupActInput) bool
	}{
		{"renewals", url.Values{"digest": {"sha256:5f"}, "ends_on": {"2027-06-30"}}, func(in service.GroupActInput) bool {
			return in.Kind == domain.GroupRenew && in.Digest == "sha256:5f" && in.EndsOn == "2027-06-30"
		}},
		{"members", url.Values{"admitted": {id(3) + "|E0003|张伟|平台部"}, "admitted_numbers": {"E0004"}}, func(in service.GroupActInput) bool {
			return in.Kind == domain.GroupAdmit && len(in.People) == 2
		}},
		{"members/" + id(8) + "/removals", url.Values{"comment": {"转岗"}}, func(in service.GroupActInput) bool {
			return in.Kind == domain.GroupRemove && len(in.People) == 1 && in.People[0] == id(8) && in.Comment == "转岗"
		}},
		{"findings/stranger:1/resolutions", url.Values{"proposal": {"dismiss"}, "comment": {"误报"}}, func(in service.GroupActInput) bool {
			return in.Finding == "stranger:1" && in.Proposal == domain.ProposeDismiss && in.Comment == "误报"
		}},
		{"operations/9.1/retries", url.Values{}, func(in service.GroupActInput) bool { return in.Op == "9.1" }},
		{"gaps/recall/acknowledgements", url.Values{}, func(in service.GroupActInput) bool { return in.Capability == "recall" }},
		{"departures", url.Values{}, func(in service.GroupActInput) bool { return in.Kind == domain.GroupLeave }},
	} {
		s.groupActs = nil
		x.form.Set("_csrf", csrf)
		x.form.Set("act_id", id(77))
		resp, err := c.PostForm(g+"/"+x.path, x.form)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || len(s.groupActs) != 1 || s.groupActs[0].ID != id(77) || !x.ok(s.groupActs[0]) {
			t.Errorf("%s: %d %+v", x.path, resp.StatusCode, s.groupActs)
		}
	}
	// Refused: the page says why, and what was typed comes back to its own form alone.
	s.broken = &service.Error{Kind: service.Conflict, Code: "custodian", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonCustodian}}
	resp, err := c.PostForm(g+"/members/"+id(8)+"/removals", url.Values{"_csrf": {csrf}, "act_id": {id(78)}, "comment": {"只此一处"}})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusConflict || !strings.Contains(string(b), "保管人") || strings.Count(string(b), "只此一处") != 1 {
		t.Errorf("%d, %d times", resp.StatusCode, strings.Count(string(b), "只此一处"))
	}
}

// Several groups are renewed at once, each with its own result; nothing ticked is said so.
func TestRenewingSeveral(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	c := visitor(t, base, "E0007")
	page := got(t, c, base+"/renewals")
	if strings.Count(page, `name="pick"`) != 2 || strings.Count(page, `class="renewal"`) != 3 {
		t.Errorf("%d can be ticked", strings.Count(page, `name="pick"`))
	}
	csrf := between(page, `name="_csrf" value="`, `"`)
	post := func(v url.Values) (int, string) {
		v.Set("_csrf", csrf)
		resp, err := c.PostForm(base+"/renewals", v)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if code, text := post(url.Values{}); code != http.StatusUnprocessableEntity || !strings.Contains(text, "没有选择群组") {
		t.Errorf("nothing ticked: %d", code)
	}
	code, text := post(url.Values{"pick": {id(302) + "|" + id(1) + "|sha256:5f|甲", id(303) + "|" + id(2) + "|sha256:5f|乙<b>", "half a tick"}})
	if code != http.StatusOK || !strings.Contains(text, "已续期 1 个") || !strings.Contains(text, "群管理员少于两人") || strings.Contains(text, "乙<b>") {
		t.Errorf("%d %s", code, between(text, `id="h-result"`, "</section>"))
	}
}

// The register goes out as a workbook with the texts in it, formulas none.
func TestRegisterAsWorkbook(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	c := visitor(t, base, "E0002")
	resp, err := c.Get(base + "/groups.xlsx?tier=secret")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	book, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Sheet1")
	if err != nil || len(rows) != 2 || rows[1][0] != "Q-2026-00011" || rows[0][5] != "标记" {
		t.Errorf("%v %v", rows, err)
	}
}

// The figures lead into the register narrowed to them, and are told in words to who cannot see them.
func TestOverviewLeadsIntoTheRegister(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	page := got(t, visitor(t, base, "E0002"), base+"/groups/overview")
	for _, want := range []string{`href="/groups?state=frozen"`, `href="/groups?flag=drift"`, `due_from=2026-12-01&amp;due_to=2026-12-31`, "<desc id=\"d-due\">", "12月 143"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	resp, err := visitor(t, base, "E0003").Get(base + "/groups/overview")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("an employee: %v %v", resp.StatusCode, err)
	}
	resp.Body.Close()
}
