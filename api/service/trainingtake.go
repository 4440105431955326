package service

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// attemptGrace is how long after its time an attempt's answers are still taken: what was sent in time may arrive late.
const attemptGrace = 30 * time.Second

// BeginAttempt draws a quiz for the actor: by a seed of its own, so that two people side by side see different questions.
func (s *Service) BeginAttempt(ctx context.Context, a Actor, key, course string) (AttemptView, error) {
	if err := checkKey(key); err != nil {
		return AttemptView{}, err
	}
	if err := s.mayCourse(ctx, a, course); err != nil {
		return AttemptView{}, fail(err)
	}
	v, err := s.beginAttempt(ctx, a, key, course)
	return v, fail(err)
}

func (s *Service) beginAttempt(ctx context.Context, a Actor, key, course string) (AttemptView, error) {
	c, err := s.publishedCourse(ctx, course)
	if err != nil {
		return AttemptView{}, err
	}
	var seed [8]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return AttemptView{}, fmt.Errorf("draw a quiz: %w", err)
	}
	now := s.now()
	row, err := s.cfg.Store.BeginAttempt(ctx, store.AttemptRow{
		ID: derivedID("attempt", string(a.ID), course, key), EmployeeID: string(a.ID), Course: c.Key, Version: c.Version,
		Seed:      int64(binary.BigEndian.Uint64(seed[:])), //nolint:gosec // every seed will do
		Questions: c.Rules.Draw, StartedAt: now, DueAt: now.Add(time.Duration(c.Rules.Minutes) * time.Minute),
	}, func(begun []time.Time) error {
		next, ok := domain.NextAttempt(c.Rules, begun, now)
		if ok {
			return nil
		}
		return &Error{Kind: TooMany, Code: "attempts_used_up", RetryAfter: max(1, int(next.Sub(now).Seconds())),
			Params: map[string]string{"n": strconv.Itoa(c.Rules.Attempts), "hours": strconv.Itoa(c.Rules.Window), "at": next.UTC().Format(time.RFC3339)}}
	})
	if err != nil {
		return AttemptView{}, err
	}
	return s.attemptView(ctx, row)
}

// Attempt is one of the actor's own; anybody else's does not exist for them.
func (s *Service) Attempt(ctx context.Context, a Actor, id string) (AttemptView, error) {
	row, err := s.ownAttempt(ctx, a, id)
	if err != nil {
		return AttemptView{}, fail(err)
	}
	v, err := s.attemptView(ctx, row)
	return v, fail(err)
}

func (s *Service) ownAttempt(ctx context.Context, a Actor, id string) (store.AttemptRow, error) {
	row, err := s.cfg.Store.Attempt(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.EmployeeID != string(a.ID) {
		return row, &Error{Kind: NotFound, Code: "not_found"}
	}
	return row, err
}

// attemptCourse is the version that an attempt was drawn from.
func (s *Service) attemptCourse(ctx context.Context, row store.AttemptRow) (*domain.Course, domain.CourseState, error) {
	v, err := s.cfg.Store.CourseVersion(ctx, row.Course, row.Version)
	if err != nil {
		return nil, "", err
	}
	c, err := s.courseBook.parse(v)
	return c, domain.CourseState(v.State), err
}

func attemptState(row store.AttemptRow, now time.Time) AttemptState {
	switch {
	case row.EndedAt != nil:
		return AttemptState(row.Outcome)
	case now.After(row.DueAt.Add(attemptGrace)):
		return AttemptExpired
	}
	return AttemptOpen
}

func (s *Service) attemptView(ctx context.Context, row store.AttemptRow) (AttemptView, error) {
	c, _, err := s.attemptCourse(ctx, row)
	if err != nil {
		return AttemptView{}, err
	}
	v := AttemptView{ID: row.ID, Course: row.Course, Version: row.Version, Title: c.Title, State: attemptState(row, s.now()), Started: row.StartedAt, Due: row.DueAt,
		Ended: utc(row.EndedAt), Pass: c.Rules.Pass, Correct: row.Correct, Score: row.Score, Questions: []QuestionView{}}
	if v.State == AttemptExpired { // nothing was answered, so nothing is explained: the questions will be asked again
		return v, nil
	}
	quiz := domain.DrawQuiz(c.Questions, row.Questions, row.Seed)
	if v.State == AttemptOpen {
		v.Questions = questionViews(quiz, nil, nil)
		return v, nil
	}
	var chosen []domain.QuizAnswer
	if err := json.Unmarshal(row.Answers, &chosen); err != nil {
		return v, fmt.Errorf("read the answers of an attempt: %w", err)
	}
	g := domain.GradeQuiz(quiz, chosen, c.Rules.Pass)
	v.Questions = questionViews(quiz, chosen, &g)
	if v.State == AttemptPassed && row.EndedAt != nil {
		zone, err := s.zone(ctx)
		if err != nil {
			return v, err
		}
		v.Until = timeOf(domain.ValidUntil(row.EndedAt.In(zone), c.Rules.Valid))
	}
	return v, nil
}

// questionViews shows a quiz; what is right and why only with what it was graded as.
func questionViews(quiz []domain.Question, chosen []domain.QuizAnswer, g *domain.Graded) []QuestionView {
	out := make([]QuestionView, 0, len(quiz))
	for _, q := range quiz {
		v := QuestionView{ID: q.ID, Text: q.Text, Many: q.Many, Options: make([]OptionView, 0, len(q.Options))}
		var picked []string
		if i := slices.IndexFunc(chosen, func(a domain.QuizAnswer) bool { return a.Question == q.ID }); i >= 0 {
			picked = chosen[i].Options
		}
		for _, o := range q.Options {
			x := OptionView{ID: o.ID, Text: o.Text}
			if g != nil {
				was, right := slices.Contains(picked, o.ID), o.Right
				x.Chosen, x.Right = &was, &right
			}
			v.Options = append(v.Options, x)
		}
		if g != nil {
			right, why := g.Right[q.ID], q.Why
			v.Right, v.Why = &right, &why
		}
		out = append(out, v)
	}
	return out
}

// AnswerAttempt ends an attempt with all its answers. It is graded here, by the version it was drawn from; a result sent by
// the caller is none.
func (s *Service) AnswerAttempt(ctx context.Context, a Actor, id string, answers []domain.QuizAnswer) (AttemptView, error) {
	v, err := s.answerAttempt(ctx, a, id, answers)
	return v, fail(err)
}

func (s *Service) answerAttempt(ctx context.Context, a Actor, id string, answers []domain.QuizAnswer) (AttemptView, error) {
	row, err := s.ownAttempt(ctx, a, id)
	if err != nil {
		return AttemptView{}, err
	}
	given, err := json.Marshal(sortedAnswers(answers))
	if err != nil {
		return AttemptView{}, err
	}
	now := s.now()
	if state := attemptState(row, now); state != AttemptOpen {
		return s.answeredBefore(ctx, row, state, given)
	}
	c, state, err := s.attemptCourse(ctx, row)
	if err != nil {
		return AttemptView{}, err
	}
	if state == domain.CourseWithdrawn {
		return AttemptView{}, &Error{Kind: Conflict, Code: "course_withdrawn"}
	}
	quiz := domain.DrawQuiz(c.Questions, row.Questions, row.Seed)
	if faults := domain.CheckAnswers(quiz, answers); len(faults) > 0 {
		return AttemptView{}, invalid(faults...)
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return AttemptView{}, err
	}
	g := domain.GradeQuiz(quiz, answers, c.Rules.Pass)
	row.EndedAt, row.Outcome, row.Correct, row.Score, row.Answers = &now, string(AttemptFailed), g.Correct, g.Score, given
	r := store.ResultRow{ID: newID(), EmployeeID: string(a.ID), Course: row.Course, Version: row.Version, Source: string(domain.FromQuiz), Score: g.Score, Passed: g.Passed,
		At: now, AttemptID: &row.ID, ByID: string(a.ID)}
	if g.Passed {
		row.Outcome = string(AttemptPassed)
		until := domain.ValidUntil(now.In(zone), c.Rules.Valid)
		r.ValidUntil = &until
	}
	event := &store.Event{At: now, Actor: string(a.ID), Kind: "training_" + row.Outcome, Subject: row.ID, Rule: "self", Result: "allowed",
		Detail: map[string]any{"course": row.Course, "version": row.Version, "score": g.Score}}
	is, mine, err := s.cfg.Store.EndAttempt(ctx, row, &r, event)
	if err != nil {
		return AttemptView{}, err
	}
	if !mine {
		return s.answeredBefore(ctx, is, AttemptState(is.Outcome), given)
	}
	s.poke()
	return s.attemptView(ctx, is)
}

// answeredBefore gives the same answers the same result, and refuses others: an attempt ends once.
func (s *Service) answeredBefore(ctx context.Context, row store.AttemptRow, state AttemptState, given []byte) (AttemptView, error) {
	if state == AttemptExpired {
		return AttemptView{}, &Error{Kind: Conflict, Code: "attempt_expired"}
	}
	var before []domain.QuizAnswer
	if err := json.Unmarshal(row.Answers, &before); err != nil {
		return AttemptView{}, fmt.Errorf("read the answers of an attempt: %w", err)
	}
	if b, err := json.Marshal(sortedAnswers(before)); err != nil || string(b) != string(given) {
		return AttemptView{}, &Error{Kind: Conflict, Code: "attempt_ended", Params: map[string]string{"score": strconv.Itoa(row.Score)}, Cause: err}
	}
	return s.attemptView(ctx, row)
}

// sortedAnswers is the same for the same choices, in whatever order they were sent.
func sortedAnswers(in []domain.QuizAnswer) []domain.QuizAnswer {
	out := make([]domain.QuizAnswer, 0, len(in))
	for _, a := range in {
		o := slices.Clone(a.Options)
		slices.Sort(o)
		if o == nil {
			o = []string{}
		}
		out = append(out, domain.QuizAnswer{Question: a.Question, Options: o})
	}
	slices.SortStableFunc(out, func(a, b domain.QuizAnswer) int {
		switch {
		case a.Question < b.Question:
			return -1
		case a.Question > b.Question:
			return 1
		}
		return 0
	})
	return out
}

// tiersAsking are the tiers whose groups ask for a course.
func tiersAsking(pol *policy.Policy, course string) []domain.Tier {
	out := []domain.Tier{}
	for _, t := range pol.Tiers {
		if pol.Clearance(t.Tier).Course == course {
			out = append(out, t.Tier)
		}
	}
	return out
}
