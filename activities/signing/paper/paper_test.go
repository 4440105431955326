package paper

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

func values(name string) template.Values {
	v := func(zh, en string) domain.Label { return domain.Label{ZH: zh, EN: en} }
	return template.Values{"company": v("群山科技有限公司", "Qunshan Technology Ltd"), "party": v(name, ""), "group": v("研发-星图项目", ""),
		"tier": v("机密", "confidential"), "duties": v("不在办公区以外谈论本项目。", "Do not speak of the project outside the offices."),
		"term": v("三年", "three years"), "survival": v("五年", "five years"), "law": v("中华人民共和国法律", "the law of the People's Republic of China")}
}

func input(t testing.TB, text []byte, name string) Input {
	t.Helper()
	tpl, err := template.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	d, err := tpl.Fill(values(name))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 9, 2, 30, 11, 0, time.UTC)
	return Input{Document: d, Company: "群山科技有限公司", Signer: Signer{Name: name, Number: "E0040", Unit: "研发部"}, Signatures: 2,
		Evidence: &Evidence{ID: "NDA-2026-000123", TemplateVersion: "2026.1", Sent: at.Add(-time.Hour), ViewedFrom: at.Add(-9 * time.Minute), ViewedUntil: at.Add(-time.Minute),
			Signed: at, Check: ByCode, Address: "192.0.2.7", UserAgent: "Mozilla/5.0 (Linux; Android 15)", Reminders: 1, Level: PlatformSeal,
			Countersigner: "陈晓", Countersigned: at.Add(time.Hour), Certificate: "5d3f", Key: strings.Repeat("ab", 32)}}
}

func pdf(t testing.TB, in Input) []byte {
	t.Helper()
	b, err := Render(in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tool runs a program of poppler-utils over a PDF.
func tool(t testing.TB, b []byte, name string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", file)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: %v: %s (.ci/need test installs it)", name, err, stderr.String())
	}
	return string(out)
}

func flat(s string) string { return strings.Join(strings.Fields(s), "") }

// Every character of the agreement can be copied out again, rare names too.
func TestTextIsReadable(t *testing.T) {
	for _, name := range []string{"陈晓", "王䶮", "㛃", "𠮷田", "李𬭎", "Zoë O’Brien"} {
		for lang, text := range map[string][]byte{"zh": nda.Chinese, "zh-en": nda.Bilingual} {
			in := input(t, text, name)
			in.Signer.Name = name
			b := pdf(t, in)
			if len(b) > 200<<10 {
				t.Errorf("%s %s: %d bytes", name, lang, len(b))
			}
			out := flat(tool(t, b, "pdftotext", "-enc", "UTF-8", "FILE", "-"))
			for _, want := range []string{name, "签署证据页", in.Document.SHA256(), "第1页，共", in.Evidence.ID, "是《电子签名法》意义上的可靠电子签名"} {
				if !strings.Contains(out, flat(want)) {
					t.Errorf("%s %s: %q cannot be read", name, lang, want)
				}
			}
			missing := 0
			for _, bl := range in.Document.Blocks {
				// A page break and its footer may stand inside a paragraph: compare its beginning.
				if r := []rune(flat(bl.Text.ZH)); !strings.Contains(out, string(r[:min(len(r), 12)])) {
					missing++
					t.Logf("%s: %s", name, bl.Text.ZH)
				}
			}
			if missing > 0 {
				t.Errorf("%s %s: %d paragraphs cannot be read", name, lang, missing)
			}
			if strings.ContainsRune(out, '\ufffd') {
				t.Errorf("%s %s: unreadable characters", name, lang)
			}
		}
	}
}

func TestNoFaceHasIt(t *testing.T) {
	in := input(t, nda.Chinese, "王𪚥")
	_, err := Render(in)
	var m *MissingError
	if !errors.As(err, &m) || string(m.Runes) != "𪚥" || !strings.Contains(err.Error(), "U+2A6A5") || !strings.Contains(err.Error(), "paper") {
		t.Fatalf("got %v", err)
	}
	in.Evidence, in.Signatures, in.OnPaper = nil, 0, true
	out := flat(tool(t, pdf(t, in), "pdftotext", "FILE", "-"))
	if !strings.Contains(out, "王____(U+2A6A5)") || strings.Contains(out, "证据页") {
		t.Errorf("the copy for paper reads %s", out[:200])
	}
}

// An auditor draws the document again from what was recorded.
func TestSameInputSameBytes(t *testing.T) {
	in := input(t, nda.Bilingual, "王䶮")
	in.Signer.Drawn = Strokes{{{0, 0.5}, {0.5, 1}, {1, 0}}}
	first := pdf(t, in)
	record, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		var again Input
		if err := json.Unmarshal(record, &again); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, pdf(t, again)) {
			t.Fatal("drawn again, the bytes differ")
		}
	}
	in.Evidence.Reminders++
	if bytes.Equal(first, pdf(t, in)) {
		t.Error("other evidence, same bytes")
	}
}

func TestPagesBreak(t *testing.T) {
	in := input(t, nda.Chinese, "陈晓")
	in.Document.Blocks = append(in.Document.Blocks, template.Block{Kind: template.Paragraph, Text: domain.Label{ZH: strings.Repeat("长文（abc def）。", 1500)}})
	out := tool(t, pdf(t, in), "pdfinfo", "FILE")
	if !strings.Contains(out, "Pages:") || strings.Contains(out, "Pages:           1\n") {
		t.Error(out)
	}
	for range 80 {
		in.Document.Blocks = append(in.Document.Blocks, in.Document.Blocks[len(in.Document.Blocks)-1])
	}
	if _, err := Render(in); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v", err)
	}
}

// No character may be lost where a line ends.
func TestWrapLosesNothing(t *testing.T) {
	for _, s := range []string{strings.Repeat("保密，", 60), strings.Repeat("（甲）“乙”", 40), strings.Repeat("word ", 60), strings.Repeat("x", 300), "保密 information 信息" + strings.Repeat("：", 90)} {
		lines := wrap(s, 10, 200, 20)
		if got := flat(strings.Join(lines, "")); got != flat(s) {
			t.Errorf("%q became %q", s, got)
		}
		for i, l := range lines {
			if measure(l, 10) > 200.001 {
				t.Errorf("line %q is too wide", l)
			}
			if r := []rune(l); i > 0 && strings.ContainsRune("，）”", r[0]) {
				t.Errorf("line begins with %q", r[0])
			}
		}
	}
}

func TestChineseNumerals(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "100"} {
		if got := chinese(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestHostileInputs(t *testing.T) {
	for name, change := range map[string]func(*Input){
		"no document":  func(in *Input) { in.Document = nil },
		"no name":      func(in *Input) { in.Signer.Name = "" },
		"no signature": func(in *Input) { in.Signatures = 0 },
		"level":        func(in *Input) { in.Evidence.Level = "reliable" },
		"no proof":     func(in *Input) { in.Evidence.Level = SignerKey },
		"check":        func(in *Input) { in.Evidence.Check = "trust me" },
		"outside":      func(in *Input) { in.Signer.Drawn = Strokes{{{0, 2}}} },
		"many points":  func(in *Input) { in.Signer.Drawn = Strokes{make([][2]float64, maxPoints+1)} },
		"long name":    func(in *Input) { in.Signer.Name = strings.Repeat("王", maxField+1) },
		"paper":        func(in *Input) { in.OnPaper = true },
	} {
		in := input(t, nda.Chinese, "陈晓")
		change(&in)
		if _, err := Render(in); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := input(t, nda.Chinese, "陈晓")
	in.Evidence.UserAgent = "a\x00b\u202e)>>endobj 🦊" + strings.Repeat("長", 5000)
	out := tool(t, pdf(t, in), "pdftotext", "FILE", "-")
	if !strings.Contains(out, "a?b?)>>endobj ?") {
		t.Error("what a browser said is not printed as text")
	}
}

func BenchmarkRender(b *testing.B) {
	in := input(b, nda.Bilingual, "王䶮")
	pdf(b, in)
	b.ResetTimer()
	for range b.N {
		pdf(b, in)
	}
}
