package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// DelegationWorld is what a change of delegations is decided on.
type DelegationWorld struct {
	Delegations []DelegationRec // all that are not over
	Absences    []AbsenceRec    // of the people asked for, not over
}

// Rules are the bare delegations.
func (w DelegationWorld) Rules() []domain.Delegation {
	out := make([]domain.Delegation, len(w.Delegations))
	for i, d := range w.Delegations {
		out[i] = d.Delegation
	}
	return out
}

// DelegationChange is one write, all or nothing.
type DelegationChange struct {
	Add      []DelegationRec
	Notes    []Sealed     // of those added
	End      []string     // ids; they end now
	Absences []AbsenceRec // new ones, and old ones as they are from now on
	News     []DelegationNews
	Events   []Event
	Answer   any // kept under the idempotency key; no texts, no names
}

// DelegationNews tells somebody of a delegation or absence; a mail goes with it.
type DelegationNews struct {
	Person  domain.EmployeeID
	Kind    string            // delegated, delegated_by_hr, delegation_ended, absence_proposed
	Subject string            // delegation, absence
	ID      string            // of the subject
	Other   domain.EmployeeID // whom it concerns beside the person
}

// delegationLock makes changes of delegations one at a time: whether a new one closes a circle depends on all others.
const delegationLock = 0x71620005

const newsSQL = `
WITH told AS (
  INSERT INTO notifications (id, person_id, kind, subject, subject_id, slot, detail, key, created_at)
  VALUES ($1, $2, $3, $4, $5::uuid, $6, $7::jsonb, $8, $9) ON CONFLICT (key) DO NOTHING RETURNING id, key
)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'mail', 'mail:' || told.key, jsonb_build_object('notification', told.id), now(), now() FROM told ON CONFLICT (key) DO NOTHING`

// ChangeDelegations decides a change on the newest state and writes it in one transaction, under an idempotency key.
// When the key has its answer already, nothing is done and the answer is returned; ErrKeyInUse: it belongs to another
// request. change may be called again, and its error ends the transaction.
func (s *Store) ChangeDelegations(ctx context.Context, ref IdempotencyRef, at time.Time, people []domain.EmployeeID,
	change func(DelegationWorld) (DelegationChange, error)) (earlier json.RawMessage, err error) {
	const doing = "changing delegations"
	var refused error // by the caller's own decision
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, delegationLock); err != nil {
			return err
		}
		var route, request string
		var answer []byte
		err := tx.QueryRow(ctx, `SELECT route, request, coalesce(answer, 'null') FROM idempotency_keys WHERE employee_id = $1 AND key = $2`,
			string(ref.Employee), ref.Key).Scan(&route, &request, &answer)
		switch {
		case err == nil && (route != ref.Route || request != ref.Request):
			return ErrKeyInUse
		case err == nil:
			earlier = answer
			return nil
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		w, err := delegationWorld(ctx, tx, at, people)
		if err != nil {
			return err
		}
		c, err := change(w)
		if err != nil {
			refused = err
			return err
		}
		return c.write(ctx, tx, ref, at)
	})
	s.deleg.changed()
	switch {
	case refused != nil:
		return nil, refused
	case err != nil:
		return nil, clean(doing, err)
	}
	s.hub.WakeRelay()
	return earlier, nil
}

func delegationWorld(ctx context.Context, tx pgx.Tx, at time.Time, people []domain.EmployeeID) (w DelegationWorld, err error) {
	w.Delegations, err = selectAll(ctx, tx, scanDelegation,
		`SELECT `+delegationCols+` FROM delegations WHERE until_at > $1 AND revoked_at IS NULL ORDER BY created_at, id`, at)
	if err != nil || len(people) == 0 {
		return w, err
	}
	w.Absences, err = selectAll(ctx, tx, scanAbsence,
		`SELECT `+absenceCols+` FROM absences WHERE person_id = ANY ($1::uuid[]) AND until_at > $2 AND state <> 'replaced' ORDER BY start_at, id`, ids(people), at)
	return w, err
}

func (c DelegationChange) write(ctx context.Context, tx pgx.Tx, ref IdempotencyRef, at time.Time) error {
	var b pgx.Batch
	if len(c.End) > 0 {
		b.Queue(`UPDATE delegations SET revoked_at = $2 WHERE id = ANY ($1::uuid[]) AND revoked_at IS NULL AND until_at > $2`, c.End, at)
		b.Queue(`UPDATE outbox SET due_at = now() WHERE key = ANY (SELECT 'delegation_over:' || e FROM unnest($1::text[]) e) AND done_at IS NULL`, c.End)
	}
	for _, n := range c.Notes {
		n.queue(&b)
	}
	for _, d := range c.Add {
		kinds := make([]string, len(d.Kinds))
		for i, k := range d.Kinds {
			kinds[i] = string(k)
		}
		b.Queue(`INSERT INTO delegations (id, from_id, to_id, kinds, start_at, until_at, created_at, reason, note_id, source, set_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			d.ID, string(d.From), string(d.To), kinds, d.Start, d.Until, at, d.Reason, orNull(d.NoteID), d.Source, orNull(string(d.SetBy)))
		b.Queue(`INSERT INTO outbox (kind, key, payload, due_at, created_at) VALUES ($1, $2, jsonb_build_object('delegation', $3::text), $4, now()) ON CONFLICT (key) DO NOTHING`,
			OutboxDelegation, "delegation:"+d.ID, d.ID, d.Start)
		b.Queue(`INSERT INTO outbox (kind, key, payload, due_at, created_at) VALUES ($1, $2, jsonb_build_object('delegation', $3::text, 'over', true), $4, now()) ON CONFLICT (key) DO NOTHING`,
			OutboxDelegation, "delegation_over:"+d.ID, d.ID, d.Until)
	}
	// What is replaced goes first: the same period may stand only once.
	for _, replaced := range []bool{true, false} {
		for _, a := range c.Absences {
			if (a.State == AbsenceReplaced) != replaced {
				continue
			}
			b.Queue(`INSERT INTO absences (id, person_id, start_at, until_at, source, state, deputy_id, delegation_id, set_by, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, deputy_id = excluded.deputy_id, delegation_id = excluded.delegation_id, changed_at = excluded.changed_at`,
				a.ID, string(a.Person), a.Start, a.Until, a.Source, a.State, orNull(string(a.Deputy)), orNull(a.Delegation), string(a.SetBy), at)
		}
	}
	for _, n := range c.News {
		detail, err := jsonOf("rendering news", map[string]string{"person": string(n.Other)})
		if err != nil {
			return err
		}
		b.Queue(newsSQL, newID(), string(n.Person), n.Kind, n.Subject, n.ID, "", detail, n.Kind+":"+n.ID+":"+string(n.Person), at)
	}
	for _, e := range c.Events {
		b.Queue(putEventSQL, e.args()...)
	}
	answer, err := jsonOf("rendering an answer", c.Answer)
	if err != nil {
		return err
	}
	b.Queue(`INSERT INTO idempotency_keys (employee_id, key, route, request, status, answer, created_at) VALUES ($1, $2, $3, $4, 200, $5::jsonb, $6)`,
		string(ref.Employee), ref.Key, ref.Route, ref.Request, answer, now())
	return tx.SendBatch(ctx, &b).Close()
}

// TellOfWaiting tells a deputy once that something waits already under a delegation, and how much.
func (s *Store) TellOfWaiting(ctx context.Context, d domain.Delegation, n int) error {
	detail, err := jsonOf("rendering news", map[string]any{"person": string(d.From), "n": strconv.Itoa(n)})
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, newsSQL, newID(), string(d.To), NewsWaiting, "delegation", d.ID, "", detail, NewsWaiting+":"+d.ID, now())
	if err != nil {
		return clean("telling a deputy what waits", err)
	}
	s.hub.WakeRelay()
	return nil
}

// NewsWaiting is the kind of news that tells a deputy what waits already.
const NewsWaiting = "delegation_waits"

// TellFor tells those who may decide for somebody what that person was told of a case, once for each of them and with a
// mail of their own.
func (s *Store) TellFor(ctx context.Context, n MailNotice, kind string, delegates []domain.EmployeeID) error {
	var b pgx.Batch
	detail, err := jsonOf("rendering news", map[string]string{"person": string(n.Person)})
	if err != nil {
		return err
	}
	for _, p := range delegates {
		b.Queue(newsSQL, newID(), string(p), kind, n.Subject, n.SubjectID, n.Slot, detail, n.Key+":for:"+string(p), now())
	}
	if err := s.pool.SendBatch(ctx, &b).Close(); err != nil {
		return clean("telling those who stand in", err)
	}
	s.hub.WakeRelay()
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

// number reads what itoa wrote into a cursor.
func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<30 {
		return 0, fmt.Errorf("reading a cursor: %w", ErrCursor)
	}
	return n, nil
}

func ids(people []domain.EmployeeID) []string {
	out := make([]string, len(people))
	for i, p := range people {
		out[i] = string(p)
	}
	return out
}
