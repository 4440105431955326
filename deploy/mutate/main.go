// Command mutate breaks the rules of approval one at a time and looks whether the rule's own test notices. Each change is
// one line of cmd/internal/app/testdata/mutations.yaml: the rule's id, a file of the domain, the text to replace and what
// with. Nothing is written into the tree: the compiler is given the changed file by an overlay.
//
//	go run ./deploy/mutate [-only A01,A02] [-report deploy/bench/reports/mutations.md]
//
// It needs the engine (QUNBEI_ENGINE) as every test does. It exits with 1 when a change survived.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// mutation is one way to break a rule.
type mutation struct {
	Rule string `yaml:"rule"`
	File string `yaml:"file"` // relative to the module's root
	Old  string `yaml:"old"`  // must be there exactly once
	New  string `yaml:"new"`
	Does string `yaml:"does"` // what it breaks, in words
}

// The verdicts on a mutation.
const (
	caught   = "caught"
	survived = "SURVIVED"
)

func main() {
	list := flag.String("list", "cmd/internal/app/testdata/mutations.yaml", "the changes to try")
	only := flag.String("only", "", "rules to try, separated by commas (default: all)")
	report := flag.String("report", "", "file to write the report to")
	flag.Parse()
	if err := run(context.Background(), *list, *only, *report); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, list, only, report string) error {
	raw, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	var all []mutation
	if err := yaml.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("read %s: %w", list, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Rules broken one at a time\n\n%s, %d cores. Command: `go run ./deploy/mutate`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU())
	b.WriteString("| rule | what was broken | in | verdict | s |\n|---|---|---|---|---|\n")
	var alive []string
	for _, m := range all {
		if only != "" && !slices.Contains(strings.Split(only, ","), m.Rule) {
			continue
		}
		began := time.Now()
		verdict, err := try(ctx, m)
		if err != nil {
			return fmt.Errorf("%s in %s: %w", m.Rule, m.File, err)
		}
		if verdict == survived {
			alive = append(alive, m.Rule)
		}
		line := fmt.Sprintf("| %s | %s | %s | %s | %.0f |", m.Rule, m.Does, filepath.Base(m.File), verdict, time.Since(began).Seconds())
		fmt.Println(line)
		b.WriteString(line + "\n")
	}
	if report != "" {
		if err := os.WriteFile(report, []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	if len(alive) > 0 {
		return fmt.Errorf("no test noticed that these were broken: %s", strings.Join(alive, ", "))
	}
	return nil
}

// try builds the tests with one change and runs the rule's test. A change that does not compile proves nothing and is an
// error, as is one whose text is not there.
func try(ctx context.Context, m mutation) (string, error) {
	source, err := os.ReadFile(m.File)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		return "", fmt.Errorf("the text to replace is there %d times", n)
	}
	dir, err := os.MkdirTemp("", "qunbei-mutate-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	changed, overlay, binary := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "app.test")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), m.Old, m.New, 1)), 0o600); err != nil {
		return "", err
	}
	path, err := filepath.Abs(m.File)
	if err != nil {
		return "", err
	}
	doc, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, doc, 0o600); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", binary, "./cmd/internal/app").CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	test := exec.CommandContext(ctx, binary, "-test.run", "^TestRule$/^"+m.Rule+"$", "-test.v", "-test.timeout", "5m")
	test.Dir = "cmd/internal/app"
	out, err := test.CombinedOutput()
	if !strings.Contains(string(out), "=== RUN   TestRule/"+m.Rule) {
		return "", fmt.Errorf("there is no such test\n%s", out)
	}
	if err == nil {
		return survived, nil
	}
	return caught, nil
}
