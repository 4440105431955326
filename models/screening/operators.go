package screening

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

// Operator says what takes the place of a finding (semantics 3).
type Operator string

// The operators.
const (
	OpMask       Operator = "mask"       // 138****8000: enough to recognise, not to use
	OpToken      Operator = "token"      // ［手机号1］: the same value has the same number within a post
	OpRedact     Operator = "redact"     // ███, always three: not even the length is told
	OpDrop       Operator = "drop"       // nothing is left
	OpHash       Operator = "hash"       // keyed: the same value is recognisable across posts by whoever has the key
	OpVault      Operator = "vault"      // a token that the vault can turn back, by approval only
	OpGeneralise Operator = "generalise" // an address to its city, an amount to its magnitude
)

// blackened stands for what is redacted: always the same, so that not even the length is told.
const blackened = "███"

// operatorWords name the operators.
var operatorWords = map[Operator]domain.Label{
	OpMask: {ZH: "掩码", EN: "mask"}, OpToken: {ZH: "编号代替", EN: "numbered token"}, OpRedact: {ZH: "涂黑", EN: "redact"}, OpDrop: {ZH: "删除", EN: "drop"},
	OpHash: {ZH: "密钥散列", EN: "keyed hash"}, OpVault: {ZH: "密存代替", EN: "vault token"}, OpGeneralise: {ZH: "概括", EN: "generalise"},
}

// Operators lists the operators.
func Operators() []Operator {
	return []Operator{OpMask, OpToken, OpRedact, OpDrop, OpHash, OpVault, OpGeneralise}
}

// Known tells whether an operator exists.
func (o Operator) Known() bool { return operatorWords[o].ZH != "" }

// Label names an operator in both languages; nothing for one that does not exist.
func (o Operator) Label() domain.Label { return operatorWords[o] }

// Options of one desensitising.
type Options struct {
	// Key keys hashes and vault tokens; at least 16 bytes. Where it is missing, those operators are an error.
	Key []byte
	// Exempt are findings, by their index in the Result, that a security officer exempted one by one.
	Exempt map[int]bool
}

// Replacement is one place in the desensitised text.
type Replacement struct {
	Finding  int      `json:"finding"` // index in the Result
	Operator Operator `json:"operator"`
	Start    int      `json:"start"` // bytes of the desensitised text
	End      int      `json:"end"`
}

// Sealed is a value for the vault: what the token stands for. It never marshals.
type Sealed struct {
	Token string
	Kind  Kind
	Value string `json:"-"`
}

// Clean is a desensitised text.
type Clean struct {
	Text         string        `json:"text"`
	Replacements []Replacement `json:"replacements"`
	// Remaining is what screening finds in Text: each of it must be exempted, or the post is refused.
	Remaining Result   `json:"remaining"`
	Vault     []Sealed `json:"-"`
}

// The errors of desensitising.
var (
	ErrNoKey     = errors.New("hashes and vault tokens need a key of at least 16 bytes")
	ErrTruncated = errors.New("more was found than screening keeps: shorten the text")
	ErrMismatch  = errors.New("the findings are not those of this text")
)

// Desensitise replaces what r found in the original text and screens the outcome again. Where a value that was found
// also stands in places that nothing marks there, it is replaced there too.
func (s *Screener) Desensitise(original string, r Result, o Options) (Clean, error) {
	if r.Truncated {
		return Clean{}, ErrTruncated
	}
	w := &writer{s: s, o: o, numbers: map[string]int{}, perKind: map[Kind]int{}}
	pos := 0
	for i, f := range r.Findings {
		if f.Start < pos || f.End < f.Start || f.End > len(original) {
			return Clean{}, ErrMismatch
		}
		from, to := f.Start, f.End
		if f.to > f.from {
			from, to = min(max(f.from, pos), from), min(max(f.to, to), len(original))
		}
		w.copy(original[pos:from])
		pos = to
		if o.Exempt[i] { // it stays, what gave way to it does not
			if from < f.Start {
				w.copy(blackened)
			}
			w.copy(original[f.Start:f.End])
			if to > f.End {
				w.copy(blackened)
			}
			continue
		}
		if err := w.replace(i, f, original[f.Start:f.End]); err != nil {
			return Clean{}, err
		}
	}
	w.copy(original[pos:])
	out := Clean{Text: w.out.String(), Replacements: w.done, Vault: w.vault}
	w.sweep(&out, original, r)
	var err error
	out.Remaining, err = s.Screen(out.Text)
	return out, err
}

type writer struct {
	s       *Screener
	o       Options
	out     strings.Builder
	done    []Replacement
	vault   []Sealed
	numbers map[string]int
	perKind map[Kind]int
}

func (w *writer) copy(s string) { w.out.WriteString(s) }

func (w *writer) replace(i int, f Finding, value string) error {
	op := w.s.operator(f)
	text, err := w.text(op, f, value)
	if err != nil {
		return err
	}
	start := w.out.Len()
	w.out.WriteString(text)
	w.done = append(w.done, Replacement{Finding: i, Operator: op, Start: start, End: w.out.Len()})
	return nil
}

func (w *writer) text(op Operator, f Finding, value string) (string, error) {
	switch op {
	case OpDrop:
		return "", nil
	case OpRedact:
		return blackened, nil
	case OpMask:
		return mask(f.Kind, value), nil
	case OpGeneralise:
		return generalise(f.Kind, value), nil
	case OpHash, OpVault:
		if len(w.o.Key) < 16 {
			return "", ErrNoKey
		}
		mac := hmac.New(sha256.New, w.o.Key)
		_, _ = mac.Write([]byte(string(op) + "\x00" + f.canon))
		sum := letters(mac.Sum(nil)[:10])
		if op == OpHash {
			return "［" + f.Kind.Label().ZH + "#" + sum + "］", nil
		}
		token := "［密存" + sum + "］"
		w.vault = append(w.vault, Sealed{Token: token, Kind: f.Kind, Value: value})
		return token, nil
	default: // token, and what nobody knows
		n := w.numbers[f.canon]
		if n == 0 {
			w.perKind[f.Kind]++
			n = w.perKind[f.Kind]
			w.numbers[f.canon] = n
		}
		return fmt.Sprintf("［%s%d］", f.Kind.Label().ZH, n), nil
	}
}

// letters writes bytes without digits, so that no recogniser takes a hash for a number.
func letters(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'g' + r - '0'
		}
		return r
	}, hex.EncodeToString(b))
}

// mask keeps as much as people need to recognise their own: three and four of a phone number, nothing in between.
func mask(k Kind, value string) string {
	rs := []rune(value)
	head, tail := 0, 0
	switch k {
	case KindMobile, KindForeignPhone:
		head, tail = 3, 4
	case KindLandline:
		head, tail = 3, 2
	case KindResidentID, KindResidence, KindForeignerID, KindUSCC:
		head, tail = 2, 2
	case KindBankCard, KindAccount:
		head, tail = 0, 4
	case KindHKID, KindTaiwanID, KindPassport, KindTravelPermit:
		head, tail = 1, 2
	case KindPlate:
		head, tail = 2, 1
	case KindName:
		head = 1
	case KindEmail:
		if at := strings.LastIndexAny(value, "@)]"); at > 0 {
			r, _ := utf8.DecodeRuneInString(value)
			return string(r) + "***" + value[at:]
		}
		return "***"
	default: // nothing that counts is kept
	}
	var marks []int // places of what counts
	for i, r := range rs {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			marks = append(marks, i)
		}
	}
	if len(marks) < head+tail+3 {
		head, tail = min(head, 1), 0
	}
	var b strings.Builder
	for n, i := range marks {
		switch {
		case n < head, n >= len(marks)-tail:
			b.WriteRune(rs[i])
		default:
			b.WriteByte('*')
		}
	}
	if b.Len() == 0 {
		return "***"
	}
	return b.String()
}

// generalise tells the kind of thing: an address's province or city, an amount's magnitude.
func generalise(k Kind, value string) string {
	v := string(normalise(value).b)
	if k == KindAddress {
		for _, p := range strings.Fields(contextWords[aboutPlace]) {
			if strings.HasPrefix(v, p) {
				return p + "（具体地址略）"
			}
		}
		return "（地址略）"
	}
	if k != KindAmount && k != KindFinancial {
		return "（" + k.Label().ZH + "略）"
	}
	if strings.Contains(v, "%") {
		return "若干百分点"
	}
	digits := 0
	for _, c := range []byte(v) {
		if c == '.' {
			break
		}
		if alnum[c] == 1 {
			digits++
		}
	}
	switch {
	case strings.Contains(v, "亿"):
		digits += 8
	case strings.Contains(v, "万"), strings.ContainsAny(v, "wW"):
		digits += 4
	case strings.Contains(v, "千"), strings.ContainsAny(v, "kK"):
		digits += 3
	}
	switch {
	case digits >= 9:
		return "亿元级金额"
	case digits >= 5:
		return "万元级金额"
	}
	return "小额"
}

// maxSwept bounds how many values are looked for once more.
const maxSwept = 500

// sweep replaces what was found once and stands elsewhere unmarked (a name without its title).
func (w *writer) sweep(out *Clean, original string, r Result) {
	values := map[string]bool{}
	for i, f := range r.Findings {
		v := original[f.Start:f.End]
		if !w.o.Exempt[i] && len(values) < maxSwept && utf8.RuneCountInString(v) >= 2 && len(v) >= 6 && f.Kind != KindAmount && f.Kind != KindFinancial {
			values[v] = true
		}
	}
	sorted := make([]string, 0, len(values))
	for v := range values {
		sorted = append(sorted, v)
	}
	sort.Slice(sorted, func(i, j int) bool {
		return len(sorted[i]) > len(sorted[j]) || len(sorted[i]) == len(sorted[j]) && sorted[i] < sorted[j]
	})
	for _, v := range sorted {
		if !strings.Contains(out.Text, v) {
			continue
		}
		out.Text = strings.ReplaceAll(out.Text, v, blackened)
		out.Replacements = nil // their places have moved; the page marks by screening again
	}
}
