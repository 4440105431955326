package api_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// expectation is who may, in the words of semantics and design, written apart from the table.
type expectation struct {
	anybody, signedIn bool
	roles             string // any of these
	relations         string // or any of these
	readRoles         string // who may know that the subject exists
	readRelations     string
}

const (
	caseReaders   = "security_officer process_admin auditor"
	caseParties   = "requester approver asked delegate named_admin"
	caseInsiders  = caseParties + " copied"          // semantics 1: a copy is to be read only
	groupReaders  = "security_officer legal auditor" // legal: holds are theirs to set
	groupInsiders = "named_admin member leader public second"
	ndaReaders    = "legal security_officer auditor"
	ndaParties    = "signer countersigner named_admin"
)

// expected words the permission of a route by what is done there.
func expected(t *testing.T, method, path string) expectation {
	t.Helper()
	page := !strings.HasPrefix(path, api.Base)
	p := strings.TrimPrefix(path, api.Base)
	onCase := func(e expectation) expectation {
		e.readRoles, e.readRelations = caseReaders, caseInsiders
		return e
	}
	onGroup := func(e expectation) expectation {
		e.readRoles, e.readRelations = groupReaders, groupInsiders
		return e
	}
	act := method + " " + p
	if rest, ok := strings.CutPrefix(p, "/publications"); ok && rest != "/screenings" {
		return postExpected(method, strings.TrimPrefix(rest, "/"))
	}
	if rest, ok := strings.CutPrefix(p, "/ndas/:id"); ok {
		return signExpected(method, strings.TrimPrefix(rest, "/"))
	}
	if x, ok := trainingExpected(method, p); ok {
		return x
	}
	switch {
	case slices.Contains([]string{"/openapi.yaml", "/healthz", "/readyz", "/docs", "/docs/:file", "/demo/cast", "/hooks/messages"}, p):
		return expectation{anybody: true}
	case act == "POST /sessions", p == "/sessions/requests", p == "/sessions/passkeys", p == "/sessions/links", p == "/sessions/outsiders", p == "/outsiders", p == "/outsiders/links/:link", page && slices.Contains([]string{"/signin", "/signin/passkey", "/help", "/language", "/static/:hash/:file"}, p):
		return expectation{anybody: true}
	case p == "/l/:link":
		return expectation{anybody: true} // the link says by itself whose it is; what it may is the service's to judge
	case p == "/audit/proof-keys":
		return expectation{signedIn: true} // public keys, for whoever checks their own decisions
	case strings.HasPrefix(p, "/audit"):
		return expectation{roles: "auditor"} // semantics 8
	case strings.HasPrefix(p, "/absences/import"): // and imports
		return expectation{roles: "hr"}
	case strings.HasPrefix(p, "/hand"):
		return expectation{roles: "process_admin"}
	case p == "/publications/screenings":
		return expectation{signedIn: true}
	case p == "/policies/schema.json":
		return expectation{anybody: true} // how a policy is written is no secret
	case strings.HasPrefix(p, "/policies"), strings.HasPrefix(p, "/calendars"):
		if method == http.MethodGet {
			return expectation{roles: "process_admin auditor"}
		}
		return expectation{roles: "process_admin"}
	case strings.HasPrefix(p, "/nda-templates"): // semantics 4: legal review; what people sign is the auditor's to read
		if method == http.MethodGet {
			return expectation{roles: "legal auditor"}
		}
		return expectation{roles: "legal"}
	case p == "/nda-verifications", p == "/verify":
		return expectation{anybody: true} // who holds a document may ask what is true of it
	case strings.HasPrefix(p, "/directory"):
		return expectation{roles: "hr process_admin"}
	case p == "/inbox/decisions":
		return expectation{signedIn: true} // each case of a batch has its own door
	case p == "/hand", strings.HasSuffix(p, "/assignments"), strings.HasSuffix(p, "/dismissals"):
		return expectation{roles: "process_admin"} // semantics 1: the process administrators' queue
	case p == "/groups/stats", p == "/groups/overview", strings.HasPrefix(p, "/groups/overview."):
		return expectation{roles: "security_officer legal process_admin auditor"} // who answers for all groups
	case strings.HasPrefix(p, "/groups/renewals"), strings.HasPrefix(p, "/renewals"):
		return expectation{signedIn: true} // one's own; each group of a batch has its own door
	case strings.HasPrefix(p, "/groups/:id/"):
		return onGroup(lifeExpected(method, strings.TrimPrefix(p, "/groups/:id/")))
	case strings.HasSuffix(p, "/decisions"):
		return onCase(expectation{relations: "asked approver delegate was_delegate"}) // who holds or held a slot, decides in such a person's name, or could
	case strings.HasSuffix(p, "/returns"):
		return onCase(expectation{relations: "asked approver delegate"})
	case strings.HasSuffix(p, "/transfers"), strings.HasSuffix(p, "/added-signers"):
		return onCase(expectation{relations: "asked approver"}) // the holder's alone
	case strings.HasSuffix(p, "/withdrawals"), strings.HasSuffix(p, "/urges"), strings.Contains(p, "/resubmissions"), strings.HasSuffix(p, "/again"):
		return onCase(expectation{relations: "requester"}) // semantics 1: the requester, before the final decision
	case strings.HasSuffix(p, "/copies"):
		return onCase(expectation{relations: "requester asked approver"})
	case strings.HasSuffix(p, "/revocations"):
		return onCase(expectation{roles: "security_officer", relations: "requester asked approver"}) // semantics 1: revoke
	case strings.HasSuffix(p, "/comments"):
		return onCase(expectation{relations: caseParties}) // whoever has a part; who only looks does not speak
	case strings.HasPrefix(p, "/cases/:id"):
		return onCase(expectation{roles: caseReaders, relations: caseInsiders})
	case p == "/groups/:id":
		return onGroup(expectation{roles: groupReaders, relations: groupInsiders})
	}
	for _, own := range []string{"/groups", "/renewals", "/inbox", "/cases", "/me", "/memberships", "/tokens", "/passkeys", "/sessions", "/signout", "/notifications", "/people", "/departments", "/tiers", "/platforms", "/demo/mail", "/delegations", "/absences", "/ndas"} {
		if strings.HasPrefix(p, own) || p == "/" {
			return expectation{signedIn: true} // what is one's own, the register, the directory, filing
		}
	}
	t.Errorf("%s %s: no expectation is written for this route", method, path)
	return expectation{}
}

// lifeExpected words who has a part in what is done to a group or read of it (semantics 2).
func lifeExpected(method, what string) expectation {
	admin, security := expectation{relations: "named_admin"}, expectation{roles: "security_officer"}
	either := expectation{roles: "security_officer", relations: "named_admin"}
	member := expectation{relations: "named_admin member"}
	inside := expectation{roles: groupReaders, relations: "named_admin member leader"} // who is in it is not everybody's to know
	switch method + " " + what {
	case "POST confirmations": // R2.2.1: only an admin can say that the group stands
		return admin
	case "POST renewals", "POST members", "POST exemptions":
		return admin
	case "GET changes", "POST changes", "POST changes/previews": // semantics 2: an admin asks, others approve
		return admin
	case "GET change", "POST change", "POST change/name", "POST change/route": // the page of it
		return admin
	case "POST freezes":
		return security
	case "POST unfreezes": // two of them, of different kinds
		return expectation{roles: "security_officer legal process_admin", relations: "leader"}
	case "POST holds", "POST holds/:hold/releases":
		return expectation{roles: "legal"}
	case "GET joins", "POST joins": // whoever has the address may look and ask (R2.2.2); what it is called is not told
		return expectation{signedIn: true}
	case "POST invitations/:employee/answers":
		return expectation{relations: "awaited"}
	case "POST joins/:employee/reviews", "POST invitations", "POST members/imports":
		return admin
	case "POST departures": // who waits gives a place up too
		return expectation{relations: "named_admin member awaited"}
	case "POST consents":
		return member
	case "POST outsiders", "POST outsiders/:employee/extensions": // R2.2.5: who is in it may sponsor, and answers for whom they sponsor
		return member
	case "POST outsiders/:employee/sponsorships":
		return admin
	case "GET outsiders":
		return inside
	case "POST members/:employee/removals": // a sponsor whom they answer for: the workflow knows whom
		return expectation{roles: "security_officer", relations: "named_admin sponsor"}
	case "POST appointments":
		return expectation{roles: "security_officer", relations: "leader"}
	case "POST archivals", "POST restorations", "POST dissolutions", // security: of groups that were found and nobody filed
		"POST operations/:op/confirmations", "POST operations/:op/retries",
		"POST findings/:finding/resolutions", "POST gaps/:capability/acknowledgements", "POST looks", "POST retries", "POST deletions", "POST activity":
		return either
	case "GET acts/:act_id", "GET acts/:act": // who can act can ask what became of it
		return expectation{roles: "security_officer legal process_admin", relations: "named_admin member leader awaited"}
	case "GET evidence", "GET members", "GET findings", "GET operations":
		return inside
	}
	return expectation{roles: groupReaders, relations: groupInsiders}
}

// signExpected words who has a part in what is done to an agreement (semantics 4).
func signExpected(method, what string) expectation {
	x := expectation{roles: ndaReaders, relations: ndaParties, readRoles: ndaReaders, readRelations: ndaParties}
	switch method + " " + what {
	case "POST views", "POST codes", "POST verifications", "POST signatures", "POST declines": // nobody signs for another
		x.roles, x.relations = "", "signer"
	case "POST countersignatures":
		x.roles, x.relations = "", "countersigner"
	case "POST scans":
		x.roles, x.relations = "legal", "named_admin"
	case "POST returns": // HR, for who left the company
		x.roles, x.relations = "hr", "signer"
	case "POST voids":
		x.roles, x.relations = "legal", ""
	case "POST retries":
		x.roles, x.relations = "legal security_officer process_admin", ""
	case "GET acts/:act_id", "GET acts/:act": // who can act can ask what became of it
		x.roles = "legal security_officer process_admin hr"
	}
	return x
}

func (x expectation) status(role domain.Role, rel service.Relation) int {
	has := func(list, word string) bool { return slices.Contains(strings.Fields(list), word) }
	switch {
	case x.anybody || x.signedIn || has(x.roles, string(role)) || has(x.relations, string(rel)):
		return http.StatusOK
	case x.relations == "":
		return http.StatusForbidden
	case has(x.readRoles, string(role)) || has(x.readRelations, string(rel)):
		return http.StatusForbidden
	}
	return http.StatusNotFound
}

// knock sends a request that the route takes in form, and says whether the door let it through (200) or how it
// refused.
func knock(t *testing.T, e http.Handler, r api.Route, token string) (int, *httptest.ResponseRecorder) {
	t.Helper()
	path := strings.NewReplacer(":id", caseID, ":op", "1.1", ":hold", someKey, ":finding", "stranger:1", ":capability", "recall", ":employee", "E0001", ":act_id", someKey, ":act", someKey, ":object", otherID, ":workflow", "case-"+caseID, ":version", version, ":course", "secrecy", ":number", "2", ":hash", "h", ":file", "index.html").Replace(r.Path)
	req := httptest.NewRequest(r.Method, path, strings.NewReader(""))
	switch r.Body {
	case api.JSONBody, api.EitherBody, api.FilesBody, api.LargeBody:
		req = request(r.Method, path, "{}")
	case api.YAMLBody:
		req = header(request(r.Method, path, "a: b"), "Content-Type", "application/yaml")
	case api.UploadBody, api.PDFBody, api.PDFForm:
		req = multi(path)
	case api.FormBody:
		req = httptest.NewRequest(r.Method, path, strings.NewReader("a=b"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("Idempotency-Key", someKey)
	signed(req) // what is signed in place of signing in
	req.Header.Del("Authorization")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if token == "" && r.Page { // a visitor's form
		v := strings.Repeat("v", 32)
		req.AddCookie(&http.Cookie{Name: "qunbei-visitor", Value: v})
		req.Header.Set("X-CSRF-Token", v)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, req)
	switch w.Code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return w.Code, w
	}
	if w.Code >= 500 {
		t.Errorf("%s %s: %d %s", r.Method, r.Path, w.Code, w.Body)
	}
	return http.StatusOK, w
}

// Every route × every role × every relation, and nobody at all.
func TestRights(t *testing.T) {
	relations := []service.Relation{service.RelRequester, service.RelApprover, service.RelAsked, service.RelDelegate, service.RelWasDelegate, service.RelCopied, service.RelNamedAdmin, service.RelMember, service.RelSponsor, service.RelAwaited, service.RelLeader, service.RelPublic, service.RelSecond, service.RelSigner, service.RelCounter, service.RelNone}
	f := newFake()
	e := server(t, f)
	for _, r := range api.Routes() {
		x := expected(t, r.Method, r.Path)
		want := http.StatusUnauthorized
		if x.anybody {
			want = http.StatusOK
		}
		if got, w := knock(t, e, r, ""); got != want {
			t.Errorf("%s %s by nobody: %d, want %d: %s", r.Method, r.Path, got, want, w.Body)
		}
		for _, role := range domain.Roles {
			for _, rel := range relations {
				f.called, f.refused = nil, nil
				f.actors["one"] = service.Actor{ID: wang.ID, Roles: []domain.Role{domain.RoleEmployee, role}, Method: "token", Session: otherID}
				f.relations = []service.Relation{rel}
				got, w := knock(t, e, r, "one")
				if want := x.status(role, rel); got != want {
					t.Errorf("%s %s as %s, %s: %d, want %d: %s", r.Method, r.Path, role, rel, got, want, w.Body)
				}
				if got != http.StatusOK && len(f.called) > 0 {
					t.Errorf("%s %s as %s, %s: refused, yet the service was asked: %v", r.Method, r.Path, role, rel, f.called)
				}
				if got != http.StatusOK && len(f.refused) != 1 {
					t.Errorf("%s %s as %s, %s: the refusal was not recorded once: %v", r.Method, r.Path, role, rel, f.refused)
				}
			}
		}
	}
}

// What does not exist is not to be told from what is not to be known.
func TestUnknownSubject(t *testing.T) {
	for _, r := range api.Routes() {
		if len(r.Relations) == 0 {
			continue
		}
		f := newFake()
		f.unknown = true
		f.actors["one"] = service.Actor{ID: wang.ID, Roles: []domain.Role{domain.RoleEmployee}, Method: "token"}
		if got, w := knock(t, server(t, f), r, "one"); got != http.StatusNotFound || len(f.called) > 0 {
			t.Errorf("%s %s: %d %s", r.Method, r.Path, got, w.Body)
		}
	}
}

// The requester who tries to decide hears that nobody decides on their own matter, with the act's result.
func TestOwnMatter(t *testing.T) {
	f := newFake()
	f.relations = []service.Relation{service.RelRequester}
	w := ask(t, server(t, f), request("POST", api.Base+"/cases/"+caseID+"/decisions", goodDecision))
	if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"reason":"separation_of_duties"`) || !strings.Contains(w.Body.String(), `"result":"refused"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !slices.Equal(f.refused, []string{"case.decide/relation"}) {
		t.Errorf("recorded: %v", f.refused)
	}
}
