package web

import (
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Flags are told by colour, word and shape, as states are.
var (
	flagTone = map[domain.Flag]string{
		domain.FlagOwnerless: "bad", domain.FlagNDAIncomplete: "warn", domain.FlagLegalHold: "info", domain.FlagDrift: "warn", domain.FlagOutsiders: "warn",
		domain.FlagReviewOverdue: "bad", domain.FlagFewAdmins: "warn", domain.FlagOpsFailed: "bad", domain.FlagGaps: "calm",
	}
	flagShape = map[domain.Flag]string{
		domain.FlagOwnerless: "person", domain.FlagNDAIncomplete: "doc", domain.FlagLegalHold: "shield", domain.FlagDrift: "swap", domain.FlagOutsiders: "people",
		domain.FlagReviewOverdue: "clock", domain.FlagFewAdmins: "person", domain.FlagOpsFailed: "alert", domain.FlagGaps: "dash",
	}
	opTone  = map[domain.OpState]string{domain.OpPending: "info", domain.OpByHand: "warn", domain.OpFailed: "bad"}
	opShape = map[domain.OpState]string{domain.OpPending: "half", domain.OpByHand: "person", domain.OpFailed: "alert"}

	memberTone = map[string]string{"active": "ok", "leaving": "warn", "removed": "calm", "requested": "info", "invited": "info", "nda_pending": "warn",
		"training_pending": "warn", "suspended": "bad", "inactive_notice": "warn"}
	memberShape = map[string]string{"active": "check", "leaving": "arrow", "removed": "cross", "requested": "person", "invited": "person", "nda_pending": "doc",
		"training_pending": "half", "suspended": "lock", "inactive_notice": "bell"}
)

// stateWhat says what a state means for its readers; a group that was dissolved is told from one whose filing was revoked.
func (v *View) stateWhat(g service.GroupView) string {
	if g.State == domain.GroupPendingDeletion && g.Life != nil && g.Life.From != "" {
		return v.T("group.pending_deletion.dissolved")
	}
	return v.T("group." + string(g.State) + ".what")
}

// dateName is what a date is called; a notice names the date it is of.
func (v *View) dateName(d service.DateView) string {
	if d.Kind == domain.DateNotice {
		return v.T("dates.notice", "of", v.dateKind(d.Of), "n", strconv.Itoa(d.Days))
	}
	return v.dateKind(d.Kind)
}

func (v *View) dateKind(k domain.DateKind) string { return v.TOr("date."+string(k), string(k)) }

// dateWhat says what happens on a date.
func (v *View) dateWhat(d service.DateView) string {
	return v.TOr("date."+string(d.Kind)+".what", "", "of", v.dateKind(d.Of))
}

// dateWhy explains a date: the activity that set it, the rule, the policy's version, and why it was moved (semantics 2).
func (v *View) dateWhy(d service.DateView) []string {
	kv := []string{"at", v.Day(d.CauseAt), "cause", v.TOr("datecause."+d.Cause, d.Cause), "person", ""}
	key := "dates.counted"
	if d.CauseBy != nil {
		key, kv[5] = "dates.counted.by", d.CauseBy.Name
	}
	out := []string{v.T(key, kv...)}
	rule := "dates.rule"
	if d.Days > 0 {
		rule = "dates.rule.days"
	}
	out = append(out, v.T(rule, "rule", d.Rule, "n", strconv.Itoa(d.Days)), v.T("dates.policy", "version", d.Policy))
	switch {
	case d.Moved > 0:
		out = append(out, v.T("dates.moved.later", "n", strconv.Itoa(d.Moved)))
	case d.Moved < 0:
		out = append(out, v.T("dates.moved.earlier", "n", strconv.Itoa(-d.Moved)))
	}
	return out
}

// findingText says in a sentence what differs.
func (v *View) findingText(f service.FindingView) string {
	who := v.T("finding.somebody")
	if f.Person != nil {
		who = f.Person.Name
	}
	var fields []string
	for _, x := range f.Fields {
		fields = append(fields, v.TOr("perm."+x, x))
	}
	return v.TOr("finding."+string(f.Kind), string(f.Kind), "who", who, "fields", strings.Join(fields, v.T("list.comma")))
}

// findingOwner is who must see to a finding.
func (v *View) findingOwner(f service.FindingView) string {
	who := v.T("findings.security")
	if f.Owner != nil {
		who = f.Owner.Name
	}
	return v.T("findings.owner", "person", who)
}

// opText says what the platform is to do.
func (v *View) opText(o service.OpView) string {
	s := v.TOr("op."+string(o.Kind), string(o.Kind))
	if len(o.People) > 0 {
		s = v.T("ops.people", "what", s, "people", v.Names(o.People))
	}
	if o.Strangers > 0 {
		s += " " + v.T("ops.strangers", "n", strconv.Itoa(o.Strangers))
	}
	return s
}

// about words what an act of a group's life is about, for its sentence.
func (v *View) about(e service.TimelineEntry) string {
	for _, p := range []string{"date.", "op.", "propose.", "capability.", "nda.check.", "nda.rule."} {
		if s := v.TOr(p+e.About, ""); s != "" && e.About != "" {
			return s
		}
	}
	return e.About
}

// lifeKey tells apart the sentences of one kind of act of a group's life: which date came, whether a person did it.
func lifeKey(v *View, e service.TimelineEntry, key string) string {
	told := e.Kind == "group.date" || e.Kind == "group.inactive" || e.Kind == "group.exempt"
	if told && v.TOr(key+"."+e.About, "") != "" {
		return key + "." + e.About
	}
	if e.Actor == nil && v.TOr(key+".system", "") != "" {
		return key + ".system"
	}
	return key
}

// direct are the proposals that are carried out here; the others are done by a filing or an appointment.
func direct(p domain.Proposal) bool { return p != domain.ProposeFile && p != domain.ProposeAppoint }

// elsewhere is where a proposal is carried out that is no act of its own.
func elsewhere(p domain.Proposal) string {
	if p == domain.ProposeFile {
		return "/groups/new"
	}
	return "#acts"
}

// lifeActsOf counts the acts that the reader can do beside those that stand with what they are about.
func lifeActsOf(g groupData) int {
	n := 0
	for _, k := range []domain.GroupActKind{domain.GroupRenew, domain.GroupConsent, domain.GroupUnfreeze, domain.GroupAdmit, domain.GroupInvite, domain.GroupAppoint, domain.GroupRestore,
		domain.GroupHold, domain.GroupFreeze, domain.GroupArchive, domain.GroupDissolve, domain.GroupLeave} {
		if g.can(k) {
			n++
		}
	}
	return n
}

// keyOf tells the forms of one finding's proposals apart: only the one that was sent comes back open.
func keyOf(v *View, p domain.Proposal) string {
	if v.Kept.Get("proposal") == string(p) {
		return ""
	}
	return "/" + string(p)
}
