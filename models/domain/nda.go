package domain

import "time"

// NDAState is where a request for an agreement is (semantics 4).
type NDAState string

// The states of an agreement. From sealed on it is in force until it is superseded or terminated.
const (
	NDACreated       NDAState = "created"
	NDASent          NDAState = "sent"
	NDAViewed        NDAState = "viewed"
	NDAVerified      NDAState = "verified" // the signer's identity was checked
	NDASigned        NDAState = "signed"
	NDACountersigned NDAState = "countersigned"
	NDASealed        NDAState = "sealed"
	NDADeclined      NDAState = "declined"
	NDAExpired       NDAState = "expired"
	NDAVoided        NDAState = "voided"
	NDASuperseded    NDAState = "superseded"
	NDATerminated    NDAState = "terminated" // the person left; the duties survive until Survives
)

// NDACheck is how a signer's identity was checked (the policy says which a tier asks for).
type NDACheck string

// The checks, weakest first.
const (
	NDABySession NDACheck = "session"
	NDAByCode    NDACheck = "mail_code" // a one-time code by mail, asked for after the link was opened
	NDAByPasskey NDACheck = "passkey"   // besides, the passkey's assertion over the document's digest
	NDAByPaper   NDACheck = "paper"     // signed by hand on paper, scanned
)

// NDAActKind names an act on an agreement.
type NDAActKind string

// The acts. Those without an actor are the system's.
const (
	NDAActSent        NDAActKind = "sent"        // system: first act: the signer is told; facts say whether only paper will do
	NDAActRemind      NDAActKind = "remind"      // system: a reminder's time has come
	NDAActExpire      NDAActKind = "expire"      // system: the time to sign is over
	NDAActView        NDAActKind = "view"        // signer: opened, or read to the end: From, Until
	NDAActVerify      NDAActKind = "verify"      // signer: identity checked by the service: Check
	NDAActSign        NDAActKind = "sign"        // signer: Shown, Consent, Drawn or typed, Passkey
	NDAActDecline     NDAActKind = "decline"     // signer: Reason
	NDAActPaper       NDAActKind = "paper"       // admin or legal: the scan of the copy signed by hand: Scan
	NDAActCountersign NDAActKind = "countersign" // for the company: a person with the role that the rules name
	NDAActSeal        NDAActKind = "seal"        // system: the document is drawn, signed with the platform's key and kept: Sealed
	NDAActVoid        NDAActKind = "void"        // legal, or system when the group or the request is no more: Reason or Rule
	NDAActSupersede   NDAActKind = "supersede"   // system: another agreement for the same person and group was sealed: By
	NDAActLapse       NDAActKind = "lapse"       // system: a material new version of the template: Until is the end of the grace
	NDAActTerminate   NDAActKind = "terminate"   // system: the person left the group or the company: duties survive
	NDAActReturn      NDAActKind = "return"      // signer, after leaving (HR for who left the company): what they held is returned or erased
	NDAActSealFailed  NDAActKind = "seal_failed" // system: the document cannot be made, and trying again would not help: Code
	NDAActRetry       NDAActKind = "retry"       // legal, security or process administrator: try to seal it again
)

// NDARules are the policy's rules that an agreement was begun under. All spans are calendar days.
type NDARules struct {
	Policy      string   `json:"policy"`
	Check       NDACheck `json:"check"`                 // the least that signs
	Countersign Role     `json:"countersign,omitempty"` // who signs for the company; empty: the platform's seal alone
	Reminders   []int    `json:"reminders,omitempty"`   // days after it was sent
	Expires     int      `json:"expires"`               // days to sign
	Survives    int      `json:"survives,omitempty"`    // days the duties go on after the end; 0: without end
	Grace       int      `json:"grace,omitempty"`       // days to sign a material new version again
}

// NDA is the state of an agreement's workflow nda-{id}: small, serialisable, without names or texts. What the document is
// made of stands in the object Material, encrypted with the agreement's key.
type NDA struct {
	ID       string     `json:"id"`
	Number   string     `json:"number"` // N-2026-00042
	Group    string     `json:"group"`
	Person   EmployeeID `json:"person"`
	Template string     `json:"template"` // SHA-256 of the version's canonical text
	Material Ref        `json:"material"` // values of the fields, names as they were when it was made
	Digest   string     `json:"digest"`   // SHA-256 of the agreement as it is shown: what a signature names
	Rules    NDARules   `json:"rules"`
	State    NDAState   `json:"state"`
	Paper    bool       `json:"paper,omitempty"` // a character of it has no typeface: it is signed by hand (semantics 4)
	Seq      int        `json:"seq"`
	Since    time.Time  `json:"since"`

	Sent       time.Time   `json:"sent,omitzero"`
	Due        time.Time   `json:"due,omitzero"`     // when it expires
	Remind     []time.Time `json:"remind,omitempty"` // when the signer is reminded, ascending, before Due
	Reminded   int         `json:"reminded,omitempty"`
	From       time.Time   `json:"from,omitzero"`  // first view
	Until      time.Time   `json:"until,omitzero"` // read to the end
	Check      NDACheck    `json:"check,omitempty"`
	Checked    time.Time   `json:"checked,omitzero"`
	Signed     *NDASigning `json:"signed,omitempty"`
	Counter    EmployeeID  `json:"counter,omitempty"` // countersigner; empty: the seal
	CounterAt  time.Time   `json:"counter_at,omitzero"`
	Fault      string      `json:"fault,omitempty"` // why the document could not be made; a person must look
	Tries      int         `json:"tries,omitempty"` // of sealing that ended in a fault
	Sealed     *NDASeal    `json:"sealed,omitempty"`
	LapsesAt   time.Time   `json:"lapses_at,omitzero"`    // a material new version is out: the end of the grace
	EndedBy    string      `json:"ended_by,omitempty"`    // the agreement that superseded it, or the rule that ended it
	Ended      time.Time   `json:"ended,omitzero"`        // when it came to its last state
	Survives   time.Time   `json:"survives,omitzero"`     // terminated: the end of the duties; zero: they have none
	Returned   time.Time   `json:"returned,omitzero"`     // return or erasure confirmed
	ReturnedBy EmployeeID  `json:"returned_by,omitempty"` // by the signer, or HR
	Answers    []Answer    `json:"answers,omitempty"`
}

// NDASigning is what the signer did, as evidence (semantics 4). The service fills in what it saw itself.
type NDASigning struct {
	At       time.Time  `json:"at"` // by the server's clock
	Shown    string     `json:"shown"`
	Consent  string     `json:"consent"`            // SHA-256 of the consent text
	Drawn    *Ref       `json:"drawn,omitempty"`    // the drawn signature; without it the typed name
	Scan     *Ref       `json:"scan,omitempty"`     // on paper
	Client   *Ref       `json:"client,omitempty"`   // address and user agent
	Passkey  *Ref       `json:"passkey,omitempty"`  // the assertion with credential, client data, authenticator data
	Uploader EmployeeID `json:"uploader,omitempty"` // on paper: who brought the scan
}

// NDASeal is the sealed document.
type NDASeal struct {
	Document Ref       `json:"document"`
	File     string    `json:"file"`  // SHA-256 of its bytes, hex: what somebody who has the file compares
	Input    Ref       `json:"input"` // what the pages were drawn from: drawing it again gives the same bytes
	Version  string    `json:"version"`
	Level    string    `json:"level"` // platform_seal, signer_key or licensed_ca: only what is true (semantics 4)
	Serial   string    `json:"serial"`
	Key      string    `json:"key"` // fingerprint of the platform's key
	At       time.Time `json:"at"`
}
