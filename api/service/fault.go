package service

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// Short makers of the errors that leave the service.

func invalid(faults ...domain.Fault) *Error {
	return &Error{Kind: Invalid, Code: "invalid", Faults: readable(faults)}
}

// mostFaults bounds what is said about one input: 5,000 unknown members are one mistake, and nobody reads on.
const mostFaults = 100

// readable keeps the first faults and says how many more there are.
func readable(faults []domain.Fault) []domain.Fault {
	if len(faults) <= mostFaults {
		return faults
	}
	more := domain.Fault{Code: "more_faults", Params: map[string]string{"n": strconv.Itoa(len(faults) - mostFaults)}}
	return append(slices.Clone(faults[:mostFaults]), more)
}

func notFound() *Error { return &Error{Kind: NotFound, Code: "not_found"} }

func forbidden(code string) *Error { return &Error{Kind: Forbidden, Code: code} }

func unavailable(code string, after int, cause error) *Error {
	return &Error{Kind: Unavailable, Code: code, RetryAfter: after, Cause: cause}
}

// databaseAway is what a caller hears of any fault of the database that is not a rule of ours.
func databaseAway(err error) *Error { return unavailable("database_unavailable", 5, err) }

// fail turns an error from below into the service's: known ones stay, a caller who went away is told nothing new,
// and whatever the database could not do right now can be tried again.
func fail(err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unavailable("timeout", 2, err)
	}
	return storeFault(err)
}
