package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// withScreening is the default policy with another screening section.
func withScreening(section string) []byte {
	text := string(defaultpolicy.Policy)
	from := strings.Index(text, "\nscreening:\n")
	to := from + 1 + strings.Index(text[from+1:], "\n\n")
	return []byte(text[:from] + "\nscreening:\n" + section + text[to:])
}

// Each fault of the section is named with its place, in both languages, and none quotes a word of the company's.
func TestScreeningDefects(t *testing.T) {
	for name, c := range map[string]struct{ section, path, code string }{
		"an unknown kind":       {"  classes: {shoe_size: general}", "screening.classes.shoe_size", "unknown_field"},
		"an unknown class":      {"  classes: {mobile: secret}", "screening.classes.mobile", "unknown_value"},
		"an unknown operator":   {"  operators: {mobile: hide}", "screening.operators.mobile", "unknown_value"},
		"a floor beyond":        {"  floors: {mobile: 102}", "screening.floors.mobile", "integer_expected"},
		"one letter":            {"  lists: [{name: a, words: [Q]}]", "screening.lists[0].words[0]", "keyword_too_short"},
		"only signs":            {"  lists: [{name: a, words: ['--..--']}]", "screening.lists[0].words[0]", "keyword_too_short"},
		"too long":              {"  lists: [{name: a, words: [" + strings.Repeat("金刚石", 40) + "]}]", "screening.lists[0].words[0]", "keyword_too_long"},
		"twice, otherwise":      {"  lists: [{name: a, words: [Project-Zirkon, ＰＲＯＪＥＣＴ　ＺＩＲＫＯＮ]}]", "screening.lists[0].words[1]", "keyword_twice"},
		"a list of what":        {"  lists: [{name: a, kind: mobile, words: [Zirkon]}]", "screening.lists[0].kind", "unknown_value"},
		"an address, no domain": {"  own_mail: [me@example.com]", "screening.own_mail[0]", "not_a_mail_domain"},
		"nothing to allow":      {"  allowed: [好]", "screening.allowed[0]", "allows_nothing"},
	} {
		_, err := Parse(withScreening(c.section))
		var fe *FileError
		if !errors.As(err, &fe) || len(fe.Defects) != 1 || fe.Defects[0].Path != c.path || fe.Defects[0].Code != c.code {
			t.Errorf("%s: %v, want %s at %s", name, err, c.code, c.path)
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			if d := fe.Defects[0].In(lang); d.Text == "" || d.Remedy == "" || strings.Contains(d.Text+d.Remedy, "irkon") || strings.Contains(d.Text+d.Remedy, "金刚石") {
				t.Errorf("%s in %s: %+v", name, lang, d)
			}
		}
	}
}

// A version screens by its own words; what differs between two versions says how many words changed and quotes none.
func TestScreeningOfAPolicy(t *testing.T) {
	parse := func(section string) *Policy {
		p, err := Parse(withScreening(section))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a := parse("  names: true\n  lists: [{name: 代号, kind: codename, words: [锆石计划]}]\n  allowed: [客服热线 400-800-1234]\n  own_mail: [own.example]\n  floors: {mobile: 101}")
	b := parse("  lists: [{name: 代号, kind: codename, class: important_strategic, words: [锆石计划, 红宝石]}]\n  classes: {mobile: general}")
	for _, c := range []struct {
		p    *Policy
		text string
		want domain.Class
	}{
		{a, "关于锆石计划", domain.ClassSensitive}, {b, "关于锆石计划", domain.ClassStrategic}, {a, "电话13800138000", domain.ClassGeneral}, {b, "电话13800138000", domain.ClassGeneral}, {a, "发到x.y@own.example", domain.ClassGeneral},
		{b, "发到x.y@own.example", domain.ClassSensitive}, {&Policy{}, "电话13800138000", domain.ClassSensitive}, {a, "联系人：张晓明", domain.ClassSensitive}, {b, "联系人：张晓明", domain.ClassGeneral},
	} {
		if r, err := c.p.Screener().Screen(c.text); err != nil || r.Class != c.want {
			t.Errorf("%q demands %s (%v), want %s", c.text, r.Class, err, c.want)
		}
	}
	said := ""
	paths := map[string]bool{}
	for _, d := range Diff(a, b) {
		paths[d.Path] = true
		said += d.What.ZH + d.Before.ZH + d.After.ZH + d.Before.EN + d.After.EN
	}
	if !paths["screening.lists"] || !paths["screening.names"] || !paths["screening.floors.mobile"] || !paths["screening.classes.mobile"] || !paths["screening.own_mail"] || !paths["screening.allowed"] {
		t.Errorf("missing: %v", paths)
	}
	if !strings.Contains(said, "1 个词") || !strings.Contains(said, "2 个词") || strings.Contains(said, "锆石") || strings.Contains(said, "红宝石") {
		t.Errorf("%q", said)
	}
	if len(Diff(a, a)) != 0 {
		t.Error("a version differs from itself")
	}
}
