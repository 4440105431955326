package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// DelegationRec is a delegation with what was said beside its rule. The note lies sealed, and goes into no log, mail or
// event.
type DelegationRec struct {
	domain.Delegation
	Reason string // a code: leave, trip, training, other
	NoteID string // the object of the note, for the two people and whoever set it; empty: none
	// PlainNote is a note of before notes were sealed, until the upkeep seals it.
	PlainNote string
	Source    string            // self, hr, calendar
	SetBy     domain.EmployeeID // empty: by the person who is away
	Created   time.Time
}

// AbsenceRec is one time that somebody is away.
type AbsenceRec struct {
	ID         string
	Person     domain.EmployeeID
	Start      time.Time
	Until      time.Time
	Source     string            // hr, calendar
	State      string            // AbsenceProposed …
	Deputy     domain.EmployeeID // named, or suggested; empty: nobody
	Delegation string            // the delegation it became
	SetBy      domain.EmployeeID
	Created    time.Time
	Changed    time.Time
}

// The states of an absence.
const (
	AbsenceProposed  = "proposed"  // the person is asked whether to hand over
	AbsenceDelegated = "delegated" // a delegation was made of it
	AbsenceDeclined  = "declined"  // the person hands nothing over
	AbsenceReplaced  = "replaced"  // a later list says something else of the same days
)

const delegationCols = `id::text, from_id::text, to_id::text, kinds, start_at, until_at, revoked_at, reason, note, note_id::text, source, set_by::text, created_at`

func scanDelegation(row pgx.CollectableRow) (DelegationRec, error) {
	var d DelegationRec
	var kinds []string
	var revoked *time.Time
	var by, note *string
	err := row.Scan(&d.ID, &d.From, &d.To, &kinds, &d.Start, &d.Until, &revoked, &d.Reason, &d.PlainNote, &note, &d.Source, &by, &d.Created)
	for _, k := range kinds {
		d.Kinds = append(d.Kinds, domain.RequestKind(k))
	}
	d.Start, d.Until = d.Start.UTC(), d.Until.UTC()
	if revoked != nil {
		d.Revoked = revoked.UTC()
	}
	if by != nil {
		d.SetBy = domain.EmployeeID(*by)
	}
	if note != nil {
		d.NoteID = *note
	}
	return d, err
}

const absenceCols = `id::text, person_id::text, start_at, until_at, source, state, deputy_id::text, delegation_id::text, set_by::text, created_at, changed_at`

func scanAbsence(row pgx.CollectableRow) (AbsenceRec, error) {
	var a AbsenceRec
	var deputy, made *string
	err := row.Scan(&a.ID, &a.Person, &a.Start, &a.Until, &a.Source, &a.State, &deputy, &made, &a.SetBy, &a.Created, &a.Changed)
	a.Start, a.Until = a.Start.UTC(), a.Until.UTC()
	if deputy != nil {
		a.Deputy = domain.EmployeeID(*deputy)
	}
	if made != nil {
		a.Delegation = *made
	}
	return a, err
}

// querier is the pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func selectAll[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// delegationsFresh is how long a page may not see what another process changed (decision 0004). Whether a delegation
// holds at the moment of an act is read in the act's own statement.
const delegationsFresh = 300 * time.Millisecond

// delegationsKept is how long one that is over stays at hand: whoever decided too late hears why.
const delegationsKept = 30 * 24 * time.Hour

// delegationCache keeps the delegations that are not over, or not for long: a few hundred in a company of thousands.
type delegationCache struct {
	mu    sync.RWMutex
	list  []domain.Delegation
	to    map[domain.EmployeeID]bool
	from  map[domain.EmployeeID]bool
	asked time.Time // zero after a change of this process
	turn  int       // counts those changes
}

func (c *delegationCache) changed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = time.Time{}
	c.turn++
}

// Delegations lists the delegations planned, in force, or over for at most a month, at most delegationsFresh old. The
// slice is shared: do not change it.
func (s *Store) Delegations(ctx context.Context) ([]domain.Delegation, error) {
	list, _, _, err := s.delegations(ctx)
	return list, err
}

// DelegationsTo is Delegations for who may act for others: nil when nobody handed anything over to the person.
func (s *Store) DelegationsTo(ctx context.Context, person domain.EmployeeID) ([]domain.Delegation, error) {
	list, to, _, err := s.delegations(ctx)
	if err != nil || !to[person] {
		return nil, err
	}
	return list, nil
}

// DelegationsFrom is Delegations for who is away: nil when the person handed nothing over.
func (s *Store) DelegationsFrom(ctx context.Context, person domain.EmployeeID) ([]domain.Delegation, error) {
	list, _, from, err := s.delegations(ctx)
	if err != nil || !from[person] {
		return nil, err
	}
	return list, nil
}

func (s *Store) delegations(ctx context.Context) (list []domain.Delegation, to, from map[domain.EmployeeID]bool, err error) {
	c := &s.deleg
	c.mu.RLock()
	list, to, from, asked, turn := c.list, c.to, c.from, c.asked, c.turn
	c.mu.RUnlock()
	if time.Since(asked) < delegationsFresh {
		return list, to, from, nil
	}
	asked = time.Now()
	recs, err := selectAll(ctx, s.pool, scanDelegation, `SELECT `+delegationCols+` FROM delegations WHERE until_at > $1 ORDER BY created_at, id`, asked.Add(-delegationsKept))
	if err != nil {
		return nil, nil, nil, clean("reading delegations", err)
	}
	list, to, from = make([]domain.Delegation, len(recs)), map[domain.EmployeeID]bool{}, map[domain.EmployeeID]bool{}
	for i, r := range recs {
		list[i], to[r.To], from[r.From] = r.Delegation, true, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.turn == turn { // else what was read may be older than the change
		c.list, c.to, c.from, c.asked = list, to, from, asked
	}
	return list, to, from, nil
}

// Delegation reads one.
func (s *Store) Delegation(ctx context.Context, id string) (DelegationRec, error) {
	return one(ctx, s, "reading a delegation", id, scanDelegation, `SELECT `+delegationCols+` FROM delegations WHERE id = $1`)
}

// Absence reads one.
func (s *Store) Absence(ctx context.Context, id string) (AbsenceRec, error) {
	return one(ctx, s, "reading an absence", id, scanAbsence, `SELECT `+absenceCols+` FROM absences WHERE id = $1`)
}

func one[T any](ctx context.Context, s *Store, doing, id string, scan pgx.RowToFunc[T], sql string) (T, error) {
	var none T
	if !isID(id) {
		return none, ErrNotFound
	}
	list, err := selectAll(ctx, s.pool, scan, sql, id)
	switch {
	case err != nil:
		return none, clean(doing, err)
	case len(list) == 0:
		return none, ErrNotFound
	}
	return list[0], nil
}

// The two sides of somebody's delegations.
const (
	Given    = "given"
	Received = "received"
)

// DelegationsOf lists what somebody handed over or was given, the latest end first; "" is both sides.
func (s *Store) DelegationsOf(ctx context.Context, person domain.EmployeeID, side, cursor string, limit int) (Page[DelegationRec], error) {
	const kind = "delegations"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[DelegationRec]{}, err
	}
	if !ok {
		m = mark{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: zeroID}
	}
	part := func(col string) string {
		return `(SELECT * FROM delegations WHERE ` + col + ` = $1 AND (until_at, id) < ($2, $3::uuid) ORDER BY until_at DESC, id DESC LIMIT $4)`
	}
	from := map[string]string{Given: part("from_id"), Received: part("to_id"), "": part("from_id") + ` UNION ALL ` + part("to_id")}[side]
	rows, err := selectAll(ctx, s.pool, scanDelegation, `SELECT `+delegationCols+` FROM (`+from+`) d ORDER BY until_at DESC, id DESC LIMIT $4`,
		string(person), m.At, m.ID, limit+1)
	if err != nil {
		return Page[DelegationRec]{}, clean("listing delegations", err)
	}
	return pageOf(rows, limit, func(d DelegationRec) mark { return mark{Kind: kind, At: d.Until, ID: d.ID} }), nil
}

// Proposals lists the absences of somebody that wait for an answer and are not over, the next first.
func (s *Store) Proposals(ctx context.Context, person domain.EmployeeID, at time.Time) ([]AbsenceRec, error) {
	list, err := selectAll(ctx, s.pool, scanAbsence,
		`SELECT `+absenceCols+` FROM absences WHERE person_id = $1 AND until_at > $2 AND state = 'proposed' ORDER BY start_at, id LIMIT 100`, string(person), at)
	return list, clean("listing proposals", err)
}

// ActedFor is one act that somebody did in another's name.
type ActedFor struct {
	CaseID  string
	Seq     int
	Number  string
	Title   string
	Tier    domain.Tier
	Status  domain.CaseStatus
	Kind    string
	Outcome domain.Outcome
	By      domain.EmployeeID
	At      time.Time
}

// actedForSQL is a range of the index audit_in_name, with the cases beside it.
const actedForSQL = `
SELECT e.subject_id::text, e.seq, c.number, c.title, c.tier, c.status, e.kind, e.outcome, coalesce(e.actor_id::text, ''), e.at
FROM audit_entries e JOIN cases c ON c.id = e.subject_id
WHERE e.act ->> 'for' = $1 AND e.result = 'accepted' AND (e.at, e.subject_id, e.seq) < ($2, $3::uuid, $4)
ORDER BY e.at DESC, e.subject_id DESC, e.seq DESC LIMIT $5`

// ActedFor lists what was done in somebody's name, the newest first.
func (s *Store) ActedFor(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[ActedFor], error) {
	const kind = "acted_for"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[ActedFor]{}, err
	}
	seq := 0
	if !ok {
		m = mark{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: zeroID}
	} else if seq, err = number(m.Sub); err != nil {
		return Page[ActedFor]{}, ErrCursor
	}
	rows, err := selectAll(ctx, s.pool, func(row pgx.CollectableRow) (ActedFor, error) {
		var a ActedFor
		err := row.Scan(&a.CaseID, &a.Seq, &a.Number, &a.Title, &a.Tier, &a.Status, &a.Kind, &a.Outcome, &a.By, &a.At)
		return a, err
	}, actedForSQL, string(person), m.At, m.ID, seq, limit+1)
	if err != nil {
		return Page[ActedFor]{}, clean("listing what was done in somebody's name", err)
	}
	return pageOf(rows, limit, func(a ActedFor) mark { return mark{Kind: kind, At: a.At, ID: a.CaseID, Sub: itoa(a.Seq)} }), nil
}
