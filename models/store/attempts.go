package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

const attemptCols = `id::text, employee_id::text, course, version, seed, questions, started_at, due_at, ended_at, outcome, correct, score, answers`

func scanAttempt(row pgx.CollectableRow) (AttemptRow, error) {
	var a AttemptRow
	err := row.Scan(&a.ID, &a.EmployeeID, &a.Course, &a.Version, &a.Seed, &a.Questions, &a.StartedAt, &a.DueAt, &a.EndedAt, &a.Outcome, &a.Correct, &a.Score, &a.Answers)
	a.StartedAt, a.DueAt = a.StartedAt.UTC(), a.DueAt.UTC()
	return a, err
}

// BeginAttempt begins an attempt, and returns the one that is under way when there is one, or the one of this id when it was
// begun before: the same request twice begins one. An attempt whose time ran out is ended first. may decides by the
// beginnings of earlier attempts, of which it sees the latest hundred; what it refuses is not begun.
func (s *Store) BeginAttempt(ctx context.Context, a AttemptRow, may func(begun []time.Time) error) (AttemptRow, error) {
	out := a
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('training:' || $1 || $2))`, a.EmployeeID, a.Course); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE training_attempts SET ended_at = due_at, outcome = 'expired' WHERE employee_id = $1 AND course = $2 AND ended_at IS NULL AND due_at <= $3`,
			a.EmployeeID, a.Course, a.StartedAt); err != nil {
			return err
		}
		past, err := selectAll(ctx, tx, scanAttempt, `SELECT `+attemptCols+` FROM training_attempts WHERE employee_id = $1 AND course = $2 ORDER BY started_at DESC LIMIT 100`,
			a.EmployeeID, a.Course)
		if err != nil {
			return err
		}
		var begun []time.Time
		for _, p := range past {
			if p.ID == a.ID || p.EndedAt == nil {
				out = p
				return nil
			}
			begun = append(begun, p.StartedAt)
		}
		if err := may(begun); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO training_attempts (id, employee_id, course, version, seed, questions, started_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			a.ID, a.EmployeeID, a.Course, a.Version, a.Seed, a.Questions, a.StartedAt, a.DueAt)
		return err
	})
	return out, clean("beginning an attempt", err)
}

// Attempt reads one.
func (s *Store) Attempt(ctx context.Context, id string) (AttemptRow, error) {
	const doing = "reading an attempt"
	if !isID(id) {
		return AttemptRow{}, clean(doing, ErrNotFound)
	}
	list, err := selectAll(ctx, s.pool, scanAttempt, `SELECT `+attemptCols+` FROM training_attempts WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return AttemptRow{}, clean(doing, err)
	}
	return list[0], nil
}

// Attempts lists a person's attempts, the latest first, no more than 100; no course: all.
func (s *Store) Attempts(ctx context.Context, person domain.EmployeeID, course string) ([]AttemptRow, error) {
	list, err := selectAll(ctx, s.pool, scanAttempt, `SELECT `+attemptCols+` FROM training_attempts WHERE employee_id = $1 AND ($2 = '' OR course = $2) ORDER BY started_at DESC LIMIT 100`,
		string(person), course)
	return list, clean("listing attempts", err)
}

// EndAttempt ends an attempt with what was answered, once, and records its result; a person who passed is told to the gates
// of their groups (outbox clearance). mine is false when it had ended before: the row says how.
func (s *Store) EndAttempt(ctx context.Context, a AttemptRow, r *ResultRow, event *Event) (is AttemptRow, mine bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		list, err := selectAll(ctx, tx, scanAttempt, `UPDATE training_attempts SET ended_at = $2, outcome = $3, correct = $4, score = $5, answers = $6::jsonb
WHERE id = $1 AND ended_at IS NULL RETURNING `+attemptCols, a.ID, a.EndedAt, a.Outcome, a.Correct, a.Score, string(a.Answers))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			if list, err = selectAll(ctx, tx, scanAttempt, `SELECT `+attemptCols+` FROM training_attempts WHERE id = $1`, a.ID); err != nil || len(list) == 0 {
				return err
			}
			is = list[0]
			return nil
		}
		is, mine = list[0], true
		if r != nil {
			if _, _, err := recordResults(ctx, tx, []ResultRow{*r}); err != nil {
				return err
			}
		}
		return recordIn(ctx, tx, event)
	})
	return is, mine, clean("ending an attempt", err)
}
