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

// Of the demo's sixty existing groups the forty-eight good ones pass every rule and the twelve faulty ones none.
func TestDefaultPolicyJudgesTheDemoGroups(t *testing.T) {
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	file, err := directory.DemoGroupsXLSX(1, today)
	if err != nil {
		t.Fatal(err)
	}
	dir := directory.DemoDirectory(1)
	rows, _, err := directory.ParseGroups("groups.xlsx", file, dir)
	if err != nil {
		t.Fatal(err)
	}
	keys, good, refused := map[string]bool{}, 0, map[string]bool{}
	for _, row := range rows {
		f := row.Filing
		ctx := policy.NameContext{Type: f.Type, Purpose: f.Purpose}
		for _, id := range f.Departments {
			ctx.Departments = append(ctx.Departments, dir.Departments[id].Name)
		}
		names := p.CheckName(f.Name, ctx)
		for _, fault := range names {
			refused[fault.Code] = true
		}
		key := policy.NameKey(f.Name)
		if len(row.Faults)+len(names)+len(domain.CheckFiling(f, p.FilingRules(), dir, today.Format(time.DateOnly))) == 0 && !keys[key] {
			good++
		}
		keys[key] = true
	}
	if len(rows) != directory.DemoGroups || good != directory.DemoGroups-directory.DemoGroupsFaulty {
		t.Errorf("%d of %d rows pass", good, len(rows))
	}
	if !refused["blocked_word"] || !refused["pattern_mismatch"] {
		t.Errorf("names refused for %v", refused)
	}
}
