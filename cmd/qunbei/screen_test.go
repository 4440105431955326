package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScreenCommand: exit status for scripts, lines for people, JSON for programs, and nothing quoted unless asked for.
func TestScreenCommand(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	plain, found, picture := file("plain.txt", "下午三点开会\n"), file("found.txt", "第一行\n手机13800138000联系\n"), file("a.png", "\x89PNG\r\n\x1a\n\x00")
	rules := file("rules.yaml", "version: x")
	for _, c := range []struct {
		args   []string
		in     string
		status int
		says   string
	}{
		{[]string{plain}, "", 0, ""}, {[]string{plain, found}, "", 1, found + ":2:3: mobile, sensitive"}, {[]string{"-"}, "13800138000", 1, "-:1:1: mobile"},
		{[]string{picture}, "", 1, "cannot be screened (not_text)"}, {[]string{filepath.Join(dir, "none")}, "", 2, ""}, {[]string{}, "", 2, ""}, {[]string{"--policy", rules, plain}, "", 2, ""},
		{[]string{"--desensitise", found}, "", 1, "手机138****8000联系"},
	} {
		cmd := screenCommand()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetIn(strings.NewReader(c.in))
		cmd.SetArgs(c.args)
		err := cmd.Execute()
		status := 0
		switch {
		case errors.Is(err, errFound):
			status = 1
		case errors.As(err, new(errScreen)):
			status = 2
		case err != nil:
			t.Fatal(err)
		}
		if status != c.status || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: status %d, want %d; %q %v", c.args, status, c.status, out.String(), err)
		}
		if strings.Contains(out.String(), "13800138000") {
			t.Errorf("%v quotes what it found: %q", c.args, out.String())
		}
	}
	cmd := screenCommand()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"--json", found, picture})
	if err := cmd.Execute(); !errors.Is(err, errFound) {
		t.Fatal(err)
	}
	var lines []screened
	for d := json.NewDecoder(&out); d.More(); {
		var s screened
		if err := d.Decode(&s); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, s)
	}
	if len(lines) != 2 || lines[0].Class != "sensitive" || len(lines[0].Findings) != 1 || lines[1].Opaque != "not_text" || lines[1].Class == "general" {
		t.Errorf("%+v", lines)
	}
}
