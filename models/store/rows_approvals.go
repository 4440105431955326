package store

import "time"

// DelegationRow is one delegation.
type DelegationRow struct {
	ID        string    `gorm:"type:uuid;primaryKey"`
	FromID    string    `gorm:"type:uuid;not null"`
	ToID      string    `gorm:"type:uuid;not null"`
	Kinds     Texts     `gorm:"type:text[];not null;default:{}"`
	StartAt   time.Time `gorm:"not null"`
	UntilAt   time.Time `gorm:"not null"`
	RevokedAt *time.Time
	CreatedAt time.Time `gorm:"not null"`
	Reason    string    `gorm:"type:text;not null;default:''"`
	Note      string    `gorm:"type:text;not null;default:''"`
	Source    string    `gorm:"type:text;not null;default:'self'"`
	SetBy     *string   `gorm:"type:uuid"`
	NoteID    *string   `gorm:"type:uuid"`
}

// TableName says where the rows are kept.
func (DelegationRow) TableName() string { return "delegations" }
