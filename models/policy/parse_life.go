package policy

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of a group's life, in calendar days.
const (
	maxTerm    = 3660
	maxGrace   = 366
	maxKept    = 9999 // an archived group
	maxNotices = 6
	maxAsked   = 20
)

// Capabilities are what a tier may demand of its platform (R4.1.3), by the words of the port to chat platforms.
var Capabilities = []string{
	"create", "invite", "remove", "set_permissions", "rename", "set_admins", "list_members", "post", "recall", "update_message", "direct_message",
	"freeze", "read_only", "delete", "erase", "activity", "watch", "discover", "outsiders", "encryption_in_transit", "encryption_end_to_end",
}

// life reads what holds for a group after its birth. What is not given has DefaultLife's value.
func (r *reader) life(p *Policy, n *yaml.Node) {
	if n == nil {
		return
	}
	const path = "life"
	f := r.object(n, path, nil, []string{"tiers", "temporary", "ownerless", "archived", "deletion", "discovered"})
	l := DefaultLife()
	r.lifeTiers(&l, f["tiers"])
	if t := f["temporary"]; t != nil {
		tf := r.object(t, "life.temporary", nil, []string{"notices", "grace"})
		r.daysInto(&l.Temporary.Grace, tf["grace"], "life.temporary.grace", maxGrace)
		if v := tf["notices"]; v != nil {
			l.Temporary.Notices = r.notices(v, "life.temporary.notices", p.MaxLife)
		}
	}
	if o := f["ownerless"]; o != nil {
		of := r.object(o, "life.ownerless", nil, []string{"members", "ask", "head"})
		r.daysInto(&l.Ownerless.Members, of["members"], "life.ownerless.members", maxGrace)
		r.daysInto(&l.Ownerless.Head, of["head"], "life.ownerless.head", maxGrace)
		if v := of["ask"]; v != nil {
			l.Ownerless.Ask = r.integer(v, "life.ownerless.ask", 0, maxAsked)
		}
	}
	if v := f["archived"]; v != nil {
		l.Archived = r.orNever(v, func() int { return r.days(v, "life.archived", maxKept) })
	}
	r.daysInto(&l.Deletion, f["deletion"], "life.deletion", maxGrace)
	r.daysInto(&l.Discovered, f["discovered"], "life.discovered", maxGrace)
	p.Life = l
}

func (r *reader) daysInto(to *int, n *yaml.Node, path string, most int) {
	if n != nil {
		*to = r.days(n, path, most)
	}
}

// lifeTiers reads how each tier is renewed. A higher tier is attested at least as often as the one below it.
func (r *reader) lifeTiers(l *Life, n *yaml.Node) {
	if n == nil {
		return
	}
	var names []string
	for _, t := range domain.Tiers {
		names = append(names, string(t))
	}
	f := r.object(n, "life.tiers", nil, names)
	below := 0
	for i, t := range domain.Tiers {
		path, tn := join("life.tiers", string(t)), f[string(t)]
		rule := l.Tiers[t]
		if tn != nil {
			rule = r.lifeTier(rule, tn, path)
		}
		if i > 0 && rule.Renew > below && below > 0 {
			node := tn
			if node == nil {
				node = n
			}
			r.bad(node, join(path, "renew"), "renewed_less_often", "tier", t, "below", domain.Tiers[i-1], "max", below)
		}
		below = rule.Renew
		l.Tiers[t] = rule
	}
}

func (r *reader) lifeTier(rule domain.TierLife, n *yaml.Node, path string) domain.TierLife {
	f := r.object(n, path, nil, []string{"renew", "notices", "grace", "then", "by_activity", "needs"})
	r.daysInto(&rule.Renew, f["renew"], join(path, "renew"), maxTerm)
	r.daysInto(&rule.Grace, f["grace"], join(path, "grace"), maxGrace)
	if v := f["then"]; v != nil {
		rule.Then = domain.GroupState(r.oneOf(v, join(path, "then"), string(domain.GroupArchived), string(domain.GroupFrozen)))
	}
	if v := f["by_activity"]; v != nil {
		rule.ByActivity = r.orNever(v, func() int { return r.days(v, join(path, "by_activity"), maxTerm) })
	}
	if rule.ByActivity > rule.Renew && rule.Renew > 0 {
		at := f["by_activity"]
		if at == nil {
			at = n
		}
		r.bad(at, join(path, "by_activity"), "activity_above_renew", "n", rule.ByActivity, "max", rule.Renew)
	}
	if v := f["notices"]; v != nil {
		rule.Notices = r.notices(v, join(path, "notices"), rule.Renew)
	} else if rule.Renew > 0 {
		rule.Notices = slices.DeleteFunc(slices.Clone(rule.Notices), func(d int) bool { return d >= rule.Renew })
	}
	if v := f["needs"]; v != nil {
		rule.Needs = chosen(r, v, join(path, "needs"), Capabilities)
	}
	return rule
}

// notices reads how many days before a date people are told, descending.
func (r *reader) notices(n *yaml.Node, path string, term int) []int {
	out := []int{}
	for i, dn := range r.list(n, path, maxNotices) {
		np := at(path, i)
		d := r.days(dn, np, maxTerm)
		switch {
		case d == 0:
		case d >= term && term > 0:
			r.bad(dn, np, "notice_too_early", "n", strconv.Itoa(d), "max", strconv.Itoa(term))
		case len(out) > 0 && d >= out[len(out)-1]:
			r.bad(dn, np, "notice_order")
		default:
			out = append(out, d)
		}
	}
	return out
}
