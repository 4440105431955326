package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// pass lets step line, which only route special uses, pass at its deadline.
func pass(t *testing.T, when string) error {
	t.Helper()
	src := strings.Replace(string(defaultpolicy.Policy), "kind: sequence\n", "kind: sequence\n    final: pass\n", 1)
	src = strings.Replace(src, `when: type == "special"`, "when: "+when, 1)
	_, err := Parse([]byte(src))
	return err
}

// A passed deadline approves nothing confidential, however the route says what it carries.
func TestPassIsRefusedWhereConfidentialGroupsCouldGo(t *testing.T) {
	// Confidential and secret requests are taken by routes above: here only ordinary ones arrive.
	for _, when := range []string{`type == "special"`, `members > 100`, `type in ["special", "project"] and members > 5`} {
		if err := pass(t, when); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	// With the route for confidential requests narrowed, they can come this far.
	narrow := strings.Replace(string(defaultpolicy.Policy), "kind: sequence\n", "kind: sequence\n    final: pass\n", 1)
	narrow = strings.Replace(narrow, `when: tier == "confidential"`, `when: tier == "confidential" and members < 100`, 1)
	for when, fine := range map[string]bool{
		`type == "special"`: false, `type == "special" and tier == "ordinary"`: true, `type == "special" and not (tier in ["confidential", "secret"])`: true,
		`type == "special" and tier != "secret"`: false, `type == "special" and (outsiders or tier == "ordinary")`: true, // no confidential group has outsiders
		`tier != "confidential" and temporary`: true, `temporary == (tier == "ordinary")`: false,
	} {
		_, err := Parse([]byte(strings.Replace(narrow, `when: type == "special"`, "when: "+when, 1)))
		if fine != (err == nil) {
			t.Errorf("%s: %v", when, err)
		}
		if err != nil && !strings.Contains(err.Error(), "steps.line.final") {
			t.Errorf("%s: %v", when, err)
		}
	}
	// What a tier's ceiling forbids does not come: no confidential group is open to outsiders.
	for i, tiers := range mustParse(t, strings.Replace(narrow, "    final: pass\n", "", 1)).carried() {
		if i == 2 && (len(tiers) != 1 || !tiers[domain.TierOrdinary]) {
			t.Errorf("the route for outsiders carries %v", tiers)
		}
	}
	// The last route takes everything that is left.
	if _, err := Parse(edit(t, "    kind: countersign\n    who: [{owning", "    final: pass\n    kind: countersign\n    who: [{owning")); err == nil {
		t.Error("a step of every route may pass")
	}
	// A revocation may concern a confidential group.
	src := strings.Replace(string(defaultpolicy.Policy), "kind: sequence\n", "kind: sequence\n    final: pass\n", 1)
	src = strings.Replace(src, "window: 30d, steps: [owners]", "window: 30d, steps: [line]", 1)
	if _, err := Parse([]byte(src)); err == nil || !strings.Contains(err.Error(), `route "revocation" can carry`) {
		t.Errorf("revocation: %v", err)
	}
}

func TestRoutesThatNothingTakesAreRefused(t *testing.T) {
	for when, dead := range map[string]bool{
		`tier == "secret"`: true, `tier == "ordinary" and tier == "secret"`: true, `tier != "ordinary"`: true, `type == "special" and not temporary`: true,
		`tier == "secret" and outsiders`: true, `false`: true, `outsiders and existing`: true, `members > 0`: false, `type == "special"`: false, `existing`: false,
	} {
		_, err := Parse(edit(t, `when: type == "special"`, "when: "+when))
		if dead != (err != nil) || (dead && !strings.Contains(err.Error(), `no request can take route "special"`)) {
			t.Errorf("%s: %v", when, err)
		}
	}
}

// What could says is certain holds in the machine that runs: conditions and requests at random, more or less of the
// request known.
func TestCouldNeverContradictsTheMachine(t *testing.T) {
	seed := rand.Uint64()
	rng := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	var cond func(depth int) string
	cond = func(depth int) string {
		if depth == 0 || rng.IntN(4) == 0 {
			return pick(
				fmt.Sprintf("type %s %q", pick("==", "!="), pick("department", "project", "special")), fmt.Sprintf("%q == tier", pick("ordinary", "secret")),
				fmt.Sprintf("tier %s [%q, %q]", pick("in", "not in"), pick("ordinary", "secret"), "confidential"), pick("outsiders", "temporary", "existing", "true", "false"),
				fmt.Sprintf("members %s %d", pick("<", "<=", ">", ">=", "==", "!="), rng.IntN(4)), fmt.Sprintf("departments in [%d, %d]", rng.IntN(3), rng.IntN(3)),
			)
		}
		a, b := cond(depth-1), cond(depth-1)
		return pick("not ("+a+")", "("+a+" and "+b+")", "("+a+" or "+b+")", "("+a+" || "+b+")", "("+a+" && "+b+")", "(("+a+") == ("+b+"))", "(("+a+") != ("+b+"))")
	}
	certain := 0
	for range 3000 {
		source := cond(3)
		c, err := compileCondition(source, vocabulary{})
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, source, err)
		}
		f := domain.Filing{Type: domain.GroupTypes[rng.IntN(4)], Tier: domain.Tiers[rng.IntN(3)], Existing: rng.IntN(2) == 0,
			Departments: make([]domain.DepartmentID, rng.IntN(3)), Members: make([]domain.EmployeeID, rng.IntN(4))}
		f.Permissions.InviteOutsiders = rng.IntN(2) == 0
		if rng.IntN(2) == 0 {
			f.EndsOn = "2027-01-01"
		}
		all := map[string]any{"type": string(f.Type), "tier": string(f.Tier), "outsiders": f.Permissions.InviteOutsiders, "temporary": f.EndsOn != "",
			"existing": f.Existing, "departments": len(f.Departments), "members": len(f.Members)}
		want, err := c.holds((&Policy{}).facts(f, "", nil))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.could(scene{known: all}); got != triOf(want) {
			t.Fatalf("seed %d: %s over %v: all is known, yet %d, and the machine says %v", seed, source, all, got, want)
		}
		for name := range all {
			if rng.IntN(2) == 0 {
				delete(all, name)
			}
		}
		got := c.could(scene{known: all})
		if got != maybe {
			certain++
		}
		if got != maybe && got != triOf(want) {
			t.Fatalf("seed %d: %s over %v: %d is not certain: the machine says %v", seed, source, all, got, want)
		}
	}
	if certain < 300 {
		t.Errorf("only %d of 3000 were certain: the test shows little", certain)
	}
}
