package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// CaseAct is everything one act on a case leaves behind; it is written as a whole, or not at all.
type CaseAct struct {
	Workflow string // case-{id}
	Before   domain.Case
	After    domain.Case
	Act      domain.Act
	Facts    domain.Facts
	Verdict  domain.Verdict
	Digest   string // StateDigest(After)
	// Presumed: the facts about actor and directory are this process's own knowledge, which may be a moment old. They are
	// compared with the database in the same statement; when they differ nothing is written and ErrBehind comes back.
	Presumed bool
}

// SaveCase writes what one act on a case leaves behind: row, changed slots, audit entry, notifications and outbox. It returns
// ErrAlreadySaved when the act's entry exists (another attempt won), ErrIllegal when the database refuses the
// transition for ever, ErrBehind when the row is not at the state the act was decided on, ErrNotFound without a row.
func (s *Store) SaveCase(ctx context.Context, a CaseAct) error {
	const doing = "projecting an act on a case"
	parts, args, err := caseArgs(a, s.recent.started(a.After.ID))
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var moved int
	s.recent.moving(a.After.ID)
	if a.After.Subject != "" { // a revocation may change what it revokes, in the same statement
		s.recent.moving(a.After.Subject)
		defer s.recent.forget(a.After.Subject)
	}
	err = s.pool.QueryRow(ctx, saveCaseSQL(parts), args...).Scan(&moved)
	if err = s.saved(ctx, doing, a.Workflow, a.Act.ID, moved, err, `SELECT EXISTS (SELECT 1 FROM cases WHERE id = $1)`, a.After.ID); err != nil {
		s.recent.forget(a.After.ID)
		return err
	}
	s.remember(a)
	if a.Act.Material != nil || a.After.Subject != "" {
		s.recent.forget(a.After.ID) // title and material are read again
	}
	return nil
}

// saved reads the outcome of a guarded projection.
func (s *Store) saved(ctx context.Context, doing, workflow, act string, moved int, err error, existsSQL, id string) error {
	switch {
	case err != nil && isUnique(err, "") && (isUnique(err, "audit_entries_pkey") || isUnique(err, "audit_entries_act")):
		return fmt.Errorf("%s: %w", doing, ErrAlreadySaved)
	case refusedForEver(err):
		return fmt.Errorf("%s: %w (%s)", doing, ErrIllegal, Code(err))
	case err != nil:
		return clean(doing, err)
	case moved == 1:
		return nil
	}
	var saved, exists bool
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM audit_entries WHERE workflow_id = $2 AND act_id = $3), (`+existsSQL+`)`, id, workflow, act).Scan(&saved, &exists)
	switch {
	case err != nil && !errors.Is(err, pgx.ErrNoRows):
		return clean(doing, err)
	case saved:
		return fmt.Errorf("%s: %w", doing, ErrAlreadySaved)
	case !exists:
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return fmt.Errorf("%s: %w", doing, ErrBehind)
}

// caseArgs chooses the parts of the statement that an act needs, and fills them. With a first act goes what the start would
// have done, unless the start is known to have done it.
func caseArgs(a CaseAct, started bool) (caseParts, []any, error) {
	c, first := a.After, a.Before.Seq == 0 && !started
	f, err := followOf(a.Workflow, c.Seq, a.Verdict.Effects)
	if err != nil {
		return 0, nil, err
	}
	if first {
		// Whoever was asked by the submission and still is, or got a copy, learns of it now, unless MarkStarted told them:
		// same keys.
		for _, cp := range a.Before.Copies {
			if err := f.told(a.Workflow, 0, domain.Effect{Kind: domain.EffectCopy, People: []domain.EmployeeID{cp.Person}}); err != nil {
				return 0, nil, err
			}
		}
		for _, slot := range c.OpenSlots() {
			if wasOpen(a.Before, slot.ID) {
				if err := f.told(a.Workflow, 0, domain.Effect{Kind: domain.EffectAsk, Slot: slot.ID, People: []domain.EmployeeID{slot.Person}}); err != nil {
					return 0, nil, err
				}
			}
		}
	}
	docs := struct{ news, detail, state, act, facts, slots string }{}
	for _, d := range []struct {
		to   *string
		from any
	}{
		{&docs.news, f.news}, {&docs.detail, map[string]any{"status": c.Status, "act": a.Act.Kind}}, {&docs.state, c},
		{&docs.act, a.Act}, {&docs.facts, a.Facts}, {&docs.slots, changedSlots(a.Before, c, first)},
	} {
		if *d.to, err = jsonOf("rendering an act", d.from); err != nil {
			return 0, nil, err
		}
	}
	var comment any
	if a.Act.Comment != nil {
		comment = orNull(a.Act.Comment.Object)
	}
	args := []any{
		docs.news, a.Workflow, c.Seq, f.hand, "case", docs.detail, a.Facts.At, // 1-7
		c.ID, string(c.Status), c.NeedsHand, string(c.Tier), c.Version, c.Round, c.Digest, c.Route, c.Revision, docs.state, a.Digest, // 8-18
		earliestDue(c), timeOrNil(c.Decided), a.Before.Seq, // 19-21
		a.Act.ID, orNull(string(a.Act.Actor)), string(a.Act.Kind), string(a.Act.Outcome), string(a.Verdict.Result), string(a.Verdict.Reason),
		orNull(string(a.Verdict.DecidedBy)), slotOf(c, a.Act), a.Act.Digest, comment, docs.act, docs.facts, docs.slots, // 22-34
	}
	var parts caseParts
	add := func(p caseParts, more ...any) { parts, args = parts|p, append(args, more...) }
	if a.Presumed {
		add(partPresumed, a.Facts.Revision, a.Facts.Active)
	}
	if m := a.Act.Material; f.rename && m != nil {
		add(partMaterial, orNull(m.Object))
		switch {
		case m.NameKey != "":
			add(partName, m.NameKey)
		case c.Kind == domain.KindChange:
			add(partRelease) // the group keeps its own name: one that was reserved is free again
		}
	}
	if f.revoke && c.Subject != "" {
		add(partRevoke, c.Subject)
	}
	if f.release {
		add(partRelease)
	}
	if f.start {
		add(partStart)
	}
	if f.apply {
		add(partApply)
	}
	if first {
		add(partFirst)
	}
	if state := postAfter(a); state != "" {
		add(partPost, string(state))
	}
	if c.Status.Final() && !a.Before.Status.Final() {
		add(partEnd)
	}
	return parts, args, nil
}

// postAfter is what becomes of the publication that a case decides on; empty: nothing.
func postAfter(a CaseAct) domain.PostState {
	if a.After.Kind != domain.KindPublication || (a.After.Status == a.Before.Status && a.Act.Kind != domain.ActResubmit) {
		return ""
	}
	switch a.After.Status {
	case domain.CaseApproved:
		return domain.PostApproved
	case domain.CaseReturned:
		return domain.PostReturned
	case domain.CaseInApproval:
		return domain.PostInApproval
	case domain.CaseRejected:
		if a.Act.Via == domain.ViaOtherwise {
			return domain.PostHandled
		}
		return domain.PostRejected
	case domain.CaseWithdrawn:
		return domain.PostWithdrawn
	case domain.CaseExpired:
		return domain.PostExpired
	case domain.CaseStopped, domain.CaseRevoked:
		return domain.PostStopped
	case domain.CaseSubmitted:
	}
	return ""
}

// slotOf names the place an act is about: the one it decided, or the one that was due.
func slotOf(c domain.Case, a domain.Act) string {
	for _, st := range c.Steps {
		for _, s := range st.Slots {
			if s.Decision != nil && s.Decision.Act == a.ID {
				return s.ID
			}
		}
	}
	return a.Slot
}

func wasOpen(c domain.Case, slot string) bool {
	for _, s := range c.OpenSlots() {
		if s.ID == slot {
			return true
		}
	}
	return false
}

// MarkNeedsHand puts a case in the process administrators' queue without an act, because its projection was refused,
// and tells them. reason is a stable word. It is idempotent.
func (s *Store) MarkNeedsHand(ctx context.Context, caseID, reason string) error {
	s.recent.moving(caseID)
	defer s.recent.forget(caseID)
	_, err := s.pool.Exec(ctx, `
WITH moved AS (
  UPDATE cases SET needs_hand = $8, changed_at = $7 WHERE id = $9 AND needs_hand <> $8 RETURNING id, seq
), `+toldSQL+`
SELECT count(*) FROM moved`, "[]", "case-"+caseID+":"+reason, 0, true, "case", `{}`, now(), reason, caseID)
	return clean("putting a case into the administrators' queue", err)
}
