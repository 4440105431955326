package service

import (
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// Kind sorts errors by what the caller can do about them; package problem maps each to one HTTP status.
type Kind string

// The kinds of error.
const (
	Invalid     Kind = "invalid"     // 422 with Faults, or 400 when it could not be read at all
	Malformed   Kind = "malformed"   // 400
	Unsigned    Kind = "unsigned"    // 401: nobody is signed in
	Forbidden   Kind = "forbidden"   // 403
	NotFound    Kind = "not_found"   // 404: unknown, or not to be known
	Conflict    Kind = "conflict"    // 409
	TooLarge    Kind = "too_large"   // 413
	Unsupported Kind = "unsupported" // 415
	TooMany     Kind = "too_many"    // 429
	Unavailable Kind = "unavailable" // 503 with Retry-After
	Internal    Kind = "internal"    // 500: our fault; the cause is logged, never shown
)

// Error is every error that leaves the service. Code is stable; Cause stays inside.
type Error struct {
	Kind     Kind
	Code     string
	Params   map[string]string
	Faults   []domain.Fault
	Answer   *ActAnswer      // Conflict and Forbidden of an act: what became of it
	Defects  []policy.Defect // of a file of rules: where, what, and what to do about it
	Problems []RulesProblem  // of a policy that the directory cannot carry
	// TextDefects are those of an agreement's text.
	TextDefects []TemplateDefect
	RetryAfter  int // seconds, for Unavailable and TooMany
	Cause       error
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s (%s): %v", e.Code, e.Kind, e.Cause)
	}
	return fmt.Sprintf("%s (%s)", e.Code, e.Kind)
}

// Unwrap gives the cause to errors.Is and As.
func (e *Error) Unwrap() error { return e.Cause }

// AsError finds the service's error in err; anything else becomes Internal.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Internal, Code: "internal", Cause: err}
}
