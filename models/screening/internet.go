package screening

import (
	"bytes"
	"net/netip"
	"strings"
)

func isMailChar(b byte) bool {
	return alnum[b] != 0 || b == '.' || b == '_' || b == '-' || b == '+' || b == '%'
}

// emails: a local part and a domain of at least two labels around an @, also written " at " with brackets or blanks
// beside the @.
func (c *scan) emails() {
	b := c.b
	for i := 0; i < len(b); i++ {
		at, width := i, 1
		switch {
		case b[i] == '@':
		case b[i] == '(' || b[i] == '[':
			if i+4 > len(b) || !strings.EqualFold(string(b[i+1:i+3]), "at") || b[i+3] != ')' && b[i+3] != ']' {
				continue
			}
			width = 4
		default:
			continue
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
			continue
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
			continue
		}
		c.add(hit2{kind: KindEmail, start: start, end: end, score: score, why: why, canon: "email:" + value})
	}
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f'
}

// network: IPv4 and IPv6 addresses of a network's inside; addresses of the world's outside count too, versions do not.
func (c *scan) network() {
	b := c.b
	for i := 0; i < len(b); {
		if !isHex(b[i]) && (b[i] != ':' || i+1 >= len(b) || b[i+1] != ':') || i > 0 && (alnum[b[i-1]] != 0 || b[i-1] == '.' && alnum[b[max(0, i-2)]] == 1) {
			i++
			continue
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
		if dots < 3 && colons < 2 {
			i = max(j, i+1)
			continue
		}
		if end, ok := c.address(i, j, dots, colons); ok {
			i = end
		} else if k := bytes.IndexByte(b[i+1:j], ':'); k >= 0 {
			i += k + 2 // db:10.0.0.1
		} else {
			i = max(j, i+1)
		}
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
