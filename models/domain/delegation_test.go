package domain

import (
	"slices"
	"testing"
	"time"
)

func lends(id string, from, to EmployeeID, kinds ...RequestKind) Delegation {
	return Delegation{ID: id, From: from, To: to, Kinds: kinds, Start: t0, Until: t0.Add(24 * time.Hour)}
}

func TestDelegateDecidesInAnothersName(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	b.ds = []Delegation{lends("d1", "A", "X"), lends("d2", "X", "Y")}
	b.want(b.decide("Y", Approve), Refused, ReasonNotApprover, "") // only in A's name
	b.want(b.decideFor("Y", "A", Approve), Accepted, "", "Y")
	d := b.slot("A").Decision
	if d.By != "Y" || d.For != "A" || !slices.Equal(d.Under, []string{"d1", "d2"}) || b.slot("A").Person != "A" {
		t.Fatalf("%+v", d)
	}
	if !slices.Equal(b.told(EffectActedFor), []EmployeeID{"A"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.want(b.decide("A", Reject), TooLate, ReasonDecided, "Y") // whoever is first wins
	b.want(b.decideFor("X", "A", Reject), TooLate, ReasonDecided, "Y")
}

func TestHolderWhoDecidedFirstWins(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	b.ds = []Delegation{lends("d1", "A", "X")}
	b.decide("A", Approve)
	b.want(b.decideFor("X", "A", Approve), TooLate, ReasonDecided, "A")
}

func TestDelegationMustHold(t *testing.T) {
	for name, ds := range map[string][]Delegation{
		"none":                    nil,
		"not yet":                 {{ID: "d", From: "A", To: "X", Start: t0.Add(time.Hour), Until: t0.Add(2 * time.Hour)}},
		"over":                    {{ID: "d", From: "A", To: "X", Start: t0.Add(-time.Hour), Until: t0.Add(time.Second)}},
		"ended early":             {{ID: "d", From: "A", To: "X", Start: t0, Until: t0.Add(time.Hour), Revoked: t0.Add(time.Second)}},
		"for other requests":      {lends("d", "A", "X", KindRevocation)},
		"from somebody else":      {lends("d", "B", "X")},
		"to somebody else":        {lends("d", "A", "Y")},
		"too long a chain":        {lends("1", "A", "F"), lends("2", "F", "Y"), lends("3", "Y", "Z"), lends("4", "Z", "X")},
		"through the requester":   {lends("1", "A", "E"), lends("2", "E", "X")},
		"a chain with a gap":      {lends("1", "A", "Y"), lends("2", "Z", "X")},
		"a circle back to itself": {lends("1", "A", "Y"), lends("2", "Y", "A")},
	} {
		b := begin(t, leaders("dep", Countersign, "DA"))
		b.ds = ds
		if v := b.decideFor("X", "A", Approve); v.Result != Refused || v.Reason != ReasonNoDelegation {
			t.Errorf("%s: %+v", name, v.Answer)
		}
	}
}

// The engine trusts no chain it is given: facts that do not lead there are refused.
func TestForgedChains(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	for name, chain := range map[string][]Delegation{
		"through the requester": {lends("1", "A", "E"), lends("2", "E", "X")},
		"twice the same":        {lends("1", "A", "Y"), lends("2", "Y", "A"), lends("3", "A", "X")},
		"elsewhere":             {lends("1", "A", "Y")},
		"too long":              {lends("1", "A", "F"), lends("2", "F", "Y"), lends("3", "Y", "Z"), lends("4", "Z", "X")},
	} {
		f := Facts{At: t0.Add(time.Minute), Active: true, Proof: true, Chain: chain}
		_, v := Decide(b.c, Act{ID: "x", Kind: ActDecide, Actor: "X", For: "A", Outcome: Approve, Digest: "sha256:m"}, f)
		if v.Reason != ReasonNoDelegation {
			t.Errorf("%s: %+v", name, v.Answer)
		}
	}
}

func TestPartyDecidesNeitherByDelegation(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.ds = []Delegation{lends("d1", "A", "E")}
	f := b.facts(Act{Actor: "E"})
	f.Chain = b.ds
	_, v := Decide(b.c, Act{ID: "x", Kind: ActDecide, Actor: "E", For: "A", Outcome: Approve, Digest: "sha256:m"}, f)
	b.want(v, Refused, ReasonOwnMatter, "")
}

func TestDelegateCountsOnce(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB", "R"))
	b.ds = []Delegation{lends("d1", "A", "B"), lends("d2", "A", "X"), lends("d3", "H", "X")}
	b.want(b.decideFor("B", "A", Approve), Refused, ReasonCountsOnce, "") // has a place of their own
	b.decideFor("X", "A", Approve)
	b.want(b.decideFor("X", "H", Approve), Refused, ReasonCountsOnce, "") // decided here for A
	b.want(b.send("B", ActTransfer, "X"), Refused, ReasonTargetAsked, "")
	b.want(b.add("B", AddBefore, "X"), Refused, ReasonTargetAsked, "")
	b.with(leads("X", "DB"))
	if _, k := b.c.placeOf("X"); k >= 0 {
		t.Fatal("who decided for another gets no place in the same step")
	}
}

func TestDelegateReturns(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.ds = []Delegation{lends("d1", "A", "X")}
	b.want(b.act(Act{Kind: ActReturn, Actor: "X", For: "A", Digest: "sha256:m", Comment: said}), Accepted, "", "X")
	b.wantCase(CaseReturned)
	if !slices.Equal(b.told(EffectActedFor), []EmployeeID{"A"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
}

func TestCanActFor(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	ds := []Delegation{lends("d1", "A", "X"), lends("d2", "B", "X"), lends("d3", "B", "A")}
	for who, want := range map[EmployeeID][]EmployeeID{"X": {"A", "B"}, "A": nil, "Y": nil, "E": nil} {
		if got := CanActFor(b.c, ds, who, t0); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", who, got, want)
		}
	}
	b.ds = ds
	b.decideFor("X", "A", Approve)
	if got := CanActFor(b.c, ds, "X", b.at); got != nil {
		t.Errorf("%v: X decided in this step", got)
	}
}

func TestCheckDelegation(t *testing.T) {
	active := func(p EmployeeID) bool { return p != "gone" }
	day := 24 * time.Hour
	existing := []Delegation{lends("1", "B", "C"), lends("2", "C", "A", KindFiling)}
	for name, tt := range map[string]struct {
		change func(*Delegation)
		fault  string
	}{
		"fine":                  {func(d *Delegation) {}, ""},
		"to oneself":            {func(d *Delegation) { d.To = "A" }, "to self"},
		"to nobody":             {func(d *Delegation) { d.To = "" }, "to required"},
		"to somebody gone":      {func(d *Delegation) { d.To = "gone" }, "to inactive"},
		"from somebody gone":    {func(d *Delegation) { d.From = "gone" }, "from inactive"},
		"backwards":             {func(d *Delegation) { d.Until = d.Start }, "until not_after_start"},
		"more than a year":      {func(d *Delegation) { d.Until = d.Start.Add(367 * day) }, "until longer_than_a_year"},
		"a year":                {func(d *Delegation) { d.Until = d.Start.Add(365 * day) }, ""},
		"over already":          {func(d *Delegation) { d.Start, d.Until = t0.Add(-2*day), t0.Add(-day) }, "until past"},
		"of an unknown kind":    {func(d *Delegation) { d.Kinds = []RequestKind{"x"} }, "kinds unknown_value"},
		"a circle":              {func(d *Delegation) { d.To = "B" }, "to cycle"},
		"a circle of one kind":  {func(d *Delegation) { d.To, d.Kinds = "B", []RequestKind{KindFiling} }, "to cycle"},
		"no circle of its kind": {func(d *Delegation) { d.To, d.Kinds = "B", []RequestKind{KindRevocation} }, ""},
		"no circle at the time": {func(d *Delegation) { d.To, d.Start, d.Until = "B", t0.Add(24*time.Hour), t0.Add(48*time.Hour) }, ""},
	} {
		d := lends("", "A", "X")
		tt.change(&d)
		got := ""
		for _, f := range CheckDelegation(d, existing, active, t0) {
			got += f.Field + " " + f.Code
		}
		if got != tt.fault {
			t.Errorf("%s: %q, want %q", name, got, tt.fault)
		}
	}
}
