package store

import "time"

// MailLinkRow is one link in a mail, without the link.
type MailLinkRow struct {
	ID             string    `gorm:"type:uuid;primaryKey"`
	PersonID       string    `gorm:"type:uuid;not null"`
	CaseID         string    `gorm:"type:uuid;not null"`
	Slot           string    `gorm:"type:text;not null"`
	Digest         string    `gorm:"type:text;not null"`
	Version        int32     `gorm:"not null"`
	ExpiresAt      time.Time `gorm:"not null"`
	ActID          string    `gorm:"type:uuid;not null"`
	KeyID          string    `gorm:"type:text;not null"`
	Hash           []byte    `gorm:"not null;unique"`
	NotificationID string    `gorm:"type:uuid;not null"`
	CreatedAt      time.Time `gorm:"not null"`
	UsedAt         *time.Time
	EndedReason    string `gorm:"type:text;not null;default:''"`
}

// TableName says where the rows are kept.
func (MailLinkRow) TableName() string { return "mail_links" }
