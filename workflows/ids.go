package workflows

import "strings"

// TaskQueue is where every worker of the house polls.
const TaskQueue = "qunbei"

// CaseID is the workflow id of a case: opaque, since workflow ids are plain to the engine's operators (temporal.md 16).
func CaseID(caseID string) string { return "case-" + caseID }

// GroupID is the workflow id of a group.
func GroupID(groupID string) string { return "group-" + groupID }

// NDAID is the workflow id of an agreement.
func NDAID(ndaID string) string { return "nda-" + ndaID }

// PostID is the workflow id of a publication.
func PostID(postID string) string { return "post-" + postID }

// Subject is the case, group, agreement or publication behind a workflow id, with its kind; ok is false for any other id.
func Subject(workflowID string) (kind, id string, ok bool) {
	kind, id, ok = strings.Cut(workflowID, "-")
	if !ok || (kind != "case" && kind != "group" && kind != "nda" && kind != "post") {
		return "", "", false
	}
	return kind, id, true
}
