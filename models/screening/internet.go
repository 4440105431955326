package screening

import (
	"bytes"
	"net/netip"
	"strings"
)

func isMailChar(b byte) bool {
	return alnum[b] != 0 || b == '.' || b == '_' || b == '-' || b == '+' || b == '%'
}

// emailAt: a local part and a domain of at least two labels around an @, also written " at " with brackets or blanks
// beside the @.
func (c *scan) emailAt(i int) {
	b := c.b
	at, width := i, 1
	if b[i] != '@' {
		if i+4 > len(b) || b[i+1]|0x20 != 'a' || b[i+2]|0x20 != 't' || b[i+3] != ')' && b[i+3] != ']' {
			return
		}
		width = 4
	}
	start, end := at, at+width
	for start > 0 && at-start < 1 && b[start-1] == ' ' {
		start--
	}
	local := start
	for start > 0 && local-start < 64 && isMailChar(b[start-1]) {
		start--
	}
	for start < local && alnum[b[start]] == 0 {
		start++
	}
	if end < len(b) && b[end] == ' ' {
		end++
	}
	domain := end
	for end < len(b) && end-domain < 253 && (alnum[b[end]] != 0 || b[end] == '.' || b[end] == '-') {
		end++
	}
	for end > domain && alnum[b[end-1]] == 0 {
		end--
	}
	dot := bytes.LastIndexByte(b[domain:end], '.')
	if start == local || dot <= 0 || end-domain-dot < 3 || alnum[b[end-1]] == 1 || bytes.Contains(b[domain:end], []byte("..")) {
		return
	}
	word, _ := c.near(start, end, aboutMail)
	score := 92
	if local != at || domain != at+width || width > 1 { // written apart: foo @ bar.com
		score = 60
	}
	why := []Reason{{Code: "form"}}
	if word != "" {
		score, why = score+10, append(why, Reason{Code: "context", Word: word})
	}
	value := strings.ToLower(string(b[start:local]) + "@" + string(b[domain:end]))
	if c.s.ownMail[value[strings.IndexByte(value, '@')+1:]] {
		return
	}
	c.add(hit2{kind: KindEmail, start: start, end: end, score: score, why: why, canon: "email:" + value})
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f'
}

// networkAt: IPv4 and IPv6 addresses of a network's inside; addresses of the world's outside count too, versions do not.
func (c *scan) networkAt(i int) {
	b := c.b
	if i > 0 && (alnum[b[i-1]] != 0 || b[i-1] == '.' && alnum[b[max(0, i-2)]] == 1) {
		return
	}
	j, dots, colons := i, 0, 0
	for j < len(b) && j-i < 46 && (isHex(b[j]) || b[j] == '.' || b[j] == ':') {
		switch b[j] {
		case '.':
			dots++
		case ':':
			colons++
		}
		j++
	}
	c.to.network = max(j, i+1)
	if dots < 3 && colons < 2 {
		return
	}
	if end, ok := c.address(i, j, dots, colons); ok {
		c.to.network = end
	} else if k := bytes.IndexByte(b[i+1:j], ':'); k >= 0 && k < 8 && dots >= 3 {
		c.to.network = i + k + 2 // db:10.0.0.1
	}
}

func (c *scan) address(i, j, dots, colons int) (int, bool) {
	b := c.b
	end := j
	if dots >= 3 && colons <= 1 { // a port may follow
		if k := bytes.IndexByte(b[i:j], ':'); k >= 0 {
			end = i + k
		}
	}
	for end > i && (b[end-1] == '.' || b[end-1] == ':' && !bytes.HasSuffix(b[i:end], []byte("::"))) {
		end--
	}
	if end < len(b) && alnum[b[end]] != 0 {
		return 0, false
	}
	a, err := netip.ParseAddr(string(b[i:end]))
	if err != nil || a.IsUnspecified() || a.IsLoopback() {
		return 0, false
	}
	if a.Is6() && colons < 3 && end-i < 8 {
		return 0, false // 1::2 is a ratio or a time more often
	}
	score, code := 60, "ip_public"
	if a.IsPrivate() || a.IsLinkLocalUnicast() {
		score, code = 85, "ip_private"
	}
	if _, other := c.near(i, end, 0); other || i > 0 && b[i-1]|0x20 == 'v' {
		score -= 40
	}
	c.add(hit2{kind: KindIP, start: i, end: end, score: score, why: []Reason{{Code: code}}, canon: "ip:" + a.String()})
	return end, true
}
