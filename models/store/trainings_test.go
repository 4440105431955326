package store

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

func (f *firm) course(author domain.EmployeeID, sha string) (int, bool, error) {
	f.t.Helper()
	return f.PutCourse(context.Background(), CourseDraft{Course: "secrecy", Body: "body " + sha, SHA256: sha, Title: domain.Label{ZH: "保密培训", EN: "Secrecy"}, Author: author})
}

// A version is published by a second person only, and never changes after; the one before is superseded.
func TestCourseVersionsTakeTwoPeople(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	author, second := f.sec, f.pa
	if v, fresh, err := f.course("", "s1"); v != 1 || !fresh || err != nil {
		t.Fatal(v, fresh, err)
	}
	if _, fresh, err := f.course("", "s2"); fresh || err != nil {
		t.Fatal("the shipped course was stored twice", fresh, err)
	}
	if v, fresh, err := f.course(author, "s2"); v != 2 || !fresh || err != nil {
		t.Fatal(v, fresh, err)
	}
	if v, fresh, err := f.course(author, "s3"); v != 2 || !fresh || err != nil {
		t.Fatal("a draft is written over", v, fresh, err)
	}
	if v, fresh, err := f.course(author, "s3"); v != 2 || fresh || err != nil {
		t.Fatal("the same draft twice", v, fresh, err)
	}
	move := func(to domain.CourseState, by domain.EmployeeID) error {
		return f.MoveCourse(ctx, CourseMove{Course: "secrecy", Version: 2, To: to, By: by})
	}
	var state *RulesStateError
	if err := move(domain.CoursePublished, second); !errors.As(err, &state) || state.State != "draft" {
		t.Fatal("a draft was published without review", err)
	}
	if err := move(domain.CourseReview, author); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.course(author, "s4"); !errors.As(err, &state) {
		t.Fatal("a version in review was written over", err)
	}
	if err := move(domain.CoursePublished, author); !errors.Is(err, ErrOnePerson) {
		t.Fatal("one person wrote and published", err)
	}
	if err := move(domain.CoursePublished, second); err != nil {
		t.Fatal(err)
	}
	if got := f.text(`SELECT string_agg(version || state, ' ' ORDER BY version) FROM course_versions`); got != "1superseded 2published" {
		t.Error(got)
	}
	for _, q := range []string{
		`UPDATE course_versions SET body = 'x' WHERE version = 2`, `UPDATE course_versions SET state = 'draft' WHERE version = 2`, `DELETE FROM course_versions WHERE version = 1`,
		`UPDATE course_versions SET state = 'published' WHERE version = 1`,
	} {
		if _, err := f.pool.Exec(ctx, q); err == nil {
			t.Errorf("the database allows: %s", q)
		}
	}
	if err := f.MoveCourse(ctx, CourseMove{Course: "none", Version: 1, To: domain.CourseReview, By: author}); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func (f *firm) attempt(person domain.EmployeeID, at time.Time) AttemptRow {
	return AttemptRow{ID: newID(), EmployeeID: string(person), Course: "secrecy", Version: 1, Seed: 7, Questions: 10, StartedAt: at, DueAt: at.Add(30 * time.Minute)}
}

func free([]time.Time) error { return nil }

func TestAttempts(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	if _, _, err := f.course("", "s1"); err != nil {
		t.Fatal(err)
	}
	p, at := f.people[0], now()
	a := f.attempt(p, at)
	// Many at once begin one.
	var wg sync.WaitGroup
	got := make([]AttemptRow, 8)
	for i := range got {
		wg.Go(func() {
			b := a
			if i%2 == 1 {
				b.ID = newID()
			}
			var err error
			if got[i], err = f.BeginAttempt(ctx, b, free); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, g := range got {
		if g.ID != got[0].ID {
			t.Fatal("two attempts run at once")
		}
	}
	a = got[0]
	until := at.AddDate(1, 0, 0)
	end := func(outcome string, passed bool) (AttemptRow, bool) {
		e := at.Add(time.Minute)
		x := a
		x.EndedAt, x.Outcome, x.Correct, x.Score, x.Answers = &e, outcome, 9, 90, JSON(`{"q1":["a"]}`)
		r := ResultRow{ID: newID(), EmployeeID: string(p), Course: "secrecy", Version: 1, Source: "quiz", Score: 90, Passed: passed, At: e, AttemptID: &a.ID, ByID: string(p)}
		if passed {
			r.ValidUntil = &until
		}
		is, mine, err := f.EndAttempt(ctx, x, &r, &Event{Actor: string(p), Kind: "training_passed"})
		if err != nil {
			t.Fatal(err)
		}
		return is, mine
	}
	if is, mine := end("passed", true); !mine || is.Outcome != "passed" || is.Score != 90 {
		t.Error(is, mine)
	}
	if is, mine := end("failed", false); mine || is.Outcome != "passed" {
		t.Error("an attempt ended twice", is, mine)
	}
	if n := f.count(`SELECT count(*) FROM training_results`); n != 1 {
		t.Errorf("%d results", n)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'clearance' AND payload->'people' ? $1`, p); n != 1 {
		t.Errorf("the gates were told %d times", n)
	}
	if _, err := f.pool.Exec(ctx, `UPDATE training_attempts SET score = 100`); err == nil {
		t.Error("an ended attempt was changed")
	}
	// The same id begins nothing new; another does, unless it may not.
	if is, err := f.BeginAttempt(ctx, f.attempt(p, at), func([]time.Time) error { return ErrBehind }); !errors.Is(err, ErrBehind) {
		t.Error(is, err)
	}
	if is, err := f.BeginAttempt(ctx, a, free); err != nil || is.Outcome != "passed" {
		t.Error(is, err)
	}
	// One that ran out of time is ended when the next begins.
	b := f.attempt(p, at)
	if _, err := f.BeginAttempt(ctx, b, free); err != nil {
		t.Fatal(err)
	}
	var seen []time.Time
	c := f.attempt(p, at.Add(time.Hour))
	if is, err := f.BeginAttempt(ctx, c, func(begun []time.Time) error { seen = begun; return nil }); err != nil || is.ID != c.ID || len(seen) != 2 {
		t.Error(is, err, seen)
	}
	if old, err := f.Attempt(ctx, b.ID); err != nil || old.Outcome != "expired" || !old.EndedAt.Equal(b.DueAt) {
		t.Error(old, err)
	}
	if _, err := f.Attempt(ctx, "no id'"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestOnlyALongerValidityCounts(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	p, q := f.people[0], f.people[1]
	day := func(n int) time.Time { return now().AddDate(0, 0, n).Truncate(time.Second) }
	result := func(person domain.EmployeeID, passedOn, validFor int) ResultRow {
		until := day(passedOn + validFor)
		return ResultRow{ID: newID(), EmployeeID: string(person), Course: "secrecy", Source: "import", Score: 85, Passed: true, At: day(passedOn), ValidUntil: &until, ByID: string(f.sec), FileSHA256: "x"}
	}
	failed := ResultRow{ID: newID(), EmployeeID: string(p), Course: "secrecy", Source: "import", Score: 10, At: day(-1), ByID: string(f.sec)}
	keep := func(try bool, rows ...ResultRow) KeptResults {
		out, err := f.RecordResults(ctx, rows, nil, try)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := result(p, -10, 100)
	if out := keep(true, first, failed); len(out.Fresh) != 2 || len(out.Changed) != 1 || f.count(`SELECT count(*) FROM training_results`) != 0 || f.count(`SELECT count(*) FROM outbox`) != 0 {
		t.Error("a dry run wrote", out)
	}
	if out := keep(false, first, failed, result(q, -400, 365)); len(out.Fresh) != 3 || len(out.Changed) != 2 {
		t.Error(out)
	}
	again := first
	again.ID = newID()
	if out := keep(false, again); len(out.Fresh) != 0 || len(out.Changed) != 0 {
		t.Error("a result stands twice", out)
	}
	if out := keep(false, result(p, -9, 20)); len(out.Fresh) != 1 || len(out.Changed) != 0 {
		t.Error("a shorter validity counts", out)
	}
	if out := keep(false, result(p, -8, 365)); len(out.Changed) != 1 {
		t.Error("a longer validity does not count", out)
	}
	list, err := f.Trainings(ctx, p)
	if err != nil || len(list) != 1 || !list[0].ValidUntil.Equal(day(357)) {
		t.Error(list, err)
	}
	// What was over when it came is not told of as ending.
	if due, err := f.DueTrainings(ctx, 0, TrainingRow{}, 10); err != nil || len(due) != 0 {
		t.Error(due, err)
	}
	if _, err := f.pool.Exec(ctx, `UPDATE training_results SET score = 100`); err == nil {
		t.Error("a result was changed")
	}
	if rs, err := f.Results(ctx, p); err != nil || len(rs) != 4 {
		t.Error(len(rs), err)
	}
}

func TestTheEndOfATrainingIsToldOnce(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	if _, _, err := f.course("", "s1"); err != nil {
		t.Fatal(err)
	}
	p, gone := f.people[0], f.people[1]
	until := now().Add(5 * 24 * time.Hour)
	for _, x := range []domain.EmployeeID{p, gone} {
		if _, err := f.RecordResults(ctx, []ResultRow{{ID: newID(), EmployeeID: string(x), Course: "secrecy", Source: "recorded", Score: 85, Passed: true, At: now().AddDate(0, -6, 0), ValidUntil: &until, ByID: string(f.sec)}}, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	f.exec(`UPDATE employees SET active = false WHERE id = $1`, gone)
	f.exec(`UPDATE outbox SET done_at = now()`)
	due, err := f.DueTrainings(ctx, 30*24*time.Hour, TrainingRow{}, 10)
	if err != nil || len(due) != 1 || due[0].EmployeeID != string(p) {
		t.Fatal(due, err)
	}
	if more, err := f.DueTrainings(ctx, 30*24*time.Hour, due[0], 10); err != nil || len(more) != 0 {
		t.Error(more, err)
	}
	told := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			ok, err := f.TellTraining(ctx, due[0], 7)
			if err != nil {
				t.Error(err)
			}
			if ok {
				mu.Lock()
				told++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if told != 1 || f.count(`SELECT count(*) FROM notifications WHERE kind = 'training_due'`) != 1 || f.count(`SELECT count(*) FROM outbox WHERE kind = 'mail' AND done_at IS NULL`) != 1 {
		t.Errorf("told %d times", told)
	}
	news, err := f.Notifications(ctx, p, "", 10)
	if err != nil || len(news.Items) != 1 || news.Items[0].Title != "保密培训" || news.Items[0].N != 7 {
		t.Error(news, err)
	}
	mail, err := f.MailOf(ctx, news.Items[0].ID)
	if err != nil || mail.Title != "保密培训" || mail.Tier.Confidential() {
		t.Error(mail, err)
	}
	due, _ = f.DueTrainings(ctx, 30*24*time.Hour, TrainingRow{}, 10)
	if ok, err := f.TellTraining(ctx, due[0], 0); !ok || err != nil {
		t.Error(ok, err)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'clearance' AND done_at IS NULL AND payload->'people' ? $1`, p); n != 1 {
		t.Errorf("the gates were told of the end %d times", n)
	}
	if due, err = f.DueTrainings(ctx, 30*24*time.Hour, TrainingRow{}, 10); err != nil || len(due) != 0 {
		t.Error(due, err)
	}
}

func TestHowTrainingsStand(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	f.group("涉密群", domain.TierConfidential, f.depA, false)
	give := func(p domain.EmployeeID, days int) {
		until := now().AddDate(0, 0, days)
		if _, err := f.RecordResults(ctx, []ResultRow{{ID: newID(), EmployeeID: string(p), Course: "secrecy", Source: "recorded", Score: 85, Passed: true, At: until.AddDate(-1, 0, 0), ValidUntil: &until, ByID: string(f.sec)}}, nil, false); err != nil {
			t.Fatal(err)
		}
	}
	give(f.people[0], 200)
	give(f.people[1], 10)
	give(f.people[2], -10)
	filter := TrainingFilter{Course: "secrecy", Tiers: []domain.Tier{domain.TierConfidential}, Soon: 30 * 24 * time.Hour, Limit: 3}
	counts, err := f.TrainingCounts(ctx, filter)
	if err != nil || counts["valid"] != 1 || counts["ending"] != 1 || counts["lapsed"] != 1 || counts["none"] != 8 {
		t.Error(counts, err)
	}
	list := func(change func(*TrainingFilter)) []string {
		g := filter
		change(&g)
		return pages(t, func(s TrainingStand) string { return s.Number + s.State }, func(cursor string) (Page[TrainingStand], error) {
			g.Cursor = cursor
			return f.TrainingStands(ctx, g)
		})
	}
	if all := list(func(*TrainingFilter) {}); len(all) != 11 || unique(all) != 11 || !slices.IsSorted(all) {
		t.Error(all)
	}
	if got := list(func(g *TrainingFilter) { g.State = "lapsed" }); !slices.Equal(got, []string{"E0008lapsed"}) {
		t.Error(got)
	}
	needed := list(func(g *TrainingFilter) { g.Needed = true })
	if n := f.count(`SELECT count(DISTINCT employee_id) FROM group_members`); n == 0 || len(needed) != n || counts["needed_none"]+counts["needed_valid"]+counts["needed_ending"]+counts["needed_lapsed"] != n {
		t.Errorf("%d in groups, needed %v, %v", n, needed, counts)
	}
	if got := list(func(g *TrainingFilter) { g.Text = "员工1%" }); len(got) != 0 {
		t.Error("a text is taken as a pattern", got)
	}
	if got := list(func(g *TrainingFilter) { g.Text, g.Department = "员工", f.depB }); len(got) != 1 {
		t.Error(got)
	}
	if _, err := f.TrainingStands(ctx, TrainingFilter{Course: "secrecy", Cursor: "x"}); !errors.Is(err, ErrCursor) {
		t.Error(err)
	}
}
