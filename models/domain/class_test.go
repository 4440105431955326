package domain

import "testing"

func TestClassesRise(t *testing.T) {
	for i, c := range Classes() {
		if c.Rank() != i || !c.Known() || c.Label().ZH == "" || c.Label().EN == "" {
			t.Errorf("%s: rank %d, label %v", c, c.Rank(), c.Label())
		}
		for j, other := range Classes() {
			if want := Classes()[max(i, j)]; c.Higher(other) != want {
				t.Errorf("%s and %s: %s, want %s", c, other, c.Higher(other), want)
			}
		}
		if c.Higher("no such class") != c || Class("no such class").Higher(c) != c {
			t.Errorf("%s gives way to a class that does not exist", c)
		}
	}
	if Class("").Known() || Class("x").Rank() != -1 {
		t.Error("a class that does not exist is known")
	}
}
