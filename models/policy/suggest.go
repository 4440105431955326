package policy

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// plainTails are the words a suggestion falls back on when neither name nor purpose gives any. Parse makes sure that
// one of them is never blocked.
var plainTails = []string{"工作沟通", "业务协作", "事务", "甲", "Team", "Work", "A", "Z", "7"}

// SuggestName turns a refused name into one that passes CheckName and whose key is not taken: it keeps the words that
// say what the group is for, drops blocked words and odd characters, fills in the department, and numbers what is taken
// (semantics 2). taken may be nil. A name that is fit and free comes back as it is.
func (p *Policy) SuggestName(name string, ctx NameContext, taken func(key string) bool) string {
	if taken == nil {
		taken = func(string) bool { return false }
	}
	fit := func(s string) bool { return len(p.CheckName(s, ctx)) == 0 }
	if s := strings.TrimSpace(head(name, maxKeyRunes)); len(s) == len(strings.TrimSpace(name)) && fit(s) && !taken(NameKey(s)) {
		return s
	}
	lead := p.lead(name, ctx)
	last := ""
	for _, tail := range p.tails(name, ctx) {
		base := lead + strings.TrimFunc(head(tail, max(p.MaxName-utf8.RuneCountInString(lead)-8, 8)), isJoint)
		if !fit(base) {
			continue
		}
		if !taken(NameKey(base)) {
			return base
		}
		for n, i := 2, 0; n < 1e6 && i < 40; n, i = next(n), i+1 {
			last = base + "-" + strconv.Itoa(n)
			if fit(last) && !taken(NameKey(last)) {
				return last
			}
		}
	}
	if last == "" {
		last = lead + plainTails[0]
	}
	return last // somebody holds every one of them; the caller's reservation decides
}

// next counts 2, 3 … 20 and then in growing strides, so that a name long in use is not tried a thousand times.
func next(n int) int {
	if n < 20 {
		return n + 1
	}
	return n + n/2
}

// lead is the fixed beginning of the suggestion: the heads of the pattern that the name follows already, else of the
// first one.
func (p *Policy) lead(name string, ctx NameContext) string {
	t := p.typeRule(ctx.Type)
	if t == nil || len(t.patterns) == 0 {
		return ""
	}
	d := departmentsOf(ctx)
	chosen, text := t.patterns[0], strings.TrimSpace(clean(name))
	for _, pat := range t.patterns {
		if _, ok := pat.match(text, d.own); ok {
			chosen = pat
			break
		}
	}
	dept := d.names[0]
	for _, n := range d.names { // a short name that the writer chose stays
		if strings.HasPrefix(NameKey(text), NameKey(n)) && utf8.RuneCountInString(n) <= maxDeptForm {
			dept = n
			break
		}
	}
	var b strings.Builder
	for _, h := range chosen.heads {
		if h == "" {
			h = dept
		}
		b.WriteString(h + "-")
	}
	return b.String()
}

// tails lists free words to try, the best first: the name's own, the purpose's, plain ones.
func (p *Policy) tails(name string, ctx NameContext) []string {
	own := p.withoutHeads(clean(name), ctx)
	out := []string{own, p.withoutBlocked(own)}
	purpose := clean(head(ctx.Purpose, maxKeyRunes))
	if i := strings.IndexFunc(purpose, func(r rune) bool { return strings.ContainsRune("，。,.;；:：、!！?？（(", r) }); i > 0 {
		purpose = purpose[:i]
	}
	purpose = p.withoutBlocked(head(purpose, 16))
	for _, s := range append(out, purpose) {
		if spoken(s) {
			out = append(out, s)
		}
	}
	return append(out[2:], plainTails...)
}

// withoutHeads strips what stands before the free words: own departments, fixed parts of any pattern, and what reads as
// another department.
func (p *Policy) withoutHeads(s string, ctx NameContext) string {
	d := departmentsOf(ctx)
	fixed := map[string]bool{}
	for _, t := range p.Types {
		for _, pat := range t.patterns {
			for _, h := range pat.heads {
				fixed[NameKey(h)] = true
			}
		}
	}
	for range 4 {
		s = strings.TrimFunc(s, isJoint)
		cut := -1
		for i, r := range s {
			if isDash(r) && (d.keys[NameKey(s[:i])] || fixed[NameKey(s[:i])] || likeDepartment(s[:i])) {
				cut = i
				break
			}
		}
		if cut < 0 {
			break
		}
		s = s[cut:]
	}
	s = strings.TrimFunc(s, isJoint)
	for _, n := range d.names { // "市场部周报" for the department 市场部
		if rest, ok := strings.CutPrefix(s, n); ok && spoken(rest) {
			return strings.TrimFunc(rest, isJoint)
		}
	}
	return s
}

// likeDepartment tells whether a word ends as departments' names do.
func likeDepartment(s string) bool {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) < 2 {
		return false
	}
	for _, end := range []string{"部", "中心", "处", "科", "室", "办", "办公室", "事业部", "公司"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// withoutBlocked takes blocked words out of a text, however they are written in it; what remains may be empty.
func (p *Policy) withoutBlocked(s string) string {
	for range 8 {
		word := p.blockedIn(s)
		if word == "" {
			break
		}
		flat := strings.ToLower(norm.NFKC.String(s))
		if cut := strings.ReplaceAll(flat, strings.ToLower(norm.NFKC.String(word)), ""); cut != flat {
			// Take it out of the text as written where that keeps the case, else of the flattened one.
			if same := strings.ReplaceAll(s, word, ""); same != s {
				cut = same
			}
			s = strings.Join(strings.Fields(cut), " ")
			continue
		}
		return "" // hidden behind look-alikes or separators: keep nothing of it
	}
	s = strings.TrimFunc(s, func(r rune) bool {
		return isJoint(r) || unicode.IsPunct(r) && !strings.ContainsRune("）)】]》」』”’", r)
	})
	return strings.ReplaceAll(s, "--", "-")
}
