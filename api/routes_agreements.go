package api

import (
	"net/http"

	"github.com/qunbei/qunbei/models/domain"
)

var (
	readTemplates  = Permission{Roles: roles{domain.RoleLegal, domain.RoleAuditor}}
	writeTemplates = Permission{Roles: roles{domain.RoleLegal}}
)

// agreementRoutes are the rows of agreements (R4.2.1, semantics 4): their texts are legal's, and anybody can have a signed
// document checked.
func agreementRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: Base + "/nda-templates", Name: "nda_template.list", Permission: readTemplates},
		{Method: post, Path: Base + "/nda-templates", Name: "nda_template.draft", Permission: writeTemplates, Body: JSONBody},
		{Method: get, Path: Base + "/nda-templates/:id", Name: "nda_template.read", Permission: readTemplates},
		{Method: get, Path: Base + "/nda-templates/:id/diff", Name: "nda_template.diff", Permission: readTemplates},
		{Method: get, Path: Base + "/nda-templates/:id/preview", Name: "nda_template.preview", Permission: readTemplates},
		{Method: post, Path: Base + "/nda-templates/:id/reviews", Name: "nda_template.review", Permission: writeTemplates, Body: JSONBody},
		{Method: post, Path: Base + "/nda-templates/:id/publications", Name: "nda_template.publish", Permission: writeTemplates, Body: JSONBody},
		{Method: post, Path: Base + "/nda-templates/:id/withdrawals", Name: "nda_template.withdraw", Permission: writeTemplates, Body: JSONBody},
		{Method: post, Path: Base + "/nda-verifications", Name: "document.verify", Permission: public, Body: PDFBody, Costly: true},
	}
}

// agreementPages are their pages.
func agreementPages() []Route {
	const post = http.MethodPost
	return []Route{
		{Path: "/nda-templates", Name: "nda_template.list", Permission: readTemplates},
		{Method: post, Path: "/nda-templates", Name: "nda_template.draft", Permission: writeTemplates},
		{Path: "/nda-templates/:id", Name: "nda_template.read", Permission: readTemplates},
		{Path: "/nda-templates/:id/preview", Name: "nda_template.preview", Permission: readTemplates},
		{Method: post, Path: "/nda-templates/:id/reviews", Name: "nda_template.review", Permission: writeTemplates},
		{Method: post, Path: "/nda-templates/:id/publications", Name: "nda_template.publish", Permission: writeTemplates},
		{Method: post, Path: "/nda-templates/:id/withdrawals", Name: "nda_template.withdraw", Permission: writeTemplates},
		{Path: "/verify", Name: "document.verify", Permission: public},
		{Method: post, Path: "/verify", Name: "document.verify", Permission: public, Body: PDFForm, Costly: true},
	}
}
