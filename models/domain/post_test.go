package domain

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	postNoon  = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC) // Tuesday, noon in Shanghai
	postZone  = time.FixedZone("CST", 8*3600)
	postHours = &Calendar{Version: "t", Zone: postZone, Weekend: []time.Weekday{time.Saturday, time.Sunday}, Hours: []Hours{{From: 9 * 60, To: 18 * 60}}}
)

func approvedPost(groups ...string) Post {
	p := Post{ID: "p1", Number: "P-2026-00001", Author: "A", State: PostApproved, Declared: ClassBusiness, Class: ClassBusiness, Groups: groups, Content: "sha256:c",
		Rules: PostRules{Policy: "v", Valid: 3, Carries: map[Tier]Class{TierOrdinary: ClassStrategic}}, Approved: postNoon}
	p.Digest = p.Request().Digest()
	return p
}

func planned(p Post, at time.Time) PostFacts {
	return PostFacts{At: at, Active: true, Proof: true, Content: p.Content, Dates: PlanPost(p, at, postHours)}
}

// A post goes out at the next working hour, at once when it is urgent.
func TestPostDue(t *testing.T) {
	night := time.Date(2026, 11, 27, 15, 0, 0, 0, time.UTC) // Friday, 23:00
	monday := time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at     time.Time
		urgent bool
		want   time.Time
	}{{postNoon, false, postNoon}, {night, false, monday}, {night, true, night}} {
		if got := PostDue(postHours, c.at, c.urgent); !got.Equal(c.want) {
			t.Errorf("approved at %s (urgent %v): %s, want %s", c.at, c.urgent, got, c.want)
		}
	}
	if d := PlanPost(approvedPost("g"), postNoon, postHours); !d.Until.Equal(time.Date(2026, 11, 27, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("holds until %s", d.Until)
	}
}

// What does not fit is refused with the list of who does not, each for the first reason.
func TestFits(t *testing.T) {
	carries := map[Tier]Class{TierOrdinary: ClassStrategic, TierConfidential: ClassSensitive}
	asks := ClearanceRules{NDA: true, Course: "secrecy"}
	whole := Clearance{Agreement: AgreementSealed, Training: TrainingValid}
	target := func(tier Tier, people ...PostReader) PostTarget {
		return PostTarget{Group: "g", Known: true, Tier: tier, State: GroupActive, Clear: asks, Members: people}
	}
	ok := PostReader{Person: "a", Departments: []DepartmentID{"d", "top"}, Groups: []string{"g"}, Clearance: whole}
	scope := PostScope{Departments: []DepartmentID{"top"}}
	cases := map[string]struct {
		class  Class
		scope  PostScope
		target PostTarget
		want   []MisfitKind
	}{
		"fits":                           {ClassSensitive, scope, target(TierConfidential, ok), nil},
		"no scope: whoever is in it":     {ClassBusiness, PostScope{}, target(TierConfidential, ok), nil},
		"scope by group":                 {ClassSensitive, PostScope{Groups: []string{"g"}}, target(TierConfidential, ok), nil},
		"tier does not carry it":         {ClassSensitive, scope, target(TierOrdinary, ok), []MisfitKind{MisfitTier}},
		"a topic goes nowhere":           {ClassTopic, scope, target(TierConfidential, ok), []MisfitKind{MisfitTier}},
		"an unknown class goes nowhere":  {"", scope, target(TierConfidential, ok), []MisfitKind{MisfitTier}},
		"a tier the table does not name": {ClassGeneral, scope, target(TierSecret, ok), []MisfitKind{MisfitTier}},
		"frozen":                         {ClassGeneral, scope, PostTarget{Group: "g", Known: true, Tier: TierOrdinary, State: GroupFrozen}, []MisfitKind{MisfitState}},
		"unknown":                        {ClassGeneral, scope, PostTarget{Group: "g"}, []MisfitKind{MisfitState}},
		"outside the scope":              {ClassSensitive, PostScope{People: []EmployeeID{"b"}}, target(TierConfidential, ok), []MisfitKind{MisfitScope}},
		"no agreement":                   {ClassSensitive, scope, target(TierConfidential, PostReader{Person: "a", Departments: ok.Departments, Clearance: Clearance{Training: TrainingValid}}), []MisfitKind{MisfitNDA}},
		"training lapsed":                {ClassSensitive, scope, target(TierConfidential, PostReader{Person: "a", Departments: ok.Departments, Clearance: Clearance{Agreement: AgreementSealed, Training: TrainingLapsed, TrainBy: postNoon}}), []MisfitKind{MisfitTraining}},
	}
	for name, c := range cases {
		var got []MisfitKind
		for _, m := range Fits(c.class, c.scope, carries, []PostTarget{c.target}, postNoon) {
			got = append(got, m.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	many := target(TierConfidential)
	for range MaxMisfits + 7 {
		many.Members = append(many.Members, PostReader{Person: "x"})
	}
	got := Fits(ClassSensitive, scope, carries, []PostTarget{many}, postNoon)
	if len(got) != MaxMisfits+1 || got[MaxMisfits].Kind != MisfitMore || got[MaxMisfits].N != 7 {
		t.Errorf("%d misfits, the last %+v", len(got), got[len(got)-1])
	}
}

// Several parties agree before anybody else is asked; one alone is no matter between several.
func TestPostRoute(t *testing.T) {
	base := RoutePlan{Steps: []StepPlan{{Key: "leaders"}}}
	parties := StepPlan{Key: "parties", Kind: OrSign, Final: FinalPass}
	if got := PostRoute(base, parties, PostParties{Departments: []DepartmentID{"d"}}); len(got.Steps) != 1 {
		t.Errorf("one party makes %d steps", len(got.Steps))
	}
	got := PostRoute(base, parties, PostParties{Departments: []DepartmentID{"d"}, People: []EmployeeID{"p"}})
	if s := got.Steps[0]; len(got.Steps) != 2 || s.Key != "parties" || s.Kind != Countersign || s.Final != FinalExpire || len(s.Rules) != 2 || s.Rules[1].Person != "p" {
		t.Errorf("%+v", got.Steps)
	}
	if len(base.Steps) != 1 {
		t.Error("the plan given was changed")
	}
}

// The class only rises, unless a security officer lowered it for this very version.
func TestDemandedClass(t *testing.T) {
	p := Post{Declared: ClassBusiness, Screened: ClassSensitive, Written: "v1"}
	if p.Demanded() != ClassSensitive {
		t.Error(p.Demanded())
	}
	p.Lowered = &Lowering{Class: ClassBusiness, Original: "v1"}
	if p.Demanded() != ClassBusiness {
		t.Error(p.Demanded())
	}
	if p.Written = "v2"; p.Demanded() != ClassSensitive {
		t.Error("a lowering outlives a change of the text")
	}
	p.Exempt = []Exemption{{Finding: "text.1.2", Original: "v1", Granted: true}}
	if p.ExemptedIn("text.1.2") != nil {
		t.Error("an exemption outlives a change of the text")
	}
}

// One way through a post's life, and what is refused on it.
func TestPostLife(t *testing.T) {
	ref := &Ref{Object: "o", SHA256: "s"}
	receipt := &Receipt{ID: "m1", Evidence: ref}
	type step struct {
		act  PostAct
		f    func(*PostFacts)
		want Result
		why  Reason
		to   PostState
	}
	p := approvedPost("g1", "g2")
	wakeID := func(p Post) string { w, _ := p.NextWake(); return w.ID }
	run := func(steps []step) {
		t.Helper()
		at := postNoon
		for i, s := range steps {
			at = at.Add(time.Minute)
			s.act.ID = string(rune('a' + i))
			if s.act.Kind == PostActDue || s.act.Kind == PostActLapse {
				s.act.ID = wakeID(p)
			}
			f := planned(p, at)
			if s.f != nil {
				s.f(&f)
			}
			var v Verdict
			if p, v = DecidePost(p, s.act, f); v.Result != s.want || v.Reason != s.why || p.State != s.to {
				t.Fatalf("step %d, %s: %s %s, now %s", i, s.act.Kind, v.Result, v.Reason, p.State)
			}
		}
	}
	misfit := func(f *PostFacts) { f.Misfits = []Misfit{{Group: "g1", Kind: MisfitScope, Person: "x"}} }
	admin := func(f *PostFacts) { f.Admin = true }
	run([]step{
		{PostAct{Kind: PostActPlan}, misfit, Accepted, "", PostApproved},
		{PostAct{Kind: PostActTry, Actor: "B"}, nil, Refused, ReasonNotAuthor, PostApproved},
		{PostAct{Kind: PostActTry, Actor: "A"}, misfit, Refused, ReasonMisfits, PostApproved},
		{PostAct{Kind: PostActTry, Actor: "A"}, nil, Accepted, "", PostScheduled},
		{PostAct{Kind: PostActDue}, nil, Accepted, "", PostPosting},
		{PostAct{Kind: PostActPosted, Group: "g3", Receipt: receipt}, nil, Refused, ReasonNoSuchOp, PostPosting},
		{PostAct{Kind: PostActRecalled, Group: "g1", Receipt: receipt}, nil, Refused, ReasonNoReceipt, PostPosting},
		{PostAct{Kind: PostActPosted, Group: "g1", Receipt: receipt}, nil, Accepted, "", PostPosting},
		{PostAct{Kind: PostActPosted, Group: "g1", Receipt: receipt}, nil, Refused, ReasonNoSuchOp, PostPosting},
		{PostAct{Kind: PostActByHand, Group: "g2"}, nil, Accepted, "", PostPosting},
		{PostAct{Kind: PostActConfirm, Actor: "M", Group: "g2", Digest: p.Content, Receipt: receipt}, nil, Refused, ReasonNotAdmin, PostPosting},
		{PostAct{Kind: PostActConfirm, Actor: "M", Group: "g2", Digest: "sha256:other", Receipt: receipt}, admin, Refused, ReasonOtherContent, PostPosting},
		{PostAct{Kind: PostActConfirm, Actor: "M", Group: "g2", Digest: p.Content, Receipt: &Receipt{}}, admin, Refused, ReasonNoReceipt, PostPosting},
		{PostAct{Kind: PostActRecall, Actor: "A", Reason: ref}, nil, Refused, ReasonState, PostPosting},
		{PostAct{Kind: PostActConfirm, Actor: "M", Group: "g2", Digest: p.Content, Receipt: receipt}, admin, Accepted, "", PostPosted},
		{PostAct{Kind: PostActWithdraw, Actor: "A"}, nil, TooLate, ReasonEnded, PostPosted},
		{PostAct{Kind: PostActRecall, Actor: "A"}, nil, Refused, ReasonNoReason, PostPosted},
		{PostAct{Kind: PostActRecall, Actor: "A", Reason: ref}, nil, Accepted, "", PostPosted},
		{PostAct{Kind: PostActArchive, Actor: "A"}, nil, Refused, ReasonState, PostPosted},
		{PostAct{Kind: PostActRecalled, Group: "g1", Receipt: receipt}, nil, Accepted, "", PostPosted},
		{PostAct{Kind: PostActGap, Group: "g2", Code: "recall"}, nil, Accepted, "", PostPosted},
		{PostAct{Kind: PostActConfirm, Actor: "M", Group: "g2", Receipt: receipt}, admin, Accepted, "", PostRecalled},
	})
	if p.Waits() {
		t.Error("a recalled post waits for something")
	}
	// What is sealed is not what was approved: nothing is reserved, whatever else holds.
	p = approvedPost("g1")
	run([]step{
		{PostAct{Kind: PostActPlan}, nil, Accepted, "", PostScheduled},
		{PostAct{Kind: PostActDue}, func(f *PostFacts) { f.Content = "sha256:one character" }, Refused, ReasonOtherContent, PostStopped},
	})
	if len(p.Postings) > 0 {
		t.Error("a posting was reserved for another text")
	}
	p = approvedPost("g1")
	p.Groups = []string{"g2"} // the target, too, is part of what was approved
	run([]step{
		{PostAct{Kind: PostActPlan}, nil, Accepted, "", PostScheduled},
		{PostAct{Kind: PostActDue}, nil, Refused, ReasonOtherContent, PostStopped},
	})
	p = approvedPost("g1")
	late := func(f *PostFacts) { f.At = p.Until }
	run([]step{
		{PostAct{Kind: PostActPlan}, misfit, Accepted, "", PostApproved},
		{PostAct{Kind: PostActLapse}, nil, Refused, ReasonNotDue, PostApproved},
	})
	p.Answers = nil
	run([]step{{PostAct{Kind: PostActLapse}, late, Accepted, "", PostLapsed}})
}

// Whatever comes in whatever order: a group is posted to once, nothing is posted that does not fit, differs from what was
// approved or lapsed, a post is posted only with a receipt from every group, and the same act is answered the same.
func TestPostProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 3))
	kinds := []PostActKind{PostActPlan, PostActDue, PostActLapse, PostActTry, PostActWithdraw, PostActPosted, PostActByHand, PostActGap, PostActFailed,
		PostActRetry, PostActConfirm, PostActRecall, PostActRecalled, PostActArchive}
	// Mostly what the state is about, now and then anything.
	likely := map[PostState][]PostActKind{}
	for _, s := range []PostState{PostApproved, PostScheduled, PostPosting, PostPosted, PostRecalled, PostArchived, PostLapsed, PostStopped, PostWithdrawn} {
		likely[s] = slices.Clone(kinds)
	}
	for range 5 {
		likely[PostApproved] = append(likely[PostApproved], PostActPlan, PostActTry)
		likely[PostScheduled] = append(likely[PostScheduled], PostActDue, PostActDue)
		likely[PostPosting] = append(likely[PostPosting], PostActPosted, PostActPosted, PostActConfirm, PostActRetry)
		likely[PostPosted] = append(likely[PostPosted], PostActRecall, PostActRecalled, PostActRecalled, PostActConfirm)
	}
	reached := map[PostState]int{}
	for range 500 {
		p := approvedPost("g1", "g2")
		at, receipts := postNoon, map[string]int{}
		for n := range 40 {
			at = at.Add(time.Duration(rng.IntN(4)) * time.Hour)
			a := PostAct{ID: string(rune('A' + n)), Kind: likely[p.State][rng.IntN(len(likely[p.State]))], Group: []string{"g1", "g2", "g3"}[rng.IntN(3)], Digest: p.Content}
			if rng.IntN(8) > 0 {
				a.Receipt, a.Reason = &Receipt{ID: "m", Evidence: &Ref{Object: "e"}}, &Ref{Object: "r"}
			}
			switch a.Kind {
			case PostActTry, PostActWithdraw, PostActRetry, PostActConfirm, PostActRecall, PostActArchive:
				a.Actor = []EmployeeID{"A", "B"}[rng.IntN(2)]
			}
			if w, ok := p.NextWake(); ok && (a.Kind == w.Kind) {
				a.ID = w.ID
				if at.Before(w.At) {
					at = w.At
				}
			}
			f := planned(p, at)
			f.Admin = rng.IntN(2) == 0
			if rng.IntN(6) == 0 {
				f.Misfits = []Misfit{{Group: "g1", Kind: MisfitNDA}}
			}
			if rng.IntN(20) == 0 {
				f.Content = "sha256:other"
			}
			was := p
			next, _ := DecidePost(p, a, f)
			if again, v2 := DecidePost(next, a, f); v2.Result != Duplicate || StateDigest(again) != StateDigest(next) {
				t.Fatalf("%s again: %+v", a.Kind, v2)
			}
			if StateDigest(was) != StateDigest(p) {
				t.Fatal("the state given was changed")
			}
			for _, x := range next.Postings {
				old := was.Posting(x.Group)
				if x.Receipt != nil && (old == nil || old.Receipt == nil) {
					receipts[x.Group]++
				}
				if receipts[x.Group] > 1 || (old != nil && old.Receipt != nil && old.Receipt != x.Receipt) {
					t.Fatalf("group %s was posted to twice", x.Group)
				}
			}
			if next.State == PostPosting && was.State != PostPosting && (f.Content != p.Content || len(f.Misfits) > 0 || at.Before(was.NotBefore) || was.NotBefore.After(was.Until)) {
				t.Fatalf("posting began at %s with %+v", at, f)
			}
			if next.State == PostPosted && slices.ContainsFunc(next.Postings, func(x Posting) bool { return x.Receipt == nil }) {
				t.Fatal("posted without a receipt")
			}
			if was.State.Over() && was.State != PostPosted && next.State != was.State {
				t.Fatalf("%s became %s", was.State, next.State)
			}
			p = next
		}
		reached[p.State]++
	}
	for _, s := range []PostState{PostRecalled, PostArchived, PostLapsed, PostStopped, PostWithdrawn, PostPosted} {
		if reached[s] == 0 {
			t.Errorf("no run came to %s: %v", s, reached)
		}
	}
}
