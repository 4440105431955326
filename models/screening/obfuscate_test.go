package screening

import (
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// hiders are the ways people hide a number from a filter, each applied to a value's characters.
var hiders = map[string]func(r *rand.Rand, v string) string{
	"blanks":       func(r *rand.Rand, v string) string { return between3(r, v, " ", "  ", "　", "\u00a0", "\u2009") },
	"dashes":       func(r *rand.Rand, v string) string { return between3(r, v, "-", "－", "–", "—", "−") },
	"dots":         func(r *rand.Rand, v string) string { return between3(r, v, ".", "·", "•", "・", "．") },
	"each a blank": func(_ *rand.Rand, v string) string { return strings.Join(strings.Split(v, ""), " ") },
	"each a dash":  func(_ *rand.Rand, v string) string { return strings.Join(strings.Split(v, ""), "-") },
	"each a dot":   func(_ *rand.Rand, v string) string { return strings.Join(strings.Split(v, ""), "·") },
	"zero width": func(r *rand.Rand, v string) string {
		return between3(r, v, "\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad")
	},
	"full width":    func(_ *rand.Rand, v string) string { return widened(v) },
	"wide, blanks":  func(r *rand.Rand, v string) string { return between3(r, widened(v), " ", "　") },
	"wide, hidden":  func(r *rand.Rand, v string) string { return between3(r, widened(v), "\u200b", "\u2064") },
	"as it is":      func(_ *rand.Rand, v string) string { return v },
	"long stretch":  func(r *rand.Rand, v string) string { return at(r, v, "        ") },
	"dash and gap":  func(r *rand.Rand, v string) string { return between3(r, v, " - ", " -") },
	"zero and dash": func(r *rand.Rand, v string) string { return between3(r, v, "\u200b-\u200b") },
}

// between3 puts one of the marks, always the same, into one to four places.
func between3(r *rand.Rand, v string, marks ...string) string {
	mark := marks[r.Intn(len(marks))]
	for range 1 + r.Intn(4) {
		v = at(r, v, mark)
	}
	return v
}

func at(r *rand.Rand, v, mark string) string {
	rs := []rune(v)
	i := 1 + r.Intn(len(rs)-1)
	return string(rs[:i]) + mark + string(rs[i:])
}

func widened(v string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xFEE0
		}
		return r
	}, v)
}

// bare is what is left of a text for who reads past what hides.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && alnum[byte(r)] != 0 {
			return r
		}
		return -1
	}, strings.ToUpper(string(normalise(s).b)))
}

// TestNothingSurvivesHiding: identifiers with a check and mobile numbers, hidden by blanks, full width, dashes, dots or what
// cannot be seen, are found and gone from the desensitised text (issue 6).
func TestNothingSurvivesHiding(t *testing.T) {
	for seed := range int64(5) {
		nothingSurvives(t, seed)
	}
}

func nothingSurvives(t *testing.T, seed int64) {
	t.Helper()
	s := screener(t, Rules{Names: true})
	r := rand.New(rand.NewSource(seed))
	m := maker{r}
	frames := []string{"身份证%s。", "他的号码是%s，请核对", "%s", "卡号：%s", "手机 %s 联系", "税号（%s）", "客户%s已登记", "收到%s了"}
	tried := 0
	for _, kind := range []Kind{KindResidentID, KindResidence, KindUSCC, KindBankCard, KindMobile} {
		for _, name := range slices.Sorted(maps.Keys(hiders)) {
			hide := hiders[name]
			for range 60 {
				plain := bare(m.value(kind))
				text := strings.Replace(frames[r.Intn(len(frames))], "%s", hide(r, plain), 1)
				tried++
				res, err := s.Screen(text)
				if err != nil {
					t.Fatal(err)
				}
				c, err := s.Desensitise(text, res, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if len(res.Findings) == 0 || strings.Contains(bare(c.Text), plain) || res.Class == "general" && kind != KindUSCC {
					t.Errorf("%s, %s: %q survives as %q (%v)", kind, name, text, c.Text, res.Findings)
				}
			}
		}
	}
	t.Logf("%d texts", tried)
}
