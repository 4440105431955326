package workflows_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// continuedFolder holds the runs of one group that was continued, run by run: one story over several histories.
const continuedFolder = "testdata/histories-continued"

// TestStoredContinuedRunsReplay replays the stored runs of a group that lives across continue-as-new with today's code, as
// one story: the state that each run begins with is the one that the run before ended in, and rules are taken over by the
// first act of the next. With -update it makes the runs, if there are none.
func TestStoredContinuedRunsReplay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(continuedFolder, "group-v2-*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 && *update {
		files = continueGroup(t)
	}
	slices.Sort(files)
	if len(files) < 2 {
		t.Fatal("no stored runs: make them with `go test ./workflows -run TestStoredContinuedRunsReplay -update`")
	}
	var runs []replay.Run
	var workflow string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := replay.ParseBundle(text, historyNamespace)
		if err != nil {
			t.Fatal(err)
		}
		h, err := replay.Unmarshal(text)
		if err != nil {
			t.Fatal(err)
		}
		workflow = b.Workflow
		runs = append(runs, replay.Run{ID: b.Runs[0].Run, History: h})
	}
	reader := replay.NewReader(keyring(t), historyNamespace)
	v := reader.Verify(t.Context(), workflow, runs, false)
	if !v.OK() {
		t.Fatalf("today's code does not go the way of these runs: %v", v.Faults)
	}
	continued, admitted := 0, 0
	for _, a := range v.Acts {
		switch a.Act.Kind {
		case domain.ActKind("group." + string(domain.GroupContinued)):
			continued++
		case domain.ActKind("group." + string(domain.GroupAdmit)):
			admitted++
		}
	}
	if continued != len(runs)-1 || admitted != 1 || v.Group == nil || v.Group.State != domain.GroupActive || v.Group.Life.Rules.Policy != "p2" {
		t.Errorf("%d runs, %d continued, %d admissions, %+v", len(runs), continued, admitted, v.Group)
	}
	// A run that is left out is noticed.
	if v := reader.Verify(t.Context(), workflow, runs[1:], false); v.OK() {
		t.Error("the first run was left out, and nobody noticed")
	}
}

// continueGroup lets a group live until its second run has begun, with another policy in force by then.
func continueGroup(t *testing.T) (files []string) {
	t.Helper()
	c := company.Open(t, company.Options{Keys: keyring(t), Bind: historyNamespace})
	c.Most = 40
	h := bear(t, c)
	first, _ := c.History(t, h.group)
	h.act(domain.GroupAdmit, h.admin, domain.LifeAct{People: []domain.EmployeeID{c.LeadB}}, 1)
	rules := company.Lives()
	rules.Policy = "p2"
	c.Life = &rules
	from := time.Now().UTC().Truncate(time.Microsecond)
	for i := range 40 {
		h.system(domain.GroupActivity, domain.LifeAct{Last: from.Add(-time.Duration(40-i) * time.Minute)}, 0)
		if run, _ := c.History(t, h.group); run != first {
			break
		}
	}
	time.Sleep(time.Second)
	last, newer := c.History(t, h.group)
	if last == first {
		t.Fatal("the group was not continued")
	}
	if err := os.MkdirAll(continuedFolder, 0o755); err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	for i, x := range []replay.Run{{ID: first, History: c.HistoryOf(t, h.group, first)}, {ID: last, History: newer}} {
		text, err := replay.Marshal(x.History)
		if err != nil {
			t.Fatal(err)
		}
		// The sticky queue's name holds the machine's.
		text = bytes.ReplaceAll(text, []byte(`"name":"`+host+`:`), []byte(`"name":"host:`))
		file := filepath.Join(continuedFolder, fmt.Sprintf("group-v2-%d.json", i+1))
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
