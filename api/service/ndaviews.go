package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// What the API and the pages show of an agreement (semantics 4), and what comes in.

// NDAGroup is the group that an agreement is for.
type NDAGroup struct {
	ID   string      `json:"id"`
	Name string      `json:"name"`
	Tier domain.Tier `json:"tier"`
}

// NDARow is an agreement as lists show it.
type NDARow struct {
	ID       string          `json:"id"`
	Number   string          `json:"number"`
	Group    NDAGroup        `json:"group"`
	Person   PersonRef       `json:"person"` // who signs, or signed
	State    domain.NDAState `json:"state"`
	Since    time.Time       `json:"since"`
	Paper    bool            `json:"paper,omitempty"` // it is signed by hand: a character of it has no typeface
	Digest   string          `json:"digest"`          // of the agreement as it is shown: what a signature names
	Sent     *time.Time      `json:"sent,omitempty"`
	Due      *time.Time      `json:"due,omitempty"` // open: when it expires
	LapsesAt *time.Time      `json:"lapses_at,omitempty"`
	SealedAt *time.Time      `json:"sealed_at,omitempty"`
	Survives *time.Time      `json:"survives,omitempty"` // terminated: until when the duties go on
	Returned *time.Time      `json:"returned,omitempty"` // return or erasure confirmed
	Fault    string          `json:"fault,omitempty"`    // why the document could not be made
	Can      []string        `json:"can,omitempty"`      // the acts that the reader may do now
	Closed   bool            `json:"closed,omitempty"`   // the reader may act on it, and not read it
}

// NDABlock is one line of the agreement, in the words of the template's format.
type NDABlock struct {
	Kind   string `json:"kind"` // title, article, paragraph, clause, consent
	Key    string `json:"key,omitempty"`
	Number int    `json:"number,omitempty"`
	ZH     string `json:"zh"`
	EN     string `json:"en,omitempty"`
}

// NDACode is how the one-time code stands that the signer asked for.
type NDACode struct {
	Until   time.Time  `json:"until"`
	Sent    *time.Time `json:"sent,omitempty"` // nil: the mail has not gone out yet
	Address string     `json:"address"`        // masked
	Tries   int        `json:"tries"`          // left
	Again   time.Time  `json:"again"`          // when another one can be asked for
}

// NDASignedView is what the signer did.
type NDASignedView struct {
	At       time.Time       `json:"at"`
	Check    domain.NDACheck `json:"check"`
	How      string          `json:"how"` // drawn, typed or paper
	Passkey  bool            `json:"passkey,omitempty"`
	Consent  string          `json:"consent"` // SHA-256 of the consent clause
	Uploader *PersonRef      `json:"uploader,omitempty"`
}

// NDASealView is the sealed document.
type NDASealView struct {
	At     time.Time `json:"at"`
	Level  string    `json:"level"` // platform_seal, signer_key or licensed_ca: only what is true
	Serial string    `json:"serial"`
	Key    string    `json:"key"`
	SHA256 string    `json:"sha256"`
	Size   int64     `json:"size"`
}

// NDAView is an agreement in full.
type NDAView struct {
	NDARow
	Template    string          `json:"template"` // SHA-256 of its version
	Bilingual   bool            `json:"bilingual,omitempty"`
	Blocks      []NDABlock      `json:"blocks,omitempty"`  // empty: its key was destroyed
	Consent     string          `json:"consent,omitempty"` // SHA-256 of the consent clause
	Needs       domain.NDACheck `json:"needs"`             // the least check that signs
	Check       domain.NDACheck `json:"check,omitempty"`   // how the identity was checked
	Checked     *time.Time      `json:"checked,omitempty"`
	Fresh       bool            `json:"fresh,omitempty"` // the check still holds for signing
	From        *time.Time      `json:"from,omitempty"`  // opened
	Until       *time.Time      `json:"until,omitempty"` // read to the end
	Code        *NDACode        `json:"code,omitempty"`  // the signer's
	Countersign domain.Role     `json:"countersign,omitempty"`
	Signed      *NDASignedView  `json:"signed,omitempty"`
	Counter     *PersonRef      `json:"counter,omitempty"`
	CounterAt   *time.Time      `json:"counter_at,omitempty"`
	Seal        *NDASealView    `json:"seal,omitempty"`
	Reminded    int             `json:"reminded,omitempty"`
	EndedBy     string          `json:"ended_by,omitempty"`
	Timeline    []TimelineEntry `json:"timeline"`
}

// NDAFilter narrows the list of agreements.
type NDAFilter struct {
	Scope  string          // mine; countersign: what waits for me to sign for the company; all: every one that I may read; returns: HR's; hand: what cannot go on
	Group  string          // of one group
	State  domain.NDAState // empty: any
	Cursor string
	Limit  int
}

// NDAScopes are the scopes of the list. The last two show what an office needs to act, and not for which group.
var NDAScopes = []string{"mine", "countersign", "all", "returns", "hand"}

// NDAInput is an act on an agreement as it came in. What a kind of act does not carry stays empty.
type NDAInput struct {
	Kind    domain.NDAActKind
	ID      string
	End     bool           // view: the reader reached the end
	Code    string         // verify: the one-time code; empty: by session
	Shown   string         // sign, countersign: the digest that was shown
	Consent string         // sign: the digest of the consent clause that was shown
	Name    string         // sign: the typed name
	Strokes [][][2]float64 // sign: the drawn signature, 0 ≤ x, y ≤ 1
	Passkey []byte         // sign: the browser's answer to a challenge, as JSON
	Reason  string         // decline, void
	Scan    Upload         // paper
	Address string         // sign: the caller's address and program, as evidence
	Agent   string
}

// NDABatch is the company's signature under one agreement among several.
type NDABatch struct {
	NDA   string
	ID    string
	Shown string
}

// NDABatchResult is what became of one: Answer, or Err with its reason.
type NDABatchResult struct {
	NDA    string
	ActID  string
	Answer ActAnswer
	Err    *Error
}
