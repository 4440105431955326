package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

const courseCols = `course, version, state, body, sha256, title, note, author_id::text, reviewer_id::text, created_at, changed_at, published_at`

func scanCourse(row pgx.CollectableRow) (CourseRow, error) {
	var c CourseRow
	err := row.Scan(&c.Course, &c.Version, &c.State, &c.Body, &c.SHA256, &c.Title, &c.Note, &c.AuthorID, &c.ReviewerID, &c.CreatedAt, &c.ChangedAt, &c.PublishedAt)
	return c, err
}

// Courses lists the versions that are published now, one a course.
func (s *Store) Courses(ctx context.Context) ([]CourseRow, error) {
	list, err := selectAll(ctx, s.pool, scanCourse, `SELECT `+courseCols+` FROM course_versions WHERE state = 'published' ORDER BY course`)
	return list, clean("listing courses", err)
}

// CourseVersions lists the versions of every course without their bodies, the newest first. No more than 500.
func (s *Store) CourseVersions(ctx context.Context) ([]CourseRow, error) {
	list, err := selectAll(ctx, s.pool, scanCourse, `SELECT course, version, state, '', sha256, title, note, author_id::text, reviewer_id::text, created_at, changed_at, published_at
FROM course_versions ORDER BY course, version DESC LIMIT 500`)
	return list, clean("listing versions of courses", err)
}

// CourseVersion reads one version.
func (s *Store) CourseVersion(ctx context.Context, course string, version int) (CourseRow, error) {
	const doing = "reading a version of a course"
	list, err := selectAll(ctx, s.pool, scanCourse, `SELECT `+courseCols+` FROM course_versions WHERE course = $1 AND version = $2`, course, version)
	if err != nil {
		return CourseRow{}, clean(doing, err)
	}
	if len(list) == 0 {
		return CourseRow{}, clean(doing, ErrNotFound)
	}
	return list[0], nil
}

// CourseDraft is a version of a course to be stored.
type CourseDraft struct {
	Course, Body, SHA256 string
	Title                domain.Label
	Author               domain.EmployeeID // empty: shipped with the service, published at once where the course has no version yet
	Event                *Event
}

// PutCourse stores a draft and returns its version. A draft under way is written over and its writer becomes the author;
// one in review is not touched (RulesStateError). The same text as the newest version's is stored once: fresh is false.
func (s *Store) PutCourse(ctx context.Context, d CourseDraft) (version int, fresh bool, err error) {
	const doing = "storing a version of a course"
	title, err := jsonOf(doing, d.Title)
	if err != nil {
		return 0, false, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('course:' || $1))`, d.Course); err != nil {
			return err
		}
		newest, err := selectAll(ctx, tx, scanCourse, `SELECT `+courseCols+` FROM course_versions WHERE course = $1 ORDER BY version DESC LIMIT 1`, d.Course)
		if err != nil {
			return err
		}
		state := domain.CourseDraft
		version, fresh = 1, true
		if len(newest) > 0 {
			last := newest[0]
			version = last.Version
			switch {
			case d.Author == "", last.SHA256 == d.SHA256 && domain.CourseState(last.State) != domain.CourseWithdrawn:
				fresh = false
				return nil
			case domain.CourseState(last.State) == domain.CourseReview:
				return &RulesStateError{State: RulesState(last.State)}
			case domain.CourseState(last.State) == domain.CourseDraft:
				_, err := tx.Exec(ctx, `UPDATE course_versions SET body = $3, sha256 = $4, title = $5::jsonb, author_id = $6, note = '', changed_at = $7
WHERE course = $1 AND version = $2`, d.Course, version, d.Body, d.SHA256, title, string(d.Author), now())
				if err != nil {
					return err
				}
				return recordIn(ctx, tx, d.Event)
			}
			version++
		}
		var published *time.Time
		if d.Author == "" {
			at := now()
			state, published = domain.CoursePublished, &at
		}
		if _, err := tx.Exec(ctx, `INSERT INTO course_versions (course, version, state, body, sha256, title, author_id, created_at, changed_at, published_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $8, $9)`, d.Course, version, string(state), d.Body, d.SHA256, title, orNull(string(d.Author)), now(), published); err != nil {
			return err
		}
		return recordIn(ctx, tx, d.Event)
	})
	return version, fresh, clean(doing, err)
}

// CourseMove is what somebody does to a version.
type CourseMove struct {
	Course  string
	Version int
	To      domain.CourseState // draft: sent back
	By      domain.EmployeeID
	Note    string
	Event   *Event
}

// MoveCourse takes a version a step further: to review, back to its author, published, withdrawn. Publishing takes a person
// who is not the author (ErrOnePerson) and supersedes the version before. What its state does not allow is a
// RulesStateError.
func (s *Store) MoveCourse(ctx context.Context, m CourseMove) error {
	const doing = "taking a version of a course further"
	return clean(doing, pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var state string
		var author *string
		if err := tx.QueryRow(ctx, `SELECT state, author_id::text FROM course_versions WHERE course = $1 AND version = $2 FOR UPDATE`, m.Course, m.Version).Scan(&state, &author); err != nil {
			return err
		}
		if !mayMove(domain.CourseState(state), m.To) {
			return &RulesStateError{State: RulesState(state)}
		}
		second := m.To == domain.CoursePublished || m.To == domain.CourseDraft
		if second && author != nil && *author == string(m.By) && m.To == domain.CoursePublished {
			return ErrOnePerson
		}
		if m.To == domain.CoursePublished {
			if _, err := tx.Exec(ctx, `UPDATE course_versions SET state = 'superseded', changed_at = $2 WHERE course = $1 AND state = 'published'`, m.Course, now()); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE course_versions SET state = $3, note = CASE WHEN $4::boolean THEN $5 ELSE note END, changed_at = $6,
  reviewer_id = CASE WHEN $3 = 'published' THEN $7::uuid ELSE reviewer_id END, published_at = CASE WHEN $3 = 'published' THEN $6 ELSE published_at END
WHERE course = $1 AND version = $2`, m.Course, m.Version, string(m.To), second, m.Note, now(), string(m.By))
		if err != nil {
			return err
		}
		return recordIn(ctx, tx, m.Event)
	}))
}

// mayMove are the steps of a version that people take; the database holds the same.
func mayMove(from, to domain.CourseState) bool {
	switch to {
	case domain.CourseReview:
		return from == domain.CourseDraft
	case domain.CourseDraft, domain.CoursePublished:
		return from == domain.CourseReview
	case domain.CourseWithdrawn:
		return from == domain.CourseDraft || from == domain.CourseReview || from == domain.CoursePublished
	case domain.CourseSuperseded:
	}
	return false
}
