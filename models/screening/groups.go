package screening

import "math/bits"

// group is a stretch of ASCII letters and digits of the normal form: [start, end), of which digits are digits.
type group struct {
	start, end, digits int
	first              int  // its first digit, if it has one
	gap                byte // how it hangs together with the one before: 0 not at all, else the separator
}

func (g group) len() int { return g.end - g.start }

// maxNumber is the longest identifier put together from groups, in characters.
const maxNumber = 20

// joins tells which characters may separate the parts of one number, and which of them start or end a part by rule.
var joins = func() (t [256]bool) {
	for _, c := range []byte(" -._/*~\t()") {
		t[c] = true
	}
	return t
}()

var alnum = func() (t [256]byte) { // 1 digit, 2 upper case, 3 lower case
	for c := '0'; c <= '9'; c++ {
		t[c] = 1
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c], t[c+'a'-'A'] = 2, 3
	}
	return t
}()

// maxCluster bounds how many groups are looked at together; what is longer is taken in overlapping parts.
const maxCluster = 4096

// clusters collects groups that hang together by separators and asks the validators about every number in them.
type clusters struct {
	gs     []group
	flat   []byte  // the groups' characters, letters in upper case
	off    []int32 // where each group begins in flat, and where the last ends
	ends   []int32 // for each character of flat, the group that it ends, counted from the first ever; -1: none
	first  int32   // the number of gs[0] in that count
	digits int
}

// add takes the next group of the text. Words of letters alone belong to no number and end what hangs together.
func (k *clusters) add(c *scan, g group) {
	if n := len(k.gs); n > 0 {
		if g.digits == 0 && g.len() > 2 {
			k.end(c)
		} else if g.gap = between(c.b[k.gs[n-1].end:g.start]); g.gap == 0 {
			k.end(c)
		}
	}
	if g.digits == 0 && g.len() > 4 {
		return
	}
	k.digits += g.digits
	if k.digits == 0 && len(k.gs) > 4*maxNumber {
		k.keep(maxNumber) // prose: nothing to remember
	}
	if len(k.off) == 0 {
		k.off = append(k.off, 0)
	}
	k.gs = append(k.gs, g)
	if g.len() > maxNumber { // too long for any number, and its end is seen by itself
		for range maxNumber + 1 {
			k.flat, k.ends = append(k.flat, 0), append(k.ends, -1)
		}
	} else {
		for _, d := range c.b[g.start:g.end] {
			if d >= 'a' {
				d -= 'a' - 'A'
			}
			k.flat, k.ends = append(k.flat, d), append(k.ends, -1)
		}
		k.ends[len(k.ends)-1] = k.first + int32(len(k.gs)) - 1 //nolint:gosec // at most maxCluster more than the first
	}
	k.off = append(k.off, int32(len(k.flat))) //nolint:gosec // at most maxCluster times maxNumber
	if len(k.gs) == maxCluster {
		k.judge(c, maxCluster-maxNumber)
		k.keep(maxNumber)
	}
}

// keep forgets all groups but the last n.
func (k *clusters) keep(n int) {
	drop := len(k.gs) - n
	from := k.off[drop]
	k.gs = append(k.gs[:0], k.gs[drop:]...)
	k.flat = append(k.flat[:0], k.flat[from:]...)
	k.ends = append(k.ends[:0], k.ends[from:]...)
	k.first += int32(drop) //nolint:gosec // fewer groups than MaxBytes
	k.off = append(k.off[:0], k.off[drop:]...)
	for i := range k.off {
		k.off[i] -= from
	}
}

func (k *clusters) end(c *scan) {
	if k.digits > 0 {
		k.judge(c, len(k.gs))
	}
	k.gs, k.flat, k.off, k.ends, k.digits, k.first = k.gs[:0], k.flat[:0], k.off[:0], k.ends[:0], 0, 0
}

// judge looks at every number that begins with one of the first n groups.
func (k *clusters) judge(c *scan, n int) {
	for i := range n {
		g := k.gs[i]
		if g.digits > 0 {
			c.glued(g)
			c.confused(g)
		}
		if g.len() > maxNumber {
			continue
		}
		if g.digits == g.len() && g.len() >= 7 && g.len() <= 19 {
			c.plainAccount(g)
		}
		s := int(k.off[i])
		plus := g.start > 0 && c.b[g.start-1] == '+'
		for want := wanted(k.flat[s:], plus, c.topics&aboutPermit != 0); want != 0; want &= want - 1 {
			e := s + bits.TrailingZeros32(want)
			if e > len(k.flat) {
				break
			}
			if j := k.ends[e-1]; j >= 0 && (plus || plausible(k.flat[s:e], c.topics&aboutID != 0)) {
				if num := k.number(i, int(j-k.first)); num.digits >= 6 {
					c.judge(&num)
				}
			}
		}
	}
}

// plausible drops, before anything is put together, what no validator would take.
func plausible(v []byte, ids bool) bool {
	switch len(v) {
	case 8, 9, 10, 11:
		return digitsOf(v[2 : len(v)-1])
	case 15:
		return v[0] == '0' || v[0] == '8' || ids && oldResident(v) // which counts where a word speaks of it
	case 16, 17, 19:
		return digitsOf(v) && issuer(v) != "" && luhn(v)
	case 18:
		if outside, _ := uscc(v); outside || resident(v) != "" {
			return true
		}
		return digitsOf(v) && issuer(v) != "" && luhn(v)
	}
	return true
}

// number puts the groups i to j together.
func (k *clusters) number(i, j int) number {
	n := number{start: k.gs[i].start, end: k.gs[j].end}
	n.n = copy(n.v[:], k.flat[k.off[i]:k.off[j+1]])
	for p := i; p <= j; p++ {
		g := k.gs[p]
		if n.parts == 1 {
			n.seps = g.gap
		} else if n.parts > 1 && n.seps != g.gap {
			n.seps = '?'
		}
		n.split[n.parts] = byte(g.len()) //nolint:gosec // at most maxNumber
		n.parts++
		n.digits += g.digits
	}
	return n
}

// lengths are the lengths of numbers that begin in a way; bit n for n characters.
type lengths = uint32

// numericStart has the lengths of all-digit numbers by their first two digits.
var numericStart = func() (t [100]lengths) {
	for p := range t {
		a, b := p/10, p%10
		if a != 0 {
			t[p] |= 1 << 18 // resident IDs, credit codes
		}
		if provinces[p] {
			t[p] |= 1 << 15
		}
		switch {
		case a == 1 && b >= 3:
			t[p] |= 1 << 11
		case p == 86:
			t[p] |= 1 << 13
		}
		if p == 0 {
			t[p] |= 1 << 15
		}
		if a == 0 {
			t[p] |= 1<<10 | 1<<11 | 1<<12
		}
		if (a == 4 || a == 8) && b == 0 {
			t[p] |= 1 << 10
		}
		switch {
		case p == 62:
			t[p] |= 1<<16 | 1<<17 | 1<<18 | 1<<19
		case p == 95:
			t[p] |= 1 << 19
		case p == 91, a == 4, a == 5 && b >= 1 && b <= 5, a == 2 && b >= 2 && b <= 7, p == 35:
			t[p] |= 1 << 16
		}
	}
	return t
}()

// wanted has the lengths of the numbers that may begin as v does: in v's first two characters.
func wanted(v []byte, plus, permits bool) lengths {
	if len(v) < 2 {
		return 0
	}
	if v[0] >= 'A' {
		return 1<<8 | 1<<9 | 1<<10 | 1<<11 | 1<<18
	}
	m := lengths(1 << 18)
	if alnum[v[0]] == 1 && alnum[v[1]] == 1 {
		m = numericStart[int(v[0]-'0')*10+int(v[1]-'0')]
	}
	if plus {
		m |= 1<<16 - 1<<8
	}
	if permits {
		m |= 1 << 8
	}
	return m
}

// between is the separator of two groups: up to twelve characters that people put between the parts of a number, or put
// there to hide it; 0 if they do not hang together.
func between(b []byte) byte {
	if len(b) == 0 || len(b) > 12 {
		return 0
	}
	sep := byte(' ')
	for _, c := range b {
		if !joins[c] {
			return 0
		}
		if c != ' ' && sep == ' ' {
			sep = c
		}
	}
	return sep
}

// number is a candidate: the characters of one or more groups without what separates them.
type number struct {
	v          [maxNumber]byte // letters in upper case
	n, digits  int
	start, end int
	parts      int
	split      [maxNumber]byte // lengths of the parts
	seps       byte            // the separator, if all are the same; else '?'
	glued      bool            // letters touch it
}

func (c *number) val() []byte { return c.v[:c.n] }

// numeric tells whether all characters are digits.
func (c *number) numeric() bool {
	for _, d := range c.val() {
		if d < '0' || d > '9' {
			return false
		}
	}
	return true
}
