package template

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

func parse(t testing.TB, text string) *Template {
	t.Helper()
	tpl, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestShippedTemplates(t *testing.T) {
	zh, both := parse(t, string(nda.Chinese)), parse(t, string(nda.Bilingual))
	if zh.Bilingual || !both.Bilingual {
		t.Error("languages are not as they should be")
	}
	// The Chinese texts are one text, but for the clause on the translation.
	var a, b []string
	for _, bl := range zh.Blocks {
		a = append(a, bl.Text.ZH)
	}
	for _, bl := range both.Blocks {
		if !strings.Contains(bl.Text.ZH, "英文译文") {
			b = append(b, bl.Text.ZH)
		}
	}
	if !slices.Equal(a, b) {
		t.Error("the two shipped templates say different things in Chinese")
	}
}

// Each change of a good template is found where it is.
func TestDefects(t *testing.T) {
	zh, both := string(nda.Chinese), string(nda.Bilingual)
	for _, tc := range []struct {
		name, text, from, to, code string
		line, column               int
	}{
		{"format", zh, "format: qunbei-nda/1", "format: qunbei-nda/2", "head_format", 1, 1},
		{"language", zh, "language: zh", "language: en", "head_language", 3, 1},
		{"unknown field", zh, "{{company}}", "{{firm}}", "field_unknown", 7, 4},
		{"open field", zh, "{{company}}", "{{company}", "field_open", 7, 4},
		{"emphasis", zh, "甲方：", "甲**方**：", "not_supported", 7, 2},
		{"link", zh, "甲方：", "[甲](http://a)方：", "not_supported", 7, 3},
		{"html", zh, "甲方：", "<script>", "not_supported", 7, 1},
		{"table", zh, "甲方：", "| 甲方：", "not_supported", 7, 1},
		{"hidden", zh, "甲方：", "甲\u200b方：", "hidden_character", 7, 2},
		{"turned text", zh, "甲方：", "甲\u202e方：", "hidden_character", 7, 2},
		{"private use", zh, "甲方：", "甲\ue000方：", "hidden_character", 7, 2},
		{"number", zh, "2. 已经", "3. 已经", "clause_number", 13, 1},
		{"no space", zh, "# 群组", "#群组", "space_missing", 5, 2},
		{"no text", zh, "# 群组保密协议", "#", "text_missing", 5, 1},
		{"second title", zh, "## 保密信息 {#subject}", "# 保密信息", "title_first", 11, 1},
		{"no title", zh, "# 群组保密协议", "", "title_first", 7, 1},
		{"key", zh, "{#subject}", "{#保密}", "article_key", 11, 1},
		{"twice", zh, "{#company}", "{#duties}", "article_twice", 24, 1},
		{"no liability", zh, "{#liability}", "{#other}", "article_missing", 0, 0},
		{"no survival", zh, "{{survival}}", "五年", "field_missing", 0, 0},
		{"no consent", zh, "\n> ", "\n", "consent_missing", 0, 0},
		{"two consents", zh, "\n> ", "\n> x\n> ", "consent_twice", 43, 1},
		{"clause outside", zh, "甲方：", "1. 甲方：", "clause_outside", 7, 1},
		{"empty article", zh, "## 责任", "## 空\n## 责任", "article_empty", 28, 1},
		{"translation in Chinese", zh, "\n\n## 保密信息", "\n~ x\n\n## 保密信息", "translation_alone", 10, 1},
		{"no translation", both, "~ Duties of the Signer\n", "", "translation_missing", 21, 1},
		{"two translations", both, "~ Duties of the Signer\n", "~ a\n~ b\n", "translation_alone", 23, 1},
		{"field in one language", both, "and {{party}} (the", "and you (the", "field_one_language", 9, 1},
		{"mark", zh, "---\n", "\ufeff---\n", "byte_order_mark", 1, 1},
		{"long", zh, "甲方：", strings.Repeat("甲", maxLine), "line_too_long", 7, maxLine + 1},
		{"not UTF-8", zh, "甲", "\xff", "not_utf8", 0, 0},
		{"empty", zh, zh, " \n", "file_empty", 0, 0},
		{"large", zh, zh, strings.Repeat("x", MaxBytes+1), "file_too_large", 0, 0},
		{"many blocks", zh, "甲方：", strings.Repeat("甲\n", maxBlocks), "too_many_blocks", 6 + maxBlocks, 1},
	} {
		changed := strings.Replace(tc.text, tc.from, tc.to, 1)
		if changed == tc.text {
			t.Fatalf("%s: nothing changed", tc.name)
		}
		_, err := Parse([]byte(changed))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		i := slices.IndexFunc(fe.Defects, func(d Defect) bool { return d.Code == tc.code })
		if i < 0 {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if d := fe.Defects[i]; d.Line != tc.line || d.Column != tc.column {
			t.Errorf("%s: at %d:%d, want %d:%d", tc.name, d.Line, d.Column, tc.line, tc.column)
		}
	}
}

var place = regexp.MustCompile(`\{[a-z]+\}`)

// Both languages name the same parameters, and say something.
func TestDefectTexts(t *testing.T) {
	for code, d := range defectTexts {
		for _, l := range []domain.Label{d.text, d.remedy} {
			a, b := place.FindAllString(l.ZH, -1), place.FindAllString(l.EN, -1)
			slices.Sort(a)
			slices.Sort(b)
			if l.ZH == "" || l.EN == "" || !slices.Equal(a, b) {
				t.Errorf("%s: %q against %q", code, l.ZH, l.EN)
			}
		}
	}
	d := Defect{Code: "clause_number", Params: map[string]string{"n": "2"}}
	if got := d.In("zh-CN").Text; got != "这一款的编号应为 2" {
		t.Error(got)
	}
}

func TestDigest(t *testing.T) {
	a := parse(t, string(nda.Chinese))
	if b := parse(t, strings.ReplaceAll(string(nda.Chinese), "\n", " \r\n")+"\r\n\r\n"); a.SHA256() != b.SHA256() {
		t.Error("how lines end changes the digest")
	}
	if b := parse(t, strings.Replace(string(nda.Chinese), "三", "四", 1)+""); a.Canonical != b.Canonical && a.SHA256() == b.SHA256() {
		t.Error("other text, same digest")
	}
	if b := parse(t, strings.Replace(string(nda.Chinese), "妥善", "好好", 1)); a.SHA256() == b.SHA256() {
		t.Error("other text, same digest")
	}
}

func TestFill(t *testing.T) {
	tpl := parse(t, string(nda.Bilingual))
	good := func() Values {
		v := Values{}
		for _, f := range Fields {
			v[f.Name] = domain.Label{ZH: "值-" + f.Name}
		}
		return v
	}
	v := good()
	v["party"] = domain.Label{ZH: "{{group}}", EN: "> # x"}
	d, err := tpl.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Blocks[1].Text; !strings.Contains(got.ZH, "乙方：{{group}}（") || !strings.Contains(got.EN, "and > # x (") || !strings.Contains(got.EN, "值-company") {
		t.Errorf("a value was read again: %+v", got)
	}
	other := good()
	e, err := tpl.Fill(other)
	if err != nil || e.SHA256() == d.SHA256() || e.ConsentSHA256() != d.ConsentSHA256() || e.Template != tpl.SHA256() {
		t.Errorf("digests: %v", err)
	}
	if tpl.Blocks[1].Text.ZH == d.Blocks[1].Text.ZH {
		t.Error("filling in changed the template")
	}
	for value, code := range map[string]string{"": "missing", "  ": "missing", "a\nb": "hidden_character", "a\u202eb": "hidden_character", "\xff": "hidden_character", strings.Repeat("长", maxValue+1): "too_long"} {
		v := good()
		v["law"] = domain.Label{ZH: value}
		_, err := tpl.Fill(v)
		var ve *ValueError
		if !errors.As(err, &ve) || ve.Field != "law" || ve.Code != code {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(nda.Chinese)
	f.Add(nda.Bilingual)
	f.Add([]byte("---\nformat: qunbei-nda/1\nlanguage: zh\n---\n## {#}\n~\n> {{\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tpl, err := Parse(text)
		if err != nil {
			var fe *FileError
			if !errors.As(err, &fe) || len(fe.Defects) == 0 || len(fe.Defects) > maxDefects || fe.Defects[0].Text == "" {
				t.Fatalf("%#v", err)
			}
			return
		}
		again, err := Parse([]byte(tpl.Canonical))
		if err != nil || again.SHA256() != tpl.SHA256() {
			t.Fatalf("the canonical text is another template: %v", err)
		}
	})
}
