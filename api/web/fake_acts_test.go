package web_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The cases on which every act can be seen: 206 sent back, 207 in its second round with everything a route can hold, 208
// a revocation, 209 without anybody to ask, 210 a revocation sent back.
func (s *script) moreCases() []service.CaseSummary {
	row := func(n int, num, title string, st domain.CaseStatus, waiting ...service.PersonRef) service.CaseSummary {
		return service.CaseSummary{ID: id(n), Number: num, Kind: domain.KindFiling, Title: title, Tier: domain.TierOrdinary, Status: st, Requester: people[2], Waiting: waiting,
			Submitted: s.now.Add(-72 * time.Hour), Changed: s.now.Add(-2 * time.Hour), Version: 1, Digest: digestText}
	}
	back := row(206, "G-2026-00051", "平台部-灰度发布协调", domain.CaseReturned)
	second := row(207, "G-2026-00052", "跨部门-数据治理联合工作组", domain.CaseInApproval, people[0], people[1])
	second.Version, second.Due = 2, ptr(s.now.Add(30*time.Hour))
	undo := row(208, "R-2026-00001", "平台部-值班交接", domain.CaseInApproval, people[0])
	undo.Kind, undo.Subject, undo.Due = domain.KindRevocation, id(203), ptr(s.now.Add(20*time.Hour))
	stuck := row(209, "G-2026-00053", "算法部-读书会", domain.CaseInApproval)
	stuck.NeedsHand = "nobody_to_ask"
	again := row(210, "R-2026-00002", "研发中心-架构评审", domain.CaseReturned)
	again.Kind, again.Subject = domain.KindRevocation, id(203)
	return []service.CaseSummary{back, second, undo, stuck, again}
}

// fill puts into a case what the acts need, for its reader.
func (s *script) fill(v *service.CaseView, a service.Actor) {
	is := func(numbers ...string) bool { return strings.Contains(strings.Join(numbers, " "), a.Number) }
	switch v.ID {
	case id(203):
		if is("E0003", "E0001") {
			v.Can, v.With.RevocableUntil = []string{"revoke"}, ptr(s.now.Add(20*24*time.Hour))
		}
	case id(206):
		v.ReturnDue = ptr(s.now.Add(70 * time.Hour))
		r := s.route(false)
		r.Void, r.Ended, r.EndedBy, r.EndedAt, r.From = true, domain.ReasonReturned, &people[0], ptr(s.now.Add(-2*time.Hour)), 1
		r.Comment = "成员里有外包同事，请改为正式员工，并补充结束日期。"
		r.Steps[1].Slots[0].Status, r.Steps[1].Slots[0].Closed = domain.SlotClosed, domain.ReasonReturned
		v.Earlier = []service.RouteView{r}
		v.Route = s.route(true)
		if is("E0003") {
			v.Can = []string{"resubmit", "copy", "withdraw", "comment"}
		}
	case id(207):
		v.Route, v.Earlier = s.rich(a), []service.RouteView{s.amended()}
		v.Copies = []service.CopyView{{Person: people[4], At: s.now}, {Person: people[7], By: &people[2], At: s.now}}
		s.parts(v, a)
	case id(208):
		c, _ := s.find(id(203))
		v.Revokes, v.Reason = &c, "值班改由新系统安排，此群不再需要。"
		if is("E0001") {
			v.Can = []string{"decide", "return", "transfer", "comment"}
			v.With.ReturnTo = []service.StepBrief{{}}
		}
	case id(210):
		c, _ := s.find(id(203))
		v.Revokes, v.Reason, v.Can = &c, "不再需要", []string{"resubmit", "withdraw", "comment"}
	case id(209):
		v.Route = s.route(true)
		v.Route.Steps[0].Slots, v.Route.Steps[0].Unresolved, v.Route.Steps[0].Status = nil, true, domain.StepOpen
		v.HandDue = ptr(s.now.Add(90 * time.Hour))
		if is("E0006") {
			v.Can, v.With.AssignMissing = []string{"assign"}, true
		}
	}
}

// parts says who may do what on case 207: the approver everything, a delegate for two, the requester what is theirs.
func (s *script) parts(v *service.CaseView, a service.Actor) {
	switch a.Number {
	case "E0001":
		v.Can, v.MySlot = []string{"decide", "return", "transfer", "add_signers", "copy", "comment"}, "r2.s2.p1"
		v.With = service.ActOptions{AddModes: []string{"before", "after", "parallel"}, ReturnTo: []service.StepBrief{{}, {Number: 1, Key: "dept", Label: v.Route.Steps[0].Label}}}
	case "E0004":
		v.Can = []string{"decide", "return", "comment"}
		v.With = service.ActOptions{For: people[:2], ReturnTo: []service.StepBrief{{}}}
	case "E0003":
		v.Can = []string{"resubmit", "copy", "withdraw", "comment"}
		v.With = service.ActOptions{RevisesRound: true, UrgeFrom: ptr(s.now.Add(3 * time.Hour))}
		if s.urged() == 0 {
			v.Can, v.With.UrgeFrom = append(v.Can, "urge"), ptr(s.now.Add(time.Second)) // the service's clock is a little ahead
		}
	}
}

func (s *script) urged() int {
	n := 0
	for _, a := range s.did {
		if strings.HasPrefix(a, "urge") {
			n++
		}
	}
	return n
}

// rich is a route with everything a route can hold.
func (s *script) rich(a service.Actor) service.RouteView {
	at := func(h int) *time.Time { return ptr(s.now.Add(time.Duration(h) * time.Hour)) }
	leader := service.WhyView{Why: domain.Why{Code: domain.WhyLeader}, DepartmentName: "平台部"}
	legal := service.WhyView{Why: domain.Why{Code: domain.WhyRole, Role: domain.RoleLegal}}
	added := service.WhyView{Why: domain.Why{Code: domain.WhyAdded}}
	ladder := []service.RungView{{At: s.now.Add(20 * time.Hour), Do: domain.RungAdd}}
	r := service.RouteView{Policy: "2026-11-01", Name: "跨部门群", Round: 2, Steps: []service.StepView{
		{Number: 1, Key: "dept", Label: domain.Label{ZH: "部门负责人会签", EN: "Leaders of the departments"}, Why: domain.Label{ZH: "各部门都须同意", EN: "Each department agrees"}, Kind: domain.Countersign, Status: domain.StepPassed, Minutes: 900,
			Slots: []service.SlotView{
				{ID: "r2.s1.p1", Person: people[6], Status: domain.SlotApproved, Why: leader, Outcome: domain.Approve, DecidedBy: &people[7], DecidedFor: &people[6], DecidedAt: at(-9), Comment: "欧阳经理出差，受托审阅，同意。"},
				{ID: "r2.s1.p2", Person: people[3], Status: domain.SlotCarriedOver, Why: leader, Carried: "r1.s1.p2", DecidedAt: at(-20)}}},
		{Number: 2, Key: "vote", Label: domain.Label{ZH: "安全与法务票签", EN: "Security and legal"}, Why: domain.Label{ZH: "涉及个人信息", EN: "Personal data is touched"}, Kind: domain.Quorum, Need: 2, Minima: []service.MinimumView{{Class: "legal", Need: 1}},
			Status: domain.StepOpen, Minutes: 900, Due: at(30), Slots: []service.SlotView{
				{ID: "r2.s2.p1", Person: people[0], Status: domain.SlotOpen, Class: "leader", Why: leader, Opened: at(-8), Due: at(30), Ladder: ladder, Remind: []time.Time{*at(10)}, Urged: at(-1)},
				{ID: "r2.s2.p2", Person: people[5], Status: domain.SlotTransferred, Class: "legal", Why: legal, Opened: at(-8)},
				{ID: "r2.s2.p3", Person: people[1], Status: domain.SlotOpen, Class: "legal", Why: legal, Origin: domain.OriginTransfer, From: "r2.s2.p2", FromPerson: &people[5], Opened: at(-8), Due: at(30), Hops: 1},
				{ID: "r2.s2.p4", Person: people[4], Status: domain.SlotApproved, Class: "security_officer", Why: added, Origin: domain.OriginAdded, Mode: domain.AddParallel, From: "r2.s2.p1", FromPerson: &people[0], DecidedBy: &people[4], DecidedAt: at(-3)}}},
		{Number: 3, Key: "head", Label: domain.Label{ZH: "公司负责人批准", EN: "Head of the company"}, Why: domain.Label{ZH: "最后批准", EN: "The last word"}, Kind: domain.Countersign, Status: domain.StepWaiting, Minutes: 900,
			Slots: []service.SlotView{{Person: people[0], Status: domain.SlotWaiting, Why: leader}}},
	}}
	for i := range r.Steps {
		for k := range r.Steps[i].Slots {
			r.Steps[i].Slots[k].Mine = r.Steps[i].Slots[k].Person.ID == a.ID
		}
	}
	return r
}

// amended is the round before: voided because the requester changed the material.
func (s *script) amended() service.RouteView {
	r := s.route(false)
	r.Void, r.Ended, r.EndedBy, r.EndedAt, r.From, r.Round = true, domain.ReasonAmended, &people[2], ptr(s.now.Add(-26*time.Hour)), 1, 1
	return r
}

func (s *script) Materials(_ context.Context, _ service.Actor, cid string) ([]service.MaterialView, error) {
	c, _ := s.find(cid)
	a := s.material(c)
	b := a
	b.Name, b.EndsOn, b.Purpose = "跨部门-数据治理", "", "平台重构期间每周同步进展。"
	b.MemberRefs, b.Tier = people[1:8], domain.TierConfidential
	return []service.MaterialView{{Version: 1, At: c.Submitted, Digest: "sha256:1f3870be274f6c49b3e31a0c6728957f2d1b4a0b7a3d4ef1a6c1d2e3f4a5b6c7", Filing: &b},
		{Version: 2, At: s.now.Add(-26 * time.Hour), Digest: digestText, Comment: "按意见去掉外包同事，补充了结束日期。", Filing: &a}}, nil
}

func (s *script) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did = append(s.did, fmt.Sprintf(format, args...))
}

func (s *script) acted(actID, format string, args ...any) (service.ActAnswer, error) {
	if s.broken != nil {
		return service.ActAnswer{}, s.broken
	}
	s.note(format, args...)
	return service.ActAnswer{Result: domain.Accepted, ActID: actID}, nil
}

func (s *script) Return(_ context.Context, _ service.Actor, cid string, in service.ReturnInput) (service.ActAnswer, error) {
	return s.acted(in.ID, "return %s to %d for %q: %s", cid[len(cid)-3:], in.Step, in.For, in.Comment)
}

func (s *script) Resubmit(_ context.Context, _ service.Actor, cid string, in service.ResubmitInput) (service.ActAnswer, error) {
	if fs := s.faults(in.Filing); len(fs) > 0 {
		return service.ActAnswer{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: fs}
	}
	return s.acted(in.ID, "resubmit %s %s: %s", cid[len(cid)-3:], in.Filing.Name, in.Comment)
}

func (s *script) PreviewResubmission(ctx context.Context, a service.Actor, _ string, f domain.Filing) (service.Preview, error) {
	f.Departments = []domain.DepartmentID{"any"}
	return s.PreviewFiling(ctx, a, f)
}

func (s *script) Transfer(_ context.Context, _ service.Actor, cid string, in service.TransferInput) (service.ActAnswer, error) {
	if in.To == string(people[2].ID) {
		return service.ActAnswer{}, &service.Error{Kind: service.Conflict, Code: "target_is_party", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonTargetParty}}
	}
	return s.acted(in.ID, "transfer %s to %s: %s", cid[len(cid)-3:], in.To[len(in.To)-3:], in.Comment)
}

func (s *script) AddSigners(_ context.Context, _ service.Actor, cid string, in service.AddInput) (service.ActAnswer, error) {
	return s.acted(in.ID, "add %s %s %d people, saw %v: %s", cid[len(cid)-3:], in.Mode, len(in.People), in.Digest == digestText, in.Comment)
}

func (s *script) Urge(_ context.Context, _ service.Actor, cid, act string) (service.ActAnswer, error) {
	return s.acted(act, "urge %s", cid[len(cid)-3:])
}

func (s *script) Copy(_ context.Context, _ service.Actor, cid string, in service.CopyInput) (service.ActAnswer, error) {
	return s.acted(in.ID, "copy %s to %d", cid[len(cid)-3:], len(in.People))
}

func (s *script) DismissHand(_ context.Context, _ service.Actor, cid string, in service.DismissInput) (service.ActAnswer, error) {
	return s.acted(in.ID, "dismiss %s: %s", cid[len(cid)-3:], in.Comment)
}

func (s *script) Assign(_ context.Context, _ service.Actor, cid string, in service.AssignInput) (service.ActAnswer, error) {
	return s.acted(in.ID, "assign %s %q to %s: %s", cid[len(cid)-3:], in.Slot, in.To[len(in.To)-3:], in.Comment)
}

func (s *script) Revoke(_ context.Context, _ service.Actor, cid, key, reason string) (service.CaseSummary, error) {
	if s.broken != nil {
		return service.CaseSummary{}, s.broken
	}
	s.note("revoke %s keyed %v: %s", cid[len(cid)-3:], key != "", reason)
	c, _ := s.find(id(208))
	return c, nil
}

func (s *script) DecideMany(ctx context.Context, a service.Actor, in []service.BatchInput) []service.BatchResult {
	var out []service.BatchResult
	for _, b := range in {
		r := service.BatchResult{Case: b.Case, ActID: b.ID}
		if b.Case == id(202) {
			at := s.now.Add(-time.Minute)
			r.Err = &service.Error{Kind: service.Conflict, Code: "step_settled", Answer: &service.ActAnswer{Result: domain.TooLate, Reason: domain.ReasonSettled, DecidedBy: &people[3], DecidedAt: &at}}
		} else if ans, err := s.Decide(ctx, a, b.Case, b.DecideInput); err != nil {
			r.Err = service.AsError(err)
		} else {
			s.note("batch %s: %s", b.Case[len(b.Case)-3:], b.Comment)
			r.Answer = ans
		}
		out = append(out, r)
	}
	return out
}

func (s *script) DecidedCases(_ context.Context, a service.Actor, _ string, _ int) (service.Page[service.CaseSummary], error) {
	if a.Number != "E0001" || s.empty {
		return service.Page[service.CaseSummary]{}, nil
	}
	return service.Page[service.CaseSummary]{Items: s.cases()[1:5]}, nil
}

func (s *script) CopiedCases(context.Context, service.Actor, string, int) (service.Page[service.CaseSummary], error) {
	return service.Page[service.CaseSummary]{}, nil
}

func (s *script) Attachment(_ context.Context, _ service.Actor, _, object string) (service.Upload, error) {
	if object != id(951) {
		return service.Upload{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	return service.Upload{Name: "成员名单.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, nil
}

// moreTimeline are the sentences of every act.
func (s *script) moreTimeline() []service.TimelineEntry {
	at := func(h int) time.Time { return s.now.Add(-time.Duration(h) * time.Hour) }
	files := []service.AttachmentView{{Object: id(951), Name: "成员名单.pdf", MediaType: "application/pdf", Size: 231_424}}
	e := func(n, h int, kind string, who *service.PersonRef) service.TimelineEntry {
		return service.TimelineEntry{Seq: n, Workflow: "case-x", Kind: kind, Actor: who, Result: domain.Accepted, At: at(h), Proof: who != nil}
	}
	out := []service.TimelineEntry{e(0, 72, "submitted", &people[2]), e(1, 70, "comment", &people[3]), e(2, 60, "return", &people[0]), e(3, 50, "resubmit", &people[2]), e(4, 49, "return", &people[0]),
		e(5, 40, "transfer", &people[5]), e(6, 36, "add_signers", &people[0]), e(7, 35, "add_signers", &people[0]), e(8, 34, "add_signers", &people[0]), e(9, 30, "urge", &people[2]), e(10, 29, "copy", &people[2]),
		e(11, 28, "escalate", nil), e(12, 27, "assign", &people[5]), e(13, 9, "decide", &people[7]), e(14, 8, "calendar_changed", nil), e(15, 7, "expire", nil), e(16, 5, "transfer", &people[0])}
	out[1].Comment, out[1].Files = "名单见附件，请核对。", files
	out[2].Comment, out[3].Comment, out[5].Comment = "请补充结束日期。", "已补充。", "不在我的职责内。"
	out[4].Step, out[3].People = 1, people[6:7]
	out[5].To, out[6].To, out[7].To, out[8].To = people[1:2], people[4:5], people[4:6], people[7:8]
	out[6].Mode, out[7].Mode, out[8].Mode = domain.AddBefore, domain.AddAfter, domain.AddParallel
	out[10].To, out[11].People, out[12].To = people[7:8], people[0:1], people[1:2]
	out[13].Outcome, out[13].For, out[13].Via = domain.Approve, &people[6], "mail_link"
	out[15].Reason = domain.ReasonTimedOut
	out[16].Result, out[16].Reason = domain.Refused, domain.ReasonTargetParty
	return out
}
