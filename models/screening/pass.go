package screening

import "unicode/utf8"

// What a character of the basic plane may begin; bits of marksOf.
const (
	markSurname = 1 << iota
	markPlate
	markFigure
	markNotGiven
	markStop     // never stands in an address
	markArea     // the last character of an area's or a street's name
	markCompound // begins a compound surname
)

// marksOf tells for each character of the basic plane what it may begin or end, so that most of a text is looked at once.
var marksOf = func() *[1 << 16]byte {
	t := new([1 << 16]byte)
	for bit, chars := range map[byte]string{markSurname: surnames, markPlate: plateProvinces, markFigure: cnFigure, markNotGiven: notGiven, markStop: addressStops} {
		for _, r := range chars {
			t[r] |= bit
		}
	}
	for _, w := range compounds {
		r, _ := utf8.DecodeRuneInString(w)
		t[r] |= markCompound
	}
	for _, w := range append(areaMarks[:len(areaMarks):len(areaMarks)], roadMarks...) {
		r, _ := utf8.DecodeLastRuneInString(w)
		t[r] |= markArea
	}
	return t
}()

// marked tells whether the character at b[i] has a mark, and its size.
func marked(b []byte, i int, mark byte) (bool, int) {
	r, n := runeAt(b, i)
	return r < 1<<16 && marksOf[r]&mark != 0, n
}

// pass reads the normal form once and asks each recogniser only where something begins that it might want: digits,
// letters, a province's character, an @. Each remembers how far it has read, so that no byte is read more often than
// there are recognisers.
func (c *scan) pass() {
	b := c.b
	var k clusters
	c.to.area = -1000
	for i := 0; i < len(b) && len(c.out) < 4*MaxFindings; { // beyond, nothing is kept, and the text cannot be posted
		switch a := b[i]; {
		case a >= 0x80:
			r, n := runeAt(b, i)
			if r < 1<<16 {
				if m := marksOf[r]; m&(markPlate|markFigure|markArea) != 0 {
					if m&markArea != 0 {
						c.to.area = i
					}
					if m&markPlate != 0 {
						c.plate(i)
					}
					if m&markFigure != 0 && i >= c.to.spelled {
						c.spelled(i)
					}
				}
			}
			i += n
		case alnum[a] != 0:
			g := group{start: i, first: -1}
			for i < len(b) && alnum[b[i]] != 0 {
				if alnum[b[i]] == 1 {
					if g.digits == 0 {
						g.first = i
					}
					g.digits++
				}
				i++
			}
			g.end = i
			k.add(c, g)
			if g.digits > 0 {
				if g.first == g.start && g.start >= c.to.amount {
					c.amountAt(g.start)
				}
				if g.first >= c.to.address {
					c.addressAt(g.first)
				}
			}
			if g.digits < g.len() && g.start >= c.to.key {
				c.keyAt(g.start)
			}
			if g.start >= c.to.network && isHex(a) {
				c.networkAt(g.start)
			}
		case a == '@' || a == '(' || a == '[':
			c.emailAt(i)
			i++
		case a == ':' && i+1 < len(b) && b[i+1] == ':' && i >= c.to.network:
			c.networkAt(i)
			i++
		default:
			i++
		}
	}
	k.end(c)
	c.full = c.full || len(c.out) >= 4*MaxFindings
}

// reach is how far each recogniser has read.
type reach struct{ amount, address, house, key, network, spelled, area int }

func prefixAny(b []byte, words []string) string {
	for _, w := range words {
		if len(b) >= len(w) && b[0] == w[0] && string(b[:len(w)]) == w {
			return w
		}
	}
	return ""
}

func suffixAny(b []byte, words []string) string {
	for _, w := range words {
		if len(b) >= len(w) && b[len(b)-1] == w[len(w)-1] && string(b[len(b)-len(w):]) == w {
			return w
		}
	}
	return ""
}

// lead are the bytes that words begin with, and trail those that they end with.
func lead(words []string) (t [256]bool) {
	for _, w := range words {
		t[w[0]] = true
	}
	return t
}

func trail(words []string) (t [256]bool) {
	for _, w := range words {
		t[w[len(w)-1]] = true
	}
	return t
}
