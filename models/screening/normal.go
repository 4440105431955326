package screening

import (
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// text is a text in the form that recognisers read, with the way back: compatibility normalised (full-width forms,
// circled and mathematical digits), digits of every script as 0-9, Latin look-alikes as Latin, what leaves no mark on
// the screen dropped, and long runs of Chinese digits as digits (identifiers.md).
type text struct {
	orig string
	b    []byte
	segs []seg
}

// seg says that from byte n of the normal form on, bytes come from byte o of the original: one for one if olen is 0,
// else each nlen of them from olen bytes there.
type seg struct{ n, o, olen, nlen int32 }

// Actions of the table: what becomes of a character.
const (
	actKeep  = iota // as it is
	actDrop         // leaves no mark
	actMap          // see norm table
	actDigit        // a Chinese digit: kept, unless it stands in a long run
)

// table has an action for each character of the basic plane, made once on first use.
type table struct {
	act  [1 << 16]byte
	into [1 << 16]uint16 // index into forms
	form []string
}

func (t *table) map1(r rune, s string) {
	t.into[r] = uint16(len(t.form)) //nolint:gosec // fewer than the plane has characters
	t.form = append(t.form, s)
}

// cnDigits are the characters read as digits when seven or more digits stand in a row.
const cnDigits = "〇0零0○0一1幺1壹1二2贰2三3叁3四4肆4五5伍5六6陆6七7柒7八8捌8九9玖9"

// latinLooks are the letters of other scripts that cannot be told from a Latin letter in print. (Names of groups merge
// more, see models/policy: there a false match costs nothing.)
const latinLooks = "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYаaеeоoрpсcхxуyіiјjѕsΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοo"

// minCN is how many digits in a row make Chinese numerals a number that is read out digit by digit.
const minCN = 7

// longestSpoken bounds the runs whose ends are looked at: nothing longer is one number.
const longestSpoken = 64

var getTable = sync.OnceValue(func() *table {
	t := &table{}
	for r := rune(0x80); r < 1<<16; r++ {
		if r >= 0xD800 && r <= 0xDFFF {
			continue
		}
		switch s := normalRune(r); s {
		case string(r):
		case "":
			t.act[r] = actDrop
		default:
			t.act[r] = actMap
			t.map1(r, s)
		}
	}
	for _, r := range "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x7f" {
		t.act[r] = actDrop
	}
	rs := []rune(cnDigits)
	for i := 0; i < len(rs); i += 2 {
		t.act[rs[i]] = actDigit
		t.map1(rs[i], string(rs[i+1]))
	}
	rs = []rune(latinLooks)
	for i := 0; i < len(rs); i += 2 {
		t.act[rs[i]] = actMap
		t.map1(rs[i], string(rs[i+1]))
	}
	return t
})

// normalRune is the normal form of one character.
func normalRune(r rune) string {
	switch {
	case r == 0x20E3, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r),
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), r >= 0x80 && r < 0xA0 && r != 0x85:
		return ""
	case unicode.IsSpace(r), r == 0x2800, r == 0x3164:
		if r == 0x85 || r == 0x2028 || r == 0x2029 {
			return "\n"
		}
		return " "
	case unicode.Is(unicode.Pd, r), r == 0x2212, r == 0x2043, r == 0x02D7:
		return "-"
	case strings.ContainsRune("·•‧・∙⋅･", r):
		return "."
	case r == '。', r == '、':
		return string(r)
	}
	if d, ok := decimal(r); ok {
		return string(d)
	}
	s := norm.NFKC.String(string(r))
	if d, ok := decimal([]rune(s)[0]); ok && utf8.RuneCountInString(s) == 1 {
		return string(d)
	}
	return s
}

// decimal is the ASCII digit of a decimal digit of any script. Each script's ten stand in a row, aligned so that the
// table's ranges begin at nought.
func decimal(r rune) (rune, bool) {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return '0' + (r-rune(rg.Lo))%10, true
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if lo := int64(rg.Lo); lo <= int64(r) && int64(r) <= int64(rg.Hi) {
			return '0' + rune((int64(r)-lo)%10), true
		}
	}
	return 0, false
}

// normalise makes the normal form of a text of at most MaxBytes. Broken bytes stay where they are.
func normalise(s string) *text {
	t := &text{orig: s, b: make([]byte, 0, len(s)+8)}
	t.add(0, len(s), false)
	return t
}

// add appends the normal form of orig[from:to]; digits tells that Chinese digits are digits here.
func (t *text) add(from, to int, digits bool) {
	tab := getTable()
	same := from // orig[same:i] is waiting to be copied as it is
	flush := func(i int) { t.copyOf(same, i) }
	// The run of digits that may turn out to be read digit by digit: its start, and how far the output had come then.
	run, count, chinese, gap, runN, runSegs, runSame := -1, 0, false, 0, 0, 0, 0
	mark := func(i int) {
		if run < 0 {
			run, runN, runSegs, runSame = i, len(t.b), len(t.segs), same
		}
		count++
		gap = 0
	}
	endRun := func(i int) {
		start, digits, again := run, count, chinese && count >= minCN
		run, count, chinese, gap = -1, 0, false, 0
		if !again {
			return
		}
		t.b, t.segs = t.b[:runN], t.segs[:runSegs]
		a, z := start, i
		if digits <= longestSpoken {
			a, z = spokenPart(t.orig, start, i, tab)
		}
		t.copyOf(runSame, a)
		t.add(a, z, true)
		t.copyOf(z, i)
		same = i
	}
	for i := from; i < to; {
		if run < 0 && !digits {
			if i = tab.plain(t.orig[:to], i); i == to {
				break
			}
		}
		r, size := rune(t.orig[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(t.orig[i:to])
		}
		act, into := byte(actKeep), ""
		switch {
		case r == utf8.RuneError && size == 1:
		case r < 1<<16:
			act = tab.act[r]
		default:
			if into = normalRune(r); into == "" {
				act = actDrop
			} else if into != string(r) {
				act = actMap
			}
		}
		if act == actMap && into == "" {
			into = tab.form[tab.into[r]]
		}
		if !digits {
			switch {
			case act == actDigit:
				mark(i)
				chinese = true
			case r >= '0' && r <= '9', act == actMap && len(into) == 1 && into[0] >= '0' && into[0] <= '9':
				mark(i)
			case run >= 0 && act != actDrop:
				if gap++; gap > 2 || !(isGap(r) || act == actMap && isGap(rune(into[0]))) {
					endRun(i)
				}
			}
		}
		switch {
		case act == actDrop:
			flush(i)
			same = i + size
		case act == actMap, act == actDigit && digits:
			if act == actDigit {
				into = tab.form[tab.into[r]]
			}
			flush(i)
			t.push(seg{n: int32(len(t.b)), o: int32(i), olen: int32(size), nlen: int32(len(into))}) //nolint:gosec // MaxBytes fits
			t.b = append(t.b, into...)
			same = i + size
		}
		i += size
	}
	if run >= 0 {
		endRun(to)
	}
	flush(to)
}

// plain is where the next character stands, from i on, that is not as it is in the normal form, or begins a number.
func (t *table) plain(s string, i int) int {
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if t.act[c] != actKeep || c >= '0' && c <= '9' {
				return i
			}
			i++
			continue
		}
		if c < 0xE1 || c >= 0xED || i+2 >= len(s) || s[i+1]&0xC0 != 0x80 || s[i+2]&0xC0 != 0x80 {
			return i
		}
		if r := rune(c&0x0F)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F); t.act[r] != actKeep {
			return i
		}
		i += 3
	}
	return i
}

// copyOf appends orig[from:to] as it is.
func (t *text) copyOf(from, to int) {
	if to > from {
		t.push(seg{n: int32(len(t.b)), o: int32(from)}) //nolint:gosec // MaxBytes fits
		t.b = append(t.b, t.orig[from:to]...)
	}
}

// spokenPart is the part of a run of mixed digits that is one number. One or two Chinese digits at an end of other
// digits mostly belong to the next word (13800138000一共), unless the number is whole only with them.
func spokenPart(s string, from, to int, tab *table) (int, int) {
	type digit struct {
		at, end int
		chinese bool
	}
	var ds []digit
	other := false
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(s[i:to])
		if c := r < 1<<16 && tab.act[r] == actDigit; c || unicode.Is(unicode.Nd, r) {
			ds = append(ds, digit{i, i + size, c})
			other = other || !c
		}
		i += size
	}
	whole := func(n int) bool { return n == 11 || n == 15 || n == 16 || n == 18 || n == 19 }
	if !other || whole(len(ds)) {
		return from, to
	}
	a, z := 0, len(ds)
	for a < z && ds[a].chinese {
		a++
	}
	for z > a && ds[z-1].chinese {
		z--
	}
	if a > 2 {
		a = 0
	}
	if len(ds)-z > 2 {
		z = len(ds)
	}
	if a >= z {
		return from, to
	}
	if a == 0 {
		from = ds[0].at
	} else {
		from = ds[a].at
	}
	if z < len(ds) {
		to = ds[z-1].end
	}
	return from, to
}

func (t *text) push(s seg) {
	if k := len(t.segs); k > 0 {
		last := t.segs[k-1]
		if s.olen == 0 && last.olen == 0 && s.o-last.o == s.n-last.n {
			return
		}
		if s.olen != 0 && s.olen == last.olen && s.nlen == last.nlen && (s.n-last.n)*s.olen == (s.o-last.o)*s.nlen {
			return
		}
	}
	t.segs = append(t.segs, s)
}

// segAt is the segment that holds byte p of the normal form.
func (t *text) segAt(p int) seg {
	k := sort.Search(len(t.segs), func(i int) bool { return int(t.segs[i].n) > p })
	if k == 0 {
		return seg{}
	}
	return t.segs[k-1]
}

// span maps [start, end) of the normal form to bytes of the original text.
func (t *text) span(start, end int) (int, int) {
	if start >= end {
		return 0, 0
	}
	a, z := t.segAt(start), t.segAt(end-1)
	from := int(a.o)
	if a.olen == 0 {
		from += start - int(a.n)
	} else {
		from += (start - int(a.n)) / int(a.nlen) * int(a.olen)
	}
	to := int(z.o)
	if z.olen == 0 {
		to += end - int(z.n)
	} else {
		to += ((end-1-int(z.n))/int(z.nlen) + 1) * int(z.olen)
	}
	return from, to
}

// marks moves the end of a finding over what is drawn on its last character or not at all (keycaps, joiners).
func (t *text) marks(end int) int {
	tab := getTable()
	for end < len(t.orig) {
		r, size := utf8.DecodeRuneInString(t.orig[end:])
		if r == utf8.RuneError || r >= 1<<16 || tab.act[r] != actDrop {
			break
		}
		end += size
	}
	return end
}

// isGap tells whether a character may stand between the digits of one number.
func isGap(r rune) bool { return strings.ContainsRune(" -.·_/*~\t　•‧・", r) }
