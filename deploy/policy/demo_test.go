package defaultpolicy_test

import (
	"testing"
	"time"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// Whoever in the demo company files whatever for whichever department finds people on the whole way, and never
// themselves; the names they would choose are fit.
func TestDefaultPolicyFitsTheDemoCompany(t *testing.T) {
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	dir := directory.DemoDirectory(1)
	if problems := p.Resolvable(dir); len(problems) > 0 {
		t.Fatalf("%+v", problems)
	}
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	steps := map[string]int{}
	for dep, unit := range dir.Departments {
		for _, typ := range domain.GroupTypes {
			ctx := policy.NameContext{Type: typ, Departments: []string{unit.Name}, Purpose: "每周例会与任务安排"}
			if name := p.SuggestName("吐槽🎉", ctx, nil); len(p.CheckName(name, ctx)) > 0 {
				t.Errorf("%s: suggestion %q", unit.Name, name)
			}
			for _, tier := range domain.Tiers {
				for who := range dir.Employees {
					plan, err := p.Plan(domain.Filing{Type: typ, Tier: tier, Departments: []domain.DepartmentID{dep}}, who, dir)
					if err != nil {
						t.Fatal(err)
					}
					for _, st := range plan.Steps {
						steps[plan.Route+" "+st.Key]++
						res := domain.Resolve(st, dir, domain.Parties{Requester: who})
						if !res.OK() {
							t.Fatalf("%s %s %s: step %s resolves to nobody", unit.Name, typ, tier, st.Key)
						}
						for _, s := range res.Slots {
							if s.Person == who {
								t.Fatalf("%s %s: the requester decides in step %s", unit.Name, typ, st.Key)
							}
						}
						if due := domain.DueFor(calendar, st, at); !due.At.After(at) || due.Provisional || len(due.Remind) != len(st.Remind) {
							t.Fatalf("step %s: %+v", st.Key, due)
						}
					}
				}
			}
		}
	}
	if len(steps) != 9 { // secret 3, confidential 2, special 1, project 2, ordinary 1; outsiders need a filing that asks for them
		t.Errorf("the steps taken: %v", steps)
	}
}
