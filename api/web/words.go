package web

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Exact writes a time in full, in the company's zone.
func (v *View) Exact(t time.Time) string {
	t = t.In(v.Zone)
	if v.Lang == English {
		return t.Format("2 Jan 2006, 15:04:05") + " (" + t.Format("UTC-07:00") + ")"
	}
	return t.Format("2006年1月2日 15:04:05") + "（" + v.T("zone") + "）"
}

// Day writes a date.
func (v *View) Day(t time.Time) string {
	t = t.In(v.Zone)
	if v.Lang == English {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2006年1月2日")
}

// DayText writes a date that came as YYYY-MM-DD.
func (v *View) DayText(s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, v.Zone)
	if err != nil {
		return s
	}
	return v.Day(t)
}

// Relative writes a time as people say it: soon and lately in minutes and hours, then as a day.
func (v *View) Relative(t time.Time) string {
	d := t.Sub(v.Now)
	ago := d < 0
	if ago {
		d = -d
	}
	pick := func(unit string, n int) string {
		dir := "in"
		if ago {
			dir = "ago"
		}
		if n == 1 {
			if s := v.TOr("time."+dir+"."+unit+".one", ""); s != "" {
				return s
			}
		}
		return v.T("time."+dir+"."+unit, "n", fmt.Sprint(n))
	}
	switch {
	case d < time.Minute:
		return v.T("time.now")
	case d < time.Hour:
		return pick("minutes", int(d/time.Minute))
	case d < 24*time.Hour:
		return pick("hours", int(d/time.Hour))
	case d < 7*24*time.Hour:
		return pick("days", int(d/(24*time.Hour)))
	}
	at := t.In(v.Zone)
	if at.Year() == v.Now.Year() {
		if v.Lang == English {
			return at.Format("2 Jan")
		}
		return at.Format("1月2日")
	}
	return v.Day(t)
}

// dueTone tells how pressing a deadline is.
func (v *View) dueTone(t time.Time) string {
	switch d := t.Sub(v.Now); {
	case d < 0:
		return "bad"
	case d < 24*time.Hour:
		return "warn"
	}
	return "calm"
}

// Minutes writes a span of working time.
func (v *View) Minutes(n int) string {
	if n >= 60 { // not in days: how long one is, only the calendar knows
		return v.T("span.hours", "n", strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/60), ".0"))
	}
	return v.T("span.minutes", "n", fmt.Sprint(n))
}

// Label picks the reader's language of a policy's text.
func (v *View) Label(l domain.Label) string {
	if (v.Lang == English && l.EN != "") || l.ZH == "" {
		return l.EN
	}
	return l.ZH
}

// Names lists people in a sentence.
func (v *View) Names(ps []service.PersonRef) string {
	var names []string
	for i, p := range ps {
		if i == 5 {
			return strings.Join(names, v.T("list.comma")) + v.T("list.more", "n", fmt.Sprint(len(ps)))
		}
		names = append(names, p.Name)
	}
	return strings.Join(names, v.T("list.comma"))
}

// DepartmentNames lists departments in a sentence.
func (v *View) DepartmentNames(ds []service.DepartmentRef) string {
	var names []string
	for _, d := range ds {
		names = append(names, d.Name)
	}
	return strings.Join(names, v.T("list.comma"))
}

func (v *View) name(p *service.PersonRef) string {
	if p == nil {
		return v.T("system")
	}
	return p.Name
}

// Chosen says by which rule a person came to a slot.
func (v *View) Chosen(w service.WhyView) string {
	s := v.TOr("why."+string(w.Code), string(w.Code), "department", w.DepartmentName, "role", v.TOr("role."+string(w.Role), string(w.Role)))
	if w.Cause != "" {
		instead := ""
		if w.InsteadOfRef != nil {
			instead = w.InsteadOfRef.Name
		}
		key := "cause." + string(w.Cause)
		if instead != "" {
			key += ".of"
		}
		s += v.T("list.semicolon") + v.TOr(key, string(w.Cause), "person", instead)
	}
	return s
}

// Sentence tells one entry of a timeline.
func (v *View) Sentence(e service.TimelineEntry) string {
	kv := []string{"actor", v.name(e.Actor), "people", v.Names(e.People), "reason", v.Reason(e.Reason), "by", v.name(e.DecidedBy),
		"to", v.Names(e.To), "for", v.name(e.For), "step", strconv.Itoa(e.Step), "case", ""}
	if e.Case != nil {
		kv[len(kv)-1] = e.Case.Number
	}
	kv = append(kv, "about", v.about(e))
	kind := e.Kind
	if strings.HasPrefix(e.Workflow, "group-") && !strings.HasPrefix(kind, "group.") {
		kind = "group." + kind // a comment on a case and a confirmation of a group live in different processes
	}
	key := "tl." + kind
	key += particular(e)
	if strings.HasPrefix(kind, "group.") {
		key = lifeKey(v, e, key)
	}
	if strings.HasPrefix(kind, "nda.") {
		key = ndaKey(v, e, key)
	}
	switch {
	case e.Result == domain.Refused:
		return v.T("tl.refused", append(kv, "what", v.TOr("act."+kind, kind))...)
	case e.Result == domain.TooLate:
		return v.T("tl.too_late", append(kv, "what", v.TOr("act."+kind, kind))...)
	case len(e.People) > 0:
		if s := v.TOr(key+".people", "", kv...); s != "" {
			return s
		}
	}
	return v.TOr(key, kind, kv...)
}

// particular tells the sentences of one kind of act apart: how it was decided, where to, how added, in whose name.
func particular(e service.TimelineEntry) string {
	key := ""
	switch domain.ActKind(e.Kind) {
	case domain.ActDecide:
		if e.Outcome != "" {
			key = "." + string(e.Outcome)
		}
	case domain.ActAdd:
		key = "." + string(e.Mode)
	case domain.ActReturn:
		if e.Step > 0 {
			key = ".step"
		}
	case domain.ActExpire:
		if e.Reason == domain.ReasonTimedOut {
			key = ".timed_out"
		}
	default: // one sentence each
	}
	if e.For != nil && (e.Kind == string(domain.ActDecide) || e.Kind == string(domain.ActReturn)) {
		key += ".for"
	}
	return key
}

// Reason words a refusal or the closing of a slot.
func (v *View) Reason(r domain.Reason) string {
	if r == "" {
		return ""
	}
	return v.TOr("reason."+string(r), string(r))
}

// caseTitle is what a list calls a case; a confidential one read for an office has no title there, but must be opened.
func (v *View) caseTitle(c service.CaseSummary) string {
	if c.Title == "" {
		return v.T("case.untitled")
	}
	return c.Title
}

// Fault words what is wrong with a field, with its remedy.
func (v *View) Fault(f domain.Fault) string {
	var kv []string
	for k, x := range f.Params {
		if k == "tier" {
			x = v.TOr("tier."+x, x)
		}
		kv = append(kv, k, x)
	}
	kv = append(kv, "field", v.TOr("field."+baseField(f.Field), f.Field))
	if f.Code == "looser_than_tier" {
		perm := strings.TrimPrefix(f.Field, "permissions.")
		kv = append(kv, "permission", v.TOr("perm."+perm, perm))
	}
	if s := v.TOr("fault."+f.Code, "", kv...); s != "" {
		return s
	}
	// Codes that the form has no shorter words for: the policy's and the API's own, worded in one place for all.
	for _, w := range problem.From(&service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{f}}, v.Lang).Faults {
		if w.Message != "" {
			return strings.TrimSpace(w.Message + " " + w.Remedy)
		}
	}
	return v.T("fault.other", "code", f.Code)
}

// named is a fault with the name of its field before it, for a place that is not beside the field.
func (v *View) named(f domain.Fault) string {
	if field := v.TOr("field."+baseField(f.Field), ""); field != "" {
		return field + v.T("colon") + v.Fault(f)
	}
	return v.Fault(f)
}

var index = regexp.MustCompile(`\[\d+\]`)

// baseField drops an index from a field's path: members[3] → members.
func baseField(f string) string { return index.ReplaceAllString(f, "") }

// FaultsOf picks the faults of a field, with those of its parts.
func FaultsOf(all []domain.Fault, field string) []domain.Fault {
	var out []domain.Fault
	for _, f := range all {
		if b := baseField(f.Field); b == field || strings.HasPrefix(b, field+".") {
			out = append(out, f)
		}
	}
	return out
}

// fieldID is the id of the element where a fault can be mended.
func fieldID(f string) string {
	b := baseField(f)
	if strings.HasPrefix(b, "permissions") {
		return "f-permissions"
	}
	return "f-" + b
}

var caseNumber = regexp.MustCompile(`^[A-Z]{1,3}-\d{4}-\d{1,8}$`)

// done words the outcome that a redirect carried in its address. Only codes of ours and well-formed numbers are shown.
func (v *View) done() *Notice {
	code := v.Query.Get("done")
	title := v.TOr("done."+code, "")
	if code == "" || title == "" {
		return nil
	}
	n := &Notice{Tone: "ok", Title: title, Body: v.TOr("done."+code+".more", "")}
	if num := v.Query.Get("n"); caseNumber.MatchString(num) {
		n.Title = num + " " + title
	}
	return n
}

// News words one notification.
func (v *View) News(n service.NotificationView) string {
	key := "news." + n.Kind
	kv := []string{"title", n.Title, "number", n.Number, "status", "", "person", v.name(n.Person), "n", strconv.Itoa(n.N)}
	if n.Status != "" {
		kv[5] = v.TOr("case."+n.Status, v.TOr("group."+n.Status, n.Status))
	}
	return v.TOr(key, v.T("news.other", kv...), kv...)
}

func newsHref(n service.NotificationView) string {
	switch n.Kind {
	case "delegation_waits":
		return "/inbox"
	case "nda_counter":
		return "/ndas?scope=countersign"
	case "nda_left":
		return "/ndas?scope=returns"
	case "hand":
		if n.Subject == "nda" {
			return "/ndas?scope=hand"
		}
	}
	if n.Kind == string(domain.EffectIdleNotice) {
		return "/memberships"
	}
	switch n.Subject {
	case "group":
		return "/groups/" + n.SubjectID
	case "delegation", "absence":
		return "/delegations"
	case "nda":
		return "/ndas/" + n.SubjectID
	case "training":
		return "/trainings"
	case "passkey":
		return "/me"
	case "post":
		return "/publications/" + n.SubjectID
	}
	return "/cases/" + n.SubjectID
}

// noun is the type of group inside a sentence.
func (v *View) noun(c *service.CaseView) string {
	s := v.T("type." + typeOf(c))
	if v.Lang == English {
		return strings.ToLower(s)
	}
	return s
}

func typeOf(c *service.CaseView) string {
	if c.Filing == nil {
		return "unknown"
	}
	return string(c.Filing.Type)
}

// Stamp writes a time that came as RFC 3339 text, to the second.
func (v *View) Stamp(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.In(v.Zone).Format("2006-01-02 15:04:05")
}

// eventClass sets people's and the system's acts apart from the engine's own bookkeeping.
func eventClass(summary string) string {
	switch {
	case strings.HasPrefix(summary, "act."), strings.HasPrefix(summary, "group_act."), strings.HasPrefix(summary, "decided."):
		return "ev-act"
	case strings.HasPrefix(summary, "timer."):
		return "ev-timer"
	}
	return "ev-engine"
}

// agentName says in two words what a browser calls itself in a hundred.
func agentName(ua string) string {
	for _, b := range []string{"Edg", "Chrome", "Firefox", "Safari", "curl"} {
		if strings.Contains(ua, b) {
			for _, os := range []string{"Android", "iPhone", "Windows", "Mac", "Linux"} {
				if strings.Contains(ua, os) {
					return strings.Replace(b, "Edg", "Edge", 1) + " · " + os
				}
			}
			return b
		}
	}
	if len(ua) > 40 {
		ua = strings.ToValidUTF8(ua[:40], "")
	}
	return ua
}
