package api

import (
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Who may have a part in which act on an agreement (semantics 4). Whether it is allowed now, the workflow says.
var (
	// An agreement is read by who signs it, who signs it for the company, the group's admins and, for their office, by
	// legal, security and auditors.
	readNDA = Permission{
		Roles:     roles{domain.RoleLegal, domain.RoleSecurity, domain.RoleAuditor},
		Relations: rels{service.RelSigner, service.RelCounter, service.RelNamedAdmin},
	}
	bySigner  = Permission{Relations: rels{service.RelSigner}}
	byCounter = Permission{Relations: rels{service.RelCounter}}
	byPaper   = Permission{Roles: roles{domain.RoleLegal}, Relations: rels{service.RelNamedAdmin}}
	giveBack  = Permission{Roles: roles{domain.RoleHR}, Relations: rels{service.RelSigner}}
	mendNDA   = Permission{Roles: roles{domain.RoleLegal, domain.RoleSecurity, domain.RoleProcessAdmin}}
	ndaActs   = Permission{
		Roles:     roles{domain.RoleLegal, domain.RoleSecurity, domain.RoleProcessAdmin, domain.RoleHR},
		Relations: rels{service.RelSigner, service.RelCounter, service.RelNamedAdmin},
	}
)

// signActs are the acts on an agreement, by the end of their address: the API and the pages have the same.
var signActs = []struct {
	path, name string
	Permission
	body Body
	deny domain.Reason
}{
	{"views", "nda.view", bySigner, JSONBody, "not_the_signer"},
	{"codes", "nda.code", bySigner, JSONBody, "not_the_signer"},
	{"verifications", "nda.verify", bySigner, JSONBody, "not_the_signer"},
	{"signatures", "nda.sign", bySigner, JSONBody, "not_the_signer"},
	{"declines", "nda.decline", bySigner, JSONBody, "not_the_signer"},
	{"countersignatures", "nda.countersign", byCounter, JSONBody, "not_the_countersigner"},
	{"scans", "nda.scan", byPaper, EitherBody, "not_admin_nor_legal"},
	{"returns", "nda.return", giveBack, JSONBody, "not_the_signer"},
	{"voids", "nda.void", byLegal, JSONBody, domain.ReasonNotLegal},
	{"retries", "nda.retry", mendNDA, JSONBody, ""},
}

func signRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	rows := []Route{
		{Method: get, Path: Base + "/ndas", Name: "nda.list", Permission: everyone},
		{Method: post, Path: Base + "/ndas/countersignatures", Name: "nda.countersign_many", Permission: everyone, Body: JSONBody},
		{Method: get, Path: Base + "/ndas/:id", Name: "nda.read", Permission: readNDA, Subject: OfNDA},
		{Method: get, Path: Base + "/ndas/:id/document", Name: "nda.document", Permission: readNDA, Subject: OfNDA},
		{Method: get, Path: Base + "/ndas/:id/copy", Name: "nda.copy", Permission: readNDA, Subject: OfNDA},
		{Method: get, Path: Base + "/ndas/:id/scan", Name: "nda.read_scan", Permission: readNDA, Subject: OfNDA},
		{Method: get, Path: Base + "/ndas/:id/assertion", Name: "nda.read_assertion", Permission: readNDA, Subject: OfNDA},
		{Method: get, Path: Base + "/ndas/:id/acts/:act_id", Name: "nda.act", Permission: ndaActs, Subject: OfNDA},
	}
	for _, a := range signActs {
		rows = append(rows, Route{Method: post, Path: Base + "/ndas/:id/" + a.path, Name: a.name, Permission: a.Permission, Subject: OfNDA, Body: a.body, Deny: a.deny})
	}
	return rows
}

// signPages are the pages of agreements.
func signPages() []Route {
	rows := []Route{
		{Path: "/ndas", Name: "nda.list", Permission: everyone},
		{Method: http.MethodPost, Path: "/ndas/countersignatures", Name: "nda.countersign_many", Permission: everyone},
		{Path: "/ndas/:id", Name: "nda.read", Permission: readNDA, Subject: OfNDA},
		{Path: "/ndas/:id/document", Name: "nda.document", Permission: readNDA, Subject: OfNDA},
		{Path: "/ndas/:id/copy", Name: "nda.copy", Permission: readNDA, Subject: OfNDA},
		{Path: "/ndas/:id/scan", Name: "nda.read_scan", Permission: readNDA, Subject: OfNDA},
		{Path: "/ndas/:id/assertion", Name: "nda.read_assertion", Permission: readNDA, Subject: OfNDA},
		{Path: "/ndas/:id/acts/:act", Name: "nda.act", Permission: ndaActs, Subject: OfNDA},
	}
	for _, a := range signActs {
		rows = append(rows, Route{Method: http.MethodPost, Path: "/ndas/:id/" + a.path, Name: a.name, Permission: a.Permission, Subject: OfNDA, Deny: a.deny})
	}
	return rows
}
