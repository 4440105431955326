package store

import "time"

// ChatPlatformRow is a platform whose bot can send to one person.
type ChatPlatformRow struct {
	Kind   string    `gorm:"type:text;primaryKey"`
	SeenAt time.Time `gorm:"not null"`
}

// CardRow is one card that asks somebody to decide; open until ClosedAt.
type CardRow struct {
	ID       string    `gorm:"type:uuid;primaryKey"`
	PersonID string    `gorm:"type:uuid;not null"`
	CaseID   string    `gorm:"type:uuid;not null"`
	Slot     string    `gorm:"type:text;not null"`
	Digest   string    `gorm:"type:text;not null"`
	Version  int32     `gorm:"not null"`
	Platform string    `gorm:"type:text;not null"`
	AskedAt  time.Time `gorm:"not null"`
	Message  string    `gorm:"type:text;not null;default:''"`
	Receipt  JSON      `gorm:"type:jsonb"`
	SentAt   *time.Time
	Shows    string `gorm:"type:text;not null;default:''"`
	Changed  JSON   `gorm:"type:jsonb"`
	ClosedAt *time.Time
}

// TableName says where the rows are kept.
func (ChatPlatformRow) TableName() string { return "chat_platforms" }

// TableName says where the rows are kept.
func (CardRow) TableName() string { return "chat_cards" }
