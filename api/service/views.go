package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Actor is who acts: a person signed in by a session or a token.
type Actor struct {
	ID      domain.EmployeeID
	Number  string
	Name    string
	Roles   []domain.Role // with RoleEmployee, and RoleLeader when the person leads a department
	Leads   []domain.DepartmentID
	Lang    string // zh-CN or en; empty: by the browser
	Session string // session or token id
	Method  string // session, token, demo
	CSRF    string // of the session
	Outside bool   // comes from outside the company: sees their own places, agreements and trainings, and nothing else
}

// Has tells whether the actor holds the role.
func (a Actor) Has(r domain.Role) bool {
	for _, x := range a.Roles {
		if x == r {
			return true
		}
	}
	return false
}

// PersonRef is a person as lists show them.
type PersonRef struct {
	ID         domain.EmployeeID `json:"id"`
	Number     string            `json:"number"`
	Name       string            `json:"name"`
	Department string            `json:"department"`
	Post       string            `json:"post"`
	Active     bool              `json:"active"`
	Outside    bool              `json:"outside,omitempty"` // comes from outside the company; Department is their organisation
}

// DepartmentRef is a department as lists show it.
type DepartmentRef struct {
	ID     domain.DepartmentID `json:"id"`
	Code   string              `json:"code"`
	Name   string              `json:"name"`
	Path   string              `json:"path"` // 公司/研发中心/平台部
	Parent domain.DepartmentID `json:"parent,omitempty"`
	Leader *PersonRef          `json:"leader,omitempty"`
}

// Page is one page of a keyset list. Next is opaque and empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// NameCheck says whether a name is free and regular (R2.2.1).
type NameCheck struct {
	Name       string         `json:"name"`
	OK         bool           `json:"ok"`
	Faults     []domain.Fault `json:"faults,omitempty"`
	Suggestion string         `json:"suggestion,omitempty"`
}

// Preview is what a filing would lead to, made by the code that runs. Filing holds what was sent.
type Preview struct {
	Name   NameCheck      `json:"name"`
	Faults []domain.Fault `json:"faults"` // the name's too
	Route  *RouteView     `json:"route,omitempty"`
	Digest string         `json:"digest,omitempty"`
}

// GroupRow is a group in the register.
type GroupRow struct {
	ID          string            `json:"id"`
	Number      string            `json:"number"`
	CaseID      string            `json:"case_id"`
	Name        string            `json:"name"`
	Type        domain.GroupType  `json:"type"`
	Tier        domain.Tier       `json:"tier"`
	State       domain.GroupState `json:"state"`
	ByHand      bool              `json:"by_hand"`
	Platform    string            `json:"platform"`
	Departments []DepartmentRef   `json:"departments"`
	Owner       *PersonRef        `json:"owner,omitempty"`
	Members     int               `json:"members"`
	EndsOn      string            `json:"ends_on,omitempty"`
	Created     time.Time         `json:"created"`
	Since       time.Time         `json:"since"`
	Flags       []domain.Flag     `json:"flags,omitempty"` // for those who watch over the group
	Next        *NextDate         `json:"next,omitempty"`
}

// GroupView is a group in full.
type GroupView struct {
	GroupRow
	Purpose     string             `json:"purpose"`
	Permissions domain.Permissions `json:"permissions"`
	Admins      []PersonRef        `json:"admins"`
	MemberRefs  []PersonRef        `json:"member_refs,omitempty"` // only for those who may see the members
	PlatformID  string             `json:"platform_id,omitempty"`
	Receipt     *domain.Receipt    `json:"receipt,omitempty"`
	Timeline    []TimelineEntry    `json:"timeline"`
	Relations   []Relation         `json:"relations"`
	Can         []string           `json:"can"` // confirm, retry, renew, freeze …
	Life        *LifeView          `json:"life,omitempty"`
}

// GroupFilter narrows the register. Empty fields do not.
type GroupFilter struct {
	Text       string // in name, number, department
	Type       domain.GroupType
	Tier       domain.Tier
	State      domain.GroupState
	Department domain.DepartmentID // with those below it
	Mine       bool
	Platform   string
	Flag       domain.Flag
	DueFrom    string // YYYY-MM-DD: the next date is on this day or later
	DueTo      string
	Cursor     string
	Limit      int
}

// NotificationView is one line of news.
type NotificationView struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	Subject   string     `json:"subject"` // case, group
	SubjectID string     `json:"subject_id"`
	Number    string     `json:"number"`
	Title     string     `json:"title"`
	Status    string     `json:"status,omitempty"` // of the case or group at that time
	Person    *PersonRef `json:"person,omitempty"` // whom it concerns beside the reader: who is away, or stands in
	N         int        `json:"n,omitempty"`      // how many it is about; 0: the one named
	At        time.Time  `json:"at"`
	Read      *time.Time `json:"read,omitempty"`
}

// Relation is what a person is to a case or group; routes.go speaks in it.
type Relation string

// The relations.
const (
	RelRequester   Relation = "requester"
	RelApprover    Relation = "approver"     // holds or held a slot
	RelAsked       Relation = "asked"        // holds an open slot now
	RelDelegate    Relation = "delegate"     // may decide now in the name of somebody who is asked
	RelWasDelegate Relation = "was_delegate" // could, since the slot opened: hears why it is too late, and reads nothing
	RelCopied      Relation = "copied"       // got a copy: reads, and says nothing
	RelNamedAdmin  Relation = "named_admin"  // admin of the group, in the filing or the register
	RelMember      Relation = "member"
	RelLeader      Relation = "leader"        // leads an owning department or one above it
	RelPublic      Relation = "public"        // an ordinary group in the register: every employee
	RelSponsor     Relation = "sponsor"       // answers for somebody from outside in it
	RelAwaited     Relation = "awaited"       // asked to join, is invited, or waits for agreement or training
	RelSecond      Relation = "second"        // may be asked to be the second of two who unfreeze the group
	RelSigner      Relation = "signer"        // signs, or signed, the agreement
	RelCounter     Relation = "countersigner" // holds the role that signs it for the company
	RelNone        Relation = "none"
)

// MeView is who I am.
type MeView struct {
	Person  PersonRef       `json:"person"`
	Roles   []domain.Role   `json:"roles"`
	Leads   []DepartmentRef `json:"leads,omitempty"`
	Lang    string          `json:"language"`
	Notify  string          `json:"notify"`         // both, mail, chat
	Chat    bool            `json:"chat,omitempty"` // a chat platform can send to me
	Waiting int             `json:"waiting"`        // open slots and confirmations; at most 100 are counted
	Unread  int             `json:"unread"`
	// Agreements: to sign, to sign for the company, and to confirm the return of after they ended.
	ToSign        int `json:"to_sign,omitempty"`
	ToCountersign int `json:"to_countersign,omitempty"`
	ToReturn      int `json:"to_return,omitempty"`
	ToConfirm     int `json:"to_confirm,omitempty"`   // HR: returns of people who left the company
	NDAsInHand    int `json:"ndas_in_hand,omitempty"` // process administrators: agreements that cannot go on by themselves

	Sessions []SessionView `json:"sessions,omitempty"`
	Tokens   []TokenView   `json:"tokens,omitempty"`
}

// SessionView is one place where I am signed in.
type SessionView struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
	Expires time.Time `json:"expires"`
	Agent   string    `json:"agent"`
	Current bool      `json:"current"`
}

// TokenView is a personal access token, without its secret.
type TokenView struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Created time.Time  `json:"created"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used,omitempty"`
}

// ImportRow is the fate of one row of a spreadsheet of groups.
type ImportRow struct {
	Row    int            `json:"row"` // as the spreadsheet counts
	Name   string         `json:"name"`
	Case   *CaseSummary   `json:"case,omitempty"` // filed, or filed by an earlier upload of the same row
	Faults []domain.Fault `json:"faults,omitempty"`
	Texts  []string       `json:"reasons,omitempty"` // in the caller's language
}

// ImportReport is the fate of a spreadsheet.
type ImportReport struct {
	DryRun bool        `json:"dry_run"`
	Filed  int         `json:"filed"`
	Faulty int         `json:"faulty"`
	Rows   []ImportRow `json:"rows"`
}

// DirectoryReport is what an import of the address book changed, or would change.
type DirectoryReport struct {
	DryRun   bool              `json:"dry_run"`
	Revision int64             `json:"revision,omitempty"`
	Counts   map[string]int    `json:"counts"` // joined, left, moved, …
	Changes  []DirectoryChange `json:"changes"`
	Faults   []DirectoryFault  `json:"faults"`
	Cases    int               `json:"open_cases_touched"`
	Groups   int               `json:"groups_touched"`
}

// DirectoryChange is one difference, in codes and words.
type DirectoryChange struct {
	Kind   string `json:"kind"`
	Number string `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
}

// DirectoryFault is one faulty row.
type DirectoryFault struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Code   string `json:"code"`
	Text   string `json:"text"`
}

// Upload is a file as it came in.
type Upload struct {
	Name      string
	MediaType string
	Data      []byte
}

// HistoryEvent is one event of a workflow's history, decoded.
type HistoryEvent struct {
	ID      int64     `json:"id"`
	Run     string    `json:"run,omitempty"` // ids begin again with each run of a long-lived workflow
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
	Summary string    `json:"summary"`          // a code for the page's sentence: act.decide, decided.accepted, timer.started …
	Detail  any       `json:"detail,omitempty"` // replay.Detail: decoded payloads and attributes
	State   any       `json:"state,omitempty"`  // domain.Case or domain.Group, recomputed, after an event that changed it
}

// HistoryView is a workflow's history.
type HistoryView struct {
	Workflow string         `json:"workflow"`
	Run      string         `json:"run"`
	Closed   bool           `json:"closed"`
	Source   string         `json:"source"` // engine, export
	SHA256   string         `json:"sha256,omitempty"`
	Events   []HistoryEvent `json:"events"`
}

// FieldDifference is where history and database disagree.
type FieldDifference struct {
	Table  string `json:"table"` // cases, case_slots, audit_entries, groups
	Key    string `json:"key"`   // r1.s1.p1, or the seq
	Column string `json:"column"`
	Stored string `json:"stored"`
	Replay string `json:"replayed"`
}

// ReplayVerdict is what a replay found.
type ReplayVerdict struct {
	Workflow    string            `json:"workflow"`
	Run         string            `json:"run"`
	OK          bool              `json:"ok"`
	Replayed    bool              `json:"replayed"`          // the code goes the same way
	Complete    bool              `json:"complete"`          // gap-free; closed if the case is
	Recomputed  bool              `json:"recomputed"`        // the outcome follows from acts and facts
	Proofs      int               `json:"proofs"`            // that hold
	Failure     string            `json:"failure,omitempty"` // a code: nondeterminism, cut, forged_act, …
	Detail      string            `json:"detail,omitempty"`
	Differences []FieldDifference `json:"differences"`
	Build       string            `json:"build"` // the code that replayed
	At          time.Time         `json:"at"`
}
