package api

import (
	"net/http"

	"github.com/qunbei/qunbei/models/domain"
)

var (
	readRules  = Permission{Roles: roles{domain.RoleProcessAdmin, domain.RoleAuditor}}
	writeRules = Permission{Roles: roles{domain.RoleProcessAdmin}}
)

// ruleRoutes are the rows of the company's rules as data: policies and working calendars.
func ruleRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: Base + "/policies", Name: "policy.list", Permission: readRules},
		{Method: post, Path: Base + "/policies", Name: "policy.draft", Permission: writeRules, Body: YAMLBody},
		{Method: get, Path: Base + "/policies/schema.json", Name: "policy.schema", Permission: public},
		{Method: get, Path: Base + "/policies/:version", Name: "policy.read", Permission: readRules},
		{Method: get, Path: Base + "/policies/:version/diff", Name: "policy.diff", Permission: readRules},
		{Method: post, Path: Base + "/policies/:version/dry-runs", Name: "policy.dry_run", Permission: writeRules, Body: JSONBody},
		{Method: post, Path: Base + "/policies/:version/proposals", Name: "policy.propose", Permission: writeRules, Body: JSONBody},
		{Method: post, Path: Base + "/policies/:version/activations", Name: "policy.activate", Permission: writeRules, Body: JSONBody},
		{Method: post, Path: Base + "/policies/:version/withdrawals", Name: "policy.withdraw", Permission: writeRules, Body: JSONBody},
		{Method: get, Path: Base + "/calendars", Name: "calendar.list", Permission: readRules},
		{Method: post, Path: Base + "/calendars", Name: "calendar.draft", Permission: writeRules, Body: YAMLBody},
		{Method: get, Path: Base + "/calendars/:version", Name: "calendar.read", Permission: readRules},
		{Method: get, Path: Base + "/calendars/:version/diff", Name: "calendar.diff", Permission: readRules},
		{Method: post, Path: Base + "/calendars/:version/proposals", Name: "calendar.propose", Permission: writeRules, Body: JSONBody},
		{Method: post, Path: Base + "/calendars/:version/activations", Name: "calendar.activate", Permission: writeRules, Body: JSONBody},
		{Method: post, Path: Base + "/calendars/:version/withdrawals", Name: "calendar.withdraw", Permission: writeRules, Body: JSONBody},
	}
}
