package web

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// States are told by colour, word and shape, never by colour alone.
var (
	caseTone = map[domain.CaseStatus]string{
		domain.CaseSubmitted: "info", domain.CaseInApproval: "info", domain.CaseApproved: "ok", domain.CaseReturned: "warn",
		domain.CaseRejected: "bad", domain.CaseWithdrawn: "calm", domain.CaseExpired: "warn", domain.CaseStopped: "bad", domain.CaseRevoked: "bad",
	}
	caseShape = map[domain.CaseStatus]string{
		domain.CaseSubmitted: "dotted", domain.CaseInApproval: "half", domain.CaseApproved: "check", domain.CaseReturned: "back",
		domain.CaseRejected: "cross", domain.CaseWithdrawn: "back", domain.CaseExpired: "clock", domain.CaseStopped: "cross", domain.CaseRevoked: "cross",
	}
	groupTone = map[domain.GroupState]string{
		domain.GroupDraft:        "warn",
		domain.GroupProvisioning: "info", domain.GroupProvisioningFailed: "bad", domain.GroupActive: "ok", domain.GroupRenewalDue: "warn",
		domain.GroupGrace: "warn", domain.GroupFrozen: "bad", domain.GroupArchived: "calm", domain.GroupPendingDeletion: "warn", domain.GroupDeleted: "calm",
	}
	groupShape = map[domain.GroupState]string{
		domain.GroupDraft:        "dotted",
		domain.GroupProvisioning: "half", domain.GroupProvisioningFailed: "alert", domain.GroupActive: "check", domain.GroupRenewalDue: "clock",
		domain.GroupGrace: "clock", domain.GroupFrozen: "lock", domain.GroupArchived: "box", domain.GroupPendingDeletion: "clock", domain.GroupDeleted: "cross",
	}
	slotTone = map[domain.SlotStatus]string{
		domain.SlotWaiting: "calm", domain.SlotOpen: "info", domain.SlotApproved: "ok", domain.SlotRejected: "bad",
		domain.SlotTransferred: "calm", domain.SlotClosed: "calm", domain.SlotCarriedOver: "ok",
	}
	slotShape = map[domain.SlotStatus]string{
		domain.SlotWaiting: "dotted", domain.SlotOpen: "half", domain.SlotApproved: "check", domain.SlotRejected: "cross",
		domain.SlotTransferred: "arrow", domain.SlotClosed: "dash", domain.SlotCarriedOver: "check",
	}
	noticeShape = map[string]string{"ok": "check", "warn": "alert", "bad": "cross", "info": "half"}
)

// iconPath holds our few drawings, 20 by 20, one stroke each.
var iconPath = map[string]string{
	"send":   "M2.5 9.5 17.5 3 13 17l-3.5-5.5zM9.5 11.5 17.5 3",
	"key":    "M12.5 3.5a4 4 0 1 1-1.6 7.6L9 13H7v2H5v2H2.5v-2.5l6.4-6.4a4 4 0 0 1 3.6-4.6zM14 6.5h.01",
	"home":   "M3 9.5 10 3l7 6.5V17h-4.5v-4.5h-5V17H3z",
	"inbox":  "M3 11 5.5 4h9L17 11v5H3zM3 11h4l1 2h4l1-2h4",
	"doc":    "M5 2.5h6.5L15 6v11.5H5zM11.5 2.5V6H15M7.5 10h5M7.5 13h5",
	"list":   "M4 5h.01M4 10h.01M4 15h.01M7.5 5H17M7.5 10H17M7.5 15H17",
	"bell":   "M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13zM8.5 17.5h3",
	"plus":   "M10 4v12M4 10h12",
	"search": "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M13 13l4 4",
	"people": "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 16.5a5.5 5.5 0 0 1 11 0M13 4a2.7 2.7 0 0 1 0 5M15 12a5 5 0 0 1 3 4.5",
	"person": "M10 9.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M4 17a6 6 0 0 1 12 0",
	"shield": "M10 2.5 16 5v4.5c0 4-2.5 6.5-6 8-3.5-1.5-6-4-6-8V5zM7.5 10l2 2 3.5-4",
	"mail":   "M3 5h14v10.5H3zM3 6l7 5.5L17 6",
	"help":   "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M7.8 8a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M10 14h.01",
	"scroll": "M6 2.5h9v12.5a2.5 2.5 0 0 1-2.5 2.5H5a2 2 0 0 1-2-2V14h7v1.5a2 2 0 0 0 2 2M8.5 6.5h4M8.5 9.5h4",
	"seal":   "M10 2.5a5 5 0 1 1 0 10 5 5 0 0 1 0-10M7 11.5 6 17.5l4-2 4 2-1-6M8 7.5l1.5 1.5L12.3 6",
	"clock":  "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6v4.3l2.8 1.7",
	"lock":   "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
	"check":  "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M6.8 10.2 9 12.4l4.2-4.7",
	"cross":  "M7 2.5h6L17.5 7v6L13 17.5H7L2.5 13V7zM7.5 7.5l5 5M12.5 7.5l-5 5",
	"half":   "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M10 6a4 4 0 0 1 0 8M10 6v8M11.5 7v6M13 8.5v3",
	"dotted": "M10 2.5h.01M15.3 4.7h.01M17.5 10h.01M15.3 15.3h.01M10 17.5h.01M4.7 15.3h.01M2.5 10h.01M4.7 4.7h.01",
	"dash":   "M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15M6.5 10h7",
	"back":   "M8 5 3.5 9.5 8 14M3.5 9.5H13a4 4 0 0 1 0 8h-1",
	"arrow":  "M4 10h12M11 5l5 5-5 5",
	"swap":   "M3 7h12M11.5 3.5 15 7l-3.5 3.5M17 13H5M8.5 9.5 5 13l3.5 3.5",
	"leave":  "M3.5 5h13v12h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5M7.5 13h5",
	"alert":  "M10 3 18 16.5H2zM10 8v4M10 14.3h.01",
	"x":      "M5 5l10 10M15 5 5 15",
	"copy":   "M7.5 7.5h9v9h-9zM4 12.5h-.5v-9h9V4",
	"box":    "M3 4h14v3.5H3zM4 7.5V16h12V7.5M8 10.5h4",
	"down":   "M10 3v10M5.5 9 10 13.5 14.5 9M4 17h12",
	"more":   "M4.5 10h.01M10 10h.01M15.5 10h.01",
	"clip":   "M14.5 9.5 9.6 14.4a3.2 3.2 0 0 1-4.5-4.5l6-6a2.1 2.1 0 0 1 3 3l-5.9 5.9a1 1 0 0 1-1.5-1.5l5-5",
	"chart":  "M3.5 17V9h3v8M8.5 17V4h3v13M13.5 17v-6h3v6M2.5 17h15",
	"flag":   "M5 17V3.5M5 4h9.5l-2 3.2 2 3.3H5",
	"renew":  "M15.5 7A6 6 0 0 0 5 6.2L3.5 8M3.5 4v4h4M4.5 13A6 6 0 0 0 15 13.8l1.5-1.8M16.5 16v-4h-4",
	"gear":   "M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4",
	"pen":    "M4 16l1-4 8.5-8.5 3 3L8 15zM11.5 5.5l3 3M3 18h14",
	"tick":   "M4.5 10.5l3.5 3.5 7.5-8",
	"learn":  "M2 7.5 10 4l8 3.5-8 3.5zM5 9v4.5c1.5 1.3 3 2 5 2s3.5-.7 5-2V9M18 7.5v5",
	"say":    "M3 4h14v9.5H9L5 17v-3.5H3z",
}

// few keeps a count short: beyond 99 the number itself says little.
func few(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

// lastRune is the letter of a face: the last character of a Chinese name, the first of another.
func lastRune(name string) string {
	if r, _ := utf8.DecodeRuneInString(name); r < 0x2E80 && r != utf8.RuneError {
		return strings.ToUpper(string(r))
	}
	r, _ := utf8.DecodeLastRuneInString(name)
	if r == utf8.RuneError {
		return "?"
	}
	return string(r)
}

// hue gives a name one of six quiet colours, always the same.
func hue(name string) string {
	n := 0
	for _, r := range name {
		n += int(r)
	}
	return "h" + strconv.Itoa(n%6)
}

func lastPart(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func shortDigest(d string) string {
	hex := strings.TrimPrefix(d, "sha256:")
	if len(hex) > 16 {
		return hex[:8] + "…" + hex[len(hex)-4:]
	}
	return hex
}

// comeBack is this page's address without what the last act left in it.
func (v *View) comeBack() string {
	if strings.HasPrefix(v.Here, "/signin") {
		return v.Here
	}
	u, err := url.Parse(v.Here)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Del("done")
	q.Del("n")
	u.RawQuery = q.Encode()
	return u.String()
}

func pressed(on bool) string { return strconv.FormatBool(on) }

// workflowMark tells a group's entries, and those of other cases, from its case's in an element's id.
func workflowMark(e service.TimelineEntry) string {
	switch {
	case e.Case != nil:
		return "r" + e.Kind + e.Case.ID
	case strings.HasPrefix(e.Workflow, "group-"):
		return "g"
	}
	return ""
}

// registerStates are the states a register can be narrowed to, in the order of a group's life.
var registerStates = []domain.GroupState{domain.GroupDraft, domain.GroupProvisioning, domain.GroupProvisioningFailed, domain.GroupActive,
	domain.GroupRenewalDue, domain.GroupGrace, domain.GroupFrozen, domain.GroupArchived, domain.GroupPendingDeletion, domain.GroupDeleted}

// exportHref is the export of what the filter shows now, as csv or xlsx.
func (v *View) exportHref(kind string) string {
	q := url.Values{}
	for k, vals := range v.Query {
		if k != "cursor" && k != "done" && k != "n" {
			q[k] = vals
		}
	}
	if len(q) == 0 {
		return "/groups." + kind
	}
	return "/groups." + kind + "?" + q.Encode()
}
