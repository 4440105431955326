package web

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	literal = regexp.MustCompile(`\bT(?:Or)?\("([a-z_0-9.]+)"[,)]`)
	prefix  = regexp.MustCompile(`\bT(?:Or)?\("([a-z_0-9.]+\.)"\s*\+`)
	// made are keys put together elsewhere than in the call.
	made  = []string{"time.in.", "time.ago.", "tl.", "cause.", "news.", "error.", "done.", "fault.", "why.", "keys.", "help.", "verdict.", "inbox.", "event.", "origin.", "rung.", "round.", "stand.", "again.", "remedy.", "add.", "media.", "batch.done.", "batch.result.", "age.", "dates.", "nda.rule."}
	value = regexp.MustCompile(`\{[a-z_]+\}`)
)

// Both languages say the same things with the same values, every text is used, and every text that pages ask for is there.
func TestCatalogsAgreeWithEachOtherAndThePages(t *testing.T) {
	zh, en := catalogs[Chinese], catalogs[English]
	for k := range zh {
		if strings.TrimSpace(en[k]) == "" {
			t.Errorf("en.yaml lacks %s", k)
		}
		a, b := value.FindAllString(zh[k], -1), value.FindAllString(en[k], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: zh-CN has the values %v, en has %v", k, a, b)
		}
	}
	for k := range en {
		if strings.TrimSpace(zh[k]) == "" {
			t.Errorf("zh-CN.yaml lacks %s", k)
		}
	}
	asked, begins := map[string]bool{}, slices.Clone(made)
	for _, pattern := range []string{"*.templ", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if strings.HasSuffix(n, "_templ.go") || strings.HasSuffix(n, "_test.go") {
				continue
			}
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range literal.FindAllStringSubmatch(string(b), -1) {
				asked[m[1]] = true
			}
			for _, m := range prefix.FindAllStringSubmatch(string(b), -1) {
				begins = append(begins, m[1])
			}
		}
	}
	if len(asked) < 200 {
		t.Fatalf("only %d texts found in the pages: the test looks in the wrong place", len(asked))
	}
	for _, k := range slices.Sorted(maps.Keys(asked)) {
		if _, ok := zh[k]; !ok && !strings.HasSuffix(k, ".") {
			t.Errorf("pages ask for %s, which no catalogue has", k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(zh)) {
		used := asked[k] || slices.ContainsFunc(begins, func(p string) bool { return strings.HasPrefix(k, p) })
		if !used {
			t.Errorf("no page uses %s", k)
		}
	}
}
