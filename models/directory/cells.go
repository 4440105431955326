package directory

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean trims what spreadsheets leave around a value: spaces of every width, and the apostrophe that makes text of it.
func clean(s string) string {
	return strings.TrimPrefix(strings.TrimSpace(strings.ReplaceAll(s, "\u00a0", " ")), "'")
}

// hiddenRune names a character that a reader cannot see in a one-line value; "" when there is nothing wrong with it.
func hiddenRune(r rune) string {
	if r == unicode.ReplacementChar {
		return "U+FFFD"
	}
	if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029' {
		h := strings.ToUpper(strconv.FormatInt(int64(r), 16))
		return "U+" + strings.Repeat("0", max(0, 4-len(h))) + h
	}
	return ""
}

func hidden(s string) string {
	for _, r := range s {
		if h := hiddenRune(r); h != "" {
			return h
		}
	}
	return ""
}

var (
	scientific  = regexp.MustCompile(`^[0-9](\.[0-9]+)?[eE]\+?[0-9]{1,2}$`)
	staffNumber = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
	mainland    = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	foreign     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	domainPart  = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$`)
	inBrackets  = regexp.MustCompile(`^(.*?)\s*[(（\[]\s*([A-Za-z0-9._@-]+)\s*[)）\]]$`)
)

// digits undoes what Excel does to a long number: 1.3800138E+10 and a trailing .0.
func digits(s string) string {
	if scientific.MatchString(s) {
		if f, err := strconv.ParseFloat(s, 64); err == nil && f < 1e15 && f == float64(int64(f)) {
			return strconv.FormatInt(int64(f), 10)
		}
	}
	if n, ok := strings.CutSuffix(s, ".0"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
		return n
	}
	return s
}

func parseNumber(s string) (string, bool) {
	n := digits(norm.NFKC.String(s))
	return n, staffNumber.MatchString(n)
}

func parseEmail(s string) (string, bool) {
	s = norm.NFKC.String(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return "", false
	}
	_, host, _ := strings.Cut(s, "@")
	return s, domainPart.MatchString(host)
}

// parseMobile gives eleven digits for a mainland number and +… for any other.
func parseMobile(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()\u2011\u2013", r) {
			return -1
		}
		return r
	}, digits(norm.NFKC.String(s)))
	bare := s
	for _, p := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			bare = rest
			break
		}
	}
	if mainland.MatchString(bare) {
		return bare, true
	}
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	return s, foreign.MatchString(s) && !strings.HasPrefix(s, "+86")
}

// parseFlag reads yes and no as people and spreadsheets write them.
func parseFlag(s string) (yes, ok bool) {
	switch strings.ToLower(norm.NFKC.String(s)) {
	case "是", "y", "yes", "true", "1", "√", "✓", "有", "允许", "可", "可以", "需要", "需":
		return true, true
	case "否", "n", "no", "false", "0", "×", "x", "无", "不允许", "不可", "不可以", "不需要", "-", "--", "/":
		return false, true
	}
	return false, false
}

// parseStatus reads whether a person works here. Not yet having activated the platform's account is no reason to be gone.
func parseStatus(s string) (active, ok bool) {
	switch strings.ToLower(norm.NFKC.String(s)) {
	case "在职", "正常", "启用", "已启用", "已激活", "未激活", "待激活", "未加入", "已加入", "试用", "试用期", "正式", "实习", "active", "enabled", "0":
		return true, true
	case "离职", "已离职", "禁用", "已禁用", "停用", "已停用", "冻结", "已冻结", "退出", "已退出", "退出企业", "暂停", "已暂停",
		"已暂停使用", "暂停使用", "注销", "已注销", "退休", "left", "disabled", "inactive", "resigned", "1":
		return false, true
	}
	return false, false
}

// splitList splits what people put between several values of one cell.
func splitList(s string, separators string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if p = clean(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
