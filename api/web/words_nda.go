package web

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The states of agreements, by colour, word and shape.
var (
	ndaTone = map[domain.NDAState]string{
		domain.NDACreated: "info", domain.NDASent: "info", domain.NDAViewed: "info", domain.NDAVerified: "info", domain.NDASigned: "info", domain.NDACountersigned: "info",
		domain.NDASealed: "ok", domain.NDADeclined: "bad", domain.NDAExpired: "warn", domain.NDAVoided: "calm", domain.NDASuperseded: "calm", domain.NDATerminated: "calm",
	}
	ndaShape = map[domain.NDAState]string{
		domain.NDACreated: "dotted", domain.NDASent: "half", domain.NDAViewed: "half", domain.NDAVerified: "half", domain.NDASigned: "pen", domain.NDACountersigned: "pen",
		domain.NDASealed: "check", domain.NDADeclined: "cross", domain.NDAExpired: "clock", domain.NDAVoided: "dash", domain.NDASuperseded: "swap", domain.NDATerminated: "leave",
	}
)

// signStep is what the reader can do next about an agreement.
type signStep int

const (
	stepNone signStep = iota
	stepRead
	stepCode
	stepSign
	stepPaper
	stepScan
	stepCounter
	stepReturn
)

func (d ndaData) can(k domain.NDAActKind) bool { return slices.Contains(d.Can, string(k)) }

// step is the one act that comes next for the reader; what else they may do stands under "more".
func (d ndaData) step() signStep {
	mine := d.Person.ID == d.Me
	switch {
	case len(d.Blocks) == 0:
		return stepNone
	case mine && d.Paper && ndaUnsigned(d.State):
		return stepPaper
	case d.can(domain.NDAActSign) && d.Until == nil:
		return stepRead
	case d.can(domain.NDAActSign) && d.Needs == domain.NDAByCode && !d.Fresh:
		return stepCode
	case d.can(domain.NDAActSign):
		return stepSign
	case d.Paper && d.can(domain.NDAActPaper):
		return stepScan
	case d.can(domain.NDAActCountersign):
		return stepCounter
	case d.can(domain.NDAActReturn):
		return stepReturn
	}
	return stepNone
}

// steps are the signer's way: reading, showing who they are where that takes an act of its own, signing.
func (d ndaData) steps() []string {
	if d.Needs == domain.NDAByCode {
		return []string{"read", "code", "sign"}
	}
	return []string{"read", "sign"}
}

// place is where a step of three stands on this agreement's way.
func (d ndaData) place(at int) int {
	if at == 3 {
		return len(d.steps())
	}
	return at
}

// ndaUnsigned tells whether the signer can still sign.
func ndaUnsigned(s domain.NDAState) bool {
	return s == domain.NDASent || s == domain.NDAViewed || s == domain.NDAVerified
}

// ndaMaking tells whether the document is being made at this moment: nobody is waited for.
func ndaMaking(n service.NDAView) bool {
	return n.Fault == "" && (n.State == domain.NDACountersigned || n.State == domain.NDASigned && n.Countersign == "")
}

// ndaWhat says what a state means: who has it now, and what follows.
func (v *View) ndaWhat(n service.NDAView) string {
	kv := []string{"person", n.Person.Name, "group", n.Group.Name, "role", v.TOr("role."+string(n.Countersign), string(n.Countersign)), "day", ""}
	key := "nda.state." + string(n.State) + ".what"
	switch {
	case n.State == domain.NDASigned && n.Countersign == "":
		key += ".seal"
	case n.State == domain.NDASealed && n.LapsesAt != nil:
		key += ".lapses"
		kv[7] = v.Day(*n.LapsesAt)
	case n.State == domain.NDATerminated && n.Survives != nil:
		key += ".until"
		kv[7] = v.Day(*n.Survives)
	case ndaUnsigned(n.State) && n.Paper:
		key = "nda.state.paper.what"
	case ndaUnsigned(n.State) && n.Person.ID == v.Actor.ID:
		key = "nda.state.yours.what"
	}
	return v.T(key, kv...)
}

// ndaConsent is the consent clause as the signer agrees to it, in both languages where there are two.
func (v *View) ndaConsent(n service.NDAView) string {
	for _, b := range n.Blocks {
		if b.Kind != "consent" {
			continue
		}
		if v.Lang == English && b.EN != "" {
			return b.EN
		}
		return b.ZH
	}
	return ""
}

// ndaAsks tells whether an agreement asks something of the reader.
func ndaAsks(v *View, n service.NDARow) bool { return v.ndaAsk(n) != "" }

// ndaAsk is what an agreement asks of the reader, in a word.
func (v *View) ndaAsk(n service.NDARow) string {
	can := func(k domain.NDAActKind) bool { return slices.Contains(n.Can, string(k)) }
	switch {
	case can(domain.NDAActSign) || n.Paper && n.Person.ID == v.Actor.ID && ndaUnsigned(n.State):
		return v.T("ndas.sign")
	case can(domain.NDAActCountersign):
		return v.T("ndas.counter")
	case can(domain.NDAActReturn):
		return v.T("ndas.return")
	}
	return ""
}

// ndaHand says why an agreement cannot go on by itself.
func (v *View) ndaHand(n service.NDARow) string {
	if n.Fault == "" {
		return v.T("ndas.hand.nobody")
	}
	return v.TOr("ndas.hand."+n.Fault, v.T("ndas.hand.fault"))
}

// Clock writes a time of day.
func (v *View) Clock(t time.Time) string { return t.In(v.Zone).Format("15:04") }

// ndaKey tells apart the sentences of one kind of act on an agreement: opened or read to the end, by a person or a rule.
func ndaKey(v *View, e service.TimelineEntry, key string) string {
	if e.Kind == "nda.view" && (e.About == "from" || e.About == "until") {
		return key + "." + e.About
	}
	if e.Actor == nil && v.TOr(key+".system", "") != "" {
		return key + ".system"
	}
	return key
}

// ndaAttrs make the form ask for the signer's passkey where the rules ask for one.
func (v *View) ndaAttrs(d ndaData) templ.Attributes {
	if d.Needs != domain.NDAByPasskey {
		return nil
	}
	return v.passkeySigns(d.ID, d.Digest)
}
