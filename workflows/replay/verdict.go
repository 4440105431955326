package replay

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Code names what is wrong with a history: a stable word for API, page and command.
type Code string

// What can be wrong. The order is that of importance: a verdict's failure is the first that occurs.
const (
	CodeKeyUnknown      Code = "key_unknown"           // a payload's key is not in the keyring: nothing can be said
	CodeUnreadable      Code = "unreadable"            // a payload is not authentic, or not what it should be
	CodeGap             Code = "gap"                   // event ids do not run from 1 without a gap
	CodeCut             Code = "cut"                   // the end, or an earlier or later run, is missing
	CodeForgedAct       Code = "forged_act"            // an act whose proof does not hold was counted
	CodeProofKeyUnknown Code = "proof_key_unknown"     // an act was signed with a key that nobody published
	CodeFacts           Code = "facts_differ"          // acts and recorded facts do not lead to the recorded state
	CodeNoAct           Code = "decision_without_act"  // a decision is recorded for which nobody acted
	CodeUnanswered      Code = "unanswered_act"        // somebody acted, and it was never decided
	CodeStart           Code = "start_differs"         // the first state is not one that a submission makes
	CodeContinuation    Code = "continuation_differs"  // a run does not go on where the one before it ended
	CodeResult          Code = "result_differs"        // the recorded result is not the outcome
	CodeEnded           Code = "ended_by_force"        // terminated, cancelled, timed out or failed
	CodeNondeterminism  Code = "nondeterminism"        // the running code goes another way
	CodeReplay          Code = "replay_failed"         // the running code could not be replayed
	CodeSubject         Code = "not_a_process_of_ours" // neither a case nor a group
	CodeBytes           Code = "bytes_differ"          // exported bytes are not those that were exported
	CodeDiffers         Code = "database_differs"      // history is sound, the projection says something else
)

var order = []Code{CodeSubject, CodeBytes, CodeKeyUnknown, CodeGap, CodeCut, CodeForgedAct, CodeProofKeyUnknown, CodeUnreadable, CodeStart, CodeNoAct,
	CodeFacts, CodeUnanswered, CodeContinuation, CodeResult, CodeEnded, CodeNondeterminism, CodeReplay, CodeDiffers}

// Fault is one thing wrong, and where: run and event (0: the run as a whole).
type Fault struct {
	Code   Code   `json:"code"`
	Run    string `json:"run,omitempty"`
	Event  int64  `json:"event,omitempty"`
	Detail string `json:"detail,omitempty"` // for a person; ids, digests and codes, no content
}

func (f Fault) String() string { return fmt.Sprintf("%s at event %d: %s", f.Code, f.Event, f.Detail) }

// At names an event of a workflow across its runs.
type At struct {
	Run   string `json:"run"`
	Event int64  `json:"event"`
}

// Applied is one act as the history decided it: what was done, over which facts, and what came of it.
type Applied struct {
	Seq     int            `json:"seq"`
	Decided At             `json:"decided"`          // the recorded decision
	Source  int64          `json:"source,omitempty"` // event of the same run that brought the act: signal, timer, connector's answer; 0: the start
	Act     domain.Act     `json:"act"`              // a group's act in the form whose bytes a proof signs
	Raw     any            `json:"-"`                // domain.Act or domain.GroupAct, as signalled
	Facts   any            `json:"facts"`            // domain.Facts or domain.GroupFacts
	When    time.Time      `json:"at"`               // of the facts
	Verdict domain.Verdict `json:"verdict"`
	Digest  string         `json:"digest"`
	Stuck   bool           `json:"stuck,omitempty"` // the database refused it: it did not happen
	Proof   bool           `json:"proof"`           // the proof holds

	// The system's own acts are stamped with the workflow's clock: these are the times it can have shown. Where an
	// attempt was lost, only the span is known.
	clocks   []time.Time
	from, to time.Time
}

// Verdict is what the history by itself shows; Compare says what the database adds.
type Verdict struct {
	Workflow   string   `json:"workflow"`
	Runs       []string `json:"runs"`
	Complete   bool     `json:"complete"`
	Replayed   bool     `json:"replayed"`
	Recomputed bool     `json:"recomputed"`
	Closed     bool     `json:"closed"`
	Events     int      `json:"events"`
	Proofs     int      `json:"proofs"` // of people's acts, that hold
	Faults     []Fault  `json:"faults"`

	Acts []Applied `json:"-"`
	// Case or Group is the recomputed state, Start the first one; GroupID what an approved case gives birth to.
	Case    *domain.Case  `json:"case,omitempty"`
	Group   *domain.Group `json:"group,omitempty"`
	NDA     *domain.NDA   `json:"nda,omitempty"`
	Post    *domain.Post  `json:"post,omitempty"`
	GroupID string        `json:"group_id,omitempty"`
	// States holds the state after each event that changed it: domain.Case or domain.Group. Before the first there is none.
	States map[At]any `json:"-"`

	wakes map[At]domain.Wake // what each timer was started for
}

// OK tells whether nothing is wrong with the history.
func (v Verdict) OK() bool { return len(v.Faults) == 0 && v.Complete && v.Replayed && v.Recomputed }

// Failure is the most important fault, or nil.
func (v Verdict) Failure() *Fault {
	for _, c := range order {
		for i := range v.Faults {
			if v.Faults[i].Code == c {
				return &v.Faults[i]
			}
		}
	}
	return nil
}

// Seq is the number of the last act that the history holds.
func (v Verdict) Seq() int {
	switch {
	case v.Case != nil:
		return v.Case.Seq
	case v.Group != nil:
		return v.Group.Seq
	case v.NDA != nil:
		return v.NDA.Seq
	case v.Post != nil:
		return v.Post.Seq
	}
	return 0
}

func (v *Verdict) fault(code Code, run string, event int64, format string, args ...any) {
	v.Faults = append(v.Faults, Fault{Code: code, Run: run, Event: event, Detail: fmt.Sprintf(format, args...)})
}

// Codes lists all that can be wrong, most important first.
func Codes() []Code { return slices.Clone(order) }
