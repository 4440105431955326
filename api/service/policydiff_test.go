package service

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// Either file can be made of the other by the lines shown, whatever they are; big files are compared at once.
func TestLinesThatDiffer(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 1))
	words := []string{"a", "b", "c", "d", ""}
	for n := range 3000 {
		a, b := make([]string, rnd.IntN(30)+1), make([]string, rnd.IntN(30)+1)
		for i := range a {
			a[i] = words[rnd.IntN(len(words))]
		}
		for i := range b {
			b[i] = words[rnd.IntN(len(words))]
		}
		if n%2 == 0 { // mostly alike
			b = slices.Clone(a)
			for range rnd.IntN(4) {
				i := rnd.IntN(len(b))
				b = slices.Insert(b, i, words[rnd.IntN(len(words))])
			}
		}
		var was, is []string
		for _, l := range middle(a, b, 0) {
			if l.Op != "added" {
				was = append(was, l.Text)
				if l.Old != len(was) {
					t.Fatalf("seed %d: line %d is called %d of the old file", seed, len(was), l.Old)
				}
			}
			if l.Op != "removed" {
				is = append(is, l.Text)
				if l.New != len(is) {
					t.Fatalf("seed %d: line %d is called %d of the new file", seed, len(is), l.New)
				}
			}
		}
		if !slices.Equal(was, a) || !slices.Equal(is, b) {
			t.Fatalf("seed %d: %q to %q: %q, %q", seed, a, b, was, is)
		}
	}
	if d := diffLines("a\nb\nc\n", "a\nb\nc\n"); len(d) != 0 {
		t.Errorf("the same file differs: %v", d)
	}
	var x, y strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&x, "x%d\n", i)
		fmt.Fprintf(&y, "y%d\n", i)
	}
	began := time.Now()
	if d := diffLines(x.String(), y.String()); len(d) != 40000 {
		t.Errorf("%d lines", len(d))
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("files without a common line took %v", took)
	}
	d := diffLines("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n")
	got := ""
	for _, l := range d {
		got += map[string]string{"same": " ", "added": "+", "removed": "-", "gap": "…"}[l.Op] + l.Text
	}
	if got != " 2 3 4-5+X 6 7 8" {
		t.Errorf("around a change: %q", got)
	}
}
