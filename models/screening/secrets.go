package screening

import (
	"bytes"
	"strings"
)

// keyForms are the beginnings of keys that their issuers mark, and how many characters follow at least.
var keyForms = []struct {
	prefix string
	rest   int
}{
	{"AKIA", 16}, {"ASIA", 16}, {"LTAI", 12}, {"AKID", 13}, {"ghp_", 30}, {"gho_", 30}, {"github_pat_", 30}, {"glpat-", 16},
	{"xoxb-", 20}, {"xoxp-", 20}, {"sk-", 20}, {"sk_live_", 16}, {"AIza", 30}, {"eyJ", 40},
}

// maxSecret bounds a secret's length: what is longer is cut into pieces of this length.
const maxSecret = 8 << 10

func isSecretChar(b byte) bool {
	return b > ' ' && b < 0x7f && b != ',' && b != ';' && b != '"' && b != '\'' && b != '<' && b != '>' && b != '`'
}

// secrets: private keys in PEM, keys in known forms, and whatever is written behind a word such as password.
func (c *scan) secrets() {
	c.pem()
	for _, h := range c.ctx {
		if h.about&aboutSecret != 0 {
			c.password(h)
		}
	}
}

func (c *scan) pem() {
	const begin = "-----BEGIN "
	for from := 0; ; {
		i := bytes.Index(c.b[from:], []byte(begin))
		if i < 0 {
			return
		}
		i += from
		from = i + len(begin)
		head := c.b[i:min(len(c.b), i+80)]
		if !bytes.Contains(head, []byte("PRIVATE KEY")) {
			continue
		}
		end := min(len(c.b), i+maxSecret)
		if k := bytes.Index(c.b[i+20:end], []byte("-----END")); k >= 0 {
			end = i + 20 + k
			if k = bytes.IndexByte(c.b[end:min(len(c.b), end+80)], '\n'); k >= 0 {
				end += k
			} else {
				end = min(len(c.b), end+40)
			}
		}
		for end < len(c.b) && c.b[end]&0xC0 == 0x80 {
			end++
		}
		from = end
		c.add(hit2{kind: KindSecret, start: i, end: end, score: 99, why: []Reason{{Code: "key_pem"}}})
	}
}

// keyAt: keys in the forms their issuers mark.
func (c *scan) keyAt(i int) {
	b := c.b
	for alnum[b[i]] < 2 {
		i++
	}
	j := i
	for j < len(b) && j-i < maxSecret && (alnum[b[j]] != 0 || b[j] == '_' || b[j] == '-' || b[j] == '.') {
		j++
	}
	for _, k := range keyForms {
		if j-i >= len(k.prefix)+k.rest && string(b[i:i+len(k.prefix)]) == k.prefix && digitsIn(b[i:j]) > 0 {
			c.add(hit2{kind: KindSecret, start: i, end: j, score: 90, why: []Reason{{Code: "key_form", Word: k.prefix}}, canon: "secret:" + string(b[i:j])})
			break
		}
	}
	c.to.key = j
}

func digitsIn(b []byte) (n int) {
	for _, c := range b {
		if alnum[c] == 1 {
			n++
		}
	}
	return n
}

// password: 密码:…, 密码是…, password=…: what follows up to a blank.
func (c *scan) password(h hit) {
	i := h.end
	marked := false
	for i < len(c.b) && i-h.end < 9 {
		if c.b[i] == ':' || c.b[i] == '=' {
			marked = true
		} else if bytes.HasPrefix(c.b[i:], []byte("是")) || bytes.HasPrefix(c.b[i:], []byte("为")) {
			marked = true
			i += 2
		} else if c.b[i] != ' ' && c.b[i] != '"' && c.b[i] != '\'' {
			break
		}
		i++
	}
	j := i
	for j < len(c.b) && j-i < 256 && isSecretChar(c.b[j]) {
		j++
	}
	for j > i && (c.b[j-1] == '.' || c.b[j-1] == ')' || c.b[j-1] == ']') {
		j--
	}
	value := c.b[i:j]
	if !marked || len(value) < 4 || strings.Trim(string(value), "*.xX-_") == "" || value[0] == '(' || value[0] == '$' || value[0] == '{' {
		return
	}
	word := string(c.b[h.start:h.end])
	score := 80
	if digitsIn(value) == 0 && len(value) < 8 {
		score = 55
	}
	c.add(hit2{kind: KindSecret, start: i, end: j, score: score, why: []Reason{{Code: "context", Word: word}}, canon: "secret:" + string(value)})
}

// contracts: a number with letters, dashes and digits behind a word such as 合同编号.
func (c *scan) contracts() {
	for _, h := range c.ctx {
		if h.about&aboutContract == 0 {
			continue
		}
		i, marked := c.behind(h.end, 6)
		j := i
		for j < len(c.b) && j-i < 40 {
			a := c.b[j]
			if alnum[a] != 0 || a == '-' || a == '_' || a == '/' || a == '.' && j > i {
				j++
			} else if w := prefixAny(c.b[j:], yearBrackets); w != "" { // 〔2024〕
				j += len(w)
			} else {
				break
			}
		}
		for j > i && alnum[c.b[j-1]] == 0 {
			j--
		}
		word := c.s.builtin.words[h.word]
		if j-i < 5 || digitsIn(c.b[i:j]) < 3 || word == "合同" && !marked {
			continue
		}
		if end := j + len("号"); bytes.HasPrefix(c.b[j:], []byte("号")) && bytes.ContainsAny(c.b[i:j], "〔]") {
			j = end
		}
		c.add(hit2{kind: KindContract, start: i, end: j, score: 80, why: []Reason{{Code: "context", Word: word}}, canon: "contract:" + strings.ToUpper(string(c.b[i:j]))})
	}
}

var yearBrackets = []string{"〔", "〕", "[", "]"}

// behind is where what a label speaks of begins: blanks, colons, brackets and 是 or 为 lie between; marked tells that more
// than blanks do.
func (c *scan) behind(i, most int) (int, bool) {
	marked := false
	for from := i; i < len(c.b) && i-from < most; i++ {
		a := c.b[i]
		if a != ' ' && a != ':' && a != '=' && a != '#' && a != '(' && a != '[' && (a != '.' || i > from) {
			break
		}
		marked = marked || a != ' '
	}
	for _, w := range []string{"是", "为"} {
		if bytes.HasPrefix(c.b[i:], []byte(w)) {
			return i + len(w), true
		}
	}
	return i, marked
}

// accounts: names of accounts with letters behind a word such as 微信号.
func (c *scan) accounts() {
	for _, h := range c.ctx {
		if h.about&aboutAccount == 0 {
			continue
		}
		i, marked := c.behind(h.end, 6)
		j, letters := i, 0
		for j < len(c.b) && j-i < 40 && (alnum[c.b[j]] != 0 || c.b[j] == '-' || c.b[j] == '_') {
			if alnum[c.b[j]] > 1 {
				letters++
			}
			j++
		}
		if v := c.b[i:j]; len(v) < 6 || letters == 0 || alnum[v[0]] == 0 || j < len(c.b) && (c.b[j] == '@' || c.b[j] == '.') {
			continue // digits alone are asked for elsewhere
		}
		word := c.s.builtin.words[h.word]
		score := 70
		if letters == j-i { // no digit, dash or line: it may be a word
			if score = 52; !marked && !bytes.HasSuffix([]byte(word), []byte("号")) && han(c.b[:h.end]) && h.end != i {
				score = 40
			}
		}
		c.add(hit2{kind: KindAccount, start: i, end: j, score: score, why: []Reason{{Code: "labelled"}}, canon: "account:" + string(c.b[i:j])})
	}
}
