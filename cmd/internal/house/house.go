package house

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// module is the main module's path.
const module = "github.com/qunbei/qunbei"

// pkg is what the rules need to know of a package.
type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Imports    []string // of the package's own files, not of its tests
	Deps       []string // everything it links
	GoFiles    []string
}

// packages lists the main module, also where a file does not compile at the moment.
func packages(ctx context.Context, dir string) ([]pkg, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-json=ImportPath,Name,Doc,Imports,Deps,GoFiles", "./...")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading go list's answer: %w", err)
		}
		all = append(all, p)
	}
}

// rule is what one part of the house may import. Paths are within the module; a rule covers the packages below it too,
// unless a longer one does.
type rule struct {
	at string
	// own lists the parts of the module it may import, besides what lies in the same part.
	own []string
	// libs lists the beginnings of other modules' paths; nil is any but the ones in forbidden.
	libs []string
	// why is printed when the rule is broken.
	why string
}

// std marks a package that may import the standard library alone.
var std = []string{}

// rules are the import rules. They point one way: from the programs through the API and the workflows to the pure rules.
var rules = []rule{
	{at: "models/domain", own: nil, libs: std,
		why: "the rules are pure functions: workflow, activity, preview and auditor must reach the same decision, today and in ten years, so nothing that changes by itself may come in"},
	{at: "models/policy", own: []string{"models/domain", "models/screening", "deploy/policy"},
		why: "a policy is data and its reading: it must run in previews and dry runs without a database; rules of screening are checked by what applies them"},
	{at: "models/directory", own: []string{"models/domain"},
		why: "reading an address book is a pure step, shown as a dry run before anything is stored"},
	{at: "models/screening", own: []string{"models/domain"},
		why: "screening sees raw secrets: it must not be able to store or send them"},
	{at: "models/extract", own: nil,
		why: "it reads hostile files: it must not be able to store or send them"},
	{at: "models/ledger", own: []string{"models/domain"},
		why: "the auditor's tool verifies with it and links no database"},
	{at: "models/migrations", own: nil, libs: std,
		why: "the schema is SQL: it must not depend on the code that it outlives"},
	{at: "models/store", own: []string{"models/domain", "models/migrations"},
		why: "storing knows rows and the rules they carry, never who asked"},
	{at: "models", own: []string{"models/domain"},
		why: "what is known of the world knows nothing of those who use it"},
	{at: "activities", own: []string{"models/domain"},
		why: "activities own the ports they need, so that the store, a chat platform or mail can be put behind them and workflows never link those"},
	{at: "workflows/testenv", own: nil,
		why: "the tests' engine must be importable from every package's tests without a cycle"},
	{at: "workflows/testenv/company", own: []string{"models", "activities", "workflows", "deploy/nda"},
		why: "a whole company for tests sees what the programs see, but not the API, whose tests use it"},
	{at: "workflows/codec", own: []string{"models/domain"},
		why: "encryption stands alone, so that it can be reviewed alone"},
	{at: "workflows", own: []string{"models/domain", "activities"}, libs: []string{"go.temporal.io/", "google.golang.org/protobuf", "github.com/google/uuid"},
		why: "workflow code is replayed: whatever it links can make a replay differ"},
	{at: "api/problem", own: []string{"api/service", "models/domain", "models/policy"},
		why: "one mapping from faults to status codes"},
	{at: "api/auth", own: []string{"api/service", "api/problem", "models/domain"},
		why: "who someone is, is asked of the service"},
	{at: "api/service", own: []string{"models/domain", "models/policy", "models/screening", "models/extract", "models/directory", "models/ledger", "models/store", "workflows", "activities"},
		why: "the only caller of the engine and the store, the same for API and pages"},
	{at: "api/v1", own: []string{"api/service", "api/problem", "api/auth", "models/domain"},
		why: "handlers translate; what they decided themselves, the pages would decide differently"},
	{at: "api/web", own: []string{"api/service", "api/problem", "api/auth", "models/domain"},
		why: "pages show what the service answers; what they decided themselves, the API would decide differently"},
	{at: "api", own: []string{"api", "models/domain"},
		why: "the server joins handlers, pages and doors, and reaches the rest through the service"},
	{at: "deploy/bench", own: []string{"workflows", "activities", "models", "cmd/internal"},
		why: "the bench drives the service from outside, and builds the floor from the least there is"},
	{at: "deploy", own: nil,
		why: "what is deployed is data; the code that reads it lies in models"},
	{at: "cmd", own: []string{""},
		why: "only the programs see everything: they put the parts together"},
}

// keepers are the modules that only some parts may import directly, and why.
var keepers = []struct {
	lib  string
	at   []string
	why  string
	deep bool // not even through others
}{
	{lib: "gorm.io/", at: []string{"models/store", "cmd"}, why: "one package knows the tables"},
	{lib: "github.com/jackc/pgx", at: []string{"models/store", "workflows/testenv", "deploy/bench", "cmd"}, why: "one package talks to the database"},
	{lib: "github.com/labstack/echo", at: []string{"api", "cmd"}, why: "only the web server knows what serves it; the service is called by other doors too"},
	{lib: "github.com/tink-crypto/", at: []string{"workflows/codec", "cmd"}, why: "keys are handled in one place"},
	{lib: "github.com/go-webauthn/", at: []string{"api/service"}, why: "one place reads what browsers send of passkeys; who checks afterwards needs no CBOR"},
	{lib: "github.com/descope/virtualwebauthn", at: []string{"activities/signing/passkey/passkeytest"}, why: "an authenticator in software is for tests"},
	{lib: "go.temporal.io/server", at: nil, why: "the engine is linked by cmd/qunbei-solo alone, a module of its own", deep: true},
}

// light are the parts that must not link the database or the web server, not even through others, and why.
var light = []struct{ at, why string }{
	{"workflows", "a worker that replays needs neither, and the auditor's tool links workflows"},
	{"activities", "they know ports, not what is behind them"},
	{"models/domain", "pure"},
	{"models/policy", "pure"},
	{"models/screening", "pure"},
	{"models/ledger", "the auditor's tool links it"},
	{"cmd/qunbei-audit", "the auditor's tool is small enough to be read"},
}

var heavy = []string{"gorm.io/", "github.com/labstack/echo"}

// within says whether path is at or below part.
func within(path, part string) bool {
	return part == "" || path == part || strings.HasPrefix(path, part+"/")
}

// inside returns a package's path within the module.
func inside(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

// ruleFor returns the longest rule that covers path.
func ruleFor(path string) (rule, bool) {
	var best rule
	found := false
	for _, r := range rules {
		if within(path, r.at) && (!found || len(r.at) > len(best.at)) {
			best, found = r, true
		}
	}
	return best, found
}

// breaches returns what is wrong with p's imports, one sentence each.
func breaches(p pkg) []string {
	path, ok := inside(p.ImportPath)
	if !ok {
		return nil
	}
	r, ok := ruleFor(path)
	if !ok {
		return []string{fmt.Sprintf("%s: no rule says what it may import; add one to house.go, or put it where one does", path)}
	}
	var faults []string
	for _, imported := range p.Imports {
		if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
			continue // standard library
		}
		if ours, ok := inside(imported); ok {
			if !allowed(r, path, ours) {
				faults = append(faults, fmt.Sprintf("%s imports %s: %s", path, ours, r.why))
			}
			continue
		}
		if r.libs != nil && !begins(imported, r.libs) {
			faults = append(faults, fmt.Sprintf("%s imports %s: %s", path, imported, r.why))
		}
		for _, k := range keepers {
			if strings.HasPrefix(imported, k.lib) && !anyPart(path, k.at) {
				faults = append(faults, fmt.Sprintf("%s imports %s: %s", path, imported, k.why))
			}
		}
	}
	for _, dep := range p.Deps {
		for _, k := range keepers {
			if k.deep && strings.HasPrefix(dep, k.lib) {
				faults = append(faults, fmt.Sprintf("%s links %s: %s", path, dep, k.why))
			}
		}
		for _, l := range light {
			if within(path, l.at) && begins(dep, heavy) && !within(path, "workflows/testenv") {
				faults = append(faults, fmt.Sprintf("%s links %s: %s", path, dep, l.why))
			}
		}
	}
	return faults
}

// allowed says whether a package at path, under rule r, may import ours.
func allowed(r rule, path, ours string) bool {
	if within(ours, "workflows/testenv") && !within(path, "workflows/testenv") {
		return false // for tests alone, whose imports are not counted here
	}
	if (r.at == "api/v1" && within(ours, "api/web")) || (r.at == "api/web" && within(ours, "api/v1")) {
		return false
	}
	return within(ours, r.at) || anyPart(ours, r.own)
}

func anyPart(path string, parts []string) bool {
	for _, part := range parts {
		if within(path, part) {
			return true
		}
	}
	return false
}

func begins(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}
