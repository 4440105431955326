package web_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web"
	"github.com/qunbei/qunbei/models/domain"
)

func (s *script) groups() []service.GroupRow {
	if s.empty {
		return nil
	}
	row := func(n int, num, name string, t domain.GroupType, tier domain.Tier, st domain.GroupState, members int) service.GroupRow {
		return service.GroupRow{ID: id(300 + n), Number: num, CaseID: id(203), Name: name, Type: t, Tier: tier, State: st, ByHand: true, Platform: "byhand",
			Departments: departments[n%5 : n%5+1], Owner: &people[n%8], Members: members, Created: s.now.Add(-900 * time.Hour), Since: s.now.Add(-time.Duration(n*70) * time.Hour),
			Flags: flagsOf(n), Next: &service.NextDate{Kind: domain.DateRenewal, At: s.now.AddDate(0, 0, n*31)}}
	}
	return []service.GroupRow{
		row(1, "Q-2026-00017", "平台部-值班交接", domain.TypeDepartment, domain.TierOrdinary, domain.GroupProvisioning, 14),
		row(2, "Q-2026-00016", "研发中心-架构评审", domain.TypeDepartment, domain.TierOrdinary, domain.GroupActive, 38),
		row(3, "Q-2026-00011", "“星海”项目-核心组", domain.TypeProject, domain.TierSecret, domain.GroupActive, 6),
		row(4, "Q-2026-00009", "市场部与研发中心-新品联络", domain.TypeCrossDepartment, domain.TierConfidential, domain.GroupFrozen, 21),
		row(5, "Q-2026-00004", "年会筹备-临时专班", domain.TypeSpecial, domain.TierOrdinary, domain.GroupArchived, 45),
		row(6, "Q-2026-00003", "人力资源部-招聘协调", domain.TypeDepartment, domain.TierOrdinary, domain.GroupProvisioningFailed, 9),
		row(7, "Q-2025-00391", "研发中心-夜间值守", domain.TypeDepartment, domain.TierOrdinary, domain.GroupRenewalDue, 7),
	}
}

func (s *script) Register(_ context.Context, _ service.Actor, f service.GroupFilter) (service.Page[service.GroupRow], error) {
	var p service.Page[service.GroupRow]
	for _, g := range s.groups() {
		if strings.Contains(g.Name, f.Text) && (f.Tier == "" || f.Tier == g.Tier) {
			p.Items = append(p.Items, g)
		}
	}
	if len(p.Items) == 7 {
		p.Next = "more"
	}
	return p, nil
}

func (s *script) Group(_ context.Context, a service.Actor, gid, _ string) (service.GroupView, error) {
	for _, g := range s.groups() {
		if g.ID != gid {
			continue
		}
		v := service.GroupView{GroupRow: g, Purpose: "值班交接与告警同步。", Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true},
			Admins: people[6:8], MemberRefs: people[:6], Timeline: []service.TimelineEntry{
				{Seq: 0, Workflow: "group-x", Kind: "group.begun", Result: domain.Accepted, At: s.now.Add(-3 * time.Hour)},
				{Seq: 1, Workflow: "group-x", Kind: "group.asked_by_hand", Result: domain.Accepted, At: s.now.Add(-3 * time.Hour), People: people[6:8]}}}
		if slices.ContainsFunc(people[6:8], func(p service.PersonRef) bool { return p.Number == a.Number }) {
			v.Relations = []service.Relation{service.RelNamedAdmin}
		}
		if a.Number == "E0007" && g.State == domain.GroupProvisioning {
			v.Can = []string{"confirm"}
		}
		if g.State != domain.GroupProvisioning && g.State != domain.GroupProvisioningFailed {
			v.Life, v.Can = s.lifeOf(g), lifeCan(a, g.State)
			if g.State == domain.GroupRenewalDue {
				v.Timeline = s.lived()
			}
			if a.Number != "E0007" {
				v.Life.Attest = ""
			}
		}
		if g.State == domain.GroupActive {
			v.PlatformID = "wrOgQhDgAAMYQiS5ol9G7gK9"
			v.Receipt = &domain.Receipt{At: s.now.Add(-50 * time.Hour), Digest: digestText, Evidence: &domain.Ref{Object: "x"}}
		}
		return v, nil
	}
	return service.GroupView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) Notifications(context.Context, service.Actor, string, int) (service.Page[service.NotificationView], error) {
	if s.empty {
		return service.Page[service.NotificationView]{}, nil
	}
	return service.Page[service.NotificationView]{Items: []service.NotificationView{
		{ID: id(701), Kind: "ask", Subject: "case", SubjectID: id(201), Number: "G-2026-00042", Title: "研发中心-平台重构周报", At: s.now.Add(-20 * time.Minute)},
		{ID: id(702), Kind: "inform", Subject: "case", SubjectID: id(204), Number: "G-2026-00028", Title: "市场部-临时活动", Status: "rejected", At: s.now.Add(-26 * time.Hour)},
		{ID: id(703), Kind: "born", Subject: "group", SubjectID: id(302), Number: "Q-2026-00016", Title: "研发中心-架构评审", At: s.now.Add(-80 * time.Hour), Read: ptr(s.now)},
	}}, nil
}

func (s *script) CheckName(_ context.Context, _ service.Actor, f domain.Filing) (service.NameCheck, error) {
	if strings.Contains(f.Name, "-") {
		return service.NameCheck{Name: f.Name, OK: true}, nil
	}
	return service.NameCheck{Name: f.Name, Faults: []domain.Fault{{Field: "name", Code: "name_pattern", Params: map[string]string{"pattern": "部门-用途"}}}, Suggestion: "平台部-" + f.Name}, nil
}

func (s *script) faults(f domain.Filing) []domain.Fault {
	var out []domain.Fault
	if f.Purpose == "" {
		out = append(out, domain.Fault{Field: "purpose", Code: "required"})
	}
	if len(f.Admins) < 2 {
		out = append(out, domain.Fault{Field: "admins", Code: "too_few", Params: map[string]string{"min": "2"}})
	}
	if f.Tier.Confidential() && f.Permissions.SeeContacts {
		out = append(out, domain.Fault{Field: "permissions.see_contacts", Code: "looser_than_tier", Params: map[string]string{"tier": string(f.Tier)}})
	}
	return out
}

func (s *script) PreviewFiling(ctx context.Context, a service.Actor, f domain.Filing) (service.Preview, error) {
	n, err := s.CheckName(ctx, a, f)
	p := service.Preview{Name: n, Faults: append(append([]domain.Fault{}, n.Faults...), s.faults(f)...)}
	if len(f.Departments) > 0 {
		p.Route = ptr(s.route(true))
	}
	return p, err
}

func (s *script) FileGroup(_ context.Context, _ service.Actor, key string, f domain.Filing) (service.CaseSummary, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return service.CaseSummary{}, s.broken
	}
	if fs := s.faults(f); len(fs) > 0 {
		return service.CaseSummary{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: fs}
	}
	c, ok := s.filed[key]
	if !ok {
		c = service.CaseSummary{ID: id(400 + len(s.filed)), Number: "G-2026-00099", Title: f.Name, Tier: f.Tier, Status: domain.CaseSubmitted, Requester: people[2], Submitted: s.now, Changed: s.now}
		s.filed[key] = c
	}
	return c, nil
}

func (s *script) GroupTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK\x03\x04"), nil
}

func (s *script) ImportGroups(_ context.Context, _ service.Actor, _ string, up service.Upload, dry bool) (service.ImportReport, error) {
	if !strings.HasPrefix(string(up.Data), "PK") {
		return service.ImportReport{}, &service.Error{Kind: service.Unsupported, Code: "unsupported", Faults: []domain.Fault{{Field: "file", Code: "unreadable_sheet"}}}
	}
	rep := service.ImportReport{DryRun: dry, Filed: 2, Faulty: 1, Rows: []service.ImportRow{{Row: 2, Name: "平台部-值班"}, {Row: 3, Name: "算法部-读书会"},
		{Row: 4, Name: "随便聊聊", Faults: []domain.Fault{{Field: "admins", Code: "too_few", Params: map[string]string{"min": "2"}}, {Field: "ends_on", Code: "temporary_needs_end"}}}}}
	if !dry {
		c := s.cases()
		rep.Rows[0].Case, rep.Rows[1].Case = &c[0], &c[1]
	}
	return rep, nil
}

func (s *script) ImportResult(context.Context, service.Actor, service.Upload, service.ImportReport) ([]byte, error) {
	return []byte("PK\x03\x04result"), nil
}

func (s *script) ImportDirectory(_ context.Context, _ service.Actor, _ string, up service.Upload, dry, _, _ bool) (service.DirectoryReport, error) {
	rep := service.DirectoryReport{DryRun: dry, Counts: map[string]int{"joined": 3, "left": 1, "moved": 2}, Cases: 2, Groups: 4,
		Changes: []service.DirectoryChange{{Kind: "joined", Number: "E0301", Name: "何晓", To: "平台部"}, {Kind: "moved", Number: "E0120", Name: "郑凯", From: "平台部", To: "算法部"}, {Kind: "left", Number: "E0044", Name: "冯超", From: "市场部"}}}
	if strings.Contains(string(up.Data), "bad") {
		rep.Faults = []service.DirectoryFault{{Row: 7, Column: "部门", Code: "unknown_department", Text: "没有“数据部”这个部门。请先在部门表中添加，或改为已有部门。"}}
	}
	return rep, nil
}

func (s *script) AuditCases(context.Context, service.Actor, service.AuditFilter) (service.Page[service.CaseSummary], error) {
	p := service.Page[service.CaseSummary]{Items: s.cases()}
	for i := range p.Items {
		if p.Items[i].Tier.Confidential() {
			p.Items[i].Title = "" // as the service does
		}
	}
	return p, nil
}

func (s *script) History(_ context.Context, _ service.Actor, wf, purpose string) (service.HistoryView, error) {
	if strings.HasSuffix(wf, "202") && purpose == "" {
		return service.HistoryView{}, &service.Error{Kind: service.Invalid, Code: "purpose_required"}
	}
	h := service.HistoryView{Workflow: wf, Run: id(500), Closed: true, Source: "export", SHA256: digestText}
	for i, e := range []struct{ typ, sum string }{{"WorkflowExecutionStarted", "started"}, {"WorkflowTaskScheduled", "task.scheduled"}, {"WorkflowTaskStarted", "task.started"},
		{"WorkflowTaskCompleted", "task.completed"}, {"TimerStarted", "timer.started"}, {"WorkflowExecutionSignaled", "act.decide"}, {"MarkerRecorded", "decided.accepted"}, {"WorkflowExecutionCompleted", "completed"}} {
		ev := service.HistoryEvent{ID: int64(i + 1), Type: e.typ, Summary: e.sum, At: s.now.Add(time.Duration(i-9) * time.Minute)}
		if i == 0 || i == 5 {
			ev.Detail = map[string]any{"id": id(600), "kind": "decide", "actor": people[0].ID, "outcome": "approve", "digest": digestText}
		}
		h.Events = append(h.Events, ev)
	}
	return h, nil
}

func (s *script) Replay(_ context.Context, _ service.Actor, wf, _ string) (service.ReplayVerdict, error) {
	v := service.ReplayVerdict{Workflow: wf, Run: id(500), OK: true, Replayed: true, Complete: true, Recomputed: true, Proofs: 4, Build: "v0.1.0-3f2a91c", At: s.now}
	if strings.HasSuffix(wf, "204") {
		v.OK = false
		v.Differences = []service.FieldDifference{{Table: "cases", Key: id(204), Column: "status", Stored: "approved", Replay: "rejected"}, {Table: "case_slots", Key: "r1.s1.p1", Column: "decided_by", Stored: "E0009", Replay: "E0001"}}
	}
	return v, nil
}

func (s *script) RawHistory(context.Context, service.Actor, string, string) ([]byte, error) {
	return []byte(`{"events":[]}`), nil
}

func (s *script) Events(context.Context, service.Actor, string, int) (service.Page[service.EventView], error) {
	at := func(d time.Duration) string { return s.now.Add(-d).UTC().Format(time.RFC3339Nano) }
	return service.Page[service.EventView]{Items: []service.EventView{
		{ID: "1", At: at(time.Minute), Actor: &people[4], Kind: "read_confidential", Subject: "case-" + id(202), Rule: "auditor", Result: "ok"},
		{ID: "2", At: at(time.Hour), Actor: &people[2], Kind: "refused", Subject: id(204), Rule: "case.read", Result: "refused"},
		{ID: "3", At: at(3 * time.Hour), Kind: "sign_in", Result: "failed"},
	}}, nil
}

type mailbox struct{ now time.Time }

func (m mailbox) List(context.Context, domain.EmployeeID) ([]web.Mail, error) {
	return []web.Mail{m.mail()}, nil
}

func (m mailbox) Get(context.Context, string) (web.Mail, error) { return m.mail(), nil }

func (m mailbox) mail() web.Mail {
	return web.Mail{ID: "m1", Person: people[0].ID, To: "wangjianguo@example.com", Subject: "请您审批“研发中心-平台重构周报”", At: m.now.Add(-time.Hour),
		Text: "王建国，您好：\n\n张伟申请报备部门群“研发中心-平台重构周报”，请在今天 18:00 前审批。\n\nhttp://localhost:8080/cases/" + id(201)}
}
