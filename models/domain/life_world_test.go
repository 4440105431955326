package domain_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// lifeWorld is what a group's acts are decided in: rows of members, a directory, a platform and a clock. It carries out
// the effects on rows, and gives each act the facts that the decision activity would.
type lifeWorld struct {
	t     *testing.T
	r     *rand.Rand
	now   time.Time
	cal   *domain.Calendar
	g     domain.Group
	rows  map[domain.EmployeeID]string           // places
	paper map[domain.EmployeeID]domain.Clearance // agreement and training of people, whatever their place
	left  map[domain.EmployeeID]bool             // who left the company
	roles map[domain.EmployeeID][]domain.Role
	heads []domain.EmployeeID
	rules domain.LifeRules
	can   []string
	shift []domain.EmployeeID // who changed post, for the next act
	acts  int
	trace []string
	since map[domain.EmployeeID]time.Time // since when they have the place, or wait for it
	late  bool                            // the group stood on its platform before it was filed

	joined map[domain.EmployeeID]time.Time // zero: at the group's birth
	days   map[domain.EmployeeID]string    // last activity
	heard  domain.Span                     // in which silence would have been seen
	opened time.Time
}

// silence is what the database would say about activity.
func (w *lifeWorld) silence(people []domain.EmployeeID) domain.Silence {
	s := domain.Silence{Seen: w.heard, Opened: w.opened}
	for _, p := range people {
		if w.rows[p] == "active" {
			at := w.joined[p]
			if at.IsZero() {
				at = lifeStart
			}
			s.People = append(s.People, domain.Activity{Person: p, Joined: at, Day: w.days[p]})
		}
	}
	return s
}

// outside tells whether somebody comes from outside the company, …
func outside(p domain.EmployeeID) bool { return strings.HasPrefix(string(p), "X-") }

// gatedRules ask groups with secrets for an agreement and the training.
func gatedRules(policy string) domain.LifeRules {
	rules := lifeRules(policy)
	for _, t := range []domain.Tier{domain.TierConfidential, domain.TierSecret} {
		rule := rules.Tiers[t]
		rule.Clearance = domain.ClearanceRules{NDA: true, Course: "secrecy", Grace: 14, Begins: 14, Inactive: rule.Clearance.Inactive}
		rules.Tiers[t] = rule
	}
	return rules
}

func lifeRules(policy string) domain.LifeRules {
	silent := domain.ClearanceRules{Inactive: domain.InactiveRules{After: 60, Notice: 14}}
	tight := domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}
	return domain.LifeRules{
		Policy: policy, MaxLife: 1095, Deletion: 30, Discovered: 30,
		Tiers: map[domain.Tier]domain.TierLife{
			domain.TierOrdinary: {Renew: 365, Notices: []int{30, 15, 1}, Grace: 30, Then: domain.GroupArchived, ByActivity: 90,
				Ceiling: domain.Permissions{InviteOutsiders: true, SeeContacts: true, Posting: domain.PostMembers}, Clearance: silent},
			domain.TierConfidential: {Renew: 180, Notices: []int{30, 15, 1}, Grace: 15, Then: domain.GroupFrozen, Ceiling: tight, Clearance: silent,
				Needs: []string{"encryption_in_transit", "remove"}},
			domain.TierSecret: {Renew: 90, Notices: []int{30, 15, 1}, Grace: 7, Then: domain.GroupFrozen,
				Ceiling: domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}, Clearance: silent},
		},
		Temporary: domain.EndLife{Notices: []int{7, 1}, Grace: 14},
		Ownerless: domain.OwnerlessLife{Members: 7, Ask: 3, Head: 7},
	}
}

// lifeCalendar has weekends and one long holiday.
func lifeCalendar(version string) *domain.Calendar {
	c := &domain.Calendar{Version: version, Zone: time.FixedZone("CST", 8*3600), Weekend: []time.Weekday{time.Saturday, time.Sunday},
		Holidays: map[string]string{}, Years: map[int]bool{2027: true}}
	for d := 5; d <= 11; d++ {
		c.Holidays[fmt.Sprintf("2027-02-%02d", d)] = "春节"
	}
	return c
}

var lifeStart = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// newLifeWorld has an ordinary group of admins A and B and members C to F, on a platform that can do everything, active.
func newLifeWorld(t *testing.T, tier domain.Tier) *lifeWorld {
	return newWorldOf(t, tier, lifeRules("p1"))
}

func newWorldOf(t *testing.T, tier domain.Tier, rules domain.LifeRules, cleared ...domain.EmployeeID) *lifeWorld {
	return worldOf(t, tier, rules, false, cleared...)
}

func worldOf(t *testing.T, tier domain.Tier, rules domain.LifeRules, late bool, cleared ...domain.EmployeeID) *lifeWorld {
	w := &lifeWorld{
		late: late, since: map[domain.EmployeeID]time.Time{},
		t: t, r: rand.New(rand.NewPCG(1, 1)), now: lifeStart, cal: lifeCalendar("c1"), rules: rules, paper: map[domain.EmployeeID]domain.Clearance{}, can: []string{"encryption_in_transit", "remove"},
		rows: map[domain.EmployeeID]string{}, left: map[domain.EmployeeID]bool{}, heads: []domain.EmployeeID{"H"},
		roles: map[domain.EmployeeID][]domain.Role{"S1": {domain.RoleSecurity}, "S2": {domain.RoleSecurity}, "L1": {domain.RoleLegal}, "L2": {domain.RoleLegal}, "P": {domain.RoleProcessAdmin}},
	}
	f := domain.Filing{Name: "财务部-月结", Type: domain.TypeDepartment, Tier: tier, Departments: []domain.DepartmentID{"D"}, Platform: "matrix",
		Admins: []domain.EmployeeID{"A", "B"}, Members: []domain.EmployeeID{"C", "D", "E", "F"}, Permissions: w.rules.Tiers[tier].Ceiling}
	w.g = domain.NewGroup("g", "G-2026-00001", "case", f, w.now)
	w.g.Life = domain.NewLife("case", f, w.rules, w.now)
	for _, p := range cleared {
		w.clear(p)
	}
	if !w.gate().Asks() {
		for _, p := range slices.Concat(f.Admins, f.Members) {
			w.rows[p] = "active"
		}
	}
	w.must(domain.GroupAct{Kind: domain.GroupBegun})
	w.must(domain.GroupAct{Kind: domain.GroupProvisioned, Receipt: &domain.Receipt{ID: "!room"}})
	return w
}

// gate is what the group asks of people now.
func (w *lifeWorld) gate() domain.ClearanceRules { return w.g.Life.Rules.Tiers[w.g.Tier].Clearance }

// clear gives somebody all that can be asked for.
func (w *lifeWorld) clear(p domain.EmployeeID) {
	w.paper[p] = domain.Clearance{Person: p, Agreement: domain.AgreementSealed, Training: domain.TrainingValid}
}

// record is what the database would say about somebody.
func (w *lifeWorld) record(p domain.EmployeeID) domain.Clearance {
	c := w.paper[p]
	c.Person, c.Was = p, domain.MemberState(w.rows[p])
	if c.Was == domain.MemberLeaving || c.Was == domain.MemberRemoved {
		c.Was = ""
	}
	x := w.g.Life.Gate
	waits := c.Was == domain.MemberNDAPending || c.Was == domain.MemberTrainingPending
	c.Early = waits && x != nil && x.Late && !w.since[p].After(x.At)
	return c
}

// everywhere are the states of people who have a place.
var everywhere = []string{"active", "requested", "invited", "nda_pending", "training_pending", "suspended"}

func (w *lifeWorld) in(states ...string) []domain.EmployeeID {
	var out []domain.EmployeeID
	for p, s := range w.rows {
		if slices.Contains(states, s) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// facts are what the activity would find for an act.
func (w *lifeWorld) facts(a domain.GroupAct) domain.GroupFacts {
	need := domain.NeedsOf(w.g, a)
	lf := &domain.LifeFacts{Revision: int64(w.acts), Late: w.late && a.Kind == domain.GroupBegun}
	if need.Roles {
		lf.Roles = w.roles[a.Actor]
	}
	if need.Heads || a.Actor != "" {
		lf.Heads = w.heads
	}
	for _, p := range need.People {
		if w.rows[p] == "active" {
			lf.Members = append(lf.Members, p)
		}
		switch {
		case outside(p):
			if a.Kind == domain.GroupOutsider {
				lf.Outside = append(lf.Outside, p)
			}
		case !w.left[p]:
			lf.Employed = append(lf.Employed, p)
		}
	}
	if need.Touched {
		lf.Shifted, w.shift = w.shift, nil
	}
	lf.NoOutsiders = (need.Limit || need.Rules) && slices.Contains(w.can, "no_outsiders")
	rules := w.g.Life.Rules
	if need.Rules {
		rules = w.rules
	}
	tier := w.g.Tier
	if a.Life != nil && a.Life.Delta != nil {
		tier = a.Life.Delta.Tier
	}
	gate := rules.Tiers[tier].Clearance
	people := need.People
	if a.Kind == domain.GroupBegun {
		people = []domain.EmployeeID{"A", "B", "C", "D", "E", "F"}
	}
	if need.Touched || need.All {
		for _, p := range w.in(everywhere...) {
			if w.left[p] {
				people = append(people, p)
			}
		}
	}
	for _, p := range people {
		if c := w.record(p); (c.Was != "" && c.Was != domain.MemberActive) || gate.Asks() {
			lf.Clear = append(lf.Clear, c)
		}
	}
	if need.Everybody {
		var all []domain.Clearance
		for _, p := range w.in(everywhere...) {
			if !slices.ContainsFunc(lf.Clear, func(c domain.Clearance) bool { return c.Person == p }) {
				all = append(all, w.record(p))
			}
		}
		lf.Clear = append(lf.Clear, domain.Unsettled(gate, all, w.now)...)
	}
	if need.Touched || need.All {
		for _, p := range w.in(everywhere...) {
			if w.left[p] {
				lf.Gone = append(lf.Gone, p)
			}
		}
	}
	if need.Eldest {
		for _, p := range w.in("active") {
			if !slices.Contains(w.g.Admins, p) && !slices.Contains(need.People, p) && !w.left[p] && !outside(p) {
				lf.Eldest = append(lf.Eldest, p)
			}
		}
	}
	if need.Rules {
		rules := w.rules
		lf.Rules, lf.Can, lf.Count = &rules, w.can, len(w.in("active"))
	}
	if need.Seen {
		lf.Seen = w.seen()
	}
	if need.Silence {
		s := w.silence(need.People)
		lf.Silence = &s
	}
	return domain.GroupFacts{At: w.now, Active: !w.left[a.Actor], Proof: true, NameFits: true, Life: lf}
}

// seen is what an admin sees of the group now.
func (w *lifeWorld) seen() string {
	return domain.AttestDigest(w.g, domain.MembersDigest(w.in("active")))
}

// do decides an act as the activity does, and again as the workflow and the auditor do, over what the history kept.
func (w *lifeWorld) do(a domain.GroupAct) domain.Verdict {
	w.t.Helper()
	w.acts++
	if a.ID == "" {
		a.ID = fmt.Sprintf("a%d", w.acts)
	}
	a.At = w.now
	before := w.g
	digest := domain.StateDigest(before)
	after, v, facts := domain.PlanGroup(before, a, w.facts(a), w.cal)
	if domain.StateDigest(before) != digest {
		w.fail("%s changed the state it was given", a.Kind)
	}
	w.again(before, a, facts, after)
	w.trace = append(w.trace, fmt.Sprintf("%s %s by %q: %s %s → %s", w.now.Format(time.DateOnly), a.Kind, a.Actor, v.Result, v.Reason, after.State))
	w.g = after
	for _, m := range domain.MemberMoves(v) {
		place := domain.Place{State: domain.MemberState(w.rows[m.Person]), Since: w.since[m.Person]}
		place.Move(m, w.now)
		w.rows[m.Person], w.since[m.Person] = string(place.State), place.Since
	}
	return v
}

// again recomputes the act from bytes, with no calendar at hand.
func (w *lifeWorld) again(before domain.Group, a domain.GroupAct, f domain.GroupFacts, want domain.Group) {
	w.t.Helper()
	var b domain.Group
	var act domain.GroupAct
	var facts domain.GroupFacts
	for from, to := range map[any]any{&before: &b, &a: &act, &f: &facts} {
		text, err := json.Marshal(from)
		if err == nil {
			err = json.Unmarshal(text, to)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	if got, _ := domain.DecideGroup(b, act, facts); domain.StateDigest(got) != domain.StateDigest(want) {
		x, _ := json.Marshal(got)
		y, _ := json.Marshal(want)
		w.fail("%s: replayed over recorded facts it gives another state:\n%s\n%s", a.Kind, x, y)
	}
}

func (w *lifeWorld) fail(format string, args ...any) {
	w.t.Helper()
	tail := w.trace[max(0, len(w.trace)-25):]
	w.t.Fatalf(format+"\nafter:\n%s", append(args, strings.Join(tail, "\n"))...)
}

// must does an act that has to be accepted.
func (w *lifeWorld) must(a domain.GroupAct) domain.Verdict {
	w.t.Helper()
	v := w.do(a)
	if v.Result != domain.Accepted {
		w.fail("%s by %q: %s %s", a.Kind, a.Actor, v.Result, v.Reason)
	}
	return v
}

// by makes a person's act.
func by(who domain.EmployeeID, k domain.GroupActKind, p domain.LifeAct) domain.GroupAct {
	return domain.GroupAct{Kind: k, Actor: who, Life: &p}
}

// sys makes an act of the system.
func sys(k domain.GroupActKind, p domain.LifeAct) domain.GroupAct { return by("", k, p) }

// next lets time pass to the next date and has it carried out.
func (w *lifeWorld) next() domain.GroupDate {
	w.t.Helper()
	if len(w.g.Life.Dates) == 0 {
		w.fail("no date is left in state %s", w.g.State)
	}
	d := w.g.Life.Dates[0]
	if d.At.After(w.now) {
		w.now = d.At
	}
	w.must(domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}})
	return d
}

// until lets dates come until one of a kind has.
func (w *lifeWorld) until(k domain.DateKind) domain.GroupDate {
	w.t.Helper()
	for range 50 {
		if d := w.next(); d.Kind == k {
			return d
		}
	}
	w.fail("no %s in 50 dates", k)
	return domain.GroupDate{}
}

// date finds a planned date.
func (w *lifeWorld) date(k domain.DateKind) (domain.GroupDate, bool) {
	i := slices.IndexFunc(w.g.Life.Dates, func(d domain.GroupDate) bool { return d.Kind == k })
	if i < 0 {
		return domain.GroupDate{}, false
	}
	return w.g.Life.Dates[i], true
}

// confirm has the platform confirm everything that waits.
func (w *lifeWorld) confirm() {
	w.t.Helper()
	for range 100 {
		op, ok := domain.NextOp(w.g)
		if !ok {
			return
		}
		w.must(domain.GroupAct{Kind: domain.GroupOpDone, Receipt: &domain.Receipt{ID: "!room"}, Life: &domain.LifeAct{Op: op.ID}})
	}
	w.fail("operations never end")
}

// has tells whether a verdict has an effect of a kind for somebody.
func has(v domain.Verdict, k domain.EffectKind, who domain.EmployeeID) bool {
	return slices.ContainsFunc(v.Effects, func(e domain.Effect) bool { return e.Kind == k && (who == "" || slices.Contains(e.People, who)) })
}

var reason = &domain.Ref{Object: "o", SHA256: "s"}
