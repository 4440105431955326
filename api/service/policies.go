package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// RulesKind is what a version is of: the policy or the working calendar.
type RulesKind = store.RulesKind

// The kinds of rules.
const (
	Policies  = store.Policies
	Calendars = store.Calendars
)

// PolicyAPI is the company's rules as data (issue 3; R6.2): versions with an author, a date and two people who put them
// into force. Process administrators act; auditors read.
type PolicyAPI interface {
	RulesVersions(ctx context.Context, a Actor, kind RulesKind, cursor string, limit int) (Page[RulesVersion], error)
	RulesVersion(ctx context.Context, a Actor, kind RulesKind, version string) (RulesVersionView, error)
	// DraftRules stores a file as a draft; fresh is false when that very file is on record already. A faulty file is
	// refused with the Error's Defects.
	DraftRules(ctx context.Context, a Actor, key string, kind RulesKind, file Upload, note string) (v RulesVersion, fresh bool, err error)
	ProposeRules(ctx context.Context, a Actor, key string, kind RulesKind, version string, effective *time.Time) (RulesVersion, error)
	// ActivateRules is the second person's: against is the version in force that they compared it with.
	ActivateRules(ctx context.Context, a Actor, key string, kind RulesKind, version, against string) (RulesVersion, error)
	WithdrawRules(ctx context.Context, a Actor, key string, kind RulesKind, version string) (RulesVersion, error)
	// RulesDiff compares a version with another one, empty: the one in force.
	RulesDiff(ctx context.Context, a Actor, kind RulesKind, version, against string) (RulesDiff, error)
	// PolicySchema is the JSON Schema of policy files.
	PolicySchema() []byte
	// DryRunPolicy replays past requests under a version and tells what would change.
	DryRunPolicy(ctx context.Context, a Actor, version string, in DryRunInput) (DryRunReport, error)
}

// RulesState is where a version is, by its row and the clock.
type RulesState string

// The states of a version. Scheduled, active and superseded follow from the clock.
const (
	RulesDraft      RulesState = "draft"
	RulesProposed   RulesState = "proposed"
	RulesScheduled  RulesState = "scheduled"  // activated, its date has not come
	RulesActive     RulesState = "active"     // in force: new cases begin under it
	RulesSuperseded RulesState = "superseded" // was in force
	RulesWithdrawn  RulesState = "withdrawn"
)

// RulesVersion is a version of the policy or calendar in a list.
type RulesVersion struct {
	Version     string       `json:"version"`
	Title       domain.Label `json:"title"`
	Note        string       `json:"note,omitempty"`
	State       RulesState   `json:"state"`
	Author      *PersonRef   `json:"author,omitempty"` // nil: came with the service, or by the command line
	Created     time.Time    `json:"created"`
	Effective   *time.Time   `json:"effective_at,omitempty"` // of a proposal: as proposed; nil: at once
	Until       *time.Time   `json:"until,omitempty"`        // when its successor takes over, or took over
	ProposedBy  *PersonRef   `json:"proposed_by,omitempty"`
	Proposed    *time.Time   `json:"proposed_at,omitempty"`
	ActivatedBy *PersonRef   `json:"activated_by,omitempty"`
	Activated   *time.Time   `json:"activated_at,omitempty"`
	WithdrawnBy *PersonRef   `json:"withdrawn_by,omitempty"`
	Withdrawn   *time.Time   `json:"withdrawn_at,omitempty"`
	Setup       bool         `json:"setup,omitempty"` // put into force when the service was set up
	OpenCases   int          `json:"open_cases"`      // under way that began under it; policies only
}

// RulesVersionView is a version in full.
type RulesVersionView struct {
	RulesVersion
	Body    string `json:"body"`
	InForce string `json:"in_force,omitempty"` // the version in force now
	// Problems are the steps for which nobody can be asked in the present directory: activation is refused while there are any.
	Problems []RulesProblem `json:"problems"`
	Can      []string       `json:"can"`               // acts open to the reader: propose, activate, withdraw
	Blocked  string         `json:"blocked,omitempty"` // why the reader cannot activate a proposal: proposed_by_you, written_by_you, problems
}

// RulesProblem is a step of a route that a department's requests could not pass today (semantics 1: refused at activation).
type RulesProblem struct {
	Route      *domain.Label  `json:"route,omitempty"`
	Step       *domain.Label  `json:"step,omitempty"`
	Department *DepartmentRef `json:"department,omitempty"` // owns the group; nil: whichever does
	Requester  *PersonRef     `json:"requester,omitempty"`  // set when somebody is found for everybody's request but this leader's
	Reason     string         `json:"reason"`               // nobody_to_ask, nobody_to_copy, no_superior, unknown_department, or why the route could not be planned
	Rules      []string       `json:"rules,omitempty"`
}

// maxProblems bounds how many problems are told.
const maxProblems = 200

// PolicySchema is the JSON Schema of policy files, for editors.
func (s *Service) PolicySchema() []byte { return s.cfg.PolicySchema }

// mayReadRules lets process administrators and auditors look, mayChangeRules process administrators act.
func mayReadRules(a Actor) error {
	if a.Has(domain.RoleProcessAdmin) || a.Has(domain.RoleAuditor) {
		return nil
	}
	return forbidden("role_required")
}

func mayChangeRules(a Actor) error {
	if a.Has(domain.RoleProcessAdmin) {
		return nil
	}
	return forbidden("role_required")
}

// RulesVersions lists the versions of a kind, newest first.
func (s *Service) RulesVersions(ctx context.Context, a Actor, kind RulesKind, cursor string, limit int) (Page[RulesVersion], error) {
	if err := mayReadRules(a); err != nil {
		return Page[RulesVersion]{}, err
	}
	page, err := s.cfg.Store.RulesVersions(ctx, kind, cursor, limit)
	if err != nil {
		return Page[RulesVersion]{}, fail(err)
	}
	worded, err := s.rulesWords(ctx, kind)
	if err != nil {
		return Page[RulesVersion]{}, fail(err)
	}
	out := Page[RulesVersion]{Items: make([]RulesVersion, len(page.Items)), Next: page.Next}
	for i, r := range page.Items {
		out.Items[i] = worded.version(r)
	}
	return out, nil
}

// rulesWords is what rows of versions are told with: names, the clock, and who followed whom.
type rulesWords struct {
	names
	now   time.Time
	order []store.RulesRow // the activated ones in the order they come into force, without bodies
	open  map[string]int
}

func (s *Service) rulesWords(ctx context.Context, kind RulesKind) (rulesWords, error) {
	w := rulesWords{now: s.now()}
	dir, err := s.wording(ctx)
	if err != nil {
		return w, err
	}
	w.names = names{dir}
	if w.order, err = s.cfg.Store.RulesOrder(ctx, kind); err != nil {
		return w, err
	}
	if kind == Policies {
		w.open, err = s.openByPolicy(ctx)
	}
	return w, err
}

// inForce is the version that holds at the moment of the words.
func (w rulesWords) inForce() string {
	v := ""
	for _, r := range w.order {
		if r.EffectiveAt != nil && !r.EffectiveAt.After(w.now) {
			v = r.Version
		}
	}
	return v
}

func (w rulesWords) version(r store.RulesRow) RulesVersion {
	who := func(id *string) *PersonRef {
		if id == nil {
			return nil
		}
		return w.maybe(domain.EmployeeID(*id))
	}
	v := RulesVersion{
		Version: r.Version, Title: store.LabelOf(r.Title), Note: r.Note, State: RulesState(r.State), Author: who(r.ActorID), Created: r.CreatedAt, Effective: r.EffectiveAt,
		ProposedBy: who(r.ProposedBy), Proposed: r.ProposedAt, ActivatedBy: who(r.ActivatedBy), Activated: r.ActivatedAt,
		WithdrawnBy: who(r.WithdrawnBy), Withdrawn: r.WithdrawnAt, Setup: r.Setup, OpenCases: w.open[r.Version],
	}
	if store.RulesState(r.State) != store.RulesActivated || r.EffectiveAt == nil {
		return v
	}
	for i, x := range w.order {
		if x.Version == r.Version && i+1 < len(w.order) {
			v.Until = w.order[i+1].EffectiveAt
		}
	}
	switch {
	case r.EffectiveAt.After(w.now):
		v.State = RulesScheduled
	case v.Until != nil && !v.Until.After(w.now):
		v.State = RulesSuperseded
	default:
		v.State = RulesActive
	}
	return v
}

// RulesVersion shows a version in full, with what stands in its way and what the reader can do.
func (s *Service) RulesVersion(ctx context.Context, a Actor, kind RulesKind, version string) (RulesVersionView, error) {
	if err := mayReadRules(a); err != nil {
		return RulesVersionView{}, err
	}
	v, err := s.rulesVersion(ctx, a, kind, version)
	return v, fail(err)
}

func (s *Service) rulesVersion(ctx context.Context, a Actor, kind RulesKind, version string) (RulesVersionView, error) {
	row, err := s.cfg.Store.RulesByVersion(ctx, kind, version)
	if err != nil {
		return RulesVersionView{}, err
	}
	w, err := s.rulesWords(ctx, kind)
	if err != nil {
		return RulesVersionView{}, err
	}
	v := RulesVersionView{RulesVersion: w.version(row), Body: row.Body, InForce: w.inForce(), Problems: []RulesProblem{}, Can: []string{}}
	pending := v.State == RulesDraft || v.State == RulesProposed
	if kind == Policies && pending {
		dir, err := s.directory(ctx)
		if err != nil {
			return v, err
		}
		p, err := policy.Parse([]byte(row.Body))
		if err != nil {
			v.Blocked = "unreadable"
			return v, nil //nolint:nilerr // stored by a newer program: it can be looked at, not put into force by this one
		}
		v.Problems = names{dir}.problems(p)
	}
	if !a.Has(domain.RoleProcessAdmin) {
		return v, nil
	}
	if pending {
		v.Can = append(v.Can, "propose", "withdraw")
	}
	if v.State == RulesScheduled && v.Effective.Sub(w.now) > withdrawUntil {
		v.Can = append(v.Can, "withdraw")
	}
	if v.State == RulesProposed {
		switch {
		case v.ProposedBy != nil && v.ProposedBy.ID == a.ID:
			v.Blocked = "proposed_by_you"
		case v.Author != nil && v.Author.ID == a.ID:
			v.Blocked = "written_by_you"
		case len(v.Problems) > 0:
			v.Blocked = "problems"
		default:
			v.Can = append(v.Can, "activate")
		}
	}
	return v, nil
}

// withdrawUntil is how long before its date a scheduled version can still be stopped.
const withdrawUntil = 5 * time.Second

// problems words what stands in a policy's way in the present directory.
func (n names) problems(p *policy.Policy) []RulesProblem {
	out := []RulesProblem{}
	for _, x := range p.Resolvable(n.dir) {
		if len(out) == maxProblems {
			break
		}
		v := RulesProblem{Requester: n.maybe(x.Requester), Reason: x.Reason, Rules: x.Rules}
		if x.Route != "" {
			l := p.RouteLabel(x.Route)
			v.Route = &l
		}
		if x.Step != "" {
			l := p.StepLabel(x.Step)
			v.Step = &l
		}
		if x.Department != "" {
			d := n.department(x.Department)
			v.Department = &d
		}
		out = append(out, v)
	}
	return out
}
