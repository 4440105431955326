package service

import (
	"context"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// HandQueue lists the cases that cannot go on by themselves, the one that waits longest first, for process administrators
// (semantics 1: needs a hand), with what is missing as of now. The title of confidential matter is read with the case, for
// a purpose.
func (s *Service) HandQueue(ctx context.Context, a Actor, cursor string, limit int) (Page[HandItem], error) {
	if !a.Has(domain.RoleProcessAdmin) {
		return Page[HandItem]{}, forbidden("role_required")
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[HandItem]{}, fail(err)
	}
	rows, err := s.cfg.Store.HandQueue(ctx, cursor, pageLimit(limit))
	if err != nil {
		return Page[HandItem]{}, listFault("list cases that need a hand", err)
	}
	n := names{dir}
	return mapped(rows, func(r *store.CaseRec) HandItem { return s.handItem(ctx, n, a, r) }), nil
}

// handItem says what a case lacks: the rules of the step at work that name nobody today.
func (s *Service) handItem(ctx context.Context, n names, a Actor, r *store.CaseRec) HandItem {
	v := HandItem{CaseSummary: n.untitled(r), Reason: r.NeedsHand, Since: r.Changed.UTC(), Until: timeOf(r.State.HandDue.At)}
	i := r.State.Current()
	if i < 0 {
		return v
	}
	st := r.State.Steps[i]
	w := s.wordsOf(ctx, &r.State)
	v.Step = &StepBrief{Number: i + 1, Key: st.Plan.Key, Label: w.label(st.Plan)}
	if !st.Opened.IsZero() && r.NeedsHand == string(domain.ReasonNobody) && len(st.Slots) == 0 {
		v.Since = st.Opened.UTC()
	}
	for _, key := range domain.Resolve(st.Plan, n.dir, r.State.Parties).Unresolved {
		v.Rules = append(v.Rules, n.rule(key))
	}
	for _, sl := range st.Slots {
		if sl.Status == domain.SlotOpen || sl.Status == domain.SlotWaiting {
			v.Slots = append(v.Slots, n.slot(sl, st.Slots, a.ID, nil))
		}
	}
	return v
}

// rule words the key of a rule that finds nobody.
func (n names) rule(key string) RuleView {
	v := RuleView{Key: key}
	kind, id, _ := strings.Cut(key, ":")
	switch kind {
	case "leader":
		d := n.department(domain.DepartmentID(id))
		v.Department = &d
	case "role":
		v.Role = domain.Role(id)
	case "person":
		v.Person = n.maybe(domain.EmployeeID(id))
	}
	return v
}
