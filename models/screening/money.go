package screening

import "bytes"

// unitsAfter follow a figure, unitsBefore precede it.
var (
	unitsAfter  = []string{"亿美元", "万美元", "亿人民币", "万人民币", "亿元", "万元", "千元", "百万", "美元", "美金", "港币", "港元", "欧元", "日元", "英镑", "人民币", "元整", "元", "块钱", "块", "万", "亿", "RMB", "rmb", "USD", "CNY", "k", "K", "w", "W"}
	unitsBefore = []string{"人民币", "RMB", "rmb", "CNY", "USD", "US$", "HK$", "¥", "$", "€", "£"}
	cnFigure    = "零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟点"
)

var (
	unitLead  = lead(unitsAfter)
	unitTrail = trail(unitsBefore)
)

// amountAt: a figure with a unit of money, or a share of something that accounts speak of. A word must say what for.
func (c *scan) amountAt(i int) {
	b := c.b
	j := i
	for j < len(b) && (alnum[b[j]] == 1 || b[j] == '.' && j+1 < len(b) && alnum[b[j+1]] == 1 || b[j] == ',' && thousands(b[j+1:]) && grouped(b[i:j])) {
		j++
	}
	if j-i <= 24 && (i == 0 || alnum[b[i-1]] == 0) {
		c.amount(i, j)
	}
	c.to.amount = j
}

// thousands tells whether three digits and no more follow a comma, grouped whether what stands before it is in such groups.
func thousands(b []byte) bool {
	return len(b) >= 3 && digitsOf(b[:3]) && (len(b) == 3 || alnum[b[3]] != 1)
}

func grouped(b []byte) bool {
	k := bytes.LastIndexByte(b, ',')
	return len(b)-k-1 <= 3 && (k < 0 || len(b)-k-1 == 3)
}

func (c *scan) amount(i, j int) {
	b := c.b
	start, end := i, j
	k := i
	if k > 0 && b[k-1] == ' ' {
		k--
	}
	if k > 0 && unitTrail[b[k-1]] {
		if u := suffixAny(b[:k], unitsBefore); u != "" {
			start = k - len(u)
		}
	}
	k = j
	if k < len(b) && b[k] == ' ' {
		k++
	}
	percent := k < len(b) && b[k] == '%'
	if percent {
		end = k + 1
	}
	weak := false
	for _, u := range unitsAfter {
		if k >= len(b) || !unitLead[b[k]] {
			break
		}
		if b[k] == u[0] && bytes.HasPrefix(b[k:], []byte(u)) && (u[0] >= 0x80 || k+len(u) >= len(b) || alnum[b[k+len(u)]] == 0) {
			end = k + len(u)
			weak = len(u) == 1 || u == "万" || u == "块" || u == "亿" || u == "百万"
			break
		}
	}
	if start == i && end == j {
		return
	}
	c.money(start, end, weak, percent)
}

func (c *scan) money(start, end int, weak, percent bool) {
	kind := KindFinancial
	word, _ := c.near(start, end, aboutFinance)
	if word == "" && !percent {
		kind = KindAmount
		word, _ = c.near(start, end, aboutMoney|aboutContract)
	}
	switch {
	case word != "":
		c.add(hit2{kind: kind, start: start, end: end, score: 80, why: []Reason{{Code: "unit"}, {Code: "context", Word: word}}})
	case !weak && !percent && c.wide(start, end, aboutMoney) != "":
		c.add(hit2{kind: KindAmount, start: start, end: end, score: 55, why: []Reason{{Code: "unit"}, {Code: "context", Word: c.wide(start, end, aboutMoney)}}})
	case !weak && !percent:
		c.add(hit2{kind: KindAmount, start: start, end: end, score: 35, why: []Reason{{Code: "unit"}}})
	}
}

var unitsSpelled = []string{"元整", "圆整", "元", "圆", "美元", "块"}

// spelled: amounts in Chinese numerals, at least two characters before the unit.
func (c *scan) spelled(i int) {
	b := c.b
	j := i
	for j < len(b) && j-i < 90 {
		yes, n := marked(b, j, markFigure)
		if !yes {
			break
		}
		j += n
	}
	if j-i >= 6 && j < len(b) {
		if u := prefixAny(b[j:], unitsSpelled); u != "" {
			j += len(u)
			c.money(i, j, u == "块", false)
		}
	}
	c.to.spelled = j
}
