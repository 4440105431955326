package web_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// The script's policies: one in force, one proposed by E0006, a draft, and one of before.
const (
	versionNow      = "2026.1+0a1b2c3d4e5f"
	versionProposed = "2026.2+1a2b3c4d5e6f"
	versionDraft    = "2026.3+2a2b3c4d5e6f"
)

// rulesState is what was done to the script's policies.
func (s *script) versions() []service.RulesVersion {
	at := func(days int) *time.Time { t := s.now.AddDate(0, 0, days); return &t }
	title := domain.Label{ZH: "工作群组报备规则", EN: "Policy for filing work groups"}
	return []service.RulesVersion{
		{Version: versionDraft, Title: title, Note: "缩短涉密群组的审批期限", State: service.RulesDraft, Author: &people[5], Created: *at(0)},
		{Version: versionProposed, Title: title, Note: "安全部门改为两人票签", State: service.RulesProposed, Author: &people[5], Created: *at(-2), ProposedBy: &people[0], Proposed: at(-1), Effective: at(38)},
		{Version: versionNow, Title: title, State: service.RulesActive, Created: *at(-60), Effective: at(-60), Setup: true, OpenCases: 14},
		{Version: "2025.4+3a2b3c4d5e6f", Title: title, State: service.RulesSuperseded, Author: &people[0], Created: *at(-300), Effective: at(-299), Until: at(-60), ProposedBy: &people[0], ActivatedBy: &people[5], OpenCases: 2},
	}
}

func (s *script) RulesVersions(context.Context, service.Actor, service.RulesKind, string, int) (service.Page[service.RulesVersion], error) {
	return service.Page[service.RulesVersion]{Items: s.versions()}, nil
}

func (s *script) RulesVersion(_ context.Context, a service.Actor, _ service.RulesKind, version string) (service.RulesVersionView, error) {
	for _, r := range s.versions() {
		if r.Version != version {
			continue
		}
		v := service.RulesVersionView{RulesVersion: r, Body: string(defaultpolicy.Policy), InForce: versionNow, Problems: []service.RulesProblem{}}
		route, step := domain.Label{ZH: "高度涉密群组", EN: "Secret groups"}, domain.Label{ZH: "公司负责人批准", EN: "Head of the company"}
		if r.State == service.RulesDraft {
			v.Problems = []service.RulesProblem{{Route: &route, Step: &step, Department: &departments[0], Requester: &people[0], Reason: "nobody_to_ask"}, {Reason: "unknown_department", Rules: []string{"FN-XX"}}}
		}
		if a.Has(domain.RoleProcessAdmin) && r.State == service.RulesDraft {
			v.Can = []string{"propose", "withdraw"}
		}
		if a.Has(domain.RoleProcessAdmin) && r.State == service.RulesProposed {
			v.Can = []string{"propose", "withdraw", "activate"}
		}
		return v, nil
	}
	return service.RulesVersionView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) RulesDiff(_ context.Context, _ service.Actor, _ service.RulesKind, version, against string) (service.RulesDiff, error) {
	if against == "" {
		against = versionNow
	}
	l := func(zh, en string) domain.Label { return domain.Label{ZH: zh, EN: en} }
	return service.RulesDiff{Version: version, Against: against, Changes: []policy.Change{
		{Path: "steps.security.kind", Kind: policy.PartChanged, What: l("环节“安全部门审核”：方式", "Step “Security office”: kind"), Before: l("或签", "any signs"), After: l("票签", "N of M")},
		{Path: "steps.security.deadline", Kind: policy.PartChanged, What: l("环节“安全部门审核”：处理期限", "Step “Security office”: deadline"), Before: l("1 个工作日", "1 working day"), After: l("4 小时", "4 hours")},
		{Path: "steps.legal", Kind: policy.PartAdded, What: l("环节“法务审核”", "Step “Legal”"), After: l("会签；所有法务；2 个工作日", "all sign; every legal officer; 2 working days")},
		{Path: "names.blocked", Kind: policy.PartRemoved, What: l("群名称禁用词", "Words that no group name may hold"), Before: l("闲聊、灌水", "闲聊, 灌水")},
	}, Lines: []service.DiffLine{{Op: "same", Old: 81, New: 81, Text: "  security:"}, {Op: "removed", Old: 82, Text: "    kind: or_sign"}, {Op: "added", New: 82, Text: "    kind: quorum"},
		{Op: "added", New: 83, Text: "    need: 2"}, {Op: "same", Old: 83, New: 84, Text: "    deadline: 1d"}, {Op: "gap"}, {Op: "same", Old: 140, New: 141, Text: "routes:"}}}, nil
}

func (s *script) DraftRules(_ context.Context, _ service.Actor, key string, _ service.RulesKind, up service.Upload, _ string) (service.RulesVersion, bool, error) {
	var faulty *policy.FileError
	if _, err := policy.Parse(up.Data); errors.As(err, &faulty) && strings.Contains(string(up.Data), "faulty") {
		return service.RulesVersion{}, false, &service.Error{Kind: service.Invalid, Code: "rules_faulty", Params: map[string]string{"n": "2"}, Defects: faulty.Defects}
	}
	return s.versions()[0], key != "", s.fault()
}

func (s *script) rulesAct(version, what string) (service.RulesVersion, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rulesActs = append(s.rulesActs, what+" "+version)
	if s.broken != nil {
		return service.RulesVersion{}, s.broken
	}
	return s.versions()[0], nil
}

func (s *script) fault() error {
	if s.broken != nil {
		return s.broken
	}
	return nil
}

func (s *script) ProposeRules(_ context.Context, _ service.Actor, _ string, _ service.RulesKind, version string, at *time.Time) (service.RulesVersion, error) {
	what := "propose at once"
	if at != nil {
		what = "propose " + at.UTC().Format(time.RFC3339)
	}
	return s.rulesAct(version, what)
}

func (s *script) ActivateRules(_ context.Context, _ service.Actor, _ string, _ service.RulesKind, version, against string) (service.RulesVersion, error) {
	return s.rulesAct(version, "activate against "+against)
}

func (s *script) WithdrawRules(_ context.Context, _ service.Actor, _ string, _ service.RulesKind, version string) (service.RulesVersion, error) {
	return s.rulesAct(version, "withdraw")
}

func (s *script) DryRunPolicy(_ context.Context, _ service.Actor, version string, in service.DryRunInput) (service.DryRunReport, error) {
	was, is := s.now.AddDate(0, 0, 2), s.now.AddDate(0, 0, 1)
	r := service.DryRunReport{Version: version, Requests: 200, Unreadable: 1, Oldest: &was, Newest: &is, Sums: policy.DryRunSums{Unchanged: 188, Kind: 9, Earlier: 10, StepsAdded: 3, Refused: 1, Unresolved: 1, Directory: 2}}
	if in.Last > 0 && in.Last < 200 {
		r.Requests = in.Last
	}
	r.Kinds = []service.DryRunKind{{Kind: domain.KindFiling, Label: policy.KindLabel(domain.KindFiling), Requests: r.Requests}, {Kind: domain.KindRevocation, Label: policy.KindLabel(domain.KindRevocation)}}
	route := domain.Label{ZH: "涉密群组", EN: "Confidential groups"}
	for i := range 3 {
		c := service.DryRunCase{ID: id(201 + i), Number: "G-2026-000" + strconv.Itoa(42+i), Submitted: s.now.AddDate(0, 0, -i), Policy: versionNow, Before: route, After: &route, DoneBefore: &was, DoneAfter: &is}
		c.Steps = []service.DryStep{{Key: "security", Label: domain.Label{ZH: "安全部门审核", EN: "Security office"}, Kind: policy.PartChanged, KindBefore: domain.OrSign, KindAfter: domain.Quorum, Otherwise: true,
			Added: people[1:2], Removed: people[3:4], DueBefore: &was, DueAfter: &is, Directory: i == 1}}
		if i == 2 {
			c.Refused = []service.DryFault{{Field: "name", Code: "blocked"}}
			c.Steps = append(c.Steps, service.DryStep{Key: "legal", Label: domain.Label{ZH: "法务审核", EN: "Legal"}, Kind: policy.PartAdded, Added: people[5:6], Unresolved: true},
				service.DryStep{Key: "old", Label: domain.Label{ZH: "复核", EN: "Second look"}, Kind: policy.PartRemoved})
			c.Reordered = true
		}
		r.Cases = append(r.Cases, c)
	}
	return r, nil
}
