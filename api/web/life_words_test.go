package web

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every word of a group's life that the rules know has a text: states, flags, dates, what set them, findings, proposals,
// operations, capabilities, reasons, acts, news. What the rules add fails here until it is worded.
func TestLifeHasWords(t *testing.T) {
	source := read(t, "../../models/domain/*.go") + read(t, "../../activities/chat/*.go")
	acts := regexp.MustCompile(`GroupActKind\s+= "([a-z_]+)"`)
	for _, x := range []struct {
		pattern string
		keys    []string // with % for the word
		least   int
		not     []string
	}{
		{`Flag\s+= "([a-z_]+)"`, []string{"flag.%", "flag.%.what"}, 9, nil},
		{`DateKind = "([a-z_]+)"`, []string{"date.%", "date.%.what", "tl.group.date.%"}, 10, nil},
		{`FindingKind = "([a-z_]+)"`, []string{"finding.%"}, 10, nil},
		{`Proposal = "([a-z_]+)"`, []string{"propose.%"}, 9, nil},
		{`OpKind = "([a-z_]+)"`, []string{"op.%"}, 10, nil},
		{`OpState = "([a-z_]+)"`, []string{"opstate.%"}, 3, nil},
		{`Capability = "([a-z_]+)"`, []string{"capability.%"}, 18, nil},
		{`GroupState = "([a-z_]+)"`, []string{"group.%", "group.%.what"}, 10, nil},
		{`RenewalHow = "([a-z_]+)"`, []string{"term.%", "datecause.%"}, 4, nil},
		{`OrphanStage = "([a-z_]+)"`, []string{"life.orphan.%"}, 3, nil},
		{`Reason\s+= "([a-z_]+)"`, []string{"reason.%"}, 60, nil},
		{`Cause: "([a-z_]+)"`, []string{"datecause.%"}, 8, nil},
		{`IdleCause = "([a-z_]+)"`, []string{"idle.cause.%"}, 4, nil},
		{`Idle = "(due|kept|over)"`, []string{"tl.group.inactive.%"}, 3, nil},
		{`MemberState = "([a-z_]+)"`, []string{"memberstate.%"}, 9, nil},
		{acts.String(), []string{"tl.group.%"}, 30, nil},
	} {
		found := regexp.MustCompile(x.pattern).FindAllStringSubmatch(source, -1)
		if len(found) < x.least {
			t.Errorf("%s: only %d found: the expression has gone stale", x.pattern, len(found))
		}
		for _, m := range found {
			if slices.Contains(x.not, m[1]) {
				continue
			}
			for _, k := range x.keys {
				if key := strings.ReplaceAll(k, "%", m[1]); catalogs[Chinese][key] == "" || catalogs[English][key] == "" {
					t.Errorf("%s has no text", key)
				}
			}
		}
	}
	effects := regexp.MustCompile(`EffectKind = "([a-z_]+)"`).FindAllStringSubmatch(read(t, "../../models/domain/life_effects.go"), -1)
	for _, m := range effects {
		if key := "news." + m[1]; !strings.HasPrefix(m[1], "row_") && catalogs[Chinese][key] == "" {
			t.Errorf("%s has no text", key)
		}
	}
	agreements := regexp.MustCompile(`EffectKind = "(nda_[a-z_]+)"`).FindAllStringSubmatch(read(t, "../../models/domain/nda_act.go"), -1)
	for _, m := range agreements {
		if key := "news." + m[1]; catalogs[Chinese][key] == "" || catalogs[English][key] == "" {
			t.Errorf("%s has no text", key)
		}
	}
	if len(agreements) < 11 {
		t.Errorf("only %d effects of agreements found", len(agreements))
	}
	if len(effects) < 30 {
		t.Errorf("only %d effects found", len(effects))
	}
}

// read gives the files of a pattern as one text, without their tests.
func read(t *testing.T, pattern string) string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	var b strings.Builder
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		text, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
