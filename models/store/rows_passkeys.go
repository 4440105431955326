package store

import "time"

// The rows of 00020_passkeys.sql.

// PasskeyRow is one passkey that somebody enrolled.
type PasskeyRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	EmployeeID string    `gorm:"type:uuid;not null"`
	Credential []byte    `gorm:"not null;unique"`
	COSE       []byte    `gorm:"column:cose;not null"`
	PublicKey  []byte    `gorm:"not null"`
	Algorithm  string    `gorm:"type:text;not null"`
	Site       string    `gorm:"type:text;not null"`
	AAGUID     []byte    `gorm:"column:aaguid;not null"`
	Transports Texts     `gorm:"type:text[];not null;default:{}"`
	Synced     bool      `gorm:"not null"`
	Counter    int64     `gorm:"not null"`
	Name       string    `gorm:"type:text;not null"`
	ProofKey   string    `gorm:"type:text;not null"`
	Proof      []byte    `gorm:"not null"`
	CreatedAt  time.Time `gorm:"not null"`
	UsedAt     *time.Time
	EndedAt    *time.Time
	EndedBy    string `gorm:"type:text;not null;default:''"`
}

// PasskeyChallengeRow is what a passkey was asked to sign.
type PasskeyChallengeRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	Purpose    string    `gorm:"type:text;not null"`
	EmployeeID *string   `gorm:"type:uuid"`
	SessionID  string    `gorm:"type:text;not null;default:''"`
	Subject    string    `gorm:"type:text;not null;default:''"`
	Digest     string    `gorm:"type:text;not null;default:''"`
	Nonce      []byte    `gorm:"not null"`
	CreatedAt  time.Time `gorm:"not null"`
	ExpiresAt  time.Time `gorm:"not null"`
	UsedAt     *time.Time
	AnswerHash []byte
	Outcome    JSON `gorm:"type:jsonb"`
}

// TableName says where the rows are kept.
func (PasskeyRow) TableName() string { return "passkeys" }

// TableName says where the rows are kept.
func (PasskeyChallengeRow) TableName() string { return "passkey_challenges" }
