package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// Route is one page. Its permission is the row of the server's table that has the same method and path.
type Route struct {
	Method string
	Path   string
	Public bool // without signing in
	Demo   bool // exists only in the demo
	handle func(*Web, echo.Context, *View) error
}

// Routes lists every page.
var Routes = slices.Concat(lifeRoutes(), passkeyRoutes(), templateRoutes(), signRoutes(), trainingRoutes(), outsiderRoutes(), postRoutes(), []Route{
	{Method: http.MethodGet, Path: "/", handle: (*Web).home},
	{Method: http.MethodGet, Path: "/signin", Public: true, handle: (*Web).signInForm},
	{Method: http.MethodPost, Path: "/signin", Public: true, handle: (*Web).signIn, Demo: true},
	{Method: http.MethodPost, Path: "/signout", handle: (*Web).signOut},
	{Method: http.MethodPost, Path: "/me/notifications", handle: (*Web).notify},
	{Method: http.MethodPost, Path: "/language", Public: true, handle: (*Web).language},
	{Method: http.MethodGet, Path: "/help", Public: true, handle: (*Web).help},
	{Method: http.MethodGet, Path: "/static/:hash/:file", Public: true, handle: (*Web).static},

	{Method: http.MethodGet, Path: "/memberships", handle: (*Web).memberships},
	{Method: http.MethodPost, Path: "/memberships/keeps", handle: (*Web).keep},
	{Method: http.MethodGet, Path: "/groups/:id/joins", handle: (*Web).joining},
	{Method: http.MethodPost, Path: "/groups/:id/joins", handle: (*Web).ask},
	{Method: http.MethodPost, Path: "/groups/:id/joins/:employee/reviews", handle: (*Web).review},
	{Method: http.MethodPost, Path: "/groups/:id/invitations/:employee/answers", handle: (*Web).answerInvitation},
	{Method: http.MethodPost, Path: "/groups/:id/members/imports", handle: (*Web).admitSheet},

	{Method: http.MethodGet, Path: "/inbox", handle: (*Web).inbox},
	{Method: http.MethodGet, Path: "/cases", handle: (*Web).myCases},
	{Method: http.MethodGet, Path: "/cases/:id", handle: (*Web).casePage},
	{Method: http.MethodPost, Path: "/cases/:id/reading", handle: (*Web).casePage},
	{Method: http.MethodPost, Path: "/cases/:id/decisions", handle: (*Web).decide},
	{Method: http.MethodPost, Path: "/cases/:id/withdrawals", handle: (*Web).withdraw},
	{Method: http.MethodPost, Path: "/cases/:id/comments", handle: (*Web).comment},
	{Method: http.MethodGet, Path: "/cases/:id/acts/:act", handle: (*Web).actStatus},
	{Method: http.MethodPost, Path: "/inbox/decisions", handle: (*Web).decideMany},
	{Method: http.MethodGet, Path: "/cases/:id/attachments/:object", handle: (*Web).attachment},
	{Method: http.MethodPost, Path: "/cases/:id/returns", handle: (*Web).sendBack},
	{Method: http.MethodPost, Path: "/cases/:id/transfers", handle: (*Web).transfer},
	{Method: http.MethodPost, Path: "/cases/:id/added-signers", handle: (*Web).addSigners},
	{Method: http.MethodPost, Path: "/cases/:id/copies", handle: (*Web).copyTo},
	{Method: http.MethodPost, Path: "/cases/:id/urges", handle: (*Web).urge},
	{Method: http.MethodPost, Path: "/cases/:id/assignments", handle: (*Web).assign},
	{Method: http.MethodPost, Path: "/cases/:id/revocations", handle: (*Web).revoke},
	{Method: http.MethodGet, Path: "/cases/:id/again", handle: (*Web).againForm},
	{Method: http.MethodPost, Path: "/cases/:id/resubmissions", handle: (*Web).resubmit},
	{Method: http.MethodPost, Path: "/cases/:id/resubmissions/name", handle: (*Web).againName},
	{Method: http.MethodPost, Path: "/cases/:id/resubmissions/route", handle: (*Web).againRoute},

	{Method: http.MethodGet, Path: "/l/:link", Public: true, handle: (*Web).mailLink},
	{Method: http.MethodPost, Path: "/l/:link", Public: true, handle: (*Web).decideByLink},

	{Method: http.MethodGet, Path: "/groups/new", handle: (*Web).fileForm},
	{Method: http.MethodPost, Path: "/groups/new", handle: (*Web).file},
	{Method: http.MethodPost, Path: "/groups/new/name", handle: (*Web).fileName},
	{Method: http.MethodPost, Path: "/groups/new/route", handle: (*Web).fileRoute},
	{Method: http.MethodGet, Path: "/groups/import", handle: (*Web).bulkForm},
	{Method: http.MethodPost, Path: "/groups/import", handle: (*Web).bulk},
	{Method: http.MethodGet, Path: "/groups/template.xlsx", handle: (*Web).bulkTemplate},
	{Method: http.MethodGet, Path: "/people", handle: (*Web).people},

	{Method: http.MethodGet, Path: "/groups", handle: (*Web).register},
	{Method: http.MethodGet, Path: "/groups.csv", handle: (*Web).registerCSV},
	{Method: http.MethodGet, Path: "/groups/:id", handle: (*Web).groupPage},
	{Method: http.MethodPost, Path: "/groups/:id/reading", handle: (*Web).groupPage},
	{Method: http.MethodGet, Path: "/groups/:id/change", handle: (*Web).changeForm},
	{Method: http.MethodPost, Path: "/groups/:id/change", handle: (*Web).change},
	{Method: http.MethodPost, Path: "/groups/:id/change/name", handle: (*Web).changeName},
	{Method: http.MethodPost, Path: "/groups/:id/change/route", handle: (*Web).changeRoute},
	{Method: http.MethodPost, Path: "/groups/:id/confirmations", handle: (*Web).confirm},
	{Method: http.MethodPost, Path: "/groups/:id/deletions", handle: (*Web).confirmDeleted},
	{Method: http.MethodPost, Path: "/groups/:id/retries", handle: (*Web).retry},
	{Method: http.MethodPost, Path: "/groups/:id/looks", handle: (*Web).look},
	{Method: http.MethodGet, Path: "/groups/:id/acts/:act", handle: (*Web).groupActStatus},
	{Method: http.MethodGet, Path: "/groups/:id/timeline", handle: (*Web).groupHistory},
	{Method: http.MethodGet, Path: "/groups/overview", handle: (*Web).overview},
	{Method: http.MethodGet, Path: "/groups.xlsx", handle: (*Web).registerXLSX},
	{Method: http.MethodGet, Path: "/renewals", handle: (*Web).renewals},
	{Method: http.MethodPost, Path: "/renewals", handle: (*Web).renewMany},
	{Method: http.MethodGet, Path: "/groups/:id/evidence", handle: (*Web).evidence},

	{Method: http.MethodGet, Path: "/notifications", handle: (*Web).notifications},
	{Method: http.MethodPost, Path: "/notifications/read", handle: (*Web).markRead},
	{Method: http.MethodGet, Path: "/me", handle: (*Web).me},
	{Method: http.MethodPost, Path: "/me/tokens", handle: (*Web).createToken},
	{Method: http.MethodPost, Path: "/me/tokens/:id/end", handle: (*Web).endToken},
	{Method: http.MethodPost, Path: "/me/sessions/:id/end", handle: (*Web).endSession},

	{Method: http.MethodGet, Path: "/delegations", handle: (*Web).delegations},
	{Method: http.MethodPost, Path: "/delegations", handle: (*Web).delegate},
	{Method: http.MethodPost, Path: "/delegations/:id/end", handle: (*Web).endDelegation},
	{Method: http.MethodPost, Path: "/delegations/calendar", handle: (*Web).calendar},
	{Method: http.MethodPost, Path: "/delegations/proposals/:id/accept", handle: (*Web).acceptProposal},
	{Method: http.MethodPost, Path: "/delegations/proposals/:id/decline", handle: (*Web).declineProposal},
	{Method: http.MethodGet, Path: "/absences/import", handle: (*Web).absencesForm},
	{Method: http.MethodPost, Path: "/absences/import", handle: (*Web).absences},
	{Method: http.MethodGet, Path: "/absences/import/template.xlsx", handle: (*Web).absenceTemplate},

	{Method: http.MethodGet, Path: "/directory", handle: (*Web).directoryForm},
	{Method: http.MethodPost, Path: "/directory", handle: (*Web).directory},

	{Method: http.MethodGet, Path: "/policies", handle: (*Web).rules},
	{Method: http.MethodPost, Path: "/policies", handle: (*Web).draftRules},
	{Method: http.MethodGet, Path: "/policies/:version", handle: (*Web).rulesVersion},
	{Method: http.MethodPost, Path: "/policies/:version/dry-runs", handle: (*Web).dryRun},
	{Method: http.MethodPost, Path: "/policies/:version/proposals", handle: (*Web).proposeRules},
	{Method: http.MethodPost, Path: "/policies/:version/activations", handle: (*Web).activateRules},
	{Method: http.MethodPost, Path: "/policies/:version/withdrawals", handle: (*Web).withdrawRules},
	{Method: http.MethodGet, Path: "/calendars", handle: (*Web).rules},
	{Method: http.MethodPost, Path: "/calendars", handle: (*Web).draftRules},
	{Method: http.MethodGet, Path: "/calendars/:version", handle: (*Web).rulesVersion},
	{Method: http.MethodPost, Path: "/calendars/:version/proposals", handle: (*Web).proposeRules},
	{Method: http.MethodPost, Path: "/calendars/:version/activations", handle: (*Web).activateRules},
	{Method: http.MethodPost, Path: "/calendars/:version/withdrawals", handle: (*Web).withdrawRules},
	{Method: http.MethodGet, Path: "/hand", handle: (*Web).hand},
	{Method: http.MethodGet, Path: "/hand/:id", handle: (*Web).handCase},
	{Method: http.MethodPost, Path: "/hand/:id/assignments", handle: (*Web).handAssign},
	{Method: http.MethodPost, Path: "/hand/:id/dismissals", handle: (*Web).handDismiss},

	{Method: http.MethodGet, Path: "/audit", handle: (*Web).audit},
	{Method: http.MethodGet, Path: "/audit/events", handle: (*Web).auditEvents},
	{Method: http.MethodGet, Path: "/audit/workflows/:workflow", handle: (*Web).history},
	{Method: http.MethodPost, Path: "/audit/workflows/:workflow", handle: (*Web).history},
	{Method: http.MethodPost, Path: "/audit/workflows/:workflow/replays", handle: (*Web).replay},
	{Method: http.MethodPost, Path: "/audit/workflows/:workflow/raw", handle: (*Web).rawHistory},

	{Method: http.MethodGet, Path: "/demo/mail", handle: (*Web).mails, Demo: true},
	{Method: http.MethodGet, Path: "/demo/mail/:id", handle: (*Web).mail, Demo: true},
})
