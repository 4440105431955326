package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// routeChange is the route's name under which changes' idempotency keys are kept.
const routeChange = "POST /groups/{id}/changes"

// ChangeInput asks for a change of a group: the filing as it shall read afterwards, and why.
type ChangeInput struct {
	Filing domain.Filing
	Reason string
	// Base is ChangeStart.Base as it was when the filing was written. If the group's material is another by now, the whole
	// filing would undo what others changed: the change is refused. Empty: what holds now.
	Base string
}

// ChangeStart is what a change begins from, for the group's admins.
type ChangeStart struct {
	Group  GroupRow      `json:"group"`
	Filing FilingView    `json:"filing"`         // as the group reads now
	Base   string        `json:"base"`           // digest of the material in force
	Open   *CaseSummary  `json:"open,omitempty"` // the change under way: another can be asked for when it has ended
	Past   []CaseSummary `json:"past"`           // all changes asked for, the newest first
	Can    bool          `json:"can"`            // a change can be asked for now
}

// ChangePreview is what a change would lead to.
type ChangePreview struct {
	Preview
	Base    string       `json:"base"`
	Changes []Difference `json:"changes"`
}

// ChangesOf is what a change of a group begins from: how it reads now, and which changes there were.
func (s *Service) ChangesOf(ctx context.Context, a Actor, groupID string) (ChangeStart, error) {
	row, err := s.changedAtDoor(ctx, a, groupID)
	if err != nil {
		return ChangeStart{}, fail(err)
	}
	was, err := s.presentOf(ctx, row)
	if err != nil {
		return ChangeStart{}, fail(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return ChangeStart{}, fail(err)
	}
	n := names{dir}
	v := ChangeStart{Group: n.rowOf(row), Filing: *n.filing(&was), Base: row.Doc.Digest, Past: []CaseSummary{}, Can: row.Doc.Changeable()}
	past, err := s.cfg.Store.Changes(ctx, row.ID)
	if err != nil {
		return ChangeStart{}, fail(err)
	}
	open, err := s.cfg.Store.OpenChange(ctx, row.ID)
	if err != nil {
		return ChangeStart{}, fail(err)
	}
	for i := range past {
		sum := n.summaryOf(&past[i])
		v.Past = append(v.Past, sum)
		if open != nil && open.CaseID == sum.ID {
			v.Open, v.Can = &sum, false
		}
	}
	return v, nil
}

// PreviewChange shows what a change would lead to, by the functions that run it: what differs, every fault at once, the
// route with who, when and why.
func (s *Service) PreviewChange(ctx context.Context, a Actor, groupID string, in ChangeInput) (ChangePreview, error) {
	row, err := s.changedAtDoor(ctx, a, groupID)
	if err != nil {
		return ChangePreview{}, fail(err)
	}
	b, err := s.rules(ctx)
	if err != nil {
		return ChangePreview{}, fail(err)
	}
	c, err := s.changeOf(ctx, row, in)
	if err != nil {
		return ChangePreview{}, fail(err)
	}
	v, err := s.previewChange(ctx, b, a, c, holder{groupID: row.ID})
	return v, fail(err)
}

func (s *Service) previewChange(ctx context.Context, b rulebook, a Actor, c domain.ChangeRequest, own holder) (ChangePreview, error) {
	p, err := b.planChange(c, a.ID, s.now())
	if err != nil {
		return ChangePreview{}, err
	}
	name, err := s.changedName(ctx, b, c, own)
	if err != nil {
		return ChangePreview{}, err
	}
	n := names{b.dir}
	v := ChangePreview{Base: c.Base, Changes: n.differences(b.policy, c.Was, c.Filing)}
	v.Name, v.Digest = name, c.Digest()
	v.Faults = readable(append(append([]domain.Fault{}, name.Faults...), p.faults...))
	if p.route != nil {
		v.Route = n.previewOf(p, b.policy, a.words(b.policy.RouteLabel(p.route.Route)))
	}
	return v, nil
}

// ChangeGroup asks for a change of a group that stands, by a case of its own (semantics 2: changes go through approval). An
// admin of the group may ask; one change at a time. Nothing of the group changes before the approval.
func (s *Service) ChangeGroup(ctx context.Context, a Actor, groupID, key string, in ChangeInput) (CaseSummary, error) {
	if err := checkKey(key); err != nil {
		return CaseSummary{}, err
	}
	row, err := s.changedAtDoor(ctx, a, groupID)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	parts := []any{row.ID, tidy(in.Filing), in.Reason}
	if in.Base != "" {
		parts = append(parts, in.Base)
	}
	request, err := requestHash(routeChange, parts)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	sub, refused := s.changeSubmission(ctx, a, row, in)
	if refused == nil {
		sub.Idempotency = &store.IdempotencyRef{Employee: a.ID, Key: key, Route: routeChange, Request: request}
		sub.Answer = func(c domain.Case) (int, any) { return 201, filed{Case: c.ID} }
		var state domain.Case
		if state, refused = s.cfg.Store.Submit(ctx, sub); refused == nil {
			s.begin(context.WithoutCancel(ctx), state, sub.GroupID)
			return s.summary(ctx, state.ID)
		}
	}
	// An answer given before comes first: the change that it led to is what stands in the way now.
	if id, err := s.filedBefore(ctx, a, routeChange, key, request); err != nil || id != "" {
		if err != nil {
			return CaseSummary{}, fail(err)
		}
		return s.summary(ctx, id)
	}
	return CaseSummary{}, s.changeRefused(ctx, sub, refused)
}

// changeRefused words why a change could not be stored.
func (s *Service) changeRefused(ctx context.Context, sub store.Submission, err error) error {
	var other *store.ChangeUnderWay
	var taken *store.NameTaken
	switch {
	case errors.As(err, &other):
		return &Error{Kind: Conflict, Code: "change_under_way", Params: map[string]string{"number": other.Number, "case": other.CaseID}}
	case errors.Is(err, store.ErrKeyInUse):
		return &Error{Kind: Conflict, Code: "request_under_way", RetryAfter: 1}
	case errors.As(err, &taken):
		b, err := s.rules(ctx)
		if err != nil {
			return fail(err)
		}
		return s.lostName(ctx, b, domain.Filing{Name: sub.Title})
	}
	return fail(err)
}

// changeSubmission judges a change and makes its case.
func (s *Service) changeSubmission(ctx context.Context, a Actor, row *store.GroupRec, in ChangeInput) (store.Submission, error) {
	if !row.Doc.Changeable() {
		return store.Submission{}, &Error{Kind: Conflict, Code: string(domain.ReasonState)}
	}
	if in.Base != "" && in.Base != row.Doc.Digest {
		return store.Submission{}, &Error{Kind: Conflict, Code: string(domain.ReasonStaleBase)}
	}
	b, err := s.rules(ctx)
	if err != nil {
		return store.Submission{}, err
	}
	c, err := s.changeOf(ctx, row, in)
	if err != nil {
		return store.Submission{}, err
	}
	now := s.now()
	p, faults, err := s.judgedChange(ctx, b, a, c, holder{groupID: row.ID}, now)
	switch {
	case err != nil:
		return store.Submission{}, err
	case len(faults) > 0:
		return store.Submission{}, invalid(faults...)
	}
	sub, err := s.submit(b, *p.route, domain.Case{
		Kind: domain.KindChange, Tier: c.Secrecy(), Parties: domain.Parties{Requester: a.ID}, Digest: c.Digest(),
	}, c, c.Name, now)
	if err != nil {
		return store.Submission{}, err
	}
	sub.GroupID, sub.NameKey = row.ID, newNameKey(c)
	return sub, nil
}

// newNameKey is the name that a change reserves: none when the group's own stays, as it is normalised.
func newNameKey(c domain.ChangeRequest) string {
	if key := policy.NameKey(c.Name); key != policy.NameKey(c.Was.Name) {
		return key
	}
	return ""
}

// changedAtDoor lets the group's admins through to its changes. Others who may see the group hear that they may not, to
// everybody else there is no such group; both are recorded.
func (s *Service) changedAtDoor(ctx context.Context, a Actor, id string) (*store.GroupRec, error) {
	row, err := s.groupAtDoor(ctx, a, id, "change")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(row.Doc.Admins, a.ID) { // security may do other things to a group, not change what it is
		if err := s.record(ctx, a, "act_refused", row.ID, "change", "refused", nil); err != nil {
			return nil, err
		}
		return nil, forbidden(string(domain.ReasonNotAdmin))
	}
	return row, nil
}

// presentOf is how a group reads now: its material in force with what acts changed since, as the register has it.
func (s *Service) presentOf(ctx context.Context, row *store.GroupRec) (domain.Filing, error) {
	members, err := s.cfg.Store.GroupMembers(ctx, row.ID)
	if err != nil {
		return domain.Filing{}, fmt.Errorf("read the members of group %s: %w", row.ID, err)
	}
	g := row.Doc
	return tidy(domain.Filing{
		Name: row.Name, Type: g.Type, Tier: g.Tier, Purpose: row.Purpose, Departments: g.Departments, Admins: g.Admins, Members: members,
		Permissions: row.Permissions, EndsOn: g.EndsOn, Platform: g.Platform, Existing: row.Existing,
	}), nil
}

// changeOf is a change of a group as it reads now.
func (s *Service) changeOf(ctx context.Context, row *store.GroupRec, in ChangeInput) (domain.ChangeRequest, error) {
	was, err := s.presentOf(ctx, row)
	if err != nil {
		return domain.ChangeRequest{}, err
	}
	c := domain.ChangeRequest{Group: row.ID, Base: row.Doc.Digest, Was: was, Reason: strings.TrimSpace(in.Reason)}
	return askedFor(c, in.Filing), nil
}

// askedFor is the change with another filing as the one to come.
func askedFor(c domain.ChangeRequest, f domain.Filing) domain.ChangeRequest {
	c.Filing = tidy(f).Settled(c.Was)
	c.Existing = c.Was.Existing // how the group came to be is no matter of change
	return c
}

// planChange is plan for a change.
func (b rulebook) planChange(c domain.ChangeRequest, requester domain.EmployeeID, now time.Time) (*plan, error) {
	p, err := b.planned(c.Filing, requester, now, func() (domain.RoutePlan, error) { return b.policy.PlanChange(c.Was, c.Filing, requester, b.dir) })
	if err == nil {
		p.faults = append(p.faults, c.Check()...)
	}
	return p, err
}

// judgedChange is what the rules say of a change that is to be submitted.
func (s *Service) judgedChange(ctx context.Context, b rulebook, a Actor, c domain.ChangeRequest, own holder, now time.Time) (*plan, []domain.Fault, error) {
	p, err := b.planChange(c, a.ID, now)
	if err != nil {
		return nil, nil, err
	}
	name, err := s.changedName(ctx, b, c, own)
	if err != nil {
		return nil, nil, err
	}
	return p, append(withSuggestion(name.Faults, name.Suggestion), p.faults...), nil
}

// changedName judges the name after a change. The group's own stays good, whatever the rules say today, as long as nothing
// that names are made of changes.
func (s *Service) changedName(ctx context.Context, b rulebook, c domain.ChangeRequest, own holder) (NameCheck, error) {
	if c.Name == c.Was.Name && c.Type == c.Was.Type && slices.Equal(c.Departments, c.Was.Departments) {
		return NameCheck{Name: c.Name, OK: true}, nil
	}
	return s.checkName(ctx, b, c.Filing, own)
}
