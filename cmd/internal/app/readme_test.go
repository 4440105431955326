package app_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// TestTheReadmesTourByCurl runs the README's lines as they stand there, so that they stay true. Only address and the
// place of the picture are the test's own.
func TestTheReadmesTourByCurl(t *testing.T) {
	root, err := testenv.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	script := block(t, string(text), "tour")
	const address, picture = "http://127.0.0.1:8080", "/tmp/screenshot.png"
	if strings.Count(script, address) != 1 || !strings.Contains(script, picture) {
		t.Fatal("the README's lines name no address to replace, or several")
	}
	r := own(t, nil)
	script = strings.ReplaceAll(strings.ReplaceAll(script, address, r.base), picture, filepath.Join(t.TempDir(), "screenshot.png"))
	const mark = "=== every turn ==="
	script += "\necho; echo '" + mark + "'\n" + block(t, string(text), "turns") // goes on where the first leaves off
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", script).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var cases, active int
	r.sql(t, &cases, "SELECT count(*) FROM cases WHERE status = 'approved'")
	r.sql(t, &active, "SELECT count(*) FROM groups WHERE state = 'active'")
	out, turns, _ := bytes.Cut(out, []byte(mark))
	if cases != 2 || active != 1 {
		t.Errorf("%d approved cases, %d active groups\n%s", cases, active, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var verdict service.ReplayVerdict
	reply{what: "the last line", body: []byte(lines[len(lines)-1])}.into(t, &verdict)
	if !verdict.OK || verdict.Proofs != 2 {
		t.Errorf("%+v", verdict)
	}
	// added, agreed, sent back, submitted again, agreed twice
	last := bytes.TrimSpace(turns)
	reply{what: "the last line of every turn", body: last[bytes.LastIndexByte(last, '\n')+1:]}.into(t, &verdict)
	if !verdict.OK || verdict.Proofs != 6 {
		t.Errorf("%+v\n%s", verdict, turns)
	}
	var c service.Page[service.CaseSummary]
	r.get(t, "E0040", "/cases").into(t, &c)
	if c.Items[0].Status != domain.CaseApproved {
		t.Errorf("%+v", c.Items)
	}
}

// block is the README's block of lines after a mark.
func block(t *testing.T, text, mark string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "<!-- "+mark+" -->\n```sh\n")
	lines, _, closed := strings.Cut(rest, "\n```\n")
	if !found || !closed {
		t.Fatalf("the README has no block of curl lines after <!-- %s -->", mark)
	}
	return lines
}
