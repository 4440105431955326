package store

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// change is a change of a group on its way.
func (f *firm) change(group, nameKey string) Submission {
	in := f.submission(nameKey)
	in.Case.Kind, in.GroupID = domain.KindChange, group
	return in
}

// A group is changed by one case at a time, until the group took the change or refused it.
func TestOneChangeAtATime(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	group := newID()
	busy := func(want string) {
		t.Helper()
		open := must(f.OpenChange(ctx, group))
		if (open == nil) != (want == "") || (open != nil && open.CaseID != want) {
			t.Errorf("under way: %+v, want %q", open, want)
		}
		if want != "" {
			_, err := f.Submit(ctx, f.change(group, ""))
			var other *ChangeUnderWay
			if !errors.As(err, &other) || other.CaseID != want || other.Number == "" {
				t.Errorf("a second change: %v", err)
			}
		}
	}
	busy0 := f.change(group, "new name")
	c, err := f.Submit(ctx, busy0)
	if err != nil || c.Number[:2] != "C-" {
		t.Fatalf("%s %v", c.Number, err)
	}
	busy(c.ID)
	if _, err := f.Submit(ctx, f.change(newID(), "")); err != nil {
		t.Errorf("a change of another group: %v", err)
	}
	if err := f.MarkStarted(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	c = f.save(f.approve(c, f.leadA))
	busy(c.ID)
	c = f.save(f.approve(c, f.head))
	if c.Status != domain.CaseApproved || f.count(`SELECT count(*) FROM outbox WHERE kind = 'apply_change' AND payload->>'case_id' = $1 AND payload->>'group_id' = $2`, c.ID, group) != 1 ||
		f.count(`SELECT count(*) FROM outbox WHERE kind = 'start_group'`) != 0 || f.count(`SELECT count(*) FROM group_names WHERE case_id = $1 AND released_at IS NULL AND group_id IS NULL`, c.ID) != 1 {
		t.Errorf("%s: what follows an approved change", c.Status)
	}
	busy(c.ID) // the group has not heard of it yet
	f.exec(`INSERT INTO audit_entries (workflow_id, seq, act_id, subject_id, kind, result, act, facts, state_digest, at) VALUES ('group-' || $1::text, 9, $2, $1::uuid, 'group.changed', 'refused', '{}', '{}', '', now())`,
		group, domain.ChangeActID(c.ID))
	for range 2 {
		if err := f.RefuseChange(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	if f.text(`SELECT needs_hand FROM cases WHERE id = $1`, c.ID) != HandChangeRefused || f.count(`SELECT count(*) FROM group_names WHERE case_id = $1 AND released_at IS NULL`, c.ID) != 0 ||
		f.count(`SELECT count(*) FROM notifications WHERE kind = 'change_refused' AND person_id = $1 AND subject_id = $2`, string(c.Parties.Requester), c.ID) != 1 {
		t.Error("a refused change")
	}
	busy("")
	next, err := f.Submit(ctx, f.change(group, "new name"))
	if err != nil || f.text(`SELECT needs_hand FROM cases WHERE id = $1`, c.ID) != "" {
		t.Errorf("asked anew: %v", err)
	}
	list := must(f.Changes(ctx, group))
	if ids := []string{list[0].ID, list[1].ID}; len(list) != 2 || !slices.Contains(ids, next.ID) || !slices.Contains(ids, c.ID) {
		t.Errorf("%d changes", len(list))
	}
	for _, bad := range []string{"", "x", "'; DROP TABLE cases; --"} {
		if list := must(f.Changes(ctx, bad)); list != nil || must(f.OpenChange(ctx, bad)) != nil {
			t.Errorf("%q has changes", bad)
		}
	}
	// A submission that resubmits without a new name lets the reserved one go.
	if err := f.MarkStarted(ctx, next.ID); err != nil {
		t.Fatal(err)
	}
	material := Object{ID: newID(), CaseID: next.ID, Kind: "material", MediaType: "application/json", Size: 4, SHA256: "sha256:x", Body: []byte("seal"), CreatedAt: testTime}
	if err := f.PutObject(ctx, material); err != nil {
		t.Fatal(err)
	}
	a := f.act(next, domain.Act{ID: newID(), Kind: domain.ActComment, Actor: f.people[0], Comment: &domain.Ref{Object: material.ID}})
	a.Act.Material = &domain.Material{Object: material.ID, Digest: "sha256:m"}
	a.Verdict.Effects = append(a.Verdict.Effects, domain.Effect{Kind: domain.EffectRename})
	f.save(a)
	if n := f.count(`SELECT count(*) FROM group_names WHERE case_id = $1 AND released_at IS NULL`, next.ID); n != 0 {
		t.Errorf("%d names held", n)
	}
}

// Two changes of a group at once: one is taken.
func TestChangesAtOnce(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	group, done := newID(), make(chan error)
	for range 6 {
		in := f.change(group, "")
		go func() { _, err := f.Submit(ctx, in); done <- err }()
	}
	taken := 0
	for range 6 {
		var other *ChangeUnderWay
		switch err := <-done; {
		case err == nil:
			taken++
		case !errors.As(err, &other):
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("%d changes at once", taken)
	}
}
