package store

import "time"

// The rows of 00007_absences.sql.

// AbsenceRow is one time that somebody is away.
type AbsenceRow struct {
	ID           string    `gorm:"type:uuid;primaryKey"`
	PersonID     string    `gorm:"type:uuid;not null"`
	StartAt      time.Time `gorm:"not null"`
	UntilAt      time.Time `gorm:"not null"`
	Source       string    `gorm:"type:text;not null"`
	State        string    `gorm:"type:text;not null"`
	DeputyID     *string   `gorm:"type:uuid"`
	DelegationID *string   `gorm:"type:uuid"`
	SetBy        string    `gorm:"type:uuid;not null"`
	CreatedAt    time.Time `gorm:"not null"`
	ChangedAt    time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (AbsenceRow) TableName() string { return "absences" }
