package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// GroupLife is what people do to a group after its birth, and what is read of it (semantics 2).
type GroupLife interface {
	// ActOnGroup does one act of a group's life; the workflow decides.
	ActOnGroup(ctx context.Context, a Actor, groupID string, in GroupActInput) (ActAnswer, error)
	// RenewMany renews several groups, each by an act of its own. Results are in the order of what came in.
	RenewMany(ctx context.Context, a Actor, in []RenewalItem) []RenewalResult
	// LookAt compares a group with its platform now.
	LookAt(ctx context.Context, a Actor, groupID string) (LookView, error)
	Members(ctx context.Context, a Actor, groupID, state, cursor string, limit int) (Page[MemberView], error)
	GroupDates(ctx context.Context, a Actor, groupID string) ([]DateView, error)
	// GroupTimeline lists a group's own acts, the newest first.
	GroupTimeline(ctx context.Context, a Actor, groupID, cursor string, limit int) (Page[TimelineEntry], error)
	Findings(ctx context.Context, a Actor, groupID string) ([]FindingView, error)
	GroupOperations(ctx context.Context, a Actor, groupID string) (Operations, error)
	// Renewals lists my groups that are due, or come due this quarter, the soonest first.
	Renewals(ctx context.Context, a Actor, cursor string, limit int) (Page[RenewalView], error)
	GroupStats(ctx context.Context, a Actor) (GroupStats, error)
}

// rowFor is a group as the register shows it to a reader: what holds beside the state is for those who watch over it.
func (n names) rowFor(r *store.GroupRec, a Actor) GroupRow {
	v := n.rowOf(r)
	if slices.Contains(r.Doc.Admins, a.ID) || watches(a) || leadsAny(a, r.Doc.Departments, n.dir) {
		v.Flags = domain.Flags(r.Doc)
	}
	return v
}

// lifeOffers lists the acts that a reader may do on a group now: by the rules of its life, or of its birth.
func lifeOffers(row *store.GroupRec, dir *domain.Directory, a Actor, rel []Relation, place domain.MemberState) []string {
	can := groupCan(&row.Doc, a)
	if row.Doc.Life == nil {
		return can
	}
	can = slices.DeleteFunc(can, func(k string) bool { return k == string(domain.GroupGone) })
	f := domain.GroupFacts{Active: true, Life: &domain.LifeFacts{Roles: a.Roles, Heads: dir.HeadsOf(row.Doc.Departments)}}
	if slices.Contains(rel, RelMember) {
		f.Life.Members = []domain.EmployeeID{a.ID}
	}
	if place != "" && place != domain.MemberActive {
		f.Life.Clear = []domain.Clearance{{Person: a.ID, Was: place}}
	}
	for _, k := range domain.GroupOffers(row.Doc, a.ID, f) {
		can = append(can, string(k))
	}
	return can
}

// life is what a reader sees of a group's life. inside: they may see who is in the group.
func (s *Service) life(ctx context.Context, n names, row *store.GroupRec, a Actor, can []string, inside bool) (*LifeView, error) {
	l := row.Doc.Life
	if l == nil {
		return nil, nil
	}
	v := &LifeView{Policy: l.Rules.Policy, Renewed: RenewedView{How: l.Renewed.How, At: l.Renewed.At.UTC()}, Dates: n.dates(l.Dates, inside), From: l.From}
	if !inside {
		return v, nil
	}
	v.Renewed.By = n.maybe(l.Renewed.By)
	v.Outside = l.Outside
	if !l.Active.IsZero() {
		v.Active = timeOf(l.Active)
	}
	if slices.Contains(can, string(domain.GroupRenew)) {
		in, err := s.cfg.Store.PeopleIn(ctx, row.ID)
		if err != nil {
			return nil, fmt.Errorf("read who is in group %s: %w", row.ID, err)
		}
		v.Attest = domain.AttestDigest(row.Doc, domain.MembersDigest(in[row.ID]))
		if cal, err := s.cfg.Rules.Calendar(ctx); err == nil && row.Doc.EndsOn != "" {
			v.LatestEnd = domain.LatestEnd(row.Doc, cal)
		}
	}
	said, err := s.reasons(ctx, row)
	if err != nil {
		return nil, err
	}
	if f := l.Frozen; f != nil {
		v.Frozen = &FreezeView{By: n.maybe(f.By), Rule: f.Rule, Reason: said(f.Reason), At: f.At.UTC(), Implicated: n.people(f.Implicated), Unfreeze: n.maybe(f.Unfreeze)}
		if !f.UnfreezeAt.IsZero() {
			v.Frozen.UnfreezeAt = timeOf(f.UnfreezeAt)
		}
	}
	for _, h := range l.Holds {
		v.Holds = append(v.Holds, HoldView{ID: h.ID, By: n.person(h.By), At: h.At.UTC(), Reason: said(h.Reason), Custodians: n.people(h.Custodians),
			Mine: a.Has(domain.RoleLegal) && h.By != a.ID})
	}
	if o := l.Orphan; o != nil {
		v.Orphan = &OrphanView{Since: o.Since.UTC(), Stage: o.Stage, Asked: n.people(o.Asked)}
	}
	v.Ops, v.Gaps = n.ops(l), n.gaps(l)
	v.Findings = n.findings(&row.Doc, a)
	v.Inactive, err = s.inactiveView(ctx, row)
	return v, err
}

// reasons opens the sealed reasons that a group's state refers to.
func (s *Service) reasons(ctx context.Context, row *store.GroupRec) (func(*domain.Ref) string, error) {
	l := row.Doc.Life
	var ids []string
	if l.Frozen != nil && l.Frozen.Reason != nil {
		ids = append(ids, l.Frozen.Reason.Object)
	}
	for _, h := range l.Holds {
		if h.Reason != nil {
			ids = append(ids, h.Reason.Object)
		}
	}
	for _, r := range l.Required {
		if r.Reason != nil {
			ids = append(ids, r.Reason.Object)
		}
	}
	words, err := s.saidOf(ctx, row, ids)
	if err != nil {
		return nil, err
	}
	return func(r *domain.Ref) string {
		if r == nil {
			return ""
		}
		return words[r.Object]
	}, nil
}

func (n names) dates(list []domain.GroupDate, inside bool) []DateView {
	out := make([]DateView, 0, len(list))
	for _, d := range list {
		v := DateView{Kind: d.Kind, At: d.At.UTC(), Of: d.Of, Days: d.Days, Moved: d.Moved, Rule: d.Rule, Cause: d.Cause, CauseAt: d.CauseAt.UTC(), Policy: d.Policy}
		if inside {
			v.CauseBy = n.maybe(d.CauseBy)
		}
		out = append(out, v)
	}
	return out
}

func (n names) ops(l *domain.Life) []OpView {
	out := make([]OpView, 0, len(l.Ops))
	for _, o := range l.Ops {
		out = append(out, OpView{ID: o.ID, Kind: o.Kind, People: n.people(o.People), Strangers: len(o.Accounts), State: o.State, Code: o.Code, Tries: o.Tries, At: o.At.UTC()})
	}
	return out
}

func (n names) gaps(l *domain.Life) []GapView {
	out := make([]GapView, 0, len(l.Gaps))
	for _, g := range l.Gaps {
		v := GapView{Capability: g.Capability, Op: g.Op, At: g.At.UTC(), Seen: n.maybe(g.Seen)}
		for _, p := range g.People {
			v.People = append(v.People, n.person(domain.EmployeeID(p)))
		}
		out = append(out, v)
	}
	return out
}

func (n names) findings(g *domain.Group, a Actor) []FindingView {
	out := make([]FindingView, 0, len(g.Life.Findings))
	for _, f := range g.Life.Findings {
		v := FindingView{ID: f.ID, Kind: f.Kind, Person: n.maybe(f.Person), Account: f.Account, Fields: f.Fields, Owner: n.maybe(f.Owner), Propose: f.Propose,
			At: f.At.UTC(), Seen: f.Seen, Mine: domain.Minds(*g, f, a.ID, a.Has(domain.RoleSecurity))}
		if v.Propose == nil {
			v.Propose = []domain.Proposal{}
		}
		out = append(out, v)
	}
	return out
}

// partOf lets through who may know of a group and gave a purpose where one is needed; members tells who may see the
// members, to whom what follows is told.
func (s *Service) partOf(ctx context.Context, a Actor, id string, members bool) (*store.GroupRec, []Relation, *domain.Directory, error) {
	row, rel, dir, err := s.readGroup(ctx, a, id)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := s.looked(ctx, a, "read_group", row.ID, row.Doc.Tier, rel); err != nil {
		return nil, nil, nil, err
	}
	if members && !mayReadMembers(a, rel) {
		return nil, nil, nil, forbidden("members_only")
	}
	return row, rel, dir, nil
}

// memberStates are the states a list of members can be narrowed to.
var memberStates = []string{"", "active", "requested", "invited", "nda_pending", "training_pending", "suspended", "inactive_notice", "leaving", "removed"}

// Members lists who is in a group, admins first.
func (s *Service) Members(ctx context.Context, a Actor, groupID, state, cursor string, limit int) (Page[MemberView], error) {
	if !slices.Contains(memberStates, state) {
		return Page[MemberView]{}, invalid(domain.Fault{Field: "state", Code: "unknown_value", Params: map[string]string{"allowed": strings.Join(memberStates[1:], ", ")}})
	}
	row, _, dir, err := s.partOf(ctx, a, groupID, true)
	if err != nil {
		return Page[MemberView]{}, fail(err)
	}
	rows, err := s.cfg.Store.Members(ctx, row.ID, state, noticedIn(&row.Doc), cursor, pageLimit(limit))
	if err != nil {
		return Page[MemberView]{}, listFault("list the members of a group", err)
	}
	n := names{dir}
	papers, err := s.papersOf(ctx, row, dir, rows.Items)
	if err != nil {
		return Page[MemberView]{}, fail(err)
	}
	idle, err := s.idleOf(ctx, n, row)
	if err != nil {
		return Page[MemberView]{}, fail(err)
	}
	return mapped(rows, func(r *store.MemberRec) MemberView {
		v := MemberView{Person: n.person(r.Person), Role: r.Role, State: r.State, Since: r.Since.UTC()}
		papers(r, &v)
		if slices.Contains(row.Doc.Admins, a.ID) || a.Has(domain.RoleSecurity) {
			v.LastOn = r.LastOn
		}
		idle(r, &v)
		if r.Left != nil {
			v.Left = timeOf(*r.Left)
		}
		if r.Removed != nil {
			v.Removed = timeOf(*r.Removed)
		}
		return v
	}), nil
}

// GroupDates lists what comes next in a group's life.
func (s *Service) GroupDates(ctx context.Context, a Actor, groupID string) ([]DateView, error) {
	row, rel, dir, err := s.partOf(ctx, a, groupID, false)
	if err != nil {
		return nil, fail(err)
	}
	if row.Doc.Life == nil {
		return []DateView{}, nil
	}
	return names{dir}.dates(row.Doc.Life.Dates, mayReadMembers(a, rel)), nil
}

// GroupTimeline lists a group's own acts, the newest first.
func (s *Service) GroupTimeline(ctx context.Context, a Actor, groupID, cursor string, limit int) (Page[TimelineEntry], error) {
	row, rel, dir, err := s.partOf(ctx, a, groupID, false)
	if err != nil {
		return Page[TimelineEntry]{}, fail(err)
	}
	rows, err := s.cfg.Store.EntriesPage(ctx, workflows.GroupID(row.ID), row.ID, cursor, pageLimit(limit))
	if err != nil {
		return Page[TimelineEntry]{}, listFault("read a group's history", err)
	}
	items, err := s.lifeEntries(ctx, names{dir}, row, rows.Items, mayReadMembers(a, rel))
	return Page[TimelineEntry]{Items: items, Next: rows.Next}, fail(err)
}

// Findings lists a group's open findings.
func (s *Service) Findings(ctx context.Context, a Actor, groupID string) ([]FindingView, error) {
	row, _, dir, err := s.partOf(ctx, a, groupID, true)
	if err != nil {
		return nil, fail(err)
	}
	if row.Doc.Life == nil {
		return []FindingView{}, nil
	}
	return names{dir}.findings(&row.Doc, a), nil
}

// GroupOperations lists what the platform is still to do for a group, and what it cannot do.
func (s *Service) GroupOperations(ctx context.Context, a Actor, groupID string) (Operations, error) {
	row, _, dir, err := s.partOf(ctx, a, groupID, true)
	if err != nil {
		return Operations{}, fail(err)
	}
	if row.Doc.Life == nil {
		return Operations{Items: []OpView{}, Gaps: []GapView{}}, nil
	}
	n := names{dir}
	return Operations{Items: n.ops(row.Doc.Life), Gaps: n.gaps(row.Doc.Life)}, nil
}

// LookAt compares a group with its platform now, as the schedule does by itself.
func (s *Service) LookAt(ctx context.Context, a Actor, groupID string) (LookView, error) {
	row, err := s.lifeAtDoor(ctx, a, groupID, lifeRule{roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin}, "group.look")
	if err != nil {
		return LookView{}, fail(err)
	}
	if s.cfg.Look == nil {
		return LookView{}, &Error{Kind: Conflict, Code: "platform_unreadable"}
	}
	ctx, cancel := context.WithTimeout(ctx, lookBudget)
	defer cancel()
	n, err := s.cfg.Look(ctx, row.ID)
	switch {
	case errors.Is(err, ErrUnreadable):
		return LookView{}, &Error{Kind: Conflict, Code: "platform_unreadable"}
	case err != nil:
		return LookView{}, unavailable("platform_unavailable", 30, err)
	}
	return LookView{At: s.now(), Findings: n}, nil
}

// lookBudget bounds how long a caller waits for a platform to be read.
const lookBudget = 25 * time.Second
