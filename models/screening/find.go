package screening

import (
	"errors"
	"sort"
	"unicode/utf8"
)

// The bounds of one screening. What goes beyond them is refused or marked, never passed unseen.
const (
	MaxBytes    = 10 << 20
	MaxFindings = 10_000
)

// ErrTooLong says that a text is longer than MaxBytes: split it.
var ErrTooLong = errors.New("the text is longer than screening takes in one piece")

// Finding is one place in the original text that must not be posted as it stands. It holds no part of the text.
type Finding struct {
	Kind Kind `json:"kind"`
	// Start and End are bytes of the original text, RuneStart and RuneEnd characters; the ends are exclusive.
	Start     int `json:"start"`
	End       int `json:"end"`
	RuneStart int `json:"rune_start"`
	RuneEnd   int `json:"rune_end"`
	// Score is how sure the recogniser is, in percent.
	Score int `json:"score"`
	// Class is the class of publication that this finding demands.
	Class Class `json:"class"`
	// Why explains the finding: what was recognised, what was checked, what stood nearby.
	Why []Reason `json:"why"`
	// Label is the name of a keyword's list, if the policy gives one.
	Label string `json:"label,omitempty"`

	canon string // the value without spelling: one value is one token
	op    Operator
}

// Text is the place in the original text that the finding is about.
func (f Finding) Text(original string) string { return original[f.Start:f.End] }

// Result is what screening found, in the order of the text and without overlaps.
type Result struct {
	Findings []Finding `json:"findings"`
	// Class is the class that the findings demand; general if there are none.
	Class Class `json:"class"`
	// Truncated says that more was found than is kept: such a text cannot be posted as general, nor desensitised.
	Truncated bool `json:"truncated,omitempty"`
}

// scan is one screening under way.
type scan struct {
	s    *Screener
	t    *text
	b    []byte
	ctx  []hit // context words, in order
	out  []hit2
	slow int // costly validations left
	full bool
}

// hit2 is a finding in the normal form.
type hit2 struct {
	kind       Kind
	start, end int
	score      int
	why        []Reason
	canon      string
	class      Class
	label      string
	op         Operator
}

// maxSlow bounds how many numbers are looked up in the plans of the world's phone numbers.
const maxSlow = 5_000

// Screen finds in a text what the rules name. Its cost grows with the length of the text alone.
func (s *Screener) Screen(original string) (Result, error) {
	if len(original) > MaxBytes {
		return Result{}, ErrTooLong
	}
	c := &scan{s: s, t: normalise(original), slow: maxSlow}
	c.b = c.t.b
	c.ctx = s.builtin.find(c.b)
	c.numbers()
	c.plates()
	c.emails()
	c.network()
	c.secrets()
	c.contracts()
	c.addresses()
	c.amounts()
	if s.rules.Names {
		c.names()
	}
	c.keywords()
	return c.result(), nil
}

// add keeps a finding if it is sure enough and the rules want its kind.
func (c *scan) add(h hit2) {
	if h.score < c.s.floor(h.kind) || h.end <= h.start {
		return
	}
	if len(c.out) >= 4*MaxFindings {
		c.full = true
		return
	}
	if h.canon == "" {
		h.canon = fold(string(c.b[h.start:h.end]))
	}
	if c.s.allowed[h.canon] {
		return
	}
	c.out = append(c.out, h)
}

// result resolves overlaps and maps back. Of two findings that overlap, the one of the higher rank stays (a valid
// resident ID outranks a card on the same span), then the surer, then the longer one. The other is dropped whole: what
// it had beside the overlap is found, if at all, when the output is screened again.
func (c *scan) result() Result {
	sort.SliceStable(c.out, func(i, j int) bool {
		a, b := c.out[i], c.out[j]
		ra, rb := traits[a.kind].rank+a.score/4, traits[b.kind].rank+b.score/4
		if ra != rb {
			return ra > rb
		}
		if a.end-a.start != b.end-b.start {
			return a.end-a.start > b.end-b.start
		}
		return a.start < b.start
	})
	var kept spans
	for i := range c.out {
		if len(kept.all) >= MaxFindings {
			c.full = true
			break
		}
		kept.put(&c.out[i])
	}
	r := Result{Class: ClassGeneral, Truncated: c.full, Findings: make([]Finding, 0, len(kept.all))}
	pos, runes := 0, 0
	for _, h := range kept.sorted() {
		from, to := c.t.span(h.start, h.end)
		to = c.t.marks(to)
		if from < pos || to <= from { // two findings in one original character
			continue
		}
		runes += utf8.RuneCountInString(c.t.orig[pos:from])
		f := Finding{Kind: h.kind, Start: from, End: to, RuneStart: runes, Score: min(h.score, 100), Why: h.why, Label: h.label, canon: h.canon, op: h.op}
		runes += utf8.RuneCountInString(c.t.orig[from:to])
		f.RuneEnd, pos = runes, to
		if f.Class = h.class; f.Class == "" {
			f.Class = c.s.class(h.kind)
		}
		r.Class = Higher(r.Class, f.Class)
		r.Findings = append(r.Findings, f)
	}
	if c.full {
		r.Class = Higher(r.Class, ClassSensitive)
	}
	return r
}

// spans are findings without overlap, ordered by place: buckets of 64 bytes make looking up short.
type spans struct {
	all []*hit2
	at  map[int][]*hit2
}

const bucket = 64

// put keeps h unless one that is already kept overlaps it.
func (s *spans) put(h *hit2) {
	if s.at == nil {
		s.at = map[int][]*hit2{}
	}
	for k := h.start / bucket; k <= (h.end-1)/bucket; k++ {
		for _, o := range s.at[k] {
			if o.start < h.end && h.start < o.end {
				return
			}
		}
	}
	for k := h.start / bucket; k <= (h.end-1)/bucket; k++ {
		s.at[k] = append(s.at[k], h)
	}
	s.all = append(s.all, h)
}

func (s *spans) sorted() []*hit2 {
	sort.Slice(s.all, func(i, j int) bool { return s.all[i].start < s.all[j].start })
	return s.all
}
