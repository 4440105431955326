package domain_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// far is a group on its platform and on the register, as reconciliation meets it.
type far struct {
	g    domain.Group
	r    domain.Registered
	v    domain.PlatformView
	acts int
	at   time.Time
}

var allKnown = []string{"invite_outsiders", "anonymous_speech", "see_contacts", "posting", "join_by_review"}

// agreed is a group of admins A and B and members C and D whose platform is as the register says.
func agreed() *far {
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	f := domain.Filing{Admins: []domain.EmployeeID{"A", "B"}, Members: []domain.EmployeeID{"C", "D"}, Tier: domain.TierOrdinary, Platform: "test",
		Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}}
	x := &far{g: domain.NewGroup("g", "G-2026-00001", "c", f, at), at: at}
	x.g.Life = domain.NewLife("c", f, domain.LifeRules{Policy: "p", Tiers: map[domain.Tier]domain.TierLife{domain.TierOrdinary: {Renew: 365, Grace: 30}}}, at)
	x.g.State, x.g.PlatformID = domain.GroupActive, "room"
	x.r = domain.Registered{Active: []domain.EmployeeID{"A", "B", "C", "D"}, Removed: []domain.EmployeeID{"R"}}
	x.v = domain.PlatformView{Permissions: f.Permissions, Known: allKnown, Listed: true, Closes: true}
	for _, p := range x.r.Active {
		x.v.Members = append(x.v.Members, domain.PlatformMember{Person: p, Account: "h-" + string(p), Admin: p == "A" || p == "B"})
	}
	return x
}

func (x *far) drift() []domain.Finding {
	found, _, _ := domain.Drift(x.g, x.r, x.v)
	return found
}

// act decides an act and has rows and platform follow it, as store and connector do.
func (x *far) act(t *testing.T, a domain.GroupAct) domain.Verdict {
	t.Helper()
	x.acts++
	x.at = x.at.Add(time.Minute)
	a.ID, a.At = fmt.Sprintf("a%d", x.acts), x.at
	lf := domain.LifeFacts{Roles: []domain.Role{domain.RoleSecurity}, Members: x.r.Active, Employed: []domain.EmployeeID{"A", "B", "C", "D", "E", "R", "S"}}
	var v domain.Verdict
	x.g, v = domain.DecideGroup(x.g, a, domain.GroupFacts{At: x.at, Active: true, Proof: true, Security: true, Life: &lf})
	for _, e := range v.Effects {
		switch e.Kind {
		case domain.EffectRowActive:
			x.r.Active = append(x.r.Active, e.People...)
			x.r.Removed = without(x.r.Removed, e.People)
		case domain.EffectRowLeaving:
			x.r.Active = without(x.r.Active, e.People)
			x.r.Leaving = append(x.r.Leaving, e.People...)
		case domain.EffectRowRemoved:
			for _, p := range e.People {
				if slices.Contains(x.r.Leaving, p) {
					x.r.Removed = append(x.r.Removed, p)
				}
			}
			x.r.Leaving = without(x.r.Leaving, e.People)
		}
	}
	return v
}

func without(list, gone []domain.EmployeeID) []domain.EmployeeID {
	return slices.DeleteFunc(slices.Clone(list), func(p domain.EmployeeID) bool { return slices.Contains(gone, p) })
}

// work has the platform do what it was asked.
func (x *far) work(t *testing.T) {
	t.Helper()
	for {
		op, ok := domain.NextOp(x.g)
		if !ok {
			return
		}
		switch op.Kind {
		case domain.OpRemove:
			x.v.Members = slices.DeleteFunc(x.v.Members, func(m domain.PlatformMember) bool {
				return slices.Contains(op.People, m.Person) && m.Person != "" || slices.Contains(op.Accounts, m.Account)
			})
		case domain.OpInvite:
			for _, p := range op.People {
				x.v.Members = append(x.v.Members, domain.PlatformMember{Person: p, Account: "h-" + string(p)})
			}
		case domain.OpPermissions, domain.OpAdmins:
			x.v.Permissions = x.g.Life.Perms
			for i := range x.v.Members {
				x.v.Members[i].Admin = slices.Contains(x.g.Admins, x.v.Members[i].Person)
			}
		case domain.OpRename:
			x.v.Renamed = false
		case domain.OpFreeze:
			x.v.Frozen = true
		case domain.OpArchive:
			x.v.ReadOnly = true
		default:
			t.Fatalf("the platform was asked to %s", op.Kind)
		}
		if v := x.act(t, domain.GroupAct{Kind: domain.GroupOpDone, Receipt: &domain.Receipt{ID: "r"}, Life: &domain.LifeAct{Op: op.ID}}); v.Result != domain.Accepted {
			t.Fatalf("%s is not taken as done: %+v", op.Kind, v)
		}
	}
}

func (x *far) reconcile(t *testing.T) {
	t.Helper()
	found, looked, outside := domain.Drift(x.g, x.r, x.v)
	if v := x.act(t, domain.GroupAct{Kind: domain.GroupReconciled, Life: &domain.LifeAct{Findings: found, Looked: looked, Outside: outside}}); v.Result != domain.Accepted {
		t.Fatalf("%+v", v)
	}
}

func (x *far) join(p domain.EmployeeID, account string) {
	x.v.Members = append(x.v.Members, domain.PlatformMember{Person: p, Account: account})
}

func (x *far) drop(p domain.EmployeeID) {
	x.v.Members = slices.DeleteFunc(x.v.Members, func(m domain.PlatformMember) bool { return m.Person == p })
}

// meddling is what people do to a group past the service, and the findings that it makes.
var meddling = []struct {
	name string
	do   func(*far)
	want []string // ids
}{
	{"nothing", func(*far) {}, nil},
	{"a colleague was added", func(x *far) { x.join("E", "h-E") }, []string{"stranger:E"}},
	{"an outsider was added", func(x *far) { x.join("", "h-x") }, []string{"stranger:h-x"}},
	{"an outsider where they are allowed", func(x *far) { x.g.Life.Perms.InviteOutsiders = true; x.join("", "h-x") }, nil},
	{"a member left", func(x *far) { x.drop("C") }, []string{"missing_member:C"}},
	{"asked in, not there yet", func(x *far) {
		x.drop("C")
		x.v.Members = append(x.v.Members, domain.PlatformMember{Person: "C", Invited: true})
	}, nil},
	{"somebody removed is back", func(x *far) { x.join("R", "h-R") }, []string{"still_there:R"}},
	{"looser", func(x *far) { x.v.Permissions.SeeContacts, x.v.Permissions.JoinByReview = true, false }, []string{"looser_permission:group"}},
	{"looser in what the platform does not tell", func(x *far) { x.v.Permissions.SeeContacts, x.v.Known = true, []string{"posting"} }, nil},
	{"stricter", func(x *far) { x.v.Permissions.Posting = domain.PostAdmins }, nil},
	{"renamed", func(x *far) { x.v.Renamed = true }, []string{"renamed:group"}},
	{"deleted", func(x *far) { x.v = domain.PlatformView{Gone: true} }, []string{"deleted_on_platform:group"}},
	{"a member was made admin", func(x *far) { x.v.Members[2].Admin = true }, []string{"admin_differs:C"}},
	{"an admin is none there", func(x *far) { x.v.Members[0].Admin = false }, []string{"admin_differs:A"}},
	{"no member list", func(x *far) { x.v.Listed, x.v.Members = false, nil }, nil},
	{"frozen here, open there", func(x *far) { x.g.State = domain.GroupFrozen }, []string{"looser_permission:group"}},
	{"frozen here and there", func(x *far) { x.g.State, x.v.Frozen = domain.GroupFrozen, true }, nil},
	{"archived here, open there", func(x *far) { x.g.State = domain.GroupArchived }, []string{"looser_permission:group"}},
	{"archived, on a platform that cannot", func(x *far) { x.g.State, x.v.Closes = domain.GroupArchived, false }, nil},
	{"being removed", func(x *far) {
		x.r.Active, x.r.Leaving = without(x.r.Active, []domain.EmployeeID{"D"}), []domain.EmployeeID{"D"}
	}, nil},
}

func TestDriftFindsWhatDiffers(t *testing.T) {
	for _, c := range meddling {
		t.Run(c.name, func(t *testing.T) {
			x := agreed()
			c.do(x)
			before := x.g
			x.reconcile(t)
			var got []string
			for _, f := range x.g.Life.Findings {
				got = append(got, f.ID)
				if f.Owner == "" != slices.Contains([]domain.FindingKind{domain.FindNotAdmin, domain.FindNotRemoved}, f.Kind) || len(f.Propose) == 0 {
					t.Errorf("nobody sees to it, or nothing is proposed: %+v", f)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
			sameBut(t, before, x.g)
			at := x.at
			x.reconcile(t) // found again, it is the same finding
			for _, f := range x.g.Life.Findings {
				if f.Seen != 2 || !f.At.Equal(at) {
					t.Errorf("found again: %+v", f)
				}
			}
			if len(x.g.Life.Findings) != len(c.want) {
				t.Errorf("found twice: %+v", x.g.Life.Findings)
			}
		})
	}
}

// sameBut checks that a look rewrote nothing: neither the register follows the platform by itself, nor is the platform asked
// for anything (semantics 2).
func sameBut(t *testing.T, before, after domain.Group) {
	t.Helper()
	b, a := *before.Life, *after.Life
	b.Findings, a.Findings, b.Outside, a.Outside, b.Dismissed, a.Dismissed = nil, nil, 0, 0, nil, nil
	before.Life, after.Life, before.Seq, after.Seq, before.Answers, after.Answers = nil, nil, 0, 0, nil, nil
	if domain.StateDigest(before) != domain.StateDigest(after) || domain.StateDigest(b) != domain.StateDigest(a) {
		t.Errorf("a look changed the group:\n%+v %+v\n%+v %+v", before, b, after, a)
	}
}

func TestAFindingClosesWhenTheDifferenceIsGone(t *testing.T) {
	for _, c := range meddling {
		x := agreed()
		c.do(x)
		x.reconcile(t)
		was := agreed()
		x.v, x.g.State, x.r, x.g.Life.Perms = was.v, was.g.State, was.r, was.g.Life.Perms
		if x.reconcile(t); len(x.g.Life.Findings) > 0 {
			t.Errorf("%s: still open: %+v", c.name, x.g.Life.Findings)
		}
	}
}

// Any mixture of what people do past the service, and any proposal accepted for each finding: when the platform has done what
// it was asked, nothing differs any more.
func TestAcceptedProposalsMakeDifferencesVanish(t *testing.T) {
	seen := map[domain.Proposal]int{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		x := agreed()
		for range 1 + r.IntN(5) {
			c := meddling[r.IntN(len(meddling))]
			if c.name == "deleted" || c.name == "no member list" || x.g.State != domain.GroupActive || x.v.Members[0].Person == "" {
				continue
			}
			c.do(x)
		}
		seenHere := map[string]bool{}
		x.v.Members = slices.DeleteFunc(x.v.Members, func(m domain.PlatformMember) bool {
			k := string(m.Person) + m.Account
			defer func() { seenHere[k] = true }()
			return seenHere[k]
		})
		x.reconcile(t)
		for len(x.g.Life.Findings) > 0 {
			f := x.g.Life.Findings[r.IntN(len(x.g.Life.Findings))]
			p := f.Propose[r.IntN(len(f.Propose))]
			if p == domain.ProposeDismiss {
				continue
			}
			v := x.act(t, domain.GroupAct{Kind: domain.GroupResolve, Actor: "S", Life: &domain.LifeAct{Finding: f.ID, Proposal: p}})
			if v.Result != domain.Accepted {
				if p == domain.ProposeAdmit && v.Reason == domain.ReasonState { // nobody joins a frozen group
					continue
				}
				t.Fatalf("seed %d: %s of %s: %+v", seed, p, f.ID, v)
			}
			seen[p]++
		}
		x.work(t)
		if left := x.drift(); len(left) > 0 {
			t.Fatalf("seed %d: still differs: %+v", seed, left)
		}
		if x.reconcile(t); len(x.g.Life.Findings) > 0 {
			t.Fatalf("seed %d: %+v", seed, x.g.Life.Findings)
		}
	}
	for _, p := range []domain.Proposal{domain.ProposeRemove, domain.ProposeAdmit, domain.ProposeInvite, domain.ProposeTighten, domain.ProposeRename} {
		if seen[p] == 0 {
			t.Errorf("%s was never accepted: the test proves nothing about it", p)
		}
	}
}

// What somebody dismissed with a reason stays closed while the platform goes on showing it, and opens anew after it had gone.
func TestADismissedFindingStaysClosed(t *testing.T) {
	x := agreed()
	x.join("E", "h-E")
	x.reconcile(t)
	dismiss := domain.GroupAct{Kind: domain.GroupResolve, Actor: "A", Life: &domain.LifeAct{Finding: "stranger:E", Proposal: domain.ProposeDismiss}}
	if v := x.act(t, dismiss); v.Reason != domain.ReasonNoReason {
		t.Errorf("without a reason: %+v", v)
	}
	dismiss.Life.Reason = &domain.Ref{Object: "o", SHA256: "s"}
	if v := x.act(t, dismiss); v.Result != domain.Accepted {
		t.Fatalf("%+v", v)
	}
	for range 2 {
		if x.reconcile(t); len(x.g.Life.Findings) > 0 {
			t.Fatalf("opened again: %+v", x.g.Life.Findings)
		}
	}
	x.drop("E")
	x.reconcile(t)
	x.join("E", "h-E")
	if x.reconcile(t); len(x.g.Life.Findings) != 1 {
		t.Errorf("back again: %+v", x.g.Life.Findings)
	}
}

// A look at a group that has no life, or is gone for good, finds nothing and fails nothing.
func TestNoDriftWithoutALife(t *testing.T) {
	x := agreed()
	x.g.Life = nil
	x.join("E", "h-E")
	if found, looked, outside := domain.Drift(x.g, x.r, x.v); found != nil || looked != nil || outside != 0 {
		t.Errorf("%v %v %d", found, looked, outside)
	}
	if !reflect.DeepEqual(agreed().drift(), []domain.Finding(nil)) {
		t.Error("what agrees differs")
	}
}
