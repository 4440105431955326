package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// ErrOtherBody: the version is on record with another body; a version never changes.
var ErrOtherBody = errors.New("the version is on record with another body")

// RulesKind is what a version is of: the company's policy or its working calendar. Both live by the same rules.
type RulesKind string

// The kinds, named as their tables.
const (
	Policies  RulesKind = "policies"
	Calendars RulesKind = "calendars"
)

// RulesState is where a version is on its way into force. Whether an activated one holds already, or holds no longer, is
// said by the clock and its successors, never written down.
type RulesState string

// The states of a version.
const (
	RulesDraft     RulesState = "draft"
	RulesProposed  RulesState = "proposed"
	RulesActivated RulesState = "activated"
	RulesWithdrawn RulesState = "withdrawn"
)

// The columns of a RulesRow, with its body and without.
const (
	rulesColumns = `version, body, ` + rulesRest
	rulesBare    = `version, '' AS body, ` + rulesRest
	rulesRest    = `created_at, actor_id::text, state, title, note, effective_at, proposed_by::text, proposed_at, activated_by::text, activated_at,
withdrawn_by::text, withdrawn_at, setup`
)

// table guards the one place where a kind becomes part of a statement.
func (k RulesKind) table() string {
	if k == Calendars {
		return "calendars"
	}
	return "policies"
}

// PutPolicy stores a version of the policy as a draft. The same version with the same body is stored once; with another
// it is refused with ErrOtherBody.
func (s *Store) PutPolicy(ctx context.Context, version, body, actor string) error {
	_, err := s.PutRules(ctx, Policies, Draft{Version: version, Body: body, Actor: actor})
	return err
}

// PutCalendar stores a version of the calendar, as PutPolicy does a policy's.
func (s *Store) PutCalendar(ctx context.Context, version, body string) error {
	_, err := s.PutRules(ctx, Calendars, Draft{Version: version, Body: body})
	return err
}

// Draft is a version to be stored.
type Draft struct {
	Version string
	Body    string
	Actor   string // the author; empty: the service's set-up
	Title   domain.Label
	Note    string
	Event   *Event // what goes on record with a new draft
}

// PutRules stores a draft and tells whether it is new. The same version with the same body is stored once; with another
// body it is refused with ErrOtherBody.
func (s *Store) PutRules(ctx context.Context, kind RulesKind, d Draft) (fresh bool, err error) {
	const doing = "storing a version of the rules"
	title, err := jsonOf(doing, d.Title)
	if err != nil {
		return false, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO `+kind.table()+` (version, body, created_at, actor_id, title, note) VALUES ($1, $2, $3, $4, $5::jsonb, $6)
ON CONFLICT (version) DO NOTHING`, d.Version, d.Body, now(), orNull(d.Actor), title, d.Note)
		if err != nil {
			return err
		}
		if fresh = tag.RowsAffected() == 1; fresh {
			return recordIn(ctx, tx, d.Event)
		}
		var same bool
		if err := tx.QueryRow(ctx, `SELECT body = $2 FROM `+kind.table()+` WHERE version = $1`, d.Version, d.Body).Scan(&same); err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("%s: %w", doing, ErrOtherBody)
		}
		return nil
	})
	return fresh, clean(doing, err)
}

// recordIn writes evidence in the transaction of what it is about.
func recordIn(ctx context.Context, tx pgx.Tx, e *Event) error {
	if e == nil {
		return nil
	}
	_, err := tx.Exec(ctx, putEventSQL, e.args()...)
	return err
}

// SetUp puts a stored version into force at once, by nobody: how a service begins. The database refuses it as soon as a
// case was filed, or two people put a version into force. A version that is in force already stays so.
func (s *Store) SetUp(ctx context.Context, kind RulesKind, version string) error {
	const doing = "putting the first rules into force"
	tag, err := s.pool.Exec(ctx, `UPDATE `+kind.table()+` SET state = 'activated', setup = true, effective_at = clock_timestamp(), activated_at = clock_timestamp()
WHERE version = $1 AND state <> 'activated'`, version)
	if err != nil {
		return clean(doing, err)
	}
	if tag.RowsAffected() == 0 {
		_, err = s.RulesByVersion(ctx, kind, version)
	}
	return clean(doing, err)
}

// RulesInForce is the version in force at a moment, with its body: the one activated for the latest moment that is not
// after it.
func (s *Store) RulesInForce(ctx context.Context, kind RulesKind, at time.Time) (RulesRow, error) {
	return s.oneRules(ctx, "reading the rules in force", `SELECT `+rulesColumns+` FROM `+kind.table()+`
WHERE state = 'activated' AND effective_at <= $1 ORDER BY effective_at DESC, activated_at DESC, version DESC LIMIT 1`, at)
}

// RulesSchedule is what was in force at the moment and everything that will come into force after it, in that order.
func (s *Store) RulesSchedule(ctx context.Context, kind RulesKind, at time.Time) ([]RulesRow, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+rulesColumns+` FROM `+kind.table()+`
WHERE state = 'activated' AND effective_at >= coalesce((SELECT max(effective_at) FROM `+kind.table()+` WHERE state = 'activated' AND effective_at <= $1), $1)
ORDER BY effective_at, activated_at, version`, at)
	if err != nil {
		return nil, clean("reading the rules to come", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[RulesRow])
	return list, clean("reading the rules to come", err)
}

// RulesByVersion is one version with its body.
func (s *Store) RulesByVersion(ctx context.Context, kind RulesKind, version string) (RulesRow, error) {
	return s.oneRules(ctx, "reading a version of the rules", `SELECT `+rulesColumns+` FROM `+kind.table()+` WHERE version = $1`, version)
}

func (s *Store) oneRules(ctx context.Context, doing, q string, args ...any) (RulesRow, error) {
	rows, err := s.pool.Query(ctx, q, args...)
	if err != nil {
		return RulesRow{}, clean(doing, err)
	}
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[RulesRow])
	return row, clean(doing, err)
}
