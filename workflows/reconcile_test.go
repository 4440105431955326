package workflows_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

const reconcileFolder = "testdata/histories-reconcile"

// compare runs a comparison to its end.
func compare(t *testing.T, c *company.Company, in workflows.ReconcileInput) workflows.ReconcileResult {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	run, err := c.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: workflows.ReconcileID(in.Platform), TaskQueue: workflows.TaskQueue}, workflows.ReconcileType, in)
	if err != nil {
		t.Fatal(err)
	}
	var out workflows.ReconcileResult
	if err := run.Get(ctx, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// drifted is a company with a group that somebody changed by hand, and one that nobody filed.
func drifted(t *testing.T, c *company.Company) string {
	t.Helper()
	rules := company.Lives()
	c.Life = &rules
	f, group := born(t, c, "test")
	c.Recorded(t, group, "group.provisioned")
	rooms, err := c.Platform.Groups(f.Filing.Admins[0])
	if err != nil || len(rooms) != 1 {
		t.Fatalf("%v %v", rooms, err)
	}
	if err := c.Platform.ByHand(rooms[0], "", nil, []domain.EmployeeID{c.Head, "outsider-x"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Platform.Start(c.People[4], "周末爬山", c.People[3]); err != nil {
		t.Fatal(err)
	}
	return f.GroupID
}

// The ways that a comparison can go. Each is stored as a history, and run here on the real engine.
var comparisons = []struct {
	name string
	run  func(*testing.T, *company.Company) (got, want workflows.ReconcileResult)
}{
	{"told", func(t *testing.T, c *company.Company) (got, want workflows.ReconcileResult) {
		drifted(t, c)
		return compare(t, c, workflows.ReconcileInput{Platform: "test"}), workflows.ReconcileResult{Looked: 1, Told: 1, New: 1}
	}},
	{"one", func(t *testing.T, c *company.Company) (got, want workflows.ReconcileResult) {
		id := drifted(t, c)
		return compare(t, c, workflows.ReconcileInput{Platform: "test", Group: id}), workflows.ReconcileResult{Looked: 1, Told: 1}
	}},
	{"away", func(t *testing.T, c *company.Company) (got, want workflows.ReconcileResult) {
		drifted(t, c)
		c.Platform.RevokeToken(true)
		return compare(t, c, workflows.ReconcileInput{Platform: "test"}), workflows.ReconcileResult{Away: "token_revoked"}
	}},
	{"lost_answers", func(t *testing.T, c *company.Company) (got, want workflows.ReconcileResult) {
		drifted(t, c)
		c.Platform.ScriptOf(chattest.OpLook, chattest.LoseAnswer, chattest.Limit, chattest.Unreached)
		c.Platform.ScriptOf(chattest.OpDiscover, chattest.LoseAnswer)
		return compare(t, c, workflows.ReconcileInput{Platform: "test"}), workflows.ReconcileResult{Looked: 1, Told: 1, New: 1}
	}},
	{"by_hand", func(t *testing.T, c *company.Company) (got, want workflows.ReconcileResult) {
		return compare(t, c, workflows.ReconcileInput{Platform: "byhand"}), workflows.ReconcileResult{Gap: "list_members"}
	}},
}

func TestComparisons(t *testing.T) {
	for _, x := range comparisons {
		t.Run(x.name, func(t *testing.T) {
			c := company.Open(t, company.Options{Keys: keyring(t), Bind: historyNamespace})
			got, want := x.run(t, c)
			if want.Gap != "" {
				got.Gap = want.Gap[:min(len(want.Gap), len(got.Gap))] // listing or discovering: both are missing
				want.Gap = got.Gap
			}
			if got != want {
				t.Fatalf("%+v, want %+v", got, want)
			}
			if !*update {
				return
			}
			file := filepath.Join(reconcileFolder, "reconcile-v1-"+x.name+".json")
			if _, err := os.Stat(file); err == nil {
				return
			}
			platform := "test"
			if x.name == "by_hand" {
				platform = "byhand"
			}
			_, h := c.History(t, workflows.ReconcileID(platform))
			b, err := replay.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			host, _ := os.Hostname()
			b = bytes.ReplaceAll(b, []byte(`"name":"`+host+`:`), []byte(`"name":"host:`))
			if err := os.MkdirAll(reconcileFolder, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Today's code goes the way of every stored comparison: one that is under way at a deployment goes on.
func TestStoredComparisonsReplay(t *testing.T) {
	files, err := filepath.Glob(reconcileFolder + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var stored []string
	for _, f := range files {
		stored = append(stored, filepath.Base(f))
		r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: codec.DataConverter(keyring(t), historyNamespace), FailureConverter: codec.FailureConverter(keyring(t), historyNamespace)})
		if err != nil {
			t.Fatal(err)
		}
		workflows.Register(r)
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		h, err := replay.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.ReplayWorkflowHistory(nil, h); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	for _, x := range comparisons {
		if !slices.Contains(stored, "reconcile-v1-"+x.name+".json") {
			t.Errorf("no stored history of the way %q: make it with `go test ./workflows -run TestComparisons -update`", x.name)
		}
	}
}

// A found group that nobody filed in time is frozen by the rule, on its platform too.
func TestAFoundGroupIsFrozenWhenItsGraceIsOver(t *testing.T) {
	c := company.Open(t, company.Options{Keys: keyring(t), Bind: historyNamespace})
	room, err := c.Platform.Start(c.People[4], "周末爬山", c.People[3])
	if err != nil {
		t.Fatal(err)
	}
	ids, err := c.Store.Sighted(t.Context(), []store.Sighting{{Platform: "test", PlatformID: room, Name: "周末爬山", Members: 2, Owner: c.People[4], At: time.Now()}})
	if err != nil || len(ids) != 1 {
		t.Fatalf("%v %v", ids, err)
	}
	rules := company.Lives()
	rules.Discovered = 30
	g := domain.NewDiscovered(ids[0], "D-2026-00001", "test", room, rules, time.Now().UTC().AddDate(0, 0, -40).Truncate(time.Microsecond))
	if _, err := c.Client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: workflows.GroupID(g.ID), TaskQueue: workflows.TaskQueue}, workflows.GroupType, workflows.GroupInput{State: g}); err != nil {
		t.Fatal(err)
	}
	c.Recorded(t, workflows.GroupID(g.ID), "group.op_done")
	if err := c.Platform.Say(c.People[3], room, "还能说话吗"); err == nil {
		t.Error("people still post in it")
	}
	row, err := c.Store.Group(t.Context(), g.ID)
	if err != nil || row.Doc.State != domain.GroupFrozen || row.Doc.Life.Frozen.Rule != "life.discovered" {
		t.Errorf("%+v %v", row, err)
	}
}
