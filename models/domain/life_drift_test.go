package domain_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// What the platform shows otherwise than the register is a finding each (semantics 2).
func TestDrift(t *testing.T) {
	there := func(people ...domain.EmployeeID) []domain.PlatformMember {
		var out []domain.PlatformMember
		for _, p := range people {
			out = append(out, domain.PlatformMember{Person: p, Admin: p == "A" || p == "B"})
		}
		return out
	}
	all := there("A", "B", "C", "D", "E", "F")
	for name, c := range map[string]struct {
		change  func(w *lifeWorld)
		view    domain.PlatformView
		removed []domain.EmployeeID
		want    string
		outside int
	}{
		"as it should be": {nil, domain.PlatformView{Members: all, Listed: true}, nil, "", 0},
		"gone":            {nil, domain.PlatformView{Gone: true}, nil, "deleted_on_platform:group", 0},
		"renamed":         {nil, domain.PlatformView{Renamed: true}, nil, "renamed:group", 0},
		"looser":          {nil, domain.PlatformView{Permissions: domain.Permissions{AnonymousSpeech: true}, Known: []string{"anonymous_speech", "join_by_review"}}, nil, "looser_permission:group", 0},
		"not known":       {nil, domain.PlatformView{Permissions: domain.Permissions{AnonymousSpeech: true}}, nil, "", 0},
		"under way": {func(w *lifeWorld) {
			w.g.Life.Ops = []domain.PlatformOp{{ID: "1.1", Kind: domain.OpPermissions, State: domain.OpPending}}
		}, domain.PlatformView{Permissions: domain.Permissions{AnonymousSpeech: true}, Known: []string{"anonymous_speech"}}, nil, "", 0},
		"a stranger of ours":   {nil, domain.PlatformView{Members: append(there("X"), all...), Listed: true}, nil, "stranger:X", 0},
		"removed, there again": {nil, domain.PlatformView{Members: append(there("X"), all...), Listed: true}, ids("X"), "still_there:X", 0},
		"an outsider, allowed": {nil, domain.PlatformView{Members: append([]domain.PlatformMember{{Account: "h1"}}, all...), Listed: true}, nil, "", 1},
		"an outsider, not allowed": {func(w *lifeWorld) { w.g.Life.Perms.InviteOutsiders = false },
			domain.PlatformView{Members: append([]domain.PlatformMember{{Account: "h1"}}, all...), Listed: true}, nil, "stranger:h1", 1},
		"missing": {nil, domain.PlatformView{Members: all[:5], Listed: true}, nil, "missing_member:F", 0},
		"asked in already": {func(w *lifeWorld) {
			w.g.Life.Ops = []domain.PlatformOp{{ID: "1.1", Kind: domain.OpInvite, People: ids("F"), State: domain.OpPending}}
		}, domain.PlatformView{Members: all[:5], Listed: true}, nil, "", 0},
		"no admin there": {nil, domain.PlatformView{Members: append([]domain.PlatformMember{{Person: "A"}}, all[1:]...), Listed: true}, nil, "admin_differs:A", 0},
		"not listed":     {nil, domain.PlatformView{}, nil, "", 0},
	} {
		w := newLifeWorld(t, domain.TierOrdinary)
		if c.change != nil {
			c.change(w)
		}
		found, looked, outside := domain.Drift(w.g, domain.Registered{Active: w.in("active"), Removed: c.removed}, c.view)
		w.do(sys(domain.GroupReconciled, domain.LifeAct{Findings: found, Looked: looked, Outside: outside}))
		var got []string
		for _, x := range w.g.Life.Findings {
			got = append(got, x.ID)
		}
		if strings.Join(got, " ") != c.want || w.g.Life.Outside != c.outside || slices.Contains(domain.Flags(w.g), domain.FlagDrift) != (c.want != "") {
			t.Errorf("%s: %v outside %d, flags %v", name, got, w.g.Life.Outside, domain.Flags(w.g))
		}
	}
}

// A finding is one however often it is seen, has an owner, closes when it is gone, and a dismissed one stays closed while
// the platform goes on showing it.
func TestFindings(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	look := func(found ...domain.Finding) domain.Verdict {
		return w.must(sys(domain.GroupReconciled, domain.LifeAct{Findings: found, Looked: []domain.FindingKind{domain.FindStranger, domain.FindRenamed}}))
	}
	x := domain.Finding{Kind: domain.FindStranger, Person: "X", Owner: "X", Propose: []domain.Proposal{domain.ProposeDismiss}}
	v := look(x, x, domain.Finding{Kind: domain.FindLooser}, domain.Finding{Kind: "made_up"})
	f := w.g.Life.Findings
	if len(f) != 1 || f[0].Owner != "A" || f[0].Seen != 1 || len(f[0].Propose) != 3 || !has(v, domain.EffectFinding, "A") {
		t.Fatalf("%+v %+v", f, v.Effects)
	}
	first := f[0].At
	w.now = w.now.AddDate(0, 0, 1)
	if v = look(x); has(v, domain.EffectFinding, "") || w.g.Life.Findings[0].Seen != 2 || !w.g.Life.Findings[0].At.Equal(first) {
		t.Errorf("%+v", w.g.Life.Findings)
	}
	resolve := func(who domain.EmployeeID, p domain.Proposal) domain.GroupAct {
		return by(who, domain.GroupResolve, domain.LifeAct{Finding: "stranger:X", Proposal: p, Reason: reason})
	}
	for name, c := range map[string]struct {
		act  domain.GroupAct
		want domain.Reason
	}{
		"by a member":      {resolve("C", domain.ProposeRemove), domain.ReasonNotOwner},
		"another proposal": {resolve("A", domain.ProposeRename), domain.ReasonNotProposed},
		"no such finding":  {by("A", domain.GroupResolve, domain.LifeAct{Finding: "x", Proposal: domain.ProposeRemove}), domain.ReasonNoFinding},
		"without a reason": {by("A", domain.GroupResolve, domain.LifeAct{Finding: "stranger:X", Proposal: domain.ProposeDismiss}), domain.ReasonNoReason},
	} {
		if v := w.do(c.act); v.Reason != c.want {
			t.Errorf("%s: %s, want %s", name, v.Reason, c.want)
		}
	}
	w.must(resolve("B", domain.ProposeDismiss)) // the other admin may as well
	if look(x); len(w.g.Life.Findings) != 0 {
		t.Errorf("dismissed, and open again: %+v", w.g.Life.Findings)
	}
	look()
	if look(x); len(w.g.Life.Findings) != 1 {
		t.Error("gone and back: a new difference")
	}
	if look(); len(w.g.Life.Findings) != 0 {
		t.Errorf("%+v", w.g.Life.Findings)
	}
}

// Accepting a proposal makes the platform fit the register, or the register the platform, by a person's word.
func TestProposals(t *testing.T) {
	kind := func(k domain.FindingKind, p domain.EmployeeID) domain.Finding {
		return domain.Finding{Kind: k, Person: p}
	}
	for name, c := range map[string]struct {
		found   domain.Finding
		who     domain.EmployeeID
		propose domain.Proposal
		reason  domain.Reason
		op      domain.OpKind
		members int
	}{
		"stranger removed":                  {kind(domain.FindStranger, "X"), "A", domain.ProposeRemove, "", domain.OpRemove, 6},
		"stranger admitted":                 {kind(domain.FindStranger, "X"), "A", domain.ProposeAdmit, "", "", 7},
		"account removed":                   {domain.Finding{Kind: domain.FindStranger, Account: "h"}, "S1", domain.ProposeRemove, "", domain.OpRemove, 6},
		"account admitted":                  {domain.Finding{Kind: domain.FindStranger, Account: "h"}, "S1", domain.ProposeAdmit, domain.ReasonNotProposed, "", 6},
		"missing invited":                   {kind(domain.FindMissing, "C"), "A", domain.ProposeInvite, "", domain.OpInvite, 6},
		"missing removed":                   {kind(domain.FindMissing, "C"), "A", domain.ProposeRemove, "", domain.OpRemove, 5},
		"tightened":                         {kind(domain.FindLooser, ""), "A", domain.ProposeTighten, "", domain.OpPermissions, 6},
		"renamed":                           {kind(domain.FindRenamed, ""), "A", domain.ProposeRename, "", domain.OpRename, 6},
		"admins set again":                  {kind(domain.FindNotAdmin, "A"), "S1", domain.ProposeTighten, "", domain.OpAdmins, 6},
		"by the admin who may have done it": {kind(domain.FindNotAdmin, "A"), "A", domain.ProposeTighten, domain.ReasonNotOwner, "", 6},
		"gone: dissolved":                   {kind(domain.FindDeleted, ""), "A", domain.ProposeDeleted, "", "", 6},
		"unfiled: file it":                  {kind(domain.FindUnfiled, ""), "S1", domain.ProposeFile, domain.ReasonElsewhere, "", 6},
		"still there":                       {kind(domain.FindNotRemoved, "X"), "S1", domain.ProposeRemove, "", domain.OpRemove, 6},
	} {
		w := newLifeWorld(t, domain.TierOrdinary)
		w.must(sys(domain.GroupReconciled, domain.LifeAct{Findings: []domain.Finding{c.found}, Looked: []domain.FindingKind{c.found.Kind}}))
		v := w.do(by(c.who, domain.GroupResolve, domain.LifeAct{Finding: w.g.Life.Findings[0].ID, Proposal: c.propose, Reason: reason}))
		op, _ := domain.NextOp(w.g)
		if v.Reason != c.reason || op.Kind != c.op || w.g.Life.Members != c.members || (len(w.g.Life.Findings) == 0) != (c.reason == "") {
			t.Errorf("%s: %s, %+v, %d members", name, v.Reason, op, w.g.Life.Members)
		}
		if c.propose == domain.ProposeDeleted && w.g.State != domain.GroupPendingDeletion {
			t.Errorf("%s: %s", name, w.g.State)
		}
		if c.found.Account != "" && c.op != "" && !slices.Equal(op.Accounts, []string{"h"}) {
			t.Errorf("%s: %+v", name, op)
		}
	}
}
