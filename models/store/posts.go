package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// PostRec is a publication as it is read.
type PostRec struct {
	Doc        domain.Post
	Version    int // of the draft
	Run        string
	CaseNumber string
	CaseStatus domain.CaseStatus
	Created    time.Time
	Changed    time.Time
}

// NewPost is a draft about to be stored. Its state has no number yet.
type NewPost struct {
	State       domain.Post
	Wrapped     []byte // its data key
	Objects     []Object
	Idempotency *IdempotencyRef
	Answer      func(p domain.Post) (status int, body any)
}

// CreatePost stores a draft with its key and content, and draws its number.
func (s *Store) CreatePost(ctx context.Context, in NewPost) (domain.Post, error) {
	const doing = "storing a draft"
	p := in.State
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var n int64
		series := fmt.Sprintf("P-%d", p.Since.UTC().Year())
		if k := in.Idempotency; k != nil {
			code, body := in.Answer(p)
			answer, err := jsonOf(doing, body)
			if err != nil {
				return err
			}
			var ok bool
			if err := tx.QueryRow(ctx, submitKeySQL, string(k.Employee), k.Key, k.Route, k.Request, now(), code, answer).Scan(&ok); errors.Is(err, pgx.ErrNoRows) {
				return fmt.Errorf("%s: %w", doing, ErrKeyInUse)
			} else if err != nil {
				return err
			}
		}
		if err := tx.QueryRow(ctx, submitNumberSQL, series, 1).Scan(&n); err != nil {
			return err
		}
		p.Number = fmt.Sprintf("%s-%05d", series, n)
		doc, err := jsonOf(doing, p)
		if err != nil {
			return err
		}
		var b pgx.Batch
		b.Queue(`INSERT INTO case_keys (case_id, wrapped, created_at) VALUES ($1, $2, $3)`, p.ID, in.Wrapped, p.Since)
		for _, o := range in.Objects {
			b.Queue(putObjectSQL, o.args()...)
		}
		b.Queue(`INSERT INTO posts (id, number, author_id, state, urgent, original_id, doc, since, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $8, $8)`,
			p.ID, p.Number, string(p.Author), string(p.State), p.Urgent, p.Original.Object, doc, p.Since)
		return tx.SendBatch(ctx, &b).Close()
	})
	return p, clean(doing, err)
}

const updatePostSQL = `
UPDATE posts SET state = $2, class = $3, urgent = $4, case_id = $5, digest = $6, content = $7, original_id = $8, clean_id = $9, doc = $10::jsonb,
  approved_at = $11, since = $12, changed_at = now(), version = version + 1
WHERE id = $1 AND version = $13 AND seq = 0 AND state IN ('draft', 'screened', 'returned')
RETURNING true`

// queueUpdatePost moves a draft that stands at a version; ErrBehind when it does not, or is decided on.
func queueUpdatePost(b *pgx.Batch, p domain.Post, version int) error {
	doc, err := jsonOf("rendering a publication", p)
	if err != nil {
		return err
	}
	b.Queue(updatePostSQL, p.ID, string(p.State), string(p.Class), p.Urgent, orNull(p.Case), p.Digest, p.Content, p.Original.Object, orNull(p.Clean.Object), doc,
		timeOrNil(p.Approved), p.Since, version).QueryRow(func(row pgx.Row) error {
		var ok bool
		err := row.Scan(&ok)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("changing a publication: %w", ErrBehind)
		}
		return err
	})
	return nil
}

// UpdatePost writes a draft that stands at a version, with what is new of its content and what goes into stream two. A general
// post that is approved by its author's own check is started.
func (s *Store) UpdatePost(ctx context.Context, p domain.Post, version int, objects []Object, e *Event) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var b pgx.Batch
		for _, o := range objects {
			b.Queue(putObjectSQL, o.args()...)
		}
		if err := queueUpdatePost(&b, p, version); err != nil {
			return err
		}
		if e != nil {
			b.Queue(putEventSQL, e.args()...)
		}
		if p.State == domain.PostApproved {
			if err := queueOutbox(&b, OutboxStartPost, OutboxStartPost+":"+p.ID, StartPost{Post: p.ID}); err != nil {
				return err
			}
		}
		return tx.SendBatch(ctx, &b).Close()
	})
	if err == nil {
		s.hub.WakeRelay()
	}
	return clean("changing a publication", err)
}

const postReadSQL = `
SELECT p.state, p.doc, p.version, p.run_id, p.seq, p.since, p.approved_at, coalesce(c.number, ''), coalesce(c.status, ''), p.created_at, p.changed_at
FROM posts p LEFT JOIN cases c ON c.id = p.case_id `

func scanPost(row pgx.CollectableRow) (PostRec, error) {
	var r PostRec
	var doc []byte
	var state, status string
	var seq int
	var since time.Time
	var approved *time.Time
	if err := row.Scan(&state, &doc, &r.Version, &r.Run, &seq, &since, &approved, &r.CaseNumber, &status, &r.Created, &r.Changed); err != nil {
		return r, err
	}
	if err := json.Unmarshal(doc, &r.Doc); err != nil {
		return r, err
	}
	r.CaseStatus = domain.CaseStatus(status)
	if seq == 0 { // its case moves the row, not the document, until its own workflow begins
		r.Doc.State, r.Doc.Since = domain.PostState(state), since.UTC()
		if approved != nil {
			r.Doc.Approved = approved.UTC()
		}
	}
	return r, nil
}

// Post reads one publication.
func (s *Store) Post(ctx context.Context, id string) (*PostRec, error) {
	return s.onePost(ctx, `WHERE p.id = $1`, id)
}

// PostOfCase reads the publication that a case decides on.
func (s *Store) PostOfCase(ctx context.Context, caseID string) (*PostRec, error) {
	return s.onePost(ctx, `WHERE p.case_id = $1`, caseID)
}

func (s *Store) onePost(ctx context.Context, where, id string) (*PostRec, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	rows, err := s.pool.Query(ctx, postReadSQL+where, id)
	if err != nil {
		return nil, clean("reading a publication", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanPost)
	return &r, clean("reading a publication", err)
}

// PostFilter narrows lists of publications. Empty fields do not.
type PostFilter struct {
	Author domain.EmployeeID
	Group  string // posted there, or to be
	State  domain.PostState
	Party  domain.EmployeeID // holds or held a place in the case, or is the author
}

// Posts lists publications, the newest first.
func (s *Store) Posts(ctx context.Context, f PostFilter, cursor string, limit int) (Page[PostRec], error) {
	const kind, doing = "posts", "listing publications"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[PostRec]{}, err
	}
	parts, args := []string{"true"}, []any{}
	add := func(cond string, arg any) {
		args = append(args, arg)
		parts = append(parts, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.Author != "" {
		add(`p.author_id = ?`, string(f.Author))
	}
	if f.Party != "" {
		add(`(p.author_id = ? OR EXISTS (SELECT 1 FROM case_slots x WHERE x.case_id = p.case_id AND (x.person_id = ? OR x.decided_by = ?)))`, string(f.Party))
	}
	if f.Group != "" {
		if !isID(f.Group) {
			return Page[PostRec]{}, nil
		}
		args = append(args, f.Group)
		parts = append(parts, fmt.Sprintf(`p.doc->'groups' @> to_jsonb($%d::text)`, len(args)))
	}
	if f.State != "" {
		add(`p.state = ?`, string(f.State))
	}
	if ok {
		args = append(args, m.At, m.ID)
		parts = append(parts, fmt.Sprintf(`(p.created_at, p.id) < ($%d, $%d::uuid)`, len(args)-1, len(args)))
	}
	args = append(args, limit+1)
	rows, err := s.pool.Query(ctx, postReadSQL+`WHERE `+strings.Join(parts, ` AND `)+fmt.Sprintf(` ORDER BY p.created_at DESC, p.id DESC LIMIT $%d`, len(args)), args...)
	if err != nil {
		return Page[PostRec]{}, clean(doing, err)
	}
	list, err := pgx.CollectRows(rows, scanPost)
	if err != nil {
		return Page[PostRec]{}, clean(doing, err)
	}
	return pageOf(list, limit, func(r PostRec) mark { return mark{Kind: kind, At: r.Created, ID: r.Doc.ID} }), nil
}
