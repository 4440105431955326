package service

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
)

// API is everything handlers may ask of the service. *Service is the one that runs; the interface is the contract
// between handlers and service.
type API interface {
	Auth
	Filing
	Acts
	Reading
	DirectoryAPI
	Delegating
	Audit
	PolicyAPI
	Links
	GroupLife
	Joining
	Passkeys
	TemplateAPI
	Signing
	TrainingAPI
	Outsiders
	Screening
	Publishing
}

// Auth is about who somebody is.
type Auth interface {
	// SignInDemo signs in as a chosen identity of the demo; refused unless the service runs the demo on loopback.
	SignInDemo(ctx context.Context, number, agent string) (secret string, a Actor, err error)
	DemoCast(ctx context.Context) ([]CastMember, error)
	// BySession finds the actor of a session cookie's secret, ByToken that of a bearer (demo:E0001 in the demo).
	BySession(ctx context.Context, secret string) (Actor, error)
	ByToken(ctx context.Context, bearer string) (Actor, error)
	SignOut(ctx context.Context, a Actor, session string) error
	CreateToken(ctx context.Context, a Actor, key, name string, days int) (TokenView, string, error)
	EndToken(ctx context.Context, a Actor, id string) error
	Me(ctx context.Context, a Actor) (MeView, error)
	SetLanguage(ctx context.Context, a Actor, lang string) error
	// SetNotify keeps by which ways the actor wants to be asked to decide: both, mail, chat.
	SetNotify(ctx context.Context, a Actor, ways string) error
	// CaseRelations and GroupRelations say what the actor is to a subject, for the permission table. RelNone and a nil
	// error when it exists but means nothing to the actor; NotFound when it does not exist.
	CaseRelations(ctx context.Context, a Actor, id string) ([]Relation, error)
	GroupRelations(ctx context.Context, a Actor, id string) ([]Relation, error)
	// Refused records that the door refused a request (stream two).
	Refused(ctx context.Context, a Actor, route, rule, subject string)
}

// CastMember is one identity to try in the demo.
type CastMember struct {
	Person  PersonRef     `json:"person"`
	Label   domain.Label  `json:"label"`
	Roles   []domain.Role `json:"roles"`
	Waiting int           `json:"waiting"`
}

// Filing is submitting requests. key is the Idempotency-Key.
type Filing interface {
	PreviewFiling(ctx context.Context, a Actor, f domain.Filing) (Preview, error)
	// PreviewResubmission is the preview of submitting a case again: under the case's policy version, its own name free.
	PreviewResubmission(ctx context.Context, a Actor, caseID string, f domain.Filing) (Preview, error)
	CheckName(ctx context.Context, a Actor, f domain.Filing) (NameCheck, error)
	FileGroup(ctx context.Context, a Actor, key string, f domain.Filing) (CaseSummary, error)
	// FileFound files a group that was found on a platform.
	FileFound(ctx context.Context, a Actor, groupID, key string, f domain.Filing) (CaseSummary, error)
	// ChangesOf is what a change of a group begins from, PreviewChange what it would lead to; ChangeGroup asks for it, by a
	// case of its own. All are for the group's admins.
	ChangesOf(ctx context.Context, a Actor, groupID string) (ChangeStart, error)
	PreviewChange(ctx context.Context, a Actor, groupID string, in ChangeInput) (ChangePreview, error)
	ChangeGroup(ctx context.Context, a Actor, groupID, key string, in ChangeInput) (CaseSummary, error)
	ImportGroups(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (ImportReport, error)
	// ImportResult is the uploaded sheet again with a result and a reason in each row, as XLSX.
	ImportResult(ctx context.Context, a Actor, up Upload, rep ImportReport) ([]byte, error)
	GroupTemplate(ctx context.Context, a Actor) ([]byte, error)
}

// Acts are what people do to a case or group; each is one signal, answered honestly.
type Acts interface {
	Decide(ctx context.Context, a Actor, caseID string, in DecideInput) (ActAnswer, error)
	// DecideMany decides several cases, each by an act of its own: one that fails stops no other. Results are in the order
	// of what came in.
	DecideMany(ctx context.Context, a Actor, in []BatchInput) []BatchResult
	Withdraw(ctx context.Context, a Actor, caseID, actID, comment string) (ActAnswer, error)
	Comment(ctx context.Context, a Actor, caseID string, in CommentInput) (ActAnswer, error)
	Return(ctx context.Context, a Actor, caseID string, in ReturnInput) (ActAnswer, error)
	Resubmit(ctx context.Context, a Actor, caseID string, in ResubmitInput) (ActAnswer, error)
	Transfer(ctx context.Context, a Actor, caseID string, in TransferInput) (ActAnswer, error)
	AddSigners(ctx context.Context, a Actor, caseID string, in AddInput) (ActAnswer, error)
	Urge(ctx context.Context, a Actor, caseID, actID string) (ActAnswer, error)
	Copy(ctx context.Context, a Actor, caseID string, in CopyInput) (ActAnswer, error)
	Assign(ctx context.Context, a Actor, caseID string, in AssignInput) (ActAnswer, error)
	// DismissHand takes a case that is over and had no effect out of the queue of those that need a hand.
	DismissHand(ctx context.Context, a Actor, caseID string, in DismissInput) (ActAnswer, error)
	// Revoke asks for the revocation of an approved case: a new case, with an approval of its own. key is the
	// Idempotency-Key.
	Revoke(ctx context.Context, a Actor, caseID, key, reason string) (CaseSummary, error)
	Confirm(ctx context.Context, a Actor, groupID string, in ConfirmInput) (ActAnswer, error)
	Retry(ctx context.Context, a Actor, groupID, actID string) (ActAnswer, error)
	// ConfirmDeleted is an admin's word that a group being wound up is gone from its platform.
	ConfirmDeleted(ctx context.Context, a Actor, groupID string, in DeletedInput) (ActAnswer, error)
	// ActStatus answers what became of an act whose answer was still out (202).
	ActStatus(ctx context.Context, a Actor, caseID, actID string) (ActAnswer, error)
}

// ConfirmInput is an admin's confirmation that the group stands on its platform (by hand).
type ConfirmInput struct {
	ID         string
	Name       string // as the platform shows it
	PlatformID string
	Screenshot Upload // png, jpeg or webp, at most 5 MiB
}

// Reading is lists and pages; all by keyset from PostgreSQL.
type Reading interface {
	Inbox(ctx context.Context, a Actor, cursor string, limit int) (Page[InboxItem], error)
	MyCases(ctx context.Context, a Actor, openOnly bool, cursor string, limit int) (Page[CaseSummary], error)
	// DecidedCases lists what I decided, in my own name or another's, the newest decision first; CopiedCases what I got a
	// copy of.
	DecidedCases(ctx context.Context, a Actor, cursor string, limit int) (Page[CaseSummary], error)
	CopiedCases(ctx context.Context, a Actor, cursor string, limit int) (Page[CaseSummary], error)
	HandQueue(ctx context.Context, a Actor, cursor string, limit int) (Page[HandItem], error) // process administrators
	Case(ctx context.Context, a Actor, id, purpose string) (CaseView, error)
	Timeline(ctx context.Context, a Actor, id string) ([]TimelineEntry, error)
	// Materials lists the versions of what a case asks for, the oldest first.
	Materials(ctx context.Context, a Actor, id string) ([]MaterialView, error)
	// Attachment returns a file of a comment.
	Attachment(ctx context.Context, a Actor, caseID, object string) (Upload, error)
	Register(ctx context.Context, a Actor, f GroupFilter) (Page[GroupRow], error)
	Group(ctx context.Context, a Actor, id, purpose string) (GroupView, error)
	// Evidence returns the screenshot of a confirmation.
	Evidence(ctx context.Context, a Actor, groupID string) (Upload, error)
	Notifications(ctx context.Context, a Actor, cursor string, limit int) (Page[NotificationView], error)
	MarkRead(ctx context.Context, a Actor, ids []string) error // none: all
	FindPeople(ctx context.Context, a Actor, text string, limit int) ([]PersonRef, error)
	Departments(ctx context.Context, a Actor) ([]DepartmentRef, error)
	Tiers(ctx context.Context, a Actor) ([]TierView, error)
	Platforms(ctx context.Context, a Actor) ([]string, error)
	Health(ctx context.Context) Health
}

// TierView is a tier with its ceiling and default permissions, for the form.
type TierView struct {
	Tier     domain.Tier        `json:"tier"`
	Ceiling  domain.Permissions `json:"ceiling"`
	Defaults domain.Permissions `json:"defaults"`
}

// Health says which parts answer.
type Health struct {
	Database bool `json:"database"`
	Engine   bool `json:"engine"`
}

// DirectoryAPI is the company's address book.
type DirectoryAPI interface {
	ImportDirectory(ctx context.Context, a Actor, key string, up Upload, dryRun, full, allowMass bool) (DirectoryReport, error)
}

// Audit is the auditor's reading; each reading is recorded.
type Audit interface {
	AuditCases(ctx context.Context, a Actor, f AuditFilter) (Page[CaseSummary], error)
	History(ctx context.Context, a Actor, workflow, purpose string) (HistoryView, error)
	Replay(ctx context.Context, a Actor, workflow, purpose string) (ReplayVerdict, error)
	// RawHistory is a bundle (replay.Bundle): the exact bytes of every run, the rows beside them and the public proof keys.
	RawHistory(ctx context.Context, a Actor, workflow, purpose string) ([]byte, error)
	ProofKeys(ctx context.Context) (map[string]string, error) // key id → base64 public key
	Events(ctx context.Context, a Actor, cursor string, limit int) (Page[EventView], error)
}

// AuditFilter searches all cases.
type AuditFilter struct {
	Text   string // number, title, or a person's number or name
	Status domain.CaseStatus
	From   string // YYYY-MM-DD
	To     string
	Cursor string
	Limit  int
}

// EventView is one entry of stream two.
type EventView struct {
	ID      string     `json:"id"`
	At      string     `json:"at"`
	Actor   *PersonRef `json:"actor,omitempty"`
	Kind    string     `json:"kind"`
	Subject string     `json:"subject,omitempty"`
	Rule    string     `json:"rule,omitempty"`
	Result  string     `json:"result"`
}
