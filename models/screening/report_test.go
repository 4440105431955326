package screening

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// re2Patterns are the forms of the recognisers as regular expressions, and the company's words as one: what a plain filter
// would do, without checks, context, hidden characters or offsets back.
func re2Patterns(words []Keyword) []*regexp.Regexp {
	var list []string
	for _, w := range words {
		list = append(list, regexp.QuoteMeta(w.Word))
	}
	var out []*regexp.Regexp
	if len(list) > 0 {
		out = append(out, regexp.MustCompile(strings.Join(list, "|")))
	}
	for _, p := range []string{
		`[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]`, `[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}`, `(?:62|4\d|5[1-5])\d{14,17}`, `1[3-9]\d{9}`, `0\d{2,3}-?\d{7,8}`, `\+\d{8,15}`,
		`[A-Z]{1,2}\d{6}\([\dA]\)`, `[A-Z][1289]\d{8}`, `E[A-HJ-NP-Z\d]\d{7}`, `[CHMLT]\d{8}`, `[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Z][·]?[A-HJ-NP-Z\d]{5,6}`, `[\w.+%-]+@[\w-]+(?:\.[\w-]+)+`,
		`(?:\d{1,3}\.){3}\d{1,3}`, `(?:密码|口令|password)[:：=]\S{4,}`, `合同(?:编)?号[:：]?[\w/-]{5,}`, `\d[\d,.]*(?:万|亿)?元`, `(?:净利润|营收|毛利率)[^。]{0,10}\d+(?:\.\d+)?[%亿万]`, `[\p{Han}]{2,20}(?:路|街|大道)\d+号`, `(?:联系人|收件人)[:：][\p{Han}]{2,4}`,
	} {
		out = append(out, regexp.MustCompile(p))
	}
	return out
}

// hostileUnits are repeated to the length of the plain text. The first are those that issue 6 names.
var hostileUnits = []struct{ name, unit string }{
	{"long digits", "1"}, {"long digits", "62170000"}, {"nested brackets", "("}, {"nested brackets", "[{(<"}, {"one character", "a"}, {"one character", "中"}, {"one character", "一"}, {"one character", "６"}, {"one character", " "},
	{"digits and blanks", "1 "}, {"digits and dashes", "1-"}, {"letters and digits", "A1 "}, {"mail signs", "a@"}, {"colons", "a:"}, {"house numbers", "1号"}, {"streets", "路1号"}, {"plates", "京A"}, {"labels", "联系人："}, {"zero width", "\u200b"}, {"broken bytes", "\xff"},
}

// processor is the time that this process had of the processor: others on the machine do not count.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestScreeningReport writes deploy/bench/reports/screening.md when QUNBEI_SCREENING_REPORT names the file; it measures
// only then:
//
//	QUNBEI_SCREENING_REPORT=$PWD/deploy/bench/reports/screening.md go test ./models/screening -run TestScreeningReport -timeout 30m
func TestScreeningReport(t *testing.T) {
	file := os.Getenv("QUNBEI_SCREENING_REPORT")
	if file == "" {
		return
	}
	runtime.GOMAXPROCS(1) // one core
	words := manyKeywords(5000)
	s := screener(t, Rules{Names: true, Keywords: words})
	best := func(tries int, f func()) time.Duration {
		b := time.Hour
		for range tries {
			start := processor()
			f()
			b = min(b, processor()-start)
		}
		return b
	}
	screen := func(tries int, text string) time.Duration {
		return best(tries, func() {
			if _, err := s.Screen(text); err != nil {
				t.Fatal(err)
			}
		})
	}
	rate := func(n int, d time.Duration) float64 { return float64(n) / 1e6 / d.Seconds() }
	var out strings.Builder
	fmt.Fprintf(&out, "# Speed of screening\n\nChinese minutes with findings, all recognisers, names, 5,000 codenames; processor\ntime on one core, collecting garbage included, %s, %s/%s, the best of several runs. Written by\n`TestScreeningReport` (models/screening/report_test.go); compare with other runs of the same machine only.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(&out, "| text | time | MB/s |\n|---|---|---|\n")
	var plain time.Duration
	for _, size := range []int{10 << 10, 100 << 10, 1 << 20, MaxBytes} {
		text := minutes(size)
		d := screen(9, text)
		if plain = d; size < 1<<20 {
			d = screen(99, text)
		}
		fmt.Fprintf(&out, "| %d KiB | %v | %.0f |\n", size>>10, d.Round(10*time.Microsecond), rate(len(text), d))
	}
	text := minutes(100 << 10)
	for _, c := range []struct {
		what     string
		patterns []*regexp.Regexp
	}{{"without the company's words", re2Patterns(nil)}, {"and the words as one more", re2Patterns(words)}} {
		d := best(3, func() {
			for _, re := range c.patterns {
				re.FindAllStringIndex(text, -1)
			}
		})
		fmt.Fprintf(&out, "| 100 KiB by RE2, %d patterns of the same forms one after another, no checks, %s | %v | %.2f |\n", len(c.patterns), c.what, d.Round(time.Millisecond), rate(len(text), d))
	}
	out.WriteString("\n")
	fmt.Fprintf(&out, "## Hostile texts of 10 MiB, as a share of the plain text's time\n\n| text | unit | time | share |\n|---|---|---|---|\n")
	for _, u := range hostileUnits {
		d := screen(3, strings.Repeat(u.unit, MaxBytes/len(u.unit)))
		fmt.Fprintf(&out, "| %s | `%s` | %v | %.1f |\n", u.name, strings.Trim(fmt.Sprintf("%q", u.unit), `"`), d.Round(time.Millisecond), float64(d)/float64(plain))
	}
	var before, after runtime.MemStats
	fmt.Fprintf(&out, "\n## Memory allocated for one text of 10 MiB\n\n| text | MiB |\n|---|---|\n")
	for _, u := range []struct{ name, text string }{{"minutes", minutes(MaxBytes)}, {"full-width digits", strings.Repeat("６", MaxBytes/3)}, {"digits and blanks", strings.Repeat("1 ", MaxBytes/2)}, {"context words", strings.Repeat("合同", MaxBytes/6)}} {
		runtime.ReadMemStats(&before)
		_ = screen(1, u.text)
		runtime.ReadMemStats(&after)
		fmt.Fprintf(&out, "| %s | %d |\n", u.name, (after.TotalAlloc-before.TotalAlloc)>>20)
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
