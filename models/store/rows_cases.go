package store

import "time"

// The rows of 00002_cases.sql that belong to cases.

// CounterRow is one series of numbers.
type CounterRow struct {
	Name  string `gorm:"type:text;primaryKey"`
	Value int64  `gorm:"not null"`
}

// CaseKeyRow is a case's wrapped data key; null when it was destroyed.
type CaseKeyRow struct {
	CaseID     string `gorm:"type:uuid;primaryKey"`
	Wrapped    []byte
	CreatedAt  time.Time `gorm:"not null"`
	ShreddedAt *time.Time
}

// ObjectRow is one sealed object.
type ObjectRow struct {
	ID        string    `gorm:"type:uuid;primaryKey"`
	CaseID    string    `gorm:"type:uuid;not null"`
	Kind      string    `gorm:"type:text;not null"`
	MediaType string    `gorm:"type:text;not null"`
	FileName  string    `gorm:"type:text;not null;default:''"`
	Size      int64     `gorm:"not null"`
	SHA256    string    `gorm:"column:sha256;type:text;not null"`
	Body      []byte    `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
	CreatedBy *string   `gorm:"type:uuid"`
}

// CaseRow is one case in the read model.
type CaseRow struct {
	ID          string `gorm:"type:uuid;primaryKey"`
	Number      string `gorm:"type:text;not null;unique"`
	Kind        string `gorm:"type:text;not null"`
	Title       string `gorm:"type:text;not null"`
	Status      string `gorm:"type:text;not null"`
	NeedsHand   string `gorm:"type:text;not null;default:''"`
	RequesterID string `gorm:"type:uuid;not null"`
	Tier        string `gorm:"type:text;not null"`
	Version     int32  `gorm:"not null"`
	Round       int32  `gorm:"not null"`
	Seq         int32  `gorm:"not null"`
	Digest      string `gorm:"type:text;not null"`
	MaterialID  string `gorm:"type:uuid;not null"`
	Policy      string `gorm:"type:text;not null"`
	Route       string `gorm:"type:text;not null"`
	Revision    int64  `gorm:"not null"`
	State       JSON   `gorm:"type:jsonb;not null"`
	StateDigest string `gorm:"type:text;not null"`
	DueAt       *time.Time
	SubmittedAt time.Time `gorm:"not null"`
	ChangedAt   time.Time `gorm:"not null"`
	DecidedAt   *time.Time
	GroupID     *string `gorm:"type:uuid"`
	SubjectID   *string `gorm:"type:uuid"`
}

// SlotRow is one accountable person's place.
type SlotRow struct {
	CaseID    string `gorm:"type:uuid;primaryKey"`
	Slot      string `gorm:"type:text;primaryKey"`
	Round     int32  `gorm:"not null"`
	Step      int32  `gorm:"not null"`
	PersonID  string `gorm:"type:uuid;not null"`
	Status    string `gorm:"type:text;not null"`
	Closed    string `gorm:"type:text;not null;default:''"`
	Why       JSON   `gorm:"type:jsonb;not null"`
	OpenedAt  *time.Time
	DueAt     *time.Time
	Outcome   string  `gorm:"type:text;not null;default:''"`
	DecidedBy *string `gorm:"type:uuid"`
	DecidedAt *time.Time
	Decision  *string `gorm:"type:text"`
}

// TableName says where the rows are kept.
func (CounterRow) TableName() string { return "counters" }

// TableName says where the rows are kept.
func (CaseKeyRow) TableName() string { return "case_keys" }

// TableName says where the rows are kept.
func (ObjectRow) TableName() string { return "objects" }

// TableName says where the rows are kept.
func (CaseRow) TableName() string { return "cases" }

// TableName says where the rows are kept.
func (SlotRow) TableName() string { return "case_slots" }
