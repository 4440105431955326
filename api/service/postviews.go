package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// What the API and the pages show of a publication (semantics 3), and what comes in.

// PostFile is a file that goes with a publication. On the way in either Object, one that is kept, or Name and Data.
type PostFile struct {
	Object    string `json:"object,omitempty"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
	Opaque    bool   `json:"opaque,omitempty"` // nothing could be read in it: never posted as general
}

// PostWords is what a publication says.
type PostWords struct {
	Subject     string     `json:"subject"`
	Text        string     `json:"text"`
	Source      string     `json:"source,omitempty"`
	Application string     `json:"application,omitempty"`
	Demands     string     `json:"demands,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	Files       []PostFile `json:"files"`
}

// PostFinding is one place that must not be posted as it stands. It quotes nothing; the places are characters of the field as
// the author wrote it, or of the desensitised one (Left).
type PostFinding struct {
	ID     string       `json:"id"`
	Field  string       `json:"field"` // subject, text, source, application, demands; files[0]
	Start  int          `json:"start"` // units of UTF-16, as browsers count
	End    int          `json:"end"`
	Kind   string       `json:"kind"`
	Label  domain.Label `json:"label"`
	Why    domain.Label `json:"why"`
	Class  domain.Class `json:"class"`
	Score  int          `json:"score"`
	Left   bool         `json:"left,omitempty"`   // it is still there after desensitising
	Needs  bool         `json:"needs,omitempty"`  // nothing takes its place: exempted, or taken out
	Exempt string       `json:"exempt,omitempty"` // granted, refused; asked
}

// PostGroupView is a target group with how the publication stands in it.
type PostGroupView struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Tier     domain.Tier         `json:"tier"`
	State    domain.PostingState `json:"state,omitempty"`
	Code     string              `json:"code,omitempty"`
	Receipt  *domain.Receipt     `json:"receipt,omitempty"`
	Recalled *domain.Receipt     `json:"recalled,omitempty"`
}

// PostScopeView is who may know.
type PostScopeView struct {
	People      []PersonRef     `json:"people"`
	Departments []DepartmentRef `json:"departments"`
	Groups      []PostGroupRef  `json:"groups"`
}

// PostGroupRef names a group.
type PostGroupRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// PostPartiesView is who agrees first.
type PostPartiesView struct {
	Departments []DepartmentRef `json:"departments"`
	People      []PersonRef     `json:"people"`
}

// PostMisfitView is a reason why it does not fit a target group.
type PostMisfitView struct {
	Group  PostGroupRef      `json:"group"`
	Kind   domain.MisfitKind `json:"kind"`
	Person *PersonRef        `json:"person,omitempty"`
	N      int               `json:"n,omitempty"`
}

// PostRow is a publication as lists show it: without a word of it.
type PostRow struct {
	ID      string           `json:"id"`
	Number  string           `json:"number"`
	Author  PersonRef        `json:"author"`
	State   domain.PostState `json:"state"`
	Since   time.Time        `json:"since"`
	Class   domain.Class     `json:"class"` // that counts, or is declared
	Urgent  bool             `json:"urgent,omitempty"`
	Groups  []PostGroupView  `json:"groups"`
	CaseID  string           `json:"case_id,omitempty"`
	Case    string           `json:"case,omitempty"` // its number
	Until   *time.Time       `json:"until,omitempty"`
	Due     *time.Time       `json:"due,omitempty"` // when it goes out
	Created time.Time        `json:"created"`
	Changed time.Time        `json:"changed"`
	Can     []string         `json:"can"` // the acts that the reader may do now
}

// PostView is a publication in full. Words are there for those who may read them.
type PostView struct {
	PostRow
	Declared  domain.Class     `json:"declared"`
	Screened  domain.Class     `json:"screened,omitempty"`
	Lowered   domain.Class     `json:"lowered,omitempty"`
	LoweredBy *PersonRef       `json:"lowered_by,omitempty"`
	Scope     PostScopeView    `json:"scope"`
	Parties   PostPartiesView  `json:"parties"`
	Written   string           `json:"written"` // digest of what the author wrote: who changes or submits it names the version they saw
	Content   string           `json:"content,omitempty"`
	Digest    string           `json:"digest,omitempty"` // what is approved
	Approved  *time.Time       `json:"approved,omitempty"`
	Misfits   []PostMisfitView `json:"misfits"`
	Original  *PostWords       `json:"original,omitempty"`
	Clean     *PostWords       `json:"clean,omitempty"`
	Findings  []PostFinding    `json:"findings"`
	Shredded  bool             `json:"shredded,omitempty"`
	Relations []Relation       `json:"relations"`
	Timeline  []TimelineEntry  `json:"timeline"`
}

// PostPreview is what a draft would lead to, by the functions that run it.
type PostPreview struct {
	Declared  domain.Class     `json:"declared"`
	Screened  domain.Class     `json:"screened"`
	Class     domain.Class     `json:"class"`
	Findings  []PostFinding    `json:"findings"`
	Clean     PostWords        `json:"clean"`
	Route     *RouteView       `json:"route,omitempty"` // none: a general post is its author's own to check
	Checklist []domain.Label   `json:"checklist"`
	Misfits   []PostMisfitView `json:"misfits"`
	Faults    []domain.Fault   `json:"faults"`
	Due       *time.Time       `json:"due,omitempty"` // when it would go out if it were approved now
}

// PostInput is a draft as it came in. People and departments are named by id.
type PostInput struct {
	Subject, Text, Source, Application, Demands, Reason string

	Class   domain.Class
	Scope   domain.PostScope
	Parties domain.PostParties
	Groups  []string
	Urgent  bool
	Files   []PostUpload
	Written string // change: the version that was seen
}

// PostUpload is a file: one that is kept, by its object, or a new one.
type PostUpload struct {
	Object string
	Name   string
	Data   []byte
}

// PostSubmitInput submits a draft.
type PostSubmitInput struct {
	Written string
	Checked bool     // general: the author went through the checklist
	Exempt  []string // findings that the author asks a security officer to let stand
}

// PostWordInput is a security officer's word on a version of a draft.
type PostWordInput struct {
	Written string
	Finding string // exemptions
	Grant   bool
	Class   domain.Class // classes
	Comment string
}

// PostActInput is an act on an approved publication as it came in.
type PostActInput struct {
	Kind     domain.PostActKind
	ID       string
	Group    string
	Content  string // confirm: digest of what was posted by hand
	Message  string // confirm: the platform's id of it, if there is one
	Comment  string
	Evidence Upload
}

// PostFilter narrows the list of publications.
type PostFilter struct {
	Scope  string // mine; all: every one that I may know of; screened: those that wait for a security officer's word
	Group  string
	State  domain.PostState
	Cursor string
	Limit  int
}

// PostScopes are the scopes of the list.
var PostScopes = []string{"mine", "all", "screened"}
