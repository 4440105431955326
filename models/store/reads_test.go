package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// group puts an active or waiting group into the register, born of a case of its own.
func (f *firm) group(name string, tier domain.Tier, dep domain.DepartmentID, byHand bool) string {
	f.t.Helper()
	c, in := f.filed(name)
	filing := f.filing()
	filing.Name, filing.Tier, filing.Departments = name, tier, []domain.DepartmentID{dep}
	g := domain.NewGroup(in.GroupID, c.Number, c.ID, filing, testTime)
	for _, kind := range []domain.GroupActKind{domain.GroupBegun, domain.GroupAskedByHand} {
		if kind == domain.GroupAskedByHand && !byHand {
			continue
		}
		a := domain.GroupAct{ID: newID(), Kind: kind, At: testTime}
		facts := domain.GroupFacts{At: now()}
		after, v := domain.DecideGroup(g, a, facts)
		if err := f.SaveGroup(context.Background(), GroupChange{Workflow: "group-" + g.ID, Before: g, After: after, Act: a, Facts: facts, Verdict: v,
			Digest: domain.StateDigest(after), Filing: &filing}); err != nil {
			f.t.Fatal(err)
		}
		g = after
	}
	return g.ID
}

// pages reads a list to its end and returns the keys.
func pages[T any](t *testing.T, key func(T) string, read func(cursor string) (Page[T], error)) []string {
	t.Helper()
	var out []string
	cursor := ""
	for range 50 {
		p, err := read(cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range p.Items {
			out = append(out, key(it))
		}
		if cursor = p.Next; cursor == "" {
			return out
		}
	}
	t.Fatal("the list has no end")
	return nil
}

func unique(list []string) int {
	s := slices.Clone(list)
	slices.Sort(s)
	return len(slices.Compact(s))
}

// The inbox runs through slots by deadline, then groups to confirm, each once, whatever the page size.
func TestInboxPages(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	f.exec(`UPDATE departments SET leader_id = $1 WHERE id = $2`, f.people[1], f.depA) // an admin of the groups, too
	for i := range 4 {
		f.filed(fmt.Sprintf("k%d", i))
	}
	f.exec(`UPDATE case_slots SET due_at = due_at + (ctid::text::point)[1] * interval '1 minute'`)
	for i := range 3 {
		f.group(fmt.Sprintf("g%d", i), domain.TierOrdinary, f.depA, true)
	}
	key := func(r InboxRec) string {
		if r.Group != nil {
			return "group " + r.Group.ID
		}
		return "case " + r.Case.ID + r.Slot
	}
	var first []string
	for _, size := range []int{1, 2, 3, 4, 7, 10, 50} {
		got := pages(t, key, func(c string) (Page[InboxRec], error) { return f.Inbox(ctx, f.people[1], c, size) })
		if len(got) != 10 || unique(got) != 10 {
			t.Errorf("pages of %d: %d items, %d of them different", size, len(got), unique(got))
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(first, got) {
			t.Errorf("pages of %d come in another order", size)
		}
	}
	if n, err := f.WaitingCount(ctx, f.people[1], 100); err != nil || n != 10 {
		t.Errorf("%d wait: %v", n, err)
	}
	if n, err := f.WaitingCount(ctx, f.people[1], 5); err != nil || n != 5 {
		t.Errorf("%d wait, bounded: %v", n, err)
	}
	if p, err := f.Inbox(ctx, f.people[2], "", 10); err != nil || len(p.Items) != 0 {
		t.Errorf("a member without admin rights has %d to do: %v", len(p.Items), err)
	}
}

// Who may know of a confidential group, and who may not.
func TestRegisterScope(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	open := f.group("公开群", domain.TierOrdinary, f.depB, false)
	secret := f.group("机密群", domain.TierConfidential, f.depA, false)
	stranger := f.people[5]
	for name, c := range map[string]struct {
		scope Scope
		knows bool
	}{
		"stranger":                 {Scope{Person: stranger}, false},
		"leader of another":        {Scope{Person: f.leadB, Departments: []domain.DepartmentID{f.depB}}, false},
		"member":                   {Scope{Person: f.people[2]}, true},
		"admin":                    {Scope{Person: f.people[0]}, true},
		"leader of the department": {Scope{Person: f.leadA, Departments: []domain.DepartmentID{f.depA}}, true},
		"leader above":             {Scope{Person: f.head, Departments: []domain.DepartmentID{f.root, f.depA, f.depB}}, true},
		"by office":                {Scope{Person: f.sec, All: true}, true},
	} {
		for _, filter := range []GroupFilter{{}, {Tier: domain.TierConfidential}, {Text: "机密"}, {Departments: []domain.DepartmentID{f.depA}}} {
			p, err := f.Register(ctx, c.scope, filter)
			if err != nil {
				t.Fatal(err)
			}
			got := slices.ContainsFunc(p.Items, func(g GroupRec) bool { return g.ID == secret })
			if got != c.knows {
				t.Errorf("%s with %+v: knows %v", name, filter, got)
			}
			if filter.Text == "" && filter.Tier == "" && filter.Departments == nil && !slices.ContainsFunc(p.Items, func(g GroupRec) bool { return g.ID == open }) {
				t.Errorf("%s does not see the ordinary group", name)
			}
		}
	}
	f.exec(`UPDATE group_members SET state = 'leaving' WHERE employee_id = $1`, f.people[2])
	if p, _ := f.Register(ctx, Scope{Person: f.people[2]}, GroupFilter{}); len(p.Items) != 1 {
		t.Error("somebody removed still knows of the group")
	}
}

func TestRegisterFiltersAndPages(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	for i := range 5 {
		f.group(fmt.Sprintf("群%d_100%%", i), domain.TierOrdinary, f.depA, false)
	}
	all := Scope{All: true, Person: f.people[0]}
	id := func(g GroupRec) string { return g.ID }
	got := pages(t, id, func(c string) (Page[GroupRec], error) { return f.Register(ctx, all, GroupFilter{Cursor: c, Limit: 2}) })
	if len(got) != 5 || unique(got) != 5 {
		t.Errorf("%d groups", len(got))
	}
	for text, want := range map[string]int{"研发": 5, "群3_": 1, "_": 5, "%": 5, "x%": 0, `\`: 0, "'; DROP TABLE groups; --": 0, "G-2026-00001": 1, "\x00群1": 1} {
		p, err := f.Register(ctx, all, GroupFilter{Text: text})
		if err != nil || len(p.Items) != want {
			t.Errorf("%q finds %d, want %d: %v", text, len(p.Items), want, err)
		}
	}
	p, err := f.Register(ctx, Scope{Person: f.people[4]}, GroupFilter{Mine: true})
	if err != nil || len(p.Items) != 0 {
		t.Errorf("mine: %d, %v", len(p.Items), err)
	}
	g, err := f.Group(ctx, got[0])
	if err != nil || g.Members != 4 || g.Permissions.Posting != domain.PostMembers || len(g.Doc.Admins) != 2 {
		t.Errorf("%+v %v", g, err)
	}
	if m, err := f.GroupMembers(ctx, got[0]); err != nil || !slices.Equal(m, f.people[2:4]) {
		t.Errorf("%v %v", m, err)
	}
	if place, err := f.PlaceIn(ctx, got[0], f.people[0]); err != nil || place != domain.MemberActive {
		t.Error("the owner is no member", err)
	}
}

func TestCaseLists(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	var ids []string
	for i := range 5 {
		c, _ := f.filed(fmt.Sprintf("k%d", i))
		ids = append(ids, c.ID)
	}
	c, _ := f.filed("gone")
	f.save(f.act(c, domain.Act{ID: newID(), Kind: domain.ActWithdraw, Actor: f.people[0]}))
	id := func(c CaseRec) string { return c.ID }
	for open, want := range map[bool]int{true: 5, false: 6} {
		got := pages(t, id, func(cur string) (Page[CaseRec], error) { return f.MyCases(ctx, f.people[0], open, cur, 2) })
		if len(got) != want || unique(got) != want {
			t.Errorf("open %v: %d cases", open, len(got))
		}
	}
	for name, q := range map[string]struct {
		f    CaseFilter
		want int
	}{
		"number":          {CaseFilter{Text: "g-2026-00002"}, 1},
		"title":           {CaseFilter{Text: "周报"}, 6},
		"wildcard":        {CaseFilter{Text: "%"}, 0},
		"requester":       {CaseFilter{People: []domain.EmployeeID{f.people[0]}}, 6},
		"approver":        {CaseFilter{People: []domain.EmployeeID{f.leadA}}, 6},
		"nobody":          {CaseFilter{People: []domain.EmployeeID{f.leadB}}, 0},
		"text or party":   {CaseFilter{Text: "nothing", People: []domain.EmployeeID{f.leadA}}, 6},
		"status":          {CaseFilter{Status: domain.CaseWithdrawn}, 1},
		"from":            {CaseFilter{From: testTime.Add(time.Second)}, 0},
		"until":           {CaseFilter{Until: testTime}, 0},
		"party in status": {CaseFilter{People: []domain.EmployeeID{f.leadA}, Status: domain.CaseWithdrawn}, 1},
	} {
		p, err := f.SearchCases(ctx, q.f)
		if err != nil || len(p.Items) != q.want {
			t.Errorf("%s: %d, want %d: %v", name, len(p.Items), q.want, err)
		}
	}
	got, err := f.Case(ctx, ids[0])
	if err != nil || got.StateDigest == "" || got.Number == "" || got.State.ID != ids[0] {
		t.Errorf("%+v %v", got, err)
	}
	if slots, err := f.Slots(ctx, ids[0]); err != nil || len(slots) != 1 || slots[0].PersonID != string(f.leadA) {
		t.Errorf("%+v %v", slots, err)
	}
	if err := f.MarkNeedsHand(ctx, ids[1], "nobody_to_ask"); err != nil {
		t.Fatal(err)
	}
	if p, err := f.HandQueue(ctx, "", 10); err != nil || len(p.Items) != 1 || p.Items[0].ID != ids[1] {
		t.Errorf("%+v %v", p, err)
	}
}

func TestNewsAndMail(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	for i := range 3 {
		f.filed(fmt.Sprintf("k%d", i))
	}
	key := func(n Notification) string { return n.ID }
	got := pages(t, key, func(c string) (Page[Notification], error) { return f.Notifications(ctx, f.leadA, c, 2) })
	if len(got) != 3 || unique(got) != 3 {
		t.Errorf("%d news", len(got))
	}
	n, err := f.MailOf(ctx, got[0])
	if err != nil || n.Kind != "ask" || n.Number == "" || n.Title == "" || !n.Active || n.Tier == "" || n.Status != "in_approval" {
		t.Errorf("%+v %v", n, err)
	}
	if err := f.MarkRead(ctx, f.leadB, got); err != nil { // somebody else's: nothing
		t.Fatal(err)
	}
	if n, _ := f.UnreadCount(ctx, f.leadA, 100); n != 3 {
		t.Errorf("%d unread", n)
	}
	if err := f.MarkRead(ctx, f.leadA, []string{got[0], "no id"}); err != nil {
		t.Fatal(err)
	}
	if n, _ := f.UnreadCount(ctx, f.leadA, 100); n != 2 {
		t.Errorf("%d unread after one", n)
	}
	if err := f.MarkRead(ctx, f.leadA, nil); err != nil {
		t.Fatal(err)
	}
	if n, _ := f.UnreadCount(ctx, f.leadA, 100); n != 0 {
		t.Errorf("%d unread after all", n)
	}
}

func TestHostileCursorsAndIDs(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	other := mark{Kind: "news", At: now(), ID: newID()}.cursor()
	for _, cursor := range []string{"x", "{}", other, "e30", "' OR 1=1", mark{Kind: "cases", ID: "nope"}.cursor(), "\x00", mark{Kind: "cases", ID: newID(), Sub: "\x00"}.cursor()} {
		if _, err := f.SearchCases(ctx, CaseFilter{Cursor: cursor}); !errors.Is(err, ErrCursor) {
			t.Errorf("%q: %v", cursor, err)
		}
		if _, err := f.Inbox(ctx, f.head, cursor, 5); !errors.Is(err, ErrCursor) {
			t.Errorf("inbox %q: %v", cursor, err)
		}
	}
	for _, id := range []string{"", "x", "'; --", "\x00", "00000000000000000000000000000000", "{00000000-0000-0000-0000-000000000000}"} {
		_, e1 := f.Case(ctx, id)
		_, e2 := f.Group(ctx, id)
		_, e3 := f.GetObject(ctx, id)
		_, e4 := f.CaseKey(ctx, id)
		_, e5 := f.MailOf(ctx, id)
		e6 := f.EndSession(ctx, f.head, id, now())
		for i, err := range []error{e1, e2, e3, e4, e5, e6} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%d %q: %v", i, id, err)
			}
		}
	}
	if people, err := f.FindPeople(ctx, "e0001", 10); err != nil || !slices.Equal(people, []domain.EmployeeID{f.head}) {
		t.Errorf("%v %v", people, err)
	}
	if people, err := f.FindPeople(ctx, "员工", 3); err != nil || len(people) != 3 {
		t.Errorf("%v %v", people, err)
	}
	if people, err := f.FindPeople(ctx, "%", 3); err != nil || len(people) != 0 {
		t.Errorf("%v %v", people, err)
	}
}
