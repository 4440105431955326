package domain

import "time"

// CourseState is where a version of a course is on its way to those who take it (R4.2.2).
type CourseState string

// The states of a version. A published one never changes; the next one supersedes it.
const (
	CourseDraft      CourseState = "draft"
	CourseReview     CourseState = "review"
	CoursePublished  CourseState = "published"
	CourseSuperseded CourseState = "superseded"
	CourseWithdrawn  CourseState = "withdrawn"
)

// CourseRules are a course's own rules: part of a version, so that a result keeps the rules it was reached under.
type CourseRules struct {
	Pass     int `json:"pass"`     // percent of the questions answered rightly
	Valid    int `json:"valid"`    // days that a passed course holds
	Draw     int `json:"draw"`     // questions in one attempt
	Minutes  int `json:"minutes"`  // time for one attempt
	Attempts int `json:"attempts"` // attempts within Window
	Window   int `json:"window"`   // hours
}

// Course is one version of a course: its material in Markdown and its quiz.
type Course struct {
	Key       string
	Version   int
	Title     Label
	Summary   Label
	Rules     CourseRules
	Material  Label // Markdown
	Questions []Question
}

// Question is one question of a quiz. Exactly the right options, all of them and no other, answer it.
type Question struct {
	ID      string
	Many    bool // several options may be right
	Text    Label
	Options []Option
	Why     Label // shown with the result: why it is so, with its source
}

// Option is one answer that can be chosen.
type Option struct {
	ID    string
	Text  Label
	Right bool
}

// TrainingSource is how a result came on record.
type TrainingSource string

// The sources of a result.
const (
	FromQuiz     TrainingSource = "quiz"
	FromImport   TrainingSource = "import"
	FromRecorded TrainingSource = "recorded" // entered by HR or security, of a course held elsewhere
)

// Training is what counts for a person in a course: the passed result that is valid longest.
type Training struct {
	Person EmployeeID
	Course string
	Passed time.Time
	Until  time.Time // valid until then, exclusive
}

// StateAt is how a training stands at a moment (semantics 2: training valid). The zero Training was never passed.
func (t Training) StateAt(now time.Time) TrainingState {
	switch {
	case t.Until.IsZero():
		return TrainingNone
	case now.Before(t.Until):
		return TrainingValid
	}
	return TrainingLapsed
}

// GraceEnds is when a member whose training lapsed is suspended: grace calendar days after its end, at the same hour
// (policy: training, grace). The end counts in the zone of Until.
func (t Training) GraceEnds(grace int) time.Time {
	if t.Until.IsZero() {
		return time.Time{}
	}
	return t.Until.AddDate(0, 0, grace)
}

// ValidUntil is when a training passed at a moment ends: days calendar days after the day of passing, at the end of that
// day in the zone of the moment. So a person is never told at noon that a training ended at eleven.
func ValidUntil(passed time.Time, days int) time.Time {
	y, m, d := passed.Date()
	return time.Date(y, m, d+days+1, 0, 0, 0, 0, passed.Location())
}

// Holds tells whether a new passed result takes the place of what counts: only the longer validity counts, so that a late
// spreadsheet never shortens what a person earned.
func (t Training) Holds(until time.Time) bool { return t.Until.IsZero() || until.After(t.Until) }

// TrainingReminders are the days before the end of a training on which its person is told (R4.2.2: regular).
var TrainingReminders = []int{30, 7, 1}

// RemindTraining is the reminder that is due now, in days before the end; 0: none. told is the last one that went out,
// 0 for none. After an outage only the nearest one is sent, and a person who passed late is not told of days that were
// over before they passed. A training that ended is not reminded of: its end is told.
func RemindTraining(t Training, told int, now time.Time) int {
	if t.StateAt(now) != TrainingValid {
		return 0
	}
	due := 0
	for _, days := range TrainingReminders { // from far to near
		if at := t.Until.AddDate(0, 0, -days); !now.Before(at) && at.After(t.Passed) {
			due = days
		}
	}
	if due == 0 || (told != 0 && told <= due) {
		return 0
	}
	return due
}
