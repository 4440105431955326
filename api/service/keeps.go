package service

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// MaxKeeps bounds how many notices one person sees, and answers, at once.
const MaxKeeps = 200

// Notices lists the groups in which the reader's removal for inactivity is announced, the soonest first.
func (s *Service) Notices(ctx context.Context, a Actor) ([]PlaceView, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	rows, err := s.cfg.Store.NoticedIn(ctx, a.ID, MaxKeeps)
	if err != nil {
		return nil, fail(err)
	}
	out := make([]PlaceView, 0, len(rows))
	for i := range rows {
		v, err := s.placeOf(ctx, a, &rows[i].GroupRec, dir, rows[i])
		if err != nil {
			return nil, fail(err)
		}
		if v.Notice != nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// KeepMany replies to notices: each reply is an act of its own, whose id follows from id and group, so that the same request
// again gets the first answers. No groups named: all that have given notice.
func (s *Service) KeepMany(ctx context.Context, a Actor, id string, groups []string) ([]RenewalResult, error) {
	if _, faults := checkActID(id); len(faults) > 0 {
		return nil, invalid(faults...)
	}
	if len(groups) > MaxKeeps {
		return nil, invalid(domain.Fault{Field: "groups", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(MaxKeeps)}})
	}
	if len(groups) == 0 {
		rows, err := s.cfg.Store.NoticedIn(ctx, a.ID, MaxKeeps)
		if err != nil {
			return nil, fail(fmt.Errorf("list notices of removal: %w", err))
		}
		for i := range rows {
			groups = append(groups, rows[i].ID)
		}
	}
	groups = slices.Compact(slices.Sorted(slices.Values(groups)))
	out := make([]RenewalResult, len(groups))
	spread(ctx, len(groups), func(i int, late error) {
		out[i] = RenewalResult{Group: groups[i], ActID: derivedID(id, groups[i])}
		if late != nil {
			out[i].Err = AsError(late)
			return
		}
		out[i].Answer, out[i].Err = s.oneOfMany(ctx, "group", groups[i], func() (ActAnswer, error) {
			return s.ActOnGroup(ctx, a, groups[i], GroupActInput{Kind: domain.GroupKeep, ID: out[i].ActID})
		})
	})
	return out, nil
}

// idleView is the notice that runs for somebody in a group; nil: none.
func idleView(g *domain.Group, who domain.EmployeeID) *IdleView {
	n, ok := g.Life.IdleNotice(who)
	if !ok {
		return nil
	}
	return &IdleView{At: n.At.UTC(), Due: n.Due.UTC(), Since: n.Since.UTC(), Cause: n.Cause, Day: n.Day, After: n.After, Days: n.Days, Rule: n.Rule, Policy: n.Policy}
}

// noticedIn lists who has notice in a group.
func noticedIn(g *domain.Group) []domain.EmployeeID {
	out := []domain.EmployeeID{}
	if g.Life != nil {
		for _, n := range g.Life.Idle {
			out = append(out, n.Person)
		}
	}
	return out
}

// idleOf fills in, for members, their notice or their exemption.
func (s *Service) idleOf(ctx context.Context, n names, row *store.GroupRec) (func(*store.MemberRec, *MemberView), error) {
	l := row.Doc.Life
	if l == nil || len(l.Idle)+len(l.Required) == 0 {
		return func(*store.MemberRec, *MemberView) {}, nil
	}
	said, err := s.reasons(ctx, row)
	if err != nil {
		return nil, err
	}
	return func(r *store.MemberRec, v *MemberView) {
		if r.State != string(domain.MemberActive) {
			return
		}
		if v.Notice = idleView(&row.Doc, r.Person); v.Notice != nil {
			v.State = string(domain.MemberInactive)
		}
		for _, x := range l.Required {
			if x.Person == r.Person {
				v.Exempt = &ExemptView{By: n.person(x.By), At: x.At.UTC(), Reason: said(x.Reason)}
			}
		}
	}, nil
}

// inactiveView is how the rule of inactive members stands in a group; nil where the policy has none.
func (s *Service) inactiveView(ctx context.Context, row *store.GroupRec) (*InactiveView, error) {
	l := row.Doc.Life
	rule := l.Rules.Tiers[row.Doc.Tier].Clearance.Inactive
	if rule.After <= 0 && len(l.Idle) == 0 {
		return nil, nil
	}
	silence, source, err := s.cfg.Store.Silence(ctx, row.ID, []domain.EmployeeID{})
	if err != nil {
		return nil, fmt.Errorf("read the activity in group %s: %w", row.ID, err)
	}
	v := &InactiveView{After: rule.After, Notice: rule.Notice, Source: source, Noticed: len(l.Idle), Exempt: len(l.Required), Deaf: true}
	if !silence.Seen.Zero() {
		v.From, v.Until = timeOf(silence.Seen.From), timeOf(silence.Seen.Until)
	}
	if c, ok := s.cfg.Connectors[row.Doc.Platform]; ok {
		_, hears := chat.Hears(c)
		v.Deaf = !hears
	}
	return v, nil
}
