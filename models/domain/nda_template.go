package domain

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// TemplateState is where a version of an agreement's text is on its way (semantics 4). The text of a version never
// changes, from its first draft on: what a reviewer read is what is published, and another text is another version.
type TemplateState string

// The states that are written down.
const (
	TemplateDraft     TemplateState = "draft"     // waits for legal review
	TemplateReturned  TemplateState = "returned"  // the reviewer wants another text
	TemplateApproved  TemplateState = "approved"  // reviewed, not published
	TemplatePublished TemplateState = "published" // holds from its effective date on
	TemplateWithdrawn TemplateState = "withdrawn"
)

// The states that follow for a published version from the clock and its successors, never written down: nothing is
// switched when an effective date comes, so nothing can be forgotten.
const (
	TemplateScheduled  TemplateState = "scheduled"
	TemplateInForce    TemplateState = "in_force"
	TemplateSuperseded TemplateState = "superseded"
)

// The keys of templates: one text for each set of languages. A version supersedes those of its key.
const (
	TemplateChinese   = "zh"
	TemplateBilingual = "zh-en"
)

// TemplateVersion is what the rules of a template's life look at; its text is not among it.
type TemplateVersion struct {
	ID        string
	Key       string
	Number    int // counts from 1 in its key
	SHA256    string
	State     TemplateState
	Author    EmployeeID // empty: shipped with the service
	Reviewer  EmployeeID
	Published time.Time
	Effective time.Time
	Material  bool // every signer of an earlier version signs again
}

// Name is how a version is called on pages and on evidence pages: zh-en/3.
func (t TemplateVersion) Name() string { return t.Key + "/" + strconv.Itoa(t.Number) }

// TemplateActKind names an act on a version.
type TemplateActKind string

// The acts, all legal's.
const (
	TemplateReview   TemplateActKind = "review"
	TemplatePublish  TemplateActKind = "publish"
	TemplateWithdraw TemplateActKind = "withdraw"
)

// TemplateAct is an act on a version.
type TemplateAct struct {
	Kind      TemplateActKind
	By        EmployeeID
	At        time.Time
	Approve   bool      // review
	Comment   string    // review: needed to return; withdraw: needed once it is published
	Effective time.Time // publish; zero: at once
	Material  bool      // publish
}

// Why an act on a version is refused, beside ReasonOwnMatter, ReasonNoComment, ReasonNoReason and ReasonUnknownAct.
const (
	ReasonTemplateState Reason = "template_state" // not in a state that allows it
	ReasonTemplatePast  Reason = "effective_in_the_past"
	ReasonTemplateFar   Reason = "effective_too_far_ahead"
	ReasonTemplateLast  Reason = "last_template_in_force" // without it nobody could be asked
)

// MaxTemplateAhead is how far ahead a version may be published.
const MaxTemplateAhead = 2 * 366 * 24 * time.Hour

// before tells whether of two published versions of a key t gives way to o once both hold.
func (t TemplateVersion) before(o TemplateVersion) bool {
	if c := t.Effective.Compare(o.Effective); c != 0 {
		return c < 0
	}
	if c := t.Published.Compare(o.Published); c != 0 {
		return c < 0
	}
	return t.Number < o.Number
}

// TemplateAt finds the version of a key in force at a moment: of the published ones, the one with the latest effective
// date that has come. Withdrawing it brings its predecessor back.
func TemplateAt(all []TemplateVersion, key string, at time.Time) (TemplateVersion, bool) {
	var out TemplateVersion
	for _, t := range all {
		if t.Key == key && t.State == TemplatePublished && !t.Effective.After(at) && (out.ID == "" || out.before(t)) {
			out = t
		}
	}
	return out, out.ID != ""
}

// Standing is a version's state with the clock taken into account.
func (t TemplateVersion) Standing(all []TemplateVersion, at time.Time) TemplateState {
	if t.State != TemplatePublished {
		return t.State
	}
	if t.Effective.After(at) {
		return TemplateScheduled
	}
	if now, ok := TemplateAt(all, t.Key, at); ok && now.ID != t.ID {
		return TemplateSuperseded
	}
	return TemplateInForce
}

// Until is when the successor of a published version takes over, or took over.
func (t TemplateVersion) Until(all []TemplateVersion) (time.Time, bool) {
	var next TemplateVersion
	for _, o := range all {
		if t.State == TemplatePublished && o.Key == t.Key && o.State == TemplatePublished && o.ID != t.ID && t.before(o) && (next.ID == "" || o.before(next)) {
			next = o
		}
	}
	return next.Effective, next.ID != ""
}

// SignAgain lists the digests of the versions whose signers sign again because of a material version: those of its key
// that it supersedes, withdrawn ones too, for what was sealed under them stayed in force. None unless it holds.
func SignAgain(all []TemplateVersion, id string, at time.Time) []string {
	i := slices.IndexFunc(all, func(t TemplateVersion) bool { return t.ID == id })
	if i < 0 || !all[i].Material || all[i].State != TemplatePublished || all[i].Effective.After(at) {
		return nil
	}
	var out []string
	for _, t := range all {
		if t.Key == all[i].Key && t.ID != id && !t.Published.IsZero() && t.before(all[i]) {
			out = append(out, t.SHA256)
		}
	}
	return out
}

// DecideTemplate is the one rule of a version's life (semantics 4: draft → legal review → published → superseded |
// withdrawn). all are the versions of its key. The reviewer is never the author. It returns the version as the act
// leaves it, or why it is refused; who holds the role legal was asked before.
func DecideTemplate(all []TemplateVersion, id string, a TemplateAct) (TemplateVersion, Reason) {
	i := slices.IndexFunc(all, func(t TemplateVersion) bool { return t.ID == id })
	if i < 0 {
		return TemplateVersion{}, ReasonUnknownAct
	}
	t := all[i]
	said := strings.TrimSpace(a.Comment) != ""
	switch a.Kind {
	case TemplateReview:
		switch {
		case t.State != TemplateDraft:
			return t, ReasonTemplateState
		case t.Author == a.By:
			return t, ReasonOwnMatter
		case !a.Approve && !said:
			return t, ReasonNoComment
		}
		t.State, t.Reviewer = TemplateReturned, a.By
		if a.Approve {
			t.State = TemplateApproved
		}
	case TemplatePublish:
		effective := a.Effective
		if effective.IsZero() {
			effective = a.At
		}
		switch {
		case t.State != TemplateApproved:
			return t, ReasonTemplateState
		case effective.Before(a.At):
			return t, ReasonTemplatePast
		case effective.After(a.At.Add(MaxTemplateAhead)):
			return t, ReasonTemplateFar
		}
		t.State, t.Published, t.Effective, t.Material = TemplatePublished, a.At, effective, a.Material
	case TemplateWithdraw:
		switch {
		case t.State == TemplateWithdrawn:
			return t, ReasonTemplateState
		case t.State == TemplatePublished && !said:
			return t, ReasonNoReason
		}
		standing := t.Standing(all, a.At)
		t.State = TemplateWithdrawn
		rest := slices.Clone(all)
		rest[i] = t
		if _, left := TemplateAt(rest, t.Key, a.At); standing == TemplateInForce && !left {
			return all[i], ReasonTemplateLast
		}
	default:
		return t, ReasonUnknownAct
	}
	return t, ""
}
