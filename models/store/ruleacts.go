package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Errors of the acts on a version.
var (
	ErrOnePerson = errors.New("putting rules into force takes two people, and not their author")
	ErrStale     = errors.New("what was checked is not what holds any more")
)

// RulesStateError says that a version's state does not allow an act.
type RulesStateError struct{ State RulesState }

func (e *RulesStateError) Error() string { return "the version is " + string(e.State) }

// rulesNotice is how long after its activation a version begins at the earliest, so that every process knows of it by
// then: each looks every two seconds, and all of them change over at the same moment.
const rulesNotice = 3 * time.Second

// sweepCalendars are when open cases are looked for after a new calendar began: at once, and again for those that moved
// on in between.
var sweepCalendars = []time.Duration{time.Second, 20 * time.Second}

func sweepKey(calendar string, n int) string { return fmt.Sprintf("sweep_calendar:%s:%d", calendar, n) }

// Proposal asks a second person to put a version into force.
type Proposal struct {
	Kind      RulesKind
	Version   string
	By        domain.EmployeeID
	Effective *time.Time // nil: as soon as it is activated
	Event     *Event
}

// ProposeRules proposes a draft, or proposes it anew with another date; the last proposer counts.
func (s *Store) ProposeRules(ctx context.Context, p Proposal) error {
	const doing = "proposing a version of the rules"
	return clean(doing, s.actOnRules(ctx, p.Kind, p.Version, func(tx pgx.Tx, row lockedRules) error {
		if row.State != RulesDraft && row.State != RulesProposed {
			return &RulesStateError{State: row.State}
		}
		_, err := tx.Exec(ctx, `UPDATE `+p.Kind.table()+` SET state = 'proposed', proposed_by = $2, proposed_at = $3, effective_at = $4 WHERE version = $1`,
			p.Version, string(p.By), now(), p.Effective)
		if err != nil {
			return err
		}
		return recordIn(ctx, tx, p.Event)
	}))
}

// Activation puts a proposed version into force.
type Activation struct {
	Kind    RulesKind
	Version string
	By      domain.EmployeeID
	Against string // the version in force that it was compared with
	// Revision is of the directory that the policy was found to resolve on; negative: not asked.
	Revision int64
	Event    *Event
}

// ActivateRules puts a proposed version into force from its date on, but never before every process can know of it. It
// returns ErrOnePerson to the proposer and to the author, ErrStale when another version came into force since, ErrBehind
// when the directory moved on.
func (s *Store) ActivateRules(ctx context.Context, a Activation) (effective time.Time, err error) {
	const doing = "putting a version of the rules into force"
	err = s.actOnRules(ctx, a.Kind, a.Version, func(tx pgx.Tx, row lockedRules) error {
		if row.State != RulesProposed {
			return &RulesStateError{State: row.State}
		}
		if by := string(a.By); by == row.ProposedBy || by == row.Author {
			return ErrOnePerson
		}
		var inForce string
		if err := tx.QueryRow(ctx, `SELECT coalesce((SELECT version FROM `+a.Kind.table()+` WHERE state = 'activated' AND effective_at <= now()
ORDER BY effective_at DESC, activated_at DESC, version DESC LIMIT 1), '')`).Scan(&inForce); err != nil {
			return err
		}
		if inForce != a.Against {
			return ErrStale
		}
		if a.Revision >= 0 {
			if _, err := tx.Exec(ctx, `LOCK TABLE directory_revisions IN SHARE MODE`); err != nil { // an import waits for us, or we for it
				return err
			}
			var revision int64
			if err := tx.QueryRow(ctx, `SELECT coalesce(max(revision), 0) FROM directory_revisions`).Scan(&revision); err != nil {
				return err
			}
			if revision != a.Revision {
				return ErrBehind
			}
		}
		if err := tx.QueryRow(ctx, `UPDATE `+a.Kind.table()+` SET state = 'activated', activated_by = $2, activated_at = clock_timestamp(),
effective_at = greatest(effective_at, clock_timestamp() + $3::interval) WHERE version = $1 RETURNING effective_at`,
			a.Version, string(a.By), rulesNotice).Scan(&effective); err != nil {
			return err
		}
		if a.Kind == Calendars {
			for i, after := range sweepCalendars {
				if _, err := tx.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ('sweep_calendar', $1, jsonb_build_object('calendar', $2::text), $3, now())`, sweepKey(a.Version, i), a.Version, effective.Add(after)); err != nil {
					return err
				}
			}
		}
		return recordIn(ctx, tx, a.Event)
	})
	return effective, clean(doing, err)
}

// WithdrawRules gives up a draft or a proposal, or stops a change that has not come yet.
func (s *Store) WithdrawRules(ctx context.Context, kind RulesKind, version string, by domain.EmployeeID, event *Event) error {
	const doing = "withdrawing a version of the rules"
	return clean(doing, s.actOnRules(ctx, kind, version, func(tx pgx.Tx, row lockedRules) error {
		if row.State == RulesWithdrawn || row.State == RulesActivated && !row.Effective.After(now().Add(rulesNotice)) {
			return &RulesStateError{State: row.State}
		}
		if row.State == RulesActivated && kind == Calendars {
			for i := range sweepCalendars {
				if _, err := tx.Exec(ctx, `UPDATE outbox SET done_at = now() WHERE key = $1 AND done_at IS NULL`, sweepKey(version, i)); err != nil {
					return err
				}
			}
		}
		_, err := tx.Exec(ctx, `UPDATE `+kind.table()+` SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3 WHERE version = $1`, version, string(by), now())
		if err != nil {
			return err
		}
		return recordIn(ctx, tx, event)
	}))
}

// lockedRules is what an act looks at.
type lockedRules struct {
	State      RulesState
	Author     string
	ProposedBy string
	Effective  time.Time
}

// actOnRules runs an act on a version that nobody else changes meanwhile. Acts on a kind wait for each other, so that
// what is in force is what was compared with.
func (s *Store) actOnRules(ctx context.Context, kind RulesKind, version string, do func(pgx.Tx, lockedRules) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE `+kind.table()+` IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		var row lockedRules
		var effective *time.Time
		err := tx.QueryRow(ctx, `SELECT state, coalesce(actor_id::text, ''), coalesce(proposed_by::text, ''), effective_at FROM `+kind.table()+` WHERE version = $1`, version).
			Scan(&row.State, &row.Author, &row.ProposedBy, &effective)
		if err != nil {
			return err
		}
		if effective != nil {
			row.Effective = *effective
		}
		return do(tx, row)
	})
}

const signalCalendarSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_calendar', 'signal_calendar:' || c.id || ':' || $1::text, jsonb_build_object('case_id', c.id, 'calendar', $1::text), now(), now()
FROM cases c WHERE c.status IN ('submitted', 'in_approval', 'returned')
ON CONFLICT (key) DO NOTHING`

// signalGroupDatesSQL tells the living groups that have dates ahead.
const signalGroupDatesSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_group', 'signal_group:calendar:' || g.id || ':' || $1::text, jsonb_build_object('group_id', g.id, 'act', 'calendar', 'ref', $1::text), now(), now()
FROM groups g WHERE g.next_date IS NOT NULL AND g.state <> 'deleted'
ON CONFLICT (key) DO NOTHING`

// SweepCalendar asks for every open case and living group to compute its deadlines again with a calendar (semantics 1), as long as it is
// the one in force. It returns how many are told.
func (s *Store) SweepCalendar(ctx context.Context, calendar string) (int, error) {
	const doing = "looking for cases whose deadlines a calendar changes"
	row, err := s.RulesInForce(ctx, Calendars, time.Now())
	if errors.Is(err, ErrNotFound) || err == nil && row.Version != calendar {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	tag, err := s.pool.Exec(ctx, signalCalendarSQL, calendar)
	if err != nil {
		return 0, clean(doing, err)
	}
	groups, err := s.pool.Exec(ctx, signalGroupDatesSQL, calendar)
	if err != nil {
		return 0, clean(doing, err)
	}
	s.hub.WakeRelay()
	return int(tag.RowsAffected() + groups.RowsAffected()), nil
}

// SignalCalendar asks to tell a case that the calendar changed.
type SignalCalendar struct {
	CaseID   string `json:"case_id"`
	Calendar string `json:"calendar"`
}

// SweepCalendar is the payload of the outbox entry of the same name.
type SweepCalendar struct {
	Calendar string `json:"calendar"`
}
