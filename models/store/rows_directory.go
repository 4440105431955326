package store

import "time"

// The rows of 00001_directory.sql.

// RevisionRow is one change of the directory.
type RevisionRow struct {
	Revision int64     `gorm:"primaryKey"`
	At       time.Time `gorm:"not null"`
	ActorID  *string   `gorm:"type:uuid"`
	Source   string    `gorm:"type:text;not null"`
	Summary  JSON      `gorm:"type:jsonb;not null;default:{}"`
}

// DepartmentRow is one department.
type DepartmentRow struct {
	ID       string  `gorm:"type:uuid;primaryKey"`
	Code     string  `gorm:"type:text;not null;unique"`
	Name     string  `gorm:"type:text;not null"`
	ParentID *string `gorm:"type:uuid"`
	LeaderID *string `gorm:"type:uuid"`
	Active   bool    `gorm:"not null;default:true"`
	Revision int64   `gorm:"not null"`
}

// EmployeeRow is one person.
type EmployeeRow struct {
	ID           string  `gorm:"type:uuid;primaryKey"`
	Number       string  `gorm:"type:text;not null;unique"`
	Name         string  `gorm:"type:text;not null"`
	DepartmentID *string `gorm:"type:uuid"` // nobody from outside has one
	Post         string  `gorm:"type:text;not null;default:''"`
	Email        string  `gorm:"type:text;not null;default:''"`
	Mobile       string  `gorm:"type:text;not null;default:''"`
	Active       bool    `gorm:"not null;default:true"`
	Roles        Texts   `gorm:"type:text[];not null;default:{}"`
	Language     string  `gorm:"type:text;not null;default:''"`
	Notify       string  `gorm:"type:text;not null;default:both"` // both, mail, chat
	Revision     int64   `gorm:"not null"`
	Kind         string  `gorm:"type:text;not null;default:employee"` // employee, outsider
}

// ChangeRow is one difference between two revisions.
type ChangeRow struct {
	Revision     int64   `gorm:"primaryKey;autoIncrement:false"`
	N            int32   `gorm:"primaryKey;autoIncrement:false"`
	Kind         string  `gorm:"type:text;not null"`
	EmployeeID   *string `gorm:"type:uuid"`
	DepartmentID *string `gorm:"type:uuid"`
	Detail       JSON    `gorm:"type:jsonb;not null;default:{}"`
}

// SessionRow is one place where somebody is signed in.
type SessionRow struct {
	ID          string    `gorm:"type:uuid;primaryKey"`
	SecretHash  []byte    `gorm:"not null;unique"`
	EmployeeID  string    `gorm:"type:uuid;not null"`
	CSRF        string    `gorm:"column:csrf;type:text;not null"`
	CreatedAt   time.Time `gorm:"not null"`
	SeenAt      time.Time `gorm:"not null"`
	ExpiresAt   time.Time `gorm:"not null"`
	EndedAt     *time.Time
	Agent       string `gorm:"type:text;not null;default:''"`
	Method      string `gorm:"type:text;not null"`
	ConfirmedAt *time.Time
}

// TokenRow is one personal access token.
type TokenRow struct {
	ID         string    `gorm:"type:uuid;primaryKey"`
	SecretHash []byte    `gorm:"not null;unique"`
	EmployeeID string    `gorm:"type:uuid;not null"`
	Name       string    `gorm:"type:text;not null"`
	CreatedAt  time.Time `gorm:"not null"`
	ExpiresAt  time.Time `gorm:"not null"`
	UsedAt     *time.Time
	EndedAt    *time.Time
}

// IdempotencyRow is one request under an idempotency key.
type IdempotencyRow struct {
	EmployeeID string `gorm:"type:uuid;primaryKey"`
	Key        string `gorm:"type:text;primaryKey"`
	Route      string `gorm:"type:text;not null"`
	Request    string `gorm:"type:text;not null"`
	Status     *int32
	Answer     JSON      `gorm:"type:jsonb"`
	CreatedAt  time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (RevisionRow) TableName() string { return "directory_revisions" }

// TableName says where the rows are kept.
func (DepartmentRow) TableName() string { return "departments" }

// TableName says where the rows are kept.
func (EmployeeRow) TableName() string { return "employees" }

// TableName says where the rows are kept.
func (ChangeRow) TableName() string { return "directory_changes" }

// TableName says where the rows are kept.
func (SessionRow) TableName() string { return "sessions" }

// TableName says where the rows are kept.
func (TokenRow) TableName() string { return "tokens" }

// TableName says where the rows are kept.
func (IdempotencyRow) TableName() string { return "idempotency_keys" }
