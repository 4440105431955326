package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/migrations"
)

// admins gives the firm three process administrators.
func (f *firm) admins() (a, b, c domain.EmployeeID) {
	f.exec(`UPDATE employees SET roles = '{process_admin}' WHERE id = ANY ($1)`, []string{string(f.people[0]), string(f.people[1])})
	return f.pa, f.people[0], f.people[1]
}

func (f *firm) draft(kind RulesKind, version string, author domain.EmployeeID) {
	f.t.Helper()
	fresh, err := f.PutRules(context.Background(), kind, Draft{Version: version, Body: "body of " + version, Actor: string(author), Note: "why"})
	if err != nil || !fresh {
		f.t.Fatalf("%v %v", fresh, err)
	}
}

func (f *firm) inForce(kind RulesKind, at time.Time) string {
	f.t.Helper()
	r, err := f.RulesInForce(context.Background(), kind, at)
	if errors.Is(err, ErrNotFound) {
		return ""
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return r.Version
}

// A version is stored once; the first one is set up by nobody, and only as long as nothing was filed and nobody has
// put rules into force.
func TestRulesAreSetUp(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	if err := f.PutPolicy(ctx, "p2", "body", string(f.pa)); err != nil {
		t.Fatal(err)
	}
	if err := f.PutPolicy(ctx, "p2", "body", ""); err != nil {
		t.Errorf("again: %v", err)
	}
	if err := f.PutPolicy(ctx, "p2", "other", ""); !errors.Is(err, ErrOtherBody) {
		t.Errorf("another body: %v", err)
	}
	if v := f.inForce(Policies, time.Now()); v != "p1" {
		t.Errorf("in force: %s", v)
	}
	for range 2 {
		if err := f.SetUp(ctx, Policies, "p2"); err != nil {
			t.Fatal(err)
		}
	}
	if v := f.inForce(Policies, time.Now()); v != "p2" {
		t.Errorf("in force: %s", v)
	}
	if err := f.SetUp(ctx, Policies, "none"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if v := f.inForce(Calendars, time.Now()); v != "" {
		t.Errorf("a calendar in force: %s", v)
	}
	if err := f.PutCalendar(ctx, "c1", "days"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetUp(ctx, Calendars, "c1"); err != nil {
		t.Fatal(err)
	}
	if v := f.inForce(Calendars, time.Now()); v != "c1" {
		t.Errorf("calendar in force: %s", v)
	}
	f.draft(Policies, "p3", f.pa)
	f.filed("组")
	if err := f.SetUp(ctx, Policies, "p3"); !errors.Is(err, ErrIllegal) {
		t.Errorf("set up over a case: %v", err)
	}
}

// Two different process administrators, neither of them the author alone, put a version into force; the database itself
// holds that.
func TestRulesTakeTwoPeople(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	a, b, c := f.admins()
	activate := func(version string, by domain.EmployeeID) error {
		_, err := f.ActivateRules(ctx, Activation{Kind: Policies, Version: version, By: by, Against: "p1", Revision: -1})
		return err
	}
	propose := func(version string, by domain.EmployeeID) {
		t.Helper()
		if err := f.ProposeRules(ctx, Proposal{Kind: Policies, Version: version, By: by}); err != nil {
			t.Fatal(err)
		}
	}
	f.draft(Policies, "v1", a)
	var state *RulesStateError
	if err := activate("v1", b); !errors.As(err, &state) || state.State != RulesDraft {
		t.Errorf("a draft was activated: %v", err)
	}
	propose("v1", b)
	if err := activate("v1", b); !errors.Is(err, ErrOnePerson) {
		t.Errorf("the proposer alone: %v", err)
	}
	if err := activate("v1", a); !errors.Is(err, ErrOnePerson) {
		t.Errorf("the author: %v", err)
	}
	// The same past the code: the database refuses each of them.
	set := `UPDATE policies SET state = 'activated', activated_at = now(), effective_at = now() + interval '1 hour', activated_by = $1 WHERE version = 'v1'`
	for who, id := range map[string]domain.EmployeeID{"the proposer": b, "the author": a, "somebody without the role": f.leadA} {
		_, err := f.pool.Exec(ctx, set, string(id))
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "23514" && pg.Code != "QB002" {
			t.Errorf("%s: %v", who, err)
		}
	}
	for what, q := range map[string]string{
		"nobody":             `UPDATE policies SET state = 'activated', activated_at = now(), effective_at = now() + interval '1 hour' WHERE version = 'v1'`,
		"the past":           `UPDATE policies SET state = 'activated', activated_at = now(), effective_at = now() - interval '1 hour', activated_by = '` + string(c) + `' WHERE version = 'v1'`,
		"set-up afterwards":  `INSERT INTO policies (version, body, state, created_at) VALUES ('v9', 'x', 'activated', now())`,
		"another body":       `UPDATE policies SET body = 'y' WHERE version = 'v1'`,
		"another author":     `UPDATE policies SET actor_id = NULL WHERE version = 'v1'`,
		"removal":            `DELETE FROM policies WHERE version = 'v1'`,
		"back to the drafts": `UPDATE policies SET state = 'draft' WHERE version = 'v1'`,
		"a calendar's body":  `UPDATE calendars SET body = 'y'`,
	} {
		if what == "a calendar's body" {
			f.draft(Calendars, "c1", a)
		}
		if _, err := f.pool.Exec(ctx, q); err == nil {
			t.Errorf("%s: the database takes it", what)
		}
	}
	if err := activate("v1", c); err != nil {
		t.Fatal(err)
	}
	f.draft(Policies, "v2", a)
	propose("v2", a)
	if err := activate("v2", a); !errors.Is(err, ErrOnePerson) {
		t.Errorf("the author alone: %v", err)
	}
	// Who proposed and lost the office since proposes no more.
	f.exec(`UPDATE employees SET roles = '{}' WHERE id = $1`, string(a))
	if err := activate("v2", b); !errors.Is(err, ErrIllegal) {
		t.Errorf("proposed by somebody without the office: %v", err)
	}
	// Two people twice do not help set-up back in.
	f.draft(Policies, "v3", a)
	if err := f.SetUp(ctx, Policies, "v3"); !errors.Is(err, ErrIllegal) {
		t.Errorf("set-up after two people: %v", err)
	}
}

// A version holds from its date on, by the clock alone; what comes can be stopped, what came cannot.
func TestRulesComeIntoForceByTime(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	a, b, _ := f.admins()
	soon := time.Now().UTC().Add(time.Hour).Truncate(time.Microsecond)
	later := soon.Add(time.Hour)
	put := func(version, against string, at *time.Time) (time.Time, error) {
		t.Helper()
		f.draft(Policies, version, a)
		if err := f.ProposeRules(ctx, Proposal{Kind: Policies, Version: version, By: a, Effective: at}); err != nil {
			t.Fatal(err)
		}
		return f.ActivateRules(ctx, Activation{Kind: Policies, Version: version, By: b, Against: against, Revision: 1})
	}
	for v, at := range map[string]time.Time{"v1": later, "v2": soon} {
		if got, err := put(v, "p1", &at); err != nil || !got.Equal(at) {
			t.Fatalf("%v %v", got, err)
		}
	}
	now := time.Now()
	begins, err := put("v3", "p1", nil)
	if err != nil || begins.Before(now.Add(rulesNotice)) || begins.After(time.Now().Add(rulesNotice)) {
		t.Fatalf("at once is %v after now: %v", begins.Sub(now), err)
	}
	if _, err := put("v4", "v3", nil); !errors.Is(err, ErrStale) {
		t.Errorf("compared with what does not hold yet: %v", err)
	}
	for _, x := range []struct {
		at   time.Time
		want string
	}{{now, "p1"}, {begins.Add(-time.Microsecond), "p1"}, {begins, "v3"}, {soon.Add(-time.Microsecond), "v3"}, {soon, "v2"}, {later.Add(-time.Microsecond), "v2"}, {later, "v1"}} {
		if v := f.inForce(Policies, x.at); v != x.want {
			t.Errorf("at %v: %s, want %s", x.at.Sub(now), v, x.want)
		}
	}
	list, err := f.RulesSchedule(ctx, Policies, begins)
	if err != nil || len(list) != 3 || list[0].Version != "v3" || list[1].Version != "v2" || list[2].Version != "v1" || list[2].Body == "" {
		t.Errorf("to come: %+v %v", list, err)
	}
	if err := f.WithdrawRules(ctx, Policies, "v1", b, nil); err != nil {
		t.Error(err)
	}
	if v := f.inForce(Policies, later); v != "v2" {
		t.Errorf("what was stopped holds: %s", v)
	}
	var state *RulesStateError
	if err := f.WithdrawRules(ctx, Policies, "p1", b, nil); !errors.As(err, &state) || state.State != RulesActivated {
		t.Errorf("what is in force was withdrawn: %v", err)
	}
	f.draft(Policies, "v5", a)
	if err := f.ProposeRules(ctx, Proposal{Kind: Policies, Version: "v5", By: a}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ActivateRules(ctx, Activation{Kind: Policies, Version: "v5", By: b, Against: "p1", Revision: 0}); !errors.Is(err, ErrBehind) {
		t.Errorf("found to resolve on a directory that moved on: %v", err)
	}
	page, err := f.RulesVersions(ctx, Policies, "", 2)
	if err != nil || len(page.Items) != 2 || page.Next == "" || page.Items[0].Body != "" {
		t.Fatalf("%+v %v", page, err)
	}
	seen := map[string]bool{}
	for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
		p, err := f.RulesVersions(ctx, Policies, cursor, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Items {
			seen[r.Version] = true
		}
		cursor = p.Next
	}
	if len(seen) != 6 {
		t.Errorf("listed: %v", seen)
	}
}

// A new calendar reaches the cases whose deadlines run.
func TestCalendarIsTold(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	a, b, _ := f.admins()
	open, _ := f.filed("甲组")
	f.draft(Calendars, "c1", a)
	if err := f.ProposeRules(ctx, Proposal{Kind: Calendars, Version: "c1", By: a}); err != nil {
		t.Fatal(err)
	}
	begins, err := f.ActivateRules(ctx, Activation{Kind: Calendars, Version: "c1", By: b, Revision: -1})
	if err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'sweep_calendar' AND payload->>'calendar' = 'c1' AND due_at > $1`, begins); n != 2 {
		t.Errorf("%d looks for cases", n)
	}
	if n, err := f.SweepCalendar(ctx, "c1"); err != nil || n != 0 {
		t.Errorf("told before it holds: %d %v", n, err)
	}
	time.Sleep(time.Until(begins) + 50*time.Millisecond)
	for i, want := range []int{1, 0} {
		if n, err := f.SweepCalendar(ctx, "c1"); err != nil || n != want {
			t.Errorf("look %d: %d told, %v", i, n, err)
		}
	}
	if got := f.text(`SELECT payload->>'case_id' FROM outbox WHERE kind = 'signal_calendar'`); got != open.ID {
		t.Errorf("told: %s", got)
	}
	if n, err := f.OpenCasesByPolicy(ctx); err != nil || n["p1"] != 1 {
		t.Errorf("%v %v", n, err)
	}
}

// A database of before has its policy in force after the migration, and back.
func TestRulesMigrate(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	f.filed("甲组")
	p, err := goose.NewProvider(goose.DialectPostgres, f.sql, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(ctx, 5); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM policies WHERE active AND version = 'p1'`); n != 1 {
		t.Error("going back loses what is in force")
	}
	f.exec(`UPDATE policies SET active = false`)
	f.exec(`INSERT INTO policies (version, body, active, created_at) VALUES ('p2', 'x', true, now()), ('p3', 'x', false, now())`)
	if _, err := p.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if v := f.inForce(Policies, time.Now()); v != "p2" {
		t.Errorf("in force after the migration: %s", v)
	}
	if s := f.text(`SELECT string_agg(version || state, ' ' ORDER BY version) FROM policies`); s != "p1activated p2activated p3draft" {
		t.Errorf("after the migration: %s", s)
	}
}
