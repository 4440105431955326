package screening

import "strings"

// group is a stretch of ASCII letters and digits of the normal form: [start, end), of which digits are digits.
type group struct {
	start, end, digits int
	gap                byte // how it hangs together with the one before: 0 not at all, else the separator
	wide               bool // more than one character lies between
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

// clusters calls f with groups that hang together by separators, in order; f need not start a number before group from.
func clusters(b []byte, f func(gs []group, from int)) {
	gs := make([]group, 0, 64)
	from, digits := 0, 0
	end := func() {
		if digits > 0 {
			f(gs, from)
		}
		gs, from, digits = gs[:0], 0, 0
	}
	for i := 0; i < len(b); {
		if alnum[b[i]] == 0 {
			i++
			continue
		}
		g := group{start: i}
		for i < len(b) && alnum[b[i]] != 0 {
			if alnum[b[i]] == 1 {
				g.digits++
			}
			i++
		}
		g.end = i
		if len(gs) > 0 {
			if g.gap, g.wide = between(b[gs[len(gs)-1].end:g.start]); g.gap == 0 {
				end()
			}
		}
		if digits += g.digits; g.digits == 0 && digits == 0 && len(gs) > maxNumber {
			gs = append(gs[:0], gs[len(gs)-maxNumber:]...) // prose: nothing to remember
		}
		gs = append(gs, g)
		if len(gs) == maxCluster {
			f(gs, from)
			gs = append(gs[:0], gs[len(gs)-maxNumber:]...)
			from = 0 // those kept are tried again with what follows; doubles fall out as overlaps
		}
	}
	end()
}

// between is the separator of two groups: at most three characters, such as " - " or ") ", or up to twelve of one.
func between(b []byte) (byte, bool) {
	if len(b) == 2 && b[0] == 0xC2 && b[1] == 0xB7 { // ·
		return '.', false
	}
	if len(b) == 3 && (string(b) == "•" || string(b) == "‧" || string(b) == "・") {
		return '.', false
	}
	if len(b) > 3 && len(b) <= 12 && (b[0] == ' ' || b[0] == '-' || b[0] == '.' || b[0] == '_') && strings.Count(string(b), string(b[:1])) == len(b) {
		return b[0], true // drawn out, to hide the number
	}
	if len(b) == 0 || len(b) > 3 {
		return 0, false
	}
	sep := byte(' ')
	for _, c := range b {
		if !joins[c] {
			return 0, false
		}
		if c != ' ' {
			sep = c
		}
	}
	return sep, len(b) > 1
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

func (c *number) push(b []byte, g group) bool {
	if c.n+g.len() > maxNumber {
		return false
	}
	for i := g.start; i < g.end; i++ {
		d := b[i]
		if d >= 'a' {
			d -= 'a' - 'A'
		}
		c.v[c.n] = d
		c.n++
	}
	if c.parts == 0 {
		c.start = g.start
	} else if c.parts == 1 {
		c.seps = g.gap
	} else if c.seps != g.gap {
		c.seps = '?'
	}
	c.split[c.parts] = byte(g.len()) //nolint:gosec // at most maxNumber
	c.parts++
	c.digits += g.digits
	c.end = g.end
	return true
}
