// Package chat is the port to chat platforms: what a connector must do, and how it says what it cannot. Each kind of
// platform has a package of its own below this one.
//
// Every call carries an idempotency key: the same key does the thing once, however often it is called, and returns the
// first receipt. What a platform cannot do is a stated capability gap, never silently skipped (semantics 2).
package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Capability names something a platform may be able to do.
type Capability string

// The capabilities a tier may demand or a page may have to explain (R4.1.3).
const (
	CanCreate   Capability = "create"
	CanInvite   Capability = "invite"
	CanRemove   Capability = "remove"
	CanPermit   Capability = "set_permissions"
	CanList     Capability = "list_members"
	CanPost     Capability = "post"
	CanRecall   Capability = "recall"
	CanReadOnly Capability = "read_only"
	EncTransit  Capability = "encryption_in_transit"
	EncEndToEnd Capability = "encryption_end_to_end"
)

// CreateRequest asks a platform for a group.
type CreateRequest struct {
	Key         string // idempotency key, the same for every retry
	GroupID     string // ours
	Number      string
	Name        string
	Tier        domain.Tier
	Admins      []domain.EmployeeID
	Members     []domain.EmployeeID
	Permissions domain.Permissions
	Existing    bool // filed late: find it instead of making it, where the platform can
}

// Created answers Create. ByHand means that the platform has no interface: the admins are asked to act, and confirm.
type Created struct {
	ByHand  bool
	Receipt domain.Receipt
}

// Connector is one chat platform. Calls block until the platform answered or ctx ends; they never retry by themselves.
type Connector interface {
	Kind() string
	Can() []Capability
	Create(ctx context.Context, r CreateRequest) (Created, error)
	// Find returns the receipt of an earlier call with this key whose answer was lost, if the platform can tell.
	Find(ctx context.Context, key string) (Created, bool, error)
}

// Fault is a connector's error in the port's own terms, so that retrying is decided in one place.
type Fault struct {
	Code       string        // stable word: rate_limited, unavailable, token_revoked, refused, not_possible
	Retry      bool          // trying again later can help
	After      time.Duration // at the earliest; 0: by the usual backoff
	Underlying error
}

func (f *Fault) Error() string {
	if f.Underlying != nil {
		return fmt.Sprintf("chat platform: %s: %v", f.Code, f.Underlying)
	}
	return "chat platform: " + f.Code
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Underlying }

// AsFault finds the fault in err; an unknown error counts as unavailable and is retried.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Code: "unavailable", Retry: true, Underlying: err}
}
