package screening

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// labelledRules are the company's words that the labelled set speaks of.
var labelledRules = Rules{Names: true, Keywords: []Keyword{
	{Word: "青鸾项目", Kind: KindCodename}, {Word: "北斗星计划", Kind: KindCodename}, {Word: "玄武二期", Kind: KindCodename}, {Word: "Project Nightjar", Kind: KindCodename},
	{Word: "HX-7方案", Kind: KindCodename}, {Word: "供应商底价表"}, {Word: "并购意向书"}, {Word: "未公开财报"}, {Word: "核心算法源码"},
	{Word: "集体讨薪", Kind: KindTopic}, {Word: "罢工", Kind: KindTopic}, {Word: "带队跳槽", Kind: KindTopic},
}}

type labelled struct {
	Text   string
	Labels []struct {
		Kind       Kind
		Start, End int
		Maybe      bool
	}
}

// readHalf reads one half of the labelled set and holds it to the hash that was committed before it.
func readHalf(t *testing.T, name string) []labelled {
	t.Helper()
	packed, err := os.ReadFile("testdata/" + name + ".jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	if want, err := os.ReadFile("testdata/" + name + ".sha256"); err != nil || !strings.HasPrefix(string(want), hex.EncodeToString(sum[:])+" ") {
		t.Fatalf("the %s half is not the one whose hash was committed: %x (%v)", name, sum, err)
	}
	var out []labelled
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// least are recall and precision that issue 6 asks of a kind.
func least(k Kind) (recall, precision float64) {
	switch k {
	case KindResidentID, KindResidence, KindForeignerID, KindUSCC, KindBankCard, KindHKID, KindTaiwanID:
		return 0.98, 0.97
	case KindName, KindAddress, KindAmount, KindFinancial, KindAccount, KindSecret: // no check, no fixed form: what stands nearby decides
		return 0.90, 0.90
	case KindContract: // the issue names no figure for it
		return 0.85, 0.95
	default:
		return 0.95, 0.95
	}
}

// TestLabelledSet measures by kind: a hit covers at least 80 % of the labelled span and at most 8 characters more. The
// second half decides: it was hashed before the recognisers met it, and nothing is tuned on it. The first half may be.
func TestLabelledSet(t *testing.T) {
	s := screener(t, labelledRules)
	for _, half := range []string{"first", "second"} {
		set := readHalf(t, half)
		if len(set) < 1000 {
			t.Fatalf("%s: only %d texts", half, len(set))
		}
		type score struct{ want, hit, found, right int }
		by := map[Kind]*score{}
		for _, k := range Kinds() {
			by[k] = &score{}
		}
		for _, l := range set {
			r, err := s.Screen(l.Text)
			if err != nil {
				t.Fatal(err)
			}
			met := make([]bool, len(l.Labels))
			for _, f := range r.Findings {
				i := slices.IndexFunc(l.Labels, func(w struct {
					Kind       Kind
					Start, End int
					Maybe      bool
				}) bool {
					covered := max(0, min(f.End, w.End)-max(f.Start, w.Start))
					return f.Kind == w.Kind && covered*10 >= 8*(w.End-w.Start) && len([]rune(f.Text(l.Text)))-len([]rune(l.Text[w.Start:w.End])) <= 8
				})
				if i >= 0 {
					met[i] = true
					if l.Labels[i].Maybe {
						continue
					}
					by[f.Kind].right++
				} else if half == "first" {
					t.Logf("false: %s %q in %q", f.Kind, f.Text(l.Text), l.Text)
				}
				by[f.Kind].found++
			}
			for i, w := range l.Labels {
				if w.Maybe {
					continue
				}
				if by[w.Kind].want++; met[i] {
					by[w.Kind].hit++
				} else if half == "first" {
					t.Logf("missed: %s %q in %q", w.Kind, l.Text[w.Start:w.End], l.Text)
				}
			}
		}
		for _, k := range Kinds() {
			c := by[k]
			recall, precision := float64(c.hit)/float64(max(1, c.want)), float64(c.right)/float64(max(1, c.found))
			t.Logf("%s | %s | %d | %.3f | %.3f |", half, k, c.want, recall, precision)
			if r, p := least(k); c.want < 50 || recall < r || precision < p {
				t.Errorf("%s half: %s: recall %.3f, precision %.3f of %d, want %.2f and %.2f of 50 at least", half, k, recall, precision, c.want, r, p)
			}
		}
	}
}
