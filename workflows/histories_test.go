package workflows_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// The stored histories are what running workflows look like: code that cannot replay them would stop every open case at
// the next deployment (temporal.md 25). They are synthetic, and encrypted with the keyring beside them, which protects
// nothing else. Make new ones only for new outcomes or versions; the old ones stay, for old cases do:
//
//	go test ./workflows -run TestGenerateHistories -update
const (
	historyFolder    = "testdata/histories"
	historyKeyring   = "testdata/histories-keyring.json"
	historyNamespace = "histories"
)

var update = flag.Bool("update", false, "make the stored histories that are missing")

// ends tells what a stored history must show; version is that of the workflow's code, raised with workflow.GetVersion.
type ends struct {
	kind, version, outcome string
	status                 domain.CaseStatus
	group                  domain.GroupState
	shows                  func(replay.Verdict) bool
	make                   func(*testing.T, *company.Company) string // returns the workflow's id
}

func (e ends) file() string {
	return filepath.Join(historyFolder, strings.ToLower(e.kind)+"-"+e.version+"-"+e.outcome+".json")
}

const working = 48 * time.Hour

func closed(t *testing.T, c *company.Company, f company.Filed) string {
	c.Closed(t, f.Workflow())
	return f.Workflow()
}

// born is a group whose filing was approved.
func born(t *testing.T, c *company.Company, platform string) (company.Filed, string) {
	f := c.File(t, c.FilingOn(platform), working, company.Step(domain.OrSign, c.DepA))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Closed(t, f.Workflow())
	return f, c.Birth(t, f)
}

var outcomes = []ends{
	{"Case", "v1", "approved", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA), company.Role(domain.OrSign, domain.RoleSecurity), company.Step(domain.Countersign, c.DepB, c.Root))
		c.Act(t, f, domain.Act{Kind: domain.ActComment, Actor: c.People[0], Comment: c.Keep(t, f.State.ID, "comment", []byte("请审批"))})
		c.Decide(t, f, c.LeadB, domain.Approve) // not yet
		for _, who := range []domain.EmployeeID{c.LeadA, c.Security, c.Head, c.LeadB} {
			c.Decide(t, f, who, domain.Approve)
		}
		return closed(t, c, f)
	}},
	{"Case", "v1", "rejected", domain.CaseRejected, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA, c.DepB))
		c.Decide(t, f, c.LeadA, domain.Approve)
		c.Decide(t, f, c.LeadB, domain.Reject)
		return closed(t, c, f)
	}},
	{"Case", "v1", "withdrawn", domain.CaseWithdrawn, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA, c.DepB))
		c.Act(t, f, domain.Act{Kind: domain.ActWithdraw, Actor: c.People[0]})
		return closed(t, c, f)
	}},
	{"Case", "v1", "expired", domain.CaseExpired, "", showsAct(domain.ActRemind), func(t *testing.T, c *company.Company) string {
		return closed(t, c, c.File(t, c.FilingOn("byhand"), 2*time.Second, company.Step(domain.Sequence, c.DepA)))
	}},
	{"Case", "v1", "directory", domain.CaseApproved, "", showsAct(domain.ActDirectory), func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA, c.DepB))
		c.Decide(t, f, c.LeadA, domain.Approve)
		// The other leader leaves; the successor is asked instead.
		c.Exec(t, `UPDATE employees SET active = false WHERE id = $1`, string(c.LeadB))
		c.Exec(t, `UPDATE departments SET leader_id = $1 WHERE id = $2`, string(c.People[5]), string(c.DepB))
		c.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
		c.Act(t, f, domain.Act{Kind: domain.ActDirectory})
		c.Decide(t, f, c.LeadB, domain.Approve) // has left: refused
		c.Decide(t, f, c.People[5], domain.Approve)
		return closed(t, c, f)
	}},
	{"Case", "v1", "countersign", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA, c.DepB, c.Root))
		for _, who := range []domain.EmployeeID{c.LeadB, c.Head, c.LeadB, c.LeadA} { // one of them twice
			c.Decide(t, f, who, domain.Approve)
		}
		return closed(t, c, f)
	}},
	{"Case", "v1", "or_sign", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Role(domain.OrSign, domain.RoleSecurity))
		c.Decide(t, f, c.Security2, domain.Approve)
		return closed(t, c, f)
	}},
	{"Case", "v1", "sequence", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA, c.DepB, c.Root))
		for _, who := range []domain.EmployeeID{c.LeadA, c.LeadB, c.Head} {
			c.Decide(t, f, who, domain.Approve)
		}
		return closed(t, c, f)
	}},
	{"Case", "v1", "duplicate", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA, c.DepB))
		act := domain.Act{ID: "twice", Kind: domain.ActDecide, Actor: c.LeadA, Outcome: domain.Approve, Digest: f.State.Digest}
		c.Act(t, f, act)
		c.Act(t, f, act)
		c.Decide(t, f, c.LeadB, domain.Approve)
		return closed(t, c, f)
	}},
	// From here on a case keeps its timer (CaseInput.KeepTimer).
	{"Case", "v2", "sequence", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA), company.Step(domain.OrSign, c.DepB))
		for _, who := range []domain.EmployeeID{c.LeadA, c.LeadB} {
			c.Decide(t, f, who, domain.Approve)
		}
		return closed(t, c, f)
	}},
	{"Case", "v2", "overtaken", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.File(t, c.FilingOn("byhand"), 4*time.Second, company.Step(domain.Sequence, c.DepA), company.Step(domain.OrSign, c.DepB))
		c.Decide(t, f, c.LeadA, domain.Approve)
		time.Sleep(4 * time.Second) // the timer rings in vain: what it was set for is decided
		c.Decide(t, f, c.LeadB, domain.Approve)
		return closed(t, c, f)
	}},
	{"Group", "v1", "confirmed", "", domain.GroupActive, nil, func(t *testing.T, c *company.Company) string {
		f, group := born(t, c, "byhand")
		c.Recorded(t, group, "group.asked_by_hand")
		c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[1], Receipt: &domain.Receipt{
			Platform: "byhand", ID: "room-1", Name: f.Filing.Name, Evidence: c.Keep(t, f.State.ID, "evidence", []byte("png")), Key: "k", Digest: "sha256:x",
		}})
		return group
	}},
	{"Group", "v1", "provisioned", "", domain.GroupActive, nil, func(t *testing.T, c *company.Company) string {
		_, group := born(t, c, "test")
		c.Recorded(t, group, "group.provisioned")
		return group
	}},
	{"Group", "v1", "failed", "", domain.GroupProvisioningFailed, nil, func(t *testing.T, c *company.Company) string {
		c.Platform.Script(chattest.Refuse)
		_, group := born(t, c, "test")
		c.Recorded(t, group, "group.provisioning_failed")
		return group
	}},
	{"Group", "v1", "retried", "", domain.GroupActive, func(v replay.Verdict) bool { return v.Group.Attempts == 1 }, func(t *testing.T, c *company.Company) string {
		c.Platform.Script(chattest.Refuse, chattest.LoseAnswer)
		_, group := born(t, c, "test")
		c.Recorded(t, group, "group.provisioning_failed")
		c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupRetry, Actor: c.Security})
		c.Recorded(t, group, "group.provisioned")
		return group
	}},
}

func showsAct(kind domain.ActKind) func(replay.Verdict) bool {
	return func(v replay.Verdict) bool {
		return slices.ContainsFunc(v.Acts, func(a replay.Applied) bool { return a.Act.Kind == kind && a.Verdict.Result == domain.Accepted })
	}
}

// keyring is that of the stored histories.
func keyring(t *testing.T) *codec.Keyring {
	t.Helper()
	text, err := os.ReadFile(historyKeyring)
	if os.IsNotExist(err) && *update {
		fresh, err := codec.Generate()
		if err != nil {
			t.Fatal(err)
		}
		if text, err = fresh.Marshal(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(historyKeyring, text, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if err != nil {
		t.Fatal(err)
	}
	ring, err := codec.FromBytes(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// TestGenerateHistories makes those that are missing, on a real engine and database. One that is there is never made
// again: it is what cases of its day look like.
func TestGenerateHistories(t *testing.T) {
	if !*update {
		t.Skip("only with -update")
	}
	if err := os.MkdirAll(historyFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, e := range outcomes {
		t.Run(e.file(), func(t *testing.T) {
			if _, err := os.Stat(e.file()); err == nil {
				return
			}
			c := company.Open(t, company.Options{Keys: keyring(t), Bind: historyNamespace})
			id := e.make(t, c)
			time.Sleep(300 * time.Millisecond) // an open workflow's last task ends after its projection
			_, h := c.History(t, id)
			b, err := replay.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			// The sticky queue's name holds the machine's.
			host, _ := os.Hostname()
			b = bytes.ReplaceAll(b, []byte(`"name":"`+host+`:`), []byte(`"name":"host:`))
			if err := os.WriteFile(e.file(), b, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// registered collects the names of all workflows.
type registered []string

func (r *registered) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) {
	*r = append(*r, o.Name)
}

// TestStoredHistoriesReplay replays every stored history with today's code, and fails when a workflow, or a way it can
// end, has none.
func TestStoredHistoriesReplay(t *testing.T) {
	var all registered
	workflows.Register(&all)
	missing := map[string]bool{}
	for _, kind := range all {
		missing[kind] = kind != workflows.ReconcileType // no subject of an audit: TestStoredComparisonsReplay has its own
	}
	for _, s := range []domain.CaseStatus{domain.CaseApproved, domain.CaseRejected, domain.CaseWithdrawn, domain.CaseExpired} {
		missing["Case "+string(s)] = true
	}
	for _, s := range []domain.GroupState{domain.GroupActive, domain.GroupProvisioningFailed} {
		missing["Group "+string(s)] = true
	}
	known := map[string]bool{}
	reader := replay.NewReader(keyring(t), historyNamespace)
	for _, e := range outcomes {
		known[filepath.Base(e.file())] = true
		t.Run(filepath.Base(e.file()), func(t *testing.T) {
			text, err := os.ReadFile(e.file())
			if err != nil {
				t.Fatalf("no stored history: make it with `go test ./workflows -run TestGenerateHistories -update` (%v)", err)
			}
			b, err := replay.ParseBundle(text, historyNamespace)
			if err != nil {
				t.Fatal(err)
			}
			h, err := replay.Unmarshal(text)
			if err != nil {
				t.Fatal(err)
			}
			v := reader.Verify(context.Background(), b.Workflow, []replay.Run{{ID: b.Runs[0].Run, History: h}}, e.kind != "Group")
			if !v.OK() {
				t.Fatalf("today's code does not go the way of this history: %v", v.Faults)
			}
			delete(missing, e.kind)
			switch {
			case e.kind == "Case" && (v.Case == nil || v.Case.Status != e.status || !v.Closed):
				t.Errorf("ends %+v, closed %v", v.Case, v.Closed)
			case e.kind == "Group" && (v.Group == nil || v.Group.State != e.group):
				t.Errorf("ends %+v", v.Group)
			case e.shows != nil && !e.shows(v):
				t.Error("does not show what it is stored for")
			}
			delete(missing, e.kind+" "+string(e.status)+string(e.group))
		})
	}
	for what, is := range missing {
		if !is {
			continue
		}
		t.Errorf("no stored history for %s", what)
	}
	files, err := filepath.Glob(historyFolder + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[filepath.Base(f)] {
			t.Errorf("%s is stored, and no entry of the table replays it", f)
		}
	}
}
