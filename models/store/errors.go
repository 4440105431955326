package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// Errors callers act on.
var (
	ErrNotFound     = errors.New("no such row")
	ErrAlreadySaved = errors.New("the act's entry exists already")
	ErrIllegal      = errors.New("the database refuses the transition for ever")
	// ErrBehind: the stored row is not at the state the act was decided on (another act went between).
	ErrBehind   = errors.New("the stored state is not the one the act was decided on")
	ErrKeyInUse = errors.New("the idempotency key's request is under way or was another one")
	ErrShredded = errors.New("the case's key was destroyed")
	ErrRevoking = errors.New("a revocation of the case is under way, or done")
)

// NameTaken says that the normalised name is held, and by what.
type NameTaken struct {
	CaseID  string
	GroupID string // set when the case became a group
	Number  string // people can say it: G-2026-00042
}

func (e *NameTaken) Error() string { return "the name is taken by case " + e.CaseID }

// Fault is a database error without the values that PostgreSQL writes into its texts.
type Fault struct {
	Doing      string
	SQLState   string
	Constraint string
	away       bool
	cause      error // only for errors.Is on context errors
}

func (e *Fault) Error() string {
	var b strings.Builder
	b.WriteString(e.Doing)
	switch {
	case e.SQLState != "":
		fmt.Fprintf(&b, ": the database answers SQLSTATE %s", e.SQLState)
		if e.Constraint != "" {
			fmt.Fprintf(&b, " (%s)", e.Constraint)
		}
	case errors.Is(e.cause, context.DeadlineExceeded):
		b.WriteString(": time ran out")
	case errors.Is(e.cause, context.Canceled):
		b.WriteString(": cancelled")
	case e.away:
		b.WriteString(": the database is away")
	default:
		fmt.Fprintf(&b, ": %T", e.cause)
	}
	return b.String()
}

// Unwrap lets errors.Is find what is ours or the context's; a PostgreSQL error is not handed on, since its text holds values.
func (e *Fault) Unwrap() error {
	var pg *pgconn.PgError
	if errors.As(e.cause, &pg) {
		return nil
	}
	return e.cause
}

// clean wraps err with what was being done and takes every value out of it. Errors of this package pass unchanged.
func clean(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	var mine *Fault
	var taken *NameTaken
	var changing *ChangeUnderWay
	for _, own := range []error{ErrCursor, ErrOtherBody, ErrNotFound, ErrAlreadySaved, ErrIllegal, ErrBehind, ErrKeyInUse, ErrShredded, ErrOnePerson, ErrStale} {
		if errors.Is(err, own) {
			return err
		}
	}
	var state *RulesStateError
	if errors.As(err, &mine) || errors.As(err, &taken) || errors.As(err, &changing) || errors.As(err, &state) {
		return err
	}
	f := &Fault{Doing: doing, cause: err, away: away(err)}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		f.SQLState, f.Constraint = pg.Code, pg.ConstraintName
		if pg.Code == "QB002" {
			return fmt.Errorf("%s: %w", doing, ErrIllegal)
		}
	}
	return f
}

// Code is the SQLSTATE of err, or a word for what it is; never a text with values.
func Code(err error) string {
	var pg *pgconn.PgError
	var f *Fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &pg):
		return pg.Code
	case errors.As(err, &f) && f.SQLState != "":
		return f.SQLState
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case Unavailable(err):
		return "away"
	}
	return "other"
}

// Unavailable tells whether the database could not be reached or is going down: the same call may succeed later.
func Unavailable(err error) bool {
	var f *Fault
	if errors.As(err, &f) {
		return f.away
	}
	return away(err)
}

func away(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		// connection exceptions, insufficient resources, operator intervention, read-only standby
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "25006"
	}
	var conn *pgconn.ConnectError
	var netErr net.Error
	return errors.As(err, &conn) || errors.As(err, &netErr) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, context.DeadlineExceeded) ||
		(err != nil && (strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool") || strings.Contains(err.Error(), "database is closed")))
}

func isUnique(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && (constraint == "" || pg.ConstraintName == constraint)
}

// refusedForEver tells whether the same statement would be refused again however often it is sent: a value or a
// constraint is at fault. Then a person must look; trying again would hold the whole workflow up (temporal.md 13).
func refusedForEver(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "22") || pg.Code == "23502" || pg.Code == "23503" || pg.Code == "23514")
}
