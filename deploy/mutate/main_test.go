package main

import "testing"

// TestEveryChangeStillApplies notices at once when code that a mutation changes was written anew: tried are mutations only
// now and then.
func TestEveryChangeStillApplies(t *testing.T) {
	t.Chdir("../..")
	for name, s := range suites {
		all, err := read(s.lists(), "")
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			t.Fatalf("no change is listed for %s", name)
		}
	}
}
