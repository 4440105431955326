package defaultpolicy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// story lives a group's life by the shipped rules and calendar: time passes, dates come, people act, the platform confirms.
type story struct {
	t     *testing.T
	p     *policy.Policy
	cal   *domain.Calendar
	now   time.Time
	g     domain.Group
	in    []domain.EmployeeID
	left  []domain.EmployeeID
	n     int
	lines []string
}

var storyRoles = map[domain.EmployeeID][]domain.Role{"S1": {domain.RoleSecurity}, "S2": {domain.RoleSecurity}, "L": {domain.RoleLegal}}

func (s *story) day(date string) {
	s.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", date+" 10:30", s.cal.Zone)
	if err != nil {
		s.t.Fatal(err)
	}
	for len(s.g.Life.Dates) > 0 && !s.g.Life.Dates[0].At.After(at) {
		d := s.g.Life.Dates[0]
		s.now = d.At
		of := ""
		if d.Kind == domain.DateNotice {
			of = fmt.Sprintf(" of %s, %d days", d.Of, d.Days)
		}
		s.act("", domain.GroupDateDue, domain.LifeAct{Date: d.Kind, DateAt: d.At}, string(d.Kind)+of)
	}
	s.now = at.UTC()
}

func (s *story) act(who domain.EmployeeID, k domain.GroupActKind, p domain.LifeAct, say string) domain.Verdict {
	s.t.Helper()
	s.n++
	a := domain.GroupAct{ID: fmt.Sprint("a", s.n), Kind: k, Actor: who, At: s.now, Life: &p}
	rules := s.p.LifeRules()
	all := slices.Concat(p.People, s.g.Admins, []domain.EmployeeID{who})
	if p.Delta != nil {
		all = slices.Concat(all, p.Delta.Admins, p.Delta.Admit)
	}
	f := domain.GroupFacts{At: s.now, Active: true, Proof: true, NameFits: true, Life: &domain.LifeFacts{
		Roles: storyRoles[who], Heads: []domain.EmployeeID{"H"}, Rules: &rules, Count: len(s.in), Seen: domain.AttestDigest(s.g, domain.MembersDigest(s.in)),
	}}
	f.Life.Can = append(f.Life.Can, policy.Capabilities...)
	for _, e := range all {
		if slices.Contains(s.in, e) {
			f.Life.Members = append(f.Life.Members, e)
		}
		if !slices.Contains(s.left, e) {
			f.Life.Employed = append(f.Life.Employed, e)
		}
	}
	for _, e := range s.in {
		switch {
		case slices.Contains(s.left, e):
			f.Life.Gone = append(f.Life.Gone, e)
		case !slices.Contains(s.g.Admins, e):
			f.Life.Eldest = append(f.Life.Eldest, e)
		}
	}
	if k == domain.GroupProvisioned {
		a.Receipt = &domain.Receipt{ID: "!room"}
	}
	before := s.g
	after, v, facts := domain.PlanGroup(before, a, f, s.cal)
	if v.Result != domain.Accepted {
		s.t.Fatalf("%s %s by %q: %s %s\n%s", s.now.Format(time.DateOnly), k, who, v.Result, v.Reason, strings.Join(s.lines, "\n"))
	}
	text, _ := json.Marshal(facts)
	var kept domain.GroupFacts
	if err := json.Unmarshal(text, &kept); err != nil {
		s.t.Fatal(err)
	}
	if again, _ := domain.DecideGroup(before, a, kept); domain.StateDigest(again) != domain.StateDigest(after) {
		s.t.Fatalf("%s: another state over what the history keeps", k)
	}
	s.g = after
	for _, e := range v.Effects {
		if e.Kind == domain.EffectRowLeaving {
			s.in = slices.DeleteFunc(s.in, func(p domain.EmployeeID) bool { return slices.Contains(e.People, p) })
		}
		if e.Kind == domain.EffectRowActive {
			s.in = append(s.in, e.People...)
		}
	}
	if say != "" {
		s.lines = append(s.lines, fmt.Sprintf("%s %s: %s", s.now.In(s.cal.Zone).Format("06-01-02"), say, s.g.State))
	}
	return v
}

// platform confirms everything it was asked.
func (s *story) platform() {
	s.t.Helper()
	var did []string
	for {
		op, ok := domain.NextOp(s.g)
		if !ok {
			break
		}
		s.n++
		a := domain.GroupAct{ID: fmt.Sprint("a", s.n), Kind: domain.GroupOpDone, At: s.now, Receipt: &domain.Receipt{ID: "!room"}, Life: &domain.LifeAct{Op: op.ID}}
		var v domain.Verdict
		if s.g, v, _ = domain.PlanGroup(s.g, a, domain.GroupFacts{At: s.now}, s.cal); v.Result != domain.Accepted {
			s.t.Fatalf("%+v: %s", op, v.Reason)
		}
		did = append(did, string(op.Kind))
	}
	s.lines = append(s.lines, fmt.Sprintf("%s platform %s: %s", s.now.In(s.cal.Zone).Format("06-01-02"), strings.Join(did, " "), s.g.State))
}

// A year of a group's life by the shipped rules and calendar: renewals, holidays, two changes, a freeze, an admin leaving,
// archive, restore, dissolution (semantics 2, R6.1). Dates of the calendar are the State Council's for 2025 and 2026.
func TestAYearOfAGroupsLife(t *testing.T) {
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	s := &story{t: t, p: p, cal: cal, now: time.Date(2025, 2, 17, 2, 30, 0, 0, time.UTC), in: []domain.EmployeeID{"A", "B", "C", "D", "E"}}
	f := domain.Filing{Type: domain.TypeProject, Tier: domain.TierOrdinary, Departments: []domain.DepartmentID{"RD"}, Admins: s.in[:2], Members: s.in[2:],
		Permissions: p.TierDefaults(domain.TierOrdinary), Platform: "matrix"}
	s.g = domain.NewGroup("g", "G-2025-00001", "c0", f, s.now)
	s.g.Life = domain.NewLife("c0", f, p.LifeRules(), s.now)
	s.act("", domain.GroupBegun, domain.LifeAct{}, "")
	s.act("", domain.GroupProvisioned, domain.LifeAct{}, "made")
	reason := &domain.Ref{Object: "o", SHA256: "s"}
	change := func(say string, set func(*domain.GroupDelta)) {
		d := &domain.GroupDelta{Case: "c-" + say, Digest: "d-" + say, Base: s.g.Digest, Type: s.g.Type, Tier: s.g.Tier, Depts: s.g.Departments, Admins: s.g.Admins, Perms: s.g.Life.Perms}
		set(d)
		s.act("", domain.GroupChanged, domain.LifeAct{Delta: d}, say)
	}
	s.day("2025-04-01")
	change("raised", func(d *domain.GroupDelta) { d.Tier = domain.TierConfidential })
	s.platform()
	s.day("2025-08-20")
	s.act("A", domain.GroupRenew, domain.LifeAct{Digest: domain.AttestDigest(s.g, domain.MembersDigest(s.in))}, "attested")
	s.day("2025-09-01")
	s.act("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason, People: []domain.EmployeeID{"D"}}, "frozen")
	s.platform()
	s.day("2025-09-05")
	s.act("S1", domain.GroupUnfreeze, domain.LifeAct{}, "first of two")
	s.act("L", domain.GroupUnfreeze, domain.LifeAct{}, "second of two")
	s.platform()
	s.day("2025-10-10") // the last day of the holidays is past
	s.left = append(s.left, "B")
	s.act("", domain.GroupDirectory, domain.LifeAct{}, "B left the company")
	s.platform()
	s.day("2025-10-20")
	change("lowered, C is an admin", func(d *domain.GroupDelta) {
		d.Tier, d.Admins = domain.TierOrdinary, []domain.EmployeeID{"A", "C"}
	})
	s.platform()
	s.day("2025-11-03")
	s.act("C", domain.GroupArchive, domain.LifeAct{}, "archived")
	s.platform()
	s.left = append(s.left, "E")
	s.day("2025-12-01")
	s.act("A", domain.GroupRestore, domain.LifeAct{}, "restored")
	s.platform()
	due := s.g.Life.Dates[0]
	s.day("2026-01-18") // a Sunday; thirty days later is the Spring Festival
	s.act("A", domain.GroupDissolve, domain.LifeAct{}, "dissolved")
	s.platform()
	s.day("2026-02-24")
	s.platform()
	want := `25-02-17 made: active
25-04-01 raised: active
25-04-01 platform permissions: active
25-07-18 notice of renewal_due, 30 days: active
25-08-01 notice of renewal_due, 15 days: active
25-08-15 notice of renewal_due, 1 days: active
25-08-18 renewal_due: renewal_due
25-08-20 attested: active
25-09-01 frozen: frozen
25-09-01 platform freeze: frozen
25-09-05 first of two: frozen
25-09-05 second of two: active
25-09-05 platform unfreeze: active
25-10-10 B left the company: active
25-10-10 platform remove admins: active
25-10-20 lowered, C is an admin: active
25-10-20 platform permissions admins: active
25-11-03 archived: archived
25-11-03 platform archive: archived
25-12-01 restored: active
25-12-01 platform restore remove: active
26-01-18 dissolved: pending_deletion
26-01-18 platform archive: pending_deletion
26-02-24 deletion_due: pending_deletion
26-02-24 platform delete: deleted`
	if got := strings.Join(s.lines, "\n"); got != want {
		t.Errorf("the year went otherwise:\n%s", got)
	}
	if due.Kind != domain.DateNotice || due.Cause != "restored" || !slices.Equal(s.in, []domain.EmployeeID{"A", "C", "D"}) {
		t.Errorf("%+v %v", due, s.in)
	}
	if s.g.Life.Changed != 2 || s.g.Deleted == nil || s.g.Life.Members != 3 {
		t.Errorf("%+v", s.g)
	}
}

// A due date in the Spring Festival waits for its end, the day before it is told on the last working day, a make-up one.
func TestDatesKeepTheHolidays(t *testing.T) {
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 2, 17, 2, 30, 0, 0, time.UTC)
	f := domain.Filing{Tier: domain.TierOrdinary, Admins: []domain.EmployeeID{"A", "B"}}
	g := domain.NewGroup("g", "n", "c", f, at)
	g.Life = domain.NewLife("c", f, p.LifeRules(), at)
	g.State = domain.GroupActive
	var got []string
	for _, d := range domain.PlanDates(g, cal, at) {
		got = append(got, fmt.Sprintf("%s %s %+d", d.At.In(cal.Zone).Format("2006-01-02 15:04"), d.Kind, d.Moved))
	}
	want := []string{"2026-01-23 09:00 notice -2", "2026-02-09 09:00 notice +0", "2026-02-14 09:00 notice -9", "2026-02-24 09:00 renewal_due +7"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
