package api_test

// postExpected words who has a part in what is done to a publication (semantics 3): its author writes, who is asked decides
// elsewhere, security has a word on findings and classes, admins of the groups post by hand.
func postExpected(method, what string) expectation {
	const readers, parties = "security_officer auditor", "requester approver asked delegate named_admin"
	x := expectation{roles: readers, relations: parties, readRoles: readers, readRelations: parties}
	switch method + " " + what {
	case "GET ", "POST ", "POST previews", "GET new", "POST new": // everybody drafts, and lists what is theirs to know
		return expectation{signedIn: true}
	case "PUT :id", "POST :id", "GET :id/edit", "POST :id/edit", "POST :id/submissions", "POST :id/postings", "POST :id/withdrawals":
		x.roles, x.relations = "", "requester"
	case "POST :id/exemptions", "POST :id/classes":
		x.roles, x.relations = "security_officer", ""
	case "POST :id/alternatives": // R3.2.2
		x.roles, x.relations = "", "approver asked delegate"
	case "POST :id/retries":
		x.roles, x.relations = "", "requester named_admin"
	case "POST :id/confirmations": // R2.2.1: only an admin says what stands in the group
		x.roles, x.relations = "", "named_admin"
	case "POST :id/recalls", "POST :id/archivals":
		x.roles, x.relations = "security_officer", "requester named_admin"
	}
	return x
}
