package store

import "time"

// The rows of 00022_training.sql.

// CourseRow is one version of a course.
type CourseRow struct {
	Course      string    `gorm:"type:text;primaryKey"`
	Version     int       `gorm:"type:integer;primaryKey;autoIncrement:false"`
	State       string    `gorm:"type:text;not null"`
	Body        string    `gorm:"type:text;not null"`
	SHA256      string    `gorm:"column:sha256;type:text;not null"`
	Title       JSON      `gorm:"type:jsonb;not null;default:{}"`
	Note        string    `gorm:"type:text;not null;default:''"`
	AuthorID    *string   `gorm:"type:uuid"` // nil: shipped with the service
	ReviewerID  *string   `gorm:"type:uuid"`
	CreatedAt   time.Time `gorm:"not null"`
	ChangedAt   time.Time `gorm:"not null"`
	PublishedAt *time.Time
}

// AttemptRow is one go at a quiz.
type AttemptRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	EmployeeID string    `gorm:"type:uuid;not null"`
	Course     string    `gorm:"type:text;not null"`
	Version    int       `gorm:"type:integer;not null"`
	Seed       int64     `gorm:"not null"`
	Questions  int       `gorm:"type:integer;not null"`
	StartedAt  time.Time `gorm:"not null"`
	DueAt      time.Time `gorm:"not null"`
	EndedAt    *time.Time
	Outcome    string `gorm:"type:text;not null;default:''"`
	Correct    int    `gorm:"type:integer;not null;default:0"`
	Score      int    `gorm:"type:integer;not null;default:0"`
	Answers    JSON   `gorm:"type:jsonb;not null;default:{}"`
}

// ResultRow is one result of a training, however it came.
type ResultRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	EmployeeID string    `gorm:"type:uuid;not null"`
	Course     string    `gorm:"type:text;not null"`
	Version    int       `gorm:"type:integer;not null;default:0"`
	Source     string    `gorm:"type:text;not null"`
	Score      int       `gorm:"type:integer;not null"`
	Passed     bool      `gorm:"not null"`
	At         time.Time `gorm:"not null"`
	ValidUntil *time.Time
	AttemptID  *string   `gorm:"type:uuid"`
	ByID       string    `gorm:"type:uuid;not null"`
	FileSHA256 string    `gorm:"column:file_sha256;type:text;not null;default:''"`
	CreatedAt  time.Time `gorm:"not null"`
}

// TrainingRow is what counts of a person's results in a course.
type TrainingRow struct {
	EmployeeID string    `gorm:"type:uuid;primaryKey"`
	Course     string    `gorm:"type:text;primaryKey"`
	Version    int       `gorm:"type:integer;not null;default:0"`
	Source     string    `gorm:"type:text;not null"`
	Score      int       `gorm:"type:integer;not null"`
	ResultID   string    `gorm:"type:uuid;not null"`
	PassedAt   time.Time `gorm:"not null"`
	ValidUntil time.Time `gorm:"not null"`
	Reminded   int       `gorm:"type:integer;not null;default:0"`
	LapsedAt   *time.Time
	ChangedAt  time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (CourseRow) TableName() string { return "course_versions" }

// TableName says where the rows are kept.
func (AttemptRow) TableName() string { return "training_attempts" }

// TableName says where the rows are kept.
func (ResultRow) TableName() string { return "training_results" }

// TableName says where the rows are kept.
func (TrainingRow) TableName() string { return "trainings" }
