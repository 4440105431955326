package policy

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// Every code that the source records has words in both languages that speak of the same parameters, and no words are
// left without a code.
func TestEveryDefectHasWordsInBothLanguages(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	var source strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || f == "defecttexts.go" {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	call := regexp.MustCompile(`(?:\.bad|\bwrong|\.refuse|newDefect)\(.*`)
	quoted := regexp.MustCompile(`"([a-z0-9_]+)"`)
	for _, line := range call.FindAllString(source.String(), -1) {
		known := strings.Contains(line, " code") || strings.Contains(line, "(code") || strings.Contains(line, "n *yaml.Node") || strings.Contains(line, ".code") || strings.Contains(line, ", err)")
		for _, q := range quoted.FindAllStringSubmatch(line, -1) {
			_, ok := defectTexts[q[1]]
			known = known || ok
		}
		if !known {
			t.Errorf("no words for: %s", line)
		}
	}
	for c, w := range defectTexts {
		if !strings.Contains(source.String(), `"`+c+`"`) {
			t.Errorf("%s: words, but nothing records it", c)
		}
		if w.text.EN == "" || w.remedy.EN == "" || !hasHan(w.text.ZH) || !hasHan(w.remedy.ZH) || hasHan(strings.NewReplacer("部门", "", "用途", "", "名称", "", "项目", "").Replace(w.text.EN+w.remedy.EN)) {
			t.Errorf("%s is not worded in both languages: %+v", c, w)
		}
		en, zh := place.FindAllString(w.text.EN+w.remedy.EN, -1), place.FindAllString(w.text.ZH+w.remedy.ZH, -1)
		slices.Sort(en)
		slices.Sort(zh)
		if !slices.Equal(slices.Compact(en), slices.Compact(zh)) {
			t.Errorf("%s: English speaks of %v, Chinese of %v", c, en, zh)
		}
	}
}

func TestADefectSpeaksTheReadersLanguage(t *testing.T) {
	for _, tc := range []struct{ from, to, code, zh, remedy string }{
		{"deadline: 1d", "deadline: 1w", "not_working_time", `"1w" 不是工作时间`, `请写成 "2d"（工作日）、"4h"（小时）或 "30m"（分钟）。`},
		{`when: tier == "confidential"`, `when: teir == "confidential"`, "condition_name", `条件有误：没有 "teir" 这个名称`, ""},
		{`when: tier == "confidential"`, `when: "tier =="`, "condition_syntax", "条件有误：无法解析（", ""},
		{"max_life_days: 1095", "max_life_days: 1095\n  a: 1", "yaml_colon", "不是有效的 YAML：冒号", "请检查该处的缩进、冒号和引号。"},
		{"  urge_every: 4h", "  urge_every: 4x", "not_a_span", `"4x" 不是一段时间`, `或 "30m"（分钟）。也可以写 "never"。`},
	} {
		_, err := Parse(edit(t, tc.from, tc.to))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Fatalf("%s passes, or gives %v", tc.to, err)
		}
		en, zh := fe.Defects[0], fe.Defects[0].In("zh-CN")
		if zh.Code != tc.code || !strings.HasPrefix(zh.Text, tc.zh) || !strings.HasSuffix(zh.Remedy, tc.remedy) || !hasHan(zh.Remedy) {
			t.Errorf("%s: %+v", tc.to, zh)
		}
		if zh.Line != en.Line || zh.Column != en.Column || en.Line == 0 || hasHan(en.Text+en.Remedy) || en.In("en").Text != en.Text {
			t.Errorf("%s: %+v, in Chinese %+v", tc.to, en, zh)
		}
		if place.MatchString(zh.Text + zh.Remedy + en.Text + en.Remedy) {
			t.Errorf("%s: a place was not filled: %+v", tc.to, zh)
		}
	}
}
