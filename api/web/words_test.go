package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// A quorum says how many it needs, of which classes, and how far it is; somebody who stands for two classes counts once.
func TestWhatAQuorumNeeds(t *testing.T) {
	yes := func(class string, also ...string) service.SlotView {
		return service.SlotView{ID: "r1.s1.p1", Status: domain.SlotApproved, Class: class, Also: also}
	}
	open := service.SlotView{ID: "r1.s1.p2", Status: domain.SlotOpen, Class: "legal"}
	gone := service.SlotView{ID: "r1.s1.p3", Status: domain.SlotTransferred, Class: "legal"}
	legal := []service.MinimumView{{Class: "legal", Need: 1}}
	for _, x := range []struct {
		slots  []service.SlotView
		minima []service.MinimumView
		want   string
	}{
		{[]service.SlotView{{Class: "legal"}, {}, {}}, legal, "2 of 3 must agree, of them 1 legal"}, // nobody asked yet
		{[]service.SlotView{yes("hr"), open, open}, legal, "2 of 3 must agree, of them 1 legal; 1 so far (0 legal)"},
		{[]service.SlotView{yes("hr"), open, gone}, legal, "2 of 2 must agree, of them 1 legal; 1 so far (0 legal)"},
		{[]service.SlotView{yes("legal"), yes("hr"), open}, legal, "2 of 3 must agree, of them 1 legal; 2 so far (1 legal)"},
		{[]service.SlotView{yes("hr", "legal"), open, open}, legal, "2 of 3 must agree, of them 1 legal; 1 so far (1 legal)"},
		{[]service.SlotView{yes("hr", "legal"), open, open}, append(legal, service.MinimumView{Class: "hr", Need: 1}), "2 of 3 must agree, of them 1 legal, 1 hr; 1 so far (0 legal, 1 hr)"},
		{[]service.SlotView{yes(""), open, open}, nil, "2 of 3 must agree; 1 so far"},
	} {
		v := &View{Lang: English}
		if got := v.Needs(service.StepView{Kind: domain.Quorum, Need: 2, Minima: x.minima, Slots: x.slots}); got != x.want {
			t.Errorf("%v: %q, want %q", x.slots, got, x.want)
		}
	}
	if got := (&View{Lang: English}).Needs(service.StepView{Kind: domain.Countersign, Slots: []service.SlotView{open}}); got != "" {
		t.Errorf("a step where all sign says %q", got)
	}
}

// Every field of a filing that differs is told, and none that does not.
func TestChangesAreToldFieldByField(t *testing.T) {
	p := func(ids ...string) (out []service.PersonRef) {
		for _, id := range ids {
			out = append(out, service.PersonRef{ID: domain.EmployeeID(id), Name: id})
		}
		return out
	}
	base := func() service.FilingView {
		return service.FilingView{Filing: domain.Filing{Name: "a", Type: domain.TypeProject, Tier: domain.TierOrdinary, Purpose: "x\ny", Platform: "byhand", EndsOn: "2027-01-31",
			Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}}, AdminRefs: p("A", "B"), MemberRefs: p("C", "D"),
			DepartmentRefs: []service.DepartmentRef{{ID: "1", Name: "One"}}}
	}
	for _, x := range []struct {
		name   string
		change func(*service.FilingView)
		want   []change
	}{
		{"nothing", func(*service.FilingView) {}, nil},
		{"a browser's line ends", func(f *service.FilingView) { f.Purpose = "x\r\ny" }, nil},
		{"the members' order", func(f *service.FilingView) { f.MemberRefs = p("D", "C") }, nil},
		{"the first admin is the owner", func(f *service.FilingView) { f.AdminRefs = p("B", "A") }, []change{{"owner", "A", "B"}}},
		{"name and type", func(f *service.FilingView) { f.Name, f.Type = "b", domain.TypeSpecial }, []change{{"type", "Project group", "Special group"}, {"name", "a", "b"}}},
		{"purpose", func(f *service.FilingView) { f.Purpose = "z" }, []change{{"purpose", "x\ny", "z"}}},
		{"people", func(f *service.FilingView) { f.AdminRefs, f.MemberRefs = p("A", "E"), p("C") }, []change{{"admins", "B", "E"}, {"members", "D", ""}}},
		{"departments", func(f *service.FilingView) {
			f.DepartmentRefs = append(f.DepartmentRefs, service.DepartmentRef{ID: "2", Name: "Two"})
		}, []change{{"departments", "", "Two"}}},
		{"tier and permissions", func(f *service.FilingView) {
			f.Tier, f.Permissions = domain.TierSecret, domain.Permissions{InviteOutsiders: true, AnonymousSpeech: true, JoinByReview: true, Posting: domain.PostAdmins}
		}, []change{{"tier", "Ordinary", "Secret"}, {"permissions", "No outsiders", "Outsiders may be invited"}, {"permissions", "No anonymous speech", "Anonymous speech"},
			{"permissions", "Contact data visible", "Contact data hidden"}, {"permissions", "Joining without review", "Admins review who joins"}, {"posting", "All members post", "Only admins post"}}},
		{"end, platform, existing", func(f *service.FilingView) { f.EndsOn, f.Platform, f.Existing = "", "wecom", true },
			[]change{{"platform", "Kept by hand (an admin creates and confirms)", "WeCom"}, {"ends_on", "31 Jan 2027", "No end planned"}, {"existing", "no", "yes"}}},
	} {
		v, now := &View{Lang: English, Zone: time.UTC}, base()
		x.change(&now)
		if got := v.Changes(base(), now); fmt.Sprint(got) != fmt.Sprint(x.want) {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}
