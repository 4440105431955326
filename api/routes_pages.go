package api

import "net/http"

// pageRoutes are the pages' rows of the table: the same permissions as the API's acts, by the same names.
func pageRoutes() []Route {
	rows := []Route{
		{Path: "/", Name: "page.home", Permission: everyone},
		{Path: "/signin", Name: "page.signin", Permission: public},
		{Method: http.MethodPost, Path: "/signin", Name: "session.start", Permission: public, SignIn: true, Demo: true},
		{Method: http.MethodPost, Path: "/signout", Name: "session.end", Permission: everyone},
		{Method: http.MethodPost, Path: "/language", Name: "me.language", Permission: public},
		{Method: http.MethodPost, Path: "/me/notifications", Name: "me.notifications", Permission: everyone},
		{Path: "/help", Name: "page.help", Permission: public},
		{Path: "/static/:hash/:file", Name: "page.static", Permission: public},

		{Path: "/inbox", Name: "inbox.read", Permission: everyone},
		{Path: "/cases", Name: "case.mine", Permission: everyone},
		{Path: "/cases/:id", Name: "case.read", Permission: readCase, Subject: OfCase},
		{Method: http.MethodPost, Path: "/cases/:id/reading", Name: "case.read", Permission: readCase, Subject: OfCase},
		{Method: http.MethodPost, Path: "/cases/:id/decisions", Name: "case.decide", Permission: decide, Subject: OfCase, Deny: "not_an_approver"},
		{Method: http.MethodPost, Path: "/cases/:id/withdrawals", Name: "case.withdraw", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},
		{Method: http.MethodPost, Path: "/cases/:id/comments", Name: "case.comment", Permission: comment, Subject: OfCase},
		{Path: "/cases/:id/acts/:act", Name: "case.act", Permission: readCase, Subject: OfCase},
		{Method: http.MethodPost, Path: "/inbox/decisions", Name: "inbox.decide", Permission: everyone},
		{Path: "/cases/:id/attachments/:object", Name: "case.attachment", Permission: readCase, Subject: OfCase},
		{Method: http.MethodPost, Path: "/cases/:id/returns", Name: "case.return", Permission: sendBack, Subject: OfCase, Deny: "not_an_approver"},
		{Method: http.MethodPost, Path: "/cases/:id/transfers", Name: "case.transfer", Permission: holder, Subject: OfCase, Deny: "not_an_approver"},
		{Method: http.MethodPost, Path: "/cases/:id/added-signers", Name: "case.add_signers", Permission: holder, Subject: OfCase, Deny: "not_an_approver"},
		{Method: http.MethodPost, Path: "/cases/:id/copies", Name: "case.copy", Permission: copies, Subject: OfCase},
		{Method: http.MethodPost, Path: "/cases/:id/urges", Name: "case.urge", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},
		{Method: http.MethodPost, Path: "/cases/:id/assignments", Name: "case.assign", Permission: helper, Subject: OfCase},
		{Method: http.MethodPost, Path: "/cases/:id/revocations", Name: "case.revoke", Permission: revoke, Subject: OfCase},
		{Path: "/cases/:id/again", Name: "case.resubmit", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},
		{Method: http.MethodPost, Path: "/cases/:id/resubmissions", Name: "case.resubmit", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},
		{Method: http.MethodPost, Path: "/cases/:id/resubmissions/name", Name: "case.preview", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},
		{Method: http.MethodPost, Path: "/cases/:id/resubmissions/route", Name: "case.preview", Permission: withdraw, Subject: OfCase, Deny: "not_the_requester"},

		// A link in a mail: whose it is and what may be done by it, the link itself says (service.Links).
		{Path: "/l/:link", Name: "mail_link.read", Permission: public, Secret: true},
		{Method: http.MethodPost, Path: "/l/:link", Name: "mail_link.decide", Permission: public, Secret: true},

		{Path: "/groups/new", Name: "group.file", Permission: everyone},
		{Method: http.MethodPost, Path: "/groups/new", Name: "group.file", Permission: everyone},
		{Method: http.MethodPost, Path: "/groups/new/name", Name: "group.name_check", Permission: everyone},
		{Method: http.MethodPost, Path: "/groups/new/route", Name: "group.preview", Permission: everyone},
		{Path: "/groups/import", Name: "group.import", Permission: everyone},
		{Method: http.MethodPost, Path: "/groups/import", Name: "group.import", Permission: everyone},
		{Path: "/groups/template.xlsx", Name: "group.template", Permission: everyone},
		{Path: "/people", Name: "people.find", Permission: everyone},

		{Path: "/groups", Name: "group.list", Permission: everyone},
		{Path: "/groups.csv", Name: "group.list", Permission: everyone},
		{Path: "/groups/:id", Name: "group.read", Permission: readGroup, Subject: OfGroup},
		{Method: http.MethodPost, Path: "/groups/:id/reading", Name: "group.read", Permission: readGroup, Subject: OfGroup},
		{Path: "/groups/:id/change", Name: "group.change_preview", Permission: confirm, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/change", Name: "group.change", Permission: confirm, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/change/name", Name: "group.change_preview", Permission: confirm, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/change/route", Name: "group.change_preview", Permission: confirm, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/confirmations", Name: "group.confirm", Permission: confirm, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/deletions", Name: "group.confirm_deleted", Permission: retry, Subject: OfGroup, Deny: "not_an_admin"},
		{Method: http.MethodPost, Path: "/groups/:id/retries", Name: "group.retry", Permission: retry, Subject: OfGroup, Deny: "not_an_admin"},
		{Path: "/groups/:id/acts/:act", Name: "group.act", Permission: groupActs, Subject: OfGroup},
		{Path: "/groups/:id/timeline", Name: "group.timeline", Permission: readGroup, Subject: OfGroup},
		{Path: "/groups/overview", Name: "group.stats", Permission: overview},
		{Path: "/groups.xlsx", Name: "group.list", Permission: everyone},
		{Path: "/renewals", Name: "group.renewals", Permission: everyone},
		{Method: http.MethodPost, Path: "/renewals", Name: "group.renew_many", Permission: everyone},
		{Path: "/groups/:id/evidence", Name: "group.evidence", Permission: readEvidence, Subject: OfGroup},

		{Path: "/notifications", Name: "notification.list", Permission: everyone},
		{Method: http.MethodPost, Path: "/notifications/read", Name: "notification.read", Permission: everyone},
		{Path: "/me", Name: "me.read", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/tokens", Name: "token.create", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/tokens/:id/end", Name: "token.end", Permission: everyone},
		{Method: http.MethodPost, Path: "/me/sessions/:id/end", Name: "session.end", Permission: everyone},

		{Path: "/delegations", Name: "delegation.list", Permission: everyone},
		{Method: http.MethodPost, Path: "/delegations", Name: "delegation.set", Permission: everyone},
		{Method: http.MethodPost, Path: "/delegations/:id/end", Name: "delegation.end", Permission: everyone},
		{Method: http.MethodPost, Path: "/delegations/calendar", Name: "absence.calendar", Permission: everyone},
		{Method: http.MethodPost, Path: "/delegations/proposals/:id/accept", Name: "absence.accept", Permission: everyone},
		{Method: http.MethodPost, Path: "/delegations/proposals/:id/decline", Name: "absence.decline", Permission: everyone},
		{Path: "/absences/import", Name: "absence.import", Permission: personnel},
		{Method: http.MethodPost, Path: "/absences/import", Name: "absence.import", Permission: personnel},
		{Path: "/absences/import/template.xlsx", Name: "absence.template", Permission: personnel},

		{Path: "/directory", Name: "directory.import", Permission: importer},
		{Method: http.MethodPost, Path: "/directory", Name: "directory.import", Permission: importer},

		{Path: "/policies", Name: "policy.list", Permission: readRules},
		{Method: http.MethodPost, Path: "/policies", Name: "policy.draft", Permission: writeRules},
		{Path: "/policies/:version", Name: "policy.read", Permission: readRules},
		{Method: http.MethodPost, Path: "/policies/:version/dry-runs", Name: "policy.dry_run", Permission: writeRules},
		{Method: http.MethodPost, Path: "/policies/:version/proposals", Name: "policy.propose", Permission: writeRules},
		{Method: http.MethodPost, Path: "/policies/:version/activations", Name: "policy.activate", Permission: writeRules},
		{Method: http.MethodPost, Path: "/policies/:version/withdrawals", Name: "policy.withdraw", Permission: writeRules},
		{Path: "/calendars", Name: "calendar.list", Permission: readRules},
		{Method: http.MethodPost, Path: "/calendars", Name: "calendar.draft", Permission: writeRules},
		{Path: "/calendars/:version", Name: "calendar.read", Permission: readRules},
		{Method: http.MethodPost, Path: "/calendars/:version/proposals", Name: "calendar.propose", Permission: writeRules},
		{Method: http.MethodPost, Path: "/calendars/:version/activations", Name: "calendar.activate", Permission: writeRules},
		{Method: http.MethodPost, Path: "/calendars/:version/withdrawals", Name: "calendar.withdraw", Permission: writeRules},
		{Path: "/hand", Name: "case.hand", Permission: writeRules},
		{Path: "/hand/:id", Name: "case.hand", Permission: writeRules},
		{Method: http.MethodPost, Path: "/hand/:id/assignments", Name: "case.assign", Permission: writeRules},
		{Method: http.MethodPost, Path: "/hand/:id/dismissals", Name: "case.dismiss", Permission: writeRules},

		{Path: "/audit", Name: "audit.cases", Permission: auditor},
		{Path: "/audit/events", Name: "audit.events", Permission: auditor},
		{Path: "/audit/workflows/:workflow", Name: "audit.history", Permission: auditor, Subject: OfWorkflow},
		{Method: http.MethodPost, Path: "/audit/workflows/:workflow", Name: "audit.history", Permission: auditor, Subject: OfWorkflow},
		{Method: http.MethodPost, Path: "/audit/workflows/:workflow/replays", Name: "audit.replay", Permission: auditor, Subject: OfWorkflow},
		{Method: http.MethodPost, Path: "/audit/workflows/:workflow/raw", Name: "audit.raw", Permission: auditor, Subject: OfWorkflow},

		{Path: "/demo/mail", Name: "demo.mail", Permission: everyone, Demo: true},
		{Path: "/demo/mail/:id", Name: "demo.mail", Permission: everyone, Demo: true, FreeID: true},
	}
	rows = append(rows, postPages()...)
	rows = append(rows, passkeyPages()...)
	rows = append(rows, outsiderPages()...)
	rows = append(rows, agreementPages()...)
	rows = append(rows,
		Route{Path: "/memberships", Name: "membership.list", Permission: everyone},
		Route{Method: http.MethodPost, Path: "/memberships/keeps", Name: "membership.keep", Permission: everyone},
		Route{Path: "/groups/:id/joins", Name: "group.joining", Permission: everyone, Subject: OfGroup})
	rows = append(rows, trainingPages()...)
	for _, a := range lifeActs {
		rows = append(rows, Route{Method: http.MethodPost, Path: "/groups/:id/" + a.path, Name: a.name, Permission: a.Permission, Subject: OfGroup, Deny: a.deny})
	}
	rows = append(rows, signPages()...)
	for i := range rows {
		rows[i].Page = true
		if rows[i].Method == "" {
			rows[i].Method = http.MethodGet
		} else if rows[i].Body == NoBody {
			rows[i].Body = FormBody
		}
	}
	return rows
}
