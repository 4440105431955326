package policy

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of what holds for approvals as a whole.
const (
	maxRungs      = 5
	maxCC         = 10
	maxElapsed    = 30 * 24 * 60 // minutes
	maxHops       = 10
	maxAdded      = 20
	maxChain      = 5
	maxWindow     = 366 // calendar days
	maxDelegation = 366 // calendar days
	elapsedDay    = 24 * 60
	never         = "never"
	finalExpired  = "expired"
	sameAskAgain  = "ask_again"
)

// approval reads what holds for every case. An absent field switches all of it off, as before there was one.
func (r *reader) approval(p *Policy, n *yaml.Node) {
	if n == nil {
		return
	}
	const path = "approval"
	f := r.object(n, path, nil, []string{"resubmit", "urge_every", "max_hops", "max_added", "max_chain", "same_person", "revocation", "delegation", "mail_links"})
	a := DefaultApproval(p.day)
	if v := f["resubmit"]; v != nil {
		a.Rules.Resubmit = r.orNever(v, func() int { return r.duration(v, "approval.resubmit", maxDeadlineHours*60, p.day) })
	}
	if v := f["urge_every"]; v != nil {
		a.Rules.UrgeEvery = r.orNever(v, func() int { return r.elapsed(v, "approval.urge_every") })
	}
	for _, c := range []struct {
		name string
		most int
		to   *int
	}{{"max_hops", maxHops, &a.Rules.MaxHops}, {"max_added", maxAdded, &a.Rules.MaxAdded}, {"max_chain", maxChain, &a.Rules.MaxChain}} {
		if v := f[c.name]; v != nil {
			*c.to = r.integer(v, join(path, c.name), 0, c.most)
		}
	}
	if v := f["same_person"]; v != nil && r.oneOf(v, "approval.same_person", sameAskAgain, string(domain.CarryOver)) == string(domain.CarryOver) {
		a.Rules.SamePerson = domain.CarryOver
	}
	r.revocation(p, &a, f["revocation"])
	r.delegation(&a, f["delegation"])
	r.mailLinks(&a, f["mail_links"])
	p.Approval = a
}

func (r *reader) revocation(p *Policy, a *Approval, n *yaml.Node) {
	if n == nil {
		return
	}
	const path = "approval.revocation"
	f := r.object(n, path, []string{"window", "steps"}, nil)
	a.Revocation = Revocation{
		Window: r.days(f["window"], "approval.revocation.window", maxWindow),
		route:  route{name: RevocationRoute, label: revocationLabel, steps: r.stepList(p, f["steps"], "approval.revocation.steps")},
	}
	if slices.ContainsFunc(p.routes, func(rt route) bool { return rt.name == RevocationRoute }) {
		r.bad(n, path, "route_named_revocation", "value", quote(RevocationRoute, 32))
	}
}

func (r *reader) delegation(a *Approval, n *yaml.Node) {
	if n == nil {
		return
	}
	f := r.object(n, "approval.delegation", nil, []string{"max_days", "kinds"})
	if v := f["max_days"]; v != nil {
		a.Delegation.MaxDays = r.integer(v, "approval.delegation.max_days", 0, maxDelegation)
	}
	if v := f["kinds"]; v != nil {
		a.Delegation.Kinds = chosen(r, v, "approval.delegation.kinds", RequestKinds)
	}
}

func (r *reader) mailLinks(a *Approval, n *yaml.Node) {
	if n == nil {
		return
	}
	f := r.object(n, "approval.mail_links", nil, []string{"valid", "sign_in"})
	if v := f["valid"]; v != nil {
		minutes := r.orNever(v, func() int { return r.elapsed(v, "approval.mail_links.valid") })
		a.MailLinks.Valid = time.Duration(minutes) * time.Minute
	}
	v := f["sign_in"]
	if v == nil {
		return
	}
	a.MailLinks.SignIn = chosen(r, v, "approval.mail_links.sign_in", domain.Tiers)
	for i, t := range domain.Tiers[1:] {
		if slices.Contains(a.MailLinks.SignIn, domain.Tiers[i]) && !slices.Contains(a.MailLinks.SignIn, t) {
			r.bad(v, "approval.mail_links.sign_in", "sign_in_gap", "below", domain.Tiers[i], "tier", t)
		}
	}
}

// chosen reads a list of known values, each at most once, in the order of the known ones.
func chosen[T ~string](r *reader, n *yaml.Node, path string, known []T) []T {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	given := map[string]bool{}
	for i, v := range r.list(n, path, 2*len(known)) {
		name := r.oneOf(v, at(path, i), names...)
		if given[name] && name != "" {
			r.bad(v, at(path, i), "listed_twice", "value", quote(name, 64))
		}
		given[name] = true
	}
	out := []T{}
	for _, k := range known {
		if given[string(k)] {
			out = append(out, k)
		}
	}
	return out
}

// orNever reads a span that can be switched off by the word never, which is 0.
func (r *reader) orNever(n *yaml.Node, read func() int) int {
	if n.Kind == yaml.ScalarNode && n.Value == never {
		return 0
	}
	before := len(r.defects)
	v := read()
	if len(r.defects) > before && len(r.defects) <= maxDefects {
		r.defects[len(r.defects)-1].orNever()
	}
	return v
}

// elapsed reads time by the clock in minutes, of which a day has 24 hours: "3d", "4h", "90m".
func (r *reader) elapsed(n *yaml.Node, path string) int {
	v := r.text(n, path, 20)
	if v == "" {
		return 0
	}
	m := durationForm.FindStringSubmatch(v)
	if m == nil {
		r.bad(n, path, "not_a_span", "value", quote(v, 20))
		return 0
	}
	num := func(s string) int { i, _ := strconv.Atoi(s); return i }
	total := num(m[1])*elapsedDay + num(m[2])*60 + num(m[3])
	if total < minDeadline || total > maxElapsed {
		r.bad(n, path, "span_range", "max", maxElapsed/elapsedDay)
		return 0
	}
	return total
}

var daysForm = regexp.MustCompile(`^(\d{1,4})d$`)

// days reads a number of calendar days, "30d".
func (r *reader) days(n *yaml.Node, path string, most int) int {
	v := r.text(n, path, 20)
	if v == "" {
		return 0
	}
	if m := daysForm.FindStringSubmatch(v); m != nil {
		if d, _ := strconv.Atoi(m[1]); d >= 1 && d <= most {
			return d
		}
	}
	r.bad(n, path, "not_days", "value", quote(v, 20), "max", most)
	return 0
}

// ladder reads the escalations of a step: in working time from the moment a person is asked, ascending, before the
// deadline.
func (r *reader) ladder(s *stepRule, n *yaml.Node, path string, day int) {
	for i, rn := range r.list(n, path, maxRungs) {
		rp := at(path, i)
		f := r.object(rn, rp, []string{"after", "do"}, nil)
		rung := domain.Rung{Do: domain.RungKind(r.oneOf(f["do"], join(rp, "do"), string(domain.RungAdd), string(domain.RungReplace)))}
		if f["after"] != nil {
			rung.After = r.duration(f["after"], join(rp, "after"), maxDeadlineHours*60, max(day, 1))
		}
		switch last := len(s.plan.Ladder) - 1; {
		case rung.After == 0 || rung.Do == "":
		case rung.After >= s.plan.Deadline && s.plan.Deadline > 0:
			r.bad(rn, join(rp, "after"), "rung_after_deadline")
		case last >= 0 && rung.After <= s.plan.Ladder[last].After:
			r.bad(rn, join(rp, "after"), "rung_order")
		default:
			s.plan.Ladder = append(s.plan.Ladder, rung)
		}
	}
}
