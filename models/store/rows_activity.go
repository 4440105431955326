package store

import "time"

// The rows of 00024_activity.sql.

// ActivityRow is the last day on which somebody did something in a group.
type ActivityRow struct {
	GroupID    string    `gorm:"type:uuid;primaryKey"`
	EmployeeID string    `gorm:"type:uuid;primaryKey"`
	LastOn     time.Time `gorm:"type:date;not null"`
	Source     string    `gorm:"type:text;not null"`
	NotedAt    time.Time `gorm:"not null"`
}

// SpanRow is since when and until when silence in a group would have been seen.
type SpanRow struct {
	GroupID   string `gorm:"type:uuid;primaryKey"`
	SeenFrom  *time.Time
	SeenUntil *time.Time
	Source    string     `gorm:"type:text;not null;default:''"`
	LookedOn  *time.Time `gorm:"type:date"`
	HeldUntil *time.Time
}

// TableName says where the rows are kept.
func (ActivityRow) TableName() string { return "group_activity" }

// TableName says where the rows are kept.
func (SpanRow) TableName() string { return "group_activity_spans" }
