package policy

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

func codes(faults []domain.Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.Code)
	}
	return strings.Join(out, " ")
}

func TestNameKeyMergesWhatReadersTakeForTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"市场部-周报", "市场部－周报", "市场部 — 周报", "市场部--周报", " 市场部-周报 ", "市场部_周报", "市场部 -周\u200b报", "市场部-周\u202e报"},
		{"市场部周报", "市场部 周报", "市场部　周报"},
		{"项目-ABC", "项目-abc", "项目-ＡＢＣ", "项目-АВС" /* Cyrillic */, "项目-𝐀𝐁𝐂", "项目-ΑΒϹ" /* Greek */},
		{"项目-O1", "项目-01", "项目-Ol", "项目-OI", "项目-о1", "项目-o|", "项目-०१"},
		{"项目-II", "项目-Ⅱ", "项目-11", "项目-ll"},
		{"项目-3期", "项目-３期", "项目-З期", "项目-③期"},
		{"民生", "⺠生", "⺠⽣"},
		{"力量", "カ量"},
		{"modern", "rnodern"},
		{"é群", "e\u0301群"},
		{"豈有", "\uf900有"},
	} {
		for _, s := range same[1:] {
			if NameKey(s) != NameKey(same[0]) {
				t.Errorf("%q (%+q) and %q (%+q) must share a key", same[0], NameKey(same[0]), s, NameKey(s))
			}
		}
	}
	for _, apart := range [][2]string{
		{"市场部-周报", "市场部-日报"}, {"项目-A2", "项目-A3"}, {"市场部周报", "市场部-周报"}, {"a b", "ab"}, {"项目-一期", "项目-二期"},
	} {
		if NameKey(apart[0]) == NameKey(apart[1]) {
			t.Errorf("%q and %q must not share the key %q", apart[0], apart[1], NameKey(apart[0]))
		}
	}
}

func TestCheckName(t *testing.T) {
	p := defaults(t)
	market := []string{"市场部", "Marketing", "市场"}
	both := []string{"市场部", "研发部"}
	for _, tc := range []struct {
		typ   domain.GroupType
		depts []string
		name  string
		want  string
	}{
		{domain.TypeDepartment, market, "市场部-周报", ""},
		{domain.TypeDepartment, market, "市场-周报", ""},
		{domain.TypeDepartment, market, "marketing - weekly report", ""},
		{domain.TypeDepartment, market, "市场部－周报（第Ⅱ期）", ""},
		{domain.TypeDepartment, market, "市场部-抗击COVID-19", ""},
		{domain.TypeDepartment, market, "", "required"},
		{domain.TypeDepartment, market, " \t　", "required"},
		{domain.TypeDepartment, market, "市场部-", "pattern_mismatch"},
		{domain.TypeDepartment, market, "市场部-——", "pattern_mismatch"},
		{domain.TypeDepartment, market, "周报", "pattern_mismatch"},
		{domain.TypeDepartment, market, "研发部-周报", "not_own_department"},
		{domain.TypeDepartment, market, "市场部-\xff\xfe", "broken_utf8"},
		{domain.TypeDepartment, market, "市场部-周\u202e报", "hidden_character"},
		{domain.TypeDepartment, market, "市场部-周\u200b报", "hidden_character"},
		{domain.TypeDepartment, market, "市场部-周\n报", "hidden_character"},
		{domain.TypeDepartment, market, "市场部-周\x00报", "hidden_character"},
		{domain.TypeDepartment, market, "市场部-Z\u0335\u0336\u0337", "hidden_character"},
		{domain.TypeDepartment, market, "市场部-🎉庆典", "emoji_not_allowed"},
		{domain.TypeDepartment, market, "市场部-亲子👨\u200d👩\u200d👧", "emoji_not_allowed"},
		{domain.TypeDepartment, market, "市场部-А计划", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-pаy", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-𝐏lan", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-⺠生", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-𝐏计划", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-Goж", "mixed_scripts_lookalike"},
		{domain.TypeDepartment, market, "市场部-жд", ""},
		{domain.TypeDepartment, market, "市场部-<script>alert(1)</script>", "character_not_allowed"},
		{domain.TypeDepartment, market, "市场部-'; DROP TABLE groups; --", "character_not_allowed"},
		{domain.TypeDepartment, market, "市场部-吐槽大会", "blocked_word"},
		{domain.TypeDepartment, market, "市场部-吐 槽大会", "blocked_word"},
		{domain.TypeDepartment, market, "市场部-吐-槽大会", "blocked_word"},
		{domain.TypeDepartment, market, "市场部-ＦＵＣＫ", "blocked_word"},
		{domain.TypeDepartment, market, "市场部-Shitang", ""},
		{domain.TypeDepartment, market, "市场部-" + strings.Repeat("长", 56), ""},
		{domain.TypeDepartment, market, "市场部-" + strings.Repeat("长", 57), "too_long"},
		{domain.TypeProject, both, "项目-天宫", ""},
		{domain.TypeProject, both, "市场部-天宫", "pattern_mismatch"},
		{domain.TypeCrossDepartment, both, "研发部-联调", ""},
		{domain.TypeCrossDepartment, both, "市场部&研发部-联调", ""},
		{domain.TypeCrossDepartment, both, "市场部、财务部-联调", "not_own_department"},
		{domain.TypeCrossDepartment, both, "跨部门-联调", ""},
		{domain.TypeSpecial, market, "市场部-年会筹备", ""},
		{domain.TypeDepartment, []string{"研发-平台部"}, "研发-平台部-周报", ""},
		{domain.TypeDepartment, []string{"抢红包事业部"}, "抢红包事业部-周报", ""},
		{domain.TypeDepartment, nil, "任何部-周报", ""},
		{"nonsense", market, "周报", ""},
	} {
		got := p.CheckName(tc.name, NameContext{Type: tc.typ, Departments: tc.depts})
		if codes(got) != tc.want {
			t.Errorf("%s %q: got %q, want %q", tc.typ, tc.name, codes(got), tc.want)
		}
		for _, f := range got {
			if f.Field != "name" {
				t.Errorf("%q: field %q", tc.name, f.Field)
			}
		}
	}
}

func TestFaultsSayWhatIsMeant(t *testing.T) {
	p := defaults(t)
	ctx := NameContext{Type: domain.TypeCrossDepartment, Departments: []string{"市场部", "研发部"}}
	for _, tc := range []struct{ name, param, want string }{
		{"财务部－联调", "part", "财务部"}, {"财务部 - 联调", "departments", "市场部、研发部"},
		{"联调", "pattern", "<部门>-<用途> / 跨部门-<用途>"}, {"联调", "pattern_en", "<department>-<purpose> / 跨部门-<purpose>"},
		{"市场部-a\u202e", "character", "U+202E"}, {"市场部-Аb", "looks_like", "a"}, {"市场部-🎉", "character", "🎉 (U+1F389)"},
		{"市场部-吐　槽", "word", "吐槽"}, {"市场部-" + strings.Repeat("x", 100), "length", "104"}, {"市场部-a<b", "character", "< (U+003C)"},
	} {
		got := p.CheckName(tc.name, ctx)
		if len(got) == 0 || got[0].Params[tc.param] != tc.want {
			t.Errorf("%s: %+v, want %s %q", tc.name, got, tc.param, tc.want)
		}
	}
	if got := TidyName("  市场部-  e\u0301　期 "); got != "市场部- é 期" {
		t.Errorf("tidied to %q", got)
	}
}

func TestSuggestName(t *testing.T) {
	p := defaults(t)
	for _, tc := range []struct {
		name, want string
		ctx        NameContext
		taken      []string
	}{
		{"市场部-周报", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"市场部-周报", "市场部-周报-2", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, []string{"市场部－周报"}},
		{"市场部-周报", "市场部-周报-3", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, []string{"市场部-周报", "市场部-周报-2"}},
		{"周报", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"市场部周报", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"研发部-周报", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"周报🎉", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"市场部-周\u202e报", "市场部-周报", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"市场部-Аlpha", "市场部-alpha", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"市场部-吐槽客户反馈", "市场部-客户反馈", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"吐槽", "市场部-客户回访安排", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}, Purpose: "客户回访安排，每周更新"}, nil},
		{"", "市场部-工作沟通", NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}}, nil},
		{"天宫", "项目-天宫", NameContext{Type: domain.TypeProject, Departments: []string{"市场部"}}, nil},
		{"市场部-天宫", "项目-天宫", NameContext{Type: domain.TypeProject, Departments: []string{"市场部"}}, nil},
		{"跨部门-联调!<b>", "跨部门-联调!b", NameContext{Type: domain.TypeCrossDepartment, Departments: []string{"市场部", "研发部"}}, nil},
		{"研发部-<联调>", "研发部-联调", NameContext{Type: domain.TypeCrossDepartment, Departments: []string{"市场部", "研发部"}}, nil},
	} {
		var asked []string
		for _, n := range tc.taken {
			asked = append(asked, NameKey(n))
		}
		got := p.SuggestName(tc.name, tc.ctx, func(k string) bool { return slices.Contains(asked, k) })
		if got != tc.want {
			t.Errorf("%q: suggested %q, want %q", tc.name, got, tc.want)
		}
		if f := p.CheckName(got, tc.ctx); len(f) > 0 {
			t.Errorf("%q: the suggestion %q is refused: %s", tc.name, got, codes(f))
		}
	}
}

func TestNamesAreBounded(t *testing.T) {
	p := defaults(t)
	ctx := NameContext{Type: domain.TypeDepartment, Departments: []string{strings.Repeat("部", 1<<20), "市场部"}, Purpose: strings.Repeat("用途", 1<<19)}
	began := time.Now()
	for _, unit := range []string{"长", "a-", "\u0301", "ﷺ", "\xff", " ", "-", "吐", "🎉", "𝐀"} {
		for _, n := range []int{10_000, 1 << 20 / len(unit)} {
			name := strings.Repeat(unit, n)
			if len(p.CheckName(name, ctx)) == 0 {
				t.Errorf("%d × %q passes", n, unit)
			}
			got := p.SuggestName(name, ctx, func(string) bool { return false })
			if f := p.CheckName(got, ctx); len(f) > 0 || utf8.RuneCountInString(got) > p.MaxName {
				t.Errorf("%d × %q: the suggestion %q is refused: %s", n, unit, got, codes(f))
			}
		}
	}
	if took := time.Since(began); took > slack*3*time.Second {
		t.Fatalf("took %s", took)
	}
	if got := p.SuggestName("周报", ctx, func(string) bool { return true }); got == "" {
		t.Error("even when everything is taken something comes back")
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"市场部-周报", "А", "ﬃ", "ſ", "rrn", "İ", "ß", "\u0345", "vvv", "ǅ", "0️⃣", "١", "ᏸ", "ẞ", "a\u0301\u0302"} {
		f.Add(s, "市场部", "用途", uint8(0))
	}
	p := defaults(f)
	f.Fuzz(func(t *testing.T, name, dept, purpose string, typ uint8) {
		ctx := NameContext{Type: domain.GroupTypes[int(typ)%4], Departments: []string{dept, "研发部"}, Purpose: purpose}
		key := NameKey(name)
		if again := NameKey(key); again != key {
			t.Fatalf("NameKey(%+q) = %+q, of which the key is %+q", name, key, again)
		}
		tidy := TidyName(name)
		if TidyName(tidy) != tidy || NameKey(tidy) != key && utf8.RuneCountInString(name) < 100 {
			t.Fatalf("TidyName(%+q) = %+q: key %+q instead of %+q", name, tidy, NameKey(tidy), key)
		}
		taken := map[string]bool{key: true}
		got := p.SuggestName(name, ctx, func(k string) bool { return taken[k] })
		if faults := p.CheckName(got, ctx); len(faults) > 0 {
			t.Fatalf("for %+q in %+q the suggestion %+q is refused: %s", name, dept, got, codes(faults))
		}
		if taken[NameKey(got)] {
			t.Fatalf("for %+q the suggestion %+q is taken", name, got)
		}
		for _, fault := range p.CheckName(name, ctx) {
			for _, lang := range []string{"zh", "en"} {
				if s := Text(fault, lang); s == "" || !utf8.ValidString(s) {
					t.Fatalf("%+v in %s: %q", fault, lang, s)
				}
			}
		}
	})
}
