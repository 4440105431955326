package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// NewNDA is an agreement about to be asked for. Its state has no number yet.
type NewNDA struct {
	State    domain.NDA
	Wrapped  []byte // its data key
	Material Object
}

// NDARec is an agreement as it is read.
type NDARec struct {
	ID, Number string
	Group      string
	GroupName  string
	Tier       domain.Tier // of the group
	Person     domain.EmployeeID
	Doc        domain.NDA
	Run        string // that decided its last act; empty: none yet
	ReplacedBy string
	Created    time.Time
	Changed    time.Time
}

// needsNDASQL lists who of $2 has no agreement for group $1 that is open, or in force and not lapsed.
const needsNDASQL = `
SELECT p::text FROM unnest($2::uuid[]) WITH ORDINALITY AS x(p, n)
WHERE NOT EXISTS (SELECT 1 FROM ndas a WHERE a.group_id = $1 AND a.person_id = x.p AND (
  a.state IN ('created','sent','viewed','verified','signed','countersigned') OR (a.state = 'sealed' AND a.replaced_by IS NULL AND a.lapses_at IS NULL)))
ORDER BY x.n`

func needNDA(ctx context.Context, q querier, group string, people []domain.EmployeeID) ([]domain.EmployeeID, error) {
	rows, err := q.Query(ctx, needsNDASQL, group, textsOf(people))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[domain.EmployeeID])
}

// NeedNDA lists who of the people is to be asked for an agreement for a group.
func (s *Store) NeedNDA(ctx context.Context, group string, people []domain.EmployeeID) ([]domain.EmployeeID, error) {
	if !isID(group) {
		return nil, ErrNotFound
	}
	out, err := needNDA(ctx, s.pool, group, people)
	return out, clean("finding who needs an agreement", err)
}

const newNDASQL = `
WITH made AS (
  INSERT INTO ndas (id, number, group_id, person_id, template_sha256, material_object, digest, state, seq, doc, state_digest, since, created_at, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 'created', 0, $8::jsonb, $9, $10, $10, $10)
  RETURNING id
)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'start_nda', 'start_nda:' || made.id, jsonb_build_object('nda', made.id), now(), now() FROM made`

// CreateNDAs stores agreements of one group with everything they need, and what starts their workflows, in one transaction.
// Who has got one meanwhile is left out: two that ask at once wait for each other. It returns those that were made.
func (s *Store) CreateNDAs(ctx context.Context, group string, in []NewNDA) ([]domain.NDA, error) {
	const doing = "storing agreements"
	var made []domain.NDA
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7318))`, group); err != nil {
			return err
		}
		people := make([]domain.EmployeeID, len(in))
		for i, n := range in {
			people[i] = n.State.Person
		}
		still, err := needNDA(ctx, tx, group, people)
		if err != nil || len(still) == 0 {
			return err
		}
		open := map[domain.EmployeeID]bool{}
		for _, p := range still {
			open[p] = true
		}
		var todo []NewNDA
		for _, n := range in {
			if open[n.State.Person] {
				open[n.State.Person] = false
				todo = append(todo, n)
			}
		}
		var last int64
		name := fmt.Sprintf("N-%d", todo[0].State.Since.UTC().Year())
		if err := tx.QueryRow(ctx, submitNumberSQL, name, len(todo)).Scan(&last); err != nil {
			return err
		}
		var b pgx.Batch
		for i, n := range todo {
			st := n.State
			st.Number = fmt.Sprintf("%s-%05d", name, last-int64(len(todo)-1-i))
			doc, err := jsonOf(doing, st)
			if err != nil {
				return err
			}
			b.Queue(`INSERT INTO case_keys (case_id, wrapped, created_at) VALUES ($1, $2, $3)`, st.ID, n.Wrapped, st.Since)
			b.Queue(putObjectSQL, n.Material.args()...)
			b.Queue(newNDASQL, st.ID, st.Number, st.Group, string(st.Person), st.Template, n.Material.ID, st.Digest, doc, domain.StateDigest(st), st.Since)
			made = append(made, st)
		}
		return tx.SendBatch(ctx, &b).Close()
	})
	if err != nil {
		return nil, clean(doing, err)
	}
	if len(made) > 0 {
		s.hub.WakeRelay()
	}
	return made, nil
}

// NDAFilter narrows lists of agreements. Empty fields do not.
type NDAFilter struct {
	Person   domain.EmployeeID
	Group    string
	Groups   []string // any of these
	State    domain.NDAState
	Open     bool          // waits for somebody
	Counters []domain.Role // waits for somebody with one of these roles to sign for the company, but not for Not
	Not      domain.EmployeeID
	Hand     bool // the document could not be made, or nobody is there who can sign for the company
	Left     bool // ended, return not confirmed, and the signer left the company: HR confirms it
	Template string
}

const ndaReadSQL = `
SELECT n.id::text, n.number, n.group_id::text, g.name, g.tier, n.person_id::text, n.doc, n.run_id, coalesce(n.replaced_by::text, ''), n.created_at, n.changed_at
FROM ndas n JOIN groups g ON g.id = n.group_id `

func scanNDA(row pgx.CollectableRow) (NDARec, error) {
	var r NDARec
	var doc []byte
	if err := row.Scan(&r.ID, &r.Number, &r.Group, &r.GroupName, &r.Tier, &r.Person, &doc, &r.Run, &r.ReplacedBy, &r.Created, &r.Changed); err != nil {
		return r, err
	}
	return r, json.Unmarshal(doc, &r.Doc)
}

// NDA reads one agreement.
func (s *Store) NDA(ctx context.Context, id string) (*NDARec, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	rows, err := s.pool.Query(ctx, ndaReadSQL+`WHERE n.id = $1`, id)
	if err != nil {
		return nil, clean("reading an agreement", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanNDA)
	return &r, clean("reading an agreement", err)
}

// ndaHandSQL tells of an agreement (n) that it cannot go on by itself: the document could not be made, or nobody who works
// here can sign it for the company.
const ndaHandSQL = `(n.fault <> '' AND n.state IN ('signed','countersigned') OR n.counter_role <> '' AND NOT EXISTS (
  SELECT 1 FROM employees o WHERE o.active AND n.counter_role = ANY (o.roles) AND o.id <> n.person_id AND o.id::text IS DISTINCT FROM n.doc->'signed'->>'uploader'))`

// ndaLeftSQL tells of an agreement (n) that HR confirms the return for its signer, who left the company.
const ndaLeftSQL = `(n.state = 'terminated' AND NOT n.doc ? 'returned' AND NOT EXISTS (SELECT 1 FROM employees o WHERE o.id = n.person_id AND o.active))`

// where gives the filter's conditions.
func (f NDAFilter) where() (string, []any) {
	var parts []string
	var args []any
	add := func(cond string, arg any) {
		args = append(args, arg)
		parts = append(parts, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.Person != "" {
		add(`n.person_id = ?`, string(f.Person))
	}
	if f.Group != "" {
		add(`n.group_id = ?`, f.Group)
	}
	if f.Groups != nil {
		add(`n.group_id = ANY (?::uuid[])`, f.Groups)
	}
	if f.State != "" {
		add(`n.state = ?`, string(f.State))
	}
	if f.Counters != nil {
		add(`n.counter_role <> '' AND n.counter_role = ANY (?::text[])`, rolesOf(f.Counters))
	}
	if f.Not != "" {
		add(`n.person_id <> ?`, string(f.Not))
		add(`n.doc->'signed'->>'uploader' IS DISTINCT FROM ?`, string(f.Not))
	}
	if f.Template != "" {
		add(`n.template_sha256 = ?`, f.Template)
	}
	if f.Open {
		parts = append(parts, `n.state IN ('created','sent','viewed','verified','signed','countersigned')`)
	}
	if f.Hand {
		parts = append(parts, ndaHandSQL)
	}
	if f.Left {
		parts = append(parts, ndaLeftSQL)
	}
	if len(parts) == 0 {
		return `true`, args
	}
	return strings.Join(parts, ` AND `), args
}

// NDAs lists agreements, the newest first.
func (s *Store) NDAs(ctx context.Context, f NDAFilter, cursor string, limit int) (Page[NDARec], error) {
	const kind, doing = "ndas", "listing agreements"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[NDARec]{}, err
	}
	where, args := f.where()
	if ok {
		args = append(args, m.At, m.ID)
		where += fmt.Sprintf(` AND (n.created_at, n.id) < ($%d, $%d::uuid)`, len(args)-1, len(args))
	}
	args = append(args, limit+1)
	rows, err := s.pool.Query(ctx, ndaReadSQL+`WHERE `+where+fmt.Sprintf(` ORDER BY n.created_at DESC, n.id DESC LIMIT $%d`, len(args)), args...)
	if err != nil {
		return Page[NDARec]{}, clean(doing, err)
	}
	list, err := pgx.CollectRows(rows, scanNDA)
	if err != nil {
		return Page[NDARec]{}, clean(doing, err)
	}
	return pageOf(list, limit, func(r NDARec) mark { return mark{Kind: kind, At: r.Created, ID: r.ID} }), nil
}

// CountNDAs counts agreements: an inbox shows the number, not each of five hundred.
func (s *Store) CountNDAs(ctx context.Context, f NDAFilter) (int, error) {
	where, args := f.where()
	var n int
	err := s.pool.QueryRow(ctx, `SELECT count(*) FROM ndas n WHERE `+where, args...).Scan(&n)
	return n, clean("counting agreements", err)
}

// KnowsDocument tells whether a file with these bytes is a document that was sealed here, and nothing else of it.
func (s *Store) KnowsDocument(ctx context.Context, sha256hex string) (bool, error) {
	var known bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM ndas WHERE document_sha256 = $1 AND document_sha256 <> '')`, sha256hex).Scan(&known)
	return known, clean("looking a document up", err)
}

// NDAPeople tells what an act on an agreement is decided over besides the actor's account: whether the actor administers the
// group, and whether the signer works here.
func (s *Store) NDAPeople(ctx context.Context, group string, actor, signer domain.EmployeeID) (admin, present bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM group_members WHERE group_id = $1 AND employee_id = $2 AND `+adminSQL+`),
  coalesce((SELECT active FROM employees WHERE id = $3), false)`, group, orNull(string(actor)), string(signer)).Scan(&admin, &present)
	return admin, present, clean("reading what an act on an agreement is decided over", err)
}
