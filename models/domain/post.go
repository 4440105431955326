package domain

import (
	"slices"
	"time"
)

// PostState is where a publication is (semantics 3).
type PostState string

// The states of a publication. Up to its approval the API moves it, with its case; from approved on only its own workflow.
const (
	PostDraft      PostState = "draft"
	PostScreened   PostState = "screened"    // submitted, and a security officer is asked for exemptions first
	PostInApproval PostState = "in_approval" // its case decides
	PostReturned   PostState = "returned"    // its case was sent back to the author
	PostApproved   PostState = "approved"
	PostScheduled  PostState = "scheduled" // waits for the next working hour
	PostPosting    PostState = "posting"   // the platforms are asked
	PostPosted     PostState = "posted"
	PostRecalled   PostState = "recalled"
	PostArchived   PostState = "archived"
	PostLapsed     PostState = "lapsed"            // the approval was not used in time
	PostHandled    PostState = "handled_otherwise" // an approver named another way (R3.2.2)
	PostStopped    PostState = "stopped"           // a topic at risk, or not what was approved
	PostRejected   PostState = "rejected"
	PostWithdrawn  PostState = "withdrawn"
	PostExpired    PostState = "expired" // nobody decided in time
)

// Editable tells whether the author may still change what is to be posted.
func (s PostState) Editable() bool {
	return s == PostDraft || s == PostScreened || s == PostReturned
}

// Over tells whether nothing can be posted any more.
func (s PostState) Over() bool {
	switch s {
	case PostPosted, PostRecalled, PostArchived, PostLapsed, PostHandled, PostStopped, PostRejected, PostWithdrawn, PostExpired:
		return true
	case PostDraft, PostScreened, PostInApproval, PostReturned, PostApproved, PostScheduled, PostPosting:
	}
	return false
}

// PostScope is who may know (R3.3.1): everybody named, everybody of the departments and those below them, everybody in the
// groups. Empty: whoever is in the target groups.
type PostScope struct {
	People      []EmployeeID   `json:"people,omitempty"`
	Departments []DepartmentID `json:"departments,omitempty"`
	Groups      []string       `json:"groups,omitempty"`
}

// Stated tells whether the scope names anybody.
func (s PostScope) Stated() bool { return len(s.People)+len(s.Departments)+len(s.Groups) > 0 }

// PostParties are those who agree first where a publication concerns several (R3.2.2): departments by their leaders, and named
// representatives.
type PostParties struct {
	Departments []DepartmentID `json:"departments,omitempty"`
	People      []EmployeeID   `json:"people,omitempty"`
}

// PostContent is what a publication says: never in a row, a history, a log or a mail, only sealed under the publication's key.
type PostContent struct {
	Subject     string           `json:"subject"`
	Text        string           `json:"text"`
	Source      string           `json:"source,omitempty"`      // where it comes from (R3.2)
	Application string           `json:"application,omitempty"` // what it applies to
	Demands     string           `json:"demands,omitempty"`     // confidentiality demands (R3.3.1)
	Reason      string           `json:"reason,omitempty"`      // of the urgency
	Attachments []PostAttachment `json:"attachments,omitempty"`
}

// Digest is the hash of exactly what is posted.
func (c PostContent) Digest() string { return StateDigest(c) }

// PostAttachment is a file that goes with the text: SHA256 is that of its bytes.
type PostAttachment struct {
	Object    string `json:"object"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// PostRules are the policy's rules that a publication was submitted under.
type PostRules struct {
	Policy  string         `json:"policy"`
	Valid   int            `json:"valid"`   // calendar days in which an approval is used
	Carries map[Tier]Class `json:"carries"` // the highest class that groups of a tier carry
}

// PostRequest is what an approval binds to: the digest of the exact desensitised text and attachments, with scope and target.
// It carries no content and is a publication case's material.
type PostRequest struct {
	Post    string      `json:"post"`
	Number  string      `json:"number"`
	Author  EmployeeID  `json:"author"`
	Class   Class       `json:"class"`
	Content string      `json:"content"`
	Scope   PostScope   `json:"scope"`
	Parties PostParties `json:"parties"`
	Groups  []string    `json:"groups"`
	Urgent  bool        `json:"urgent,omitempty"`
}

// Digest is what decisions name.
func (r PostRequest) Digest() string { return StateDigest(r) }

// Tier is how secret a case about the publication is: sensitive matter is read like confidential groups' is.
func (r PostRequest) Tier() Tier {
	if r.Class.Rank() >= ClassSensitive.Rank() {
		return TierConfidential
	}
	return TierOrdinary
}

// Exemption is a finding that a security officer lets stand, or not, in one version of the original (semantics 3).
type Exemption struct {
	Finding  string     `json:"finding"`  // PostFinding.ID
	Original string     `json:"original"` // digest of the version it was decided on: another version has none
	By       EmployeeID `json:"by"`
	At       time.Time  `json:"at"`
	Granted  bool       `json:"granted,omitempty"`
	Reason   Ref        `json:"reason"`
}

// Lowering is a class that a security officer set below what screening demands, for one version of the original.
type Lowering struct {
	Class    Class      `json:"class"`
	Original string     `json:"original"`
	By       EmployeeID `json:"by"`
	At       time.Time  `json:"at"`
	Reason   Ref        `json:"reason"`
}

// PostingState is how a publication stands in one target group.
type PostingState string

// The states of a posting.
const (
	PostingPending  PostingState = "pending" // the platform is asked
	PostingByHand   PostingState = "by_hand" // the group's admins are asked to post it and to confirm
	PostingFailed   PostingState = "failed"
	PostingDone     PostingState = "done"
	PostingRecall   PostingState = "recalling"
	PostingRecallBy PostingState = "recall_by_hand" // the platform cannot: the admins are asked
	PostingRecalled PostingState = "recalled"
)

// Posting is a publication in one target group, posted once: the platform's receipt says so.
type Posting struct {
	Group    string       `json:"group"`
	State    PostingState `json:"state"`
	Tries    int          `json:"tries,omitempty"`
	Code     string       `json:"code,omitempty"` // failed: the connector's word; recall_by_hand: the capability that is missing
	Receipt  *Receipt     `json:"receipt,omitempty"`
	Recalled *Receipt     `json:"recalled,omitempty"`
}

// Post is the state of a publication: small, serialisable, without words. Until its approval it stands in the database alone;
// then post-{id} holds it.
type Post struct {
	ID       string      `json:"id"`
	Number   string      `json:"number"` // P-2026-00042
	Author   EmployeeID  `json:"author"`
	State    PostState   `json:"state"`
	Since    time.Time   `json:"since"`
	Declared Class       `json:"declared"`
	Screened Class       `json:"screened,omitempty"` // what screening demands of this version
	Class    Class       `json:"class,omitempty"`    // that counts: set at submission
	Scope    PostScope   `json:"scope,omitzero"`
	Parties  PostParties `json:"parties,omitzero"`
	Groups   []string    `json:"groups,omitempty"`
	Urgent   bool        `json:"urgent,omitempty"`
	Original Ref         `json:"original"`       // sealed PostContent as the author wrote it
	Written  string      `json:"written"`        // its digest
	Clean    Ref         `json:"clean,omitzero"` // sealed PostContent as it is posted
	Content  string      `json:"content,omitempty"`
	Digest   string      `json:"digest,omitempty"` // PostRequest.Digest: what is approved
	Case     string      `json:"case,omitempty"`
	Rules    PostRules   `json:"rules,omitzero"`
	Lowered  *Lowering   `json:"lowered,omitempty"`
	Exempt   []Exemption `json:"exempt,omitempty"`
	Asked    []string    `json:"asked,omitempty"`  // screened: findings that the author asks to let stand
	Checked  time.Time   `json:"checked,omitzero"` // general: when the author went through the checklist

	Approved  time.Time `json:"approved,omitzero"`
	Until     time.Time `json:"until,omitzero"` // the approval lapses
	NotBefore time.Time `json:"not_before,omitzero"`
	Calendar  string    `json:"calendar,omitempty"`
	Misfits   []Misfit  `json:"misfits,omitempty"` // why it was not posted when it was last tried
	Postings  []Posting `json:"postings,omitempty"`
	Seq       int       `json:"seq"`
	Answers   []Answer  `json:"answers,omitempty"`
}

// Request is what an approval of the publication as it stands binds to.
func (p Post) Request() PostRequest {
	return PostRequest{Post: p.ID, Number: p.Number, Author: p.Author, Class: p.Class, Content: p.Content, Scope: p.Scope, Parties: p.Parties, Groups: p.Groups, Urgent: p.Urgent}
}

// Demanded is the class that counts for a version: the higher of declared and screened, unless a security officer lowered it
// for that very version.
func (p Post) Demanded() Class {
	if l := p.Lowered; l != nil && l.Original == p.Written {
		return l.Class
	}
	return p.Declared.Higher(p.Screened)
}

// ExemptedIn tells what a security officer said about a finding of this version; nil: nothing yet.
func (p Post) ExemptedIn(finding string) *Exemption {
	for i := len(p.Exempt) - 1; i >= 0; i-- {
		if x := &p.Exempt[i]; x.Finding == finding && x.Original == p.Written {
			return x
		}
	}
	return nil
}

// Answered tells whether an act was decided already.
func (p Post) Answered(id string) bool {
	return slices.ContainsFunc(p.Answers, func(a Answer) bool { return a.Act == id })
}

// Waits tells whether the workflow waits for somebody, the time or a platform. Once nothing is waited for its run ends; a
// recall begins another.
func (p Post) Waits() bool {
	switch p.State {
	case PostApproved, PostScheduled, PostPosting:
		return true
	case PostPosted:
		return slices.ContainsFunc(p.Postings, func(x Posting) bool { return x.State == PostingRecall || x.State == PostingRecallBy })
	default:
		return false
	}
}

// Posting finds a target group's posting; nil when it is no target.
func (p *Post) Posting(group string) *Posting {
	for i := range p.Postings {
		if p.Postings[i].Group == group {
			return &p.Postings[i]
		}
	}
	return nil
}
