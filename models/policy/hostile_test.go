package policy

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// What reading any file may cost: a second, and this much memory in all, whatever is freed in between.
const mostMemory = 64 << 20

// cost runs f and tells how long it took and how much it allocated.
func cost(f func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	f()
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return took, after.TotalAlloc - before.TotalAlloc
}

func TestHostileFilesAreRefusedAtOnce(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 9), ",") + "]\n"
	}
	big := func(s string) string { return strings.Repeat(s, MaxFileBytes/len(s)) }
	grow := func(line func(i int) string) string {
		b := &strings.Builder{}
		for i := 0; b.Len() < MaxFileBytes-1000; i++ {
			b.WriteString(line(i))
		}
		return b.String()
	}
	wide := func(little bool) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(string(defaultpolicy.Policy))) {
			if little {
				b = append(b, byte(u), byte(u>>8))
			} else {
				b = append(b, byte(u>>8), byte(u))
			}
		}
		return string(b)
	}
	def := string(defaultpolicy.Policy)
	when := func(c string) string {
		return strings.Replace(def, `when: type == "special"`, "when: "+c, 1)
	}
	for name, src := range map[string]string{
		"empty": "", "blank": " \n\n", "comment": "# x", "scalar": "x", "list": "- x", "null": "~", "two documents": def + "\n---\na: b\n",
		"too large": def + "#" + big("#"), "aliases": bomb, "alias of itself": "a: &a [*a]", "merge": "<<: {a: b}", "brackets": big("["), "braces": big("{"),
		"dashes": big("- "), "questions": big("? "), "colons": big(": "), "a: a: a": big("a: "), "lines of dashes": big("-\n"), "keys": big("a: b\n"), "[a: ": big("[a: "),
		"indented": grow(func(i int) string { return strings.Repeat(" ", i) + "a:\n" }), "quotes": big("\""), "quotes apart": big("\" "), "percent": big("%\n"), "ampersands": big("&a "), "stars": big("*a "), "bangs": big("!"), "pipe": "a: |\n" + big(" x\n"),
		"escapes": "a: \"" + big(`\x`), "documents": big("---\n"), "block in flow": "{a: [b, {c: - d}]}", "deep": strings.Repeat("[", 50) + strings.Repeat("]", 50),
		"commas": "[" + big(",") + "]", "values": "[" + big("a,") + "]", "{a,": "{" + big("a,") + "}", "long key": big("a") + ": b", "key of list": "[a]: b", "key of map": "{a: b}: c",
		"anchors in a chain": "a: &a0 [x]\n" + grow(func(i int) string { return fmt.Sprintf("k%d: &a%d [*a%d, *a%d]\n", i, i+1, i, i) }), "an alias to a large thing": "a: &a [" + strings.Repeat("x,", 1000) + "x]\nb: [" + strings.Repeat("*a,", 9000) + "*a]",
		"distinct keys": grow(func(i int) string { return fmt.Sprintf("k%d: v\n", i) }), "keys with remarks": big("a: b # x\n"), "folded": "a: >\n" + big(" x\n\n"), "empty lists": "[" + big("[],") + "]", "steps without end": def + "x: {" + grow(func(i int) string { return fmt.Sprintf("s%d: {a: b}, ", i) }),
		"the same step a thousand times": strings.Replace(def, "\nroutes:\n", "\n"+strings.Repeat("  owners: {}\n", 1000)+"\nroutes:\n", 1),
		// Encodings
		"broken": "\xff\xfe", "utf-16": "\xff\xfea\x00", "nul": "a: \x00", "nul in a good file": strings.Replace(def, "zh: 部门群", "zh: 部门\x00群", 1), "nul at its end": def + "\x00",
		"byte order mark": "\ufeff" + def, "byte order mark within": strings.Replace(def, "zh: 部门群", "zh: 部门\ufeff群", 1), "utf-16 with its mark": "\xff\xfe" + wide(true), "utf-16, the other way": "\xfe\xff" + wide(false), "utf-16 without": wide(true), "gbk": strings.Replace(def, "部门群", "\xb2\xbf\xc3\xc5\xc8\xba", 1),
		"overlong": strings.Replace(def, "部门群", "\xc0\xae", 1), "surrogates": strings.Replace(def, "部门群", "\xed\xa0\x80", 1), "a control character": strings.Replace(def, "部门群", "部门\x1b[2J群", 1), "turned around": strings.Replace(def, "部门群", "部门\u202e群", 1),
		// Conditions
		"a condition that loops": when("all(1..1000000000, # > 0)"), "one that counts": when("len(1..1000000000) > 1"), "one that reduces": when("reduce(1..100000000, #acc + #) > 1"), "one that repeats": when(`repeat("a", 1000000000) == "a"`), "one with a large power": when("2 ** 1000000000 > 1"),
		"one with a costly pattern": when(`type matches "(a+)+$"`), "one that calls": when("now() > 1"), "one in brackets": when(strings.Repeat("(", 480) + "true" + strings.Repeat(")", 480)), "one that is not not": when(strings.Repeat("not ", 240) + "true"),
		"a long one": when(strings.Repeat("outsiders or ", 80) + "outsiders"), "one in pieces": when(`outsiders ? outsiders ? outsiders : true : false`), "one that names what is not there": when("salary > 1"), "one with a long list": when("members in [" + strings.Repeat("1,", 450) + "1]"),
		"one that reaches into the machine": when("$env.tier == 'x'"), "one with a text without end": when(`type == "` + strings.Repeat("a", 990)), "fifty dead routes": strings.Replace(def, "\nroutes:\n", "\nroutes:\n"+strings.Repeat("  - {name: x, label: {zh: 甲, en: A}, when: \""+strings.Repeat("false or ", 90)+"false\", steps: [owners]}\n", 44), 1),
	} {
		if len(src) > MaxFileBytes && name != "too large" {
			src = src[:MaxFileBytes]
		}
		for kind, parse := range map[string]func([]byte) error{
			"policy":   func(b []byte) error { _, err := Parse(b); return err },
			"calendar": func(b []byte) error { _, err := ParseCalendar(b); return err },
		} {
			var err error
			took, memory := cost(func() { err = parse([]byte(src)) })
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Errorf("%s as %s: %v", name, kind, err)
			} else if len(err.Error()) > 1000 || len(fe.Defects) > maxDefects {
				t.Errorf("%s as %s: an answer of %d bytes, %d defects", name, kind, len(err.Error()), len(fe.Defects))
			} else {
				for _, d := range fe.Defects {
					if d.Remedy == "" || len(d.String()) > 1000 || strings.ContainsAny(d.String(), "\x00\x1b\u202e") {
						t.Errorf("%s as %s: %q", name, kind, d)
					}
				}
			}
			if took > slack*time.Second || memory > mostMemory {
				t.Errorf("%s as %s took %s and %d MiB", name, kind, took, memory>>20)
			}
		}
	}
}

// Who saved the file in another encoding is told so.
func TestEncodingsAreNamed(t *testing.T) {
	def := string(defaultpolicy.Policy)
	for src, want := range map[string]string{
		"\ufeff" + def: "without a byte order mark", def + "\x00": "plain text in UTF-8", "v\x00e\x00": "plain text in UTF-8", "\xff\xfe" + def: "Save the file as UTF-8", "\xb2\xbf": "Save the file as UTF-8",
	} {
		if _, err := Parse([]byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.12q: want %q, got %v", src, want, err)
		}
	}
}

// heavy is the most that the format allows: fifty routes of long conditions, a hundred steps of twenty rules, kinds of
// department.
func heavy(t testing.TB) string {
	t.Helper()
	s := without(t)
	s = s[:strings.Index(s, "\nsteps:")]
	b := &strings.Builder{}
	b.WriteString(s)
	b.WriteString("\nunits:\n")
	for i := range maxUnits {
		fmt.Fprintf(b, "  u%d: {label: {zh: 甲, en: A}, codes: [%s C1]}\n", i, func() string {
			var codes strings.Builder
			for k := range 60 {
				fmt.Fprintf(&codes, "D%d-%d, ", i, k)
			}
			return codes.String()
		}())
	}
	b.WriteString("steps:\n")
	for i := range 100 {
		fmt.Fprintf(b, "  s%d: {label: {zh: 甲, en: A}, why: {zh: 甲, en: A}, kind: countersign, deadline: 2d, who: [%s]}\n", i, strings.TrimSuffix(strings.Repeat("{owning_units: u1, backup: {role: hr}}, ", maxWho), ", "))
	}
	b.WriteString("routes:\n")
	step := 0
	for i := range maxRoutes {
		steps := fmt.Sprintf("[s%d, s%d]", step, step+1)
		step += 2
		cond := "members == " + fmt.Sprint(i+1) + strings.Repeat(` or "u9" in owner_units and members in [1,2,3,4,5,6,7]`, 12)
		if i == maxRoutes-1 {
			fmt.Fprintf(b, "  - {name: r%d, label: {zh: 甲, en: A}, steps: %s}\n", i, steps)
			continue
		}
		fmt.Fprintf(b, "  - {name: r%d, label: {zh: 甲, en: A}, when: '%s', steps: %s}\n", i, cond, steps)
	}
	return b.String()
}

// The heaviest policy that the format allows costs little to read, to plan by, to check and to compare.
func TestTheHeaviestPolicyIsCheap(t *testing.T) {
	src := []byte(heavy(t))
	var p *Policy
	var err error
	took, memory := cost(func() { p, err = Parse(src) })
	if err != nil {
		t.Fatal(err)
	}
	if len(p.routes) != maxRoutes || len(p.steps) != 100 || took > slack*time.Second || memory > mostMemory {
		t.Errorf("%d bytes: read in %s with %d MiB", len(src), took, memory>>20)
	}
	dir, base := company(), defaults(t)
	for name, f := range map[string]func(){
		"plan": func() {
			for range 100 {
				if _, err := p.Plan(domain.Filing{Departments: []domain.DepartmentID{"lab"}}, "clerk", dir); err != nil {
					t.Fatal(err)
				}
			}
		},
		"check":   func() { p.Resolvable(dir) },
		"compare": func() { Diff(base, p); Diff(p, base); Diff(p, p) },
		"replay": func() {
			DryRun(p, []PastRequest{worked(t, base, goodFiling("sales", "市场部-例会"), "clerk", dir)}, dir, calendar(t))
		},
	} {
		if took, memory := cost(f); took > slack*time.Second || memory > mostMemory {
			t.Errorf("%s: %s, %d MiB", name, took, memory>>20)
		}
	}
}
