package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// compared is a program beside a chat platform on which groups live.
type compared struct {
	*running
	far *chattest.Platform
}

func withPlatform(t *testing.T, every time.Duration, change ...func(*app.Config)) compared {
	t.Helper()
	return withPlatformUnder(t, every, string(defaultpolicy.Policy), change...)
}

// withPlatformUnder is withPlatform under other rules.
func withPlatformUnder(t *testing.T, every time.Duration, rules string, change ...func(*app.Config)) compared {
	t.Helper()
	env := testenv.Start(t)
	env.Namespace, env.DatabaseURL = env.NewNamespace(t), env.NewDatabase(t)
	text := strings.Replace(rules, "platforms:\n", "platforms:\n  - {kind: test, label: {zh: 测试平台, en: Test}}\n", 1)
	c := app.Config{DatabaseURL: env.DatabaseURL}
	version, _, err := app.PutRules(t.Context(), c, store.Policies, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := app.SetUpRules(t.Context(), c, store.Policies, version); err != nil {
		t.Fatal(err)
	}
	far := &chattest.Platform{}
	r, err := launch(env, func(c *app.Config) {
		c.Connectors, c.ReconcileEvery = []chat.Connector{chattest.Connector{Platform: far}}, every
		for _, do := range change {
			do(c)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.end(); err != nil {
			t.Errorf("the program's end: %v", err)
		}
	})
	return compared{r, far}
}

// stands files a group, has it approved, and waits until it stands on the platform; it returns both ids.
func (c compared) stands(t *testing.T, name string) (group, room string) {
	t.Helper()
	f := c.file(t, "E0040", c.filing(t, name, department, func(f *domain.Filing) { f.Platform = "test" }))
	c.approve(t, "E0006", f)
	until(t, "the group stands", func() bool {
		var row string
		c.sql(t, &row, "SELECT coalesce((SELECT id || ' ' || platform_id FROM groups WHERE case_id = $1 AND state = 'active'), '')", f.ID)
		group, room, _ = strings.Cut(row, " ")
		return room != ""
	})
	return group, room
}

// open are the ids of the open findings of a group, by its row.
func (c compared) open(t *testing.T, group string) []string {
	t.Helper()
	var raw []byte
	c.sql(t, &raw, "SELECT doc FROM groups WHERE id = $1", group)
	var g domain.Group
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range g.Life.Findings {
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	return ids
}

// finds waits until exactly these findings are open.
func (c compared) finds(t *testing.T, group string, want ...string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got = c.open(t, group); slices.Equal(got, want) {
			return
		}
	}
	t.Fatalf("open: %v, want %v", got, want)
}

func (c compared) look(t *testing.T, group string) reply {
	t.Helper()
	return c.post(t, "E0037", "/groups/"+group+"/looks", map[string]any{"decision_id": uuid.NewString()})
}

func (c compared) byHand(t *testing.T, room, name string, perms *domain.Permissions, in, out []domain.EmployeeID) {
	t.Helper()
	if err := c.far.ByHand(room, name, perms, in, out); err != nil {
		t.Fatal(err)
	}
}

// What people do to a group past the service becomes a finding each, by the events alone; what is found again is the same,
// what is gone closes; accepted proposals set it right, and nothing is rewritten by itself.
func TestDriftBecomesFindingsAndTheirProposalsSetItRight(t *testing.T) {
	c := withPlatform(t, time.Hour)
	group, room := c.stands(t, "平台部-台账核对")
	member, stranger := c.id(t, "E0041"), c.id(t, "E0044")
	loose := domain.Permissions{InviteOutsiders: true, SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true}
	c.byHand(t, room, "改了名", &loose, []domain.EmployeeID{stranger, "outsider-x"}, []domain.EmployeeID{member})
	var outsider string
	until(t, "five findings", func() bool {
		ids := c.open(t, group)
		for _, id := range ids {
			if strings.HasPrefix(id, "stranger:") && id != "stranger:"+string(stranger) {
				outsider = id
			}
		}
		return len(ids) == 5
	})
	want := []string{"looser_permission:group", "missing_member:" + string(member), "renamed:group", "stranger:" + string(stranger), outsider}
	c.finds(t, group, want...)
	if strings.Contains(outsider, "outsider") {
		t.Errorf("the account's name is on record: %s", outsider)
	}

	// Nothing was rewritten: the platform is as people made it, and the register as it was.
	members, _ := c.far.Members(room)
	var active int
	if c.sql(t, &active, "SELECT count(*) FROM group_members WHERE group_id = $1 AND state = 'active'", group); active != 3 || slices.Contains(members, member) || !slices.Contains(members, stranger) {
		t.Errorf("rewritten: %d %v", active, members)
	}
	// The admin is told once for all of them.
	var told int
	if c.sql(t, &told, "SELECT count(*) FROM notifications WHERE subject_id = $1 AND kind = 'finding'", group); told < 1 || told > 2 {
		t.Errorf("told %d times", told)
	}
	// Looked at again, by a person: the same findings, and no act of the group.
	var before, after int
	c.sql(t, &before, "SELECT seq FROM groups WHERE id = $1", group)
	c.look(t, group).is(t, http.StatusOK)
	if c.sql(t, &after, "SELECT seq FROM groups WHERE id = $1", group); after != before {
		t.Errorf("a look that found nothing new moved the group from %d to %d", before, after)
	}
	c.finds(t, group, want...)

	resolve := func(finding string, p domain.Proposal) {
		t.Helper()
		a := c.post(t, "E0037", "/groups/"+group+"/findings/"+finding+"/resolutions", map[string]any{"decision_id": uuid.NewString(), "proposal": p}).answer(t)
		if a.Result != domain.Accepted {
			t.Fatalf("%s of %s: %+v", p, finding, a)
		}
	}
	resolve("renamed:group", domain.ProposeRename)
	resolve("looser_permission:group", domain.ProposeTighten)
	resolve("missing_member:"+string(member), domain.ProposeInvite)
	resolve("stranger:"+string(stranger), domain.ProposeRemove)
	resolve(outsider, domain.ProposeRemove)
	until(t, "the platform is as the register says", func() bool {
		m, _ := c.far.Members(room)
		return len(m) == 3 && slices.Contains(m, member)
	})
	until(t, "no operation is left", func() bool {
		var n int
		c.sql(t, &n, "SELECT count(*) FROM group_ops WHERE group_id = $1 AND ended_at IS NULL", group)
		return n == 0
	})
	c.look(t, group).is(t, http.StatusOK)
	c.finds(t, group)

	// Put back by hand after it was removed: still there is another finding, and it is security's.
	c.act2(t, "E0037", group, "members/"+string(member)+"/removals", map[string]any{"comment": "已调岗"})
	until(t, "out", func() bool { m, _ := c.far.Members(room); return !slices.Contains(m, member) })
	until(t, "confirmed", func() bool {
		var s string
		c.sql(t, &s, "SELECT state FROM group_members WHERE group_id = $1 AND employee_id = $2", group, string(member))
		return s == "removed"
	})
	c.byHand(t, room, "", nil, []domain.EmployeeID{member}, nil)
	c.finds(t, group, "still_there:"+string(member))
	if a := c.post(t, "E0292", "/groups/"+group+"/findings/still_there:"+string(member)+"/resolutions", map[string]any{"decision_id": uuid.NewString(), "proposal": domain.ProposeRemove}).answer(t); a.Result != domain.Accepted {
		t.Fatalf("removed once more: %+v", a)
	}
	until(t, "out again", func() bool { m, _ := c.far.Members(room); return !slices.Contains(m, member) })
	c.finds(t, group)

	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

func (c compared) act2(t *testing.T, who, group, what string, body map[string]any) {
	t.Helper()
	body["decision_id"] = uuid.NewString()
	if a := c.post(t, who, "/groups/"+group+"/"+what, body).answer(t); a.Result != domain.Accepted {
		t.Fatalf("%s by %s: %+v", what, who, a)
	}
}

// A platform that is away says nothing: no finding is made of an outage, and none closes by it. A group deleted by hand is
// found by the schedule alone.
func TestAnOutageIsNoFinding(t *testing.T) {
	c := withPlatform(t, 2*time.Second)
	group, room := c.stands(t, "平台部-平台停机")
	stranger := c.id(t, "E0044")
	c.byHand(t, room, "", nil, []domain.EmployeeID{stranger}, nil)
	c.finds(t, group, "stranger:"+string(stranger))
	c.far.Down(true)
	looks := c.far.CountOf(chattest.OpLook)
	c.byHand(t, room, "", nil, nil, []domain.EmployeeID{stranger})
	until(t, "looks in vain", func() bool { return c.far.CountOf(chattest.OpLook) > looks+3 })
	c.finds(t, group, "stranger:"+string(stranger))
	c.far.Down(false)
	c.finds(t, group)
	c.far.Vanish(room)
	c.finds(t, group, "deleted_on_platform:group")
	var active string
	if c.sql(t, &active, "SELECT state FROM groups WHERE id = $1", group); active != "active" {
		t.Errorf("the register followed by itself: %s", active)
	}
}

// A group that people made past the service is found, stands in the register as a draft with a date, and whoever keeps it
// and security are told. What they said of it once stays said.
func TestAGroupThatNobodyFiledIsFound(t *testing.T) {
	c := withPlatform(t, 2*time.Second)
	keeper := c.id(t, "E0044")
	room, err := c.far.Start(keeper, "周末爬山", c.id(t, "E0041"))
	if err != nil {
		t.Fatal(err)
	}
	var group, state, kind string
	until(t, "it is in the register", func() bool {
		c.sql(t, &group, "SELECT coalesce((SELECT id::text FROM groups WHERE platform_id = $1), '')", room)
		return group != ""
	})
	c.finds(t, group, "unfiled_group:group")
	c.sql(t, &state, "SELECT state || ' ' || (case_id IS NULL) || ' ' || name FROM groups WHERE id = $1", group)
	c.sql(t, &kind, "SELECT next_kind FROM groups WHERE id = $1 AND next_date > now() + interval '20 days'", group)
	if state != "draft true 周末爬山" || kind != string(domain.DateDiscovered) {
		t.Errorf("%s, next %s", state, kind)
	}
	var told int
	if c.sql(t, &told, "SELECT count(DISTINCT person_id) FROM notifications WHERE subject_id = $1 AND kind = 'finding'", group); told < 2 {
		t.Errorf("%d people were told", told)
	}
	// Security sees it in the register, by API and on its page.
	if x := c.get(t, "E0292", "/groups?q=%E7%88%AC%E5%B1%B1").is(t, http.StatusOK); !strings.Contains(string(x.body), group) {
		t.Errorf("not in the register: %s", x.body)
	}
	for _, part := range []string{"", "/findings", "/dates", "/timeline", "/members", "/operations"} {
		c.get(t, "E0292", "/groups/"+group+part).is(t, http.StatusOK)
	}
	if status, page := c.page(t, "E0292", "/groups/"+group); status != http.StatusOK || !strings.Contains(page, "周末爬山") {
		t.Errorf("the page: %d %.800s", status, page)
	}
	if status, _ := c.page(t, "E0292", "/groups"); status != http.StatusOK {
		t.Errorf("the register's page: %d", status)
	}
	time.Sleep(5 * time.Second) // two more comparisons
	var n int
	if c.sql(t, &n, "SELECT (SELECT count(*) FROM groups) + (SELECT count(*) FROM group_sightings)"); n != 2 {
		t.Errorf("found again it became another: %d rows", n)
	}
	// It is filed late, by security; approved, it lives like any other, and what was found of it is closed.
	raw, err := json.Marshal(c.filing(t, "平台部-周末爬山", department, func(f *domain.Filing) { f.Platform = "test" }))
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	body["discovered"] = group
	delete(body, "existing")
	var filed service.CaseSummary
	c.post(t, "E0292", "/groups", body).is(t, http.StatusCreated).into(t, &filed)
	for _, leader := range []string{"E0006", "E0002"} {
		if c.read(t, "E0292", filed.ID).Status == domain.CaseInApproval && c.waits(t, leader, filed.ID) {
			c.approve(t, leader, filed)
		}
	}
	defer func() {
		if t.Failed() {
			var dbg string
			c.sql(t, &dbg, "SELECT state || ' ' || coalesce(case_id::text, '-') || ' ' || name || ' ' || doc::text FROM groups WHERE id = $1", group)
			m, _ := c.far.Members(room)
			var acts string
			c.sql(t, &acts, "SELECT string_agg(kind || ':' || result || ':' || reason, ' ' ORDER BY seq) FROM audit_entries WHERE workflow_id IN ($1, $2)", "group-"+group, "case-"+filed.ID)
			t.Log(dbg, m, acts, c.read(t, "E0292", filed.ID).Status)
		}
	}()
	until(t, "it was adopted, and the platform follows", func() bool {
		c.sql(t, &state, "SELECT state || ' ' || (case_id IS NOT NULL) || ' ' || name FROM groups WHERE id = $1", group)
		m, _ := c.far.Members(room)
		return state == "active true 平台部-周末爬山" && len(m) >= 4
	})
	c.finds(t, group, "stranger:"+string(keeper)) // who keeps it is on nobody's list of members
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

// page reads a page as a person.
func (c compared) page(t *testing.T, who, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Authorization", "Bearer demo:"+who)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}
