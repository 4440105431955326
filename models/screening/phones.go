package screening

import (
	"strings"
	"sync/atomic"

	"github.com/nyaruka/phonenumbers"
)

// mobilePlan remembers, for the first five digits of a mobile number, whether the numbering plan has them: 0 not asked,
// 1 yes, 2 no. What it holds follows from the plan alone.
var mobilePlan [100_000]atomic.Uint32

// inMobilePlan tells whether the plan of mainland China knows an 11-digit mobile number.
func inMobilePlan(v []byte) bool {
	p := &mobilePlan[atoi(v[:5])]
	if p.Load() == 0 {
		verdict := uint32(2)
		if num, err := phonenumbers.Parse(string(v), "CN"); err == nil && phonenumbers.IsValidNumberForRegion(num, "CN") {
			if t := phonenumbers.GetNumberType(num); t == phonenumbers.MOBILE || t == phonenumbers.FIXED_LINE_OR_MOBILE {
				verdict = 1
			}
		}
		p.Store(verdict)
	}
	return p.Load() == 1
}

// mobile: 1, 3-9 and nine digits, by the numbering plan; others of the form score low and are kept.
func (c *scan) mobile(n *number) {
	v := n.val()
	if v[0] != '1' || v[1] < '3' {
		return
	}
	score, why := 85, Reason{Code: "prefix_known"}
	if !inMobilePlan(v) {
		score, why = 55, Reason{Code: "prefix_unknown"}
	}
	if n.glued {
		score -= 40
		if c.gluedTo(n.start, "tel", "phone", "mobile", "sj", "dh", "cell", "call", "vx", "wx") {
			score += 40
		}
	}
	if n.parts > 1 && !phoneShape(n) {
		score -= 15
		if looksLikeDate(n) || looksLikeIP(n) {
			return // a day, a network address
		}
	}
	start := n.start
	defer func() { n.start = start }() // the candidate goes on growing
	c.withCode(n)
	c.number(n, KindMobile, score, aboutPhone, why)
}

// withCode takes a country's code before the number into the finding: +86, 0086, (86). The value stays the number.
func (c *scan) withCode(n *number) {
	i := n.start
	for i > 0 && n.start-i < 2 && (c.b[i-1] == ' ' || c.b[i-1] == '-' || c.b[i-1] == ')') {
		i--
	}
	for _, code := range []string{"+86", "(+86", "0086", "(86", "86"} {
		if at := i - len(code); at >= 0 && string(c.b[at:i]) == code && (at == 0 || alnum[c.b[at-1]] == 0) {
			n.start = at
			return
		}
	}
}

func (c *scan) gluedTo(start int, words ...string) bool {
	before := strings.ToLower(string(c.b[max(0, start-8):start]))
	for _, w := range words {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// phoneShape tells whether parts are as people write them: 138 0013 8000, 1380-013-8000, 138-001-38000, one by one.
func phoneShape(n *number) bool {
	switch string(n.split[:n.parts]) {
	case "\x03\x04\x04", "\x04\x04\x03", "\x04\x03\x04", "\x03\x03\x05", "\x03\x08", "\x07\x04", "\x03\x02\x03\x03", "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01":
		return true
	}
	return false
}

// looksLikeIP tells whether four parts by dots are an address of a network.
func looksLikeIP(n *number) bool {
	if n.parts != 4 || n.seps != '.' {
		return false
	}
	at := 0
	for _, size := range n.split[:4] {
		if size > 3 || atoi(n.v[at:at+int(size)]) > 255 {
			return false
		}
		at += int(size)
	}
	return true
}

// looksLikeDate tells whether parts hold a day that exists, with something else behind or before it.
func looksLikeDate(n *number) bool {
	at := 0
	for i := 0; i+2 < n.parts; i++ {
		if n.split[i] == 4 && n.split[i+1] <= 2 && n.split[i+2] <= 2 {
			y, m, d := at+4, at+4+int(n.split[i+1]), at+4+int(n.split[i+1])+int(n.split[i+2])
			if realDate(atoi(n.v[at:y]), atoi(n.v[y:m]), atoi(n.v[m:d])) && n.seps == '?' {
				return true // and written otherwise than what follows
			}
		}
		at += int(n.split[i])
	}
	return false
}

// landline: area code and number by the numbering plan, 400 and 800 numbers. Without separators a word must speak of it.
func (c *scan) landline(n *number) {
	v := n.val()
	service := n.n == 10 && (v[0] == '4' || v[0] == '8') && v[1] == '0' && v[2] == '0'
	if n.glued || v[0] != '0' && !service {
		return
	}
	score := 40
	if n.parts > 1 {
		switch first := int(n.split[0]); {
		case service && first == 3 && n.parts <= 3, first >= 3 && first <= 4 && n.parts == 2 && v[0] == '0',
			first >= 3 && first <= 4 && n.parts == 3 && n.split[1] >= 3 && v[0] == '0':
			score = 75
		default:
			score = 30
		}
	}
	if word, _ := c.near(n.start, n.end, aboutPhone); word == "" && score < 50 {
		return
	}
	if !service && !c.plan(string(v), "CN") {
		return
	}
	if n.start > 0 && c.b[n.start-1] == '(' && strings.Contains(string(c.b[n.start:n.end]), ")") {
		n.start--
		defer func() { n.start++ }()
	}
	c.number(n, KindLandline, score, aboutPhone, Reason{Code: "prefix_known"})
}

// plan asks the world's numbering plans, a bounded number of times in a screening.
func (c *scan) plan(number, region string) bool {
	if c.slow--; c.slow < 0 {
		c.full = true
		return false
	}
	num, err := phonenumbers.Parse(number, region)
	return err == nil && phonenumbers.IsValidNumber(num)
}

// abroad: + and a country's code.
func (c *scan) abroad(n *number) {
	v := string(n.val())
	if strings.HasPrefix(v, "86") && len(v) > 11 {
		return // found as the national number it is
	}
	if c.plan("+"+v, "ZZ") {
		n.start--
		c.number(n, KindForeignPhone, 80, aboutPhone, Reason{Code: "prefix_known"})
		n.start++
	}
}
