package service

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

func mayChangeTemplates(a Actor) error {
	if a.Has(domain.RoleLegal) {
		return nil
	}
	return forbidden("role_required")
}

// DraftTemplate stores a text as a draft.
func (s *Service) DraftTemplate(ctx context.Context, a Actor, key, text, note string) (NDATemplate, bool, error) {
	if err := mayChangeTemplates(a); err != nil {
		return NDATemplate{}, false, err
	}
	note = strings.TrimSpace(note)
	if faults := domain.CheckText("note", note, maxNote, false); len(faults) > 0 {
		return NDATemplate{}, false, invalid(faults...)
	}
	t, err := readTemplate(text)
	if err != nil {
		return NDATemplate{}, false, err
	}
	d := store.TemplateDraft{Key: domain.TemplateChinese, SHA256: t.SHA256(), Body: t.Canonical, Title: t.Blocks[0].Text, Note: note, Author: a.ID}
	if t.Bilingual {
		d.Key = domain.TemplateBilingual
	}
	var row store.TemplateRow
	status, err := s.once(ctx, a, key, "POST /nda-templates", []string{d.SHA256, note}, func() (int, error) {
		d.Event = s.templateEvent(a, "drafted", map[string]any{"sha256": d.SHA256})
		var fresh bool
		var err error
		if row, fresh, err = s.cfg.Store.PutTemplate(ctx, d); errors.Is(err, store.ErrTemplateText) {
			return 0, &Error{Kind: Conflict, Code: "template_on_record", Params: map[string]string{"version": row.Version().Name()}}
		}
		if fresh {
			return 201, err
		}
		return 200, err
	})
	if err != nil {
		return NDATemplate{}, false, fail(err)
	}
	if row.ID == "" { // the key's first answer again
		if row, err = s.cfg.Store.TemplateBySHA(ctx, d.SHA256); err != nil {
			return NDATemplate{}, false, fail(err)
		}
	}
	w, err := s.templateWords(ctx, nil)
	return w.template(row), status == 201, fail(err)
}

// readTemplate understands a text, or says everything that is wrong with it: also characters that no document could show.
func readTemplate(text string) (*template.Template, error) {
	t, err := template.Parse([]byte(text))
	var faulty *template.FileError
	switch {
	case errors.As(err, &faulty):
		return nil, &Error{Kind: Invalid, Code: "template_faulty", Params: map[string]string{"n": strconv.Itoa(len(faulty.Defects))}, TextDefects: faulty.Defects}
	case err != nil:
		return nil, fail(err)
	}
	in, err := sample(t, "")
	if err != nil {
		return nil, fail(err)
	}
	if missing := paper.Missing(in); len(missing) > 0 {
		codes := make([]string, 0, len(missing))
		for _, r := range missing[:min(len(missing), 20)] {
			codes = append(codes, fmt.Sprintf("%c (U+%04X)", r, r))
		}
		return nil, invalid(domain.Fault{Field: "text", Code: "no_typeface", Params: map[string]string{"characters": strings.Join(codes, ", ")}})
	}
	if _, err := paper.Render(in); errors.Is(err, paper.ErrTooLong) {
		return nil, invalid(domain.Fault{Field: "text", Code: "too_many_pages"})
	}
	return t, nil
}

// templateEvent is what goes on record with an act on a version, in its transaction.
func (s *Service) templateEvent(a Actor, what string, detail map[string]any) *store.Event {
	return &store.Event{At: s.now(), Actor: string(a.ID), Kind: "nda_template_" + what, Rule: "legal", Result: "allowed", Detail: detail}
}

// ReviewTemplate is legal's second look.
func (s *Service) ReviewTemplate(ctx context.Context, a Actor, key, id string, approve bool, comment string) (NDATemplate, error) {
	outcome := "return"
	if approve {
		outcome = "approve"
	}
	return s.actOnTemplate(ctx, a, key, id, "reviews", domain.TemplateAct{Kind: domain.TemplateReview, Approve: approve, Comment: comment}, map[string]any{"outcome": outcome})
}

// PublishTemplate lets an approved version hold.
func (s *Service) PublishTemplate(ctx context.Context, a Actor, key, id string, effective *time.Time, material bool) (NDATemplate, error) {
	act := domain.TemplateAct{Kind: domain.TemplatePublish, Material: material}
	if effective != nil {
		act.Effective = effective.UTC().Truncate(time.Microsecond)
	}
	return s.actOnTemplate(ctx, a, key, id, "publications", act, map[string]any{"effective_at": effective, "material": material})
}

// WithdrawTemplate takes a version back.
func (s *Service) WithdrawTemplate(ctx context.Context, a Actor, key, id, reason string) (NDATemplate, error) {
	return s.actOnTemplate(ctx, a, key, id, "withdrawals", domain.TemplateAct{Kind: domain.TemplateWithdraw, Comment: reason}, nil)
}

// actOnTemplate carries an act out once. Refusals are recorded: who tried to review their own text is worth knowing.
func (s *Service) actOnTemplate(ctx context.Context, a Actor, key, id, what string, act domain.TemplateAct, detail map[string]any) (NDATemplate, error) {
	if err := mayChangeTemplates(a); err != nil {
		return NDATemplate{}, err
	}
	field := "comment"
	if act.Kind == domain.TemplateWithdraw {
		field = "reason"
	}
	act.Comment = strings.TrimSpace(act.Comment)
	if faults := domain.CheckText(field, act.Comment, domain.MaxCommentRunes, false); len(faults) > 0 {
		return NDATemplate{}, invalid(faults...)
	}
	act.By, act.At = a.ID, s.now()
	_, err := s.once(ctx, a, key, "POST /nda-templates/"+id+"/"+what, []any{act.Approve, act.Comment, act.Effective, act.Material}, func() (int, error) {
		_, err := s.cfg.Store.ActOnTemplate(ctx, id, act, s.templateEvent(a, what, detail))
		if s.didTemplate(ctx, a, id, act, err) {
			err = nil
		}
		return 200, err
	})
	if err != nil {
		e := templateFault(err)
		var known *Error
		if errors.As(e, &known) && (known.Kind == Conflict || known.Kind == Forbidden) && known.Code != errKeyReused().Code {
			if err := s.record(ctx, a, "nda_template_refused", id, known.Code, "refused", map[string]any{"act": what}); err != nil {
				return NDATemplate{}, fail(err)
			}
		}
		return NDATemplate{}, e
	}
	s.poke()
	row, err := s.cfg.Store.Template(ctx, id)
	if err != nil {
		return NDATemplate{}, fail(err)
	}
	w, err := s.templateWords(ctx, nil)
	return w.template(row), fail(err)
}

// didTemplate tells whether an act failed only because this person did it already: their process died before the key was kept.
func (s *Service) didTemplate(ctx context.Context, a Actor, id string, act domain.TemplateAct, err error) bool {
	var refused *store.TemplateRefused
	if !errors.As(err, &refused) || refused.Reason != domain.ReasonTemplateState {
		return false
	}
	row, err := s.cfg.Store.Template(ctx, id)
	if err != nil {
		return false
	}
	me := func(id *string) bool { return id != nil && *id == string(a.ID) }
	switch act.Kind {
	case domain.TemplateReview:
		return me(row.ReviewedBy) && row.ReviewNote == act.Comment && (row.State == string(domain.TemplateApproved) && act.Approve || row.State == string(domain.TemplateReturned) && !act.Approve)
	case domain.TemplatePublish:
		return row.State == string(domain.TemplatePublished) && me(row.PublishedBy) && row.Material == act.Material && (act.Effective.IsZero() || row.EffectiveAt.Equal(act.Effective))
	case domain.TemplateWithdraw:
		return row.State == string(domain.TemplateWithdrawn) && me(row.WithdrawnBy)
	}
	return false
}

// templateFault says what a refusal means to the person who acts.
func templateFault(err error) error {
	var refused *store.TemplateRefused
	switch {
	case errors.As(err, &refused):
		switch refused.Reason {
		case domain.ReasonOwnMatter:
			return &Error{Kind: Forbidden, Code: "template_own_text"}
		case domain.ReasonNoComment:
			return invalid(domain.Fault{Field: "comment", Code: "required"})
		case domain.ReasonNoReason:
			return invalid(domain.Fault{Field: "reason", Code: "required"})
		case domain.ReasonTemplatePast:
			return invalid(domain.Fault{Field: "effective_at", Code: "in_the_past"})
		case domain.ReasonTemplateFar:
			return invalid(domain.Fault{Field: "effective_at", Code: "too_far_ahead"})
		default:
			return &Error{Kind: Conflict, Code: string(refused.Reason), Params: map[string]string{"state": string(refused.State)}}
		}
	case errors.Is(err, store.ErrIllegal):
		return &Error{Kind: Conflict, Code: "template_refused"}
	}
	return fail(err)
}
