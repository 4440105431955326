package store

import "time"

// The rows of 00003_groups.sql and 00012_life.sql.

// GroupRow is one group in the register.
type GroupRow struct {
	ID              string     `gorm:"type:uuid;primaryKey"`
	Number          string     `gorm:"type:text;not null;unique"`
	CaseID          string     `gorm:"type:uuid;unique"` // empty: found on the platform, not filed yet
	Name            string     `gorm:"type:text;not null"`
	Type            string     `gorm:"type:text;not null"`
	Tier            string     `gorm:"type:text;not null"`
	Purpose         string     `gorm:"type:text;not null"`
	Platform        string     `gorm:"type:text;not null"`
	PlatformID      string     `gorm:"type:text;not null;default:''"`
	State           string     `gorm:"type:text;not null"`
	ByHand          bool       `gorm:"not null;default:false"`
	InviteOutsiders bool       `gorm:"not null"`
	AnonymousSpeech bool       `gorm:"not null"`
	SeeContacts     bool       `gorm:"not null"`
	Posting         string     `gorm:"type:text;not null"`
	JoinByReview    bool       `gorm:"not null"`
	EndsOn          *time.Time `gorm:"type:date"`
	Existing        bool       `gorm:"not null;default:false"`
	Digest          string     `gorm:"type:text;not null"`
	Seq             int32      `gorm:"not null"`
	Doc             JSON       `gorm:"type:jsonb;not null"`
	StateDigest     string     `gorm:"type:text;not null"`
	Search          string     `gorm:"type:text;not null"`
	Since           time.Time  `gorm:"not null"`
	CreatedAt       time.Time  `gorm:"not null"`
	ChangedAt       time.Time  `gorm:"not null"`
	Flags           Texts      `gorm:"type:text[];not null;default:{}"`
	NextDate        *time.Time
	NextKind        string `gorm:"type:text;not null;default:''"`
	LastActive      *time.Time
	Members         int32 `gorm:"not null;default:0"`
}

// GroupDepartmentRow is one owning department.
type GroupDepartmentRow struct {
	GroupID      string `gorm:"type:uuid;primaryKey"`
	DepartmentID string `gorm:"type:uuid;primaryKey"`
}

// MemberRow is one person's place in a group.
type MemberRow struct {
	GroupID    string    `gorm:"type:uuid;primaryKey"`
	EmployeeID string    `gorm:"type:uuid;primaryKey"`
	Role       string    `gorm:"type:text;not null"`
	State      string    `gorm:"type:text;not null;default:'active'"`
	Since      time.Time `gorm:"not null"`
	LeftAt     *time.Time
	RemovedAt  *time.Time
}

// NameRow is one name held, or once held.
type NameRow struct {
	ID         int64     `gorm:"primaryKey"`
	NameKey    string    `gorm:"type:text;not null"`
	CaseID     string    `gorm:"type:uuid;not null"`
	GroupID    *string   `gorm:"type:uuid"`
	TakenAt    time.Time `gorm:"not null"`
	ReleasedAt *time.Time
}

// CallRow is what a connector was asked, and its answer.
type CallRow struct {
	Key        string    `gorm:"type:text;primaryKey"`
	GroupID    string    `gorm:"type:uuid;not null"`
	Platform   string    `gorm:"type:text;not null"`
	Act        string    `gorm:"type:text;not null"`
	Receipt    JSON      `gorm:"type:jsonb"`
	AskedAt    time.Time `gorm:"not null"`
	AnsweredAt *time.Time
}

// FindingRow is one difference between platform and register, or a fault of the group's order; open until ClosedAt.
type FindingRow struct {
	GroupID   string    `gorm:"type:uuid;primaryKey"`
	FindingID string    `gorm:"type:text;primaryKey"`
	At        time.Time `gorm:"primaryKey"`
	Kind      string    `gorm:"type:text;not null"`
	PersonID  *string   `gorm:"type:uuid"`
	Account   string    `gorm:"type:text;not null;default:''"`
	Fields    Texts     `gorm:"type:text[];not null;default:{}"`
	OwnerID   *string   `gorm:"type:uuid"`
	Propose   Texts     `gorm:"type:text[];not null;default:{}"`
	Seen      int32     `gorm:"not null;default:0"`
	ClosedAt  *time.Time
	ClosedBy  *string `gorm:"type:uuid"`
	ClosedHow string  `gorm:"type:text;not null;default:''"`
}

// OpRow is one thing the platform was asked to do; it is under way until EndedAt.
type OpRow struct {
	GroupID  string    `gorm:"type:uuid;primaryKey"`
	OpID     string    `gorm:"type:text;primaryKey"`
	Kind     string    `gorm:"type:text;not null"`
	People   Texts     `gorm:"type:text[];not null;default:{}"`
	Accounts Texts     `gorm:"type:text[];not null;default:{}"`
	State    string    `gorm:"type:text;not null"`
	Code     string    `gorm:"type:text;not null;default:''"`
	Tries    int32     `gorm:"not null;default:0"`
	At       time.Time `gorm:"not null"`
	EndedAt  *time.Time
	EndedBy  *string `gorm:"type:uuid"`
	Receipt  JSON    `gorm:"type:jsonb"`
}

// SightingRow is a group found on a platform that nobody filed.
type SightingRow struct {
	GroupID    string    `gorm:"type:uuid;primaryKey"`
	Number     string    `gorm:"type:text;not null;unique"`
	Platform   string    `gorm:"type:text;not null"`
	PlatformID string    `gorm:"type:text;not null"`
	Name       string    `gorm:"type:text;not null"`
	Members    int32     `gorm:"not null;default:0"`
	OwnerID    *string   `gorm:"type:uuid"`
	SeenAt     time.Time `gorm:"not null"`
	CaseID     *string   `gorm:"type:uuid"` // that files it, or filed it
}

// TableName says where the rows are kept.
func (FindingRow) TableName() string { return "group_findings" }

// TableName says where the rows are kept.
func (OpRow) TableName() string { return "group_ops" }

// TableName says where the rows are kept.
func (SightingRow) TableName() string { return "group_sightings" }

// TableName says where the rows are kept.
func (GroupRow) TableName() string { return "groups" }

// TableName says where the rows are kept.
func (GroupDepartmentRow) TableName() string { return "group_departments" }

// TableName says where the rows are kept.
func (MemberRow) TableName() string { return "group_members" }

// TableName says where the rows are kept.
func (NameRow) TableName() string { return "group_names" }

// TableName says where the rows are kept.
func (CallRow) TableName() string { return "connector_calls" }

// Rows lists every table's row, for what must know them all.
func Rows() []any {
	return []any{
		&RevisionRow{}, &DepartmentRow{}, &EmployeeRow{}, &OutsiderRow{}, &OutsiderLinkRow{}, &ChangeRow{}, &SessionRow{}, &TokenRow{}, &IdempotencyRow{},
		&PolicyRow{}, &CalendarRow{}, &CounterRow{}, &CaseKeyRow{}, &ObjectRow{}, &CaseRow{}, &SlotRow{},
		&EntryRow{}, &EventRow{}, &OutboxRow{}, &NotificationRow{}, &ExportRow{},
		&GroupRow{}, &GroupDepartmentRow{}, &MemberRow{}, &NameRow{}, &CallRow{},
		&FindingRow{}, &OpRow{}, &SightingRow{},
		&DelegationRow{}, &AbsenceRow{}, &MailLinkRow{}, &ChatPlatformRow{}, &CardRow{},
		&CourseRow{}, &AttemptRow{}, &ResultRow{}, &TrainingRow{},
		&TemplateRow{},
		&PasskeyRow{}, &PasskeyChallengeRow{},
		&NDACodeRow{},
		&NDARow{},
		&ActivityRow{}, &SpanRow{},
		&PostRow{}, &PostingRow{},
	}
}
