package domain

import "time"

// GroupType is the kind of work group (R2.1.1-R2.1.4).
type GroupType string

// The four types of the regulation.
const (
	TypeDepartment      GroupType = "department"       // R2.1.1
	TypeProject         GroupType = "project"          // R2.1.2
	TypeCrossDepartment GroupType = "cross_department" // R2.1.3
	TypeSpecial         GroupType = "special"          // R2.1.4
)

// GroupTypes lists the types in the regulation's order.
var GroupTypes = []GroupType{TypeDepartment, TypeProject, TypeCrossDepartment, TypeSpecial}

// Tier is how much secrecy a group's matter needs (R4.1.1). "Confidential" in a rule includes secret unless one tier is named.
type Tier string

// The tiers, lowest first.
const (
	TierOrdinary     Tier = "ordinary"
	TierConfidential Tier = "confidential"
	TierSecret       Tier = "secret"
)

// Tiers lists the tiers, lowest first.
var Tiers = []Tier{TierOrdinary, TierConfidential, TierSecret}

// Confidential tells whether rules for confidential groups apply (semantics 1: confidential includes secret).
func (t Tier) Confidential() bool { return t == TierConfidential || t == TierSecret }

// Permissions are the settings of a group (R4.1.1, R2.2.5). The zero value is the strictest.
type Permissions struct {
	InviteOutsiders bool       `json:"invite_outsiders"`
	AnonymousSpeech bool       `json:"anonymous_speech"`
	SeeContacts     bool       `json:"see_contacts"`
	Posting         PostingWho `json:"posting"`
	JoinByReview    bool       `json:"join_by_review"`
}

// PostingWho says who may post in a group.
type PostingWho string

// Who may post, strictest first.
const (
	PostAdmins  PostingWho = "admins"
	PostMembers PostingWho = "members"
)

// Looser names the permissions of p that go beyond the ceiling, by their JSON names and in a fixed order. An empty
// result means that p is as strict as the ceiling or stricter (semantics 2: the tier fixes the strictest permissions allowed).
func (p Permissions) Looser(ceiling Permissions) []string {
	var out []string
	if p.InviteOutsiders && !ceiling.InviteOutsiders {
		out = append(out, "invite_outsiders")
	}
	if p.AnonymousSpeech && !ceiling.AnonymousSpeech {
		out = append(out, "anonymous_speech")
	}
	if p.SeeContacts && !ceiling.SeeContacts {
		out = append(out, "see_contacts")
	}
	if p.Posting == PostMembers && ceiling.Posting == PostAdmins {
		out = append(out, "posting")
	}
	if !p.JoinByReview && ceiling.JoinByReview {
		out = append(out, "join_by_review")
	}
	return out
}

// Filing is what an employee files: everything R6.1 wants on record before a group exists.
type Filing struct {
	Name        string         `json:"name"`
	Type        GroupType      `json:"type"`
	Tier        Tier           `json:"tier"`
	Purpose     string         `json:"purpose"`
	Departments []DepartmentID `json:"departments"` // owning; several for cross-department
	Admins      []EmployeeID   `json:"admins"`      // at least two; the first is the owner
	Members     []EmployeeID   `json:"members"`     // without the admins
	Permissions Permissions    `json:"permissions"`
	EndsOn      string         `json:"ends_on,omitempty"`  // YYYY-MM-DD in the company's zone; empty: no end planned
	Platform    string         `json:"platform"`           // connector kind: byhand, matrix, …
	Existing    bool           `json:"existing,omitempty"` // the group already exists on the platform and is filed late (R6.1)
}

// GroupState is where a group is in its life (semantics 2).
type GroupState string

// States of a group's own workflow. Before provisioning the case holds the state.
const (
	GroupDraft              GroupState = "draft" // found on the platform and not filed yet (R6.1)
	GroupProvisioning       GroupState = "provisioning"
	GroupProvisioningFailed GroupState = "provisioning_failed"
	GroupActive             GroupState = "active"
	GroupRenewalDue         GroupState = "renewal_due"
	GroupGrace              GroupState = "grace"
	GroupFrozen             GroupState = "frozen"
	GroupArchived           GroupState = "archived"
	GroupPendingDeletion    GroupState = "pending_deletion"
	GroupDeleted            GroupState = "deleted"
)

// Group is the state of a group's workflow: small, serialisable, without names of people or texts.
type Group struct {
	ID          string         `json:"id"`
	Number      string         `json:"number"`
	Case        string         `json:"case"` // the filing that gave birth to it
	Digest      string         `json:"digest"`
	Type        GroupType      `json:"type"`
	Tier        Tier           `json:"tier"`
	Platform    string         `json:"platform"`
	Departments []DepartmentID `json:"departments"`
	Admins      []EmployeeID   `json:"admins"`
	EndsOn      string         `json:"ends_on,omitempty"`
	State       GroupState     `json:"state"`
	ByHand      bool           `json:"by_hand,omitempty"` // the admins were asked to act and confirm
	PlatformID  string         `json:"platform_id,omitempty"`
	Receipt     *Receipt       `json:"receipt,omitempty"`
	Attempts    int            `json:"attempts,omitempty"` // of provisioning
	Seq         int            `json:"seq"`
	Since       time.Time      `json:"since"` // of State
	Answers     []Answer       `json:"answers,omitempty"`
	Made        bool           `json:"made,omitempty"`    // pending deletion: it stood on the platform
	Deleted     *Receipt       `json:"deleted,omitempty"` // the evidence that it no longer does
	Life        *Life          `json:"life,omitempty"`    // nil in the first version, which knew birth and winding up only
}

// Receipt is a platform's proof that an act was done there.
type Receipt struct {
	Platform string    `json:"platform"`
	ID       string    `json:"id"` // the platform's id of the group or message
	Name     string    `json:"name,omitempty"`
	Evidence *Ref      `json:"evidence,omitempty"` // by hand: the screenshot
	Key      string    `json:"key"`                // the idempotency key the connector got
	At       time.Time `json:"at"`
	Digest   string    `json:"digest"` // of the platform's answer or the evidence
}

// Ref points to an object kept outside the history, encrypted with its case's key, and to what it held.
type Ref struct {
	Object string `json:"object"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size,omitempty"`
}
