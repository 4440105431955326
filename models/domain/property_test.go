package domain

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWhatMustAlwaysHold runs thousands of random cases through random acts, changes of the company, delegations and
// clock jumps, and holds after each act what must be true of every case. More with QUNBEI_PROVE set.
func TestWhatMustAlwaysHold(t *testing.T) {
	runs := 1000
	if os.Getenv("QUNBEI_PROVE") != "" {
		runs = 100_000
	}
	if testing.Short() {
		runs = 300
	}
	ends := map[CaseStatus]int{}
	acts := map[string]int{}
	for seed := range uint64(runs) {
		r := &run{t: t, seed: seed, w: newWorld(rand.New(rand.NewPCG(seed, 11))), at: t0, settled: map[string]Slot{}, due: map[string]time.Time{}, acts: acts}
		r.start()
		for range 10 + r.w.IntN(40) {
			r.at = r.at.Add(time.Duration(r.w.IntN(600)) * time.Second)
			if wake, ok := r.c.NextWake(); ok && r.w.one(15) {
				r.wake(wake)
				continue
			}
			if r.w.one(5) {
				r.w.lend(r.at)
			}
			r.do(r.w.act(&r.c))
		}
		r.finish()
		ends[r.c.Status]++
	}
	t.Logf("ends: %v", ends)
	for _, k := range []ActKind{ActDecide, ActWithdraw, ActComment, ActReturn, ActResubmit, ActTransfer, ActAdd, ActUrge, ActCopy, ActAssign, ActRemind, ActEscalate, ActCalendar, ActExpire, ActDirectory} {
		if acts[string(k)] == 0 {
			t.Errorf("no %s was ever accepted: the test does not test it", k)
		}
	}
	if acts["for another"] == 0 {
		t.Error("nobody ever decided for another")
	}
	t.Logf("accepted: %v", acts)
}

// run is one case on its way.
type run struct {
	t       *testing.T
	seed    uint64
	w       *world
	c       Case
	at      time.Time
	n       int
	trail   []string
	settled map[string]Slot
	due     map[string]time.Time
	acts    map[string]int
}

func (r *run) fail(format string, args ...any) {
	r.t.Helper()
	state, _ := json.MarshalIndent(r.c, "", " ")
	r.t.Fatalf("seed %d: %s\n%s\n%s", r.seed, fmt.Sprintf(format, args...), strings.Join(r.trail, "\n"), state)
}

func (r *run) start() {
	w := r.w
	w.lend(r.at)
	kind := KindFiling
	if w.one(20) {
		kind = []RequestKind{KindRevocation, KindChange}[w.IntN(2)]
	}
	c := Case{ID: "c", Kind: kind, Digest: "sha256:m", Tier: []Tier{TierOrdinary, TierOrdinary, TierSecret}[w.IntN(3)], Parties: Parties{Requester: w.somebody()}}
	if w.one(30) {
		c.Parties.Others = []EmployeeID{w.somebody()}
	}
	c = Submit(c, w.plan(), r.at)
	f := Facts{At: r.at, Revision: w.dir.Revision}
	for {
		after, v := Begin(c, f)
		if v.Need == nil {
			r.c = after
			r.hold(Case{Status: CaseSubmitted, Steps: stepsOf(nil)}, Act{}, v)
			return
		}
		f.Learn(c, *v.Need, w.dir, w.cal)
	}
}

// do has an act decided as the decision activity does, and holds everything against what came out.
func (r *run) do(a Act) Verdict {
	r.t.Helper()
	r.n++
	r.at = r.at.Add(time.Microsecond) // acts on one case follow each other
	if a.ID == "" {
		a.ID = fmt.Sprintf("a%d", r.n)
	}
	r.trail = append(r.trail, fmt.Sprintf("%s %s by %s for %s to %v slot %s mode %s step %d %s", r.at.Format(time.TimeOnly), a.Kind, a.Actor, a.For, a.To, a.Slot, a.Mode, a.Step, a.Outcome))
	b := bench{dir: r.w.dir, cal: r.w.cal, ds: r.w.ds, at: r.at, c: r.c}
	f := b.facts(a)
	deep := r.w.one(12)
	before := ""
	if deep {
		before = StateDigest(r.c)
	}
	for range 60 {
		after, v := Decide(r.c, a, f)
		if v.Need != nil {
			if v.Need.Plan {
				p := r.w.plan()
				f.Plan = &p
				continue
			}
			f.Learn(r.c, *v.Need, r.w.dir, r.w.cal)
			continue
		}
		if deep {
			r.deep(a, f, before, after)
		}
		old := r.c
		r.c = after
		r.trail[len(r.trail)-1] += fmt.Sprintf(" → %s %s %s", v.Result, v.Reason, after.Status)
		r.hold(old, a, v)
		return v
	}
	r.fail("the rules ask without end")
	return Verdict{}
}

// deep checks what is costly to check: nothing given is changed, the same again gives the same, JSON loses nothing.
func (r *run) deep(a Act, f Facts, before string, after Case) {
	if StateDigest(r.c) != before {
		r.fail("Decide changed the state it was given")
	}
	var f2 Facts
	var c2, c3 Case
	for _, x := range []struct{ from, to any }{{f, &f2}, {r.c, &c2}, {after, &c3}} {
		raw, _ := json.Marshal(x.from)
		if err := json.Unmarshal(raw, x.to); err != nil {
			r.fail("%v", err)
		}
	}
	again, _ := Decide(c2, a, f2)
	if d := StateDigest(after); StateDigest(again) != d || StateDigest(c3) != d {
		r.fail("the recorded facts lead to another state")
	}
	twice, v := Decide(after, a, f)
	if v.Result != Duplicate || StateDigest(twice) != StateDigest(after) || len(v.Effects) > 0 || v.Need != nil {
		r.fail("the same act again is not a duplicate: %+v", v)
	}
}

func (r *run) wake(w Wake) {
	r.t.Helper()
	r.at = latest(r.at, w.At)
	a := w.Act
	if v := r.do(a); v.Result != Accepted || v.DecidedBy != "" {
		r.fail("what was due did nothing: %+v", v.Answer)
	}
}

// finish lets the clock run: every case ends by itself, whatever was done to it.
func (r *run) finish() {
	r.t.Helper()
	for range 400 {
		w, ok := r.c.NextWake()
		if !ok {
			break
		}
		r.wake(w)
	}
	if !r.c.Status.Final() && r.c.whole() {
		r.fail("the case never ends")
	}
	if r.c.Status.Final() {
		if _, ok := r.c.NextWake(); ok {
			r.fail("something is due in an ended case")
		}
		status, steps := r.c.Status, StateDigest(r.c.Steps)
		for range 3 {
			r.do(r.w.act(&r.c))
		}
		if r.c.Status != status || StateDigest(r.c.Steps) != steps {
			r.fail("an ended case moved")
		}
	}
}

// hold checks a case after an act.
func (r *run) hold(old Case, a Act, v Verdict) {
	r.t.Helper()
	c := &r.c
	if v.Result == Accepted {
		r.acts[string(a.Kind)]++
		if a.For != "" {
			r.acts["for another"]++
		}
		if v.DecidedBy != a.Actor {
			r.fail("done by %q, said to be by %q", a.Actor, v.DecidedBy)
		}
	} else if a.Kind != "" {
		if !reflect.DeepEqual(old.Steps, c.Steps) || old.Status != c.Status || len(v.Effects) > 0 || old.NeedsHand != c.NeedsHand || len(old.Past) != len(c.Past) {
			r.fail("a refused act moved something")
		}
		return
	}
	for i := range c.Steps {
		r.holdStep(i, &c.Steps[i])
	}
	for _, p := range c.Past {
		for i := range p.Steps {
			r.holdPeople(&p.Steps[i])
			r.holdSettled(&p.Steps[i])
		}
	}
	for id := range r.settled {
		if !c.knows(id) {
			r.fail("settled place %s is gone", id)
		}
	}
	r.holdCase(&old, a, v)
	r.holdEffects(&old, v)
}

func (c *Case) knows(id string) bool {
	all := slices.Clone(c.Steps)
	for _, p := range c.Past {
		all = append(all, p.Steps...)
	}
	return slices.ContainsFunc(all, func(s Step) bool { return s.place(id) >= 0 })
}
