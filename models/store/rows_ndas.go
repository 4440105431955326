package store

import "time"

// NDARow is one agreement, of 00018_ndas.sql.
type NDARow struct {
	ID             string `gorm:"type:uuid;primaryKey"`
	Number         string `gorm:"type:text;not null;unique"`
	GroupID        string `gorm:"type:uuid;not null"`
	PersonID       string `gorm:"type:uuid;not null"`
	TemplateSHA256 string `gorm:"column:template_sha256;type:text;not null"`
	MaterialObject string `gorm:"type:uuid;not null"`
	Digest         string `gorm:"type:text;not null"`
	State          string `gorm:"type:text;not null"`
	CounterRole    string `gorm:"type:text;not null;default:''"`
	Fault          string `gorm:"type:text;not null;default:''"`
	Seq            int32  `gorm:"not null"`
	Doc            JSON   `gorm:"type:jsonb;not null"`
	StateDigest    string `gorm:"type:text;not null"`
	RunID          string `gorm:"type:text;not null;default:''"`
	SentAt         *time.Time
	DueAt          *time.Time
	LapsesAt       *time.Time
	SealedAt       *time.Time
	DocumentSHA256 string    `gorm:"column:document_sha256;type:text;not null;default:''"`
	ReplacedBy     *string   `gorm:"type:uuid"`
	Since          time.Time `gorm:"not null"`
	CreatedAt      time.Time `gorm:"not null"`
	ChangedAt      time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (NDARow) TableName() string { return "ndas" }
