package store

import "time"

// PostRow is one publication, of 00025_posts.sql.
type PostRow struct {
	ID          string  `gorm:"type:uuid;primaryKey"`
	Number      string  `gorm:"type:text;not null;unique"`
	AuthorID    string  `gorm:"type:uuid;not null"`
	State       string  `gorm:"type:text;not null"`
	Class       string  `gorm:"type:text;not null;default:''"`
	Urgent      bool    `gorm:"not null;default:false"`
	CaseID      *string `gorm:"type:uuid;unique"`
	Digest      string  `gorm:"type:text;not null;default:''"`
	Content     string  `gorm:"type:text;not null;default:''"`
	OriginalID  string  `gorm:"type:uuid;not null"`
	CleanID     *string `gorm:"type:uuid"`
	Seq         int32   `gorm:"not null;default:0"`
	Version     int32   `gorm:"not null;default:1"`
	Doc         JSON    `gorm:"type:jsonb;not null"`
	StateDigest string  `gorm:"type:text;not null;default:''"`
	RunID       string  `gorm:"type:text;not null;default:''"`
	ApprovedAt  *time.Time
	UntilAt     *time.Time
	NotBefore   *time.Time
	Since       time.Time `gorm:"not null"`
	CreatedAt   time.Time `gorm:"not null"`
	ChangedAt   time.Time `gorm:"not null"`
}

// PostingRow is a publication in one target group.
type PostingRow struct {
	PostID   string `gorm:"type:uuid;primaryKey"`
	GroupID  string `gorm:"type:uuid;primaryKey"`
	State    string `gorm:"type:text;not null"`
	Code     string `gorm:"type:text;not null;default:''"`
	Message  string `gorm:"type:text;not null;default:''"`
	PostedAt *time.Time
	Since    time.Time `gorm:"not null"`
}

// TableName says where the rows are kept.
func (PostRow) TableName() string { return "posts" }

// TableName says where the rows are kept.
func (PostingRow) TableName() string { return "postings" }
