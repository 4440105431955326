package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// TemplateSweep asks to tell the agreements of earlier texts what became of a version: kind nda_material when a material
// one begins, nda_withdrawn when one was withdrawn.
type TemplateSweep struct {
	Template string `json:"template"`
	Round    string `json:"round,omitempty"` // of those that follow a material version
}

// againAfter are the times after its date at which a material version looks for signers of earlier texts: at once, and for what
// was signed before and sealed since, while the company's signature was waited for.
var againAfter = map[string]time.Duration{"": 0, "hour": time.Hour, "day": 24 * time.Hour, "fortnight": 15 * 24 * time.Hour, "month": 31 * 24 * time.Hour}

// ActOnTemplate carries an act on a version out by the rules (domain.DecideTemplate), with what follows from it and the
// evidence, in one transaction. The error is a *TemplateRefused when the rules refuse it, and ErrIllegal when the database
// does: the actor is of legal no more.
func (s *Store) ActOnTemplate(ctx context.Context, id string, a domain.TemplateAct, event *Event) (row TemplateRow, err error) {
	const doing = "acting on a template"
	if !isID(id) {
		return row, ErrNotFound
	}
	var refused *TemplateRefused
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := lockTemplates(ctx, tx); err != nil {
			return err
		}
		known, err := oneTemplate(ctx, tx, `id = $1`, id)
		if err != nil {
			return err
		}
		all, err := templatesIn(ctx, tx)
		if err != nil {
			return err
		}
		was := known.Version()
		next, reason := domain.DecideTemplate(all, id, a)
		if reason != "" {
			refused = &TemplateRefused{Reason: reason, State: was.Standing(all, a.At)}
			return nil
		}
		if err := saveTemplate(ctx, tx, was, next, a); err != nil {
			return err
		}
		if row, err = oneTemplate(ctx, tx, `id = $1`, id); err != nil {
			return err
		}
		return recordTemplate(ctx, tx, event, id)
	})
	if err == nil && refused != nil {
		return row, refused
	}
	return row, clean(doing, err)
}

func saveTemplate(ctx context.Context, tx pgx.Tx, was, is domain.TemplateVersion, a domain.TemplateAct) error {
	var err error
	switch a.Kind {
	case domain.TemplateReview:
		_, err = tx.Exec(ctx, `UPDATE nda_templates SET state = $2, reviewed_by = $3, reviewed_at = $4, review_note = $5 WHERE id = $1`,
			is.ID, string(is.State), string(a.By), a.At, a.Comment)
	case domain.TemplatePublish:
		_, err = tx.Exec(ctx, `UPDATE nda_templates SET state = $2, published_by = $3, published_at = $4, effective_at = $5, material = $6 WHERE id = $1`,
			is.ID, string(is.State), string(a.By), is.Published, is.Effective, is.Material)
		if err == nil && is.Material {
			for round, after := range againAfter {
				if err = sweepTemplate(ctx, tx, OutboxTemplateMaterial, is.ID, round, is.Effective.Add(after)); err != nil {
					return err
				}
			}
		}
	case domain.TemplateWithdraw:
		_, err = tx.Exec(ctx, `UPDATE nda_templates SET state = $2, withdrawn_by = $3, withdrawn_at = $4, withdrawn_why = $5 WHERE id = $1`,
			is.ID, string(is.State), string(a.By), a.At, a.Comment)
		if err == nil && was.State == domain.TemplatePublished && !was.Effective.After(a.At) {
			err = sweepTemplate(ctx, tx, OutboxTemplateWithdrawn, is.ID, "", a.At)
		}
	}
	return err
}

func sweepTemplate(ctx context.Context, tx pgx.Tx, kind, id, round string, due time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ($1, $1 || ':' || $2::text || rtrim(':' || $4::text, ':'), jsonb_build_object('template', $2::text, 'round', $4::text), $3, now()) ON CONFLICT (key) DO NOTHING`, kind, id, due, round)
	if err != nil {
		return fmt.Errorf("ask for what follows: %w", err)
	}
	return nil
}

func templatesIn(ctx context.Context, q queries) ([]domain.TemplateVersion, error) {
	list, err := templateRows(ctx, q)
	out := make([]domain.TemplateVersion, len(list))
	for i, r := range list {
		out[i] = r.Version()
	}
	return out, err
}
