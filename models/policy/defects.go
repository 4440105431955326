package policy

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Defect is one thing wrong with a policy or calendar file: where, what, and what to do about it. Code and Params say it
// to programs; Text and Remedy are its words, English until In chose a language.
type Defect struct {
	Line   int               `json:"line"` // from 1; 0 when the whole file is meant
	Column int               `json:"column"`
	Path   string            `json:"path"` // "routes[2].when"
	Code   string            `json:"code"` // stable: a key of defectTexts
	Params map[string]string `json:"params,omitempty"`
	Text   string            `json:"text"`
	Remedy string            `json:"remedy"`
}

// paramOr marks a defect of a span that may also be switched off by a word.
const paramOr = "or"

func newDefect(line, column int, path, code string, params ...any) Defect {
	return Defect{Line: line, Column: column, Path: path, Code: code, Params: paramsOf(params)}.In("en")
}

func paramsOf(pairs []any) map[string]string {
	var out map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		if out == nil {
			out = map[string]string{}
		}
		out[fmt.Sprint(pairs[i])] = fmt.Sprint(pairs[i+1])
	}
	return out
}

// In is the defect in the words of a language; anything but Chinese reads English. A defect of an unknown code keeps the
// words it has.
func (d Defect) In(lang string) Defect {
	t, ok := defectTexts[d.Code]
	if !ok {
		return d
	}
	text, remedy, or := t.text.EN, t.remedy.EN, ` Or write "never".`
	if strings.HasPrefix(lang, "zh") {
		text, remedy, or = t.text.ZH, t.remedy.ZH, `也可以写 "never"。`
	}
	var pairs []string
	for k, v := range d.Params {
		pairs = append(pairs, "{"+k+"}", v)
	}
	fill := strings.NewReplacer(pairs...) // in one pass: a value that looks like a place is left alone
	d.Text, d.Remedy = fill.Replace(text), fill.Replace(remedy)
	if d.Params[paramOr] != "" {
		d.Remedy += or
	}
	return d
}

// orNever adds to the remedy that the span can be switched off.
func (d *Defect) orNever() {
	params := map[string]string{paramOr: never}
	maps.Copy(params, d.Params)
	d.Params = params
	*d = d.In("en")
}

func (d Defect) String() string {
	where := ""
	if d.Line > 0 {
		where = fmt.Sprintf("line %d, column %d: ", d.Line, d.Column)
	}
	if d.Path != "" {
		where += d.Path + ": "
	}
	return where + d.Text + ". " + d.Remedy
}

// FileError lists every defect found in a file, at most 50.
type FileError struct{ Defects []Defect }

func (e *FileError) Error() string {
	first := e.Defects[0].String()
	if n := len(e.Defects); n > 1 {
		return fmt.Sprintf("%s (and %d more)", first, n-1)
	}
	return first
}

// wrongError is what is wrong with one value of a file, found where its place is not known.
type wrongError struct {
	code   string
	params []any
}

func (e *wrongError) Error() string { return newDefect(0, 0, "", e.code, e.params...).Text }

func wrong(code string, params ...any) error { return &wrongError{code, params} }

// wrong records such a finding at its place.
func (r *reader) wrong(n *yaml.Node, path string, err error) {
	var w *wrongError
	if errors.As(err, &w) {
		r.bad(n, path, w.code, w.params...)
	}
}

// quote shows a foreign value, cut and with what is invisible in it spelt out.
func quote(s string, most int) string { return strconv.Quote(clip(s, most)) }

var yamlLine = regexp.MustCompile(`line (\d+)`)

// yamlFaults are the complaints of the YAML parser that people meet most, by a part of them.
var yamlFaults = []struct{ says, code string }{
	{"mapping values are not allowed", "yaml_colon"},
	{"could not find expected ':'", "yaml_no_colon"},
	{"did not find expected key", "yaml_key"},
	{"did not find expected '-' indicator", "yaml_dash"},
	{"did not find expected ',' or", "yaml_bracket"},
	{"cannot start any token", "yaml_character"},
	{"unexpected end of stream", "yaml_end"},
	{"more than one document", "yaml_documents"},
}

// yamlDefect puts what the YAML parser refused into our words as far as they go.
func yamlDefect(err error) Defect {
	says := err.Error()
	line, column := 0, 0
	if m := yamlLine.FindStringSubmatch(says); m != nil {
		line, _ = strconv.Atoi(m[1])
		column = 1
	}
	for _, f := range yamlFaults {
		if strings.Contains(says, f.says) {
			return newDefect(line, column, "", f.code)
		}
	}
	return newDefect(line, column, "", "yaml", "detail", strings.TrimPrefix(clip(says, 200), "yaml: "))
}
