package api

import (
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// removal is what admins and security do to any member, and a sponsor to people from outside whom they answer for.
var removal = Permission{Roles: roles{domain.RoleSecurity}, Relations: rels{service.RelNamedAdmin, service.RelSponsor}}

// outsideOnly names, by the rule, what people from outside the company are let through to (R2.2.5): their own places,
// agreements and trainings, their invitation, leaving, signing out. Every other row of the table is 404 to them, whatever it
// says of everybody: deny by default.
var outsideOnly = map[string]bool{
	"page.home": true, "me.language": true, "session.end": true,
	"membership.list": true, "membership.notices": true, "membership.keep": true, "group.joining": true, "group.answer_invite": true, "group.leave": true, "group.act": true,
	"nda.list": true, "nda.read": true, "nda.document": true, "nda.copy": true, "nda.act": true,
	"nda.view": true, "nda.code": true, "nda.verify": true, "nda.sign": true, "nda.decline": true, "nda.return": true,
	"training.mine": true, "course.read": true, "training.begin": true, "training.attempt": true, "training.answer": true,
}

// outsiderRoutes are how people from outside come in and sign in.
func outsiderRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: Base + "/groups/:id/outsiders", Name: "group.outsiders", Permission: readEvidence, Subject: OfGroup},
		{Method: post, Path: Base + "/sessions/links", Name: "session.ask_link", Permission: public, Body: JSONBody, SignIn: true},
		{Method: post, Path: Base + "/sessions/outsiders", Name: "session.start", Permission: public, Body: JSONBody, SignIn: true},
	}
}

func outsiderPages() []Route {
	const post = http.MethodPost
	return []Route{
		{Path: "/outsiders", Name: "session.ask_link", Permission: public},
		{Method: post, Path: "/outsiders", Name: "session.ask_link", Permission: public, SignIn: true},
		{Path: "/outsiders/links/:link", Name: "session.start", Permission: public, Secret: true},
		{Method: post, Path: "/outsiders/links/:link", Name: "session.start", Permission: public, Secret: true, SignIn: true},
	}
}
