package web_test

import (
	"context"
	"slices"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// lifeOf is the life of the scripted groups: each in another situation.
func (s *script) lifeOf(g service.GroupRow) *service.LifeView {
	day := func(n int) time.Time { return s.now.AddDate(0, 0, n) }
	date := func(k domain.DateKind, in, days int, rule, cause string) service.DateView {
		return service.DateView{Kind: k, At: day(in), Days: days, Rule: rule, Cause: cause, CauseAt: day(in - days), CauseBy: &people[6], Policy: "2026.1"}
	}
	notice := date(domain.DateNotice, 275, 30, "life.tiers.ordinary.notices", "attested")
	notice.Of, notice.Moved = domain.DateRenewal, -2
	l := &service.LifeView{Policy: "2026.1", Renewed: service.RenewedView{How: domain.RenewedByAttest, At: day(-60), By: &people[6]}, Attest: "sha256:5f",
		Dates: []service.DateView{notice, date(domain.DateRenewal, 305, 365, "life.tiers.ordinary.renew", "attested")}, Active: ptr(s.now.Add(-26 * time.Hour))}
	switch g.State {
	case domain.GroupRenewalDue:
		over := date(domain.DateGrace, 25, 30, "life.tiers.ordinary.grace", "renewal_due")
		over.Moved, over.CauseBy = 1, nil
		l.Dates = []service.DateView{date(domain.DateLast, 10, 15, "life.tiers.ordinary.grace", "renewal_due"), over}
		l.Ops = []service.OpView{{ID: "12.1", Kind: domain.OpRemove, People: people[7:8], State: domain.OpByHand, At: s.now.Add(-3 * time.Hour)},
			{ID: "9.1", Kind: domain.OpPermissions, State: domain.OpFailed, Code: "token_revoked", Tries: 4, At: s.now.Add(-40 * time.Hour)}}
		l.Gaps = []service.GapView{{Capability: "recall", At: day(-3)}, {Capability: "freeze", Op: domain.OpFreeze, At: day(-30), Seen: &people[6]}}
		l.Findings = []service.FindingView{
			{ID: "stranger:1", Kind: domain.FindStranger, Account: "a1b2c3d4e5f6a7b8c9d0e1f2", Owner: &people[6], Propose: []domain.Proposal{domain.ProposeRemove, domain.ProposeDismiss}, At: day(-2), Seen: 3, Mine: true},
			{ID: "looser:1", Kind: domain.FindLooser, Fields: []string{"invite_outsiders", "posting"}, Propose: []domain.Proposal{domain.ProposeTighten, domain.ProposeDismiss}, At: day(-9), Mine: true},
			{ID: "moved:1", Kind: domain.FindMoved, Person: &people[3], Owner: &people[6], Propose: []domain.Proposal{domain.ProposeRemove, domain.ProposeDismiss}, At: day(-1)},
		}
	case domain.GroupFrozen:
		l.Dates, l.From = nil, domain.GroupActive
		l.Frozen = &service.FreezeView{By: &people[1], Reason: "疑似外部账号转发群内文件，调查期间停止发言。", At: day(-2), Implicated: people[7:8], Unfreeze: &people[1], UnfreezeAt: ptr(s.now.Add(-2 * time.Hour))}
		l.Holds = []service.HoldView{{ID: "h1", By: people[5], At: day(-2), Reason: "合同纠纷，保全沟通记录。", Custodians: people[6:8], Mine: true}}
	case domain.GroupArchived:
		l.Dates = []service.DateView{date(domain.DateArchive, 700, 730, "life.archived", "archived")}
		l.Orphan = &service.OrphanView{Since: day(-3), Stage: domain.OrphanMembers, Asked: people[2:5]}
	default:
	}
	return l
}

// flagsOf are the flags of the scripted groups.
func flagsOf(n int) []domain.Flag {
	return map[int][]domain.Flag{4: {domain.FlagLegalHold}, 7: {domain.FlagDrift, domain.FlagReviewOverdue, domain.FlagOpsFailed, domain.FlagGaps}, 5: {domain.FlagOwnerless}}[n]
}

// lifeCan is what the scripted people may do.
func lifeCan(a service.Actor, st domain.GroupState) []string {
	kinds := map[string][]domain.GroupActKind{
		"E0007": {domain.GroupRenew, domain.GroupAdmit, domain.GroupRemove, domain.GroupLeave, domain.GroupArchive, domain.GroupDissolve, domain.GroupOpConfirm, domain.GroupOpRetry, domain.GroupResolve, domain.GroupSeenGap},
		"E0002": {domain.GroupRemove, domain.GroupFreeze, domain.GroupArchive, domain.GroupOpRetry, domain.GroupOpConfirm, domain.GroupResolve},
		"E0006": {domain.GroupHold, domain.GroupUnfreeze, domain.GroupRelease},
	}[a.Number]
	var can []string
	for _, k := range kinds {
		if st == domain.GroupFrozen && slices.Contains([]domain.GroupActKind{domain.GroupRenew, domain.GroupAdmit, domain.GroupFreeze, domain.GroupDissolve}, k) {
			continue
		}
		can = append(can, string(k))
	}
	return can
}

func (s *script) ActOnGroup(_ context.Context, _ service.Actor, _ string, in service.GroupActInput) (service.ActAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groupActs = append(s.groupActs, in)
	if s.broken != nil {
		return service.ActAnswer{}, s.broken
	}
	return service.ActAnswer{Result: domain.Accepted, ActID: in.ID}, nil
}

func (s *script) RenewMany(_ context.Context, _ service.Actor, in []service.RenewalItem) []service.RenewalResult {
	out := make([]service.RenewalResult, len(in))
	for i, x := range in {
		out[i] = service.RenewalResult{Group: x.Group, ActID: x.ID, Answer: service.ActAnswer{Result: domain.Accepted}}
		if x.Group == id(303) {
			out[i].Err = &service.Error{Kind: service.Conflict, Code: "too_few_admins", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonTooFewAdmins}}
		}
	}
	return out
}

func (s *script) LookAt(context.Context, service.Actor, string) (service.LookView, error) {
	return service.LookView{At: s.now}, nil
}

func (s *script) Members(_ context.Context, a service.Actor, gid, _, _ string, _ int) (service.Page[service.MemberView], error) {
	if a.Number == "E0008" {
		return service.Page[service.MemberView]{}, &service.Error{Kind: service.Forbidden, Code: "members_only"}
	}
	p := service.Page[service.MemberView]{Next: "more"}
	for i, x := range []int{6, 7, 0, 1, 2, 3, 4} {
		m := service.MemberView{Person: people[x], Role: "member", State: "active", Since: s.now.AddDate(0, 0, -40*i-3)}
		switch i {
		case 0:
			m.Role = "owner"
		case 1:
			m.Role = "admin"
		case 6:
			m.State = "leaving"
		}
		if i < 4 {
			m.Agreement, m.Training = domain.AgreementSealed, domain.TrainingValid
			m.LastOn = s.now.AddDate(0, 0, -i).Format(time.DateOnly)
		}
		p.Items = append(p.Items, m)
	}
	return p, nil
}

func (s *script) GroupTimeline(context.Context, service.Actor, string, string, int) (service.Page[service.TimelineEntry], error) {
	return service.Page[service.TimelineEntry]{Items: s.lived(), Next: "more"}, nil
}

// lived is the history of a group that has seen much.
func (s *script) lived() []service.TimelineEntry {
	at := func(h int) time.Time { return s.now.Add(-time.Duration(h) * time.Hour) }
	e := func(seq int, kind, about string, who *service.PersonRef, h int) service.TimelineEntry {
		return service.TimelineEntry{Seq: seq, Workflow: "group-x", Kind: "group." + kind, About: about, Actor: who, Result: domain.Accepted, At: at(h), Proof: who != nil}
	}
	admit := e(21, "admit", "", &people[6], 300)
	admit.To = people[2:4]
	remove := e(25, "remove", "", &people[6], 40)
	remove.To, remove.Comment = people[7:8], "已转岗，不再参与此项工作。"
	refused := e(26, "dissolve", "", &people[7], 30)
	refused.Result, refused.Reason = domain.Refused, domain.ReasonHeld
	return []service.TimelineEntry{admit, e(22, "op_done", "invite", nil, 299), e(23, "date", "notice", nil, 200), e(24, "date", "renewal_due", nil, 120), remove,
		e(25, "op_by_hand", "remove", nil, 39), refused, e(27, "op_failed", "permissions", nil, 20), e(28, "resolve", "tighten", &people[1], 10)}
}

func (s *script) Renewals(_ context.Context, a service.Actor, _ string, _ int) (service.Page[service.RenewalView], error) {
	var p service.Page[service.RenewalView]
	if s.empty || a.Number != "E0007" {
		return p, nil
	}
	for _, g := range s.groups() {
		if g.State != domain.GroupActive && g.State != domain.GroupRenewalDue {
			continue
		}
		l := s.lifeOf(g)
		p.Items = append(p.Items, service.RenewalView{Group: g, Due: l.Dates[len(l.Dates)-1], Purpose: "值班交接与告警同步，含夜间值守安排。", Admins: people[6:8],
			Permissions: domain.Permissions{Posting: domain.PostMembers}, Attest: "sha256:5f", Can: g.ID != id(303)})
	}
	return p, nil
}

func (s *script) GroupStats(context.Context, service.Actor) (service.GroupStats, error) {
	f := func(kv ...any) []service.Figure {
		var out []service.Figure
		for i := 0; i+1 < len(kv); i += 2 {
			out = append(out, service.Figure{Key: kv[i].(string), N: kv[i+1].(int)})
		}
		return out
	}
	st := service.GroupStats{At: s.now, Total: 1284, States: f("provisioning", 12, "active", 1043, "renewal_due", 61, "grace", 18, "frozen", 4, "archived", 140, "pending_deletion", 6, "deleted", 77),
		Tiers: f("ordinary", 1130, "confidential", 131, "secret", 23), Types: f("department", 520, "project", 460, "cross_department", 210, "special", 94),
		Platforms: f("byhand", 310, "matrix", 974), Flags: f("ownerless", 3, "legal_hold", 2, "drift", 27, "outsiders", 9, "review_overdue", 79, "few_admins", 15, "ops_failed", 5, "gaps", 310),
		Findings: f("day", 4, "week", 13, "month", 8, "older", 2), Operations: f("pending", 7, "by_hand", 11, "failed", 5)}
	for i, n := range []int{96, 143, 88, 71, 120, 64, 58, 90, 77, 101, 84, 66} {
		st.Due = append(st.Due, service.Figure{Key: time.Date(2026, time.November+time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), N: n})
	}
	st.Due = append(st.Due, service.Figure{Key: "later", N: 40})
	return st, nil
}
