package api

import (
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Who may have a part in which act of a group's life (semantics 2). Whether it is allowed now, the workflow says.
var (
	byAdmin    = Permission{Relations: rels{service.RelNamedAdmin}}
	bySecurity = Permission{Roles: roles{domain.RoleSecurity}}
	byLegal    = Permission{Roles: roles{domain.RoleLegal}}
	unfreeze   = Permission{Roles: roles{domain.RoleSecurity, domain.RoleLegal, domain.RoleProcessAdmin}, Relations: rels{service.RelLeader}}
	ofMembers  = Permission{Relations: rels{service.RelMember, service.RelNamedAdmin}}
	leaver     = Permission{Relations: rels{service.RelMember, service.RelNamedAdmin, service.RelAwaited}}
	awaited    = Permission{Relations: rels{service.RelAwaited}}
	appoint    = Permission{Roles: roles{domain.RoleSecurity}, Relations: rels{service.RelLeader}}
	// groupActs are those who can do anything to a group: they can ask what became of it.
	groupActs = Permission{
		Roles:     roles{domain.RoleSecurity, domain.RoleLegal, domain.RoleProcessAdmin},
		Relations: rels{service.RelNamedAdmin, service.RelMember, service.RelLeader, service.RelAwaited},
	}
	// The company's groups in figures are for who answers for all of them.
	overview = Permission{Roles: roles{domain.RoleSecurity, domain.RoleLegal, domain.RoleProcessAdmin, domain.RoleAuditor}}
)

// lifeActs are the acts of a group's life, by the end of their address: the API and the pages have the same.
var lifeActs = []struct {
	path, name string
	Permission
	body Body
	deny domain.Reason
}{
	{"renewals", "group.renew", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"freezes", "group.freeze", bySecurity, JSONBody, domain.ReasonNotSecurity},
	{"unfreezes", "group.unfreeze", unfreeze, JSONBody, domain.ReasonNotSecond},
	{"archivals", "group.archive", retry, JSONBody, domain.ReasonNotAdmin},
	{"restorations", "group.restore", retry, JSONBody, domain.ReasonNotAdmin},
	{"dissolutions", "group.dissolve", retry, JSONBody, domain.ReasonNotAdmin},
	{"holds", "group.hold", byLegal, JSONBody, domain.ReasonNotLegal},
	{"holds/:hold/releases", "group.release", byLegal, JSONBody, domain.ReasonNotLegal},
	{"members", "group.admit", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"outsiders", "group.outsider", ofMembers, JSONBody, domain.ReasonNotMember},
	{"outsiders/:employee/extensions", "group.extend_outsider", ofMembers, JSONBody, domain.ReasonNotMember},
	{"outsiders/:employee/sponsorships", "group.sponsor", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"members/:employee/removals", "group.remove", removal, JSONBody, domain.ReasonNotAdmin},
	{"departures", "group.leave", leaver, JSONBody, domain.ReasonNotMember},
	{"joins", "group.join", everyone, JSONBody, ""}, // whoever has the address may ask
	{"joins/:employee/reviews", "group.review", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"invitations", "group.invite", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"invitations/:employee/answers", "group.answer_invite", awaited, JSONBody, domain.ReasonNotInvited},
	{"members/imports", "group.admit_sheet", byAdmin, UploadBody, domain.ReasonNotAdmin},
	{"exemptions", "group.exempt", byAdmin, JSONBody, domain.ReasonNotAdmin},
	{"consents", "group.consent", ofMembers, JSONBody, domain.ReasonNotMember},
	{"appointments", "group.appoint", appoint, JSONBody, domain.ReasonNotHead},
	{"operations/:op/confirmations", "group.op_confirm", retry, EitherBody, domain.ReasonNotAdmin},
	{"operations/:op/retries", "group.op_retry", retry, JSONBody, domain.ReasonNotAdmin},
	{"findings/:finding/resolutions", "group.resolve", retry, JSONBody, domain.ReasonNotOwner},
	{"gaps/:capability/acknowledgements", "group.seen_gap", retry, JSONBody, domain.ReasonNotAdmin},
	{"looks", "group.look", retry, JSONBody, domain.ReasonNotAdmin},
}

func lifeRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	rows := []Route{
		{Method: get, Path: Base + "/groups/:id/members", Name: "group.members", Permission: readEvidence, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/dates", Name: "group.dates", Permission: readGroup, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/timeline", Name: "group.timeline", Permission: readGroup, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/findings", Name: "group.findings", Permission: readEvidence, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/operations", Name: "group.operations", Permission: readEvidence, Subject: OfGroup},
		{Method: get, Path: Base + "/groups/:id/joins", Name: "group.joining", Permission: everyone, Subject: OfGroup},
		{Method: get, Path: Base + "/memberships", Name: "membership.list", Permission: everyone},
		{Method: post, Path: Base + "/groups/:id/activity", Name: "group.activity", Permission: retry, Subject: OfGroup, Body: JSONBody, Deny: domain.ReasonNotAdmin},
		{Method: get, Path: Base + "/memberships/notices", Name: "membership.notices", Permission: everyone},
		{Method: post, Path: Base + "/memberships/keeps", Name: "membership.keep", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/groups/renewals", Name: "group.renewals", Permission: everyone},
		{Method: post, Path: Base + "/groups/renewals", Name: "group.renew_many", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/groups/stats", Name: "group.stats", Permission: overview},
	}
	for _, a := range lifeActs {
		rows = append(rows, Route{Method: post, Path: Base + "/groups/:id/" + a.path, Name: a.name, Permission: a.Permission, Subject: OfGroup, Body: a.body, Deny: a.deny})
	}
	return rows
}
