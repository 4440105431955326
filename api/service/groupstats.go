package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// monthsAhead is how many months of dates the figures show one by one; what comes after is "later", what has passed "past".
const monthsAhead = 12

// GroupStats counts the company's groups, for those who answer for all of them.
func (s *Service) GroupStats(ctx context.Context, a Actor) (GroupStats, error) {
	if !watches(a) && !a.Has(domain.RoleProcessAdmin) {
		return GroupStats{}, forbidden("role_required")
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return GroupStats{}, fail(err)
	}
	now := s.now()
	rows, err := s.cfg.Store.GroupCounts(ctx, zone, now)
	if err != nil {
		return GroupStats{}, fail(err)
	}
	return figures(rows, zone, now), nil
}

// figures puts counts into the order in which pages show them. What there is none of is left out, but for months and ages,
// where a gap says something.
func figures(rows []store.Count, zone *time.Location, now time.Time) GroupStats {
	n := map[string]map[string]int{}
	for _, r := range rows {
		if n[r.What] == nil {
			n[r.What] = map[string]int{}
		}
		n[r.What][r.Key] += r.N
	}
	st := GroupStats{At: now, States: present(n["state"], groupStates), Tiers: present(n["tier"], domain.Tiers), Types: present(n["type"], domain.GroupTypes),
		Flags: present(n["flag"], domain.GroupFlags), Platforms: present(n["platform"], []string(nil)),
		Operations: present(n["op"], []domain.OpState{domain.OpPending, domain.OpByHand, domain.OpFailed})}
	for k, x := range n["state"] {
		if k != string(domain.GroupDeleted) {
			st.Total += x
		}
	}
	for _, age := range []string{"day", "week", "month", "older"} {
		st.Findings = append(st.Findings, Figure{age, n["finding"][age]})
	}
	due := n["due"]
	y, m, _ := now.In(zone).Date()
	past := Figure{Key: "past"}
	for i := range monthsAhead {
		key := time.Date(y, m+time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		st.Due = append(st.Due, Figure{key, due[key]})
		delete(due, key)
	}
	later := Figure{Key: "later"}
	for k, x := range due {
		if k < st.Due[0].Key {
			past.N += x
		} else {
			later.N += x
		}
	}
	if past.N > 0 {
		st.Due = slices.Insert(st.Due, 0, past)
	}
	if later.N > 0 {
		st.Due = append(st.Due, later)
	}
	return st
}

// groupStates are the states in the order of a group's life.
var groupStates = []domain.GroupState{domain.GroupDraft, domain.GroupProvisioning, domain.GroupProvisioningFailed, domain.GroupActive, domain.GroupRenewalDue,
	domain.GroupGrace, domain.GroupFrozen, domain.GroupArchived, domain.GroupPendingDeletion, domain.GroupDeleted}

// present lists what there is, the known ones in their order, others after them by name.
func present[T ~string](n map[string]int, order []T) []Figure {
	out := []Figure{}
	for _, k := range order {
		if n[string(k)] > 0 {
			out = append(out, Figure{string(k), n[string(k)]})
		}
	}
	var rest []string
	for k := range n {
		if !slices.Contains(order, T(k)) {
			rest = append(rest, k)
		}
	}
	slices.Sort(rest)
	for _, k := range rest {
		out = append(out, Figure{k, n[k]})
	}
	return out
}

// zone is the company's.
func (s *Service) zone(ctx context.Context) (*time.Location, error) {
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	if cal.Zone == nil {
		return time.UTC, nil
	}
	return cal.Zone, nil
}

// dueIn reads the days between which the next date of a register's groups shall lie.
func (s *Service) dueIn(ctx context.Context, f *store.GroupFilter, from, to string) error {
	if from == "" && to == "" {
		return nil
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return fail(err)
	}
	var faults []domain.Fault
	read := func(field, text string, days int, into *time.Time) {
		if text == "" {
			return
		}
		t, err := time.ParseInLocation(time.DateOnly, text, zone)
		if err != nil {
			faults = append(faults, domain.Fault{Field: field, Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}})
			return
		}
		*into = t.AddDate(0, 0, days)
	}
	read("due_from", from, 0, &f.DueFrom)
	read("due_to", to, 1, &f.DueUntil)
	if len(faults) > 0 {
		return invalid(faults...)
	}
	return nil
}

// Renewals lists the reader's groups that are due or come due this quarter: one task for all of them (issue 4).
func (s *Service) Renewals(ctx context.Context, a Actor, cursor string, limit int) (Page[RenewalView], error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return Page[RenewalView]{}, fail(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[RenewalView]{}, fail(err)
	}
	rows, err := s.cfg.Store.Renewals(ctx, a.ID, quarterEnd(s.now(), zone), cursor, pageLimit(limit))
	if err != nil {
		return Page[RenewalView]{}, listFault("list renewals", err)
	}
	ids := make([]string, len(rows.Items))
	for i := range rows.Items {
		ids[i] = rows.Items[i].ID
	}
	in, err := s.cfg.Store.PeopleIn(ctx, ids...)
	if err != nil {
		return Page[RenewalView]{}, fail(err)
	}
	n := names{dir}
	return mapped(rows, func(r *store.RenewalRec) RenewalView {
		can := lifeOffers(&r.GroupRec, dir, a, []Relation{RelNamedAdmin, RelMember}, "")
		v := RenewalView{Group: n.rowFor(&r.GroupRec, a), Purpose: r.Purpose, Admins: n.people(r.Doc.Admins), Permissions: r.Permissions,
			Can: slices.Contains(can, string(domain.GroupRenew)), Attest: domain.AttestDigest(r.Doc, domain.MembersDigest(in[r.ID]))}
		v.Due = n.dueOf(r)
		return v
	}), nil
}

// dueOf is the date that makes a group one to renew: when its term ends, or what follows when it has ended.
func (n names) dueOf(r *store.RenewalRec) DateView {
	want := []domain.DateKind{domain.DateRenewal, domain.DateEnd}
	if r.Doc.State != domain.GroupActive {
		want = []domain.DateKind{domain.DateGrace}
	}
	for _, d := range n.dates(r.Doc.Life.Dates, true) {
		if slices.Contains(want, d.Kind) {
			return d
		}
	}
	kind := domain.DateRenewal
	if due := r.Doc.Life.Due; due != nil {
		kind = due.Kind
	}
	return DateView{Kind: kind, At: r.Due.UTC(), Policy: r.Doc.Life.Rules.Policy, CauseAt: r.Due.UTC()}
}

// quarterEnd is the first moment after the quarter of the company's year that now is in.
func quarterEnd(now time.Time, zone *time.Location) time.Time {
	y, m, _ := now.In(zone).Date()
	return time.Date(y, (m-1)/3*3+4, 1, 0, 0, 0, 0, zone)
}
