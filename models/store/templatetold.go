package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// TellAgain asks the signers of the texts that a material version supersedes to sign again: those whose agreement is in force
// (SweepNDAs). Nothing is asked where the version was withdrawn meanwhile. It may be carried out any number of times; round tells
// its runs apart, so that agreements that were sealed since are found by a later one.
func (s *Store) TellAgain(ctx context.Context, id, round string) (int, error) {
	const doing = "asking signers of earlier texts to sign again"
	v, err := s.Template(ctx, id)
	if err != nil {
		return 0, err
	}
	all, err := s.TemplateVersions(ctx)
	if err != nil {
		return 0, err
	}
	at := now()
	if e := v.Version().Effective; e.After(at) { // it was asked for its date, and the clocks differ a little
		at = e
	}
	texts := domain.SignAgain(all, id, at)
	n, err := s.sweepTexts(ctx, texts, domain.NDAActLapse, id, round)
	return n, clean(doing, err)
}

// TellWithdrawn makes void what was asked for under a version that was withdrawn and is not signed, and asks anew.
func (s *Store) TellWithdrawn(ctx context.Context, id string) error {
	const doing = "making void what a withdrawn text asked for"
	v, err := s.Template(ctx, id)
	if err != nil {
		return err
	}
	if v.State != string(domain.TemplateWithdrawn) {
		return nil
	}
	_, err = s.sweepTexts(ctx, []string{v.SHA256}, domain.NDAActVoid, id, "")
	return clean(doing, err)
}

// sweepTexts leaves the first part of a sweep in the outbox for each text.
func (s *Store) sweepTexts(ctx context.Context, texts []string, act domain.NDAActKind, ref, round string) (int, error) {
	if len(texts) == 0 {
		return 0, nil
	}
	var b pgx.Batch
	for _, sha := range texts {
		if err := queueOutbox(&b, OutboxSweepNDA, OutboxSweepNDA+":"+ref+":"+sha+":"+round, SweepNDA{Template: sha, Act: act, Ref: ref}); err != nil {
			return 0, err
		}
	}
	err := s.pool.SendBatch(ctx, &b).Close()
	if err == nil {
		s.hub.WakeRelay()
	}
	return len(texts), err
}

// TextUses counts the agreements made from a text: asked for and not sealed, and in force.
func (s *Store) TextUses(ctx context.Context, sha string) (open, inForce int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FILTER (WHERE state IN ('created','sent','viewed','verified','signed','countersigned')),
count(*) FILTER (WHERE state = 'sealed' AND replaced_by IS NULL) FROM ndas WHERE template_sha256 = $1`, sha).Scan(&open, &inForce)
	return open, inForce, clean("counting the agreements of a text", err)
}

// AnySealed tells whether there is any document that the platform's key sealed.
func (s *Store) AnySealed(ctx context.Context) (any bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM ndas WHERE document_sha256 <> '')`).Scan(&any)
	return any, clean("looking for sealed documents", err)
}
