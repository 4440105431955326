package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// resultDoc is a result as it is sent to the database.
type resultDoc struct {
	ID         string     `json:"id"`
	EmployeeID string     `json:"employee_id"`
	Course     string     `json:"course"`
	Version    int        `json:"version"`
	Source     string     `json:"source"`
	Score      int        `json:"score"`
	Passed     bool       `json:"passed"`
	At         time.Time  `json:"at"`
	ValidUntil *time.Time `json:"valid_until"`
	AttemptID  *string    `json:"attempt_id"`
	ByID       string     `json:"by_id"`
	File       string     `json:"file"`
}

// A result that stands already, by person, course, source and moment, is not written again. What counts becomes the passed
// result that is valid longest (domain.Training.Holds); a new one is to be reminded of anew. One that is over already is
// not told of as ending.
const recordResultsSQL = `
WITH given AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, employee_id uuid, course text, version int, source text, score int, passed boolean,
    at timestamptz, valid_until timestamptz, attempt_id uuid, by_id uuid, file text)
), kept AS (
  INSERT INTO training_results (id, employee_id, course, version, source, score, passed, at, valid_until, attempt_id, by_id, file_sha256, created_at)
  SELECT id, employee_id, course, version, source, score, passed, at, valid_until, attempt_id, by_id, file, $2 FROM given
  ON CONFLICT ON CONSTRAINT training_results_once DO NOTHING
  RETURNING *
), best AS (
  SELECT DISTINCT ON (employee_id, course) * FROM kept WHERE passed ORDER BY employee_id, course, valid_until DESC, id
), counts AS (
  INSERT INTO trainings AS t (employee_id, course, version, source, score, result_id, passed_at, valid_until, lapsed_at, changed_at)
  SELECT employee_id, course, version, source, score, id, at, valid_until, CASE WHEN valid_until <= $2 THEN $2::timestamptz END, $2 FROM best
  ON CONFLICT (employee_id, course) DO UPDATE SET version = excluded.version, source = excluded.source, score = excluded.score, result_id = excluded.result_id,
    passed_at = excluded.passed_at, valid_until = excluded.valid_until, lapsed_at = excluded.lapsed_at, changed_at = excluded.changed_at, reminded = 0
  WHERE excluded.valid_until > t.valid_until
  RETURNING employee_id::text
)
SELECT ARRAY(SELECT id::text FROM kept), ARRAY(SELECT DISTINCT employee_id FROM counts ORDER BY 1)`

// recordResults writes results and what counts, and tells the gates of the groups of those for whom something changed. It
// returns the ids of the results that were new, and those people.
func recordResults(ctx context.Context, tx pgx.Tx, rows []ResultRow) (fresh, changed []string, err error) {
	docs := make([]resultDoc, 0, len(rows))
	for _, r := range rows {
		docs = append(docs, resultDoc{r.ID, r.EmployeeID, r.Course, r.Version, r.Source, r.Score, r.Passed, r.At, r.ValidUntil, r.AttemptID, r.ByID, r.FileSHA256})
	}
	doc, err := jsonOf("rendering results", docs)
	if err != nil {
		return nil, nil, err
	}
	if err := tx.QueryRow(ctx, recordResultsSQL, doc, now()).Scan(&fresh, &changed); err != nil {
		return nil, nil, err
	}
	return fresh, changed, tellGates(ctx, tx, changed)
}

// clearedAtOnce bounds how many people one entry of the outbox is about.
const clearedAtOnce = 200

// tellGates leaves it in the outbox that the record says something new of people: each group where one of them has a place
// looks again (R4.2.1, R4.2.2).
func tellGates(ctx context.Context, tx pgx.Tx, people []string) error {
	for i := 0; i < len(people); i += clearedAtOnce {
		if _, err := tx.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ('clearance', 'clearance:' || $1::text, jsonb_build_object('people', $2::text[]), now(), now())`, newID(), people[i:min(i+clearedAtOnce, len(people))]); err != nil {
			return err
		}
	}
	return nil
}

// KeptResults says what came of results.
type KeptResults struct {
	Fresh   map[string]bool // by id; the others stood already
	Changed []domain.EmployeeID
}

// RecordResults writes results of a list, with evidence and the answer under the key, in one transaction. try only tells:
// it writes nothing.
func (s *Store) RecordResults(ctx context.Context, rows []ResultRow, event *Event, try bool) (KeptResults, error) {
	out := KeptResults{Fresh: map[string]bool{}}
	undo := errors.New("only tried")
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		fresh, changed, err := recordResults(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, id := range fresh {
			out.Fresh[id] = true
		}
		for _, p := range changed {
			out.Changed = append(out.Changed, domain.EmployeeID(p))
		}
		if try {
			return undo
		}
		return recordIn(ctx, tx, event)
	})
	if errors.Is(err, undo) {
		err = nil
	}
	return out, clean("recording training results", err)
}

const trainingCols = `t.employee_id::text, t.course, t.version, t.source, t.score, t.result_id::text, t.passed_at, t.valid_until, t.reminded, t.lapsed_at, t.changed_at`

func scanTraining(row pgx.CollectableRow) (TrainingRow, error) {
	var t TrainingRow
	err := row.Scan(&t.EmployeeID, &t.Course, &t.Version, &t.Source, &t.Score, &t.ResultID, &t.PassedAt, &t.ValidUntil, &t.Reminded, &t.LapsedAt, &t.ChangedAt)
	t.PassedAt, t.ValidUntil = t.PassedAt.UTC(), t.ValidUntil.UTC()
	return t, err
}

// Trainings lists what counts for a person, by course.
func (s *Store) Trainings(ctx context.Context, person domain.EmployeeID) ([]TrainingRow, error) {
	list, err := selectAll(ctx, s.pool, scanTraining, `SELECT `+trainingCols+` FROM trainings t WHERE t.employee_id = $1 ORDER BY t.course`, string(person))
	return list, clean("listing trainings", err)
}

// Results lists a person's results, the latest first, no more than 100.
func (s *Store) Results(ctx context.Context, person domain.EmployeeID) ([]ResultRow, error) {
	list, err := selectAll(ctx, s.pool, func(row pgx.CollectableRow) (ResultRow, error) {
		var r ResultRow
		err := row.Scan(&r.ID, &r.EmployeeID, &r.Course, &r.Version, &r.Source, &r.Score, &r.Passed, &r.At, &r.ValidUntil, &r.AttemptID, &r.ByID, &r.FileSHA256, &r.CreatedAt)
		return r, err
	}, `SELECT id::text, employee_id::text, course, version, source, score, passed, at, valid_until, attempt_id::text, by_id::text, file_sha256, created_at
FROM training_results WHERE employee_id = $1 ORDER BY at DESC, id DESC LIMIT 100`, string(person))
	return list, clean("listing training results", err)
}

// DueTrainings lists trainings of people who work here whose end comes within the time, or has come, and of which
// something may be to tell; the first ends first.
func (s *Store) DueTrainings(ctx context.Context, within time.Duration, after TrainingRow, limit int) ([]TrainingRow, error) {
	list, err := selectAll(ctx, s.pool, scanTraining, `SELECT `+trainingCols+` FROM trainings t JOIN employees e ON e.id = t.employee_id AND e.active
WHERE t.lapsed_at IS NULL AND t.valid_until <= $1 AND (t.valid_until, t.employee_id::text, t.course) > ($2, $3, $4)
ORDER BY t.valid_until, t.employee_id::text, t.course LIMIT $5`, now().Add(within), after.ValidUntil, after.EmployeeID, after.Course, limit)
	return list, clean("listing trainings that end", err)
}

// TellTraining notes that a person is told of the end of a training, days before it or (0) of the end itself, and tells
// them: by a notification, and by its mail. Once: false when another process did, or the training is another by now. The
// end itself also goes to the gates of their groups.
func (s *Store) TellTraining(ctx context.Context, t TrainingRow, days int) (bool, error) {
	told := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE trainings SET reminded = CASE WHEN $4::int > 0 THEN $4::int ELSE reminded END, lapsed_at = CASE WHEN $4::int = 0 THEN $5::timestamptz END
WHERE employee_id = $1 AND course = $2 AND result_id = $3 AND reminded = $6 AND lapsed_at IS NULL`, t.EmployeeID, t.Course, t.ResultID, days, now(), t.Reminded)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		told = true
		kind := NewsTrainingDue
		if days == 0 {
			kind = NewsTrainingLapsed
			if err := tellGates(ctx, tx, []string{t.EmployeeID}); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `WITH told AS (
  INSERT INTO notifications (id, person_id, kind, subject, subject_id, detail, key, created_at)
  VALUES ($1, $2, $3::text, 'training', $4::uuid, jsonb_build_object('course', $5::text, 'n', $6::int), $3::text || ':' || $4::uuid || ':' || $6::int, $7)
  ON CONFLICT (key) DO NOTHING RETURNING id, key)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'mail', 'mail:' || told.key, jsonb_build_object('notification', told.id), now(), now() FROM told ON CONFLICT (key) DO NOTHING`,
			newID(), t.EmployeeID, kind, t.ResultID, t.Course, days, now())
		return err
	})
	return told, clean("telling of the end of a training", err)
}

// Kinds of news about trainings, of the subject training.
const (
	NewsTrainingDue    = "training_due"
	NewsTrainingLapsed = "training_lapsed"
)
