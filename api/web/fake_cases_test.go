package web_test

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const digestText = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func ptr[T any](x T) *T { return &x }

func (s *script) cases() []service.CaseSummary {
	if s.empty {
		return nil
	}
	due := func(h int) *time.Time { return ptr(s.now.Add(time.Duration(h) * time.Hour)) }
	return append([]service.CaseSummary{
		{ID: id(201), Number: "G-2026-00042", Kind: domain.KindFiling, Title: "研发中心-平台重构周报", Tier: domain.TierOrdinary, Status: domain.CaseInApproval,
			Requester: people[2], Waiting: people[:1], Due: due(5), Submitted: s.now.Add(-27 * time.Hour), Changed: s.now.Add(-3 * time.Hour)},
		{ID: id(202), Number: "G-2026-00043", Kind: domain.KindFiling, Title: "研发中心与市场部-“星海”新品发布联合工作组", Tier: domain.TierConfidential, Status: domain.CaseInApproval,
			Requester: people[2], Waiting: []service.PersonRef{people[0], people[3]}, Due: due(50), Submitted: s.now.Add(-5 * time.Hour), Changed: s.now.Add(-5 * time.Hour)},
		{ID: id(203), Number: "G-2026-00031", Kind: domain.KindFiling, Title: "平台部-值班交接", Tier: domain.TierOrdinary, Status: domain.CaseApproved,
			Requester: people[2], Submitted: s.now.Add(-200 * time.Hour), Changed: s.now.Add(-100 * time.Hour), GroupID: id(301)},
		{ID: id(204), Number: "G-2026-00028", Kind: domain.KindFiling, Title: "市场部-临时活动<script>alert(1)</script>", Tier: domain.TierSecret, Status: domain.CaseRejected,
			Requester: people[2], Submitted: s.now.Add(-300 * time.Hour), Changed: s.now.Add(-290 * time.Hour)},
		{ID: id(205), Number: "G-2026-00027", Kind: domain.KindFiling, Title: "审计部-专项检查", Tier: domain.TierOrdinary, Status: domain.CaseExpired, NeedsHand: "nobody_to_ask",
			Requester: people[2], Submitted: s.now.Add(-400 * time.Hour), Changed: s.now.Add(-360 * time.Hour)},
	}, append(s.moreCases(), s.changeCases()...)...)
}

func (s *script) find(cid string) (service.CaseSummary, bool) {
	for _, c := range s.cases() {
		if c.ID == cid {
			return c, true
		}
	}
	for _, c := range s.filed {
		if c.ID == cid {
			return c, true
		}
	}
	return service.CaseSummary{}, false
}

func (s *script) inbox(a service.Actor) []service.InboxItem {
	var out []service.InboxItem
	cs := s.cases()
	if len(cs) == 0 {
		return nil
	}
	switch a.Number {
	case "E0001":
		for _, c := range cs[:2] {
			if _, gone := s.decided[c.ID]; !gone {
				out = append(out, service.InboxItem{Kind: "decide", Slot: "r1.s1.p1", Case: c, Digest: digestText, Version: 1, Opened: s.now.Add(-3 * time.Hour), Due: c.Due})
			}
		}
	case "E0007":
		out = append(out, service.InboxItem{Kind: "confirm", Case: cs[2], Opened: s.now.Add(-2 * time.Hour), GroupID: id(301)})
		soon := s.now.Add(50 * time.Hour)
		out = append(out, service.InboxItem{Kind: "group", Opened: s.now.Add(-72 * time.Hour), Due: &soon, GroupID: id(302),
			Group: &service.InboxGroup{Number: "G-2026-00007", Name: "华东区域售后支持群", Tier: domain.TierOrdinary, State: domain.GroupRenewalDue},
			Tasks: []service.InboxTask{{Kind: "renewal", N: 1, Since: s.now.Add(-72 * time.Hour), Due: &soon}, {Kind: "operations", N: 2, Since: s.now.Add(-5 * time.Hour)},
				{Kind: "findings", N: 1, Since: s.now.Add(-4 * time.Hour)}}})
	}
	return out
}

func (s *script) Inbox(_ context.Context, a service.Actor, _ string, _ int) (service.Page[service.InboxItem], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return service.Page[service.InboxItem]{Items: s.inbox(a)}, nil
}

func (s *script) HandQueue(context.Context, service.Actor, string, int) (service.Page[service.HandItem], error) {
	var p service.Page[service.HandItem]
	for _, c := range s.cases() {
		if c.NeedsHand != "" {
			p.Items = append(p.Items, service.HandItem{CaseSummary: c, Reason: c.NeedsHand, Since: c.Changed,
				Step:  &service.StepBrief{Number: 2, Key: "security", Label: domain.Label{ZH: "安全部门审核", EN: "Security office"}},
				Rules: []service.RuleView{{Key: "leader:" + string(departments[3].ID), Department: &departments[3]}, {Key: "role:legal", Role: domain.RoleLegal}},
				Slots: []service.SlotView{{ID: "r1.s2.p1", Person: people[3], Status: domain.SlotOpen}}})
		}
	}
	return p, nil
}

func (s *script) MyCases(_ context.Context, a service.Actor, openOnly bool, _ string, _ int) (service.Page[service.CaseSummary], error) {
	var p service.Page[service.CaseSummary]
	for _, c := range s.cases() {
		if a.Number == "E0003" && (!openOnly || !c.Status.Final()) {
			p.Items = append(p.Items, c)
		}
	}
	return p, nil
}

func (s *script) route(preview bool) service.RouteView {
	opened, due, at := s.now.Add(-27*time.Hour), s.now.Add(5*time.Hour), s.now.Add(-3*time.Hour)
	r := service.RouteView{Policy: "2026-11-01", Name: "涉密部门群", Round: 1, Steps: []service.StepView{
		{Key: "dept", Label: domain.Label{ZH: "部门负责人", EN: "Department leader"}, Why: domain.Label{ZH: "主管部门对群组负责", EN: "The owning department answers for the group"},
			Kind: domain.Countersign, Status: domain.StepPassed, Minutes: 960, Slots: []service.SlotView{{ID: "r1.s1.p1", Person: people[6], Status: domain.SlotApproved,
				Why: service.WhyView{Why: domain.Why{Code: domain.WhyLeader}, DepartmentName: "平台部"}, Opened: &opened, Outcome: domain.Approve, DecidedBy: &people[6], DecidedAt: &at, Comment: "用途清楚，同意。"}}},
		{Key: "center", Label: domain.Label{ZH: "相关领导", EN: "The leaders concerned"}, Why: domain.Label{ZH: "跨部门群各部门都要同意", EN: "Each department agrees to a cross-department group"},
			Kind: domain.Countersign, Status: domain.StepOpen, Minutes: 1440, Slots: []service.SlotView{
				{ID: "r1.s2.p1", Person: people[0], Status: domain.SlotOpen, Mine: true, Opened: &at, Due: &due,
					Why: service.WhyView{Why: domain.Why{Code: domain.WhySuperior, Cause: domain.CauseRequester}, DepartmentName: "研发中心", InsteadOfRef: &people[2]}},
				{ID: "r1.s2.p2", Person: people[3], Status: domain.SlotOpen, Opened: &at, Due: &due, Why: service.WhyView{Why: domain.Why{Code: domain.WhyLeader}, DepartmentName: "市场部"}}}},
		{Key: "sec", Label: domain.Label{ZH: "安全保密办公室", EN: "Security office"}, Why: domain.Label{ZH: "涉密群组另须安全部门同意", EN: "Confidential groups need security too"},
			Kind: domain.OrSign, Status: domain.StepWaiting, Minutes: 960, Dropped: people[2:3]},
	}}
	if preview {
		for i := range r.Steps {
			r.Steps[i].Status, r.Steps[i].Due = domain.StepWaiting, ptr(s.now.Add(time.Duration(48*(i+1))*time.Hour))
			for k := range r.Steps[i].Slots {
				x := &r.Steps[i].Slots[k]
				*x = service.SlotView{Person: x.Person, Status: domain.SlotWaiting, Why: x.Why}
			}
		}
		r.Steps[2].Slots = []service.SlotView{{Person: people[1], Status: domain.SlotWaiting, Why: service.WhyView{Why: domain.Why{Code: domain.WhyRole, Role: domain.RoleSecurity}}}}
		r.Steps[2].Provisional = true
	}
	return r
}

func (s *script) Case(_ context.Context, a service.Actor, cid, purpose string) (service.CaseView, error) {
	c, ok := s.find(cid)
	if !ok {
		return service.CaseView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	if a.Has(domain.RoleAuditor) && c.Tier.Confidential() && purpose == "" {
		return service.CaseView{}, &service.Error{Kind: service.Invalid, Code: "purpose_required"}
	}
	f := s.material(c)
	c.Digest, c.Version = digestText, max(c.Version, 1)
	v := service.CaseView{CaseSummary: c, Filing: &f,
		Policy: "2026-11-01", Calendar: "cn-2026-2", Route: s.route(false), Can: []string{"comment"}}
	switch {
	case c.Status.Final():
		v.Decided = &c.Changed
		v.Can = nil
		if c.Status == domain.CaseApproved {
			g := s.groups()[0]
			v.Group = &g
		}
	case a.Number == "E0001":
		v.Can, v.MySlot = []string{"decide", "comment"}, "r1.s2.p1"
	case a.Number == "E0003":
		v.Can = []string{"withdraw", "comment"}
	}
	v.Relations, _ = s.CaseRelations(context.Background(), a, cid)
	s.fill(&v, a)
	if c.Kind == domain.KindChange {
		s.changed(&v, a)
	}
	return v, nil
}

// material is what every case asks for.
func (s *script) material(c service.CaseSummary) service.FilingView {
	f := domain.Filing{Name: c.Title, Type: domain.TypeCrossDepartment, Tier: c.Tier, Purpose: "平台重构期间每周同步进展、风险与下周安排。\n仅用于工作沟通，项目结束后解散。", Platform: "byhand", EndsOn: "2027-06-30",
		Departments: []domain.DepartmentID{departments[1].ID, departments[2].ID}, Admins: []domain.EmployeeID{people[6].ID, people[7].ID}, Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true}}
	return service.FilingView{Filing: f, DepartmentRefs: departments[1:3], AdminRefs: people[6:8], MemberRefs: people[:6]}
}

func (s *script) Timeline(_ context.Context, _ service.Actor, cid string) ([]service.TimelineEntry, error) {
	if cid == id(207) {
		return s.moreTimeline(), nil
	}
	return []service.TimelineEntry{
		{Seq: 0, Workflow: "case-x", Kind: "submitted", Actor: &people[2], Result: domain.Accepted, At: s.now.Add(-27 * time.Hour), People: people[6:7], Proof: true},
		{Seq: 1, Workflow: "case-x", Kind: "remind", Result: domain.Accepted, At: s.now.Add(-8 * time.Hour), People: people[6:7]},
		{Seq: 2, Workflow: "case-x", Kind: "comment", Actor: &people[3], Result: domain.Accepted, At: s.now.Add(-4 * time.Hour), Comment: "成员是否包括外包同事？", Proof: true},
		{Seq: 3, Workflow: "case-x", Kind: "decide", Outcome: domain.Approve, Actor: &people[6], Result: domain.Accepted, At: s.now.Add(-3 * time.Hour), Comment: "用途清楚，同意。", People: []service.PersonRef{people[0], people[3]}, Proof: true},
		{Seq: 4, Workflow: "case-x", Kind: "decide", Outcome: domain.Reject, Actor: &people[7], Result: domain.Refused, Reason: domain.ReasonNotApprover, At: s.now.Add(-2 * time.Hour), Proof: true},
		{Seq: 5, Workflow: "case-x", Kind: "directory_changed", Result: domain.Accepted, At: s.now.Add(-time.Hour), People: people[3:4]},
	}, nil
}

func (s *script) act(cid string, in string, set domain.Outcome) (service.ActAnswer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return service.ActAnswer{}, s.broken
	}
	if set != "" {
		s.decided[cid] = set
	}
	return service.ActAnswer{Result: domain.Accepted, ActID: in}, nil
}

func (s *script) Decide(_ context.Context, _ service.Actor, cid string, in service.DecideInput) (service.ActAnswer, error) {
	if in.Digest != digestText || in.ID == "" {
		return service.ActAnswer{}, &service.Error{Kind: service.Conflict, Code: "material_changed", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonStale}}
	}
	return s.act(cid, in.ID, in.Outcome)
}

func (s *script) Withdraw(_ context.Context, _ service.Actor, cid, act, _ string) (service.ActAnswer, error) {
	return s.act(cid, act, "")
}

func (s *script) Comment(_ context.Context, _ service.Actor, cid string, in service.CommentInput) (service.ActAnswer, error) {
	if len(in.Files) > 0 {
		s.note("comment %s with %d files, %s", cid[len(cid)-3:], len(in.Files), in.Files[0].Name)
	}
	return s.act(cid, in.ID, "")
}

func (s *script) Confirm(_ context.Context, _ service.Actor, gid string, in service.ConfirmInput) (service.ActAnswer, error) {
	if in.Name != "平台部-值班交接" {
		return service.ActAnswer{}, &service.Error{Kind: service.Conflict, Code: "name_differs", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonName}}
	}
	return s.act(gid, in.ID, "")
}

func (s *script) Retry(_ context.Context, _ service.Actor, gid, act string) (service.ActAnswer, error) {
	return s.act(gid, act, "")
}

func (s *script) ActStatus(context.Context, service.Actor, string, string) (service.ActAnswer, error) {
	return service.ActAnswer{Pending: true}, nil
}

func (s *script) ConfirmDeleted(_ context.Context, _ service.Actor, gid string, in service.DeletedInput) (service.ActAnswer, error) {
	return s.act(gid, in.ID, "")
}
