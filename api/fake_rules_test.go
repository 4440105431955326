package api_test

import (
	"context"
	"net/http"
	"time"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

const version = "2026.1+0a1b2c3d4e5f"

// goodRules is one request for each operation on policies and calendars that must succeed.
func goodRules() []*http.Request {
	get := func(p string) *http.Request { return request("GET", api.Base+p, "") }
	post := func(p, body string) *http.Request { return request("POST", api.Base+p, body) }
	file := func(p string) *http.Request {
		return header(post(p+"?note=x", "version: 1"), "Content-Type", "text/yaml; charset=utf-8")
	}
	out := []*http.Request{
		get("/policies/schema.json"), post("/policies/"+version+"/dry-runs", `{"last":5,"from":"2026-01-01","to":"2026-02-01"}`),
		post("/policies/"+version+"/dry-runs", `{}`), multi(api.Base+"/policies", "@file", "a: b", "note", "x"), multi(api.Base+"/calendars", "@file", "a: b"),
	}
	for _, p := range []string{"/policies", "/calendars"} {
		v := p + "/" + version
		out = append(out, get(p+"?limit=3"), file(p), get(v), get(v+"/diff?against="+"2025.1"), post(v+"/proposals", `{"effective_at":"2027-01-01T00:00:00+08:00"}`),
			post(v+"/proposals", `{}`), post(v+"/activations", `{"against":"2025.1+00"}`), post(v+"/withdrawals", `{}`))
	}
	return append(out, goodTemplates()...)
}

func (f *fake) rulesVersion() service.RulesVersion {
	v := service.RulesVersion{Version: version, Title: domain.Label{ZH: "规则", EN: "Policy"}, State: service.RulesDraft, Created: at}
	if !f.bare {
		v.Note, v.Author, v.Effective, v.Until, v.ProposedBy, v.Proposed, v.ActivatedBy, v.Activated = "n", &wang, &at, &at, &wang, &at, &wang, &at
		v.WithdrawnBy, v.Withdrawn, v.Setup, v.OpenCases = &wang, &at, true, 3
	}
	return v
}

func problems() []service.RulesProblem {
	l := domain.Label{ZH: "甲", EN: "a"}
	return []service.RulesProblem{{Route: &l, Step: &l, Department: &dep, Requester: &wang, Reason: "nobody_to_ask", Rules: []string{"leader:x"}}}
}

func (f *fake) RulesVersions(context.Context, service.Actor, service.RulesKind, string, int) (service.Page[service.RulesVersion], error) {
	return page(f, f.rulesVersion()), f.note("RulesVersions")
}

func (f *fake) RulesVersion(_ context.Context, _ service.Actor, _ service.RulesKind, v string) (service.RulesVersionView, error) {
	out := service.RulesVersionView{RulesVersion: f.rulesVersion(), Body: "version: 1"}
	if !f.bare {
		out.InForce, out.Problems, out.Can, out.Blocked = version, problems(), []string{"propose"}, "problems"
	}
	return out, f.note("RulesVersion " + v)
}

func (f *fake) DraftRules(_ context.Context, _ service.Actor, _ string, kind service.RulesKind, up service.Upload, note string) (service.RulesVersion, bool, error) {
	f.up = up
	return f.rulesVersion(), !f.bare, f.note("DraftRules " + string(kind) + note)
}

func (f *fake) ProposeRules(_ context.Context, _ service.Actor, _ string, _ service.RulesKind, _ string, _ *time.Time) (service.RulesVersion, error) {
	return f.rulesVersion(), f.note("ProposeRules")
}

func (f *fake) ActivateRules(_ context.Context, _ service.Actor, _ string, _ service.RulesKind, _, against string) (service.RulesVersion, error) {
	return f.rulesVersion(), f.note("ActivateRules " + against)
}

func (f *fake) WithdrawRules(context.Context, service.Actor, string, service.RulesKind, string) (service.RulesVersion, error) {
	return f.rulesVersion(), f.note("WithdrawRules")
}

func (f *fake) PolicySchema() []byte { return []byte(`{"type":"object"}`) }

func (f *fake) RulesDiff(_ context.Context, _ service.Actor, _ service.RulesKind, v, against string) (service.RulesDiff, error) {
	d := service.RulesDiff{Version: v, Against: against}
	if !f.bare {
		l := domain.Label{ZH: "甲", EN: "a"}
		d.Changes = []policy.Change{{Path: "steps.a", Kind: policy.PartChanged, What: l, Before: l, After: l}, {Path: "steps.b", Kind: policy.PartAdded, What: l, After: l}}
		d.Lines = []service.DiffLine{{Op: "same", Old: 1, New: 1, Text: "a"}, {Op: "removed", Old: 2, Text: "b"}, {Op: "added", New: 2, Text: "c"}, {Op: "gap"}}
	}
	return d, f.note("RulesDiff")
}

func (f *fake) DryRunPolicy(_ context.Context, _ service.Actor, v string, _ service.DryRunInput) (service.DryRunReport, error) {
	r := service.DryRunReport{Version: v, Directory: 3, Calendar: "c"}
	if !f.bare {
		l := domain.Label{ZH: "甲", EN: "a"}
		r.Oldest, r.Newest, r.Sums.People, r.Requests, r.Unreadable = &at, &at, 1, 2, 1
		r.Kinds = []service.DryRunKind{{Kind: domain.KindFiling, Label: l, Requests: 2}}
		r.Cases = []service.DryRunCase{{ID: caseID, Kind: domain.KindFiling, Number: "G-2026-00001", Submitted: at, Policy: version, Before: l, After: &l, Refused: []service.DryFault{{Field: "name", Code: "blocked"}},
			Reordered: true, DoneBefore: &at, DoneAfter: &at, Steps: []service.DryStep{{Key: "a", Label: l, Kind: policy.PartChanged, Added: []service.PersonRef{wang}, Removed: []service.PersonRef{wang},
				Directory: true, Unresolved: true, KindBefore: domain.OrSign, KindAfter: domain.Quorum, Otherwise: true, DueBefore: &at, DueAfter: &at}}}}
	}
	return r, f.note("DryRunPolicy")
}
