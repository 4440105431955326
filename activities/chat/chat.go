// Package chat is the port to chat platforms: what a connector must do, and how it says what it cannot. Each kind of
// platform has a package of its own below this one; conform holds the tests that every one of them must pass.
//
// Every call that changes something carries an idempotency key: the same key does the thing once, however often it is
// called, and returns the first receipt. What a platform cannot do is a stated capability gap, never silently skipped
// (semantics 2): Can says so beforehand, and the call answers with the fault not_possible.
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
	CanRename   Capability = "rename"
	CanAdmins   Capability = "set_admins"
	CanList     Capability = "list_members"
	CanPost     Capability = "post"
	CanRecall   Capability = "recall"
	CanUpdate   Capability = "update_message" // a card or message is changed after it was sent
	CanDirect   Capability = "direct_message"
	CanFreeze   Capability = "freeze"    // nobody but the system posts, for a while
	CanReadOnly Capability = "read_only" // archived: everybody reads, nobody posts
	CanDelete   Capability = "delete"    // nobody is in it any more, and nobody comes back
	CanErase    Capability = "erase"     // deleting destroys the platform's own copy of what was said, too
	CanActivity Capability = "activity"  // tells when people last posted
	CanWatch    Capability = "watch"     // pushes what happens
	CanDiscover Capability = "discover"  // lists groups that were made without us
	CanOutside  Capability = "outsiders" // has accounts for people from outside the company; must be domain.CapabilityOutsiders
	EncTransit  Capability = "encryption_in_transit"
	EncEndToEnd Capability = "encryption_end_to_end"
)

// Limits are a platform's bounds; 0 means none that we know of.
type Limits struct {
	Members   int // people in a group
	NameRunes int
	TextBytes int // of one message
	Batch     int // people in one invite or remove call
}

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

// Target is the group on its platform that a call is about.
type Target struct {
	GroupID    string // ours
	PlatformID string
	Name       string // registered
	Tier       domain.Tier
}

// Settings is what a group shall be like: SetPermissions makes it so.
type Settings struct {
	Permissions domain.Permissions
	Admins      []domain.EmployeeID
}

// Message is something to post. Text is plain; a platform with cards shows Title, Text and the link as one.
type Message struct {
	Title string
	Text  string
	Link  string // absolute; empty: none
	// Replace is the id of a message of ours that this one takes the place of (a decided card); empty: a new one.
	Replace string
}

// Member is an account in a group as the platform lists it.
type Member struct {
	Account  string            // the platform's name of the account: personal data, never logged or kept in a history
	Employee domain.EmployeeID // empty: nobody of the company
	Admin    bool
	System   bool // ours: the bot
	Invited  bool // asked in and not there yet
}

// Snapshot is how a group stands on its platform at a moment.
type Snapshot struct {
	Exists      bool
	Name        string
	Permissions domain.Permissions
	Known       []string // permissions, by their JSON names, that the platform can tell; the others are zero
	Members     []Member
	Frozen      bool
	ReadOnly    bool
	Last        time.Time // last human message, zero: none known
}

// Found is a group on the platform, for discovery.
type Found struct {
	PlatformID string
	Name       string
	Members    int
	Key        string // the idempotency key it was made with, empty: not by us
	Owner      domain.EmployeeID
}

// EventKind names what happens on a platform.
type EventKind string

// The events a watching platform pushes.
const (
	EventJoined    EventKind = "joined"
	EventLeft      EventKind = "left"
	EventSettings  EventKind = "settings" // name, permissions or admins
	EventMessage   EventKind = "message"  // somebody posted; a text only where it is said to the bot
	EventDeleted   EventKind = "deleted"
	EventNewGroup  EventKind = "new_group"
	EventToBot     EventKind = "to_bot" // a question to the bot: Text
	EventReconnect EventKind = "reconnect"
)

// Event is one thing that happened. It says where to look, and is never believed alone: reconciliation reads the group.
type Event struct {
	ID         string // the platform's; the same event may come twice
	Kind       EventKind
	PlatformID string
	Actor      domain.EmployeeID
	Text       string // EventToBot only
	At         time.Time
}

// Connector is one chat platform. Calls block until the platform answered or ctx ends; they never retry by themselves.
// A receipt's ID is the platform's id of what was made (group, message), else of the group.
type Connector interface {
	Kind() string
	Can() []Capability
	Limits() Limits
	Create(ctx context.Context, r CreateRequest) (Created, error)
	// Find returns the receipt of an earlier Create with this key whose answer was lost, if the platform can tell.
	Find(ctx context.Context, key string) (Created, bool, error)

	SetPermissions(ctx context.Context, key string, t Target, s Settings) (domain.Receipt, error)
	Rename(ctx context.Context, key string, t Target, name string) (domain.Receipt, error)
	Invite(ctx context.Context, key string, t Target, people []domain.EmployeeID) (domain.Receipt, error)
	// Remove returns only when the platform's own member list no longer shows the people (R2.3.4).
	Remove(ctx context.Context, key string, t Target, people []domain.EmployeeID) (domain.Receipt, error)
	Freeze(ctx context.Context, key string, t Target) (domain.Receipt, error)
	Unfreeze(ctx context.Context, key string, t Target, s Settings) (domain.Receipt, error)
	Archive(ctx context.Context, key string, t Target) (domain.Receipt, error)
	Restore(ctx context.Context, key string, t Target, s Settings) (domain.Receipt, error)
	// Delete also succeeds for a group that is no longer there: people deleted it by hand.
	Delete(ctx context.Context, key string, t Target) (domain.Receipt, error)

	Post(ctx context.Context, key string, t Target, m Message) (domain.Receipt, error)
	Recall(ctx context.Context, key string, t Target, message string) (domain.Receipt, error)
	// Direct sends to one person. The receipt's ID serves Message.Replace later.
	Direct(ctx context.Context, key string, to domain.EmployeeID, m Message) (domain.Receipt, error)

	Look(ctx context.Context, t Target) (Snapshot, error)
	// Discover lists groups from a cursor on ("" first); next is "" at the end.
	Discover(ctx context.Context, cursor string) (found []Found, next string, err error)
	// Watch hands events to f until ctx ends or the platform is lost. An event whose f failed comes again.
	Watch(ctx context.Context, f func(context.Context, Event) error) error
}

// ByHander is a connector that people stand in for: operations are asked of the admins, who confirm each with evidence.
type ByHander interface{ ByHand() bool }

// The stable words of faults.
const (
	CodeRateLimited  = "rate_limited"
	CodeUnavailable  = "unavailable"
	CodeTokenRevoked = "token_revoked"
	CodeRefused      = "refused"
	CodeNotPossible  = "not_possible"  // the platform cannot: a capability gap
	CodeGone         = "gone"          // the group is no longer there
	CodeNoAccount    = "no_account"    // a person has no account there
	CodeTooMany      = "too_many"      // over the platform's limit
	CodeUnknown      = "unknown_group" // never was there
)

// Fault is a connector's error in the port's own terms, so that retrying is decided in one place.
type Fault struct {
	Code       string              // stable word, see above
	Retry      bool                // trying again later can help
	After      time.Duration       // at the earliest; 0: by the usual backoff
	Capability Capability          // not_possible: which is missing
	People     []domain.EmployeeID // no_account: who
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

// NotPossible is the answer of a platform that lacks a capability.
func NotPossible(c Capability) error { return &Fault{Code: CodeNotPossible, Capability: c} }

// AsFault finds the fault in err; an unknown error counts as unavailable and is retried.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Code: CodeUnavailable, Retry: true, Underlying: err}
}
