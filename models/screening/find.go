package screening

import (
	"errors"
	"sort"

	"github.com/qunbei/qunbei/models/domain"
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
	// Start and End are bytes of the original text (UTF-8), UTF16Start and UTF16End the units that browsers count; the
	// ends are exclusive.
	Start      int `json:"start"`
	End        int `json:"end"`
	UTF16Start int `json:"utf16_start"`
	UTF16End   int `json:"utf16_end"`
	// Score is how sure the recogniser is, in percent.
	Score int `json:"score"`
	// Class is the class of publication that this finding demands.
	Class domain.Class `json:"class"`
	// Why explains the finding: what was recognised, what was checked, what stood nearby.
	Why []Reason `json:"why"`
	// Label is the name of a keyword's list, if the policy gives one.
	Label string `json:"label,omitempty"`

	canon    string // the value without spelling: one value is one token
	op       Operator
	from, to int // what desensitising takes away: findings that gave way to this one reached so far
}

// Text is the place in the original text that the finding is about.
func (f Finding) Text(original string) string { return original[f.Start:f.End] }

// Result is what screening found, in the order of the text and without overlaps.
type Result struct {
	Findings []Finding `json:"findings"`
	// Class is the class that the findings demand; general if there are none.
	Class domain.Class `json:"class"`
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

	topics topic   // all that the context words speak of
	blocks []int32 // index into ctx, see context
	to     reach
}

// hit2 is a finding in the normal form.
type hit2 struct {
	kind       Kind
	start, end int
	score      int
	why        []Reason
	canon      string
	class      domain.Class
	label      string
	op         Operator

	from, to int          // with what gave way to it
	rise     domain.Class // what that demands
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
	c.context()
	c.pass()
	c.secrets()
	c.contracts()
	c.accounts()
	if s.rules.Names {
		c.names()
	}
	c.keywords()
	return c.result(), nil
}

// add keeps a finding if it is sure enough and the rules want its kind.
func (c *scan) add(h hit2) {
	if min(h.score, 100) < c.s.floor(h.kind) || h.end <= h.start {
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
// resident ID outranks a card on the same span), then the surer, then the longer one. The other gives way, but what it
// had beside the overlap is taken away too when the text is desensitised, and what it demands counts.
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
		kept.put(&c.out[i], c.s.classOf(&c.out[i]))
	}
	r := Result{Class: domain.ClassGeneral, Truncated: c.full, Findings: make([]Finding, 0, len(kept.all))}
	pos, units := 0, 0
	for _, h := range kept.sorted() {
		from, to := c.t.span(h.start, h.end)
		to = c.t.marks(to)
		if from < pos || to <= from { // two findings in one original character
			continue
		}
		units += UTF16Len(c.t.orig[pos:from])
		f := Finding{Kind: h.kind, Start: from, End: to, UTF16Start: units, Score: min(h.score, 100), Why: h.why, Label: h.label, canon: h.canon, op: h.op, from: from, to: to}
		units += UTF16Len(c.t.orig[from:to])
		f.UTF16End, pos = units, to
		if h.from < h.start {
			f.from, _ = c.t.span(h.from, h.start)
		}
		if h.to > h.end {
			_, f.to = c.t.span(h.end, h.to)
			f.to = max(c.t.marks(f.to), to)
		}
		if n := len(r.Findings); n > 0 { // both reach into what lies between: it is the earlier one's
			last := &r.Findings[n-1]
			last.to = min(last.to, from)
			f.from = min(max(f.from, last.to), from)
		}
		f.Class = c.s.classOf(h).Higher(h.rise)
		r.Class = r.Class.Higher(f.Class)
		r.Findings = append(r.Findings, f)
	}
	if c.full {
		r.Class = r.Class.Higher(domain.ClassSensitive)
	}
	return r
}

func (s *Screener) classOf(h *hit2) domain.Class {
	if h.class != "" {
		return h.class
	}
	return s.class(h.kind)
}

// UTF16Len counts the units of UTF-16 that a browser counts in s.
func UTF16Len(s string) (n int) {
	for _, r := range s {
		if n++; r >= 1<<16 {
			n++
		}
	}
	return n
}

// spans are findings without overlap, ordered by place: buckets of 64 bytes make looking up short.
type spans struct {
	all []*hit2
	at  map[int][]*hit2
}

const bucket = 64

// put keeps h, which demands class, unless ones that are already kept overlap it: then those take over what it covers
// beyond them, and what it demands if it reaches beyond or is a word of the company's own.
func (s *spans) put(h *hit2, class domain.Class) {
	if s.at == nil {
		s.at = map[int][]*hit2{}
	}
	h.from, h.to = h.start, h.end
	met := false
	for k := h.start / bucket; k <= (h.end-1)/bucket; k++ {
		for _, o := range s.at[k] {
			if o.start >= h.end || h.start >= o.end {
				continue
			}
			met = true
			o.from, o.to = min(o.from, h.start), max(o.to, h.end)
			if own := h.kind == KindKeyword || h.kind == KindCodename || h.kind == KindTopic; own || h.start < o.start || h.end > o.end {
				o.rise = o.rise.Higher(class)
			}
		}
	}
	if met {
		return
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
