package store

import "time"

// NDACodeRow is one one-time code of a signer, without the code.
type NDACodeRow struct {
	ID        string    `gorm:"type:uuid;primaryKey"`
	NDAID     string    `gorm:"column:nda_id;type:uuid;not null"`
	PersonID  string    `gorm:"type:uuid;not null"`
	Session   string    `gorm:"type:text;not null"`
	Digest    string    `gorm:"type:text;not null"`
	CreatedAt time.Time `gorm:"not null"`
	ExpiresAt time.Time `gorm:"not null"`
	SentAt    *time.Time
	Tries     int32 `gorm:"not null;default:0"`
	UsedAt    *time.Time
	UsedBy    *string `gorm:"type:uuid"`
}

// TableName says where the rows are kept.
func (NDACodeRow) TableName() string { return "nda_codes" }
