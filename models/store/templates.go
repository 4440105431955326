package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// ErrTemplateText: the text is on record as another version; the row returned says which.
var ErrTemplateText = errors.New("the text is on record as another version")

// TemplateRefused says why the rules refuse an act on a version of a template (domain.DecideTemplate).
type TemplateRefused struct {
	Reason domain.Reason
	State  domain.TemplateState // with the clock taken into account
}

func (e *TemplateRefused) Error() string {
	return "the act on the template is refused: " + string(e.Reason)
}

// The columns of a TemplateRow, with its text and without.
const (
	templateColumns = `id::text, key, number, sha256, body, ` + templateRest
	templateBare    = `id::text, key, number, sha256, '' AS body, ` + templateRest
	templateRest    = `title, note, state, author_id::text, created_at, reviewed_by::text, reviewed_at, review_note, published_by::text, published_at, effective_at, material,
withdrawn_by::text, withdrawn_at, withdrawn_why, setup`
)

// TemplateDraft is a version to be stored.
type TemplateDraft struct {
	Key    string
	SHA256 string
	Body   string // canonical
	Title  domain.Label
	Note   string
	Author domain.EmployeeID
	Event  *Event
}

// PutTemplate stores a text as the next version of its key and tells whether it is new. A text that is on record comes
// back as it is, with ErrTemplateText when somebody else drafted it or it is a draft no more.
func (s *Store) PutTemplate(ctx context.Context, d TemplateDraft) (row TemplateRow, fresh bool, err error) {
	const doing = "storing a version of a template"
	title, err := jsonOf(doing, d.Title)
	if err != nil {
		return row, false, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lockTemplates(ctx, tx); err != nil {
			return err
		}
		known, err := oneTemplate(ctx, tx, `sha256 = $1 AND (state <> 'withdrawn' OR published_at IS NOT NULL)`, d.SHA256)
		if err == nil {
			row = known
			if v := row.Version(); v.State != domain.TemplateDraft || v.Author != d.Author {
				return ErrTemplateText
			}
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		fresh = true
		rows, err := tx.Query(ctx, `INSERT INTO nda_templates (id, key, number, sha256, body, title, note, author_id, created_at)
SELECT $1, $2, 1 + coalesce(max(number), 0), $3, $4, $5::jsonb, $6, $7, $8 FROM nda_templates WHERE key = $2 RETURNING `+templateColumns,
			newID(), d.Key, d.SHA256, d.Body, title, d.Note, string(d.Author), now())
		if err != nil {
			return err
		}
		if row, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[TemplateRow]); err != nil {
			return err
		}
		return recordTemplate(ctx, tx, d.Event, row.ID)
	})
	if errors.Is(err, ErrTemplateText) {
		return row, false, err
	}
	return row, fresh, clean(doing, err)
}

// SetUpTemplate publishes a shipped text as the first version of its key, at once and by nobody. Where the key has a
// version already nothing happens.
func (s *Store) SetUpTemplate(ctx context.Context, d TemplateDraft) error {
	const doing = "publishing a shipped template"
	title, err := jsonOf(doing, d.Title)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `INSERT INTO nda_templates (id, key, number, sha256, body, title, note, state, created_at, published_at, effective_at, setup)
SELECT $1, $2, 1, $3, $4, $5::jsonb, $6, 'published', $7, $7, $7, true WHERE NOT EXISTS (SELECT 1 FROM nda_templates WHERE key = $2) ON CONFLICT DO NOTHING`,
		newID(), d.Key, d.SHA256, d.Body, title, d.Note, now())
	return clean(doing, err)
}

// TemplateInForce is the version in force at a moment, with its text: of the Chinese one, which everybody can be asked to
// sign. ErrNotFound when there is none.
func (s *Store) TemplateInForce(ctx context.Context, at time.Time) (TemplateRow, error) {
	return s.TemplateOfKey(ctx, domain.TemplateChinese, at)
}

// TemplateFor is the version in force at a moment for somebody who reads a language: whoever reads English gets both
// languages where there is such a text.
func (s *Store) TemplateFor(ctx context.Context, lang string, at time.Time) (TemplateRow, error) {
	if lang == "en" {
		row, err := s.TemplateOfKey(ctx, domain.TemplateBilingual, at)
		if !errors.Is(err, ErrNotFound) {
			return row, err
		}
	}
	return s.TemplateInForce(ctx, at)
}

// TemplateOfKey is the version of a key in force at a moment, with its text.
func (s *Store) TemplateOfKey(ctx context.Context, key string, at time.Time) (TemplateRow, error) {
	const doing = "reading the template in force"
	all, err := s.TemplateVersions(ctx)
	if err != nil {
		return TemplateRow{}, err
	}
	v, ok := domain.TemplateAt(all, key, at)
	if !ok {
		return TemplateRow{}, fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	row, err := oneTemplate(ctx, s.pool, `id = $1`, v.ID)
	return row, clean(doing, err)
}

// TemplateBySHA finds a version by the digest of its text; of a text that was withdrawn as a draft and drafted again, the
// later one.
func (s *Store) TemplateBySHA(ctx context.Context, sha string) (TemplateRow, error) {
	row, err := oneTemplate(ctx, s.pool, `sha256 = $1 ORDER BY published_at IS NOT NULL DESC, number DESC LIMIT 1`, sha)
	return row, clean("reading a template by its digest", err)
}

// Template is one version with its text.
func (s *Store) Template(ctx context.Context, id string) (TemplateRow, error) {
	if !isID(id) {
		return TemplateRow{}, ErrNotFound
	}
	row, err := oneTemplate(ctx, s.pool, `id = $1`, id)
	return row, clean("reading a template", err)
}

// Templates lists every version without its text, the newest first. There are a few a year, so they come at once.
func (s *Store) Templates(ctx context.Context) ([]TemplateRow, error) {
	list, err := templateRows(ctx, s.pool)
	return list, clean("listing templates", err)
}

// TemplateVersions lists every version as the rules see it.
func (s *Store) TemplateVersions(ctx context.Context) ([]domain.TemplateVersion, error) {
	list, err := templatesIn(ctx, s.pool)
	return list, clean("listing templates", err)
}

func templateRows(ctx context.Context, q queries) ([]TemplateRow, error) {
	rows, err := q.Query(ctx, `SELECT `+templateBare+` FROM nda_templates ORDER BY created_at DESC, key, number DESC`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[TemplateRow])
}

// CompanyName is what the company is called: its topmost department's name. Empty while there is no directory.
func (s *Store) CompanyName(ctx context.Context) (string, error) {
	var name string
	err := s.pool.QueryRow(ctx, `SELECT coalesce((SELECT name FROM departments WHERE parent_id IS NULL AND active ORDER BY code LIMIT 1), '')`).Scan(&name)
	return name, clean("reading the company's name", err)
}

type queries interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func oneTemplate(ctx context.Context, q queries, where string, args ...any) (TemplateRow, error) {
	rows, err := q.Query(ctx, `SELECT `+templateColumns+` FROM nda_templates WHERE `+where, args...)
	if err != nil {
		return TemplateRow{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[TemplateRow])
}

// lockTemplates makes acts on templates wait for each other: they are few, and each looks at all versions.
func lockTemplates(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('nda_templates'))`)
	return err
}

// recordTemplate writes evidence of an act on a version in its transaction.
func recordTemplate(ctx context.Context, tx pgx.Tx, e *Event, id string) error {
	if e != nil {
		e.Subject = id
	}
	return recordIn(ctx, tx, e)
}
