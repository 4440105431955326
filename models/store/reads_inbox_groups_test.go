package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// tasksOf says what waits for a person in groups, by the group.
func (f *firm) tasksOf(who domain.EmployeeID) map[string]string {
	f.t.Helper()
	page, err := f.Inbox(context.Background(), who, "", 100)
	if err != nil {
		f.t.Fatal(err)
	}
	n, err := f.WaitingCount(context.Background(), who, 100)
	if err != nil || n != len(page.Items) {
		f.t.Errorf("%d are counted, %d listed: %v", n, len(page.Items), err)
	}
	out := map[string]string{}
	for _, r := range page.Items {
		if r.Group == nil {
			continue
		}
		var words []string
		for _, t := range r.Tasks {
			w := fmt.Sprintf("%s %d", t.Kind, t.N)
			if t.Due != nil {
				w += " due"
			}
			words = append(words, w)
		}
		if out[r.Group.ID] != "" {
			f.t.Errorf("group %s is listed twice", r.Group.ID)
		}
		out[r.Group.ID] = strings.Join(words, ", ")
	}
	return out
}

// dates gives a group's state dates, in the document alone.
func (f *firm) dates(id string, kinds ...domain.DateKind) {
	var list []string
	for i, k := range kinds {
		list = append(list, fmt.Sprintf(`{"kind":%q,"at":%q}`, k, testTime.AddDate(0, i+1, 0).Format(time.RFC3339)))
	}
	f.exec(`UPDATE groups SET doc = jsonb_set(doc, '{life,dates}', $2::jsonb) WHERE id = $1`, id, "["+strings.Join(list, ",")+"]")
}

func (f *firm) finding(group, id string, owner *domain.EmployeeID) {
	var who *string
	if owner != nil {
		s := string(*owner)
		who = &s
	}
	f.exec(`INSERT INTO group_findings (group_id, finding_id, at, kind, owner_id) VALUES ($1, $2, $3, 'stranger', $4)`, group, id, testTime, who)
}

// What waits in groups stands in the inbox of whom it waits for, one entry a group, and in nobody else's.
func TestWhatWaitsInGroups(t *testing.T) {
	f := newFirm(t)
	admin, other, member := f.people[0], f.people[1], f.people[2]
	filing := f.filing()
	id, _ := f.living(filing, testRules)
	is := func(who domain.EmployeeID, want string) {
		t.Helper()
		if got := f.tasksOf(who)[id]; got != want {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
	for _, who := range []domain.EmployeeID{admin, other, member} {
		is(who, "")
	}
	for i, st := range []string{"by_hand", "failed", "pending", "done"} {
		ended := any(nil)
		if st == "done" {
			ended = testTime
		}
		f.exec(`INSERT INTO group_ops (group_id, op_id, kind, state, at, ended_at) VALUES ($1, $2, 'remove', $3, $4, $5)`, id, fmt.Sprint(i), st, testTime, ended)
	}
	is(admin, "operations 2")
	is(other, "operations 2")
	is(member, "")

	f.exec(`UPDATE groups SET state = 'renewal_due', since = $2 WHERE id = $1`, id, testTime.Add(time.Hour))
	f.dates(id, domain.DateLast, domain.DateGrace)
	is(admin, "operations 2, renewal 1 due")

	f.finding(id, "a", &admin)
	f.finding(id, "b", &admin)
	f.finding(id, "c", nil)
	f.exec(`INSERT INTO group_findings (group_id, finding_id, at, kind, owner_id, closed_at) VALUES ($1, 'd', $2, 'renamed', $3, $2)`, id, testTime, string(admin))
	is(admin, "findings 2, operations 2, renewal 1 due")
	is(other, "operations 2, renewal 1 due")
	f.exec(`UPDATE employees SET roles = '{security_officer}' WHERE id = $1`, string(member))
	is(member, "findings 1")
	f.exec(`UPDATE employees SET roles = '{}' WHERE id = $1`, string(member))
	f.exec(`DELETE FROM group_findings`)
	f.exec(`DELETE FROM group_ops`)

	f.exec(`UPDATE groups SET state = 'pending_deletion' WHERE id = $1`, id)
	is(admin, "") // its time is not over yet
	f.exec(`UPDATE groups SET doc = jsonb_set(doc, '{life,deleting}', 'true') WHERE id = $1`, id)
	is(admin, "confirm_deleted 1")
	is(member, "")
}

// An ownerless group asks the members it chose, then the leader of the nearest department that has one; a frozen one its
// second.
func TestWhatWaitsWithoutAdmins(t *testing.T) {
	f := newFirm(t)
	asked, head := f.people[2], f.people[3]
	id, _ := f.living(f.filing(), testRules)
	is := func(who domain.EmployeeID, want string) {
		t.Helper()
		if got := f.tasksOf(who)[id]; got != want {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
	orphan := func(stage domain.OrphanStage) {
		f.exec(`UPDATE groups SET flags = '{ownerless}', doc = jsonb_set(doc, '{life,orphan}', jsonb_build_object('since', $2::text, 'stage', $3::text, 'asked', jsonb_build_array($4::text))) WHERE id = $1`,
			id, testTime.Format(time.RFC3339), string(stage), string(asked))
	}
	f.exec(`UPDATE group_members SET role = 'member' WHERE group_id = $1`, id)
	f.exec(`UPDATE departments SET leader_id = NULL`)
	f.exec(`UPDATE departments SET leader_id = $1 WHERE id = (SELECT department_id FROM group_departments WHERE group_id = $2 LIMIT 1)`, string(head), id)
	orphan(domain.OrphanMembers)
	f.dates(id, domain.DateAskHead)
	is(asked, "consent 1 due")
	is(f.people[0], "")
	is(head, "")
	orphan(domain.OrphanHead)
	is(head, "appointment 1 due")
	is(asked, "consent 1 due")
	f.exec(`UPDATE employees SET active = false WHERE id = $1`, string(head))
	is(head, "")
	f.exec(`UPDATE employees SET active = true WHERE id = $1`, string(head))

	f.exec(`UPDATE groups SET flags = '{}', state = 'frozen', doc = jsonb_set(doc #- '{life,orphan}', '{life,frozen}', jsonb_build_object('by', $2::text, 'at', $3::text, 'unfreeze', $2::text, 'unfreeze_at', $3::text)) WHERE id = $1`,
		id, string(asked), testTime.Format(time.RFC3339))
	f.exec(`UPDATE employees SET roles = '{security_officer}' WHERE id = ANY ($1::uuid[])`, []string{string(asked), string(f.people[1])})
	is(f.people[1], "unfreeze 1")
	is(head, "unfreeze 1")
	is(asked, "") // the first cannot be the second
	is(f.people[0], "")
	f.exec(`UPDATE groups SET doc = jsonb_set(doc, '{life,frozen,implicated}', jsonb_build_array($2::text)) WHERE id = $1`, id, string(f.people[1]))
	is(f.people[1], "")
}

// Groups and slots share one order, whatever the page size.
func TestInboxMixesGroupsAndSlots(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	me := f.people[1] // who files decides nothing
	f.exec(`UPDATE departments SET leader_id = $1 WHERE id = $2`, me, f.depA)
	for i := range 5 {
		g, _ := f.living(func() domain.Filing { x := f.filing(); x.Name = fmt.Sprint("g", i); return x }(), testRules)
		f.finding(g, "a", &me)
		f.exec(`UPDATE group_findings SET at = $2 WHERE group_id = $1`, g, testTime.AddDate(0, 0, 2*i-3))
	}
	f.exec(`UPDATE case_slots SET due_at = $1::timestamptz + (ctid::text::point)[1] * interval '1 day' WHERE status = 'open'`, testTime)
	var first []string
	for _, size := range []int{1, 2, 3, 5, 50} {
		var last mark
		got := pages(t, func(r InboxRec) string {
			if r.place().compare(last) < 0 {
				t.Errorf("%v comes after %v", r.place(), last)
			}
			last = r.place()
			return last.ID + last.Sub
		}, func(c string) (Page[InboxRec], error) { return f.Inbox(ctx, me, c, size) })
		if first == nil {
			first = got
		}
		if len(got) != unique(slices.Clone(got)) || len(got) < 8 || !slices.Equal(first, got) {
			t.Errorf("pages of %d: %d items, %v", size, len(got), got)
		}
	}
}

// An unread notification of a kind that repeats is replaced by the next one about the same group.
func TestRepeatedNewsAreRenewed(t *testing.T) {
	f := newFirm(t)
	tell := func(kind, subject, group string) {
		f.exec(`INSERT INTO notifications (id, person_id, kind, subject, subject_id, key, created_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, gen_random_uuid()::text, $5)`,
			string(f.people[0]), kind, subject, group, testTime)
	}
	one, two := newID(), newID()
	for range 3 {
		tell("ask_op", "group", one)
	}
	tell("ask_op", "group", two)
	for range 2 {
		tell("frozen", "group", one)
	}
	tell("finding", "group", one)
	if n := f.count(`SELECT count(*) FROM notifications WHERE read_at IS NULL`); n != 5 {
		t.Errorf("%d are unread, want one a group and kind, and what does not repeat", n)
	}
}
