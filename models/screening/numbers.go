package screening

import "strings"

// glued cuts a number out of the letters around it: tel13800138000, id11010519491231002X.
func (c *scan) glued(g group) {
	if g.digits < 10 || g.digits == g.len() || g.len() > 48 {
		return
	}
	for i := g.start; i < g.end; {
		if alnum[c.b[i]] != 1 {
			i++
			continue
		}
		j := i
		for j < g.end && alnum[c.b[j]] == 1 {
			j++
		}
		if j-i >= 10 && (i > g.start || j < g.end) {
			for _, end := range []int{j, j + 1} { // the check of an ID may be X
				if end > g.end || end > j && c.b[j]|0x20 != 'x' {
					continue
				}
				if end-i > maxNumber {
					continue
				}
				n := number{n: end - i, digits: j - i, start: i, end: end, parts: 1, glued: i > g.start || end < g.end}
				for k, d := range c.b[i:end] {
					n.v[k] = d &^ (d >> 1 & 0x20) // the X in upper case
				}
				n.split[0] = byte(n.n) //nolint:gosec // at most maxNumber
				c.judge(&n)
			}
		}
		i = j
	}
}

// confused reads O as nought and l and I as one, where a mobile number or a resident ID comes of it: 138OO138OOO.
func (c *scan) confused(g group) {
	if g.len() != 11 && g.len() != 18 || g.digits < 5 || g.digits == g.len() {
		return
	}
	n := number{n: g.len(), digits: g.len(), start: g.start, end: g.end, parts: 1}
	for i := range n.n {
		switch d := c.b[g.start+i]; {
		case d == 'O' || d == 'o':
			n.v[i] = '0'
		case d == 'l' || d == 'I' || d == 'i':
			n.v[i] = '1'
		case alnum[d] == 1:
			n.v[i] = d
		case d|0x20 == 'x' && i == 17:
			n.v[i] = 'X'
		default:
			return
		}
	}
	if n.n == 18 && resident(n.val()) != "" {
		c.eighteen(&n)
	} else if n.n == 11 && n.v[0] == '1' && inMobilePlan(n.val()) {
		c.mobile(&n)
	}
}

// judge asks the validators. The length decides which; a number may be several things, overlaps are resolved later.
func (c *scan) judge(n *number) {
	v := n.val()
	switch n.n {
	case 8, 9:
		c.hongKong(n)
		c.documents(n)
	case 10:
		if taiwanID(v) && !n.glued {
			c.document(n, KindTaiwanID, 75, aboutID, "check_mod10")
		}
		c.documents(n)
	case 11:
		if n.numeric() {
			c.mobile(n)
		}
		c.documents(n)
	case 13, 15: // with the country's code written on to it
		if code := v[:n.n-11]; n.numeric() && (string(code) == "86" || string(code) == "0086") && n.parts == 1 {
			m := *n
			copy(m.v[:], v[n.n-11:])
			m.n, m.start = 11, n.start+n.n-11
			c.mobile(&m)
		}
		if oldResident(v) {
			c.document(n, KindResidentID, 30, aboutID, "date_real")
		}
	case 18:
		c.eighteen(n)
	}
	if n.numeric() {
		if n.n >= 10 && n.n <= 12 {
			c.landline(n)
		}
		if n.n >= 16 && n.n <= 19 {
			c.bankCard(n)
		}
	}
	if n.start > 0 && c.b[n.start-1] == '+' && n.n >= 8 && n.n <= 15 && n.numeric() && n.parts <= 6 {
		c.abroad(n)
	}
}

// eighteen: resident IDs, permits and social credit codes share a length.
func (c *scan) eighteen(n *number) {
	v := n.val()
	if kind := resident(v); kind != "" {
		score := 90
		if n.glued {
			score = 70
		}
		c.document(n, kind, score, aboutID, "check_mod11_2", "date_real", "area_known")
		return
	}
	outside, inside := uscc(v)
	if !outside || n.glued || n.parts > 1 && n.digits < 9 {
		return
	}
	score, why := 60, []Reason{{Code: "check_mod31"}}
	if inside {
		score, why = 90, append(why, Reason{Code: "check_inner"})
	} else {
		why = append(why, Reason{Code: "check_inner_failed"})
	}
	if n.digits == 18 && !inside {
		score = 40 // one number in 31 passes
	}
	c.number(n, KindUSCC, score, aboutCompany, why...)
}

// hongKong: the check digit stands in brackets, or follows at once when a word nearby speaks of it.
func (c *scan) hongKong(n *number) {
	if !hkid(n.val()) || n.glued {
		return
	}
	score := 35
	if n.end < len(c.b) && c.b[n.end] == ')' && n.end-2 >= n.start && c.b[n.end-2] == '(' {
		score = 85
		n.end++
		defer func() { n.end-- }()
	} else if n.parts > 1 && c.b[n.end-2] == '(' {
		return // a bracket opened and not closed
	}
	c.document(n, KindHKID, score, aboutID, "check_mod11")
}

// documents have no check: a word nearby must speak of them.
func (c *scan) documents(n *number) {
	if n.glued || n.parts > 1 && n.seps == '?' {
		return
	}
	if passport(n.val()) {
		c.document(n, KindPassport, 30, aboutPassport, "form")
	}
	if travelPermit(n.val()) {
		c.document(n, KindTravelPermit, 30, aboutPermit, "form")
	}
}

// document adds a number whose value needs no other look.
func (c *scan) document(n *number, kind Kind, score int, about topic, checks ...string) {
	var why [3]Reason
	for i, k := range checks {
		why[i].Code = k
	}
	c.number(n, kind, score, about, why[:len(checks)]...)
}

// number adds a candidate after what stands near it and how it is written have moved its score: a word that speaks of
// it adds 45, a word that speaks of other numbers takes 40.
func (c *scan) number(n *number, kind Kind, score int, about topic, reasons ...Reason) {
	word, other := c.near(n.start, n.end, about)
	switch {
	case word != "":
		score += 45
	case other:
		score -= 40
	}
	if score < c.s.least { // most candidates end here, at no cost
		return
	}
	why := append(make([]Reason, 0, len(reasons)+2), reasons...)
	switch {
	case word != "":
		why = append(why, Reason{Code: "context", Word: word})
	case other:
		why = append(why, Reason{Code: "context_other"})
	}
	if n.parts > 1 {
		why = append(why, Reason{Code: "separators"})
	}
	c.add(hit2{kind: kind, start: n.start, end: n.end, score: score, why: why, canon: string(kind) + ":" + string(n.val())})
}

// bankCard: 16 to 19 digits with Luhn's check and an issuer.
func (c *scan) bankCard(n *number) {
	v := n.val()
	name := issuer(v)
	if name == "" || n.glued || !luhn(v) {
		return
	}
	score := 75
	if strings.HasPrefix(name, "银联") {
		score = 85
	}
	if n.parts > 1 && !evenly(n, 4) && !evenly(n, 1) {
		score -= 20
	}
	c.number(n, KindBankCard, score, aboutCard, Reason{Code: "check_luhn"}, Reason{Code: "issuer", Word: name})
}

// plainAccount: a number without a check, when the word right before it names it (账号:…).
func (c *scan) plainAccount(g group) {
	if c.topics&(aboutCard|aboutAccount) == 0 || !c.labelled(g.start, aboutCard|aboutAccount) {
		return
	}
	if v := c.b[g.start:g.end]; len(v) >= 16 && issuer(v) != "" && !luhn(v) && !c.labelled(g.start, aboutAccount) {
		return // a card's number mistyped
	}
	c.add(hit2{kind: KindAccount, start: g.start, end: g.end, score: 65, why: []Reason{{Code: "labelled"}}, canon: "account:" + string(c.b[g.start:g.end])})
}

// labelled tells whether the word right before start speaks of about, with nothing but a colon and blanks between.
func (c *scan) labelled(start int, about topic) bool {
	if c.topics&about == 0 {
		return false
	}
	i := start
	for i > 0 && start-i < 8 && (c.b[i-1] == ' ' || c.b[i-1] == ':' || c.b[i-1] == '=' || c.b[i-1] == '"' || c.b[i-1] == '\'') {
		i--
	}
	if i >= 3 && (string(c.b[i-3:i]) == "是" || string(c.b[i-3:i]) == "为") {
		i -= 3
	}
	h, ok := c.ctxEnding(i)
	return ok && h.about&about != 0
}

// evenly tells whether all parts but the last have n characters.
func evenly(c *number, n byte) bool {
	for _, p := range c.split[:c.parts-1] {
		if p != n {
			return false
		}
	}
	return c.split[c.parts-1] <= n
}
