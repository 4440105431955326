package house

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/workflows/testenv"
)

func root(t *testing.T) string {
	t.Helper()
	dir, err := testenv.Root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestImportsPointOneWay(t *testing.T) {
	all, err := packages(t.Context(), root(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 8 {
		t.Fatalf("only %d packages found", len(all))
	}
	for _, p := range all {
		for _, fault := range breaches(p) {
			t.Error(fault)
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, dir := range []string{root(t), filepath.Join(root(t), "cmd", "qunbei-solo")} {
		all, err := packages(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if len(p.GoFiles) > 0 && strings.TrimSpace(p.Doc) == "" {
				t.Errorf("%s has no package comment: say in one of its files what it is for", p.ImportPath)
			}
		}
	}
}

// TestTheRulesBite feeds the rules what they must refuse and what they must let pass.
func TestTheRulesBite(t *testing.T) {
	tests := map[string]struct {
		at      string
		imports []string
		deps    []string
		fine    bool
	}{
		"domain stays pure":               {at: "models/domain", imports: []string{"github.com/google/uuid"}},
		"domain and the standard library": {at: "models/domain", imports: []string{"time", "encoding/json"}, fine: true},
		"policy and the store":            {at: "models/policy", imports: []string{module + "/models/store"}},
		"policy and its libraries":        {at: "models/policy", imports: []string{module + "/models/domain", "github.com/expr-lang/expr"}, fine: true},
		"workflow and a database":         {at: "workflows", imports: []string{"github.com/jackc/pgx/v5"}},
		"workflow and the network":        {at: "workflows", imports: []string{"github.com/labstack/echo/v4"}},
		"workflow and an activity":        {at: "workflows", imports: []string{module + "/activities", "go.temporal.io/sdk/workflow"}, fine: true},
		"workflow that links the store":   {at: "workflows", deps: []string{"gorm.io/gorm"}},
		"activity and the store":          {at: "activities", imports: []string{module + "/models/store"}},
		"keys elsewhere":                  {at: "api/service", imports: []string{"github.com/tink-crypto/tink-go/v2/aead"}},
		"API and pages":                   {at: "api/v1", imports: []string{module + "/api/web"}},
		"pages and API":                   {at: "api/web", imports: []string{module + "/api/v1"}},
		"pages and the store":             {at: "api/web", imports: []string{module + "/models/store"}},
		"pages and the service":           {at: "api/web", imports: []string{module + "/api/service"}, fine: true},
		"service and its tables":          {at: "api/service", imports: []string{"gorm.io/gorm"}},
		"service and the store":           {at: "api/service", imports: []string{module + "/models/store"}, fine: true},
		"someone imports a program":       {at: "api", imports: []string{module + "/cmd/internal/app"}},
		"test engine in the product":      {at: "workflows/audit", imports: []string{module + "/workflows/testenv"}},
		"the server":                      {at: "cmd/qunbei", deps: []string{"go.temporal.io/server/temporal"}},
		"the auditor's tool":              {at: "cmd/qunbei-audit", deps: []string{"github.com/labstack/echo/v4"}},
		"a program sees everything":       {at: "cmd/qunbei", imports: []string{module + "/models/store", "gorm.io/gorm"}, fine: true},
		"a new part without a rule":       {at: "helpers"},
	}
	for name, test := range tests {
		faults := breaches(pkg{ImportPath: module + "/" + test.at, Imports: test.imports, Deps: test.deps})
		if (len(faults) == 0) != test.fine {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

// TestTheTopIsTheOwnersLayout holds what may lie at the top of the repository.
func TestTheTopIsTheOwnersLayout(t *testing.T) {
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	owners := []string{"cmd", "workflows", "activities", "api", "models", "deploy", "README.md", "go.mod", "go.sum", "Makefile", "LICENSE"}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		top, _, _ := strings.Cut(line, "/")
		if seen[top] {
			continue
		}
		seen[top] = true
		if !strings.HasPrefix(top, ".") && !slices.Contains(owners, top) {
			t.Errorf("%s lies at the top, which is the owner's layout: %s", top, strings.Join(owners, ", "))
		}
	}
}

// TestBothModulesNameTheSameVersions: the solo program links the main module's code with the versions of its own go.mod,
// so a difference would mean that what is tested is not what runs.
func TestBothModulesNameTheSameVersions(t *testing.T) {
	main := requires(t, filepath.Join(root(t), "go.mod"))
	solo := requires(t, filepath.Join(root(t), "cmd", "qunbei-solo", "go.mod"))
	shared := 0
	for path, version := range main {
		other, ok := solo[path]
		if !ok {
			continue
		}
		shared++
		if other != version {
			t.Errorf("%s is %s in go.mod and %s in cmd/qunbei-solo/go.mod: run `make tidy`", path, version, other)
		}
	}
	if shared < 10 {
		t.Errorf("only %d modules are shared", shared)
	}
}

func requires(t *testing.T, file string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range mod.Require {
		all[r.Path] = r.Version
	}
	return all
}
