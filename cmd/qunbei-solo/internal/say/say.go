// Package say holds the one kind of error this program shows to a person: a sentence that says what is wrong and what
// to do about it, without a stack trace and without the chain of causes that only a developer can read.
package say

import (
	"errors"
	"fmt"
)

// Plain is a fault that the person at the terminal can remedy.
type Plain struct {
	// What is wrong, as one clause without a full stop.
	What string
	// Remedy is what to do about it, as one clause without a full stop.
	Remedy string
	// Cause is kept for errors.Is and for the log; it is not shown.
	Cause error
}

// Error returns both clauses as one line.
func (p *Plain) Error() string { return p.What + ": " + p.Remedy + "." }

// Unwrap returns the cause.
func (p *Plain) Unwrap() error { return p.Cause }

// Fault makes a Plain from its two clauses.
func Fault(what, remedy string) error { return &Plain{What: what, Remedy: remedy} }

// Because makes a Plain that remembers the error it explains.
func Because(cause error, what, remedy string) error {
	return &Plain{What: what, Remedy: remedy, Cause: cause}
}

// Line returns what to print for err: the sentence of the first Plain in its chain, else the whole error on one line.
func Line(err error) string {
	var p *Plain
	if errors.As(err, &p) {
		return p.Error()
	}
	return fmt.Sprintf("%v.", err)
}
