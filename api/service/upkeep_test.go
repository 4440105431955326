package service_test

import (
	"testing"
	"time"

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
	if got := note(); got != "请先看预算" {
		t.Errorf("before: %q", got)
	}
	u, err := h.s.Upkeep(t.Context())
	if err != nil || u.Sealed != 1 {
		t.Fatalf("%+v, %v", u, err)
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
