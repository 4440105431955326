package store

import "testing"

// TestRecentIsNeverBehind: between a statement's commit and the note of it, the database is asked.
func TestRecentIsNeverBehind(t *testing.T) {
	var r recent
	r.seen(CaseRec{ID: "c", Number: "1"})
	if _, ok := r.fresh("c"); !ok {
		t.Fatal("what was just made is known")
	}
	r.moving("c")
	if _, ok := r.fresh("c"); ok {
		t.Fatal("a case on the move was taken from memory")
	}
	r.moved("c", func(c *CaseRec) { c.Number = "2" })
	if c, ok := r.fresh("c"); !ok || c.Number != "2" {
		t.Fatalf("%+v %v", c, ok)
	}
	r.moving("c")
	r.forget("c") // the statement failed
	if _, ok := r.fresh("c"); ok {
		t.Fatal("what was forgotten came back")
	}
}
