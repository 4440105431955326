package domain_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Random lives keep what semantics 2 promises, whatever people, rules, platforms and the address book do in which order.
func TestRandomLives(t *testing.T) {
	seeds := 60
	if testing.Short() {
		seeds = 40
	}
	seen := map[domain.GroupActKind]int{}
	states := map[domain.GroupState]int{}
	places := map[string]int{} // moves that acts made, by where they ended
	for seed := range seeds {
		w := newLifeWorld(t, domain.Tiers[seed%3])
		if seed%2 == 1 { // groups with secrets ask for an agreement and the training
			w = worldOf(t, domain.Tiers[seed%3], gatedRules("p1"), seed%4 == 3, cast[:seed%8]...)
		}
		w.r = rand.New(rand.NewPCG(uint64(seed), 7))
		if seed%7 == 0 {
			w.g.Life.Rules.Archived, w.rules.Archived = 60, 60
		}
		if seed%5 == 0 {
			w.g.EndsOn = "2027-06-30"
		}
		for range 180 {
			a := w.random()
			before, rows := w.g, len(w.in("active"))
			offered := a.Actor != "" && slices.Contains(domain.GroupOffers(w.g, a.Actor, w.offerFacts(a.Actor)), a.Kind)
			v := w.do(a)
			w.invariants(before, a, v, offered, rows)
			if v.Result == domain.Accepted {
				seen[a.Kind]++
			}
			states[w.g.State]++
			for _, m := range domain.MemberMoves(v) {
				places[string(m.To)]++
			}
		}
	}
	for _, k := range append(slices.Clone(randomActs), domain.GroupDateDue, domain.GroupOpDone) {
		if seen[k] == 0 {
			t.Errorf("no %s was ever accepted: the test does not reach it", k)
		}
	}
	for _, s := range append(everywhere, "leaving", "removed") {
		if places[s] < 5 {
			t.Errorf("only %d people ever became %s", places[s], s)
		}
	}
	for _, s := range []domain.GroupState{domain.GroupActive, domain.GroupRenewalDue, domain.GroupGrace, domain.GroupFrozen, domain.GroupArchived, domain.GroupPendingDeletion, domain.GroupDeleted} {
		if states[s] == 0 {
			t.Errorf("no group was ever %s", s)
		}
	}
}

var randomActs = []domain.GroupActKind{
	domain.GroupRenew, domain.GroupFreeze, domain.GroupUnfreeze, domain.GroupArchive, domain.GroupRestore, domain.GroupDissolve, domain.GroupHold,
	domain.GroupRelease, domain.GroupAdmit, domain.GroupRemove, domain.GroupLeave, domain.GroupConsent, domain.GroupAppoint, domain.GroupResolve,
	domain.GroupContinued, domain.GroupDirectory, domain.GroupCalendar, domain.GroupActivity, domain.GroupChanged, domain.GroupReconciled,
	domain.GroupOpByHand, domain.GroupOpGap, domain.GroupOpFailed, domain.GroupOpConfirm, domain.GroupOpRetry, domain.GroupSeenGap, domain.GroupRevoked,
	domain.GroupJoin, domain.GroupReview, domain.GroupInvite, domain.GroupAccept, domain.GroupDecline, domain.GroupClearance, domain.GroupClearance, domain.GroupClearance,
	domain.GroupInactive, domain.GroupKeep, domain.GroupExempt,
}

var cast = []domain.EmployeeID{"A", "B", "C", "D", "E", "F", "G", "H", "S1", "S2", "L1", "L2", "P", "X"}

func (w *lifeWorld) some(list []domain.EmployeeID) domain.EmployeeID {
	if len(list) == 0 {
		return ""
	}
	return list[w.r.IntN(len(list))]
}

// offerFacts are what a page would know of a person.
func (w *lifeWorld) offerFacts(who domain.EmployeeID) domain.GroupFacts {
	f := w.facts(domain.GroupAct{Actor: who})
	return f
}

// random makes an act: sensible often enough to get far, wrong often enough to matter.
func (w *lifeWorld) random() domain.GroupAct {
	w.now = w.now.Add(time.Duration(w.r.IntN(60)) * time.Hour)
	if d := w.g.Life.Dates; len(d) > 0 && w.r.IntN(4) == 0 {
		w.now = later(w.now, d[0].At)
		return domain.GroupAct{ID: d[0].DateActID(), Kind: domain.GroupDateDue, Life: &domain.LifeAct{Date: d[0].Kind, DateAt: d[0].At}}
	}
	if op, ok := domain.NextOp(w.g); ok && w.r.IntN(3) == 0 {
		return domain.GroupAct{Kind: domain.GroupOpDone, Receipt: &domain.Receipt{ID: "r"}, Life: &domain.LifeAct{Op: op.ID}}
	}
	if o := w.g.Life.Orphan; o != nil && len(o.Asked) > 0 && w.r.IntN(2) == 0 {
		return by(o.Asked[0], domain.GroupConsent, domain.LifeAct{})
	}
	if n := w.g.Life.Idle; len(n) > 0 && w.r.IntN(8) == 0 {
		return by(n[0].Person, domain.GroupKeep, domain.LifeAct{})
	}
	if asked := w.in("invited"); len(asked) > 0 && w.r.IntN(4) == 0 {
		return by(asked[0], []domain.GroupActKind{domain.GroupAccept, domain.GroupDecline}[w.r.IntN(2)], domain.LifeAct{})
	}
	if asked := w.in("requested"); len(asked) > 0 && len(w.g.Admins) > 0 && w.r.IntN(3) == 0 {
		return by(w.g.Admins[0], domain.GroupReview, domain.LifeAct{People: asked[:1], Refuse: w.r.IntN(3) == 0, Reason: reason})
	}
	kind := randomActs[w.r.IntN(len(randomActs))]
	if kind == domain.GroupRevoked && w.r.IntN(8) > 0 {
		kind = domain.GroupActivity
	}
	a := domain.GroupAct{Kind: kind, Actor: w.some(cast), Life: &domain.LifeAct{Reason: reason, People: []domain.EmployeeID{w.some(cast)}}}
	if w.r.IntN(2) == 0 { // somebody who may
		for range 20 {
			if slices.Contains(domain.GroupOffers(w.g, a.Actor, w.offerFacts(a.Actor)), kind) {
				break
			}
			a.Actor = w.some(cast)
		}
	}
	l := w.g.Life
	switch kind {
	case domain.GroupReview:
		if asked := w.in("requested"); len(asked) > 0 {
			a.Life.People = asked[:1]
		}
		a.Life.Refuse = w.r.IntN(3) == 0
	case domain.GroupAccept, domain.GroupDecline:
		if asked := w.in("invited"); len(asked) > 0 {
			a.Actor = asked[0]
		}
	case domain.GroupClearance:
		a.Actor = ""
		w.paperwork(a.Life.People[0])
	case domain.GroupInactive:
		a.Actor, a.Life.Rule = "", string(domain.IdlePurposes[w.r.IntN(3)])
		a.Life.People = w.in("active")
		w.gossip()
	case domain.GroupExempt:
		a.Life.Refuse = w.r.IntN(2) == 0
	case domain.GroupRenew:
		a.Life.Digest = w.seen()
	case domain.GroupRelease:
		if len(l.Holds) > 0 {
			a.Life.Hold = l.Holds[0].ID
		}
	case domain.GroupResolve:
		if n := len(l.Findings); n > 0 {
			x := l.Findings[w.r.IntN(n)]
			a.Life.Finding, a.Life.Proposal = x.ID, x.Propose[w.r.IntN(len(x.Propose))]
		}
	case domain.GroupContinued, domain.GroupCalendar, domain.GroupDirectory, domain.GroupActivity, domain.GroupChanged, domain.GroupReconciled,
		domain.GroupOpByHand, domain.GroupOpGap, domain.GroupOpFailed, domain.GroupRevoked:
		a.Actor = ""
		w.systemAct(&a)
	case domain.GroupOpConfirm, domain.GroupOpRetry:
		a.Receipt = &domain.Receipt{ID: "r", Evidence: reason}
		for _, op := range l.Ops {
			if op.State != domain.OpPending {
				a.Life.Op = op.ID
			}
		}
	case domain.GroupSeenGap:
		if len(l.Gaps) > 0 {
			a.Code = l.Gaps[w.r.IntN(len(l.Gaps))].Capability
		}
	}
	return a
}

func (w *lifeWorld) systemAct(a *domain.GroupAct) {
	l := w.g.Life
	switch a.Kind {
	case domain.GroupContinued:
		made := lifeRules
		if slices.ContainsFunc(domain.Tiers, func(t domain.Tier) bool { return w.rules.Tiers[t].Clearance.Asks() }) != (w.r.IntN(6) == 0) {
			made = gatedRules // a policy may begin to ask, and stop
		}
		w.rules = made(fmt.Sprintf("p%d", w.acts))
		for _, t := range domain.Tiers {
			rule := w.rules.Tiers[t]
			rule.Renew, rule.Grace = 1+w.r.IntN(400), 1+w.r.IntN(60)
			w.rules.Tiers[t] = rule
		}
		w.rules.Deletion, w.rules.Ownerless.Head = 1+w.r.IntN(60), w.r.IntN(30)
		w.rules.Archived = l.Rules.Archived
	case domain.GroupCalendar:
		w.cal = lifeCalendar(fmt.Sprintf("c%d", w.acts))
		for range w.r.IntN(40) {
			w.cal.Holidays[w.now.AddDate(0, 0, w.r.IntN(200)).Format(time.DateOnly)] = "x"
		}
	case domain.GroupDirectory:
		if w.r.IntN(2) == 0 {
			w.left[w.some(cast[:7])] = true
		}
	case domain.GroupActivity:
		a.Life.Last = w.now.AddDate(0, 0, 5-w.r.IntN(200))
	case domain.GroupChanged:
		tier := domain.Tiers[w.r.IntN(3)]
		admins := w.g.Admins
		if w.r.IntN(2) == 0 {
			admins = []domain.EmployeeID{w.some(cast[:7]), w.some(cast[:7])}
		}
		a.Life.Delta = &domain.GroupDelta{Case: "c", Digest: fmt.Sprintf("d%d", w.acts), Base: w.g.Digest, Type: w.g.Type, Tier: tier, Depts: w.g.Departments,
			Admins: admins, Perms: domain.Permissions{InviteOutsiders: w.r.IntN(2) == 0, SeeContacts: true, Posting: domain.PostMembers},
			EndsOn: []string{w.g.EndsOn, "", "2028-01-31"}[w.r.IntN(3)], Admit: []domain.EmployeeID{w.some(cast)}, Remove: []domain.EmployeeID{w.some(cast)}}
	case domain.GroupReconciled:
		kinds := []domain.FindingKind{domain.FindStranger, domain.FindMissing, domain.FindLooser, domain.FindRenamed, domain.FindDeleted, domain.FindNotAdmin, domain.FindNotRemoved}
		a.Life.Looked = kinds
		for range w.r.IntN(3) {
			k := kinds[w.r.IntN(len(kinds))]
			x := domain.Finding{Kind: k}
			if k == domain.FindStranger || k == domain.FindMissing || k == domain.FindNotAdmin || k == domain.FindNotRemoved {
				x.Person = w.some(cast)
			}
			a.Life.Findings = append(a.Life.Findings, x)
		}
	case domain.GroupOpByHand, domain.GroupOpGap, domain.GroupOpFailed:
		a.Code = "remove"
		if op, ok := domain.NextOp(w.g); ok {
			a.Life.Op = op.ID
		}
	}
}

// gossip changes what is known of who did something in the group.
func (w *lifeWorld) gossip() {
	if w.days == nil {
		w.days = map[domain.EmployeeID]string{}
	}
	w.days[w.some(cast)] = w.now.AddDate(0, 0, -w.r.IntN(30)).Format(time.DateOnly)
	if w.r.IntN(3) > 0 {
		w.heard = w.heard.With(domain.Span{From: w.now.AddDate(0, 0, -w.r.IntN(300)), Until: w.now.AddDate(0, 0, -w.r.IntN(3))})
	}
}

// idled: a notice stands for a member who is in the group, and nobody is removed for silence without one that ran out, nor who
// may not be.
func (w *lifeWorld) idled(b domain.Group, a domain.GroupAct, v domain.Verdict) {
	w.t.Helper()
	for _, n := range w.g.Life.Idle {
		if w.rows[n.Person] != "active" || n.Due.Before(n.At) {
			w.fail("a notice to somebody %q: %+v", w.rows[n.Person], n)
		}
	}
	if a.Kind != domain.GroupInactive {
		return
	}
	for _, m := range domain.MemberMoves(v) {
		n, ok := b.Life.IdleNotice(m.Person)
		if !ok || w.now.Before(n.Due) || slices.Contains(b.Admins, m.Person) || slices.ContainsFunc(b.Life.Holds, func(h domain.Hold) bool { return slices.Contains(h.Custodians, m.Person) }) {
			w.fail("%s was removed for silence, with %+v", m.Person, n)
		}
	}
}

// paperwork changes what somebody has: the agreement or the training comes, lapses or ends. What was in force may run out.
func (w *lifeWorld) paperwork(p domain.EmployeeID) {
	c := w.paper[p]
	by := w.now.Add(time.Duration(w.r.IntN(20*24)-48) * time.Hour)
	switch w.r.IntN(8) {
	case 0, 1, 2:
		c.Agreement = domain.AgreementSealed
	case 3, 4:
		c.Training = domain.TrainingValid
	case 5:
		if c.Agreement == domain.AgreementSealed {
			c.Agreement, c.AgreeBy = domain.AgreementLapsed, by
		}
	case 6:
		if c.Training == domain.TrainingValid {
			c.Training, c.TrainBy = domain.TrainingLapsed, by
		}
	case 7:
		if c.Agreement != domain.AgreementSealed {
			c.Agreement = domain.AgreementEnded
		}
	}
	w.paper[p] = c
}

// nobodyUncleared: in a group that asks for something nobody is active who does not have it. What ran out between two acts is
// found by the act that says so: until then only who had it once stays; and there is the grace of those who were in before.
func (w *lifeWorld) nobodyUncleared(a domain.GroupAct, v domain.Verdict) {
	w.t.Helper()
	if v.Result != domain.Accepted || w.g.State == domain.GroupDeleted {
		return
	}
	gate, moved := w.gate(), map[domain.EmployeeID]bool{}
	for _, m := range domain.MemberMoves(v) {
		moved[m.Person] = true
	}
	for _, p := range w.in("active") {
		c := w.record(p)
		had := func(ok, once bool) bool { return ok || (once && !moved[p]) }
		agreed := had(!gate.NDA || c.Agreement == domain.AgreementSealed, c.Agreement == domain.AgreementLapsed)
		trained := had(gate.Course == "" || c.Training == domain.TrainingValid, c.Training == domain.TrainingLapsed)
		if (!agreed || !trained) && (w.g.Life.Gate == nil || moved[p]) {
			w.fail("%s is in a group that asks for %+v, with %+v", p, gate, c)
		}
		named := a.Kind == domain.GroupClearance && slices.Contains(a.Life.People, p)
		if named && domain.PlaceFor(gate, domain.MemberActive, c, w.now) != domain.MemberActive && w.g.Life.Gate == nil {
			w.fail("%s stays in after the word that %+v", p, c)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// invariants are what no act may break.
func (w *lifeWorld) invariants(b domain.Group, a domain.GroupAct, v domain.Verdict, offered bool, rows int) {
	w.t.Helper()
	g, l, bl := w.g, w.g.Life, b.Life
	accepted := v.Result == domain.Accepted
	is := func(kinds ...domain.GroupActKind) bool { return slices.Contains(kinds, a.Kind) }
	must := func(ok bool, format string, args ...any) {
		w.t.Helper()
		if !ok {
			w.fail(format, args...)
		}
	}
	if !accepted {
		x, y := g, b
		x.Seq, x.Answers, y.Seq, y.Answers = 0, nil, 0, nil
		must(domain.StateDigest(x) == domain.StateDigest(y), "a refused act changed the state")
	}
	w.idled(b, a, v)
	must(a.Kind != domain.GroupDateDue || accepted, "a promised date was refused: %s", v.Reason)
	must(a.Actor == "" || !accepted || offered, "an act was accepted that was not offered")
	must(g.State != domain.GroupDeleted || b.State == domain.GroupDeleted || len(bl.Holds) == 0, "deleted under a legal hold")
	must(b.State != domain.GroupDeleted || !accepted || is(domain.GroupDirectory, domain.GroupCalendar, domain.GroupActivity, domain.GroupContinued), "a tombstone was acted on")
	must(b.State != domain.GroupDeleted || g.State == domain.GroupDeleted && len(l.Dates) == 0 && len(l.Ops) == 0, "a tombstone came to life")
	must(!accepted || !is(domain.GroupLeave, domain.GroupRemove) || len(b.Admins) == 0 || len(g.Admins) > 0, "the last admin left")
	w.frozenOnlyByTwo(b, a, accepted)
	if is(domain.GroupCalendar, domain.GroupContinued) {
		w.neverEarlier(bl.Dates)
	}
	w.noOpLost(b, a, accepted)
	must(l.Members == len(w.in("active")), "%d members, %d rows", l.Members, len(w.in("active")))
	must(l.Members >= 0 && rows >= 0, "members below zero")
	must(l.Pending == len(w.in("nda_pending", "training_pending", "suspended")), "%d pending, %v", l.Pending, w.rows)
	must(l.Asking == len(w.in("requested")), "%d requests, %v", l.Asking, w.rows)
	for _, p := range g.Admins {
		away := slices.Contains(l.Away, p)
		must(g.State == domain.GroupDeleted || (w.rows[p] == "active") == !away, "admin %s is %q, away %v", p, w.rows[p], away)
		must(!away || domain.MemberState(w.rows[p]).Waits(), "admin %s is away and %q", p, w.rows[p])
	}
	for _, p := range l.Away {
		must(slices.Contains(g.Admins, p), "%s is away and no admin", p)
	}
	w.nobodyUncleared(a, v)
	if accepted && is(domain.GroupRestore, domain.GroupChanged) {
		must(len(l.Perms.Looser(l.Rules.Tiers[g.Tier].Ceiling)) == 0, "permissions looser than the tier's ceiling")
	}
	stands := slices.Contains([]domain.GroupState{domain.GroupActive, domain.GroupRenewalDue, domain.GroupGrace, domain.GroupFrozen}, g.State)
	must((l.Orphan != nil) == (stands && len(g.Admins) == 0), "ownerless %v with admins %v in %s", l.Orphan != nil, g.Admins, g.State)
	must((g.State != domain.GroupRenewalDue && g.State != domain.GroupGrace) || l.Due != nil, "%s and nothing is due", g.State)
	must(g.State != domain.GroupFrozen || (l.Frozen != nil && l.From != ""), "frozen by nobody, or from nowhere")
	must(len(g.Answers) <= 200, "%d answers", len(g.Answers))
	for _, e := range v.Effects {
		must(!slices.Contains(e.People, ""), "%s for nobody", e.Kind)
	}
	w.datesInOrder()
}

// frozenOnlyByTwo: unfreezing takes two different people, neither implicated.
func (w *lifeWorld) frozenOnlyByTwo(b domain.Group, a domain.GroupAct, accepted bool) {
	w.t.Helper()
	fr := b.Life.Frozen
	if fr == nil || w.g.Life.Frozen != nil || w.g.State == domain.GroupDeleted || w.g.State == domain.GroupPendingDeletion && w.g.Life.From == "" {
		return
	}
	if a.Kind != domain.GroupUnfreeze || !accepted || fr.Unfreeze == "" || fr.Unfreeze == a.Actor ||
		slices.Contains(fr.Implicated, a.Actor) || slices.Contains(fr.Implicated, fr.Unfreeze) {
		w.fail("unfrozen by %s and %s, implicated %v", fr.Unfreeze, a.Actor, fr.Implicated)
	}
}

// neverEarlier: neither a calendar nor a policy moves a promised date forward.
func (w *lifeWorld) neverEarlier(old []domain.GroupDate) {
	w.t.Helper()
	for _, o := range old {
		for _, d := range w.g.Life.Dates {
			if o.Kind != domain.DateNotice && o.Kind == d.Kind && d.At.Before(o.At) {
				w.fail("%s moved from %s to %s", o.Kind, o.At, d.At)
			}
		}
	}
}

// noOpLost: what the platform was asked is confirmed, a gap, failed, by hand or pending; or void by a later one, by a hold,
// or since the group is frozen, read-only or deleted.
func (w *lifeWorld) noOpLost(b domain.Group, a domain.GroupAct, accepted bool) {
	w.t.Helper()
	for _, op := range b.Life.Ops {
		if slices.ContainsFunc(w.g.Life.Ops, func(o domain.PlatformOp) bool { return o.ID == op.ID }) {
			continue
		}
		settled := accepted && a.Life != nil && a.Life.Op == op.ID && slices.Contains([]domain.GroupActKind{domain.GroupOpDone, domain.GroupOpConfirm, domain.GroupOpGap}, a.Kind)
		deleted := w.g.State == domain.GroupDeleted || a.Kind == domain.GroupRevoked || (a.Life != nil && a.Life.Proposal == domain.ProposeDeleted)
		held := a.Kind == domain.GroupHold && op.Kind == domain.OpDelete
		again := op.Kind != domain.OpInvite && op.Kind != domain.OpRemove && accepted && len(w.g.Life.Ops) > 0
		if !settled && !deleted && !held && !again {
			w.fail("operation %s %s was lost", op.ID, op.Kind)
		}
	}
}

// datesInOrder: ascending, at nine in the company's zone, on a working day when something happens, and none twice.
func (w *lifeWorld) datesInOrder() {
	w.t.Helper()
	ids := map[string]bool{}
	for i, d := range w.g.Life.Dates {
		local := d.At.In(w.cal.Zone)
		if local.Hour() != 9 || local.Minute() != 0 || d.At.Location() != time.UTC {
			w.fail("%s at %s", d.Kind, local)
		}
		if ids[d.DateActID()] || (i > 0 && d.At.Before(w.g.Life.Dates[i-1].At)) {
			w.fail("dates out of order: %v", w.g.Life.Dates)
		}
		ids[d.DateActID()] = true
		if d.Rule == "" || d.Cause == "" || d.CauseAt.IsZero() || d.Policy == "" {
			w.fail("a date does not explain itself: %+v", d)
		}
	}
}
