package store

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// living makes an active group with a life, by the acts that make one, and returns a hand that applies the next.
func (f *firm) living(filing domain.Filing, rules domain.LifeRules) (string, func(domain.GroupAct, *domain.LifeFacts) domain.Group) {
	f.t.Helper()
	ctx := context.Background()
	c, _ := f.filed(filing.Name)
	g := domain.NewGroup(newID(), c.Number, c.ID, filing, testTime)
	g.Life = domain.NewLife(c.ID, filing, rules, testTime)
	seq := 0
	do := func(a domain.GroupAct, lf *domain.LifeFacts) domain.Group {
		f.t.Helper()
		seq++
		a.ID, a.At = newID(), testTime.Add(time.Duration(seq)*time.Hour)
		facts := domain.GroupFacts{At: a.At, Active: true, Proof: true, NameFits: true, Life: lf}
		after, v, facts := domain.PlanGroup(g, a, facts, nil)
		if v.Result != domain.Accepted {
			f.t.Fatalf("%s: %s %s", a.Kind, v.Result, v.Reason)
		}
		change := GroupChange{Workflow: "group-" + g.ID, Before: g, After: after, Act: a, Facts: facts, Verdict: v, Digest: domain.StateDigest(after)}
		if seq == 1 {
			change.Filing = &filing
		}
		if err := f.SaveGroup(ctx, change); err != nil {
			f.t.Fatalf("%s: %v", a.Kind, err)
		}
		g = after
		return after
	}
	do(domain.GroupAct{Kind: domain.GroupBegun}, &domain.LifeFacts{})
	do(domain.GroupAct{Kind: domain.GroupProvisioned, Receipt: &domain.Receipt{Platform: "byhand", ID: "p1", At: testTime}}, &domain.LifeFacts{})
	return g.ID, do
}

var testRules = domain.LifeRules{Policy: "p1", Tiers: map[domain.Tier]domain.TierLife{domain.TierOrdinary: {Renew: 365, Notices: []int{30}, Grace: 30, Then: domain.GroupArchived}}, Deletion: 30}

// An admin who leaves is on the way out, the other becomes the owner, and both stay who they are in the register.
func TestAnAdminLeaves(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	id, do := f.living(f.filing(), testRules)
	first, second := f.people[0], f.people[1]
	do(domain.GroupAct{Kind: domain.GroupLeave, Actor: first, Life: &domain.LifeAct{}}, &domain.LifeFacts{Members: []domain.EmployeeID{first}, Employed: []domain.EmployeeID{first, second}})
	page, err := f.Members(ctx, id, "", nil, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	got := map[domain.EmployeeID]string{}
	for _, m := range page.Items {
		got[m.Person] = m.Role + " " + m.State
	}
	if got[first] != "member leaving" || got[second] != "owner active" || len(got) != 4 {
		t.Errorf("%v", got)
	}
}

// Members come in pages: the owner, admins, members, who leaves last; each once.
func TestMembersByPages(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	id, do := f.living(f.filing(), testRules)
	do(domain.GroupAct{Kind: domain.GroupRemove, Actor: f.people[0], Life: &domain.LifeAct{People: f.people[2:3], Reason: &domain.Ref{Object: newID()}}},
		&domain.LifeFacts{Members: []domain.EmployeeID{f.people[0], f.people[2]}, Employed: f.people[:3]})
	var all []string
	var people []domain.EmployeeID
	for cursor := ""; ; {
		p, err := f.Members(ctx, id, "", nil, cursor, 1)
		if err != nil || len(p.Items) != 1 {
			t.Fatalf("%v, %d items", err, len(p.Items))
		}
		all, people = append(all, p.Items[0].Role+" "+p.Items[0].State), append(people, p.Items[0].Person)
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if want := []string{"owner active", "admin active", "member active", "member leaving"}; !slices.Equal(all, want) || people[3] != f.people[2] {
		t.Errorf("%v %v", all, people)
	}
	if _, err := f.Members(ctx, id, "", nil, mark{Kind: "members", ID: newID(), Sub: "9"}.cursor(), 1); err == nil {
		t.Error("a rank that there is none of was taken")
	}
	in, err := f.PeopleIn(ctx, id)
	if err != nil || len(in[id]) != 3 || slices.Contains(in[id], f.people[2]) {
		t.Errorf("who is leaving is not in it any more: %v %v", in, err)
	}
}

// The register is narrowed by flag and next date; a flag is shown to who watches over the group, and to nobody else.
func TestRegisterByFlagAndDate(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	id, do := f.living(f.filing(), testRules)
	first, second := f.people[0], f.people[1]
	do(domain.GroupAct{Kind: domain.GroupLeave, Actor: second, Life: &domain.LifeAct{}}, &domain.LifeFacts{Members: []domain.EmployeeID{second}, Employed: []domain.EmployeeID{first, second}})
	due := testTime.AddDate(0, 0, 365) // the notice thirty days before it does not count
	for name, x := range map[string]struct {
		scope Scope
		f     GroupFilter
		want  int
	}{
		"an admin sees the flag":          {Scope{Person: first}, GroupFilter{Flag: domain.FlagFewAdmins}, 1},
		"another flag":                    {Scope{Person: first}, GroupFilter{Flag: domain.FlagDrift}, 0},
		"a member does not":               {Scope{Person: f.people[3]}, GroupFilter{Flag: domain.FlagFewAdmins}, 0},
		"the leader of the department":    {Scope{Person: f.leadA, Departments: []domain.DepartmentID{f.depA}}, GroupFilter{Flag: domain.FlagFewAdmins}, 1},
		"security sees all":               {Scope{Person: f.sec, All: true}, GroupFilter{Flag: domain.FlagFewAdmins}, 1},
		"a date in the month":             {Scope{Person: f.people[3]}, GroupFilter{DueFrom: due.AddDate(0, 0, -5), DueUntil: due.AddDate(0, 0, 5)}, 1},
		"no date before":                  {Scope{Person: f.people[3]}, GroupFilter{DueUntil: due.AddDate(0, 0, -5)}, 0},
		"its platform":                    {Scope{Person: f.people[3]}, GroupFilter{Platform: "byhand"}, 1},
		"another platform":                {Scope{Person: f.people[3]}, GroupFilter{Platform: "matrix"}, 0},
		"a flag that would break the SQL": {Scope{All: true}, GroupFilter{Flag: "x'}"}, 0},
	} {
		p, err := f.Register(ctx, x.scope, x.f)
		if err != nil || len(p.Items) != x.want {
			t.Errorf("%s: %d, want %d, %v", name, len(p.Items), x.want, err)
		}
	}
	if id == "" {
		t.Fatal("no group")
	}
}

// A group is to be renewed by its admins from the quarter in which its term ends, the soonest first; and it counts in the
// figures by what it is.
func TestRenewalsAndFigures(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	late, _ := f.living(f.filing(), testRules)
	sooner := f.filing()
	sooner.Name = "研发部-月报"
	rules := testRules
	rules.Tiers = map[domain.Tier]domain.TierLife{domain.TierOrdinary: {Renew: 100, Grace: 30, Then: domain.GroupArchived}}
	early, _ := f.living(sooner, rules)
	list := func(who domain.EmployeeID, days, limit int, cursor string) Page[RenewalRec] {
		p, err := f.Renewals(ctx, who, testTime.AddDate(0, 0, days), cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if n := len(list(f.people[0], 90, 10, "").Items); n != 0 {
		t.Errorf("%d are due within 90 days, want none", n)
	}
	if p := list(f.people[0], 120, 10, ""); len(p.Items) != 1 || p.Items[0].ID != early {
		t.Errorf("within 120 days: %d", len(p.Items))
	}
	one := list(f.people[0], 400, 1, "")
	if two := list(f.people[0], 400, 1, one.Next); len(two.Items) != 1 || one.Items[0].ID != early || two.Items[0].ID != late || two.Next != "" {
		t.Errorf("by pages: %+v", two)
	}
	if n := len(list(f.people[2], 400, 10, "").Items); n != 0 {
		t.Errorf("a member has %d to renew", n)
	}
	counts, err := f.GroupCounts(ctx, time.FixedZone("", 0), testTime)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, c := range counts {
		got[c.What+" "+c.Key] = c.N
	}
	if got["state active"] != 2 || got["tier ordinary"] != 2 || got["platform byhand"] != 2 || got["due "+testTime.AddDate(0, 0, 100).Format("2006-01")] != 1 {
		t.Errorf("%v", got)
	}
}

// News of groups are gathered into one mail a person a moment: each once, none after it is on its way.
func TestNewsAreGathered(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	due := time.Now().UTC().Add(time.Hour).Truncate(time.Minute)
	put := func(who domain.EmployeeID, n string) bool {
		t.Helper()
		ok, err := f.GatherNews(ctx, who, n, due)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	a, b := newID(), newID()
	if !put(f.people[0], a) || !put(f.people[0], b) || put(f.people[0], a) || !put(f.people[1], a) {
		t.Error("each notification is taken once for each person")
	}
	if got := f.text(`SELECT string_agg(jsonb_array_length(payload->'notifications')::text, ',' ORDER BY payload->>'person' = $1 DESC) FROM outbox WHERE kind = 'group_news'`, string(f.people[0])); got != "2,1" {
		t.Errorf("gathered %s", got)
	}
	f.exec(`UPDATE outbox SET attempts = 1 WHERE kind = 'group_news'`)
	if put(f.people[0], newID()) {
		t.Error("a mail that is on its way took one more")
	}
}
