package fonts

import (
	"slices"
	"testing"
)

// Each face is asked in its turn, and what none has is named.
func TestFaces(t *testing.T) {
	for r, want := range map[rune]Face{'保': Noto, 'A': Noto, '，': Noto, '䶮': Droid, '㛃': Droid, '𠮷': Rare, '𬭎': Rare, '𪚥': None, '🦊': None, '\u200b': None, '\ue000': None} {
		got, width := Of(r)
		if got != want || (width > 0) != (want != None) {
			t.Errorf("%q: face %d, width %d", r, got, width)
		}
	}
	if got := Missing("王𪚥\n保", "🦊𪚥\u3000\u202e"); !slices.Equal(got, []rune{'𪚥', '🦊', '\u202e'}) {
		t.Errorf("missing %q", got)
	}
	if _, w := Of('国'); w != 1000 {
		t.Errorf("a Chinese character is %d wide", w)
	}
}

// The faces are as large as the README says.
func TestCoverage(t *testing.T) {
	l, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for f, least := range [faces]int{13500, 15000, 1500} {
		if n := len(l.width[f]); n < least {
			t.Errorf("%s has %d characters", Face(f).Family(), n)
		}
	}
	for r := rune(0x4e00); r <= 0x9fa5; r++ {
		if f, _ := Of(r); f == None {
			t.Errorf("U+%04X is missing", r)
		}
	}
}
