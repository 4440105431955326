package api

import (
	"net/http"
	"slices"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Permission says whom a route lets in. Nothing set lets nobody in. Roles and relations are alternatives: holding one
// of the roles, or being one of the relations to the subject.
type Permission struct {
	Public    bool // without signing in
	Any       bool // everybody who is signed in
	Roles     []domain.Role
	Relations []service.Relation
}

// Subject is what the route's parameter names.
type Subject string

// The subjects that somebody can have a relation to.
const (
	OfCase     Subject = "case"     // :id
	OfGroup    Subject = "group"    // :id
	OfNDA      Subject = "nda"      // :id
	OfPost     Subject = "post"     // :id
	OfWorkflow Subject = "workflow" // :workflow, case-{id}, group-{id} or nda-{id}
)

// Body is what a route takes, and the bound it is held to.
type Body int

// The bodies. Other content is refused with 415 before anything is read.
const (
	NoBody     Body = iota
	JSONBody        // application/json
	UploadBody      // multipart/form-data
	EitherBody      // both: JSON with a picture in base64
	FilesBody       // both: JSON with several files in base64
	LargeBody       // application/json with several files in base64
	YAMLBody        // application/yaml, or a form with the file
	FormBody        // a page's form: urlencoded or multipart
	PDFBody         // application/pdf, or a form with the file
	PDFForm         // a page's form with such a file
)

// Route is a row of the table.
type Route struct {
	Method string
	Path   string // as Echo writes it
	Name   string // stands in audit events: name/rule
	Permission
	Subject Subject
	Body    Body
	SignIn  bool // attempts are bounded by address
	Costly  bool // … so are these, which anybody may send and which take work
	Page    bool // answered in HTML, errors too
	Demo    bool // may be missing outside the demo
	FreeID  bool // :id is no UUID
	Outside bool // people from outside the company, too, whom no other route lets in
	Secret  bool // the address is a key by itself: told to nobody, and tries are bounded by address
	Deny    domain.Reason
}

// Shorthand for the table.
type (
	roles = []domain.Role
	rels  = []service.Relation
)

var (
	public    = Permission{Public: true}
	everyone  = Permission{Any: true}
	auditor   = Permission{Roles: roles{domain.RoleAuditor}}
	importer  = Permission{Roles: roles{domain.RoleHR, domain.RoleProcessAdmin}}
	personnel = Permission{Roles: roles{domain.RoleHR}}           // who is away, is HR's to know
	helper    = Permission{Roles: roles{domain.RoleProcessAdmin}} // cases that need a hand

	// A case is read by its parties, those who may decide in a party's name, those who got a copy and, for their office, by
	// security, process administrators and auditors.
	readCase = Permission{
		Roles:     roles{domain.RoleSecurity, domain.RoleProcessAdmin, domain.RoleAuditor},
		Relations: rels{service.RelRequester, service.RelApprover, service.RelAsked, service.RelDelegate, service.RelNamedAdmin, service.RelCopied},
	}
	// An ordinary group is read by every employee, a confidential one by those in it, the leaders above it, security,
	// legal and auditors, and who may be the second to unfreeze it.
	readGroup = Permission{
		Roles:     roles{domain.RoleSecurity, domain.RoleLegal, domain.RoleAuditor},
		Relations: rels{service.RelNamedAdmin, service.RelMember, service.RelLeader, service.RelPublic, service.RelSecond},
	}
	// The screenshot may show who is in the group: it is for those who may see the members.
	readEvidence = Permission{
		Roles:     roles{domain.RoleSecurity, domain.RoleLegal, domain.RoleAuditor},
		Relations: rels{service.RelNamedAdmin, service.RelMember, service.RelLeader},
	}
	decide   = Permission{Relations: rels{service.RelAsked, service.RelApprover, service.RelDelegate, service.RelWasDelegate}} // one who held a slot, or stood in, hears that it is too late
	sendBack = Permission{Relations: rels{service.RelAsked, service.RelApprover, service.RelDelegate}}
	holder   = Permission{Relations: rels{service.RelAsked, service.RelApprover}} // of a place: handing it on is not the delegate's
	withdraw = Permission{Relations: rels{service.RelRequester}}
	copies   = Permission{Relations: rels{service.RelRequester, service.RelApprover, service.RelAsked}}
	revoke   = Permission{Roles: roles{domain.RoleSecurity}, Relations: rels{service.RelRequester, service.RelApprover, service.RelAsked}}
	comment  = Permission{Relations: rels{service.RelRequester, service.RelApprover, service.RelAsked, service.RelDelegate, service.RelNamedAdmin}}
	confirm  = Permission{Relations: rels{service.RelNamedAdmin}}
	retry    = Permission{Roles: roles{domain.RoleSecurity}, Relations: rels{service.RelNamedAdmin}}
)

// Base is where the API lives.
const Base = "/api/v1"

// Routes is the one table of who may do what: every route of API and pages, deny by default. A route that is registered
// without a row, or a row without a route, stops the start.
func Routes() []Route {
	rows := slices.Concat(apiRoutes(), lifeRoutes(), signRoutes(), postRoutes(), ruleRoutes(), passkeyRoutes(),
		agreementRoutes(), trainingRoutes(), outsiderRoutes(), screenRoutes(),
		serviceRoutes(), pageRoutes())
	for i := range rows {
		rows[i].Outside = outsideOnly[rows[i].Name] && !(rows[i].Page && rows[i].Path == "/me/sessions/:id/end")
	}
	return rows
}

func apiRoutes() []Route {
	const (
		get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	)
	return []Route{
		{Method: post, Path: Base + "/groups", Name: "group.file", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/groups", Name: "group.list", Permission: everyone},
		{Method: post, Path: Base + "/groups/previews", Name: "group.preview", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/groups/name-checks", Name: "group.name_check", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/groups/imports", Name: "group.import", Permission: everyone, Body: UploadBody},
		{Method: get, Path: Base + "/groups/imports/template", Name: "group.template", Permission: everyone},
		{Method: get, Path: Base + "/groups/:id", Name: "group.read", Permission: readGroup, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/evidence", Name: "group.evidence", Permission: readEvidence, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/changes", Name: "group.changes", Permission: confirm, Subject: OfGroup, Deny: domain.ReasonNotAdmin},
		{Method: post, Path: Base + "/groups/:id/changes", Name: "group.change", Permission: confirm, Subject: OfGroup, Body: JSONBody, Deny: domain.ReasonNotAdmin},
		{Method: post, Path: Base + "/groups/:id/changes/previews", Name: "group.change_preview", Permission: confirm, Subject: OfGroup, Body: JSONBody, Deny: domain.ReasonNotAdmin},
		{Method: post, Path: Base + "/groups/:id/confirmations", Name: "group.confirm", Permission: confirm, Subject: OfGroup, Body: EitherBody, Deny: domain.ReasonNotAdmin},
		{Method: get, Path: Base + "/groups/:id/acts/:act_id", Name: "group.act", Permission: groupActs, Subject: OfGroup},
		{Method: post, Path: Base + "/groups/:id/deletions", Name: "group.confirm_deleted", Permission: retry, Subject: OfGroup, Body: JSONBody, Deny: domain.ReasonNotAdmin},
		{Method: post, Path: Base + "/groups/:id/retries", Name: "group.retry", Permission: retry, Subject: OfGroup, Body: JSONBody, Deny: domain.ReasonNotAdmin},

		{Method: get, Path: Base + "/inbox", Name: "inbox.read", Permission: everyone},
		{Method: post, Path: Base + "/inbox/decisions", Name: "inbox.decide", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/hand", Name: "hand.list", Permission: helper},
		{Method: get, Path: Base + "/cases", Name: "case.mine", Permission: everyone},
		{Method: get, Path: Base + "/cases/:id", Name: "case.read", Permission: readCase, Subject: OfCase},
		{Method: get, Path: Base + "/cases/:id/timeline", Name: "case.timeline", Permission: readCase, Subject: OfCase},
		{Method: get, Path: Base + "/cases/:id/materials", Name: "case.materials", Permission: readCase, Subject: OfCase},
		{Method: get, Path: Base + "/cases/:id/acts/:act_id", Name: "case.act", Permission: readCase, Subject: OfCase},
		{Method: post, Path: Base + "/cases/:id/decisions", Name: "case.decide", Permission: decide, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotApprover},
		{Method: post, Path: Base + "/cases/:id/withdrawals", Name: "case.withdraw", Permission: withdraw, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotRequester},
		{Method: post, Path: Base + "/cases/:id/comments", Name: "case.comment", Permission: comment, Subject: OfCase, Body: FilesBody},
		{Method: get, Path: Base + "/cases/:id/attachments/:object", Name: "case.attachment", Permission: readCase, Subject: OfCase},
		{Method: post, Path: Base + "/cases/:id/returns", Name: "case.return", Permission: sendBack, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotApprover},
		{Method: post, Path: Base + "/cases/:id/resubmissions", Name: "case.resubmit", Permission: withdraw, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotRequester},
		{Method: post, Path: Base + "/cases/:id/resubmissions/previews", Name: "case.preview", Permission: withdraw, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotRequester},
		{Method: post, Path: Base + "/cases/:id/transfers", Name: "case.transfer", Permission: holder, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotApprover},
		{Method: post, Path: Base + "/cases/:id/added-signers", Name: "case.add_signers", Permission: holder, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotApprover},
		{Method: post, Path: Base + "/cases/:id/urges", Name: "case.urge", Permission: withdraw, Subject: OfCase, Body: JSONBody, Deny: domain.ReasonNotRequester},
		{Method: post, Path: Base + "/cases/:id/copies", Name: "case.copy", Permission: copies, Subject: OfCase, Body: JSONBody},
		{Method: post, Path: Base + "/cases/:id/assignments", Name: "case.assign", Permission: helper, Subject: OfCase, Body: JSONBody},
		{Method: post, Path: Base + "/cases/:id/dismissals", Name: "case.dismiss", Permission: helper, Subject: OfCase, Body: JSONBody},
		{Method: post, Path: Base + "/cases/:id/revocations", Name: "case.revoke", Permission: revoke, Subject: OfCase, Body: JSONBody},

		{Method: get, Path: Base + "/me", Name: "me.read", Permission: everyone},
		{Method: put, Path: Base + "/me/language", Name: "me.language", Permission: everyone, Body: JSONBody},
		{Method: put, Path: Base + "/me/notifications", Name: "me.notifications", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/tokens", Name: "token.list", Permission: everyone},
		{Method: post, Path: Base + "/tokens", Name: "token.create", Permission: everyone, Body: JSONBody},
		{Method: del, Path: Base + "/tokens/:id", Name: "token.end", Permission: everyone},
		{Method: post, Path: Base + "/sessions", Name: "session.start", Permission: public, Body: JSONBody, SignIn: true},
		{Method: del, Path: Base + "/sessions/:id", Name: "session.end", Permission: everyone, FreeID: true},
		{Method: get, Path: Base + "/demo/cast", Name: "demo.cast", Permission: public},
		{Method: get, Path: Base + "/notifications", Name: "notification.list", Permission: everyone},
		{Method: post, Path: Base + "/notifications/reads", Name: "notification.read", Permission: everyone, Body: JSONBody},

		{Method: get, Path: Base + "/delegations", Name: "delegation.list", Permission: everyone},
		{Method: post, Path: Base + "/delegations", Name: "delegation.set", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/delegations/acts", Name: "delegation.acts", Permission: everyone},
		{Method: post, Path: Base + "/delegations/:id/ends", Name: "delegation.end", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/absences", Name: "absence.proposals", Permission: everyone},
		{Method: post, Path: Base + "/absences/:id/acceptances", Name: "absence.accept", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/absences/:id/declines", Name: "absence.decline", Permission: everyone, Body: JSONBody},
		{Method: post, Path: Base + "/absences/imports", Name: "absence.import", Permission: personnel, Body: UploadBody},
		{Method: get, Path: Base + "/absences/imports/template", Name: "absence.template", Permission: personnel},
		{Method: post, Path: Base + "/absences/calendars", Name: "absence.calendar", Permission: everyone, Body: UploadBody},

		{Method: get, Path: Base + "/people", Name: "people.find", Permission: everyone},
		{Method: get, Path: Base + "/departments", Name: "department.list", Permission: everyone},
		{Method: get, Path: Base + "/tiers", Name: "tier.list", Permission: everyone},
		{Method: get, Path: Base + "/platforms", Name: "platform.list", Permission: everyone},
		{Method: post, Path: Base + "/directory/imports", Name: "directory.import", Permission: importer, Body: UploadBody},

		{Method: get, Path: Base + "/audit/cases", Name: "audit.cases", Permission: auditor},
		{Method: get, Path: Base + "/audit/cases/:id/history", Name: "audit.history", Permission: auditor, Subject: OfCase},
		{Method: post, Path: Base + "/audit/cases/:id/replays", Name: "audit.replay", Permission: auditor, Subject: OfCase, Body: JSONBody},
		{Method: get, Path: Base + "/audit/workflows/:workflow/history", Name: "audit.history", Permission: auditor, Subject: OfWorkflow},
		{Method: get, Path: Base + "/audit/workflows/:workflow/history/raw", Name: "audit.raw", Permission: auditor, Subject: OfWorkflow},
		{Method: post, Path: Base + "/audit/workflows/:workflow/replays", Name: "audit.replay", Permission: auditor, Subject: OfWorkflow, Body: JSONBody},
		{Method: get, Path: Base + "/audit/events", Name: "audit.events", Permission: auditor},
		{Method: get, Path: Base + "/audit/proof-keys", Name: "audit.keys", Permission: everyone},
	}
}

// serviceRoutes are about the service itself.
func serviceRoutes() []Route {
	var out []Route
	for path, name := range map[string]string{
		"/openapi.yaml": "service.contract", Base + "/openapi.yaml": "service.contract", "/healthz": "service.alive", "/readyz": "service.ready",
		"/docs": "service.docs", "/docs/:file": "service.docs",
	} {
		out = append(out, Route{Method: http.MethodGet, Path: path, Name: name, Permission: public})
	}
	return out
}
