package directory

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// RowFault is one thing wrong with a spreadsheet: where, what, and the values that its message and remedy need.
// Params may hold what the file said about people: show it to the importer, never log it.
type RowFault struct {
	Row     int               `json:"row"`    // as the spreadsheet program counts, from 1; 0: the file as a whole
	Column  string            `json:"column"` // the heading as the file writes it, or the template's where it is missing
	Field   string            `json:"field"`  // our key of the column, or the JSON path of the filing's field
	Code    string            `json:"code"`
	Params  map[string]string `json:"params,omitempty"`
	Warning bool              `json:"warning,omitempty"` // worth knowing, does not stop the import
}

// Blocking tells whether any fault stops the import; warnings do not.
func Blocking(faults []RowFault) bool {
	return slices.ContainsFunc(faults, func(f RowFault) bool { return !f.Warning })
}

// FileError says why a file cannot be read at all.
type FileError struct {
	Code   string
	Params map[string]string
}

func (e *FileError) Error() string { return "the file cannot be read: " + e.Text("en") }

// Text words the error in "zh" or "en", with the remedy.
func (e *FileError) Text(lang string) string { return text(lang, e.Code, e.Params) }

// Text words the fault in "zh" or "en" (any other language reads English), with the remedy and without its place.
func (f RowFault) Text(lang string) string { return text(lang, f.Code, f.Params) }

func text(lang, code string, params map[string]string) string {
	t, ok := texts[code]
	if !ok {
		return code
	}
	s := t.en
	if strings.HasPrefix(lang, "zh") {
		s = t.zh
	}
	pairs := make([]string, 0, 2*len(params))
	for k, v := range params {
		if name, ok := TierNames[domain.Tier(v)]; ok && k == "tier" && strings.HasPrefix(lang, "zh") {
			v = name
		}
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// faults gathers what is wrong with a file, up to MaxFaults; warnings may take a quarter of that, so that they never
// crowd out what stops the import.
type faults struct {
	list            []RowFault
	warnings        int
	dropped, unseen int // faults and warnings beyond the bounds
}

func (fs *faults) add(f RowFault) {
	switch {
	case f.Warning && fs.warnings >= MaxFaults/4:
		fs.unseen++
	case len(fs.list)-fs.warnings >= MaxFaults-MaxFaults/4 && !f.Warning:
		fs.dropped++
	default:
		if f.Warning {
			fs.warnings++
		}
		fs.list = append(fs.list, f)
	}
}

// all returns the faults by row, and says how many more there were.
func (fs *faults) all() []RowFault {
	slices.SortStableFunc(fs.list, func(a, b RowFault) int { return a.Row - b.Row })
	if n := fs.dropped + fs.unseen; n > 0 {
		return append(fs.list, RowFault{Code: CodeMoreFaults, Params: params("count", strconv.Itoa(n)), Warning: fs.dropped == 0})
	}
	return fs.list
}

func params(kv ...string) map[string]string {
	p := make(map[string]string, len(kv)/2)
	for i := 0; i+1 < len(kv); i += 2 {
		p[kv[i]] = kv[i+1]
	}
	return p
}

// brief shortens what a cell says, so that a message stays a message.
func brief(s string) string {
	r := []rune(strings.ToValidUTF8(s, "�"))
	for i, c := range r {
		if hiddenRune(c) != "" {
			r[i] = '�'
		}
	}
	if len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return string(r)
}
