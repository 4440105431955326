package store

import "time"

// The rows of 00006_policies.sql.

// RulesRow is one version of the company's policy or calendar. Version, body, title, note and author never change.
type RulesRow struct {
	Version     string    `gorm:"type:text;primaryKey"`
	Body        string    `gorm:"type:text;not null"`
	CreatedAt   time.Time `gorm:"not null"`
	ActorID     *string   `gorm:"type:uuid"` // the author; nil: the service's set-up
	State       string    `gorm:"type:text;not null;default:draft"`
	Title       JSON      `gorm:"type:jsonb;not null;default:{}"`
	Note        string    `gorm:"type:text;not null;default:''"`
	EffectiveAt *time.Time
	ProposedBy  *string `gorm:"type:uuid"`
	ProposedAt  *time.Time
	ActivatedBy *string `gorm:"type:uuid"`
	ActivatedAt *time.Time
	WithdrawnBy *string `gorm:"type:uuid"`
	WithdrawnAt *time.Time
	Setup       bool `gorm:"not null;default:false"`
}

// PolicyRow is one version of the company's policy.
type PolicyRow struct {
	RulesRow `gorm:"embedded"`
}

// CalendarRow is one version of the working calendar.
type CalendarRow struct {
	RulesRow `gorm:"embedded"`
}

// TableName says where the rows are kept.
func (PolicyRow) TableName() string { return "policies" }

// TableName says where the rows are kept.
func (CalendarRow) TableName() string { return "calendars" }
