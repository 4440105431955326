package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// switchName is the environment variable that switches one change on in the binary that holds them all.
const switchName = "QUNBEI_MUTANT"

// build compiles the tests with every change that lies within functions. alone are the others, by index: they need a
// binary of their own.
func build(ctx context.Context, dir, tests string, all []mutation) (binary string, alone []int, err error) {
	files := map[string]*changed{}
	for i, m := range all {
		if !weave(files, m, i) {
			alone = append(alone, i)
		}
	}
	texts := map[string]string{}
	for name, f := range files {
		texts[name] = f.text()
		folder := filepath.Dir(name)
		texts[filepath.Join(folder, "mutant_overlay.go")] = fmt.Sprintf("package %s\n\nimport \"os\"\n\nvar mutant__ = os.Getenv(%q)\n", f.pkg, switchName)
	}
	binary, err = compile(ctx, dir, tests, "all", texts)
	return binary, alone, err
}

// buildAlone compiles the tests with one change.
func buildAlone(ctx context.Context, dir, tests string, m mutation) (string, error) {
	texts := map[string]string{}
	for _, e := range m.edits() {
		text, ok := texts[e.File]
		if !ok {
			raw, err := os.ReadFile(e.File)
			if err != nil {
				return "", err
			}
			text = string(raw)
		}
		texts[e.File] = strings.Replace(text, e.Old, e.New, 1)
	}
	return compile(ctx, dir, tests, "alone", texts)
}

// compile builds the tests with files put in the place of others. A change that does not compile proves nothing.
func compile(ctx context.Context, dir, tests, name string, texts map[string]string) (string, error) {
	replace := map[string]string{}
	for file, text := range texts {
		path, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		replace[path] = filepath.Join(dir, fmt.Sprintf("%s-%d-%s", name, len(replace), filepath.Base(file)))
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	doc, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay, binary := filepath.Join(dir, name+".json"), filepath.Join(dir, name+".test")
	if err := os.WriteFile(overlay, doc, 0o600); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, tests).CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %w\n%s", err, out)
	}
	return binary, nil
}

// changed is a file whose functions have variants, one for each change.
type changed struct {
	pkg    string
	source string
	insert map[int]string // by offset, right behind a function's opening brace: where to go when a change is switched on
	added  strings.Builder
}

// text is the file with the variants, off unless one is switched on.
func (f *changed) text() string {
	var b strings.Builder
	last := 0
	for _, at := range slices.Sorted(maps.Keys(f.insert)) {
		b.WriteString(f.source[last:at] + f.insert[at])
		last = at
	}
	return b.String() + f.source[last:] + f.added.String()
}

// variant is a function with one mutation's edits.
type variant struct {
	file  *changed
	fn    *ast.FuncDecl
	brace int // offset behind the body's opening brace
	text  string
}

// weave gives each function that a mutation changes a variant; false when one cannot have any.
func weave(files map[string]*changed, m mutation, mark int) bool {
	var variants []*variant
	for _, e := range m.edits() {
		v, err := variantOf(files, e, mark)
		if v == nil || err != nil {
			return false
		}
		if i := slices.IndexFunc(variants, func(o *variant) bool { return o.file == v.file && o.brace == v.brace }); i >= 0 {
			v = variants[i]
		} else {
			variants = append(variants, v)
		}
		v.text = strings.Replace(v.text, e.Old, e.New, 1)
	}
	for _, v := range variants {
		v.file.insert[v.brace] += fmt.Sprintf("\nif mutant__ == \"%d\" { %s }\n", mark, call(v.fn, mark))
		v.file.added.WriteString("\n" + v.text + "\n")
	}
	return true
}

// variantOf copies the function around an edit, unchanged, under the variant's name; nil when the edit lies in none.
func variantOf(files map[string]*changed, e edit, mark int) (*variant, error) {
	raw, err := os.ReadFile(e.File)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, e.File, raw, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	source := string(raw)
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	from := strings.Index(source, e.Old)
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || from <= offset(fn.Body.Lbrace) || from+len(e.Old) > offset(fn.Body.Rbrace) || !callable(fn) {
			continue
		}
		f := files[e.File]
		if f == nil {
			f = &changed{pkg: tree.Name.Name, source: source, insert: map[int]string{}}
			files[e.File] = f
		}
		name := offset(fn.Name.Pos())
		text := source[offset(fn.Pos()):name] + variantName(fn, mark) + source[name+len(fn.Name.Name):offset(fn.End())]
		if fn.Doc != nil {
			text = strings.TrimPrefix(text, source[offset(fn.Doc.Pos()):offset(fn.Doc.End())])
		}
		return &variant{file: f, fn: fn, brace: offset(fn.Body.Lbrace) + 1, text: text}, nil
	}
	return nil, nil
}

func variantName(fn *ast.FuncDecl, mark int) string { return fmt.Sprintf("%s__%d", fn.Name.Name, mark) }

// callable tells whether a function can call its variant with what it was given: everything has a name.
func callable(fn *ast.FuncDecl) bool {
	if fn.Type.TypeParams != nil {
		return false
	}
	fields := fn.Type.Params.List
	if fn.Recv != nil {
		fields = slices.Concat(fields, fn.Recv.List)
	}
	for _, f := range fields {
		if len(f.Names) == 0 || slices.ContainsFunc(f.Names, func(n *ast.Ident) bool { return n.Name == "_" }) {
			return false
		}
	}
	return true
}

// call is the statement by which a function hands over to its variant.
func call(fn *ast.FuncDecl, mark int) string {
	var args []string
	for _, f := range fn.Type.Params.List {
		for _, n := range f.Names {
			if _, variadic := f.Type.(*ast.Ellipsis); variadic {
				args = append(args, n.Name+"...")
				continue
			}
			args = append(args, n.Name)
		}
	}
	text := variantName(fn, mark) + "(" + strings.Join(args, ", ") + ")"
	if fn.Recv != nil {
		text = fn.Recv.List[0].Names[0].Name + "." + text
	}
	if fn.Type.Results == nil {
		return text + "; return"
	}
	return "return " + text
}
