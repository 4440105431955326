package domain

import "time"

// Delegation lets To decide as To for From, in [Start, Until), for the named kinds of request (semantics 1: 委托). From
// stays accountable.
type Delegation struct {
	ID      string        `json:"id"`
	From    EmployeeID    `json:"from"`
	To      EmployeeID    `json:"to"`
	Kinds   []RequestKind `json:"kinds,omitempty"` // empty: every kind
	Start   time.Time     `json:"start"`
	Until   time.Time     `json:"until"`
	Revoked time.Time     `json:"revoked,omitzero"` // ended early
}
