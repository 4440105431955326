package api_test

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (f *fake) ActOnGroup(_ context.Context, _ service.Actor, _ string, in service.GroupActInput) (service.ActAnswer, error) {
	if len(in.Screenshot.Data) > 0 {
		f.up = in.Screenshot
	}
	f.groupAct = in
	return f.act("ActOnGroup "+string(in.Kind), in.ID)
}

func (f *fake) RenewMany(_ context.Context, _ service.Actor, in []service.RenewalItem) []service.RenewalResult {
	_ = f.note("RenewMany")
	out := make([]service.RenewalResult, len(in))
	for i, x := range in {
		out[i] = service.RenewalResult{Group: x.Group, ActID: x.ID}
		ans, err := f.act("Renew", x.ID)
		if out[i].Answer = ans; err != nil {
			out[i].Err = service.AsError(err)
		}
	}
	return out
}

func (f *fake) LookAt(context.Context, service.Actor, string) (service.LookView, error) {
	return service.LookView{At: at, Findings: 2}, f.note("LookAt")
}

func (f *fake) Members(_ context.Context, _ service.Actor, _, state, _ string, _ int) (service.Page[service.MemberView], error) {
	m := service.MemberView{Person: wang, Role: "admin", State: "leaving", Since: at}
	if !f.bare {
		m.Left, m.Removed = &at, &at
		m.Agreement, m.Training, m.Missing = domain.AgreementOpen, domain.TrainingLapsed, []domain.Missing{domain.MissingNDA, domain.MissingTraining}
		m.Owned, m.Said, m.LastOn = true, "why", "2026-05-01"
		m.Notice, m.Exempt = idleNotice(), &service.ExemptView{By: wang, At: at, Reason: "r"}
	}
	return page(f, m), f.note("Members " + state)
}

func idleNotice() *service.IdleView {
	return &service.IdleView{At: at, Due: at, Since: at, Cause: domain.SilentActivity, Day: "2026-05-04", After: 180, Days: 14, Rule: "inactive.ordinary.after", Policy: "2026-1"}
}

func (f *fake) place() service.PlaceView {
	v := service.PlaceView{Group: groupID, Number: "G-2026-00042", Tier: domain.TierConfidential, State: domain.GroupActive, Asks: some(f, domain.MissingNDA),
		Missing: some(f, domain.MissingTraining), Can: some(f, "leave")}
	if !f.bare {
		v.Name, v.Role, v.Place, v.Since, v.Course = "n", "member", domain.MemberSuspended, &at, "secrecy"
		v.Agreement, v.AgreeBy, v.Training, v.TrainBy, v.Review, v.Open = domain.AgreementLapsed, &at, domain.TrainingLapsed, &at, true, true
		v.Refused, v.Notice = "why", idleNotice()
	}
	return v
}

func (f *fake) Joining(context.Context, service.Actor, string) (service.PlaceView, error) {
	return f.place(), f.note("Joining")
}

func (f *fake) Memberships(context.Context, service.Actor, bool, string, int) (service.Page[service.PlaceView], error) {
	return page(f, f.place()), f.note("Memberships")
}

func (f *fake) ReportActivity(_ context.Context, _ service.Actor, _ string, in service.ActivityInput) (service.ActivityAnswer, error) {
	f.activity = in
	a := service.ActivityAnswer{Newer: 1, Known: 2, Strange: 3}
	if !f.bare {
		a.From, a.Until = &at, &at
	}
	return a, f.note("ReportActivity")
}

func (f *fake) Notices(context.Context, service.Actor) ([]service.PlaceView, error) {
	return []service.PlaceView{f.place()}, f.note("Notices")
}

func (f *fake) KeepMany(_ context.Context, _ service.Actor, act string, groups []string) ([]service.RenewalResult, error) {
	if err := f.note("KeepMany"); err != nil {
		return nil, err
	}
	out := make([]service.RenewalResult, len(groups))
	for i, g := range groups {
		out[i] = service.RenewalResult{Group: g, ActID: act}
		ans, err := f.act("Keep", act)
		if out[i].Answer = ans; err != nil {
			out[i].Err = service.AsError(err)
		}
	}
	return out, nil
}

func (f *fake) AdmitSheet(_ context.Context, _ service.Actor, _, key string, up service.Upload, _ bool) (service.ActAnswer, error) {
	f.up = up
	return f.act("AdmitSheet", key)
}

func (f *fake) GroupDates(context.Context, service.Actor, string) ([]service.DateView, error) {
	return some(f, dateView()), f.note("GroupDates")
}

func (f *fake) GroupTimeline(context.Context, service.Actor, string, string, int) (service.Page[service.TimelineEntry], error) {
	e := entry()
	e.About = "renewal_due"
	return page(f, e), f.note("GroupTimeline")
}

func (f *fake) Findings(context.Context, service.Actor, string) ([]service.FindingView, error) {
	return some(f, finding()), f.note("Findings")
}

func (f *fake) GroupOperations(context.Context, service.Actor, string) (service.Operations, error) {
	return service.Operations{Items: some(f, operation()), Gaps: some(f, gap())}, f.note("GroupOperations")
}

func (f *fake) Renewals(context.Context, service.Actor, string, int) (service.Page[service.RenewalView], error) {
	r := service.RenewalView{Group: groupRow(), Due: dateView(), Purpose: "p", Admins: some(f, wang), Permissions: perm, Attest: "sha256:00", Can: true}
	return page(f, r), f.note("Renewals")
}

func (f *fake) GroupStats(context.Context, service.Actor) (service.GroupStats, error) {
	n := some(f, service.Figure{Key: "active", N: 3})
	return service.GroupStats{At: at, Total: 3, States: n, Tiers: n, Types: n, Platforms: n, Flags: n, Due: n, Findings: n, Operations: n}, f.note("GroupStats")
}

func dateView() service.DateView {
	return service.DateView{Kind: domain.DateNotice, At: at, Of: domain.DateRenewal, Days: 30, Moved: -1, Rule: "life.tiers.ordinary.notices", Cause: "attested", CauseAt: at, CauseBy: &wang, Policy: "2026-1"}
}

func finding() service.FindingView {
	return service.FindingView{ID: "stranger:1", Kind: domain.FindStranger, Person: &wang, Account: "ab12", Fields: []string{"posting"}, Owner: &wang,
		Propose: []domain.Proposal{domain.ProposeRemove, domain.ProposeAdmit, domain.ProposeDismiss}, At: at, Seen: 2, Mine: true}
}

func operation() service.OpView {
	return service.OpView{ID: "12.1", Kind: domain.OpRemove, People: []service.PersonRef{wang}, Strangers: 1, State: domain.OpFailed, Code: "rate_limited", Tries: 3, At: at}
}

func gap() service.GapView {
	return service.GapView{Capability: "recall", Op: domain.OpFreeze, At: at, People: []service.PersonRef{wang}, Seen: &wang}
}

// lifeView has everything set that a group's life can show.
func lifeView() *service.LifeView {
	return &service.LifeView{Policy: "2026-1", Renewed: service.RenewedView{How: domain.RenewedByAttest, At: at, By: &wang}, Attest: "sha256:00", LatestEnd: "2027-06-30",
		Dates: []service.DateView{dateView()}, Active: &at,
		Frozen: &service.FreezeView{By: &wang, Rule: "incident", Reason: "r", At: at, Implicated: []service.PersonRef{wang}, Unfreeze: &wang, UnfreezeAt: &at},
		Holds:  []service.HoldView{{ID: someKey, By: wang, At: at, Reason: "r", Custodians: []service.PersonRef{wang}, Mine: true}},
		Orphan: &service.OrphanView{Since: at, Stage: domain.OrphanHead, Asked: []service.PersonRef{wang}},
		Ops:    []service.OpView{operation()}, Findings: []service.FindingView{finding()}, Gaps: []service.GapView{gap()}, From: domain.GroupActive, Outside: 1,
		Inactive: &service.InactiveView{After: 180, Notice: 14, Source: "platform", From: &at, Until: &at, Deaf: true, Noticed: 2, Exempt: 1}}
}

// goodLife is one request for each operation on a group's life that must succeed.
func goodLife() []*http.Request {
	g := api.Base + "/groups/" + groupID
	get := func(p string) *http.Request { return request("GET", p, "") }
	post := func(p, body string) *http.Request { return request("POST", p, body) }
	shot := base64.StdEncoding.EncodeToString([]byte(png))
	item := `{"group":"` + groupID + `","decision_id":"` + someKey + `","digest":"sha256:00","ends_on":"2027-06-30"}`
	return []*http.Request{
		get(g + "/members?state=leaving&limit=3&cursor=abc"), get(g + "/dates"), get(g + "/timeline?limit=3&cursor=abc"), get(g + "/findings"), get(g + "/operations"),
		get(api.Base + "/groups/renewals?limit=3"), get(api.Base + "/groups/stats"), get(api.Base + "/groups?flag=drift&platform=byhand&due_from=2026-12-01&due_to=2026-12-31"),
		post(g+"/renewals", `{"digest":"sha256:00","ends_on":"2027-06-30"}`), post(g+"/freezes", `{"comment":"x","people":["E0001"]}`), post(g+"/freezes", `{"comment":"x"}`),
		post(g+"/unfreezes", `{}`), post(g+"/archivals", `{"comment":"x"}`), post(g+"/restorations", `{}`), post(g+"/dissolutions", `{"comment":"x"}`),
		post(g+"/holds", `{"comment":"x","people":["E0001"]}`), post(g+"/holds/"+someKey+"/releases", `{}`), post(g+"/members", `{"people":["E0001"]}`),
		get(g + "/joins"), get(api.Base + "/memberships?waiting=true&limit=3&cursor=abc"), post(g+"/joins", `{"comment":"x"}`),
		get(api.Base + "/memberships/notices"), post(api.Base+"/memberships/keeps", `{"groups":["`+groupID+`"]}`), post(api.Base+"/memberships/keeps", `{}`),
		post(g+"/activity", `{"from":"2026-01-01T00:00:00Z","until":"2026-11-01T00:00:00Z","people":[{"person":"E0001","last":"2026-10-30T08:00:00+08:00"}]}`),
		post(g+"/activity", `{"people":[]}`), post(g+"/exemptions", `{"people":["E0001"],"comment":"x"}`), post(g+"/exemptions", `{"people":["E0001"],"over":true}`),
		post(g+"/joins/E0002/reviews", `{"outcome":"refuse","comment":"x"}`), post(g+"/invitations", `{"people":["E0001"]}`),
		post(g+"/invitations/E0001/answers", `{"outcome":"decline"}`), multi(g+"/members/imports?invite=true", "@file", "a,b"),
		post(g+"/members/E0001/removals", `{"comment":"x"}`), post(g+"/departures", `{}`), post(g+"/consents", `{}`), post(g+"/appointments", `{"people":["E0001"]}`),
		post(g+"/operations/12.1/confirmations", `{"screenshot":"`+shot+`"}`), multi(g+"/operations/12.1/confirmations", "@screenshot", png), post(g+"/operations/12.1/retries", `{}`),
		post(g+"/findings/stranger:1/resolutions", `{"proposal":"dismiss","comment":"x"}`), post(g+"/gaps/recall/acknowledgements", `{}`), post(g+"/looks", `{}`),
		post(api.Base+"/groups/renewals", `{"items":[`+item+`,{"group":"x","decision_id":"","digest":""}]}`),
	}
}
