package screening

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var hostileRules = Rules{Names: true, Keywords: []Keyword{{Word: "猎鹰计划", Kind: KindCodename}, {Word: "orion", Operator: OpDrop}, {Word: "裁员", Kind: KindTopic, Operator: OpHash}, {Word: "aa"}}}

var hostileSeeds = []string{
	"", "手机13800138000", "１１０１０５19491231002X", "一三八零零一三八零零零", "a@b.cc", "\xff\xfe13800138000\xe4", "京A·12345", "联系人：张三 13800138000",
	"深圳市南山区科技路12号3栋502室", "password: xx12345", "[at]", "::1", "1:2:3:4:5:6:7:8", "+1 2 0 2 5 5 5 0 1 2 3", "猎.鹰.计.划", "((((((((A123456(3)",
	"合同金额壹佰贰拾万元", "-----BEGIN PRIVATE KEY-----", "密码是\xe4\xb8", "1\u200b3\u200b8\u200b0\u200b0\u200b1\u200b3\u200b8\u200b0\u200b0\u200b0", "①③⑧⓪⓪①③⑧⓪⓪⓪", "京A1234", "号楼", "1号楼", "￥１２３．４５",
}

// FuzzScreen: whatever comes in, nothing panics, offsets are valid, in order and on characters, the result is the same
// twice, and what was found is not in the desensitised text.
func FuzzScreen(f *testing.F) {
	s := screener(f, hostileRules)
	for _, seed := range hostileSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { hold(t, s, text) })
}

// opens tells whether a kind's value is known for certain, so that not a trace of it may stay.
func opens(k Kind) bool {
	switch k {
	case KindAmount, KindFinancial, KindAddress, KindName:
		return false
	default:
		return true
	}
}

func hold(t *testing.T, s *Screener, text string) {
	t.Helper()
	r, err := s.Screen(text)
	if err != nil {
		t.Fatal(err)
	}
	pos, units := 0, 0
	for _, f := range r.Findings {
		if f.Start < pos || f.End <= f.Start || f.End > len(text) || f.Score < 0 || f.Score > 100 || !f.Kind.Known() || f.Class.Rank() < 0 {
			t.Fatalf("%q: invalid finding %+v", text, f)
		}
		if f.UTF16Start != units+UTF16Len(text[pos:f.Start]) || f.UTF16End != f.UTF16Start+UTF16Len(text[f.Start:f.End]) {
			t.Fatalf("%q: characters of %+v", text, f)
		}
		if utf8.ValidString(text) && (!utf8.RuneStart(text[f.Start]) || f.End < len(text) && !utf8.RuneStart(text[f.End])) {
			t.Fatalf("%q: %+v cuts a character", text, f)
		}
		if r.Class.Rank() < f.Class.Rank() {
			t.Fatalf("%q: class %s is below that of %+v", text, r.Class, f)
		}
		pos, units = f.End, f.UTF16End
	}
	if again, _ := s.Screen(text); fmt.Sprint(again) != fmt.Sprint(r) {
		t.Fatalf("%q: differs when screened twice", text)
	}
	c, err := s.Desensitise(text, r, Options{Key: []byte("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if v := f.Text(text); len(v) >= 6 && opens(f.Kind) && strings.Contains(c.Text, v) {
			t.Fatalf("%q: %s %q is left in %q", text, f.Kind, v, c.Text)
		}
	}
	for _, p := range c.Replacements {
		if p.Start > p.End || p.End > len(c.Text) {
			t.Fatalf("%q: replacement %+v outside", text, p)
		}
	}
}

// TestRandomMixtures runs the fuzzer's property over mixtures of what recognisers look for, every time.
func TestRandomMixtures(t *testing.T) {
	s := screener(t, hostileRules)
	rnd := rand.New(rand.NewSource(1))
	for range 20_000 / slack {
		var b strings.Builder
		for range 1 + rnd.Intn(6) {
			seed := hostileSeeds[rnd.Intn(len(hostileSeeds))]
			if len(seed) > 0 && rnd.Intn(3) == 0 {
				seed = seed[rnd.Intn(len(seed)):]
			}
			b.WriteString(seed)
		}
		hold(t, s, b.String())
	}
}

// TestLinear: hostile texts cost no more than a small multiple of their length.
func TestLinear(t *testing.T) {
	s := screener(t, hostileRules)
	const size = 1 << 20 / slack
	for _, unit := range []string{"1", "1 ", "12 ", "1-", "a", "A1 ", "一", "一 ", "(", "@", "a@", "a.", "1.", ":", "1:", "号", "1号", "路1号", "京A", "密码:", "联系人：张三", "合同", "-----BEGIN PRIVATE KEY", "+12025550123 ",
		"+999999999 ", "13800138000 ", "６", "e\u0301", "\u200b", "\xff", "a", "猎", "猎鹰", "1万", "身份证", "广东", "eyJ1", "01066668888 电话", "壹"} {
		text := strings.Repeat(unit, size/len(unit))
		start := time.Now()
		r, err := s.Screen(text)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("%d bytes of %q took %v", len(text), unit, took)
		} else {
			t.Logf("%-20q %v, %d findings", unit, took.Round(time.Millisecond), len(r.Findings))
		}
	}
	if _, err := s.Screen(strings.Repeat("a", MaxBytes+1)); err == nil {
		t.Error("a text beyond the bound was taken")
	}
}
