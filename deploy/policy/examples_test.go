package defaultpolicy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// filed is a request and where it must go: the route, and each step's kind with the staff numbers of its people.
type filed struct {
	typ       domain.GroupType
	tier      domain.Tier
	owners    string // department codes
	outsiders bool
	by        string
	want      string
}

const (
	dep, prj, crs, spc = domain.TypeDepartment, domain.TypeProject, domain.TypeCrossDepartment, domain.TypeSpecial
	ord, cnf, sec      = domain.TierOrdinary, domain.TierConfidential, domain.TierSecret
)

// Leaders of the demo company: E0001 the company, E0002 RD, E0003 MK, E0004 OP, E0005 FN, E0006 RD-PLT, E0010 MK-BRD,
// E0011 MK-SA1; RD-TST has none. E0040 works in RD-PLT, E0037 and E0038 are process administrators of FN.
var examples = map[string][]filed{
	"small-firm": {
		{dep, ord, "RD-PLT", false, "E0040", "all: countersign E0002"},
		{dep, ord, "RD-TST", false, "E0040", "all: countersign E0002"},        // its vacant post is not asked
		{dep, sec, "MK-SA1", false, "E0040", "all: countersign E0003"},        // one approver for everything
		{crs, ord, "RD-PLT RD-APP", false, "E0040", "all: countersign E0002"}, // one centre, one approver
		{prj, ord, "RD-PLT MK-SA1", true, "E0040", "all: countersign E0002+E0003"},
		{dep, ord, "QB", false, "E0040", "all: countersign E0001"},     // the company's own
		{dep, ord, "RD-PLT", false, "E0002", "all: countersign E0001"}, // the approver's own request goes up
		{dep, ord, "QB", false, "E0001", "all: countersign E0260"},     // and at the top to the backup
	},
	"group-of-companies": {
		{dep, ord, "QB", false, "E0040", "headquarters: countersign E0001"},
		{dep, ord, "QB", true, "E0040", "headquarters: countersign E0001"}, // the level decides first
		{crs, ord, "QB RD-PLT", false, "E0040", "headquarters: countersign E0001"},
		{prj, ord, "RD-PLT", false, "E0040", "project: countersign E0001"},
		{prj, ord, "MK-SA1", true, "E0040", "project: countersign E0001"},
		{dep, ord, "MK-SA1", true, "E0040", "marketing: countersign E0003"},
		{dep, ord, "MK-SA1", true, "E0003", "marketing: countersign E0001"},
		{dep, ord, "RD-PLT", true, "E0040", "outward: countersign E0002, or_sign E0005"},
		{dep, ord, "FN-HR", true, "E0040", "outward: countersign E0001, or_sign E0005"}, // lies in no subsidiary
		{crs, ord, "RD-PLT OP-SVC", false, "E0040", "subsidiary: countersign E0002+E0004"},
		{dep, ord, "RD", false, "E0040", "subsidiary: countersign E0002"},
		{dep, ord, "FN", false, "E0040", "department: countersign E0005"}, // same level, another kind
		{dep, ord, "RD-PLT", false, "E0040", "department: countersign E0006"},
		{spc, ord, "RD-PLT", false, "E0006", "department: countersign E0002"},
		{dep, cnf, "RD-PLT", false, "E0040", "secret: countersign E0002, quorum E0292+E0293+E0294, countersign E0001"},
		{dep, sec, "QB", false, "E0292", "secret: countersign E0001, quorum E0293+E0294, countersign E0001"},
	},
	"hospital": {
		{dep, ord, "RD-PLT", false, "E0040", "ordinary: countersign E0002, or_sign E0010"},
		{dep, ord, "RD-PLT", false, "E0002", "ordinary: countersign E0001, or_sign E0010"},
		{crs, ord, "RD-PLT MK-SA1", false, "E0040", "ordinary: countersign E0002+E0003, or_sign E0010"},
		{dep, ord, "MK-BRD", false, "E0010", "ordinary: countersign E0003, or_sign E0003"}, // the filing office's own group
		{dep, ord, "QB", false, "E0040", "ordinary: countersign E0001, or_sign E0010"},
		{dep, cnf, "OP-SVC", false, "E0040", "confidential: countersign E0004, quorum E0010+E0292+E0293+E0294"},
		{prj, sec, "OP-SVC", false, "E0040", "secret: countersign E0004, quorum E0010+E0292+E0293+E0294, countersign E0001"},
	},
	"project": {
		{prj, ord, "RD-PLT OP-SVC MK-SA1", false, "E0040", "project: countersign E0002+E0004+E0003, countersign E0004"},
		{prj, ord, "RD-PLT", false, "E0002", "project: countersign E0001, countersign E0004"},
		{prj, ord, "RD-PLT", false, "E0004", "project: countersign E0002, countersign E0001"}, // the supervisor asks: the next one up decides
		{prj, cnf, "RD-PLT MK-SA1", false, "E0040", "secret_project: countersign E0002+E0003, or_sign E0292+E0293+E0294, countersign E0004"},
		{crs, ord, "RD-PLT MK-SA1", false, "E0040", "joint: countersign E0002+E0003"},
		{crs, sec, "RD-PLT MK-SA1", false, "E0040", "secret: countersign E0006+E0011, or_sign E0292+E0293+E0294"},
		{dep, sec, "RD-PLT", false, "E0040", "secret: countersign E0006, or_sign E0292+E0293+E0294"},
		{spc, ord, "RD-TST", false, "E0040", "own: countersign E0002"}, // vacant: the next one up
	},
}

func example(t *testing.T, name string) ([]byte, *policy.Policy) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("examples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return raw, p
}

// staff tells the demo company's people and departments by what the tables call them.
type staff struct {
	dir     *domain.Directory
	numbers map[string]domain.EmployeeID
	codes   map[string]domain.DepartmentID
}

func demoStaff() staff {
	s := staff{dir: directory.DemoDirectory(1), numbers: map[string]domain.EmployeeID{}, codes: map[string]domain.DepartmentID{}}
	for id, e := range s.dir.Employees {
		s.numbers[e.Number] = id
	}
	for id, d := range s.dir.Departments {
		s.codes[d.Code] = id
	}
	return s
}

func (s staff) went(t *testing.T, plan domain.RoutePlan, by domain.EmployeeID) string {
	t.Helper()
	var steps []string
	for _, st := range plan.Steps {
		res := domain.Resolve(st, s.dir, domain.Parties{Requester: by})
		if !res.OK() {
			t.Errorf("%s: step %s resolves to nobody: %v", plan.Route, st.Key, res.Unresolved)
		}
		var who []string
		for _, a := range res.Slots {
			if a.Person == by {
				t.Errorf("%s: the requester decides in step %s", plan.Route, st.Key)
			}
			who = append(who, s.dir.Employees[a.Person].Number)
		}
		steps = append(steps, string(st.Kind)+" "+strings.Join(who, "+"))
	}
	return plan.Route + ": " + strings.Join(steps, ", ")
}

// changes: whatever changes finds people on the whole way, and no tier is lowered without a security officer.
func (s staff) changes(t *testing.T, p *policy.Policy) {
	t.Helper()
	by := s.numbers["E0040"]
	base := domain.Filing{Type: dep, Tier: cnf, Platform: "byhand", Departments: []domain.DepartmentID{s.codes["RD-PLT"]}, Purpose: "a"}
	lower, renamed, raised := base, base, base
	lower.Tier, renamed.Purpose, raised.Tier = ord, "b", sec
	for _, after := range []domain.Filing{lower, renamed, raised} {
		plan, err := p.PlanChange(base, after, by, s.dir)
		if err != nil {
			t.Fatal(err)
		}
		got := s.went(t, plan, by)
		officers := strings.Contains(got, "or_sign E0292+E0293+E0294") || strings.Contains(got, "quorum")
		if after.Tier == ord && !officers {
			t.Errorf("a tier is lowered by %s", got)
		}
		for _, st := range plan.Steps {
			if p.StepLabel(st.Key).ZH == "" || st.Final == domain.FinalPass {
				t.Errorf("%s: step %s", plan.Route, st.Key)
			}
		}
	}
}

// Four policies of different shape, each after a published regulation that its head names, run as they are.
func TestExamples(t *testing.T) {
	s, sch := demoStaff(), schema(t)
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil || len(files) != len(examples) {
		t.Fatalf("%v %v", files, err)
	}
	calendar, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	source := regexp.MustCompile(`(?s)\A# .*\n# Follows: 《.*》.*https://\S+.*What it leaves open|What they leave open`)
	for name, table := range examples {
		t.Run(name, func(t *testing.T) {
			raw, p := example(t, name)
			if err := valid(t, sch, string(raw)); err != nil {
				t.Errorf("does not fit the schema: %v", err)
			}
			if !source.Match(raw) {
				t.Error("the head does not name its source")
			}
			if problems := p.Resolvable(s.dir); len(problems) > 0 {
				t.Errorf("%+v", problems)
			}
			taken := map[string]bool{}
			for _, f := range table {
				filing := domain.Filing{Type: f.typ, Tier: f.tier, Platform: "byhand", Permissions: domain.Permissions{InviteOutsiders: f.outsiders}}
				for _, code := range strings.Fields(f.owners) {
					filing.Departments = append(filing.Departments, s.codes[code])
				}
				by := s.numbers[f.by]
				plan, err := p.Plan(filing, by, s.dir)
				if err != nil {
					t.Errorf("%+v: %v", f, err)
					continue
				}
				if got := s.went(t, plan, by); got != f.want {
					t.Errorf("%s %s %s outsiders %v by %s\n got %s\nwant %s", f.typ, f.tier, f.owners, f.outsiders, f.by, got, f.want)
				}
				taken[plan.Route] = true
				for _, st := range plan.Steps {
					due := domain.DueFor(calendar, st, at)
					if !due.At.After(at) || due.Provisional || len(due.Remind) != len(st.Remind) {
						t.Errorf("%s %s: %+v", plan.Route, st.Key, due)
					}
					if st.Final == domain.FinalPass && f.tier != ord {
						t.Errorf("%s %s passes by its deadline", plan.Route, st.Key)
					}
				}
				rev, err := p.PlanRevocation(filing, by, s.dir)
				if err != nil {
					t.Error(err)
				}
				s.went(t, rev, by)
			}
			s.changes(t, p)
			for _, d := range policy.Diff(mustDefault(t), p) {
				if word, found := strings.CutPrefix(d.Path, "routes."); found && d.Kind == policy.PartAdded && !taken[word] {
					t.Errorf("no request of the table takes route %s", word)
				}
			}
			if p.Approval.Rules.Resubmit == 0 || p.Approval.Revocation.Window == 0 {
				t.Errorf("%+v", p.Approval)
			}
		})
	}
}

func mustDefault(t *testing.T) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whoever in the demo company files whatever for whichever department, under any of the policies somebody else decides,
// and a name can be found.
func TestExamplesHoldForEverybody(t *testing.T) {
	s := demoStaff()
	for name := range examples {
		_, p := example(t, name)
		for id, unit := range s.dir.Departments {
			for _, typ := range domain.GroupTypes {
				ctx := policy.NameContext{Type: typ, Departments: []string{unit.Name}, Purpose: "每周例会"}
				if n := p.SuggestName("闲聊", ctx, nil); len(p.CheckName(n, ctx)) > 0 {
					t.Errorf("%s: %s: suggestion %q", name, unit.Name, n)
				}
				for _, tier := range domain.Tiers {
					for _, outsiders := range []bool{false, p.FilingRules().Ceilings[tier].InviteOutsiders} {
						for _, by := range []domain.EmployeeID{s.numbers["E0040"], s.numbers["E0292"], s.numbers["E0037"], unit.Leader, s.numbers["E0001"]} {
							if by == "" {
								continue
							}
							f := domain.Filing{Type: typ, Tier: tier, Departments: []domain.DepartmentID{id}, Platform: "byhand"}
							f.Permissions.InviteOutsiders = outsiders
							plan, err := p.Plan(f, by, s.dir)
							if err != nil {
								t.Fatalf("%s: %v", name, err)
							}
							s.went(t, plan, by)
						}
					}
				}
			}
		}
	}
}

// The hospital's filing office is not waited for with an ordinary group, and always with one that holds secrets.
func TestOnlyOrdinaryFilingsPassByTheirDeadline(t *testing.T) {
	s := demoStaff()
	_, p := example(t, "hospital")
	for tier, want := range map[domain.Tier]int{ord: 1, cnf: 0, sec: 0} {
		plan, err := p.Plan(domain.Filing{Type: dep, Tier: tier, Departments: []domain.DepartmentID{s.codes["RD-PLT"]}}, s.numbers["E0040"], s.dir)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, st := range plan.Steps {
			if st.Final == domain.FinalPass {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d steps pass by their deadline", tier, n)
		}
	}
	raw, _ := example(t, "hospital")
	bad := strings.Replace(string(raw), "steps: [in_charge, filing_and_security]\n", "steps: [in_charge, filing]\n", 1)
	if _, err := policy.Parse([]byte(bad)); err == nil || !strings.Contains(err.Error(), "which no passed deadline may approve") {
		t.Errorf("a confidential group would pass: %v", err)
	}
}
