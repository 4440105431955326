package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// The process administrators of the demo company.
const (
	admin1 = "E0034"
	admin2 = "E0035"
)

// edited is the default policy with a version of its own and texts replaced.
func edited(t *testing.T, version string, pairs ...string) []byte {
	t.Helper()
	text := string(defaultpolicy.Policy)
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the default policy does not hold %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return []byte(strings.Replace(text, `version: "2026.4"`, `version: "`+version+`"`, 1))
}

// securityTakesLonger changes one deadline: only routes by the security office differ.
func securityTakesLonger(t *testing.T, version string) []byte {
	return edited(t, version, "deadline: 1d\n    remind: [4h]", "deadline: 2d\n    remind: [4h]")
}

func (r *running) yaml(t *testing.T, who, path string, body []byte, header ...string) reply {
	t.Helper()
	x, err := r.try(who, http.MethodPost, path, "application/yaml", body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (r *running) draft(t *testing.T, who string, body []byte) service.RulesVersion {
	t.Helper()
	var v service.RulesVersion
	r.yaml(t, who, "/policies", body).is(t, http.StatusCreated).into(t, &v)
	return v
}

func (r *running) version(t *testing.T, kind, version string) service.RulesVersionView {
	t.Helper()
	var v service.RulesVersionView
	r.get(t, admin1, "/"+kind+"/"+version).is(t, http.StatusOK).into(t, &v)
	return v
}

func (r *running) propose(t *testing.T, who, kind, version string, at *time.Time) {
	t.Helper()
	r.post(t, who, "/"+kind+"/"+version+"/proposals", map[string]any{"effective_at": at}).is(t, http.StatusOK)
}

func (r *running) activate(t *testing.T, who, kind, version string) reply {
	t.Helper()
	return r.post(t, who, "/"+kind+"/"+version+"/activations", map[string]string{"against": r.version(t, kind, version).InForce})
}

// A policy is uploaded, compared, tried on past requests, proposed by one and put into force by another; cases keep the
// version they began with; a later date comes by itself.
func TestPolicyIsChangedByTwo(t *testing.T) {
	r := own(t, nil)
	f := r.file(t, "E0040", r.filing(t, "平台部-值班交接", department))
	secret := r.file(t, "E0040", r.filing(t, "平台部-保密值班", confidential))
	r.file(t, "E0040", r.filing(t, "项目-支付网关"))
	before := r.read(t, "E0040", secret.ID)

	r.yaml(t, "E0040", "/policies", securityTakesLonger(t, "2026.5")).is(t, http.StatusForbidden)
	r.yaml(t, "E0021", "/policies", securityTakesLonger(t, "2026.5")).is(t, http.StatusForbidden) // an auditor only looks
	v := r.draft(t, admin1, securityTakesLonger(t, "2026.5"))
	r.yaml(t, admin2, "/policies", securityTakesLonger(t, "2026.5")).is(t, http.StatusOK) // the same file once
	if v.State != service.RulesDraft || v.Author == nil || v.Author.Number != admin1 || v.Title.EN == "" {
		t.Fatalf("%+v", v)
	}

	var d service.RulesDiff
	r.get(t, "E0021", "/policies/"+v.Version+"/diff").is(t, http.StatusOK).into(t, &d)
	if len(d.Changes) != 1 || d.Changes[0].Path != "steps.security.deadline" || d.Against != before.Policy || len(d.Lines) == 0 {
		t.Errorf("the difference: %+v", d)
	}

	var rep service.DryRunReport
	r.post(t, admin1, "/policies/"+v.Version+"/dry-runs", map[string]any{"last": 100}).is(t, http.StatusOK).into(t, &rep)
	if rep.Requests != 3 || rep.Sums.Unchanged != 2 || rep.Sums.Later != 1 || len(rep.Cases) != 1 || rep.Cases[0].Number != secret.Number ||
		len(rep.Cases[0].Steps) != 1 || rep.Cases[0].Steps[0].Key != "security" || !rep.Cases[0].Steps[0].DueAfter.After(*rep.Cases[0].Steps[0].DueBefore) {
		t.Errorf("the dry run: %+v", rep)
	}
	raw, _ := json.Marshal(rep)
	for _, private := range []string{"保密值班", "日常协作"} {
		if strings.Contains(string(raw), private) {
			t.Errorf("the dry run tells what was asked for: %s", raw)
		}
	}
	r.post(t, admin1, "/policies/"+v.Version+"/dry-runs", map[string]any{"last": 2001}).is(t, http.StatusUnprocessableEntity)
	r.post(t, "E0021", "/policies/"+v.Version+"/dry-runs", map[string]any{}).is(t, http.StatusForbidden)

	if p := r.activate(t, admin2, "policies", v.Version).is(t, http.StatusConflict).problem(t); p.Code != "rules_state" {
		t.Errorf("a draft is activated: %+v", p)
	}
	r.propose(t, admin1, "policies", v.Version, nil)
	if p := r.activate(t, admin1, "policies", v.Version).is(t, http.StatusForbidden).problem(t); p.Code != "two_people_needed" {
		t.Errorf("one person alone: %+v", p)
	}
	r.propose(t, admin2, "policies", v.Version, nil) // proposed by the other, the author cannot activate it either
	if p := r.activate(t, admin1, "policies", v.Version).is(t, http.StatusForbidden).problem(t); p.Code != "two_people_needed" {
		t.Errorf("the author: %+v", p)
	}
	r.propose(t, admin1, "policies", v.Version, nil)
	if p := r.post(t, admin2, "/policies/"+v.Version+"/activations", map[string]string{"against": v.Version}).is(t, http.StatusConflict).problem(t); p.Code != "rules_stale" {
		t.Errorf("compared with something else: %+v", p)
	}
	if got := r.version(t, "policies", v.Version); got.Blocked != "proposed_by_you" {
		t.Errorf("the proposer is told nothing: %+v", got)
	}
	key := []string{"Idempotency-Key", "activation-of-2026.5"}
	body := map[string]string{"against": before.Policy}
	for range 2 { // the same key twice: once
		r.post(t, admin2, "/policies/"+v.Version+"/activations", body, key...).is(t, http.StatusOK)
	}
	r.post(t, admin2, "/policies/"+v.Version+"/activations", map[string]string{"against": "else"}, key...).is(t, http.StatusConflict)
	until(t, "the new policy holds", func() bool { return r.version(t, "policies", v.Version).State == service.RulesActive })

	after := r.read(t, "E0040", r.file(t, "E0040", r.filing(t, "平台部-新值班", confidential)).ID)
	if after.Policy != v.Version {
		t.Errorf("a new case began under %s", after.Policy)
	}
	still := r.read(t, "E0040", secret.ID)
	if still.Policy != before.Policy || still.Route.Name != before.Route.Name || still.Route.Steps[1].Minutes == after.Route.Steps[1].Minutes {
		t.Errorf("an open case changed its policy: %+v, was %+v", still.Route, before.Route)
	}
	r.approve(t, "E0006", f) // and goes on under it
	if c := r.read(t, "E0040", f.ID); c.Status != domain.CaseApproved || c.Policy != before.Policy {
		t.Errorf("%s under %s", c.Status, c.Policy)
	}
	old := r.version(t, "policies", before.Policy)
	if old.State != service.RulesSuperseded || old.Until == nil || !old.Setup {
		t.Errorf("the old policy: %+v", old.RulesVersion)
	}
	var page service.Page[service.RulesVersion]
	r.get(t, "E0021", "/policies").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 2 {
		t.Errorf("%+v", page)
	}

	// A date to come: nothing is restarted, nothing is switched.
	next := r.draft(t, admin2, securityTakesLonger(t, "2026.4"))
	at := time.Now().UTC().Add(8 * time.Second)
	r.propose(t, admin2, "policies", next.Version, &at)
	r.activate(t, admin1, "policies", next.Version).is(t, http.StatusOK)
	if got := r.version(t, "policies", next.Version); got.State != service.RulesScheduled {
		t.Errorf("%+v", got.RulesVersion)
	}
	if got := r.file(t, "E0040", r.filing(t, "平台部-之前", department)); r.read(t, "E0040", got.ID).Policy != v.Version {
		t.Error("the later policy is used too early")
	}
	time.Sleep(time.Until(at) + 50*time.Millisecond)
	if got := r.file(t, "E0040", r.filing(t, "平台部-之后", department)); r.read(t, "E0040", got.ID).Policy != next.Version {
		t.Error("the later policy is not used when its time came")
	}
	// What was done is on record.
	for kind, n := range map[string]int{"policy_drafted": 2, "policy_proposed": 4, "policy_activated": 2, "policy_dry_run": 1, "rules_refused": 4} {
		var got int
		if r.sql(t, &got, `SELECT count(*) FROM api_events WHERE kind = $1`, kind); got != n {
			t.Errorf("%d entries %s, want %d", got, kind, n)
		}
	}
}

// A policy that the present directory cannot carry is refused with the list; nothing is stuck later.
func TestPolicyWithoutPeopleIsRefused(t *testing.T) {
	r := own(t, nil)
	v := r.draft(t, admin1, edited(t, "2026.5", "who: [{company: leader, backup: {role: security_officer}}]", "who: [{company: leader}]"))
	r.propose(t, admin1, "policies", v.Version, nil)
	p := r.activate(t, admin2, "policies", v.Version).is(t, http.StatusConflict).problem(t)
	if p.Code != "policy_unresolvable" || len(p.Problems) == 0 || p.Problems[0].Step == nil || p.Problems[0].Reason != "nobody_to_ask" {
		t.Fatalf("%+v", p)
	}
	if got := r.version(t, "policies", v.Version); got.State != service.RulesProposed || len(got.Problems) != len(p.Problems) {
		t.Errorf("%+v", got)
	}
	r.post(t, admin1, "/policies/"+v.Version+"/withdrawals", map[string]any{}).is(t, http.StatusOK)
	if got := r.version(t, "policies", v.Version); got.State != service.RulesWithdrawn || got.WithdrawnBy == nil {
		t.Errorf("%+v", got.RulesVersion)
	}
}

// Malformed and hostile files are refused in under a second, each fault with its place and remedy.
func TestHostilePoliciesAreRefused(t *testing.T) {
	r := shared(t)
	big := strings.Repeat("# "+strings.Repeat("x", 97)+"\n", 11000)
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n"
	for _, tc := range []struct {
		name   string
		body   []byte
		status int
	}{
		{"no YAML", []byte("version: [\n"), 422},
		{"a thousand levels", []byte("version: " + strings.Repeat("[", 10000)), 422},
		{"aliases", []byte(bomb), 422},
		{"many keys", []byte(strings.Repeat("k: 1\n", 40000)), 422},
		{"over the parser's limit", []byte(big[:400_000]), 422},
		{"over the door's limit", []byte(big), 413},
		{"empty", []byte{}, 422},
		{"NUL", []byte("version: \x00"), 422},
		{"not UTF-8", []byte("version: \xff\xfe"), 422},
		{"condition that is expensive", edited(t, "x", `when: tier == "secret"`, `when: `+strings.Repeat(`(`, 2000)+`members > 1`+strings.Repeat(`)`, 2000)), 422},
		{"condition of unknown names", edited(t, "x", `when: tier == "secret"`, `when: os.Exit(1) == 1`), 422},
		{"unknown step", edited(t, "x", "steps: [owners, security, company_head]", "steps: [owners, nobody, company_head]"), 422},
	} {
		t.Run(tc.name, func(t *testing.T) {
			began := time.Now()
			x := r.yaml(t, admin1, "/policies", tc.body).is(t, tc.status)
			if took := time.Since(began); took > time.Second*slack {
				t.Errorf("it took %v", took)
			}
			p := x.problem(t)
			if tc.status != 422 || len(tc.body) == 0 {
				return
			}
			if p.Code != "rules_faulty" || len(p.Defects) == 0 || p.Defects[0].Code == "" || p.Defects[0].Text == "" || p.Defects[0].Remedy == "" {
				t.Errorf("%s", x.body)
			}
			if strings.HasPrefix(tc.name, "condition") && p.Defects[0].Line == 0 {
				t.Errorf("no place: %s", x.body)
			}
		})
	}
	for lang, says := range map[string]string{"en": "unknown field", "zh-CN": "没有这个字段"} {
		body := edited(t, "x", "max_life_days: 1095", "max_life_days: 1095\nmax_live: 3")
		p := r.yaml(t, admin1, "/policies", body, "Accept-Language", lang).is(t, http.StatusUnprocessableEntity).problem(t)
		if d := p.Defects[0]; d.Code != "unknown_field" || d.Text != says || d.Line == 0 || d.Column != 1 || d.Params["allowed"] == "" {
			t.Errorf("in %s: %+v", lang, d)
		}
	}
	for _, v := range []string{"1", "2026.1+000000000000", "..%2f..", "%27%20OR%201=1", strings.Repeat("x", 200)} {
		r.get(t, admin1, "/policies/"+v).is(t, http.StatusNotFound)
		r.get(t, admin1, "/policies/"+r.current(t)+"/diff?against="+url.QueryEscape("nothing")).is(t, http.StatusNotFound)
	}
	r.post(t, admin1, "/policies/"+r.current(t)+"/proposals", map[string]any{"effective_at": "yesterday"}).is(t, http.StatusBadRequest)
	r.post(t, admin1, "/policies/"+r.current(t)+"/proposals", map[string]any{"effective_at": "2020-01-01T00:00:00Z"}).is(t, http.StatusUnprocessableEntity)
	r.post(t, admin1, "/policies/"+r.current(t)+"/withdrawals", map[string]any{}).is(t, http.StatusConflict)
	var schema map[string]any
	r.get(t, "", "/policies/schema.json").is(t, http.StatusOK).into(t, &schema)
	if schema["$schema"] == nil || schema["properties"] == nil {
		t.Errorf("no schema: %v", schema)
	}
}

// current is the policy in force.
func (r *running) current(t *testing.T) string {
	t.Helper()
	var page service.Page[service.RulesVersion]
	r.get(t, admin1, "/policies?limit=100").is(t, http.StatusOK).into(t, &page)
	for _, v := range page.Items {
		if v.State == service.RulesActive {
			return v.Version
		}
	}
	t.Fatal("no policy is in force")
	return ""
}

// A new calendar takes two people too, and the deadlines of open cases are computed again with it, never earlier.
func TestCalendarIsChangedByTwo(t *testing.T) {
	r := own(t, nil)
	c := r.file(t, "E0040", r.filing(t, "平台部-值班交接", department))
	until(t, "the case runs", func() bool { return r.read(t, "E0040", c.ID).Status == domain.CaseInApproval })
	before := r.read(t, "E0040", c.ID)
	day := time.Now().In(time.FixedZone("CST", 8*3600)).AddDate(0, 0, 1)
	last := day.AddDate(0, 0, 12)
	if last.Year() != day.Year() {
		last = time.Date(day.Year(), 12, 31, 0, 0, 0, 0, day.Location())
	}
	y := day.Format("2006")
	body := strings.Replace(string(defaultpolicy.Calendar), "version: cn-2026.1", "version: cn-2026.2", 1)
	holiday := "      - {name: 停电检修, from: " + day.Format(time.DateOnly) + ", to: " + last.Format(time.DateOnly) + "}\n"
	if at := "  " + y + ":\n    holidays:\n"; strings.Contains(body, at) {
		body = strings.Replace(body, at, at+holiday, 1)
	} else {
		body += "  " + y + ":\n    holidays:\n" + holiday + "    workdays: []\n"
	}
	var v service.RulesVersion
	r.yaml(t, admin1, "/calendars", []byte(body)).is(t, http.StatusCreated).into(t, &v)
	var d service.RulesDiff
	r.get(t, admin1, "/calendars/"+v.Version+"/diff").is(t, http.StatusOK).into(t, &d)
	if len(d.Changes) < 10 || d.Changes[0].After.ZH != "停电检修" {
		t.Errorf("%+v", d.Changes)
	}
	r.propose(t, admin1, "calendars", v.Version, nil)
	r.activate(t, admin1, "calendars", v.Version).is(t, http.StatusForbidden)
	r.activate(t, admin2, "calendars", v.Version).is(t, http.StatusOK)
	until(t, "the open case's deadline is computed again", func() bool {
		now := r.read(t, "E0040", c.ID)
		return now.Calendar == v.Version && now.Due.After(*before.Due)
	})
	if x := r.verdict(t, "case-"+c.ID); !x.OK {
		t.Errorf("the history does not hold: %+v", x)
	}
}

// A dry run replays every kind of request that can be replayed (publications cannot: their matter is sealed), and says how many of each: revocations too.
func TestADryRunTakesEveryKindOfRequest(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-试运行撤销", department))
	r.approve(t, "E0006", c)
	var asked service.CaseSummary
	r.revoke(t, "E0040", c.ID, act(), "不再需要").is(t, http.StatusCreated).into(t, &asked)
	v := r.draft(t, admin1, edited(t, "2026.7", "steps: [owners]}", "steps: [owners, security]}"))
	var rep service.DryRunReport
	r.post(t, admin1, "/policies/"+v.Version+"/dry-runs", map[string]any{"last": 2000}).is(t, http.StatusOK).into(t, &rep)
	n := 0
	for i, k := range rep.Kinds {
		if n += k.Requests; k.Kind != policy.ReplayKinds()[i] || (k.Requests == 0 && k.Kind != domain.KindChange) || k.Label.ZH == "" || k.Label.EN == "" {
			t.Errorf("%+v", k)
		}
	}
	if n != rep.Requests || len(rep.Kinds) != len(policy.ReplayKinds()) {
		t.Errorf("%d requests, of each kind %+v", rep.Requests, rep.Kinds)
	}
	i := slices.IndexFunc(rep.Cases, func(x service.DryRunCase) bool { return x.ID == asked.ID })
	if i < 0 {
		t.Fatalf("the revocation is not among %d", len(rep.Cases))
	}
	if x := rep.Cases[i]; x.Kind != domain.KindRevocation || len(x.Steps) != 1 || x.Steps[0].Key != "security" || x.Steps[0].Kind != policy.PartAdded || len(x.Steps[0].Added) == 0 {
		t.Errorf("%+v", x)
	}
	if slices.ContainsFunc(rep.Cases, func(x service.DryRunCase) bool { return x.ID == c.ID }) {
		t.Error("the filing would go another way")
	}
}
