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
	c.keys()
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

func (c *scan) keys() {
	b := c.b
	for i := 0; i < len(b); {
		if alnum[b[i]] < 2 {
			i++
			continue
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
		i = j
	}
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
		i := h.end
		marked := false
		for i < len(c.b) && i-h.end < 6 && (c.b[i] == ' ' || c.b[i] == ':' || c.b[i] == '=' || c.b[i] == '#' || c.b[i] == '(' || c.b[i] == '[') {
			marked = marked || c.b[i] != ' '
			i++
		}
		for _, w := range []string{"是", "为"} {
			if bytes.HasPrefix(c.b[i:], []byte(w)) {
				i += len(w)
				marked = true
			}
		}
		j := i
		for j < len(c.b) && j-i < 40 && (alnum[c.b[j]] != 0 || c.b[j] == '-' || c.b[j] == '_' || c.b[j] == '/') {
			j++
		}
		for j > i && alnum[c.b[j-1]] == 0 {
			j--
		}
		word := string(c.b[h.start:h.end])
		if j-i < 5 || digitsIn(c.b[i:j]) < 3 || word == "合同" && !marked {
			continue
		}
		c.add(hit2{kind: KindContract, start: i, end: j, score: 80, why: []Reason{{Code: "context", Word: word}}, canon: "contract:" + strings.ToUpper(string(c.b[i:j]))})
	}
}
