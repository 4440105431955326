package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// TrainingAPI is secrecy training (R4.2.2): courses with material and quiz, results, and who stands where. Everybody takes
// courses; HR and security see how all stand and bring in results; security officers write courses, one and another.
type TrainingAPI interface {
	MyTrainings(ctx context.Context, a Actor) (MyTrainings, error)
	Course(ctx context.Context, a Actor, course string) (CourseView, error)
	// BeginAttempt draws a quiz; the one under way is given again. key is the Idempotency-Key.
	BeginAttempt(ctx context.Context, a Actor, key, course string) (AttemptView, error)
	// Attempt is one of the actor's own: the questions while it runs, the result with what is right and why once it ended.
	Attempt(ctx context.Context, a Actor, id string) (AttemptView, error)
	// AnswerAttempt ends an attempt with all its answers, once. The same answers again get the same result.
	AnswerAttempt(ctx context.Context, a Actor, id string, answers []domain.QuizAnswer) (AttemptView, error)
	TrainingStands(ctx context.Context, a Actor, f TrainingFilter) (TrainingOverview, error)
	ImportTrainings(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (TrainingReport, error)
	// RecordTraining records one result of a course held elsewhere, with what it stands on. Nobody records their own.
	RecordTraining(ctx context.Context, a Actor, key string, in TrainingResultInput) (TrainingReportRow, error)
	TrainingTemplate(ctx context.Context, a Actor) ([]byte, error)

	CourseVersions(ctx context.Context, a Actor) ([]CourseVersion, error)
	CourseVersion(ctx context.Context, a Actor, course string, version int) (CourseVersionView, error)
	// DraftCourse stores a course's file as a draft; fresh is false when that very text is the newest. A faulty file is
	// refused with the Error's Defects.
	DraftCourse(ctx context.Context, a Actor, key string, file Upload) (v CourseVersion, fresh bool, err error)
	// MoveCourse takes a version further: CourseSubmit, CourseReturn, CoursePublish, CourseWithdraw.
	MoveCourse(ctx context.Context, a Actor, key, course string, version int, act CourseAct, note string) (CourseVersion, error)
}

// CourseAct is what somebody does to a version of a course.
type CourseAct string

// The acts on a version. Publishing takes a security officer who did not write it.
const (
	CourseSubmit   CourseAct = "submissions"
	CourseReturn   CourseAct = "returns"
	CoursePublish  CourseAct = "publications"
	CourseWithdraw CourseAct = "withdrawals"
)

// TrainingStandState is how a person's training in a course stands.
type TrainingStandState string

// The states of a standing.
const (
	StandValid  TrainingStandState = "valid"
	StandEnding TrainingStandState = "ending" // valid, and over within trainingSoon
	StandLapsed TrainingStandState = "lapsed"
	StandNone   TrainingStandState = "none"
)

// trainingSoon is when a training counts as ending: from the first reminder on.
var trainingSoon = time.Duration(domain.TrainingReminders[0]) * 24 * time.Hour

// CourseCard is a course and how the reader stands in it.
type CourseCard struct {
	Course  string             `json:"course"`
	Version int                `json:"version"`
	Title   domain.Label       `json:"title"`
	Summary domain.Label       `json:"summary"`
	Rules   domain.CourseRules `json:"rules"`
	State   TrainingStandState `json:"state"`
	Passed  *time.Time         `json:"passed_at,omitempty"`
	Until   *time.Time         `json:"valid_until,omitempty"`
	Score   int                `json:"score,omitempty"`
	// Groups are how many groups where the reader has a place ask for it.
	Groups int `json:"groups"`
	// Open is the attempt under way; NextAt is when another may begin, while none may now.
	Open   string     `json:"open_attempt,omitempty"`
	NextAt *time.Time `json:"next_at,omitempty"`
}

// CourseView is a course with its material, as it is read.
type CourseView struct {
	CourseCard
	Material domain.Label `json:"material"` // Markdown
}

// TrainingResult is one result on record.
type TrainingResult struct {
	Course  string                `json:"course"`
	Title   domain.Label          `json:"title"`
	Source  domain.TrainingSource `json:"source"`
	Score   int                   `json:"score"`
	Passed  bool                  `json:"passed"`
	At      time.Time             `json:"at"`
	Until   *time.Time            `json:"valid_until,omitempty"`
	Attempt string                `json:"attempt,omitempty"`
	By      *PersonRef            `json:"by,omitempty"` // who brought it in, when it was not the person
}

// MyTrainings is what a person has to learn and what they passed.
type MyTrainings struct {
	Courses []CourseCard     `json:"courses"`
	Results []TrainingResult `json:"results"`
}

// QuestionView is one question of an attempt. What was right, and why, is there only once the attempt ended.
type QuestionView struct {
	ID      string        `json:"id"`
	Text    domain.Label  `json:"text"`
	Many    bool          `json:"many"`
	Options []OptionView  `json:"options"`
	Right   *bool         `json:"right,omitempty"`
	Why     *domain.Label `json:"why,omitempty"`
}

// OptionView is one option of a question.
type OptionView struct {
	ID     string       `json:"id"`
	Text   domain.Label `json:"text"`
	Chosen *bool        `json:"chosen,omitempty"`
	Right  *bool        `json:"right,omitempty"`
}

// AttemptState is where an attempt is.
type AttemptState string

// The states of an attempt.
const (
	AttemptOpen    AttemptState = "open"
	AttemptPassed  AttemptState = "passed"
	AttemptFailed  AttemptState = "failed"
	AttemptExpired AttemptState = "expired"
)

// AttemptView is one go at a quiz.
type AttemptView struct {
	ID        string         `json:"id"`
	Course    string         `json:"course"`
	Version   int            `json:"version"`
	Title     domain.Label   `json:"title"`
	State     AttemptState   `json:"state"`
	Started   time.Time      `json:"started_at"`
	Due       time.Time      `json:"due_at"`
	Ended     *time.Time     `json:"ended_at,omitempty"`
	Pass      int            `json:"pass"` // percent
	Correct   int            `json:"correct"`
	Score     int            `json:"score"`
	Until     *time.Time     `json:"valid_until,omitempty"` // of a passed one
	Questions []QuestionView `json:"questions"`
}

// TrainingFilter chooses among people.
type TrainingFilter struct {
	Course     string
	State      TrainingStandState // empty: all
	Needed     bool               // only those who have a place in a group that asks for it
	Text       string
	Department domain.DepartmentID
	Cursor     string
	Limit      int
}

// TrainingStand is one person and how their training stands.
type TrainingStand struct {
	Person PersonRef             `json:"person"`
	State  TrainingStandState    `json:"state"`
	Needed bool                  `json:"needed"`
	Source domain.TrainingSource `json:"source,omitempty"`
	Score  int                   `json:"score,omitempty"`
	Passed *time.Time            `json:"passed_at,omitempty"`
	Until  *time.Time            `json:"valid_until,omitempty"`
}

// TrainingOverview is how people stand in a course: figures over all, and one page of the list.
type TrainingOverview struct {
	Course  string          `json:"course"`
	Title   domain.Label    `json:"title"`
	Counts  map[string]int  `json:"counts"` // by state; needed_<state>: those who have a place in a group that asks for it
	Items   []TrainingStand `json:"items"`
	Next    string          `json:"next,omitempty"`
	Courses []CourseChoice  `json:"courses"`
}

// CourseChoice is a course that can be looked at.
type CourseChoice struct {
	Course string       `json:"course"`
	Title  domain.Label `json:"title"`
}

// TrainingReport is what came of a list of results, or would.
type TrainingReport struct {
	DryRun bool                `json:"dry_run"`
	Counts map[string]int      `json:"counts"` // of rows, by result
	Rows   []TrainingReportRow `json:"rows"`
	Faults []DirectoryFault    `json:"faults"`
}

// What comes of a row of a list of results.
const (
	TrainingRecords   = "records"   // recorded, and counts
	TrainingKeeps     = "keeps"     // recorded; what counts already is valid longer
	TrainingFailed    = "failed"    // recorded as not passed
	TrainingUnchanged = "unchanged" // on record already
)

// TrainingReportRow is one row of a list of results.
type TrainingReportRow struct {
	Row    int        `json:"row"`
	Person PersonRef  `json:"person"`
	Course string     `json:"course"`
	Score  int        `json:"score"`
	Passed bool       `json:"passed"`
	Until  *time.Time `json:"valid_until,omitempty"`
	Result string     `json:"result"`
}

// CourseVersion is a version of a course in a list.
type CourseVersion struct {
	Course    string             `json:"course"`
	Version   int                `json:"version"`
	Title     domain.Label       `json:"title"`
	State     domain.CourseState `json:"state"`
	SHA256    string             `json:"sha256"`
	Author    *PersonRef         `json:"author,omitempty"` // nil: shipped with the service
	Reviewer  *PersonRef         `json:"reviewer,omitempty"`
	Note      string             `json:"note,omitempty"` // the reviewer's word
	Created   time.Time          `json:"created_at"`
	Changed   time.Time          `json:"changed_at"`
	Published *time.Time         `json:"published_at,omitempty"`
}

// CourseVersionView is a version in full, with what the reader can do.
type CourseVersionView struct {
	CourseVersion
	Body      string             `json:"body"`
	Summary   domain.Label       `json:"summary"`
	Rules     domain.CourseRules `json:"rules"`
	Material  domain.Label       `json:"material"`
	Questions []QuestionView     `json:"questions"`         // with what is right, and why
	Can       []CourseAct        `json:"can"`               // acts open to the reader
	Blocked   string             `json:"blocked,omitempty"` // why the reader cannot publish it: written_by_you
}
