package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of the sections about who may be in a group.
const (
	maxValue    = 2000 // characters of a text that goes into an agreement
	maxRemind   = 10
	maxSurvival = 36600
)

// gated are the tiers that may ask for agreements and training: groups with secrets (R4.2.1, R4.2.2).
var gated = []domain.Tier{domain.TierConfidential, domain.TierSecret}

// checks are the ways to check a signer's identity that a policy may ask for, weakest first.
var checks = []string{string(domain.NDABySession), string(domain.NDAByCode), string(domain.NDAByPasskey)}

// seal is the word for an agreement that the platform's seal alone signs for the company.
const seal = "seal"

// clearance reads who may be in a group: agreements, training, people from outside, inactive members. What is not given asks
// for nothing.
func (r *reader) clearance(p *Policy, f map[string]*yaml.Node) {
	r.nda(p, f["nda"])
	r.training(p, f["training"])
	r.outsiders(p, f["outsiders"])
	r.inactive(p, f["inactive"])
}

func names(tiers []domain.Tier) []string {
	var out []string
	for _, t := range tiers {
		out = append(out, string(t))
	}
	return out
}

func (r *reader) nda(p *Policy, n *yaml.Node) {
	p.NDA.version = p.Version
	if n == nil {
		return
	}
	f := r.object(n, "nda", []string{"tiers", "term", "survival", "law"}, []string{"duties", "grace", "raised"})
	p.NDA.Values.Term = r.label(f["term"], "nda.term", maxWhy)
	p.NDA.Values.Law = r.label(f["law"], "nda.law", maxWhy)
	if v := f["duties"]; v != nil {
		p.NDA.Values.Duties = r.label(v, "nda.duties", maxValue)
	}
	if v := f["survival"]; v != nil {
		sf := r.object(v, "nda.survival", []string{"zh", "en"}, []string{"days"})
		p.NDA.Values.Survival = domain.Label{ZH: r.text(sf["zh"], "nda.survival.zh", maxWhy), EN: r.text(sf["en"], "nda.survival.en", maxWhy)}
		if d := sf["days"]; d != nil {
			p.NDA.Days = r.integer(d, "nda.survival.days", 1, maxSurvival)
		}
	}
	r.daysInto(&p.NDA.Grace, f["grace"], "nda.grace", maxGrace)
	if v := f["raised"]; v != nil {
		p.NDA.Raised = r.orNever(v, func() int { return r.days(v, "nda.raised", maxGrace) })
	}
	tf := r.object(f["tiers"], "nda.tiers", nil, names(gated))
	p.NDA.Tiers = map[domain.Tier]NDATier{}
	for i, t := range gated {
		path, tn := join("nda.tiers", string(t)), tf[string(t)]
		if tn != nil {
			p.NDA.Tiers[t] = r.ndaTier(tn, path)
		}
		if i == 0 {
			continue
		}
		below, asked := p.NDA.Tiers[gated[i-1]]
		rule := p.NDA.Tiers[t]
		switch {
		case !asked:
		case tn == nil:
			r.bad(f["tiers"], path, "asks_less", "tier", t, "below", gated[i-1])
		case slices.Index(checks, string(rule.Check)) < slices.Index(checks, string(below.Check)) && rule.Check != "":
			r.bad(tn, join(path, "check"), "asks_less", "tier", t, "below", gated[i-1])
		}
	}
}

func (r *reader) ndaTier(n *yaml.Node, path string) NDATier {
	f := r.object(n, path, []string{"check", "expires"}, []string{"reminders", "countersign"})
	out := NDATier{
		Check:   domain.NDACheck(r.oneOf(f["check"], join(path, "check"), checks...)),
		Expires: r.days(f["expires"], join(path, "expires"), maxGrace),
	}
	for i, rn := range r.list(f["reminders"], join(path, "reminders"), maxRemind) {
		at := at(join(path, "reminders"), i)
		switch d := r.days(rn, at, maxGrace); {
		case d == 0:
		case d >= out.Expires && out.Expires > 0:
			r.bad(rn, at, "reminder_after_deadline")
		case len(out.Reminders) > 0 && d <= out.Reminders[len(out.Reminders)-1]:
			r.bad(rn, at, "reminder_order")
		default:
			out.Reminders = append(out.Reminders, d)
		}
	}
	if v := f["countersign"]; v != nil {
		who := r.oneOf(v, join(path, "countersign"), seal, string(domain.RoleLegal), string(domain.RoleSecurity), string(domain.RoleHR))
		if who != seal {
			out.Countersign = domain.Role(who)
		}
	}
	return out
}

func (r *reader) training(p *Policy, n *yaml.Node) {
	p.Training = map[domain.Tier]Training{}
	if n == nil {
		return
	}
	f := r.object(n, "training", nil, names(gated))
	for i, t := range gated {
		path, tn := join("training", string(t)), f[string(t)]
		if tn == nil {
			if i > 0 && p.Training[gated[i-1]].Course != "" {
				r.bad(n, path, "asks_less", "tier", t, "below", gated[i-1])
			}
			continue
		}
		tf := r.object(tn, path, []string{"course"}, []string{"grace"})
		rule := Training{Course: r.key(tf["course"], join(path, "course"))}
		r.daysInto(&rule.Grace, tf["grace"], join(path, "grace"), maxGrace)
		p.Training[t] = rule
	}
}

func (r *reader) outsiders(p *Policy, n *yaml.Node) {
	p.Outsiders = map[domain.Tier]domain.OutsiderRules{}
	if n == nil {
		return
	}
	f := r.object(n, "outsiders", nil, append(names(domain.Tiers), "grace", "notices"))
	rules := &p.OutsiderLife
	r.daysInto(&rules.Grace, f["grace"], "outsiders.grace", maxGrace)
	for i, nn := range r.list(f["notices"], "outsiders.notices", maxRemind) {
		at := at("outsiders.notices", i)
		switch d := r.days(nn, at, maxGrace); {
		case d == 0:
		case len(rules.Notices) > 0 && d >= rules.Notices[len(rules.Notices)-1]:
			r.bad(nn, at, "notice_order")
		default:
			rules.Notices = append(rules.Notices, d)
		}
	}
	for _, t := range domain.Tiers {
		path, tn := join("outsiders", string(t)), f[string(t)]
		if tn == nil {
			continue
		}
		days := r.orNever(tn, func() int { return r.days(tn, path, maxTerm) })
		ceiling := slices.IndexFunc(p.Tiers, func(x TierRule) bool { return x.Tier == t && x.Ceiling.InviteOutsiders })
		if days > 0 && ceiling < 0 {
			r.bad(tn, path, "outsiders_forbidden", "tier", t)
		}
		p.Outsiders[t] = domain.OutsiderRules{Allowed: days > 0, Days: days}
	}
}

func (r *reader) inactive(p *Policy, n *yaml.Node) {
	p.Inactive = map[domain.Tier]domain.InactiveRules{}
	if n == nil {
		return
	}
	f := r.object(n, "inactive", nil, names(domain.Tiers))
	for _, t := range domain.Tiers {
		path, tn := join("inactive", string(t)), f[string(t)]
		if tn == nil {
			continue
		}
		tf := r.object(tn, path, []string{"after", "notice"}, nil)
		p.Inactive[t] = domain.InactiveRules{
			After: r.days(tf["after"], join(path, "after"), maxTerm), Notice: r.days(tf["notice"], join(path, "notice"), maxGrace),
		}
	}
}
