package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qunbei/qunbei/models/domain"
)

// Submission is a case as the API takes it in: everything that must exist before its workflow starts.
type Submission struct {
	// Case is the state after domain.Begin, without its Number: the store gives it in the same transaction.
	Case     domain.Case
	Title    string // the group's name
	NameKey  string // normalised by the policy; empty: no name is taken
	GroupID  string // of the group an approved filing gives birth to, or that a change is about; empty: none
	Found    bool   // GroupID is a group that was found on a platform: it is filed late
	Wrapped  []byte // the case's data key, wrapped by the master key
	Material Object // canonical JSON of the filing, sealed; CaseID is the case's
	Extra    []Object
	// Idempotency, when set, is written in the same transaction, at once with its answer. Answer is asked for it before the
	// number is drawn.
	Idempotency *IdempotencyRef
	Answer      func(c domain.Case) (status int, body any)
	// Post is the publication that the case decides on, as its row shall read; PostVersion is the draft's that was submitted.
	Post        *domain.Post
	PostVersion int
	Event       *Event // stream two, when the submission is to be recorded there
}

// IdempotencyRef names one request of a person.
type IdempotencyRef struct {
	Employee domain.EmployeeID
	Key      string
	Route    string
	Request  string // digest of the request
}

// StartCase is the payload of the outbox entry start_case.
type StartCase struct {
	CaseID string `json:"case_id"`
}

const submitNumberSQL = `
INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value`

const submitKeySQL = `
INSERT INTO idempotency_keys (employee_id, key, route, request, created_at, status, answer) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
ON CONFLICT (employee_id, key) DO UPDATE SET status = excluded.status, answer = excluded.answer
WHERE idempotency_keys.status IS NULL AND idempotency_keys.request = excluded.request
RETURNING true`

const submitCaseSQL = `
WITH made AS (
  INSERT INTO cases (id, number, kind, title, status, needs_hand, requester_id, tier, version, round, seq, digest, material_id, policy, route,
    revision, state, state_digest, due_at, submitted_at, changed_at, group_id, subject_id)
  VALUES ($1, $2, $3, $4, 'submitted', $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15::jsonb, $16, $17, $18, $18, $19, $21)
  RETURNING id
), slots AS (
  INSERT INTO case_slots (case_id, slot, round, step, person_id, status, why, opened_at, due_at)
  SELECT made.id, d.slot, d.round, d.step, d.person_id, 'waiting', d.why, d.opened_at, d.due_at
  FROM made, jsonb_to_recordset($20::jsonb) AS d(slot text, round int, step int, person_id uuid, why jsonb, opened_at timestamptz, due_at timestamptz)
)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'start_case', 'start_case:' || made.id, jsonb_build_object('case_id', made.id), now() + interval '3 seconds', now() FROM made`

// A case is revoked by one case at a time, and once: the lock makes two that begin at once see each other.
const (
	revokingLockSQL = `SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7301))`
	revokingSQL     = `SELECT EXISTS (SELECT 1 FROM cases WHERE subject_id = $1::uuid AND status IN ('submitted','in_approval','returned','approved'))`
)

// A group is changed by one case at a time, from its submission until the group took it or refused it: two would each be
// made against a state that the other moves on.
const changingSQL = `
SELECT c.id::text, c.number FROM cases c WHERE c.group_id = $1::uuid AND c.kind = 'group_change' AND (c.status IN ('submitted','in_approval','returned')
  OR (c.status = 'approved' AND NOT EXISTS (SELECT 1 FROM audit_entries a WHERE a.workflow_id = 'group-' || $1::text AND a.act_id = 'sys:change:' || c.id)))
ORDER BY c.submitted_at DESC LIMIT 1`

// series is what a case's number begins with: the kind's letter and the year.
func series(c domain.Case) string {
	letter := "G"
	switch c.Kind {
	case domain.KindRevocation:
		letter = "R"
	case domain.KindChange:
		letter = "C"
	case domain.KindPublication:
		letter = "B"
	case domain.KindTopic:
		letter = "T"
	case domain.KindFiling: // G, for the group it founds
	}
	return fmt.Sprintf("%s-%d", letter, c.Submitted.UTC().Year())
}

// Submit stores a submission in one transaction, at a busy time together with others, and returns the case with its number:
// case key, objects, name, case row, waiting slots, the outbox entry that starts the workflow if the caller does not come
// to it, and the answer under its idempotency key.
//
// It returns *NameTaken when the name is held, ErrKeyInUse when the idempotency key has another request or an answer,
// ErrRevoking when another case revokes the same subject, *ChangeUnderWay when another one changes the same group or files
// it.
func (s *Store) Submit(ctx context.Context, in Submission) (domain.Case, error) {
	const doing = "storing a submission"
	c, err := s.submits.submit(ctx, in, s.submitTogether)
	if isUnique(err, "group_names_held") {
		return domain.Case{}, s.nameTaken(ctx, in.NameKey)
	}
	if err != nil {
		return domain.Case{}, clean(doing, err)
	}
	if s.alone {
		s.recent.seen(CaseRec{
			ID: c.ID, Number: c.Number, Title: in.Title, Status: domain.CaseSubmitted, NeedsHand: c.NeedsHand, State: c, StateDigest: domain.StateDigest(c),
			MaterialID: in.Material.ID, GroupID: in.GroupID, Due: earliestDue(c), Submitted: c.Submitted, Changed: c.Submitted,
		})
	}
	return c, nil
}

// submitTogether stores submissions of one series in one transaction, all or none, and returns the cases in order.
func (s *Store) submitTogether(ctx context.Context, ins []Submission) ([]domain.Case, error) {
	out := make([]domain.Case, len(ins))
	err := s.pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		last, err := s.submitFirst(ctx, conn, ins)
		if err == nil {
			for i, in := range ins {
				out[i] = in.Case
				out[i].Number = fmt.Sprintf("%s-%05d", series(in.Case), last-int64(len(ins)-1-i))
			}
			err = submitRest(ctx, conn, ins, out)
		}
		if err != nil {
			undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			_, _ = conn.Exec(undo, "rollback") // a connection that cannot is closed by the pool, which ends the transaction too
		}
		return err
	})
	return out, err
}

// submitFirst begins the transaction and writes what does not need the numbers, then draws them and returns the last. The
// numbers' row stays locked until the commit, so that numbers have no gaps; drawing them last keeps that to one more
// round trip. Begin and commit travel with the statements: two round trips in all.
func (s *Store) submitFirst(ctx context.Context, conn *pgxpool.Conn, ins []Submission) (last int64, err error) {
	var b pgx.Batch
	b.Queue("begin")
	for _, in := range ins {
		if err := s.queueFirst(&b, in); err != nil {
			return 0, err
		}
	}
	b.Queue(submitNumberSQL, series(ins[0].Case), len(ins)).QueryRow(func(row pgx.Row) error { return row.Scan(&last) })
	return last, conn.SendBatch(ctx, &b).Close()
}

func (s *Store) queueFirst(b *pgx.Batch, in Submission) error {
	c := in.Case
	if k := in.Idempotency; k != nil {
		var status, answer any
		if in.Answer != nil {
			code, body := in.Answer(c)
			doc, err := jsonOf("rendering an answer", body)
			if err != nil {
				return err
			}
			status, answer = code, doc
		}
		b.Queue(submitKeySQL, string(k.Employee), k.Key, k.Route, k.Request, now(), status, answer).QueryRow(func(row pgx.Row) error {
			var ok bool
			if err := row.Scan(&ok); errors.Is(err, pgx.ErrNoRows) {
				return fmt.Errorf("storing a submission: %w", ErrKeyInUse)
			} else if err != nil {
				return err
			}
			return nil
		})
	}
	if c.Subject != "" {
		b.Queue(revokingLockSQL, c.Subject)
		b.Queue(revokingSQL, c.Subject).QueryRow(func(row pgx.Row) error {
			var taken bool
			if err := row.Scan(&taken); err != nil {
				return err
			}
			if taken {
				return fmt.Errorf("storing a submission: %w", ErrRevoking)
			}
			return nil
		})
	}
	if c.Kind == domain.KindChange {
		s.queueChange(b, in.GroupID)
	}
	if in.Found {
		queueFound(b, in.GroupID, c.ID)
	}
	if in.NameKey != "" {
		b.Queue(`INSERT INTO group_names (name_key, case_id, taken_at) VALUES ($1, $2, $3)`, in.NameKey, c.ID, c.Submitted)
	}
	b.Queue(`INSERT INTO case_keys (case_id, wrapped, created_at) VALUES ($1, $2, $3)`, c.ID, in.Wrapped, c.Submitted)
	for _, o := range append([]Object{in.Material}, in.Extra...) {
		b.Queue(putObjectSQL, o.args()...)
	}
	if in.Event != nil {
		b.Queue(putEventSQL, in.Event.args()...)
	}
	return nil
}

// submitRest writes what shows the numbers, and commits.
func submitRest(ctx context.Context, conn *pgxpool.Conn, ins []Submission, cases []domain.Case) error {
	var b pgx.Batch
	for i, in := range ins {
		if err := queueRest(&b, in, cases[i]); err != nil {
			return err
		}
	}
	b.Queue("commit")
	return conn.SendBatch(ctx, &b).Close()
}

func queueRest(b *pgx.Batch, in Submission, c domain.Case) error {
	state, err := jsonOf("rendering a case", c)
	if err != nil {
		return err
	}
	slots, err := jsonOf("rendering slots", slotDocs(c))
	if err != nil {
		return err
	}
	if in.Post != nil {
		if err := queueUpdatePost(b, *in.Post, in.PostVersion); err != nil {
			return err
		}
	}
	b.Queue(submitCaseSQL, c.ID, c.Number, string(c.Kind), in.Title, c.NeedsHand, string(c.Parties.Requester), string(c.Tier), c.Version, c.Round,
		c.Digest, in.Material.ID, c.Policy, c.Route, c.Revision, state, domain.StateDigest(c), earliestDue(c), c.Submitted, orNull(in.GroupID), slots, orNull(c.Subject))
	return nil
}

// nameTaken says who holds a name. It may have been released in between; then only that it was held is told.
func (s *Store) nameTaken(ctx context.Context, key string) error {
	t := &NameTaken{}
	var group *string
	err := s.pool.QueryRow(ctx, `
SELECT n.case_id::text, n.group_id::text, coalesce(c.number, '') FROM group_names n LEFT JOIN cases c ON c.id = n.case_id
WHERE n.name_key = $1 AND n.released_at IS NULL`, key).Scan(&t.CaseID, &group, &t.Number)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return clean("finding who holds a name", err)
	}
	if group != nil {
		t.GroupID = *group
	}
	return t
}

// NameHeld tells whether a normalised name is held, and by what; nil when it is free.
func (s *Store) NameHeld(ctx context.Context, key string) (*NameTaken, error) {
	var t *NameTaken
	err := s.nameTaken(ctx, key)
	if !errors.As(err, &t) {
		return nil, err
	}
	if t.CaseID == "" {
		return nil, nil
	}
	return t, nil
}

// NamesHeld tells which of the normalised names are held, in one statement.
func (s *Store) NamesHeld(ctx context.Context, keys []string) (map[string]bool, error) {
	rows, err := s.pool.Query(ctx, `SELECT name_key FROM group_names WHERE name_key = ANY ($1) AND released_at IS NULL`, keys)
	if err != nil {
		return nil, clean("looking names up", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, clean("looking names up", err)
	}
	out := make(map[string]bool, len(found))
	for _, k := range found {
		out[k] = true
	}
	return out, nil
}

// Waiting tells since when the case has been submitted without its workflow known to run; zero when it runs.
func (s *Store) Waiting(ctx context.Context, caseID string) (time.Time, error) {
	var at time.Time
	err := s.pool.QueryRow(ctx, `SELECT submitted_at FROM cases WHERE id = $1 AND status = 'submitted'`, caseID).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, clean("looking a case up", err)
}
