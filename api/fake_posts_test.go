package api_test

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (f *fake) PostRelations(ctx context.Context, a service.Actor, id string) ([]service.Relation, error) {
	return f.rel(ctx, a, id)
}

func (f *fake) DraftPost(_ context.Context, _ service.Actor, _ string, in service.PostInput) (service.PostView, error) {
	return postView(f), f.note("DraftPost " + in.Subject)
}

func (f *fake) ChangePost(_ context.Context, _ service.Actor, _ string, in service.PostInput) (service.PostView, error) {
	return postView(f), f.note("ChangePost " + in.Written)
}

func (f *fake) SubmitPost(context.Context, service.Actor, string, service.PostSubmitInput) (service.PostView, error) {
	return postView(f), f.note("SubmitPost")
}

func (f *fake) ExemptPost(context.Context, service.Actor, string, service.PostWordInput) (service.PostView, error) {
	return postView(f), f.note("ExemptPost")
}

func (f *fake) LowerPost(context.Context, service.Actor, string, service.PostWordInput) (service.PostView, error) {
	return postView(f), f.note("LowerPost")
}

func (f *fake) HandleOtherwise(_ context.Context, _ service.Actor, _ string, in service.DecideInput) (service.ActAnswer, error) {
	return f.act("HandleOtherwise", in.ID)
}

func (f *fake) ActOnPost(_ context.Context, _ service.Actor, _ string, in service.PostActInput) (service.ActAnswer, error) {
	return f.act("ActOnPost "+string(in.Kind), in.ID)
}

func (f *fake) Post(context.Context, service.Actor, string, string) (service.PostView, error) {
	return postView(f), f.note("Post")
}

func (f *fake) PostFile(context.Context, service.Actor, string, string, string) (service.Upload, error) {
	return service.Upload{Name: "附\"件.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.7")}, f.note("PostFile")
}

func (f *fake) Posts(_ context.Context, _ service.Actor, in service.PostFilter) (service.Page[service.PostRow], error) {
	return page(f, postRow(f)), f.note("Posts " + in.Scope)
}

func (f *fake) PreviewPost(context.Context, service.Actor, service.PostInput) (service.PostPreview, error) {
	v := service.PostPreview{Declared: domain.ClassGeneral, Screened: domain.ClassSensitive, Class: domain.ClassSensitive, Findings: []service.PostFinding{}, Clean: service.PostWords{Files: []service.PostFile{}},
		Checklist: []domain.Label{}, Misfits: []service.PostMisfitView{}, Faults: []domain.Fault{}}
	if !f.bare {
		full := postView(f)
		r := route()
		v.Findings, v.Clean, v.Misfits, v.Route, v.Due = full.Findings, *full.Clean, full.Misfits, &r, &at
		v.Checklist, v.Faults = []domain.Label{{ZH: "甲", EN: "a"}}, []domain.Fault{{Field: "text", Code: "required"}}
	}
	return v, f.note("PreviewPost")
}

func postRow(f *fake) service.PostRow {
	r := service.PostRow{ID: otherID, Number: "P-2026-00001", Author: wang, State: domain.PostPosted, Since: at, Class: domain.ClassSensitive, Groups: []service.PostGroupView{}, Created: at, Changed: at, Can: []string{}}
	if !f.bare {
		receipt := &domain.Receipt{Platform: "byhand", ID: "m", Name: "n", Evidence: &domain.Ref{Object: caseID, SHA256: "s", Size: 1}, Key: "k", At: at, Digest: "d"}
		r.Groups = []service.PostGroupView{{ID: groupID, Name: "项目-甲", Tier: domain.TierSecret, State: domain.PostingRecallBy, Code: "recall", Receipt: receipt, Recalled: receipt}}
		r.Urgent, r.CaseID, r.Case, r.Until, r.Due, r.Can = true, caseID, "B-2026-00001", &at, &at, []string{"recall"}
	}
	return r
}

// postView has everything set that a publication can show.
func postView(f *fake) service.PostView {
	v := service.PostView{PostRow: postRow(f), Declared: domain.ClassGeneral, Written: "sha256:ab", Misfits: []service.PostMisfitView{}, Findings: []service.PostFinding{}, Relations: []service.Relation{service.RelRequester}, Timeline: some(f, entry()),
		Scope: service.PostScopeView{People: []service.PersonRef{}, Departments: []service.DepartmentRef{}, Groups: []service.PostGroupRef{}}, Parties: service.PostPartiesView{People: []service.PersonRef{}, Departments: []service.DepartmentRef{}}}
	if f.bare {
		return v
	}
	g := service.PostGroupRef{ID: groupID, Name: "项目-甲"}
	words := &service.PostWords{Subject: "s", Text: "t", Source: "s", Application: "a", Demands: "d", Reason: "r", Files: []service.PostFile{{Object: otherID, Name: "a.pdf", MediaType: "application/pdf", Size: 3, SHA256: "ab", Opaque: true}}}
	v.Screened, v.Lowered, v.LoweredBy = domain.ClassSensitive, domain.ClassBusiness, &wang
	v.Scope = service.PostScopeView{People: []service.PersonRef{wang}, Departments: v.Scope.Departments, Groups: []service.PostGroupRef{g}}
	v.Parties.People = []service.PersonRef{wang}
	v.Content, v.Digest, v.Approved, v.Shredded, v.Original, v.Clean = "sha256:c", "sha256:d", &at, true, words, words
	v.Misfits = []service.PostMisfitView{{Group: g, Kind: domain.MisfitScope, Person: &wang, N: 2}}
	v.Findings = []service.PostFinding{{ID: "text.1.3.mobile", Field: "text", Start: 1, End: 3, Kind: "mobile", Label: domain.Label{ZH: "手机号", EN: "mobile number"}, Why: domain.Label{ZH: "甲", EN: "a"},
		Class: domain.ClassSensitive, Score: 90, Left: true, Needs: true, Exempt: "asked"}}
	return v
}

// goodPosts is one request for each operation on publications that must succeed.
func goodPosts() []*http.Request {
	p := api.Base + "/publications"
	n := p + "/" + otherID
	get := func(p string) *http.Request { return request("GET", p, "") }
	post := func(p, body string) *http.Request { return request("POST", p, body) }
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n"))
	draft := `{"subject":"s","text":"t","source":"s","application":"a","demands":"d","reason":"r","class":"sensitive","urgent":true,"groups":["` + groupID + `"],"scope":{"people":["` + otherID + `"],"departments":["` + otherID + `"],"groups":["` + groupID + `"]},"parties":{"people":["` + otherID + `"],"departments":["` + otherID + `"]},"files":[{"object":"` + otherID + `"},{"name":"a.txt","data":"` + png + `"}],"written":"ab"}`
	return []*http.Request{
		post(p, draft), post(p, `{"class":"general"}`), get(p), get(p + "?scope=all&group=" + groupID + "&state=posted&limit=3&cursor=abc"), post(p+"/previews", draft), get(n), get(n + "?purpose=x"),
		request("PUT", n, draft), get(n + "/files/" + otherID), get(n + "/acts/" + someKey), post(n+"/submissions", `{"written":"ab","checked":true,"exempt":["text.1.2.x"]}`),
		post(n+"/exemptions", `{"written":"ab","finding":"text.1.2.x","grant":true,"comment":"x"}`), post(n+"/exemptions", `{"written":"ab","finding":"text.1.2.x","grant":false,"comment":"x"}`),
		post(n+"/classes", `{"written":"ab","class":"general","comment":"x"}`), post(n+"/alternatives", `{"way":"x","material_digest":"ab"}`), post(n+"/postings", `{}`), post(n+"/withdrawals", `{}`),
		post(n+"/retries", `{"group":"`+groupID+`"}`), post(n+"/confirmations", `{"group":"`+groupID+`","content":"ab","message":"m","evidence":"`+png+`"}`), post(n+"/recalls", `{"comment":"x"}`), post(n+"/archivals", `{}`),
	}
}
