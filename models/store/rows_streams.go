package store

import "time"

// The rows of 00002_cases.sql that tell what happened and what follows.

// EntryRow is one entry of stream one.
type EntryRow struct {
	WorkflowID  string    `gorm:"type:text;primaryKey"`
	Seq         int32     `gorm:"primaryKey;autoIncrement:false"`
	ActID       string    `gorm:"type:text;not null"`
	SubjectID   string    `gorm:"type:uuid;not null"`
	Kind        string    `gorm:"type:text;not null"`
	ActorID     *string   `gorm:"type:uuid"`
	Outcome     string    `gorm:"type:text;not null;default:''"`
	Result      string    `gorm:"type:text;not null"`
	Reason      string    `gorm:"type:text;not null;default:''"`
	DecidedBy   *string   `gorm:"type:uuid"`
	Slot        string    `gorm:"type:text;not null;default:''"`
	Digest      string    `gorm:"type:text;not null;default:''"`
	CommentID   *string   `gorm:"type:uuid"`
	Act         JSON      `gorm:"type:jsonb;not null"`
	Facts       JSON      `gorm:"type:jsonb;not null"`
	StateDigest string    `gorm:"type:text;not null"`
	At          time.Time `gorm:"not null"`
}

// EventRow is one entry of stream two.
type EventRow struct {
	ID        string    `gorm:"type:uuid;primaryKey"`
	At        time.Time `gorm:"not null"`
	ActorID   *string   `gorm:"type:uuid"`
	Kind      string    `gorm:"type:text;not null"`
	SubjectID *string   `gorm:"type:uuid"`
	Rule      string    `gorm:"type:text;not null;default:''"`
	Result    string    `gorm:"type:text;not null"`
	Detail    JSON      `gorm:"type:jsonb;not null;default:{}"`
}

// OutboxRow is one thing to be done after a commit.
type OutboxRow struct {
	ID        int64     `gorm:"primaryKey"`
	Kind      string    `gorm:"type:text;not null"`
	Key       string    `gorm:"type:text;not null;unique"`
	Payload   JSON      `gorm:"type:jsonb;not null"`
	DueAt     time.Time `gorm:"not null"`
	Attempts  int32     `gorm:"not null;default:0"`
	LastError string    `gorm:"type:text;not null;default:''"`
	CreatedAt time.Time `gorm:"not null"`
	DoneAt    *time.Time
}

// NotificationRow is one line of news for a person.
type NotificationRow struct {
	ID        string    `gorm:"type:uuid;primaryKey"`
	PersonID  string    `gorm:"type:uuid;not null"`
	Kind      string    `gorm:"type:text;not null"`
	Subject   string    `gorm:"type:text;not null"`
	SubjectID string    `gorm:"type:uuid;not null"`
	Slot      string    `gorm:"type:text;not null;default:''"`
	Detail    JSON      `gorm:"type:jsonb;not null;default:{}"`
	Key       string    `gorm:"type:text;not null;unique"`
	CreatedAt time.Time `gorm:"not null"`
	ReadAt    *time.Time
}

// ExportRow is one exported run.
type ExportRow struct {
	WorkflowID string    `gorm:"type:text;primaryKey"`
	RunID      string    `gorm:"type:text;primaryKey"`
	SubjectID  string    `gorm:"type:uuid;not null"`
	Events     int32     `gorm:"not null"`
	Closed     bool      `gorm:"not null"`
	SHA256     string    `gorm:"column:sha256;type:text;not null"`
	Body       []byte    `gorm:"not null"`
	ExportedAt time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (EntryRow) TableName() string { return "audit_entries" }

// TableName says where the rows are kept.
func (EventRow) TableName() string { return "api_events" }

// TableName says where the rows are kept.
func (OutboxRow) TableName() string { return "outbox" }

// TableName says where the rows are kept.
func (NotificationRow) TableName() string { return "notifications" }

// TableName says where the rows are kept.
func (ExportRow) TableName() string { return "history_exports" }
