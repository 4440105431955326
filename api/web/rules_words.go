package web

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The looks of a version's state: colour and shape beside the word.
var (
	rulesTone  = map[service.RulesState]string{service.RulesDraft: "calm", service.RulesProposed: "warn", service.RulesScheduled: "info", service.RulesActive: "ok", service.RulesSuperseded: "calm", service.RulesWithdrawn: "calm"}
	rulesShape = map[service.RulesState]string{service.RulesDraft: "dotted", service.RulesProposed: "half", service.RulesScheduled: "clock", service.RulesActive: "check", service.RulesSuperseded: "dash", service.RulesWithdrawn: "cross"}
)

// rulesTitle is what a version is called: its policy's title, else its version.
func (v *View) rulesTitle(r service.RulesVersion) string {
	if s := v.Label(r.Title); s != "" {
		return s
	}
	return r.Version
}

// changeWords says one difference in a sentence's parts.
func (v *View) changeKind(k service.ChangeKind) (tone, shape, word string) {
	switch k {
	case service.PartAdded:
		return "ok", "plus", v.T("rules.added")
	case service.PartRemoved:
		return "bad", "dash", v.T("rules.removed")
	case service.PartChanged:
	}
	return "info", "arrow", v.T("rules.changed")
}

// quoted is the line of a file that a defect is in; "" when it is none's in particular.
func quoted(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	s := []rune(lines[line-1])
	if len(s) > 160 {
		return string(s[:160]) + "…"
	}
	return string(s)
}

// fileFault is one thing wrong with a file, in the reader's words.
type fileFault struct {
	Line, Column       int
	Path, Text, Remedy string
}

func (v *View) ruleFaults(ds []service.Defect) []fileFault {
	out := make([]fileFault, len(ds))
	for i, d := range ds {
		d = d.In(v.Lang)
		out[i] = fileFault{d.Line, d.Column, d.Path, d.Text, d.Remedy}
	}
	return out
}

func (v *View) textFaults(ds []service.TemplateDefect) []fileFault {
	out := make([]fileFault, len(ds))
	for i, d := range ds {
		d = d.In(v.Lang)
		out[i] = fileFault{d.Line, d.Column, "", d.Text, d.Remedy}
	}
	return out
}

// faultyLines are the numbers of the lines with defects.
func faultyLines(ds []fileFault) map[int]bool {
	out := map[int]bool{}
	for _, d := range ds {
		out[d.Line] = true
	}
	return out
}

// problemWords says what stands in a policy's way.
func (v *View) problemWords(p service.RulesProblem) string {
	kv := []string{"rules", strings.Join(p.Rules, v.T("list.comma")), "department", "", "requester", ""}
	if p.Department != nil {
		kv[3] = p.Department.Path
	}
	if p.Requester != nil {
		kv[5] = p.Requester.Name
	}
	if p.Requester != nil {
		if s := v.TOr("rules.problem."+p.Reason+".own", "", kv...); s != "" {
			return s
		}
	}
	return v.TOr("rules.problem."+p.Reason, v.T("rules.problem.other", "reason", p.Reason), kv...)
}

// sum is one figure of a dry run.
type sum struct {
	Key string
	N   int
}

// dryTotals are the figures of a dry run that are not nothing, what is gravest first.
func dryTotals(s service.DryRunSums) []sum {
	var out []sum
	for _, x := range []sum{{"unresolved", s.Unresolved}, {"refused", s.Refused}, {"route", s.Route}, {"steps_added", s.StepsAdded}, {"steps_removed", s.StepsRemoved},
		{"order", s.Order}, {"kind", s.Kind}, {"people", s.People}, {"earlier", s.Earlier}, {"later", s.Later}, {"unchanged", s.Unchanged}} {
		if x.N > 0 {
			out = append(out, x)
		}
	}
	return out
}

// dryWords says what would be otherwise in one request, a sentence each.
func (v *View) dryWords(c service.DryRunCase) []string {
	var out []string
	for _, f := range c.Refused {
		if f.Code == "no_route" || f.Field == "route" {
			out = append(out, v.T("dry.says.unresolved_route"))
			continue
		}
		out = append(out, v.T("dry.says.refused", "field", v.TOr("field."+baseField(f.Field), f.Field)))
	}
	if c.After != nil && v.Label(*c.After) != v.Label(c.Before) {
		out = append(out, v.T("dry.says.route", "before", v.Label(c.Before), "after", v.Label(*c.After)))
	}
	if c.Reordered {
		out = append(out, v.T("dry.says.order"))
	}
	for _, s := range c.Steps {
		out = append(out, v.dryStepWords(s)...)
	}
	return out
}

func (v *View) dryStepWords(s service.DryStep) []string {
	step := v.Label(s.Label)
	var out []string
	say := func(key string, kv ...string) { out = append(out, v.T("dry.says."+key, append(kv, "step", step)...)) }
	if s.Unresolved {
		say("unresolved")
	}
	switch s.Kind {
	case service.PartAdded:
		say("step_added", "people", v.Names(s.Added))
		return out
	case service.PartRemoved:
		say("step_removed")
		return out
	case service.PartChanged: // said in its parts
	}
	if len(s.Added) > 0 {
		say("people_added", "people", v.Names(s.Added))
	}
	if len(s.Removed) > 0 {
		say("people_removed", "people", v.Names(s.Removed))
	}
	if s.KindBefore != s.KindAfter && s.KindBefore != "" {
		say("kind", "before", v.kindWord(s.KindBefore), "after", v.kindWord(s.KindAfter))
	} else if s.Otherwise {
		say("otherwise")
	}
	if s.DueBefore != nil && s.DueAfter != nil {
		key := "later"
		if s.DueAfter.Before(*s.DueBefore) {
			key = "earlier"
		}
		say(key, "before", v.Minute(*s.DueBefore), "after", v.Minute(*s.DueAfter))
	}
	if s.Directory {
		say("directory")
	}
	return out
}

func (v *View) kindWord(k domain.StepKind) string {
	return v.TOr("kind."+string(k), string(k), "n", "N")
}

// Minute writes a time to the minute with its year, in the company's zone.
func (v *View) Minute(t time.Time) string {
	t = t.In(v.Zone)
	if v.Lang == English {
		return t.Format("2 Jan 2006, 15:04")
	}
	return t.Format("2006年1月2日 15:04")
}

// soonest is the least a date field takes: now, in the company's zone.
func (v *View) soonest() string { return v.Now.In(v.Zone).Format("2006-01-02T15:04") }

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// dryKinds lists how many requests of each kind a dry run replayed.
func (v *View) dryKinds(kinds []service.DryRunKind) string {
	var out []string
	for _, k := range kinds {
		out = append(out, v.T("dry.kind", "kind", v.Label(k.Label), "n", strconv.Itoa(k.Requests)))
	}
	return strings.Join(out, v.T("list.comma"))
}

// sentence begins a text with a capital where its language has them.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
