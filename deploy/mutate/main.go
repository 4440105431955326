// Command mutate breaks the rules of approval, or those of a group's life, one at a time and looks whether a test notices: of
// approval the rule's own test, on a real engine; of a group's life any test of models/domain. Each change is one entry of
// testdata/mutations/*.yaml beside the tests: the rule, a file, the text to replace and what with. Nothing is written into
// the tree: the compiler is given changed files by an overlay. Changes that lie within functions, which
// nearly all do, are compiled into one binary, which then runs once for each of them.
//
//	go run ./deploy/mutate [-of approval] [-only A01,A02] [-report deploy/bench/reports/mutations.md]
//	go run ./deploy/mutate -of life [-only freeze,hold] [-report deploy/bench/reports/mutations-life.md]
//
// For approval it needs the engine (QUNBEI_ENGINE, or bin/qunbei-solo) as every test does, and starts it once. It exits with 1 when a
// change survived.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// edit replaces a text that is in a file exactly once.
type edit struct {
	File string `yaml:"file"` // relative to the module's root
	Old  string `yaml:"old"`
	New  string `yaml:"new"`
}

// mutation is one way to break a rule.
type mutation struct {
	Rule string `yaml:"rule"`
	edit `yaml:",inline"`
	And  []edit `yaml:"and"`  // what else must change, where two places hold the rule
	Does string `yaml:"does"` // what it breaks, in words
}

func (m mutation) edits() []edit { return append([]edit{m.edit}, m.And...) }

// The verdicts on a mutation.
const (
	caught   = "caught"
	survived = "SURVIVED"
)

// suite is a package whose tests prove rules.
type suite struct {
	name   string
	tests  string                        // the package
	engine bool                          // they need one
	args   func(rules []string) []string // what the tests of these rules are run with
	named  bool                          // each rule has a test of its own
}

// lists are the files with the changes.
func (s suite) lists() string { return filepath.Join(s.tests, "testdata", "mutations", "*.yaml") }

var suites = map[string]suite{
	"approval": {name: "approval", tests: "./cmd/internal/app", engine: true, named: true, args: func(rules []string) []string {
		return []string{"-test.run", "^TestRule$/^(" + strings.Join(rules, "|") + ")$"}
	}},
	// The random cases are left out: they know nothing of groups, and take long. Random lives are not.
	"life": {name: "life", tests: "./models/domain", args: func([]string) []string { return []string{"-test.skip", "^TestWhatMustAlwaysHold$", "-test.failfast"} }},
}

func main() {
	of := flag.String("of", "approval", "whose rules: approval, life")
	only := flag.String("only", "", "rules to try, separated by commas (default: all)")
	report := flag.String("report", "", "file to write the report to")
	flag.Parse()
	s, ok := suites[*of]
	if !ok {
		fmt.Fprintf(os.Stderr, "mutate: there are no rules of %q: -of approval or -of life\n", *of)
		os.Exit(1)
	}
	if err := run(context.Background(), s, *only, *report); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s suite, only, report string) error {
	all, err := read(s.lists(), only)
	if err != nil {
		return err
	}
	if s.engine {
		stop, err := engine(ctx)
		if err != nil {
			return err
		}
		defer stop()
	}
	dir, err := os.MkdirTemp("", "qunbei-mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	binary, alone, err := build(ctx, dir, s.tests, all)
	if err != nil {
		return err
	}
	built := time.Since(began)
	// A test that fails without any change proves nothing.
	if said, passed, err := s.prove(ctx, binary, rulesOf(all), ""); err != nil || !passed {
		return fmt.Errorf("with nothing broken the tests fail: %s %w", said, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules broken one at a time\n\n%s, %d cores. Command: `go run ./deploy/mutate -of %s -report %s`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), s.name, report)
	fmt.Fprintf(&b, "%d changes of the code, built in %.0f s; each is run against the tests that prove its rule. Unchanged, every one of these tests passes.\n\n", len(all), built.Seconds())
	b.WriteString("| rule | what was broken | in | verdict | what the test said | s |\n|---|---|---|---|---|---|\n")
	var alive []string
	for i, m := range all {
		began := time.Now()
		with, mark := binary, strconv.Itoa(i)
		if slices.Contains(alone, i) {
			if with, err = buildAlone(ctx, dir, s.tests, m); err != nil {
				return fmt.Errorf("%s in %s: %w", m.Rule, m.File, err)
			}
			mark = ""
		}
		said, passed, err := s.prove(ctx, with, []string{m.Rule}, mark)
		if err != nil {
			return fmt.Errorf("%s in %s: %w", m.Rule, m.File, err)
		}
		verdict := caught
		if passed {
			verdict, alive = survived, append(alive, m.Rule+" ("+m.Does+")")
		}
		line := fmt.Sprintf("| %s | %s | %s | %s | %s | %.1f |", m.Rule, m.Does, filepath.Base(m.File), verdict, said, time.Since(began).Seconds())
		fmt.Println(line)
		b.WriteString(line + "\n")
	}
	if report != "" {
		if err := os.WriteFile(report, []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	if len(alive) > 0 {
		return fmt.Errorf("no test noticed that these were broken: %s", strings.Join(alive, "; "))
	}
	return nil
}

// read reads the lists that match a pattern, in the order of the rules, and checks that each text is where it should be.
func read(lists, only string) ([]mutation, error) {
	files, err := filepath.Glob(lists)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("nothing to try in %s", lists)
	}
	var all []mutation
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var some []mutation
		if err := yaml.Unmarshal(raw, &some); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b mutation) int { return strings.Compare(a.Rule, b.Rule) })
	if only != "" {
		all = slices.DeleteFunc(all, func(m mutation) bool { return !slices.Contains(strings.Split(only, ","), m.Rule) })
	}
	for i := range all {
		for _, e := range all[i].edits() {
			source, err := os.ReadFile(e.File)
			if err != nil {
				return nil, err
			}
			if n := strings.Count(string(source), e.Old); n != 1 || e.Old == "" {
				return nil, fmt.Errorf("%s (%s): the text to replace is in %s %d times: %q", all[i].Rule, all[i].Does, e.File, n, e.Old)
			}
		}
	}
	return all, nil
}

func rulesOf(all []mutation) []string {
	var out []string
	for _, m := range all {
		if !slices.Contains(out, m.Rule) {
			out = append(out, m.Rule)
		}
	}
	return out
}

var complaint = regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: (.*)$`)

// prove runs the tests of rules with one change switched on and tells whether they passed, and what was said first if not.
func (s suite) prove(ctx context.Context, binary string, rules []string, mark string) (said string, passed bool, err error) {
	test := exec.CommandContext(ctx, binary, append(s.args(rules), "-test.v", "-test.timeout", "3m")...)
	test.Dir = s.tests
	test.Env = append(os.Environ(), switchName+"="+mark)
	out, err := test.CombinedOutput()
	for _, rule := range rules {
		if s.named && !strings.Contains(string(out), "=== RUN   TestRule/"+rule+"\n") {
			return "", false, fmt.Errorf("there is no test of %s\n%s", rule, out)
		}
	}
	if err == nil {
		return "", true, nil
	}
	said = "it did not end in order"
	if m := complaint.FindStringSubmatch(string(out)); m != nil {
		said = m[1]
	}
	if r := []rune(said); len(r) > 160 {
		said = string(r[:160]) + "…"
	}
	return strings.ReplaceAll(ids.ReplaceAllString(said, "{id}"), "|", `\|`), false, nil
}

// ids are left out of the report: they differ each time.
var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}`)
