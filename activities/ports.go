// Package activities is what workflows do to the world: they read live facts and write projections in one transaction
// each, and call chat platforms. The package owns the ports it needs; the programs wire PostgreSQL and the connectors in.
package activities

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Activities carries the ports. One value serves every worker of a process.
type Activities struct {
	Store      Store
	Directory  Directory
	Calendars  Calendars
	Proofs     Proofs
	Planner    Planner
	Lives      Lives
	Connectors map[string]chat.Connector // by kind: byhand, …
	Register   Register                  // for looks at platforms
	Sealer     Sealer                    // for agreements; nil: none can be sealed here
	Papers     Papers                    // what agreements are made of
	// Account makes the keyed hash of a platform's account that is nobody of ours, for findings.
	Account func(platform, account string) string
	NameKey func(string) string // normalises a group's name (policy.NameKey)
	Clock   func() time.Time
	// Published is called after an act's transaction committed, so that whoever waits for its answer hears of it
	// (temporal.md 11) and the relay looks at the outbox. It must not block.
	Published func(actID string, outbox bool)
	// Boundary is called at each named boundary of a case; tests kill the process there. Nil in production.
	Boundary func(name string)
}

// Directory gives the company at the newest revision. The snapshot is cached by revision.
type Directory interface {
	At(ctx context.Context, revision int64) (*domain.Directory, error) // at least this revision
}

// Calendars gives the working calendar in force.
type Calendars interface {
	Active(ctx context.Context) (*domain.Calendar, error)
}

// Proofs checks who signed an act. It returns false, without an error, when the proof does not hold.
type Proofs interface {
	Holds(caseID string, a domain.Act) bool
}

// Planner plans the route of new material under the policy version a case began with (R6.2).
type Planner interface {
	// PlanFor returns the route, or why the world does not allow the material: its new name is taken meanwhile.
	PlanFor(ctx context.Context, caseID, policy string, m domain.Material) (*domain.RoutePlan, domain.Reason, error)
}

// Known is what the store knows before an act is decided, read in one statement.
type Known struct {
	Recorded *Recorded     // the act was decided before: its recorded facts are used again
	Active   bool          // the actor works here with an enabled account
	Security bool          // … and is a security officer
	Roles    []domain.Role // of the actor, while they work here
	Revision int64         // of the directory
	Seq      int           // of the stored case or group; -1 when there is no row yet
}

// Recorded is what an act's audit entry holds.
type Recorded struct {
	Facts  []byte // JSON of domain.Facts or domain.GroupFacts
	Digest string // of the state after the act
	Seq    int    // of the act
}

// CaseAct is everything one act on a case leaves behind; the store writes it in one transaction, or nothing.
type CaseAct struct {
	Workflow string // case-{id}
	Before   domain.Case
	After    domain.Case
	Act      domain.Act
	Facts    domain.Facts
	Verdict  domain.Verdict
	Digest   string // StateDigest(After)
	// Presumed: Facts.Active and Facts.Revision were not read for this act. The store compares them with what holds, in
	// the same transaction, and returns ErrOutOfStep when they differ.
	Presumed bool
}

// GroupChange is everything one act on a group leaves behind.
type GroupChange struct {
	Workflow string // group-{id}
	Before   domain.Group
	After    domain.Group
	Act      domain.GroupAct
	Facts    domain.GroupFacts
	Verdict  domain.Verdict
	Digest   string
	Filing   *domain.Filing // with the first act and after a change: what the register row is made of
}

// Store is the database as activities need it.
type Store interface {
	KnownOf(ctx context.Context, workflow, subject, actID string, actor domain.EmployeeID) (Known, error)
	// RecordedAt reads the act that the audit stream holds under a number, as JSON, with what it was decided on; nil when it
	// holds none.
	RecordedAt(ctx context.Context, workflow string, seq int) (act []byte, r *Recorded, err error)
	// SaveCase writes case row, slots, audit entry, notifications and outbox. It returns ErrAlreadySaved when the act's
	// entry exists (another attempt won), ErrIllegal when the database refuses the transition for ever.
	SaveCase(ctx context.Context, a CaseAct) error
	SaveGroup(ctx context.Context, g GroupChange) error
	SaveNDA(ctx context.Context, n NDAChange) error
	// NDAPeople tells whether the actor administers a group, and whether the signer works here.
	NDAPeople(ctx context.Context, group string, actor, signer domain.EmployeeID) (admin, present bool, err error)
	SavePost(ctx context.Context, p PostChange) error
	// PostTargets reads who would read a publication in its target groups.
	PostTargets(ctx context.Context, groups []string, scope domain.PostScope) ([]domain.PostTarget, error)
	// PostPeople tells whether the actor administers one of the groups.
	PostPeople(ctx context.Context, groups []string, actor domain.EmployeeID) (admin bool, err error)
	// PostGroup is a target group as its platform knows it.
	PostGroup(ctx context.Context, group string) (PostGroup, error)
	// DelegationsAlong lists the delegations in force at a moment that a chain of at most most links from a person may take.
	DelegationsAlong(ctx context.Context, from domain.EmployeeID, at time.Time, most int) ([]domain.Delegation, error)
	// MarkNeedsHand puts the case in the process administrators' queue without an act (a refused projection).
	MarkNeedsHand(ctx context.Context, caseID, reason string) error
	// FilingOf opens the approved filing's material.
	FilingOf(ctx context.Context, caseID string) (domain.Filing, error)
	// SightingOf is what is known of a group that was found on a platform, in the form of a filing.
	SightingOf(ctx context.Context, groupID string) (domain.Filing, error)
	// LifeFacts reads, in one statement, what an act of a group's life is decided over.
	LifeFacts(ctx context.Context, q LifeQuery) (LifeAnswer, error)
	// BeginCall notes that a connector is asked and returns the receipt of an earlier call with this key, if there is one;
	// EndCall keeps the first receipt.
	BeginCall(ctx context.Context, c Call) (*domain.Receipt, error)
	EndCall(ctx context.Context, key string, r domain.Receipt) error
}
