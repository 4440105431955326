package web_test

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
)

// handID is the script's case that needs a hand.
var handID = func() string {
	for _, c := range newScript(monday).cases() {
		if c.NeedsHand != "" {
			return c.ID
		}
	}
	return ""
}()

// poster signs somebody in who sends forms and reads pages.
func poster(t *testing.T, base, number string) (post func(path string, kv ...string) (int, string), get func(string) (int, string)) {
	t.Helper()
	c, get := visit(t, base, number)
	return func(path string, kv ...string) (int, string) {
		t.Helper()
		_, page := get("/me")
		form := url.Values{"_csrf": {token(page)}, "key": {"0198c0de-0000-7000-8000-00000000abcd"}}
		for i := 0; i+1 < len(kv); i += 2 {
			form.Set(kv[i], kv[i+1])
		}
		r, err := c.PostForm(base+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		b, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(b)
	}, get
}

// A process administrator uploads a policy, is shown each fault at its line, corrects it, tries it, proposes it; a colleague
// activates it, comparing with the version in force.
func TestPolicyOnThePages(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base, b := serve(t, s), browsertest.Chrome(t)
	for _, look := range []browsertest.Look{wide, {Lang: "en", Width: 390, Dark: true}} {
		say := map[string]string{"defect": "第 3 行，第 1 列", "remedy": "没有这个字段。 改法： 请删除，或改用以下之一：version", "proposed": "已提议", "activated": "已启用", "withdrawn": "已撤回"}
		if look.Lang == "en" {
			say = map[string]string{"defect": "Line 3, column 1", "remedy": "Unknown field. Remedy: Remove it, or use one of: version", "proposed": "Proposed:", "activated": "Activated:", "withdrawn": "Withdrawn"}
		}
		p := b.Page(t, base, look)
		p.Allow("status of 422")
		p.SignIn("E0006")
		p.Open("/policies")
		file := filepath.Join(t.TempDir(), "policy.yaml")
		if err := os.WriteFile(file, []byte("version: faulty\nmax_life_days: many\ndeadlin: 2d\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Upload("#f-file", file)
		p.Click("#upload button")
		p.WaitText(".errors", "deadlin: 2d")
		p.WaitText(".defects", say["defect"])
		p.WaitText(".defects", say["remedy"])
		p.Sound()
		p.Shot("policy-faults")
		if got := p.Eval("document.querySelector('#f-text').value"); !strings.HasPrefix(got, "version: faulty") {
			t.Errorf("the text to correct is lost: %q", got)
		}
		p.Fill("#f-text", "version: sound")
		p.Click("#upload button")
		p.WaitPath("/policies/" + versionDraft)
		p.Click("#dry button")
		p.WaitText("#h-report", "200")
		p.Sound()
		p.Shot("policy-dry-run")
		p.Click("form[action$=proposals] button")
		p.WaitText("#live", say["proposed"])
		p.Open("/policies/" + versionProposed)
		p.Click(".act-part > summary")
		p.Click("form[action$=activations] button")
		p.WaitText("#live", say["activated"])
		p.Open("/policies/" + versionDraft)
		p.Click(".danger-zone > summary")
		p.Click("form[action$=withdrawals] button")
		p.WaitText("#live", say["withdrawn"])
	}
	want := []string{"propose at once " + versionDraft, "activate against " + versionNow + " " + versionProposed, "withdraw " + versionDraft}
	if !slices.Equal(s.rulesActs, append(want, want...)) {
		t.Errorf("done: %q", s.rulesActs)
	}
}

// Who may not activate alone is told so on the version's own page; an auditor sees no act at all.
func TestPolicyTellsWhoMay(t *testing.T) {
	s := newScript(monday)
	s.broken = &service.Error{Kind: service.Forbidden, Code: "two_people_needed"}
	base := serve(t, s)
	post, get := poster(t, base, "E0006")
	if status, page := post("/policies/"+versionProposed+"/activations", "against", versionNow); status != 409 || !strings.Contains(page, "两人共同完成") || !strings.Contains(page, versionProposed) {
		t.Errorf("%d %s", status, page)
	}
	if status, page := get("/policies/" + versionProposed + "?against=" + "2025.4%2B3a2b3c4d5e6f"); status != 200 || !strings.Contains(page, "票签") {
		t.Errorf("%d: no difference: %s", status, page)
	}
	_, get = visit(t, base, "E0005")
	if status, page := get("/policies/" + versionProposed); status != 200 || strings.Contains(page, "/activations") || strings.Contains(page, "/dry-runs") {
		t.Errorf("%d: an auditor is offered acts", status)
	}
	_, get = visit(t, base, "E0003")
	if status, _ := get("/policies"); status != 403 {
		t.Errorf("an employee sees the policies: %d", status)
	}
}

// A date is read in the company's zone.
func TestPolicyIsProposedForADate(t *testing.T) {
	s := newScript(monday)
	post, _ := poster(t, serve(t, s), "E0006")
	post("/policies/"+versionDraft+"/proposals", "effective_at", "2027-01-01T00:00")
	if !slices.Equal(s.rulesActs, []string{"propose 2026-12-31T16:00:00Z " + versionDraft}) {
		t.Errorf("%q", s.rulesActs)
	}
	if status, _ := post("/policies/"+versionDraft+"/proposals", "effective_at", "soon"); status != 422 || len(s.rulesActs) != 1 {
		t.Errorf("%d %q", status, s.rulesActs)
	}
}

// The queue names why a case is stuck, since when and where; naming somebody goes on record.
func TestTheQueueAndItsHand(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), phone)
	p.Allow("status of 422")
	p.SignIn("E0006")
	p.Open("/hand")
	p.WaitText("main", "安全部门审核")
	p.Click("td a.btn")
	p.Fill("[data-picker=assignee] .find input", "李雪")
	p.Wait("[data-picker=assignee] .found button")
	p.Click("[data-picker=assignee] .found button")
	p.Fill("#f-comment", "算法部负责人空缺，由安全专员审批")
	p.Sound()
	p.Click("form[action$=assignments] button.primary")
	p.WaitText("#live", "已指定")
	if want := fmt.Sprintf("assign %s %q to 002: 算法部负责人空缺，由安全专员审批", handID[len(handID)-3:], ""); !slices.Contains(s.did, want) {
		t.Errorf("%q, want %q", s.did, want)
	}
	s.broken = &service.Error{Kind: service.Unavailable, Code: "engine_unavailable", RetryAfter: 1}
	p.Allow("status of 503")
	p.Open("/hand/" + handID)
	p.Fill("[data-picker=assignee] .find input", "李雪")
	p.Wait("[data-picker=assignee] .found button")
	p.Click("[data-picker=assignee] .found button")
	p.Fill("#f-comment", "理由不丢")
	p.Click("form[action$=assignments] button.primary")
	p.Wait("#live .notice")
	if got := p.Eval("document.querySelector('#f-comment').value"); got != "理由不丢" {
		t.Errorf("what was typed is lost: %q", got)
	}
}
