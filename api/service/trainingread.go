package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// courseBook keeps parsed versions: they never change once they are no draft.
type courseBook struct {
	mu     sync.Mutex
	parsed map[string]*domain.Course // by the digest of the text
}

const courseBookMost = 100

// parse reads a stored version.
func (b *courseBook) parse(row store.CourseRow) (*domain.Course, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.parsed[row.SHA256]
	if c == nil {
		var err error
		if c, err = policy.ParseCourse([]byte(row.Body)); err != nil {
			return nil, &Error{Kind: Conflict, Code: "course_unreadable", Cause: err}
		}
		if len(b.parsed) >= courseBookMost || b.parsed == nil {
			b.parsed = map[string]*domain.Course{}
		}
		b.parsed[row.SHA256] = c
	}
	out := *c
	out.Version = row.Version
	return &out, nil
}

// courses are the courses published now.
func (s *Service) courses(ctx context.Context) ([]domain.Course, error) {
	rows, err := s.cfg.Store.Courses(ctx)
	if err != nil {
		return nil, err
	}
	var out []domain.Course
	for _, r := range rows {
		c, err := s.courseBook.parse(r)
		if err != nil {
			s.log.ErrorContext(ctx, "a published course cannot be read", "course", r.Course, "version", r.Version)
			continue // the others can be taken all the same
		}
		out = append(out, *c)
	}
	return out, nil
}

// publishedCourse is one of them.
func (s *Service) publishedCourse(ctx context.Context, key string) (domain.Course, error) {
	all, err := s.courses(ctx)
	if err != nil {
		return domain.Course{}, err
	}
	for _, c := range all {
		if c.Key == key {
			return c, nil
		}
	}
	return domain.Course{}, &Error{Kind: NotFound, Code: "not_found"}
}

// courseTiers are the tiers whose groups ask for a course, by the policy in force.
func (s *Service) courseTiers(ctx context.Context, course string) ([]domain.Tier, error) {
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the rules of trainings: %w", err)
	}
	return tiersAsking(pol, course), nil
}

// MyTrainings is what the actor has to learn and what they passed.
func (s *Service) MyTrainings(ctx context.Context, a Actor) (MyTrainings, error) {
	out, err := s.myTrainings(ctx, a)
	return out, fail(err)
}

func (s *Service) myTrainings(ctx context.Context, a Actor) (MyTrainings, error) {
	out := MyTrainings{Courses: []CourseCard{}, Results: []TrainingResult{}}
	all, err := s.courses(ctx)
	if err != nil {
		return out, err
	}
	for _, c := range all {
		if err := s.mayCourse(ctx, a, c.Key); err != nil {
			if AsError(err).Kind == NotFound {
				continue // an outsider, in no group that asks for it
			}
			return out, err
		}
		card, err := s.card(ctx, a, c)
		if err != nil {
			return out, err
		}
		out.Courses = append(out.Courses, card)
	}
	results, err := s.cfg.Store.Results(ctx, a.ID)
	if err != nil {
		return out, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return out, err
	}
	for _, r := range results {
		v := TrainingResult{Course: r.Course, Title: courseTitle(all, r.Course), Source: domain.TrainingSource(r.Source), Score: r.Score, Passed: r.Passed, At: r.At.UTC(), Until: utc(r.ValidUntil)}
		if r.AttemptID != nil {
			v.Attempt = *r.AttemptID
		}
		if r.ByID != string(a.ID) {
			v.By = names{dir}.maybe(domain.EmployeeID(r.ByID))
		}
		out.Results = append(out.Results, v)
	}
	return out, nil
}

func courseTitle(all []domain.Course, key string) domain.Label {
	for _, c := range all {
		if c.Key == key {
			return c.Title
		}
	}
	return domain.Label{ZH: key, EN: key} // withdrawn since
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// card is a course and how the actor stands in it.
func (s *Service) card(ctx context.Context, a Actor, c domain.Course) (CourseCard, error) {
	v := CourseCard{Course: c.Key, Version: c.Version, Title: c.Title, Summary: c.Summary, Rules: c.Rules, State: StandNone}
	trainings, err := s.cfg.Store.Trainings(ctx, a.ID)
	if err != nil {
		return v, err
	}
	now := s.now()
	for _, t := range trainings {
		if t.Course == c.Key {
			v.State, v.Passed, v.Until, v.Score = standOf(t, now), timeOf(t.PassedAt), timeOf(t.ValidUntil), t.Score
		}
	}
	attempts, err := s.cfg.Store.Attempts(ctx, a.ID, c.Key)
	if err != nil {
		return v, err
	}
	var begun []time.Time
	for _, x := range attempts {
		begun = append(begun, x.StartedAt)
		if attemptState(x, now) == AttemptOpen {
			v.Open = x.ID
		}
	}
	if next, ok := domain.NextAttempt(c.Rules, begun, now); !ok && v.Open == "" {
		v.NextAt = timeOf(next)
	}
	tiers, err := s.courseTiers(ctx, c.Key)
	if err != nil {
		return v, err
	}
	v.Groups, err = s.cfg.Store.NeedsTraining(ctx, a.ID, tiers)
	return v, err
}

func standOf(t store.TrainingRow, now time.Time) TrainingStandState {
	tr := trainingOf(t)
	switch {
	case tr.StateAt(now) == domain.TrainingLapsed:
		return StandLapsed
	case tr.StateAt(now.Add(trainingSoon)) == domain.TrainingLapsed:
		return StandEnding
	}
	return StandValid
}

func trainingOf(t store.TrainingRow) domain.Training {
	return domain.Training{Person: domain.EmployeeID(t.EmployeeID), Course: t.Course, Passed: t.PassedAt, Until: t.ValidUntil}
}

// Course is a course to read.
func (s *Service) Course(ctx context.Context, a Actor, course string) (CourseView, error) {
	c, err := s.publishedCourse(ctx, course)
	if err == nil {
		err = s.mayCourse(ctx, a, course)
	}
	if err != nil {
		return CourseView{}, fail(err)
	}
	card, err := s.card(ctx, a, c)
	return CourseView{CourseCard: card, Material: c.Material}, fail(err)
}

// TrainingStands is how people stand in a course: for HR, security and auditors. Without a course: the first.
func (s *Service) TrainingStands(ctx context.Context, a Actor, f TrainingFilter) (TrainingOverview, error) {
	if !a.Has(domain.RoleHR) && !a.Has(domain.RoleSecurity) && !a.Has(domain.RoleAuditor) {
		return TrainingOverview{}, forbidden("role_required")
	}
	faults := domain.CheckText("q", f.Text, 100, false)
	if f.State != "" && !slices.Contains([]TrainingStandState{StandValid, StandEnding, StandLapsed, StandNone}, f.State) {
		faults = append(faults, domain.Fault{Field: "state", Code: "unknown_value", Params: map[string]string{"allowed": "valid, ending, lapsed, none"}})
	}
	if len(faults) > 0 {
		return TrainingOverview{}, invalid(faults...)
	}
	out, err := s.trainingStands(ctx, f)
	if errors.Is(err, store.ErrCursor) {
		return out, listFault("read how trainings stand", err)
	}
	return out, fail(err)
}

func (s *Service) trainingStands(ctx context.Context, f TrainingFilter) (TrainingOverview, error) {
	out := TrainingOverview{Counts: map[string]int{}, Items: []TrainingStand{}, Courses: []CourseChoice{}}
	all, err := s.courses(ctx)
	if err != nil {
		return out, err
	}
	for _, c := range all {
		out.Courses = append(out.Courses, CourseChoice{c.Key, c.Title})
	}
	if f.Course == "" && len(all) > 0 {
		f.Course = all[0].Key
	}
	if i := slices.IndexFunc(all, func(c domain.Course) bool { return c.Key == f.Course }); i >= 0 {
		out.Course, out.Title = all[i].Key, all[i].Title
	} else if f.Course != "" {
		return out, &Error{Kind: NotFound, Code: "not_found"}
	}
	tiers, err := s.courseTiers(ctx, f.Course)
	if err != nil {
		return out, err
	}
	q := store.TrainingFilter{Course: f.Course, State: string(f.State), Needed: f.Needed, Tiers: tiers, Text: f.Text, Department: f.Department, Soon: trainingSoon, Cursor: f.Cursor, Limit: pageLimit(f.Limit)}
	page, err := s.cfg.Store.TrainingStands(ctx, q)
	if err != nil {
		return out, err
	}
	if out.Counts, err = s.cfg.Store.TrainingCounts(ctx, q); err != nil {
		return out, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return out, err
	}
	for _, x := range page.Items {
		out.Items = append(out.Items, TrainingStand{Person: names{dir}.person(x.Person), State: TrainingStandState(x.State), Needed: x.Needed,
			Source: domain.TrainingSource(x.Source), Score: x.Score, Passed: utc(x.PassedAt), Until: utc(x.ValidUntil)})
	}
	out.Next = page.Next
	return out, nil
}
