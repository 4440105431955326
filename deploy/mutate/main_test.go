package main

import "testing"

// TestEveryChangeStillApplies notices at once when code that a mutation changes was written anew: tried are mutations only
// now and then.
func TestEveryChangeStillApplies(t *testing.T) {
	t.Chdir("../..")
	all, err := read(defaultLists, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("no change is listed")
	}
}
