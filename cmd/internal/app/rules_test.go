package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// The rules of approval (models/domain/RULES.md), each proved where people meet it: by HTTP, on a real engine and a real
// database, under the policy in testdata. testdata/mutations breaks each rule in the code, and its test must notice.

// rule is the proof of one rule.
type rule struct {
	id    string
	prove func(*testing.T, *court)
}

// TestRule has one subtest for each rule. They share one company, in which each has people and cases of its own.
func TestRule(t *testing.T) {
	k := newCourt(t)
	rules := slices.Concat(stepRules, addRules, handRules, delegationRules, returnRules, requesterRules, timeRules, peopleRules, recordRules)
	for _, x := range rules {
		t.Run(x.id, func(t *testing.T) {
			if !slices.Contains(alone, x.id) {
				t.Parallel()
			}
			x.prove(t, k)
		})
	}
}

// alone are the rules whose proof holds up everybody else.
var alone = []string{"A38", "A47"}

// TestEveryRuleIsProved compares the list of rules with what proves and what breaks them.
func TestEveryRuleIsProved(t *testing.T) {
	root, err := testenv.Root()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "models", "domain", "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := filepath.Glob("testdata/mutations/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var broken []byte
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		broken = append(broken, raw...)
	}
	var proved []string
	for _, x := range slices.Concat(stepRules, addRules, handRules, delegationRules, returnRules, requesterRules, timeRules, peopleRules, recordRules) {
		if slices.Contains(proved, x.id) {
			t.Errorf("%s is proved twice", x.id)
		}
		proved = append(proved, x.id)
	}
	listed := regexp.MustCompile(`(?m)^\| (A\d\d) \|`).FindAllStringSubmatch(string(text), -1)
	if len(listed) == 0 || len(listed) != len(proved) {
		t.Errorf("%d rules are listed, %d proved", len(listed), len(proved))
	}
	for _, m := range listed {
		if !slices.Contains(proved, m[1]) {
			t.Errorf("nothing proves %s", m[1])
		}
		if !strings.Contains(string(broken), "- rule: "+m[1]+"\n") {
			t.Errorf("nothing breaks %s", m[1])
		}
	}
}

// pace is how long a working minute lasts there: half an hour, the shortest span a policy may name, in a second and a half.
const pace = 50 * time.Millisecond

// court is the company in which rules are proved.
type court struct {
	*running
	routes map[string]int // how many people are in the group whose request takes the route
	policy string         // the text of the policy
	gate   gate
	book   sync.Mutex // one change of the address book at a time
}

var filed atomic.Int64

func newCourt(t *testing.T) *court {
	t.Helper()
	env := testenv.Start(t)
	env.Namespace, env.DatabaseURL = env.NewNamespace(t), env.NewDatabase(t)
	k := &court{routes: map[string]int{}}
	for kind, file := range map[store.RulesKind]string{store.Policies: "policy.yaml", store.Calendars: "calendar.yaml"} {
		raw, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		c := app.Config{DatabaseURL: env.DatabaseURL}
		version, _, err := app.PutRules(t.Context(), c, kind, raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := app.SetUpRules(t.Context(), c, kind, version); err != nil {
			t.Fatal(err)
		}
		if kind == store.Policies {
			k.policy = string(raw)
		}
	}
	for _, m := range regexp.MustCompile(`name: (\w+),.*members == (\d+)`).FindAllStringSubmatch(k.policy, -1) {
		k.routes[m[1]], _ = strconv.Atoi(m[2])
	}
	r, err := launch(env, func(c *app.Config) { c.WorkingMinute, c.Boundary = pace, k.gate.pass })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.end(); err != nil {
			t.Errorf("the program's end: %v", err)
		}
	})
	k.running = r
	return k
}

// request is a request that takes a route; change alters it further.
func (k *court) request(t *testing.T, route string, change ...func(*domain.Filing)) domain.Filing {
	t.Helper()
	n, ok := k.routes[route]
	if !ok {
		t.Fatalf("the policy has no route %s", route)
	}
	f := k.filing(t, fmt.Sprintf("平台部-规则%d", filed.Add(1)), department)
	f.Members = []domain.EmployeeID{}
	for i := range n - len(f.Admins) {
		f.Members = append(f.Members, k.id(t, fmt.Sprintf("E%04d", 210+i)))
	}
	for _, c := range change {
		c(&f)
	}
	return f
}

// opened files a request of E0040 that takes a route.
func (k *court) opened(t *testing.T, route string, change ...func(*domain.Filing)) service.CaseSummary {
	t.Helper()
	return k.openedBy(t, "E0040", route, change...)
}

func (k *court) openedBy(t *testing.T, who, route string, change ...func(*domain.Filing)) service.CaseSummary {
	t.Helper()
	return k.file(t, who, k.request(t, route, change...))
}

// does sends an act on a case; members are pairs of a name and a value.
func (k *court) does(t *testing.T, who string, c service.CaseSummary, what string, members ...any) reply {
	t.Helper()
	body := map[string]any{"decision_id": uuid.NewString()}
	for i := 0; i+1 < len(members); i += 2 {
		body[members[i].(string)] = members[i+1]
	}
	return k.patiently(t, who, "/cases/"+c.ID+"/"+what, body)
}

// patiently sends an act again, under the same id, while a busy engine does not answer or the answer is still out: as the
// answer says.
func (k *court) patiently(t *testing.T, who, to string, body any) reply {
	t.Helper()
	x := k.post(t, who, to, body)
	for range 5 {
		if x.status != http.StatusServiceUnavailable && x.status != http.StatusAccepted {
			break
		}
		time.Sleep(time.Second)
		x = k.post(t, who, to, body)
	}
	return x
}

func (k *court) decides(t *testing.T, who string, c service.CaseSummary, o domain.Outcome, members ...any) reply {
	t.Helper()
	return k.does(t, who, c, "decisions", append([]any{"outcome", o, "material_digest", c.Digest}, members...)...)
}

// yes has people approve one after the other.
func (k *court) yes(t *testing.T, c service.CaseSummary, people ...string) {
	t.Helper()
	for _, who := range people {
		k.decides(t, who, c, domain.Approve).accepted(t)
	}
}

// no has people reject one after the other.
func (k *court) no(t *testing.T, c service.CaseSummary, people ...string) {
	t.Helper()
	for _, who := range people {
		k.decides(t, who, c, domain.Reject).accepted(t)
	}
}

func (k *court) transfers(t *testing.T, who string, c service.CaseSummary, to string) reply {
	t.Helper()
	return k.does(t, who, c, "transfers", "to", to, "comment", "转交")
}

func (k *court) adds(t *testing.T, who string, c service.CaseSummary, mode domain.AddMode, people ...string) reply {
	t.Helper()
	members := []any{"mode", mode, "people", people}
	if mode == domain.AddAfter {
		members = append(members, "material_digest", c.Digest)
	}
	return k.does(t, who, c, "added-signers", members...)
}

func (k *court) returns(t *testing.T, who string, c service.CaseSummary, step int) reply {
	t.Helper()
	return k.does(t, who, c, "returns", "step", step, "comment", "请补充", "material_digest", c.Digest)
}

// resubmits puts a request up again as it shall stand.
func (k *court) resubmits(t *testing.T, who string, c service.CaseSummary, f domain.Filing) reply {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	body["decision_id"] = uuid.NewString()
	return k.patiently(t, who, "/cases/"+c.ID+"/resubmissions", body)
}

// lends has somebody hand their approvals over.
func (k *court) lends(t *testing.T, from, to string, members ...any) reply {
	t.Helper()
	body := map[string]any{"to": k.id(t, to), "until": time.Now().Add(time.Hour).Format(time.RFC3339)}
	for i := 0; i+1 < len(members); i += 2 {
		body[members[i].(string)] = members[i+1]
	}
	return k.post(t, from, "/delegations", body)
}

// moves changes people in the address book: number, column, value.
func (k *court) moves(t *testing.T, cells ...[3]string) {
	t.Helper()
	k.book.Lock()
	defer k.book.Unlock()
	b := demoBook(t)
	var people []string
	for _, c := range cells {
		b.set(t, c[0], c[1], c[2])
		people = append(people, c[0])
	}
	n := slices.Index(b.head, "工号")
	b.rows = slices.DeleteFunc(b.rows, func(row []string) bool { return !slices.Contains(people, row[n]) })
	k.importBook(t, "E0260", "full=false", b.csv()).is(t, http.StatusOK)
}

// sees reads a case as its requester.
func (k *court) sees(t *testing.T, c service.CaseSummary) service.CaseView {
	t.Helper()
	return k.read(t, c.Requester.Number, c.ID)
}

// stands checks a case's state.
func (k *court) stands(t *testing.T, c service.CaseSummary, want domain.CaseStatus) service.CaseView {
	t.Helper()
	v := k.sees(t, c)
	if v.Status != want {
		t.Fatalf("%s is %s, want %s", c.Number, v.Status, want)
	}
	return v
}

// asks checks who is asked now, all of them and nobody else.
func (k *court) asks(t *testing.T, c service.CaseSummary, want ...string) service.CaseView {
	t.Helper()
	v := k.sees(t, c)
	if got := numbers(v.Waiting); !slices.Equal(got, want) {
		t.Fatalf("%s (%s) waits for %v, want %v", c.Number, v.Status, got, want)
	}
	return v
}

func numbers(people []service.PersonRef) []string {
	var out []string
	for _, p := range people {
		out = append(out, p.Number)
	}
	slices.Sort(out)
	return out
}

// accepted expects an act to be carried out. Each has an id of its own, so a duplicate is one that was sent again patiently.
func (x reply) accepted(t *testing.T) service.ActAnswer {
	t.Helper()
	a := x.answer(t)
	if a.Result != domain.Accepted && a.Result != domain.Duplicate {
		t.Fatalf("%s: %s", x.what, x.body)
	}
	return a
}

// denied expects an act to be refused for a reason.
func (x reply) denied(t *testing.T, status int, reason domain.Reason) service.ActAnswer {
	t.Helper()
	p := refused(t, x, status, domain.Refused, reason)
	return service.ActAnswer{Result: p.Result, Reason: p.Reason}
}

// late expects an act to be too late because of somebody's decision; "": nobody's.
func (x reply) late(t *testing.T, reason domain.Reason, by string) {
	t.Helper()
	p := refused(t, x, http.StatusConflict, domain.TooLate, reason)
	if got := p.DecidedBy; (got == nil) != (by == "") || got != nil && got.Number != by {
		t.Fatalf("%s: want to hear of %q: %s", x.what, by, x.body)
	}
}

// place finds the last place of a person on a route.
func place(t *testing.T, steps []service.StepView, who string) service.SlotView {
	t.Helper()
	for _, st := range slices.Backward(steps) {
		for _, s := range slices.Backward(st.Slots) {
			if s.Person.Number == who && s.ID != "" {
				return s
			}
		}
	}
	t.Fatalf("%s has no place", who)
	return service.SlotView{}
}

// placed checks the state of a person's last place.
func placed(t *testing.T, v service.CaseView, who string, status domain.SlotStatus, closed domain.Reason) service.SlotView {
	t.Helper()
	s := place(t, v.Route.Steps, who)
	if s.Status != status || s.Closed != closed {
		t.Errorf("the place of %s is %s %s, want %s %s", who, s.Status, s.Closed, status, closed)
	}
	return s
}

// soon waits for what the system does by itself.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(min(slack, 3) * 20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}
