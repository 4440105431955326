package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// call runs the tool as a shell would.
func call(t *testing.T, env map[string]string, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(context.Background(), args, func(k string) string { return env[k] }, &o, &e)
	return status, o.String(), e.String()
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// folder keeps a keyring as a company would.
func folder(t *testing.T, ring *codec.Keyring) string {
	t.Helper()
	b, err := ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(write(t, codec.KeyringFile, b))
}

// TestOnlineAndOffline takes a bundle from a running service, verifies it offline, alters it and verifies it again.
func TestOnlineAndOffline(t *testing.T) {
	c := company.Open(t, company.Options{})
	svc := service.New(service.Config{Store: c.Store, Temporal: c.Client, Namespace: c.Namespace, Keyring: c.Keys, Demo: true})
	e, err := api.New(api.Config{Service: svc})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	defer server.Close()
	filing := c.FilingOn("byhand")
	filing.Tier = domain.TierConfidential
	f := c.File(t, filing, 48*time.Hour, company.Step(domain.Sequence, c.DepA))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Closed(t, f.Workflow())

	online := []string{"--server", server.URL, "--case", f.State.ID}
	env := map[string]string{"QUNBEI_TOKEN": "demo:E0006"} // the company's auditor
	status, out, errs := call(t, env, append([]string{"replay", "--purpose", "spot check"}, online...)...)
	if status != exitOK || !strings.Contains(out, "everything agrees") {
		t.Fatalf("replay: %d\n%s%s", status, out, errs)
	}
	if status, _, errs = call(t, env, append([]string{"replay"}, online...)...); status != exitUsage || !strings.Contains(errs, "purpose") {
		t.Errorf("without a purpose: %d %s", status, errs)
	}
	if status, _, errs = call(t, map[string]string{"QUNBEI_TOKEN": "demo:E0001"}, append([]string{"replay", "--purpose", "x"}, online...)...); status != exitUsage {
		t.Errorf("not an auditor: %d %s", status, errs)
	}
	file := filepath.Join(t.TempDir(), "case.json")
	if status, out, errs = call(t, env, append([]string{"export", "--purpose", "年度抽查", "--out", file}, online...)...); status != exitOK {
		t.Fatalf("export: %d %s %s", status, out, errs)
	}
	if status, _, _ = call(t, env, append([]string{"export", "--purpose", "x", "--out", file}, online...)...); status != exitUsage {
		t.Error("export wrote over a file")
	}

	keys := folder(t, c.Keys)
	status, out, errs = call(t, map[string]string{"LANG": "zh_CN.UTF-8"}, "verify", "--keys", keys, file)
	if status != exitOK || !strings.Contains(out, "全部一致") || !strings.Contains(out, "逐字段一致") {
		t.Fatalf("verify: %d\n%s%s", status, out, errs)
	}
	if status, out, errs = call(t, nil, "show", "--keys", keys, "--states", file); status != exitOK || !strings.Contains(out, "act.decide") || !strings.Contains(out, `"status":"approved"`) {
		t.Errorf("show: %d\n%s%s", status, out, errs)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	altered := func(change func(*replay.Bundle)) string {
		b, err := replay.ParseBundle(text, "")
		if err != nil {
			t.Fatal(err)
		}
		change(&b)
		out, err := b.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return write(t, "altered.json", out)
	}
	published, err := c.Keys.PublicKeysJSON()
	if err != nil {
		t.Fatal(err)
	}
	others, err := codec.Generate()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := others.PublicKeysJSON()
	if err != nil {
		t.Fatal(err)
	}
	b, err := replay.ParseBundle(text, "")
	if err != nil {
		t.Fatal(err)
	}
	bare := write(t, "history.json", b.Runs[0].History)
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"published proof keys", []string{"--keys", keys, "--proof-keys", write(t, "p.json", published), file}, exitOK, "everything agrees"},
		{"proof keys of somebody else", []string{"--keys", keys, "--proof-keys", write(t, "p.json", foreign), file}, exitDiffers, "proof_key_unknown"},
		{"another row", []string{"--keys", keys, altered(func(b *replay.Bundle) {
			b.Rows["cases"][0]["status"] = json.RawMessage(`"rejected"`)
		})}, exitDiffers, "cases.status"},
		{"another digest", []string{"--keys", keys, altered(func(b *replay.Bundle) { b.Runs[0].SHA256 = "sha256:0" })}, exitDiffers, "bytes_differ"},
		{"one sound, one not", []string{"--keys", keys, file, altered(func(b *replay.Bundle) { b.Runs = nil })}, exitDiffers, "cut"},
		{"a bare history", []string{"--keys", keys, "--namespace", c.Namespace, bare}, exitOK, "not compared"},
		{"a bare history of another namespace", []string{"--keys", keys, bare}, exitDiffers, "unreadable"},
		{"without keys", []string{file}, exitUsage, "--keys"},
		{"a folder without keys", []string{"--keys", t.TempDir(), file}, exitUsage, "keyring.json"},
		{"other keys", []string{"--keys", folder(t, others), file}, exitUsage, "--keys"},
		{"no file", []string{"--keys", keys}, exitUsage, "at least 1"},
		{"no such file", []string{"--keys", keys, "/nowhere"}, exitUsage, "/nowhere"},
		{"something else", []string{"--keys", keys, write(t, "x", []byte("hello"))}, exitUsage, "neither a bundle"},
		{"a bundle of later", []string{"--keys", keys, write(t, "x", []byte(`{"format":"qunbei-audit-bundle/9"}`))}, exitUsage, "newer"},
		{"a language nobody speaks", []string{"--lang", "fr", "--keys", keys, file}, exitUsage, "zh-CN or en"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, out, errs := call(t, nil, append([]string{"verify"}, tc.args...)...)
			if status != tc.status || !strings.Contains(out+errs, tc.says) {
				t.Errorf("want %d and %q, got %d\n%s%s", tc.status, tc.says, status, out, errs)
			}
		})
	}
	if status, out, _ = call(t, nil, "verify", "--json", "--keys", keys, file); status != exitOK || !json.Valid([]byte(out)) {
		t.Errorf("--json: %d %s", status, out)
	}
}

func TestTokensStayHome(t *testing.T) {
	for _, server := range []string{"http://qunbei.example.com", "ftp://x", "qunbei.example.com", ""} {
		status, _, errs := call(t, nil, "replay", "--server", server, "--token", "qb_secret", "--case", "x")
		if status != exitUsage || strings.Contains(errs, "qb_secret") {
			t.Errorf("%s: %d %s", server, status, errs)
		}
	}
}

// TestLinksNeitherDatabaseNorWeb holds what the tool must do without.
func TestLinksNeitherDatabaseNorWeb(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 100 {
		t.Fatalf("only %d packages", len(deps))
	}
	for _, d := range deps {
		for _, banned := range []string{"gorm.io/", "github.com/labstack/", "github.com/jackc/", "go.temporal.io/server", "/models/store", "/api"} {
			if strings.HasPrefix(d, banned) || strings.HasPrefix(d, "github.com/qunbei/qunbei"+banned) {
				t.Errorf("the auditor's tool links %s", d)
			}
		}
	}
}

// TestEveryFaultHasWords holds that no code reaches an auditor untranslated.
func TestEveryFaultHasWords(t *testing.T) {
	for _, code := range replay.Codes() {
		w, ok := words["fault."+string(code)]
		if !ok || w[0] == "" || w[1] == "" {
			t.Errorf("no words for %s", code)
		}
	}
}
