package screening

import (
	"fmt"
	"sync"

	"github.com/qunbei/qunbei/models/domain"
)

// Rules are the company's: what counts, what it demands, how it is desensitised. They are policy data; the zero value
// is the default.
type Rules struct {
	Keywords []Keyword `json:"keywords,omitempty" yaml:"keywords"`
	// Names asks for people's names too (semantics 3: names in context).
	Names bool `json:"names,omitempty" yaml:"names"`
	// Classes and Operators replace the default of a kind. A class of general makes a kind demand nothing.
	Classes   map[Kind]domain.Class `json:"classes,omitempty" yaml:"classes"`
	Operators map[Kind]Operator     `json:"operators,omitempty" yaml:"operators"`
	// Floors are the scores below which a finding is dropped, in percent; 50 if a kind is not named, 101 switches it off.
	Floors map[Kind]int `json:"floors,omitempty" yaml:"floors"`
	// OwnMail are mail domains of the company whose addresses are no findings.
	OwnMail []string `json:"own_mail,omitempty" yaml:"own_mail"`
	// Allowed are texts that are no findings, such as the company's own hotline and credit code.
	Allowed []string `json:"allowed,omitempty" yaml:"allowed"`
}

// The bounds of rules.
const (
	MaxKeywords     = 50_000
	MaxKeywordBytes = 256
	defaultFloor    = 50
)

// Screener applies rules to texts. It is read-only: any number of goroutines may use it.
type Screener struct {
	rules    Rules
	builtin  *wordlist
	keywords *keywords
	allowed  map[string]bool
	ownMail  map[string]bool
	least    int // the lowest floor of all kinds
}

var builtinWords = sync.OnceValue(newWordlist)

// Defect is a fault of the rules: the field, a stable code, and which entry.
type Defect struct {
	Field string
	Code  string
	At    int
}

func (d Defect) Error() string {
	return fmt.Sprintf("screening rules: %s: %s (entry %d)", d.Field, d.Code, d.At)
}

// New checks rules and prepares them. It never quotes a keyword in an error: codenames are secret.
func New(r Rules) (*Screener, error) {
	if len(r.Keywords) > MaxKeywords {
		return nil, Defect{"keywords", "too_many", MaxKeywords}
	}
	for i, k := range r.Keywords {
		if code := k.Check(); code != "" {
			return nil, Defect{"keywords", code, i}
		}
	}
	for k, c := range r.Classes {
		if !k.Known() || c.Rank() < 0 {
			return nil, Defect{"classes", "unknown_value", 0}
		}
	}
	for k, o := range r.Operators {
		if !k.Known() || !o.Known() {
			return nil, Defect{"operators", "unknown_value", 0}
		}
	}
	for k := range r.Floors {
		if !k.Known() {
			return nil, Defect{"floors", "unknown_value", 0}
		}
	}
	least := defaultFloor
	for _, f := range r.Floors {
		least = min(least, f)
	}
	s := &Screener{least: least, rules: r, builtin: builtinWords(), keywords: newKeywords(r.Keywords), ownMail: lower(r.OwnMail), allowed: map[string]bool{}}
	if s.keywords != nil {
		s.keywords.raise(s.demand)
	}
	if err := s.allow(r.Allowed); err != nil {
		return nil, err
	}
	return s, nil
}

// allow makes the allowed texts known by the value that recognisers find in them.
func (s *Screener) allow(texts []string) error {
	probe := *s
	probe.allowed = nil
	for _, text := range texts {
		r, err := probe.Screen(text)
		if err != nil {
			return err
		}
		for _, f := range r.Findings {
			s.allowed[f.canon] = true
		}
	}
	return nil
}

func (s *Screener) floor(k Kind) int {
	if f, ok := s.rules.Floors[k]; ok {
		return f
	}
	return defaultFloor
}

func (s *Screener) class(k Kind) domain.Class {
	if c, ok := s.rules.Classes[k]; ok {
		return c
	}
	return traits[k].class
}

// demand is the class that a word of the company's demands.
func (s *Screener) demand(k Keyword) domain.Class {
	if k.Class != "" {
		return k.Class
	}
	if k.Kind == "" {
		return s.class(KindKeyword)
	}
	return s.class(k.Kind)
}

func (s *Screener) operator(f Finding) Operator {
	if f.op != "" {
		return f.op
	}
	if o, ok := s.rules.Operators[f.Kind]; ok {
		return o
	}
	return traits[f.Kind].op
}
