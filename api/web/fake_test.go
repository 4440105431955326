package web_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// script is a small company that always answers the same: enough to see every page. It stands in for the service only
// here; the programs' own tests drive the pages against the real one.
type script struct {
	service.API // what no page calls stays nil and would panic

	mu      sync.Mutex
	now     time.Time
	lang    map[string]string
	filed   map[string]service.CaseSummary // by idempotency key
	decided map[string]domain.Outcome
	did     []string // every other act, in words
	kept    bool     // the notices of removal were answered
	// groupActs are the acts on groups' lives, as they came in.
	groupActs []service.GroupActInput
	ndaActs   []service.NDAInput
	asked     service.ChangeInput
	broken    *service.Error // answered by every act
	// rulesActs are the acts on policies and the queue, in words.
	rulesActs []string
	empty     bool // nothing waits, nothing is on file
	site      service.PasskeySite
	stale     bool     // the last sign-in was long ago
	barred    []string // groups that let nobody from outside in
}

func id(n int) string { return fmt.Sprintf("0198c0de-0000-7000-8000-%012d", n) }

func newScript(now time.Time) *script {
	return &script{now: now, lang: map[string]string{}, filed: map[string]service.CaseSummary{}, decided: map[string]domain.Outcome{}}
}

var people = []service.PersonRef{
	{ID: domain.EmployeeID(id(1)), Number: "E0001", Name: "王建国", Department: "群备科技/研发中心", Post: "研发中心总经理", Active: true},
	{ID: domain.EmployeeID(id(2)), Number: "E0002", Name: "李雪梅", Department: "群备科技/安全保密办公室", Post: "安全专员", Active: true},
	{ID: domain.EmployeeID(id(3)), Number: "E0003", Name: "张伟", Department: "群备科技/研发中心/平台部", Post: "工程师", Active: true},
	{ID: domain.EmployeeID(id(4)), Number: "E0004", Name: "陈静", Department: "群备科技/市场部", Post: "市场部总监", Active: true},
	{ID: domain.EmployeeID(id(5)), Number: "E0005", Name: "刘洋", Department: "群备科技/审计部", Post: "审计员", Active: true},
	{ID: domain.EmployeeID(id(6)), Number: "E0006", Name: "赵敏", Department: "群备科技/人力资源部", Post: "人力资源经理", Active: true},
	{ID: domain.EmployeeID(id(7)), Number: "E0007", Name: "欧阳文轩", Department: "群备科技/研发中心/平台部", Post: "平台部经理", Active: true},
	{ID: domain.EmployeeID(id(8)), Number: "E0008", Name: "孙丽", Department: "群备科技/研发中心/平台部", Post: "测试工程师", Active: true},
}

var departments = []service.DepartmentRef{
	{ID: domain.DepartmentID(id(100)), Code: "D01", Name: "群备科技", Path: "群备科技", Leader: &people[0]},
	{ID: domain.DepartmentID(id(101)), Code: "D02", Name: "研发中心", Path: "群备科技/研发中心", Leader: &people[0]},
	{ID: domain.DepartmentID(id(102)), Code: "D03", Name: "平台部", Path: "群备科技/研发中心/平台部", Leader: &people[6]},
	{ID: domain.DepartmentID(id(103)), Code: "D04", Name: "算法部", Path: "群备科技/研发中心/算法部"},
	{ID: domain.DepartmentID(id(104)), Code: "D05", Name: "市场部", Path: "群备科技/市场部", Leader: &people[3]},
	{ID: domain.DepartmentID(id(105)), Code: "D06", Name: "安全保密办公室", Path: "群备科技/安全保密办公室", Leader: &people[1]},
	{ID: domain.DepartmentID(id(106)), Code: "D07", Name: "人力资源部", Path: "群备科技/人力资源部", Leader: &people[5]},
	{ID: domain.DepartmentID(id(107)), Code: "D08", Name: "审计部", Path: "群备科技/审计部", Leader: &people[4]},
}

var roles = map[string][]domain.Role{
	"E0001": {domain.RoleEmployee, domain.RoleLeader}, "E0002": {domain.RoleEmployee, domain.RoleSecurity, domain.RoleLeader},
	"E0003": {domain.RoleEmployee}, "E0004": {domain.RoleEmployee, domain.RoleLeader},
	"E0005": {domain.RoleEmployee, domain.RoleAuditor}, "E0006": {domain.RoleEmployee, domain.RoleHR, domain.RoleProcessAdmin, domain.RoleLegal},
	"E0007": {domain.RoleEmployee, domain.RoleLeader, domain.RoleGroupAdmin}, "E0008": {domain.RoleEmployee},
}

var labels = map[string]domain.Label{
	"E0001": {ZH: "领导：审批研发中心的群组", EN: "Leader: approves for research"}, "E0002": {ZH: "安全专员：审批涉密群组", EN: "Security officer: approves confidential groups"},
	"E0003": {ZH: "员工：报备群组", EN: "Employee: files groups"}, "E0004": {ZH: "领导：审批市场部的群组", EN: "Leader: approves for marketing"},
	"E0005": {ZH: "审计员：查看历史并重放", EN: "Auditor: reads and replays histories"}, "E0006": {ZH: "人力资源：导入通讯录", EN: "HR: imports the directory"},
	"E0007": {ZH: "部门经理、群管理员", EN: "Department head and group admin"}, "E0008": {ZH: "员工", EN: "Employee"},
}

func by(number string) (service.PersonRef, bool) {
	i := slices.IndexFunc(people, func(p service.PersonRef) bool { return p.Number == number })
	if i < 0 {
		return service.PersonRef{}, false
	}
	return people[i], true
}

func (s *script) actor(number string) (service.Actor, error) {
	p, ok := by(number)
	if !ok {
		return service.Actor{}, &service.Error{Kind: service.Unsigned, Code: "unsigned"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return service.Actor{ID: p.ID, Number: p.Number, Name: p.Name, Roles: roles[number], Lang: s.lang[number], Session: id(900), Method: "session", CSRF: "csrf-" + number}, nil
}

func (s *script) SignInDemo(_ context.Context, number, _ string) (string, service.Actor, error) {
	a, err := s.actor(number)
	return "secret-" + number, a, err
}

func (s *script) BySession(_ context.Context, secret string) (service.Actor, error) {
	return s.actor(strings.TrimPrefix(secret, "secret-"))
}

func (s *script) ByToken(_ context.Context, bearer string) (service.Actor, error) {
	return s.actor(strings.TrimPrefix(bearer, "demo:"))
}

func (s *script) SignOut(context.Context, service.Actor, string) error { return nil }

func (s *script) DemoCast(context.Context) ([]service.CastMember, error) {
	var out []service.CastMember
	for i, p := range people {
		out = append(out, service.CastMember{Person: p, Label: labels[p.Number], Roles: roles[p.Number], Waiting: []int{2, 1, 0, 0, 0, 0, 1, 0}[i]})
	}
	return out, nil
}

func (s *script) CreateToken(_ context.Context, _ service.Actor, _, name string, days int) (service.TokenView, string, error) {
	if name == "bad" {
		return service.TokenView{}, "", &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "name", Code: "too_long", Params: map[string]string{"max": "60"}}}}
	}
	return service.TokenView{ID: id(801), Name: name, Created: s.now, Expires: s.now.AddDate(0, 0, days)}, "qb_7fK2mPq9xW4vRt8sYb3nLc6hJd1gZ5a", nil
}

func (s *script) EndToken(context.Context, service.Actor, string) error { return nil }

func (s *script) Me(_ context.Context, a service.Actor) (service.MeView, error) {
	p, _ := by(a.Number)
	used := s.now.Add(-3 * time.Hour)
	v := service.MeView{Person: p, Notify: "both", Chat: true, Roles: a.Roles, Lang: a.Lang, Waiting: len(s.inbox(a)), Unread: 2,
		Sessions: []service.SessionView{{ID: a.Session, Created: s.now.Add(-time.Hour), Seen: s.now, Expires: s.now.Add(10 * time.Hour), Agent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140", Current: true},
			{ID: id(901), Created: s.now.Add(-50 * time.Hour), Seen: s.now.Add(-26 * time.Hour), Agent: "Mozilla/5.0 (iPhone) Safari/605"}},
		Tokens: []service.TokenView{{ID: id(800), Name: "周报脚本", Created: s.now.Add(-90 * time.Hour), Expires: s.now.AddDate(0, 0, 26), Used: &used}}}
	switch a.Number {
	case "E0003":
		v.ToSign, v.ToReturn = 3, 1
	case "E0006":
		v.ToCountersign = 1
	}
	if s.empty {
		v.Unread, v.ToSign, v.ToReturn, v.ToCountersign = 0, 0, 0, 0
	}
	return v, nil
}

func (s *script) SetNotify(_ context.Context, a service.Actor, ways string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lang["notify "+a.Number] = ways
	return nil
}

func (s *script) SetLanguage(_ context.Context, a service.Actor, lang string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lang[a.Number] = lang
	return nil
}

func (s *script) CaseRelations(_ context.Context, a service.Actor, cid string) ([]service.Relation, error) {
	if _, ok := s.find(cid); !ok {
		return nil, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	switch a.Number {
	case "E0003":
		return []service.Relation{service.RelRequester}, nil
	case "E0004":
		return []service.Relation{service.RelDelegate}, nil
	case "E0001", "E0002", "E0007":
		return []service.Relation{service.RelApprover, service.RelAsked}, nil
	}
	return []service.Relation{service.RelNone}, nil
}

func (s *script) GroupRelations(context.Context, service.Actor, string) ([]service.Relation, error) {
	return []service.Relation{service.RelNamedAdmin, service.RelPublic}, nil
}

func (s *script) Refused(context.Context, service.Actor, string, string, string) {}

func (s *script) Health(context.Context) service.Health {
	return service.Health{Database: true, Engine: true}
}

func (s *script) MarkRead(context.Context, service.Actor, []string) error { return nil }

func (s *script) FindPeople(_ context.Context, _ service.Actor, text string, _ int) ([]service.PersonRef, error) {
	var out []service.PersonRef
	for _, p := range people {
		if strings.Contains(p.Name, text) || strings.Contains(p.Number, strings.ToUpper(text)) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (s *script) Departments(context.Context, service.Actor) ([]service.DepartmentRef, error) {
	return departments, nil
}

func (s *script) Tiers(context.Context, service.Actor) ([]service.TierView, error) {
	strict := domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}
	return []service.TierView{
		{Tier: domain.TierOrdinary, Ceiling: domain.Permissions{InviteOutsiders: true, SeeContacts: true, Posting: domain.PostMembers}, Defaults: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true}},
		{Tier: domain.TierConfidential, Ceiling: strict, Defaults: strict},
		{Tier: domain.TierSecret, Ceiling: domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}, Defaults: domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}},
	}, nil
}

func (s *script) Platforms(context.Context, service.Actor) ([]string, error) {
	return []string{"byhand"}, nil
}
