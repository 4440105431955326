package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of a file.
const (
	MaxFileBytes = 256 << 10
	maxDepth     = 12
	maxNodes     = 20000
	maxDefects   = 50
)

// fieldSet is what an object may hold.
type fieldSet struct{ required, optional []string }

// reader walks a YAML tree and collects defects, so that a person sees all of them at once.
type reader struct {
	defects []Defect
	units   []string            // kinds of department that the file defines
	fields  map[string]fieldSet // when set: which fields belong where, for the test of the JSON Schema
}

// bad records a defect at a node by its code (defectTexts) and its parameters, a name and a value in turn.
func (r *reader) bad(n *yaml.Node, path, code string, params ...any) {
	if len(r.defects) >= maxDefects {
		return
	}
	line, column := 0, 0
	if n != nil {
		line, column = n.Line, n.Column
	}
	r.defects = append(r.defects, newDefect(line, column, path, code, params...))
}

func (r *reader) err() error {
	if len(r.defects) == 0 {
		return nil
	}
	return &FileError{Defects: r.defects}
}

// load parses one YAML document into a tree within the bounds. It refuses what a rules file has no use for and what
// makes small files large: anchors, aliases, tags of one's own, several documents.
func (r *reader) load(data []byte) *yaml.Node {
	switch {
	case len(data) > MaxFileBytes:
		r.bad(nil, "", "file_too_large", "max", MaxFileBytes>>10)
		return nil
	case bytes.HasPrefix(data, []byte("\ufeff")):
		r.bad(nil, "", "byte_order_mark")
		return nil
	case bytes.IndexByte(data, 0) >= 0:
		r.bad(nil, "", "nul_bytes")
		return nil
	case !utf8.Valid(data):
		r.bad(nil, "", "not_utf8")
		return nil
	}
	doc, err := decodeOne(data)
	if err != nil {
		r.defects = append(r.defects, yamlDefect(err))
		return nil
	}
	if doc == nil || len(doc.Content) != 1 {
		r.bad(nil, "", "file_empty")
		return nil
	}
	count := 0
	if !r.sane(doc.Content[0], 0, &count) {
		return nil
	}
	return doc.Content[0]
}

func decodeOne(data []byte) (doc *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics on some malformed input
			doc, err = nil, fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	doc = &yaml.Node{}
	if err := dec.Decode(doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one document in the file")
	}
	return doc, nil
}

func (r *reader) sane(n *yaml.Node, depth int, count *int) bool {
	*count++
	switch {
	case *count > maxNodes:
		r.bad(n, "", "too_many_values", "max", maxNodes)
	case depth > maxDepth:
		r.bad(n, "", "too_deep", "max", maxDepth)
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		r.bad(n, "", "anchor")
	case n.Style&yaml.TaggedStyle != 0:
		r.bad(n, "", "tag")
	default:
		for _, c := range n.Content {
			if !r.sane(c, depth+1, count) {
				return false
			}
		}
		return true
	}
	return false
}

var index = regexp.MustCompile(`\[\d+\]`)

// object reads a mapping whose fields are known. Unknown, repeated and missing fields are defects.
func (r *reader) object(n *yaml.Node, path string, required, optional []string) map[string]*yaml.Node {
	allowed := append(slices.Clone(required), optional...)
	if r.fields != nil {
		r.fields[index.ReplaceAllString(path, "[]")] = fieldSet{required, optional}
	}
	out := r.mapping(n, path)
	for _, name := range keysOf(n) {
		if !slices.Contains(allowed, name.Value) {
			r.bad(name, join(path, clip(name.Value, 40)), "unknown_field", "allowed", strings.Join(allowed, ", "))
			delete(out, name.Value)
		}
	}
	if out == nil {
		return nil
	}
	for _, name := range required {
		if out[name] == nil {
			r.bad(n, join(path, name), "field_missing")
		}
	}
	return out
}

// mapping reads a mapping with any field names; nil when it is none.
func (r *reader) mapping(n *yaml.Node, path string) map[string]*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.bad(n, path, "fields_expected")
		return nil
	}
	out := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			r.bad(key, path, "field_name")
			continue
		}
		if out[key.Value] != nil {
			r.bad(key, join(path, clip(key.Value, 40)), "field_twice")
			continue
		}
		out[key.Value] = n.Content[i+1]
	}
	return out
}

// keysOf lists the names in a mapping in the file's order.
func keysOf(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.ScalarNode {
			out = append(out, n.Content[i])
		}
	}
	return out
}

func (r *reader) list(n *yaml.Node, path string, most int) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.bad(n, path, "list_expected")
		return nil
	}
	if len(n.Content) > most {
		r.bad(n, path, "list_too_long", "n", len(n.Content), "max", most)
		return nil
	}
	return n.Content
}

// text reads a text of 1 to most runes without hidden characters.
func (r *reader) text(n *yaml.Node, path string, most int) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.bad(n, path, "text_expected")
		return ""
	}
	switch size := utf8.RuneCountInString(n.Value); {
	case strings.TrimSpace(n.Value) == "":
		r.bad(n, path, "text_empty")
	case size > most:
		r.bad(n, path, "text_too_long", "n", size, "max", most)
	case hiddenIn(n.Value) != 0:
		r.bad(n, path, "hidden_character", "character", fmt.Sprintf("U+%04X", hiddenIn(n.Value)))
	default:
		return n.Value
	}
	return ""
}

func (r *reader) oneOf(n *yaml.Node, path string, allowed ...string) string {
	v := r.text(n, path, 100)
	if v != "" && !slices.Contains(allowed, v) {
		r.bad(n, path, "unknown_value", "value", quote(v, 40), "allowed", strings.Join(allowed, ", "))
		return ""
	}
	return v
}

func (r *reader) boolean(n *yaml.Node, path string) bool {
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.bad(n, path, "bool_expected")
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

func (r *reader) integer(n *yaml.Node, path string, least, most int) int {
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	// Not quoted, and in the one form that every reader of YAML takes for the same number: 010 is eight to some.
	plain := n.Kind == yaml.ScalarNode && n.Tag == "!!int" && strconv.Itoa(v) == n.Value
	if !plain || err != nil || v < least || v > most {
		r.bad(n, path, "integer_expected", "min", least, "max", most)
		return 0
	}
	return v
}

// label reads a text that must be there in both languages.
func (r *reader) label(n *yaml.Node, path string, most int) domain.Label {
	f := r.object(n, path, []string{"zh", "en"}, nil)
	return domain.Label{ZH: r.text(f["zh"], join(path, "zh"), most), EN: r.text(f["en"], join(path, "en"), most)}
}

// versionOf joins the declared version with the start of the file's digest, so that a version cannot change silently.
func versionOf(declared string, data []byte) string {
	sum := sha256.Sum256(data)
	return declared + "+" + hex.EncodeToString(sum[:6])
}

var versionForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)

func (r *reader) version(n *yaml.Node) string {
	v := r.text(n, "version", 32)
	if v != "" && !versionForm.MatchString(v) {
		r.bad(n, "version", "not_a_version")
	}
	return v
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// clip shortens foreign text before it is shown.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "?")
	for i := range s {
		if most--; most < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
