package api_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// fake answers handlers by script: these tests are about the boundary alone. That the real service keeps its side of
// the contract is tested where it runs.
type fake struct {
	service.API // whatever a test needs and the fake lacks fails loudly
	mu          sync.Mutex
	actors      map[string]service.Actor // by token or session secret
	relations   []service.Relation
	unknown     bool  // cases and groups do not exist
	err         error // of every act and reading
	answer      func() (service.ActAnswer, error)
	called      []string
	refused     []string
	bare        bool // answer with zero views: nothing set that need not be
	up          service.Upload
	actID       string
	activity    service.ActivityInput
	filing      domain.Filing
	link        service.LinkView
	groupAct    service.GroupActInput
	ndaAct      service.NDAInput
}

const (
	caseID  = "0198c0de-0000-7000-8000-000000000001"
	groupID = "0198c0de-0000-7000-8000-000000000002"
	otherID = "0198c0de-0000-7000-8000-000000000003"
	someKey = "5b1f0c1e-7d0e-4b2e-9f39-1f0a6a0d4c11"
)

var (
	at   = time.Date(2026, 5, 6, 7, 8, 9, 123456000, time.UTC)
	wang = service.PersonRef{ID: "0198c0de-0000-7000-8000-0000000000e1", Number: "E0001", Name: "王芳", Department: "平台部", Post: "工程师", Active: true}
	dep  = service.DepartmentRef{ID: "0198c0de-0000-7000-8000-0000000000d1", Code: "RD01", Name: "平台部", Path: "公司/平台部", Parent: "0198c0de-0000-7000-8000-0000000000d0", Leader: &wang}
	perm = domain.Permissions{Posting: domain.PostMembers, SeeContacts: true}
)

func newFake() *fake {
	me := service.Actor{ID: wang.ID, Number: wang.Number, Name: wang.Name, Roles: domain.Roles, Lang: "en", Session: otherID, Method: "token"}
	session := me
	session.Method, session.CSRF = "session", "csrf-of-the-session"
	return &fake{
		actors:    map[string]service.Actor{"all": me, "cookie": session},
		relations: []service.Relation{service.RelRequester, service.RelAsked, service.RelApprover, service.RelNamedAdmin, service.RelMember, service.RelAwaited, service.RelSigner, service.RelCounter},
	}
}

func (f *fake) note(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.called = append(f.called, name)
	return f.err
}

func (f *fake) ByToken(_ context.Context, t string) (service.Actor, error) {
	if a, ok := f.actors[t]; ok && t != "cookie" {
		return a, nil
	}
	return service.Actor{}, &service.Error{Kind: service.Unsigned, Code: "token_invalid"}
}

func (f *fake) BySession(_ context.Context, s string) (service.Actor, error) {
	if a, ok := f.actors[s]; ok {
		return a, nil
	}
	return service.Actor{}, &service.Error{Kind: service.Unsigned, Code: "unsigned"}
}

func (f *fake) rel(context.Context, service.Actor, string) ([]service.Relation, error) {
	if f.unknown {
		return nil, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	return f.relations, nil
}

func (f *fake) CaseRelations(ctx context.Context, a service.Actor, id string) ([]service.Relation, error) {
	return f.rel(ctx, a, id)
}

func (f *fake) GroupRelations(ctx context.Context, a service.Actor, id string) ([]service.Relation, error) {
	return f.rel(ctx, a, id)
}

func (f *fake) Refused(_ context.Context, _ service.Actor, _, rule, _ string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused = append(f.refused, rule)
}

func (f *fake) SignInDemo(_ context.Context, number, _ string) (string, service.Actor, error) {
	return "cookie", f.actors["cookie"], f.note("SignInDemo " + number)
}

func (f *fake) DemoCast(context.Context) ([]service.CastMember, error) {
	return some(f, service.CastMember{Person: wang, Label: domain.Label{ZH: "员工", EN: "Employee"}, Roles: domain.Roles, Waiting: 2}), f.note("DemoCast")
}

func (f *fake) SignOut(_ context.Context, _ service.Actor, s string) error {
	return f.note("SignOut " + s)
}

func (f *fake) CreateToken(context.Context, service.Actor, string, string, int) (service.TokenView, string, error) {
	return service.TokenView{ID: otherID, Name: "x", Created: at, Expires: at}, "secret", f.note("CreateToken")
}

func (f *fake) EndToken(context.Context, service.Actor, string) error { return f.note("EndToken") }

func (f *fake) Me(context.Context, service.Actor) (service.MeView, error) {
	m := service.MeView{Person: wang, Notify: "both"}
	if !f.bare {
		m = service.MeView{Person: wang, Notify: "chat", Chat: true, Roles: domain.Roles, Leads: []service.DepartmentRef{dep}, Lang: "en", Waiting: 3, Unread: 1, ToSign: 1, ToCountersign: 2, ToReturn: 1, ToConfirm: 1, NDAsInHand: 1,
			Sessions: []service.SessionView{{ID: otherID, Created: at, Seen: at, Expires: at, Agent: "curl", Current: true}},
			Tokens:   []service.TokenView{{ID: otherID, Name: "x", Created: at, Expires: at, Used: &at}}}
	}
	return m, f.note("Me")
}

func (f *fake) SetNotify(context.Context, service.Actor, string) error { return f.note("SetNotify") }

func (f *fake) SetLanguage(context.Context, service.Actor, string) error {
	return f.note("SetLanguage")
}

func (f *fake) PreviewFiling(_ context.Context, _ service.Actor, fl domain.Filing) (service.Preview, error) {
	f.filing = fl
	if f.bare {
		return service.Preview{}, f.note("PreviewFiling")
	}
	r := route()
	return service.Preview{Name: nameCheck(), Faults: faults(), Route: &r, Digest: "sha256:00"}, f.note("PreviewFiling")
}

func (f *fake) CheckName(_ context.Context, _ service.Actor, fl domain.Filing) (service.NameCheck, error) {
	f.filing = fl
	return nameCheck(), f.note("CheckName")
}

func (f *fake) FileGroup(_ context.Context, _ service.Actor, key string, fl domain.Filing) (service.CaseSummary, error) {
	f.filing = fl
	return f.summary(), f.note("FileGroup " + key)
}

func (f *fake) ImportGroups(_ context.Context, _ service.Actor, _ string, up service.Upload, dry bool) (service.ImportReport, error) {
	f.up = up
	s := f.summary()
	return service.ImportReport{DryRun: dry, Filed: 1, Faulty: 1, Rows: some(f, service.ImportRow{Row: 2, Name: "a", Case: &s}, service.ImportRow{Row: 3, Name: "b", Faults: faults(), Texts: []string{"no"}})}, f.note("ImportGroups")
}

func (f *fake) ImportResult(context.Context, service.Actor, service.Upload, service.ImportReport) ([]byte, error) {
	return []byte("PK sheet"), f.note("ImportResult")
}

func (f *fake) GroupTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK template"), f.note("GroupTemplate")
}

func (f *fake) Attachment(context.Context, service.Actor, string, string) (service.Upload, error) {
	return service.Upload{Name: "值班\"表.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.4")}, f.note("Attachment")
}

func (f *fake) PreviewResubmission(ctx context.Context, a service.Actor, _ string, fl domain.Filing) (service.Preview, error) {
	return f.PreviewFiling(ctx, a, fl)
}

func (f *fake) DecidedCases(context.Context, service.Actor, string, int) (service.Page[service.CaseSummary], error) {
	return page(f, f.summary()), f.note("DecidedCases")
}

func (f *fake) CopiedCases(context.Context, service.Actor, string, int) (service.Page[service.CaseSummary], error) {
	return page(f, f.summary()), f.note("CopiedCases")
}

func (f *fake) HandQueue(context.Context, service.Actor, string, int) (service.Page[service.HandItem], error) {
	x := service.HandItem{CaseSummary: f.summary(), Reason: "nobody_to_ask", Since: at}
	if !f.bare {
		x.Until, x.Step = &at, &service.StepBrief{Number: 1, Key: "owners", Label: domain.Label{ZH: "甲", EN: "a"}}
		x.Rules = []service.RuleView{{Key: "leader:x", Department: &dep, Role: domain.RoleLegal, Person: &wang}}
		x.Slots = route().Steps[0].Slots
	}
	return page(f, x), f.note("HandQueue")
}

func (f *fake) Inbox(_ context.Context, _ service.Actor, cursor string, limit int) (service.Page[service.InboxItem], error) {
	x := service.InboxItem{Kind: "decide", Slot: "r1.s1.p1", Case: f.summary(), Digest: "sha256:00", Version: 1, Opened: at, Due: &at, GroupID: groupID, For: &wang}
	if !f.bare {
		x.Group = &service.InboxGroup{Number: "G-2026-00042", Name: "甲", Tier: domain.TierOrdinary, State: domain.GroupActive}
		x.Tasks = []service.InboxTask{{Kind: "renewal", N: 1, Since: at, Due: &at}}
	}
	return page(f, x), f.note("Inbox " + cursor)
}

func (f *fake) MyCases(context.Context, service.Actor, bool, string, int) (service.Page[service.CaseSummary], error) {
	return page(f, f.summary()), f.note("MyCases")
}

func (f *fake) Case(context.Context, service.Actor, string, string) (service.CaseView, error) {
	v := service.CaseView{CaseSummary: f.summary()}
	if !f.bare {
		g := groupRow()
		v = service.CaseView{CaseSummary: f.summary(), Filing: filingView(), Policy: "2026-1", Calendar: "cn-2026", Route: route(),
			Earlier: []service.RouteView{route()}, Relations: []service.Relation{service.RelRequester}, Can: []string{"withdraw"}, MySlot: "r1.s1.p1", Group: &g, Decided: &at,
			With: service.ActOptions{For: []service.PersonRef{wang}, ReturnTo: []service.StepBrief{{}, {Number: 1, Key: "k", Label: domain.Label{ZH: "甲", EN: "a"}}}, AddModes: []string{"before"}, UrgeFrom: &at,
				Assign: []string{"r1.s1.p1"}, AssignMissing: true, RevocableUntil: &at, RevisesRound: true},
			Copies: []service.CopyView{{Person: wang, By: &wang, At: at}}, ReturnDue: &at, HandDue: &at, Reason: "r", Was: filingView(), Changes: []service.Difference{difference()},
			Applied: &service.AppliedView{Result: domain.Refused, Reason: domain.ReasonState, At: at}}
		other := f.summary()
		v.Revokes, v.Revocations = &other, []service.CaseSummary{other}
	}
	return v, f.note("Case")
}

func (f *fake) Timeline(context.Context, service.Actor, string) ([]service.TimelineEntry, error) {
	return some(f, entry()), f.note("Timeline")
}

func (f *fake) Materials(context.Context, service.Actor, string) ([]service.MaterialView, error) {
	return some(f, service.MaterialView{Version: 1, Digest: "sha256:00", At: at, Comment: "c", Filing: filingView()}), f.note("Materials")
}

func (f *fake) Register(context.Context, service.Actor, service.GroupFilter) (service.Page[service.GroupRow], error) {
	return page(f, groupRow()), f.note("Register")
}

func (f *fake) Group(context.Context, service.Actor, string, string) (service.GroupView, error) {
	v := service.GroupView{GroupRow: groupRow()}
	v.Permissions = perm
	if f.bare {
		v.Departments, v.Owner = nil, nil
	} else {
		v = service.GroupView{GroupRow: groupRow(), Purpose: "p", Permissions: perm, Admins: []service.PersonRef{wang}, MemberRefs: []service.PersonRef{wang}, PlatformID: "x",
			Receipt:  &domain.Receipt{Platform: "byhand", ID: "x", Name: "n", Evidence: &domain.Ref{Object: otherID, SHA256: "00", Size: 3}, Key: "k", At: at, Digest: "sha256:00"},
			Timeline: []service.TimelineEntry{entry()}, Relations: []service.Relation{service.RelMember}, Can: []string{"confirm"}, Life: lifeView()}
	}
	return v, f.note("Group")
}

func (f *fake) Evidence(context.Context, service.Actor, string) (service.Upload, error) {
	return service.Upload{MediaType: "image/png", Data: []byte("\x89PNG\r\n\x1a\n")}, f.note("Evidence")
}

func (f *fake) Notifications(context.Context, service.Actor, string, int) (service.Page[service.NotificationView], error) {
	return page(f, service.NotificationView{ID: otherID, Kind: "ask", Subject: "case", SubjectID: caseID, Number: "G-2026-00001", Title: "t", Status: "open", Person: &wang, At: at, Read: &at}), f.note("Notifications")
}

func (f *fake) MarkRead(_ context.Context, _ service.Actor, ids []string) error {
	return f.note("MarkRead " + strings.Join(ids, " "))
}

func (f *fake) FindPeople(context.Context, service.Actor, string, int) ([]service.PersonRef, error) {
	return some(f, wang), f.note("FindPeople")
}

func (f *fake) Departments(context.Context, service.Actor) ([]service.DepartmentRef, error) {
	return some(f, dep), f.note("Departments")
}

func (f *fake) Tiers(context.Context, service.Actor) ([]service.TierView, error) {
	return some(f, service.TierView{Tier: domain.TierOrdinary, Ceiling: perm, Defaults: perm}), f.note("Tiers")
}

func (f *fake) Platforms(context.Context, service.Actor) ([]string, error) {
	return some(f, "byhand"), f.note("Platforms")
}

func (f *fake) Health(context.Context) service.Health {
	return service.Health{Database: f.err == nil, Engine: true}
}

func (f *fake) ImportDirectory(_ context.Context, _ service.Actor, _ string, up service.Upload, dry, _, _ bool) (service.DirectoryReport, error) {
	f.up = up
	if f.bare {
		return service.DirectoryReport{}, f.note("ImportDirectory")
	}
	return service.DirectoryReport{DryRun: dry, Revision: 4, Counts: map[string]int{"joined": 1}, Cases: 1, Groups: 2,
		Changes: []service.DirectoryChange{{Kind: "moved", Number: "E0001", Name: "王芳", From: "a", To: "b"}},
		Faults:  []service.DirectoryFault{{Row: 3, Column: "工号", Code: "required", Text: "缺少工号"}}}, f.note("ImportDirectory")
}

func (f *fake) AuditCases(context.Context, service.Actor, service.AuditFilter) (service.Page[service.CaseSummary], error) {
	return page(f, f.summary()), f.note("AuditCases")
}

func (f *fake) History(_ context.Context, _ service.Actor, w, _ string) (service.HistoryView, error) {
	h := service.HistoryView{Workflow: w, Run: "r", Closed: true, Source: "export", SHA256: "00"}
	if !f.bare {
		h.Events = []service.HistoryEvent{{ID: 1, Type: "WorkflowExecutionStarted", At: at, Summary: "started", Detail: map[string]any{"a": 1}}}
	}
	return h, f.note("History " + w)
}

func (f *fake) Replay(_ context.Context, _ service.Actor, w, _ string) (service.ReplayVerdict, error) {
	v := service.ReplayVerdict{Workflow: w, At: at}
	if !f.bare {
		v = service.ReplayVerdict{Workflow: w, Run: "r", Failure: "cut", Detail: "d", Differences: []service.FieldDifference{{Table: "cases", Key: "1", Column: "status", Stored: "a", Replay: "b"}}, Build: "dev", Proofs: 2, At: at}
	}
	return v, f.note("Replay " + w)
}

func (f *fake) RawHistory(context.Context, service.Actor, string, string) ([]byte, error) {
	return []byte(`{"events":[]}`), f.note("RawHistory")
}

func (f *fake) ProofKeys(context.Context) (map[string]string, error) {
	if f.bare {
		return nil, f.note("ProofKeys")
	}
	return map[string]string{"k1": "AAAA"}, f.note("ProofKeys")
}

func (f *fake) Events(context.Context, service.Actor, string, int) (service.Page[service.EventView], error) {
	return page(f, service.EventView{ID: otherID, At: "2026-05-06T07:08:09Z", Actor: &wang, Kind: "refused", Subject: caseID, Rule: "case.decide/relation", Result: "refused"}), f.note("Events")
}
