package service_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
)

// A note that lay open since before notes were sealed is sealed by the upkeep, shown as before, and gone when its key is.
func TestNotesOfBeforeAreSealed(t *testing.T) {
	h := open(t)
	giver, deputy := h.People[0], h.People[1]
	id := "0198c0de-0000-7000-8000-00000000a011"
	h.Exec(t, `ALTER TABLE delegations DISABLE TRIGGER delegations_sealed`)
	h.Exec(t, `INSERT INTO delegations (id, from_id, to_id, kinds, start_at, until_at, created_at, note, revoked_at) VALUES ($1, $2, $3, '{}', now(), $4, now(), '请先看预算', now())`,
		id, string(giver), string(deputy), time.Now().Add(time.Hour))
	h.Exec(t, `ALTER TABLE delegations ENABLE TRIGGER delegations_sealed`)
	note := func() string {
		t.Helper()
		page, err := h.s.Delegations(t.Context(), h.as(t, deputy), "received", "", 10)
		if err != nil || len(page.Items) != 1 {
			t.Fatalf("%+v, %v", page.Items, err)
		}
		return page.Items[0].Note
	}
	if _, err := h.s.Upkeep(t.Context()); err != nil { // the relay's own may have been first
		t.Fatal(err)
	}
	if n := h.count(t, `SELECT count(*) FROM delegations WHERE note = '' AND note_id IS NOT NULL AND revoked_at IS NOT NULL AND id = $1`, id); n != 1 {
		t.Error("the note still lies open")
	}
	if got := note(); got != "请先看预算" {
		t.Errorf("after: %q", got)
	}
	if u, err := h.s.Upkeep(t.Context()); err != nil || u != (service.Upkept{}) {
		t.Errorf("again: %+v, %v", u, err)
	}
	if err := h.Store.Shred(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := note(); got != "" {
		t.Errorf("shredded: %q", got)
	}
}

// count asks the database for one number.
func (h *house) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := h.Store.Pool().QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The upkeep sweeps what was sealed for an act that never came to be, a day after: nothing that is spoken of, nothing
// young, and nothing that may still be on its way.
func TestOrphansAreSwept(t *testing.T) {
	h := open(t)
	say := func(c service.CaseSummary, text string) {
		t.Helper()
		in := service.CommentInput{ID: uuid.NewString(), Text: text, Files: []service.Upload{{Name: "a.txt", MediaType: "text/plain", Data: []byte("甲")}}}
		if _, err := h.s.Comment(t.Context(), h.as(t, h.People[0]), c.ID, in); err != nil {
			t.Fatal(err)
		}
	}
	ended, open := h.file(t, h.filing("研发部-已办事项")), h.file(t, h.filing("研发部-在办事项"))
	for _, c := range []service.CaseSummary{ended, open} {
		say(c, "请看附件")
	}
	if _, err := h.approve(t, h.LeadA, ended.ID); err != nil {
		t.Fatal(err)
	}
	if c := h.count(t, `SELECT count(*) FROM cases WHERE status = 'approved' AND id = $1`, ended.ID); c != 1 {
		t.Fatal("the case has not ended")
	}
	// Twins of everything that is kept, which nothing speaks of, as old as can be; and one that is young.
	h.Exec(t, `UPDATE objects SET created_at = created_at - interval '3 days'`)
	h.Exec(t, `INSERT INTO objects SELECT gen_random_uuid(), case_id, kind, media_type, 'orphan', size, sha256, body, created_at + interval '1 second', created_by FROM objects`)
	h.Exec(t, `INSERT INTO objects SELECT gen_random_uuid(), case_id, kind, media_type, 'young', size, sha256, body, now() - interval '23 hours', created_by FROM objects WHERE file_name = 'orphan'`)
	left := func(name string, c service.CaseSummary) int {
		return h.count(t, `SELECT count(*) FROM objects WHERE (file_name = $1 OR $1 = '' AND file_name NOT IN ('orphan', 'young')) AND case_id = $2`, name, c.ID)
	}
	sweep := func(want int) {
		t.Helper()
		u, err := h.s.Upkeep(t.Context())
		if err != nil || u.Swept != want {
			var kinds string
			_ = h.Store.Pool().QueryRow(t.Context(), `SELECT string_agg(kind || case_id || created_at, chr(10)) FROM objects WHERE file_name = $$orphan$$`).Scan(&kinds)
			t.Fatalf("%+v, %v; want %d; left\n%s", u, err, want, kinds)
		}
	}
	// Of the open case nothing later is on record than a minute after: the three may be on their way still.
	h.Exec(t, `UPDATE objects SET created_at = now() - interval '25 hours' WHERE case_id = $1 AND file_name = 'orphan'`, open.ID)
	h.Exec(t, `ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_fixed`)
	h.Exec(t, `UPDATE audit_entries SET at = at - interval '3 days' WHERE workflow_id = 'case-' || $1`, open.ID)
	sweep(3)
	if a, b, c, d := left("orphan", ended), left("orphan", open), left("young", ended), left("", ended); a != 0 || b != 3 || c != 3 || d != 3 {
		t.Errorf("left: %d and %d orphans, %d young, %d in use", a, b, c, d)
	}
	h.Exec(t, `UPDATE audit_entries SET at = at + interval '2 days' WHERE workflow_id = 'case-' || $1`, open.ID)
	h.Exec(t, `UPDATE objects SET created_at = now() - interval '50 hours' WHERE case_id = $1 AND file_name = 'orphan'`, open.ID)
	sweep(3)
	sweep(0)
	if a, b := left("orphan", open), left("", open); a != 0 || b != 3 {
		t.Errorf("left of the open case: %d orphans, %d in use", a, b)
	}
	tl, err := h.s.Timeline(t.Context(), h.as(t, h.People[0]), open.ID)
	if err != nil || tl[1].Comment != "请看附件" || len(tl[1].Files) != 1 {
		t.Errorf("%+v, %v", tl, err)
	}
}
