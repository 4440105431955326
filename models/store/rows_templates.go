package store

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// TemplateRow is one version of an agreement's text (00019_nda_templates.sql). Its text, title, note and author never change.
type TemplateRow struct {
	ID           string    `gorm:"type:uuid;primaryKey"`
	Key          string    `gorm:"type:text;not null;uniqueIndex:nda_templates_number"`
	Number       int       `gorm:"type:integer;not null;uniqueIndex:nda_templates_number"`
	SHA256       string    `gorm:"column:sha256;type:text;not null"`
	Body         string    `gorm:"type:text;not null"` // canonical; empty in lists
	Title        JSON      `gorm:"type:jsonb;not null;default:{}"`
	Note         string    `gorm:"type:text;not null;default:''"`
	State        string    `gorm:"type:text;not null;default:draft"`
	AuthorID     *string   `gorm:"type:uuid"` // nil: shipped
	CreatedAt    time.Time `gorm:"not null"`
	ReviewedBy   *string   `gorm:"type:uuid"`
	ReviewedAt   *time.Time
	ReviewNote   string  `gorm:"type:text;not null;default:''"`
	PublishedBy  *string `gorm:"type:uuid"`
	PublishedAt  *time.Time
	EffectiveAt  *time.Time
	Material     bool    `gorm:"not null;default:false"`
	WithdrawnBy  *string `gorm:"type:uuid"`
	WithdrawnAt  *time.Time
	WithdrawnWhy string `gorm:"type:text;not null;default:''"`
	Setup        bool   `gorm:"not null;default:false"`
}

// TableName says where the rows are kept.
func (TemplateRow) TableName() string { return "nda_templates" }

// Label is the title in both languages; a broken one is none.
func (r TemplateRow) Label() domain.Label {
	return LabelOf(r.Title)
}

// Version is what the rules of a template's life look at.
func (r TemplateRow) Version() domain.TemplateVersion {
	text := func(p *string) domain.EmployeeID {
		if p == nil {
			return ""
		}
		return domain.EmployeeID(*p)
	}
	at := func(p *time.Time) time.Time {
		if p == nil {
			return time.Time{}
		}
		return *p
	}
	return domain.TemplateVersion{ID: r.ID, Key: r.Key, Number: r.Number, SHA256: r.SHA256, State: domain.TemplateState(r.State), Author: text(r.AuthorID),
		Reviewer: text(r.ReviewedBy), Published: at(r.PublishedAt), Effective: at(r.EffectiveAt), Material: r.Material}
}
