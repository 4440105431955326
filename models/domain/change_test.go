package domain

import (
	"slices"
	"testing"
)

func grown() (Filing, Group) {
	f := Filing{
		Name: "研发部-周报", Type: TypeDepartment, Tier: TierConfidential, Purpose: "周报", Departments: []DepartmentID{"d1"}, Admins: []EmployeeID{"a", "b"},
		Members: []EmployeeID{"m", "n"}, Permissions: Permissions{Posting: PostMembers, JoinByReview: true}, Platform: "byhand", EndsOn: "2027-06-30",
	}
	g := NewGroup("g", "G-2026-00001", "c0", f, canAt)
	g.State, g.Life = GroupActive, &Life{Perms: f.Permissions, Material: "c0"}
	return f, g
}

// A delta carries what the change asked for; all else is the group's as it is now.
func TestDeltaOf(t *testing.T) {
	people := func(p ...EmployeeID) []EmployeeID { return p }
	for name, c := range map[string]struct {
		ask   func(*Filing)
		since func(*Group)
		want  func(*GroupDelta) // from what changes nothing
	}{
		"nothing of the group's state": {func(f *Filing) { f.Purpose = "日报" }, nil, func(*GroupDelta) {}},
		"renamed":                      {func(f *Filing) { f.Name = "研发部-日报" }, nil, func(d *GroupDelta) { d.Renamed = true }},
		"tier, type, end": {func(f *Filing) { f.Tier, f.Type, f.EndsOn = TierOrdinary, TypeProject, "" }, nil,
			func(d *GroupDelta) { d.Tier, d.Type, d.EndsOn = TierOrdinary, TypeProject, "" }},
		"outsiders": {func(f *Filing) { f.Permissions.InviteOutsiders = true }, nil,
			func(d *GroupDelta) { d.Perms.InviteOutsiders, d.Outside = true, true }},
		"departments": {func(f *Filing) { f.Departments = []DepartmentID{"d2"} }, nil, func(d *GroupDelta) { d.Depts = []DepartmentID{"d2"} }},
		"admins":      {func(f *Filing) { f.Admins = people("b", "c") }, nil, func(d *GroupDelta) { d.Admins, d.Admit, d.Remove = people("b", "c"), people("c"), people("a") }},
		"an admin becomes a member": {func(f *Filing) { f.Admins, f.Members = people("b", "m"), people("a", "n") }, nil,
			func(d *GroupDelta) { d.Admins = people("b", "m") }},
		"members": {func(f *Filing) { f.Members = people("m", "x") }, nil, func(d *GroupDelta) { d.Admit, d.Remove = people("x"), people("n") }},
		"an admin who left meanwhile stays away": {func(f *Filing) { f.Admins = people("a", "b", "c") }, func(g *Group) { g.Admins = people("b") },
			func(d *GroupDelta) { d.Admins, d.Admit = people("b", "c"), people("c") }},
		"an admin appointed meanwhile stays": {func(f *Filing) { f.Admins = people("b", "c") }, func(g *Group) { g.Admins = people("a", "b", "z") },
			func(d *GroupDelta) { d.Admins, d.Admit, d.Remove = people("b", "c", "z"), people("c"), people("a") }},
		"admins are not asked about": {func(f *Filing) { f.Purpose = "x" }, func(g *Group) { g.Admins = people("z") }, func(d *GroupDelta) { d.Admins = people("z") }},
		"tightened and prolonged meanwhile": {func(f *Filing) { f.Purpose = "x" }, func(g *Group) { g.Life.Perms.Posting, g.EndsOn = PostAdmins, "2028-01-31" },
			func(d *GroupDelta) { d.Perms.Posting, d.EndsOn = PostAdmins, "2028-01-31" }},
		"a group of the first version": {func(f *Filing) { f.Purpose = "x" }, func(g *Group) { g.Life = nil }, func(*GroupDelta) {}},
	} {
		f, g := grown()
		r := ChangeRequest{Filing: f, Group: "g", Base: g.Digest, Was: f, Reason: "r"}
		c.ask(&r.Filing)
		if c.since != nil {
			c.since(&g)
		}
		want := GroupDelta{Case: "c1", Digest: r.Filing.Digest(), Base: f.Digest(), Type: f.Type, Tier: f.Tier, Depts: f.Departments, Admins: f.Admins, Perms: f.Permissions, EndsOn: f.EndsOn}
		c.want(&want)
		if got := DeltaOf(r, "c1", g); StateDigest(got) != StateDigest(want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

func TestCheckChange(t *testing.T) {
	for name, c := range map[string]struct {
		ask    func(*ChangeRequest)
		want   []string
		tier   Tier
		lowers bool
	}{
		"raised":              {func(r *ChangeRequest) { r.Tier = TierSecret }, nil, TierSecret, false},
		"lowered":             {func(r *ChangeRequest) { r.Tier = TierOrdinary }, nil, TierConfidential, true},
		"nothing":             {func(*ChangeRequest) {}, []string{"changes nothing_changed"}, TierConfidential, false},
		"no reason":           {func(r *ChangeRequest) { r.Purpose, r.Reason = "x", " " }, []string{"reason required"}, TierConfidential, false},
		"to another platform": {func(r *ChangeRequest) { r.Platform = "matrix" }, []string{"platform cannot_change"}, TierConfidential, false},
	} {
		f, g := grown()
		r := ChangeRequest{Filing: f, Group: "g", Base: g.Digest, Was: f, Reason: "r"}
		c.ask(&r)
		var got []string
		for _, x := range r.Check() {
			got = append(got, x.Field+" "+x.Code)
		}
		if !slices.Equal(got, c.want) || r.Secrecy() != c.tier || r.Falls() != c.lowers {
			t.Errorf("%s: %v %s %v", name, got, r.Secrecy(), r.Falls())
		}
	}
	f, _ := grown()
	if (ChangeRequest{Filing: f, Was: f}).Digest() == f.Digest() {
		t.Error("a change has its filing's digest: an approval of one would count for the other")
	}
	for _, s := range []GroupState{GroupActive, GroupRenewalDue, GroupGrace, GroupFrozen, GroupArchived, GroupProvisioning, GroupPendingDeletion, GroupDeleted, GroupDraft} {
		if want := s == GroupActive || s == GroupRenewalDue || s == GroupGrace; (Group{State: s}).Changeable() != want {
			t.Errorf("%s can be changed: %v", s, !want)
		}
	}
}

func TestDifferences(t *testing.T) {
	was, _ := grown()
	is := was
	is.Admins = []EmployeeID{"b", "a"}
	if got := Differences(was, is); len(got) != 1 || got[0].Field != "owner" || got[0].Before != "a" || got[0].After != "b" {
		t.Errorf("another owner: %+v", got)
	}
	if is.Settled(was).Admins[0] != "b" {
		t.Error("another owner is not settled away")
	}
	is = was
	is.Members, is.Departments = []EmployeeID{"n", "m"}, slices.Clone(was.Departments)
	if got := is.Settled(was); got.Digest() != was.Digest() {
		t.Error("the same people in another order are a change")
	}
	is = Filing{Name: "n", Type: TypeProject, Tier: TierSecret, Purpose: "p", Departments: []DepartmentID{"d2"}, Admins: []EmployeeID{"a", "c"}, Members: []EmployeeID{"m"},
		Permissions: Permissions{InviteOutsiders: true, AnonymousSpeech: true, SeeContacts: true, Posting: PostAdmins}, Platform: "matrix"}
	var fields []string
	for _, d := range Differences(was, is) {
		fields = append(fields, d.Field)
	}
	if want := []string{"type", "name", "purpose", "departments", "admins", "members", "tier", "permissions.invite_outsiders", "permissions.anonymous_speech",
		"permissions.see_contacts", "permissions.join_by_review", "permissions.posting", "platform", "ends_on"}; !slices.Equal(fields, want) {
		t.Errorf("%v", fields)
	}
	if Differences(was, was) != nil {
		t.Error("no difference is one")
	}
}
