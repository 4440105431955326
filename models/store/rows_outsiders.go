package store

import "time"

// The rows of 00026_outsiders.sql.

// OutsiderRow is what is known of somebody from outside beside their row among the people.
type OutsiderRow struct {
	PersonID     string    `gorm:"type:uuid;primaryKey"`
	MailKey      string    `gorm:"type:text;not null;unique"`
	Organisation string    `gorm:"type:text;not null"`
	CreatedBy    string    `gorm:"type:uuid;not null"`
	CreatedAt    time.Time `gorm:"not null"`
}

// OutsiderLinkRow is a link by which somebody from outside signs in.
type OutsiderLinkRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	PersonID   string    `gorm:"type:uuid;not null"`
	SecretHash []byte    `gorm:"not null;unique"`
	CreatedAt  time.Time `gorm:"not null"`
	ExpiresAt  time.Time `gorm:"not null"`
	UsedAt     *time.Time
}

// TableName says where the rows are kept.
func (OutsiderRow) TableName() string { return "outsiders" }

// TableName says where the rows are kept.
func (OutsiderLinkRow) TableName() string { return "outsider_links" }
