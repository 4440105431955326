package web

import (
	"regexp"
	"strings"
	"unicode"
)

// mdBlock is one block of a course's material. The texts are plain: pages escape them like any other.
type mdBlock struct {
	Kind  string // h2, h3, p, ul, ol, quote
	ID    string // of a heading
	Items []string
}

var mdNumber = regexp.MustCompile(`^\d{1,3}[.)] +`)

// markdown reads what a course's material is written in: headings of two levels, paragraphs, lists, numbered lists, quotes,
// and **strong** words inside. Anything else is text as it stands; no HTML comes through.
func markdown(text string) []mdBlock {
	var out []mdBlock
	add := func(kind, line string, fresh bool) {
		if n := len(out); !fresh && n > 0 && out[n-1].Kind == kind {
			last := &out[n-1].Items[len(out[n-1].Items)-1]
			*last = joined(*last, line)
			return
		}
		out = append(out, mdBlock{Kind: kind, Items: []string{line}})
	}
	item := func(kind, line string) {
		if n := len(out); n > 0 && out[n-1].Kind == kind {
			out[n-1].Items = append(out[n-1].Items, line)
			return
		}
		add(kind, line, true)
	}
	open := "" // the kind of block that the next line may continue
	for _, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		s := strings.TrimSpace(line)
		switch {
		case s == "":
			open = ""
			continue
		case strings.HasPrefix(s, "### "):
			add("h3", s[4:], true)
			open = ""
		case strings.HasPrefix(s, "## "), strings.HasPrefix(s, "# "):
			add("h2", strings.TrimLeft(s, "# "), true)
			open = ""
		case strings.HasPrefix(s, "- "):
			item("ul", s[2:])
			open = "ul"
		case mdNumber.MatchString(s):
			item("ol", mdNumber.ReplaceAllString(s, ""))
			open = "ol"
		case strings.HasPrefix(s, "> "):
			add("quote", s[2:], open != "quote")
			open = "quote"
		case open == "ul" || open == "ol":
			add(open, s, false)
		default:
			add("p", s, open != "p")
			open = "p"
		}
	}
	n := 0
	for i := range out {
		if out[i].Kind == "h2" {
			n++
			out[i].ID = "part-" + string(rune('a'+min(n-1, 25)))
		}
	}
	return out
}

// joined puts two lines of a paragraph together: Chinese takes no space between them.
func joined(a, b string) string {
	wide := func(r rune) bool {
		return unicode.Is(unicode.Han, r) || strings.ContainsRune("，。、；：？！“”‘’（）《》…—", r)
	}
	ar, br := []rune(a), []rune(b)
	if len(ar) == 0 || len(br) == 0 || wide(ar[len(ar)-1]) || wide(br[0]) {
		return a + b
	}
	return a + " " + b
}

// mdSpan is a run of text, strong or not.
type mdSpan struct {
	Text   string
	Strong bool
}

// spans cuts a text at its **strong** words; a mark without its partner stays as it is.
func spans(s string) []mdSpan {
	parts := strings.Split(s, "**")
	if len(parts)%2 == 0 { // one mark is alone
		n := len(parts)
		parts = append(parts[:n-2], parts[n-2]+"**"+parts[n-1])
	}
	var out []mdSpan
	for i, p := range parts {
		if p != "" {
			out = append(out, mdSpan{Text: p, Strong: i%2 == 1})
		}
	}
	return out
}
