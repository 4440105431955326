package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// TemplateAPI is the texts of agreements (semantics 4): legal drafts, reviews, publishes and withdraws; auditors read.
type TemplateAPI interface {
	Templates(ctx context.Context, a Actor, cursor string, limit int) (Page[NDATemplate], error)
	Template(ctx context.Context, a Actor, id string) (NDATemplateView, error)
	// DraftTemplate stores a text as a draft; fresh is false when the actor drafted that very text already. A faulty text is
	// refused with the Error's TextDefects.
	DraftTemplate(ctx context.Context, a Actor, key, text, note string) (t NDATemplate, fresh bool, err error)
	// ReviewTemplate approves a draft or sends it back, by somebody of legal other than its author.
	ReviewTemplate(ctx context.Context, a Actor, key, id string, approve bool, comment string) (NDATemplate, error)
	// PublishTemplate lets an approved version hold from a moment on; nil: at once.
	PublishTemplate(ctx context.Context, a Actor, key, id string, effective *time.Time, material bool) (NDATemplate, error)
	WithdrawTemplate(ctx context.Context, a Actor, key, id, reason string) (NDATemplate, error)
	// TemplateDiff compares a version line by line with another one, empty: the one in force, or what that one followed.
	TemplateDiff(ctx context.Context, a Actor, id, against string) (NDATemplateDiff, error)
	// TemplatePreview draws a version as a PDF with the fields' names in their places.
	TemplatePreview(ctx context.Context, a Actor, id string) ([]byte, error)
	// VerifyDocument says what is true of a PDF (public).
	VerifyDocument(ctx context.Context, pdf []byte) (DocumentReport, error)
}

// TemplateDefect is one thing wrong with a text: where, what, and what to do about it.
type TemplateDefect = template.Defect

// NDATemplate is a version of an agreement's text in a list.
type NDATemplate struct {
	ID           string               `json:"id"`
	Key          string               `json:"key"`     // zh or zh-en: the languages; a version supersedes those of its key
	Version      string               `json:"version"` // as evidence pages name it: zh-en/3
	SHA256       string               `json:"sha256"`
	Title        domain.Label         `json:"title"`
	Note         string               `json:"note,omitempty"`
	State        domain.TemplateState `json:"state"`            // with the clock taken into account
	Author       *PersonRef           `json:"author,omitempty"` // nil: shipped with the service
	Created      time.Time            `json:"created"`
	ReviewedBy   *PersonRef           `json:"reviewed_by,omitempty"`
	Reviewed     *time.Time           `json:"reviewed_at,omitempty"`
	ReviewNote   string               `json:"review_comment,omitempty"`
	PublishedBy  *PersonRef           `json:"published_by,omitempty"`
	Published    *time.Time           `json:"published_at,omitempty"`
	Effective    *time.Time           `json:"effective_at,omitempty"`
	Until        *time.Time           `json:"until,omitempty"` // when its successor takes over, or took over
	Material     bool                 `json:"material"`        // signers of earlier versions sign again
	WithdrawnBy  *PersonRef           `json:"withdrawn_by,omitempty"`
	Withdrawn    *time.Time           `json:"withdrawn_at,omitempty"`
	WithdrawnWhy string               `json:"withdrawn_reason,omitempty"`
	Setup        bool                 `json:"setup,omitempty"` // published when the service was set up, by nobody
}

// NDATemplateView is a version in full.
type NDATemplateView struct {
	NDATemplate
	Body      string       `json:"body"` // the canonical text, which the digest is of
	Bilingual bool         `json:"bilingual,omitempty"`
	Blocks    []NDABlock   `json:"blocks"`             // the text as a signer reads it, fields not filled in
	Fields    []string     `json:"fields"`             // that it uses
	InForce   string       `json:"in_force,omitempty"` // the id of the version in force of its key
	Signers   TemplateUses `json:"signers"`
	Can       []string     `json:"can"`               // acts open to the reader: review, publish, withdraw
	Blocked   string       `json:"blocked,omitempty"` // why the reader cannot review: written_by_you; or not withdraw: last_in_force
}

// TemplateUses counts the agreements made from a version.
type TemplateUses struct {
	Open  int `json:"open"`     // asked for, not sealed
	Force int `json:"in_force"` // sealed and in force
}

// NDATemplateDiff says what differs between two versions.
type NDATemplateDiff struct {
	ID      string     `json:"id"`
	Against *string    `json:"against,omitempty"` // the other version's id; nil: there is none to compare with
	Version string     `json:"version,omitempty"` // the other's name
	Lines   []DiffLine `json:"lines"`
}

// MaxTemplate bounds a text in bytes, as it comes in.
const MaxTemplate = template.MaxBytes

func mayReadTemplates(a Actor) error {
	if a.Has(domain.RoleLegal) || a.Has(domain.RoleAuditor) {
		return nil
	}
	return forbidden("role_required")
}

// templateWords is what rows of versions are told with: names, the clock, and all versions.
type templateWords struct {
	names
	now time.Time
	all []domain.TemplateVersion
}

func (s *Service) templateWords(ctx context.Context, rows []store.TemplateRow) (templateWords, error) {
	w := templateWords{now: s.now()}
	dir, err := s.wording(ctx)
	if err != nil {
		return w, err
	}
	w.names = names{dir}
	if rows == nil {
		w.all, err = s.cfg.Store.TemplateVersions(ctx)
		return w, err
	}
	for _, r := range rows {
		w.all = append(w.all, r.Version())
	}
	return w, nil
}

func (w templateWords) template(r store.TemplateRow) NDATemplate {
	who := func(id *string) *PersonRef {
		if id == nil {
			return nil
		}
		return w.maybe(domain.EmployeeID(*id))
	}
	v := r.Version()
	t := NDATemplate{
		ID: r.ID, Key: r.Key, Version: v.Name(), SHA256: r.SHA256, Title: r.Label(), Note: r.Note, State: v.Standing(w.all, w.now), Author: who(r.AuthorID),
		Created: r.CreatedAt, ReviewedBy: who(r.ReviewedBy), Reviewed: r.ReviewedAt, ReviewNote: r.ReviewNote, PublishedBy: who(r.PublishedBy),
		Published: r.PublishedAt, Effective: r.EffectiveAt, Material: r.Material, WithdrawnBy: who(r.WithdrawnBy), Withdrawn: r.WithdrawnAt,
		WithdrawnWhy: r.WithdrawnWhy, Setup: r.Setup,
	}
	if until, ok := v.Until(w.all); ok {
		t.Until = &until
	}
	return t
}

// Templates lists the versions, newest first. They are a few a year and come from one read; the cursor is the last id.
func (s *Service) Templates(ctx context.Context, a Actor, cursor string, limit int) (Page[NDATemplate], error) {
	out := Page[NDATemplate]{Items: []NDATemplate{}}
	if err := mayReadTemplates(a); err != nil {
		return out, err
	}
	rows, err := s.cfg.Store.Templates(ctx)
	if err != nil {
		return out, fail(err)
	}
	w, err := s.templateWords(ctx, rows)
	if err != nil {
		return out, fail(err)
	}
	if cursor != "" {
		i := slices.IndexFunc(rows, func(r store.TemplateRow) bool { return r.ID == cursor })
		if i < 0 {
			return out, &Error{Kind: Malformed, Code: "cursor_invalid"}
		}
		rows = rows[i+1:]
	}
	if len(rows) > limit {
		rows, out.Next = rows[:limit], rows[limit-1].ID
	}
	for _, r := range rows {
		out.Items = append(out.Items, w.template(r))
	}
	return out, nil
}

// Template shows a version in full, with what the reader can do.
func (s *Service) Template(ctx context.Context, a Actor, id string) (NDATemplateView, error) {
	if err := mayReadTemplates(a); err != nil {
		return NDATemplateView{}, err
	}
	v, err := s.template(ctx, a, id)
	return v, fail(err)
}

func (s *Service) template(ctx context.Context, a Actor, id string) (NDATemplateView, error) {
	row, err := s.cfg.Store.Template(ctx, id)
	if err != nil {
		return NDATemplateView{}, err
	}
	w, err := s.templateWords(ctx, nil)
	if err != nil {
		return NDATemplateView{}, err
	}
	v := NDATemplateView{NDATemplate: w.template(row), Body: row.Body, Blocks: []NDABlock{}, Fields: []string{}, Can: []string{}}
	if v.Signers, err = s.templateUses(ctx, row.SHA256); err != nil {
		return v, err
	}
	if t, err := template.Parse([]byte(row.Body)); err == nil { // stored by a newer program otherwise: its text can still be read
		v.Bilingual, v.Fields = t.Bilingual, append(v.Fields, t.Uses...)
		for _, b := range t.Blocks {
			v.Blocks = append(v.Blocks, NDABlock{Kind: string(b.Kind), Key: b.Key, Number: b.Number, ZH: b.Text.ZH, EN: b.Text.EN})
		}
	}
	if f, ok := domain.TemplateAt(w.all, row.Key, w.now); ok {
		v.InForce = f.ID
	}
	if !a.Has(domain.RoleLegal) {
		return v, nil
	}
	// What can be done is asked of the rule itself, with an act that lacks nothing.
	for _, kind := range []domain.TemplateActKind{domain.TemplateReview, domain.TemplatePublish, domain.TemplateWithdraw} {
		_, why := domain.DecideTemplate(w.all, id, domain.TemplateAct{Kind: kind, By: a.ID, At: w.now, Approve: true, Comment: "…"})
		switch why {
		case "":
			v.Can = append(v.Can, string(kind))
		case domain.ReasonOwnMatter:
			v.Blocked = "written_by_you"
		case domain.ReasonTemplateLast:
			v.Blocked = "last_in_force"
		default: // its state does not allow it, which shows
		}
	}
	return v, nil
}

// NDATemplate reads the text of a version by its digest: what an agreement was made of, whatever became of the version.
func (s *Service) NDATemplate(ctx context.Context, sha string) (*template.Template, store.TemplateRow, error) {
	row, err := s.cfg.Store.TemplateBySHA(ctx, sha)
	if err != nil {
		return nil, row, err
	}
	t, err := template.Parse([]byte(row.Body))
	if err != nil {
		return nil, row, fmt.Errorf("template %s cannot be read by this program: %w", row.Version().Name(), err)
	}
	if t.SHA256() != sha {
		return nil, row, fmt.Errorf("template %s is not the text that its digest names", row.Version().Name())
	}
	return t, row, nil
}

// TemplateDiff compares a version with another.
func (s *Service) TemplateDiff(ctx context.Context, a Actor, id, against string) (NDATemplateDiff, error) {
	if err := mayReadTemplates(a); err != nil {
		return NDATemplateDiff{}, err
	}
	d, err := s.templateDiff(ctx, id, against)
	return d, fail(err)
}

func (s *Service) templateDiff(ctx context.Context, id, against string) (NDATemplateDiff, error) {
	row, err := s.cfg.Store.Template(ctx, id)
	if err != nil {
		return NDATemplateDiff{}, err
	}
	d := NDATemplateDiff{ID: row.ID, Lines: []DiffLine{}}
	if against == "" {
		all, err := s.cfg.Store.TemplateVersions(ctx)
		if err != nil {
			return d, err
		}
		// The one in force; for that one and what it superseded, what was in force when it came.
		at := s.now()
		if row.PublishedAt != nil && row.EffectiveAt != nil {
			at = row.EffectiveAt.Add(-time.Microsecond)
		}
		was, ok := domain.TemplateAt(all, row.Key, at)
		if !ok || was.ID == row.ID {
			return d, nil
		}
		against = was.ID
	}
	was, err := s.cfg.Store.Template(ctx, against)
	if err != nil {
		return d, err
	}
	d.Against, d.Version, d.Lines = &was.ID, was.Version().Name(), append(d.Lines, diffLines(was.Body, row.Body)...)
	return d, nil
}

// TemplatePreview draws a version.
func (s *Service) TemplatePreview(ctx context.Context, a Actor, id string) ([]byte, error) {
	if err := mayReadTemplates(a); err != nil {
		return nil, err
	}
	row, err := s.cfg.Store.Template(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	t, err := template.Parse([]byte(row.Body))
	if err != nil {
		return nil, &Error{Kind: Conflict, Code: "template_unreadable", Cause: err}
	}
	company, err := s.cfg.Store.CompanyName(ctx)
	if err != nil {
		return nil, fail(err)
	}
	pdf, err := preview(t, company)
	if err != nil {
		return nil, &Error{Kind: Internal, Code: "internal", Cause: err}
	}
	return pdf, nil
}

// preview draws a text with its fields' names in their places.
func preview(t *template.Template, company string) ([]byte, error) {
	in, err := sample(t, company)
	if err != nil {
		return nil, err
	}
	pdf, err := paper.Render(in)
	var missing *paper.MissingError
	if errors.As(err, &missing) { // the company's name: the text itself was checked when it was drafted
		in.OnPaper = true
		pdf, err = paper.Render(in)
	}
	return pdf, err
}

func sample(t *template.Template, company string) (paper.Input, error) {
	values := template.Values{}
	for _, f := range template.Fields {
		values[f.Name] = domain.Label{ZH: "〔" + f.Label.ZH + "〕", EN: "[" + f.Label.EN + "]"}
	}
	if company == "" {
		company = values["company"].ZH
	}
	values["company"] = domain.Label{ZH: company}
	doc, err := t.Fill(values)
	if err != nil {
		return paper.Input{}, fmt.Errorf("fill a template for its preview: %w", err)
	}
	return paper.Input{Document: doc, Company: company, Signer: paper.Signer{Name: values["party"].ZH}}, nil
}
