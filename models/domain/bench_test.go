package domain

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// company builds: head H leads root R; A leads DA, B leads DB (both under R), nobody leads DV; S1, S2 are security, P
// administers processes, the others hold nothing.
func company(change ...func(map[EmployeeID]*Employee, map[DepartmentID]*Department)) *Directory {
	people := map[EmployeeID]*Employee{}
	for _, id := range []EmployeeID{"H", "A", "B", "S1", "S2", "E", "F", "P", "X", "Y", "Z"} {
		people[id] = &Employee{ID: id, Number: string(id), Active: true, Department: "DA"}
	}
	people["S1"].Roles, people["S2"].Roles = []Role{RoleSecurity}, []Role{RoleSecurity}
	people["P"].Roles = []Role{RoleProcessAdmin}
	deps := map[DepartmentID]*Department{
		"R":  {ID: "R", Leader: "H", Active: true},
		"DA": {ID: "DA", Parent: "R", Leader: "A", Active: true},
		"DB": {ID: "DB", Parent: "R", Leader: "B", Active: true},
		"DV": {ID: "DV", Parent: "R", Active: true},
	}
	for _, c := range change {
		c(people, deps)
	}
	var ps []Employee
	var ds []Department
	for _, p := range people {
		ps = append(ps, *p)
	}
	for _, d := range deps {
		ds = append(ds, *d)
	}
	return NewDirectory(1, ps, ds)
}

func leaders(key string, kind StepKind, deps ...DepartmentID) StepPlan {
	p := StepPlan{Key: key, Kind: kind, Deadline: 60}
	for _, d := range deps {
		p.Rules = append(p.Rules, SlotRule{Kind: RuleDepartmentLeader, Department: d})
	}
	return p
}

var security = StepPlan{Key: "security", Kind: OrSign, Rules: []SlotRule{{Kind: RuleRole, Role: RoleSecurity}}, Deadline: 60}

// allDay is a calendar in which every minute is worked.
var allDay = &Calendar{Version: "test", Hours: []Hours{{From: 0, To: 1440}}, Years: map[int]bool{2026: true, 2027: true}}

// everything are rules under which every act is allowed.
var everything = CaseRules{Resubmit: 600, UrgeEvery: 10, MaxHops: 2, MaxAdded: 4, MaxChain: 3}

// bench drives a case as the decision activity does.
type bench struct {
	t    *testing.T
	c    Case
	dir  *Directory
	cal  *Calendar
	ds   []Delegation
	plan *RoutePlan // what the policy makes of new material
	bar  Reason
	at   time.Time
	n    int
	last Verdict
}

func start(t *testing.T, dir *Directory, requester EmployeeID, steps ...StepPlan) *bench {
	t.Helper()
	return startWith(t, dir, Case{Parties: Parties{Requester: requester}}, CaseRules{}, steps...)
}

// begin starts a case of E's under rules that allow everything.
func begin(t *testing.T, steps ...StepPlan) *bench {
	t.Helper()
	return startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, everything, steps...)
}

func startWith(t *testing.T, dir *Directory, c Case, rules CaseRules, steps ...StepPlan) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir, cal: allDay, at: t0}
	c.ID, c.Digest = "c1", "sha256:m"
	if c.Kind == "" {
		c.Kind = KindFiling
	}
	c = Submit(c, RoutePlan{Policy: "p", Steps: steps, Rules: rules}, t0)
	f := Facts{At: b.at, Revision: dir.Revision}
	for {
		after, v := Begin(c, f)
		if v.Need == nil {
			b.c, b.last = after, v
			return b
		}
		f.Learn(c, *v.Need, b.dir, b.cal)
	}
}

// facts are what the decision activity would find before asking the rules.
func (b *bench) facts(a Act) Facts {
	f := Facts{At: b.at, Revision: b.dir.Revision, Active: b.dir.Active(a.Actor), Proof: true}
	if a.Kind == ActAssign {
		f.Roles = b.dir.Employees[a.Actor].Roles
	}
	if a.For != "" {
		f.Chain = FindChain(Impartial(b.ds, b.c.Parties), a.For, a.Actor, b.c.Kind, b.at, b.c.Rules.MaxChain)
	}
	return f
}

func (b *bench) act(a Act) Verdict {
	b.t.Helper()
	b.at = b.at.Add(time.Second)
	if a.ID == "" {
		b.n++
		a.ID = fmt.Sprintf("act%d", b.n)
	}
	f := b.facts(a)
	before := StateDigest(b.c)
	for range 200 {
		after, v := Decide(b.c, a, f)
		if StateDigest(b.c) != before {
			b.t.Fatalf("%s: Decide changed the state it was given", a.Kind)
		}
		if v.Need != nil {
			if v.Need.Plan {
				f.Plan, f.Barred = b.plan, b.bar
				continue
			}
			f.Learn(b.c, *v.Need, b.dir, b.cal)
			continue
		}
		b.again(a, f, after)
		b.c, b.last = after, v
		return v
	}
	b.t.Fatalf("%s: the rules ask without end", a.Kind)
	return Verdict{}
}

// again decides once more on what the history records, after a trip through JSON: the same state must come out.
func (b *bench) again(a Act, f Facts, after Case) {
	b.t.Helper()
	var f2 Facts
	var c2, round Case
	for _, x := range []struct{ from, to any }{{f, &f2}, {b.c, &c2}, {after, &round}} {
		raw, err := json.Marshal(x.from)
		if err == nil {
			err = json.Unmarshal(raw, x.to)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if got, _ := Decide(c2, a, f2); StateDigest(got) != StateDigest(after) {
		b.t.Fatalf("%s: the same facts led to another state", a.Kind)
	}
	if StateDigest(round) != StateDigest(after) {
		b.t.Fatalf("%s: the state does not survive JSON", a.Kind)
	}
}

func (b *bench) decide(who EmployeeID, o Outcome) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: ActDecide, Actor: who, Outcome: o, Digest: "sha256:m"})
}

func (b *bench) status() map[EmployeeID]SlotStatus {
	out := map[EmployeeID]SlotStatus{}
	for _, s := range b.c.Steps {
		for _, k := range s.Slots {
			out[k.Person] = k.Status
		}
	}
	return out
}

func (b *bench) want(v Verdict, r Result, reason Reason, by EmployeeID) {
	b.t.Helper()
	if v.Result != r || v.Reason != reason || v.DecidedBy != by {
		b.t.Fatalf("got %s/%s by %q, want %s/%s by %q", v.Result, v.Reason, v.DecidedBy, r, reason, by)
	}
}

func (b *bench) wantCase(s CaseStatus) {
	b.t.Helper()
	if b.c.Status != s {
		b.t.Fatalf("case is %s, want %s", b.c.Status, s)
	}
}

func (b *bench) has(k EffectKind) bool {
	return slices.ContainsFunc(b.last.Effects, func(e Effect) bool { return e.Kind == k })
}

// said is a comment that satisfies whatever asks for one.
var said = &Ref{Object: "o", SHA256: "s"}

func (b *bench) send(who EmployeeID, kind ActKind, to ...EmployeeID) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: kind, Actor: who, To: to, Comment: said, Digest: b.c.Digest})
}

func (b *bench) add(who EmployeeID, mode AddMode, to ...EmployeeID) Verdict {
	b.t.Helper()
	a := Act{Kind: ActAdd, Actor: who, Mode: mode, To: to, Digest: b.c.Digest}
	if mode == AddAfter {
		a.Outcome = Approve
	}
	return b.act(a)
}

func (b *bench) decideFor(who, whom EmployeeID, o Outcome) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: ActDecide, Actor: who, For: whom, Outcome: o, Digest: b.c.Digest})
}

func (b *bench) back(who EmployeeID, step int) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: ActReturn, Actor: who, Step: step, Comment: said, Digest: b.c.Digest})
}

func (b *bench) resubmit(digest string) Verdict {
	b.t.Helper()
	if b.plan == nil {
		var plans []StepPlan
		for _, s := range b.c.Steps {
			plans = append(plans, s.Plan)
		}
		b.plan = &RoutePlan{Policy: "p", Route: "again", Steps: plans}
	}
	return b.act(Act{Kind: ActResubmit, Actor: "E", Material: &Material{Object: "o2", Digest: digest, Tier: b.c.Tier}})
}

// slot finds the last place of a person in the present round.
func (b *bench) slot(p EmployeeID) Slot {
	b.t.Helper()
	i, k := b.c.placeOf(p)
	if k < 0 {
		b.t.Fatalf("%s has no place", p)
	}
	return b.c.Steps[i].Slots[k]
}

func (b *bench) wantSlots(want map[EmployeeID]SlotStatus) {
	b.t.Helper()
	got := b.status()
	for p, s := range want {
		if got[p] != s {
			b.t.Fatalf("%s's place is %q, want %q; all: %v", p, got[p], s, got)
		}
	}
}

// told lists who gets an effect of a kind from the last act.
func (b *bench) told(k EffectKind) []EmployeeID {
	var out []EmployeeID
	for _, e := range b.last.Effects {
		if e.Kind == k {
			out = append(out, e.People...)
		}
	}
	return out
}

// wakeUp lets the next thing be due and happen.
func (b *bench) wakeUp() Verdict {
	b.t.Helper()
	w, ok := b.c.NextWake()
	if !ok {
		b.t.Fatal("nothing is due ever")
	}
	b.at = w.At
	return b.act(w.Act)
}

// with changes the directory under way and tells the case.
func (b *bench) with(change ...func(map[EmployeeID]*Employee, map[DepartmentID]*Department)) Verdict {
	b.t.Helper()
	b.dir = company(change...)
	b.dir.Revision = b.c.Revision + 1
	return b.act(Act{Kind: ActDirectory})
}

func gone(ids ...EmployeeID) func(map[EmployeeID]*Employee, map[DepartmentID]*Department) {
	return func(p map[EmployeeID]*Employee, _ map[DepartmentID]*Department) {
		for _, id := range ids {
			p[id].Active = false
		}
	}
}

func leads(id EmployeeID, dep DepartmentID) func(map[EmployeeID]*Employee, map[DepartmentID]*Department) {
	return func(_ map[EmployeeID]*Employee, d map[DepartmentID]*Department) { d[dep].Leader = id }
}
