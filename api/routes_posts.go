package api

import (
	"net/http"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Who may have a part in what on a publication (semantics 3). What it says the service shows to fewer. Whether an act is allowed
// now, the workflow says.
var (
	readPost = Permission{
		Roles:     roles{domain.RoleSecurity, domain.RoleAuditor},
		Relations: rels{service.RelRequester, service.RelApprover, service.RelAsked, service.RelDelegate, service.RelNamedAdmin},
	}
	byAuthor   = Permission{Relations: rels{service.RelRequester}}
	postWord   = Permission{Roles: roles{domain.RoleSecurity}}
	otherwise  = Permission{Relations: rels{service.RelApprover, service.RelAsked, service.RelDelegate}}
	byPosters  = Permission{Relations: rels{service.RelRequester, service.RelNamedAdmin}}
	byKeepers  = Permission{Relations: rels{service.RelNamedAdmin}}
	recallPost = Permission{Roles: roles{domain.RoleSecurity}, Relations: rels{service.RelRequester, service.RelNamedAdmin}}
)

func postRoutes() []Route {
	const get, post, put = http.MethodGet, http.MethodPost, http.MethodPut
	p := Base + "/publications"
	rows := []Route{
		{Method: get, Path: p, Name: "publication.list", Permission: everyone},
		{Method: post, Path: p, Name: "publication.draft", Permission: everyone, Body: LargeBody},
		{Method: post, Path: p + "/previews", Name: "publication.preview", Permission: everyone, Body: LargeBody, Costly: true},
		{Method: get, Path: p + "/:id", Name: "publication.read", Permission: readPost, Subject: OfPost},
		{Method: put, Path: p + "/:id", Name: "publication.change", Permission: byAuthor, Subject: OfPost, Body: LargeBody, Deny: domain.ReasonNotAuthor},
		{Method: get, Path: p + "/:id/files/:object", Name: "publication.file", Permission: readPost, Subject: OfPost},
		{Method: get, Path: p + "/:id/acts/:act_id", Name: "publication.act", Permission: readPost, Subject: OfPost},
	}
	for _, a := range []struct {
		path, name string
		Permission
		body Body
		deny domain.Reason
	}{
		{"submissions", "publication.submit", byAuthor, JSONBody, domain.ReasonNotAuthor},
		{"exemptions", "publication.exempt", postWord, JSONBody, domain.ReasonNotSecurity},
		{"classes", "publication.lower", postWord, JSONBody, domain.ReasonNotSecurity},
		{"alternatives", "publication.otherwise", otherwise, JSONBody, domain.ReasonNotApprover},
		{"postings", "publication.post", byAuthor, JSONBody, domain.ReasonNotAuthor},
		{"withdrawals", "publication.withdraw", byAuthor, JSONBody, domain.ReasonNotAuthor},
		{"retries", "publication.retry", byPosters, JSONBody, domain.ReasonNotAuthor},
		{"confirmations", "publication.confirm", byKeepers, LargeBody, domain.ReasonNotAdmin},
		{"recalls", "publication.recall", recallPost, JSONBody, domain.ReasonNotAuthor},
		{"archivals", "publication.archive", recallPost, JSONBody, domain.ReasonNotAuthor},
	} {
		rows = append(rows, Route{Method: post, Path: p + "/:id/" + a.path, Name: a.name, Permission: a.Permission, Subject: OfPost, Body: a.body, Deny: a.deny})
	}
	return rows
}

// postPages are the pages' rows of publications: the permissions of the API's acts, by the same names.
func postPages() []Route {
	const post = http.MethodPost
	p := "/publications"
	rows := []Route{
		{Path: p, Name: "publication.list", Permission: everyone},
		{Path: p + "/new", Name: "publication.draft", Permission: everyone},
		{Method: post, Path: p + "/new", Name: "publication.draft", Permission: everyone},
		{Method: post, Path: p + "/previews", Name: "publication.preview", Permission: everyone, Costly: true},
		{Path: p + "/:id", Name: "publication.read", Permission: readPost, Subject: OfPost},
		{Method: post, Path: p + "/:id/reading", Name: "publication.read", Permission: readPost, Subject: OfPost},
		{Path: p + "/:id/edit", Name: "publication.change", Permission: byAuthor, Subject: OfPost, Deny: domain.ReasonNotAuthor},
		{Method: post, Path: p + "/:id/edit", Name: "publication.change", Permission: byAuthor, Subject: OfPost, Deny: domain.ReasonNotAuthor},
		{Path: p + "/:id/files/:object", Name: "publication.file", Permission: readPost, Subject: OfPost},
		{Path: p + "/:id/acts/:act", Name: "publication.act", Permission: readPost, Subject: OfPost},
	}
	for _, r := range postRoutes() {
		if rest, ok := strings.CutPrefix(r.Path, Base+p+"/:id/"); ok && r.Method == post && rest != "submissions" { // the draft's form submits
			r.Path, r.Body = p+"/:id/"+rest, NoBody
			rows = append(rows, r)
		}
	}
	return rows
}
