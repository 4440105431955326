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

// saveCaseSQL is one statement, hence one transaction and one round trip. Everything hangs on moved: when the row is
// not at the state the act was decided on, nothing is written anywhere.
const saveCaseSQL = `
WITH moved AS (
  UPDATE cases SET status = $9, needs_hand = $10, tier = $11, version = $12, round = $13, seq = $3, digest = $14, route = $15,
    revision = $16, state = $17::jsonb, state_digest = $18, due_at = $19, changed_at = $7, decided_at = $20,
    material_id = coalesce($42::uuid, material_id),
    title = coalesce((SELECT nullif(o.file_name, '') FROM objects o WHERE o.id = $42::uuid AND o.case_id = cases.id), title)
  WHERE id = $8 AND seq = $21 AND (NOT $39::boolean OR (
    (SELECT coalesce(max(r.revision), 0) FROM directory_revisions r) = $40 AND
    coalesce((SELECT p.active FROM employees p WHERE p.id = $23), false) = $41))
  RETURNING id, group_id
), entry AS (
  INSERT INTO audit_entries (workflow_id, seq, act_id, subject_id, kind, actor_id, outcome, result, reason, decided_by, slot,
    digest, comment_id, act, facts, state_digest, at)
  SELECT $2, $3, $22, moved.id, $24, $23, $25, $26, $27, $28, $29, $30, $31, $32::jsonb, $33::jsonb, $18, $7 FROM moved
), slots AS (
  INSERT INTO case_slots (case_id, slot, round, step, person_id, status, closed, why, opened_at, due_at, outcome, decided_by, decided_at, decision)
  SELECT moved.id, d.slot, d.round, d.step, d.person_id, d.status, d.closed, d.why, d.opened_at, d.due_at, d.outcome, d.decided_by, d.decided_at, d.decision
  FROM moved, jsonb_to_recordset($34::jsonb) AS d(slot text, round int, step int, person_id uuid, status text, closed text, why jsonb,
    opened_at timestamptz, due_at timestamptz, outcome text, decided_by uuid, decided_at timestamptz, decision text)
  ON CONFLICT (case_id, slot) DO UPDATE SET status = excluded.status, closed = excluded.closed, why = excluded.why,
    opened_at = excluded.opened_at, due_at = excluded.due_at, outcome = excluded.outcome, decided_by = excluded.decided_by,
    decided_at = excluded.decided_at, decision = excluded.decision
), ` + toldSQL + `, released AS (
  UPDATE group_names SET released_at = $7 FROM moved
  WHERE $35::boolean AND group_names.case_id = moved.id AND released_at IS NULL
), renamed AS (
  UPDATE group_names SET released_at = $7 FROM moved
  WHERE $43::text <> '' AND group_names.case_id = moved.id AND released_at IS NULL AND name_key <> $43
), taken AS (
  INSERT INTO group_names (name_key, case_id, taken_at)
  SELECT $43, moved.id, $7 FROM moved
  WHERE $43::text <> '' AND NOT EXISTS (SELECT 1 FROM group_names n WHERE n.case_id = moved.id AND n.released_at IS NULL AND n.name_key = $43)
), revoked AS (
  UPDATE cases SET status = 'revoked' FROM moved WHERE cases.id = $44::uuid AND cases.status = 'approved'
), named AS (
  UPDATE group_names SET group_id = moved.group_id FROM moved
  WHERE $36::boolean AND group_names.case_id = moved.id AND released_at IS NULL
), started AS (
  UPDATE outbox SET done_at = now() FROM moved
  WHERE $37::boolean AND outbox.key = 'start_case:' || moved.id AND done_at IS NULL
), onward AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'start_group', 'start_group:' || group_id, jsonb_build_object('group_id', group_id, 'case_id', id), now(), now()
  FROM moved WHERE $36::boolean AND group_id IS NOT NULL
  UNION ALL
  SELECT 'export_history', 'export_history:' || $2::text, jsonb_build_object('workflow', $2::text), now() + interval '3 seconds', now()
  FROM moved WHERE $38::boolean
  UNION ALL
  SELECT 'revoke_case', 'revoke_case:' || $44::text, jsonb_build_object('case_id', $44::text, 'by', id), now(), now()
  FROM moved WHERE $44::uuid IS NOT NULL
  ON CONFLICT (key) DO NOTHING
)
SELECT count(*) FROM moved`

// SaveCase writes what one act on a case leaves behind: row, changed slots, audit entry, notifications and outbox. It returns
// ErrAlreadySaved when the act's entry exists (another attempt won), ErrIllegal when the database refuses the
// transition for ever, ErrBehind when the row is not at the state the act was decided on, ErrNotFound without a row.
func (s *Store) SaveCase(ctx context.Context, a CaseAct) error {
	const doing = "projecting an act on a case"
	args, err := caseArgs(a)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var moved int
	s.recent.moving(a.After.ID)
	err = s.pool.QueryRow(ctx, saveCaseSQL, args...).Scan(&moved)
	if err = s.saved(ctx, doing, a.Workflow, a.Act.ID, moved, err, `SELECT EXISTS (SELECT 1 FROM cases WHERE id = $1)`, a.After.ID); err != nil {
		s.recent.forget(a.After.ID)
		return err
	}
	s.remember(a)
	if a.Act.Material != nil || a.After.Subject != "" {
		s.recent.forget(a.After.ID) // title and material are read again
		s.recent.forget(a.After.Subject)
	}
	return nil
}

// saved reads the outcome of a guarded projection.
func (s *Store) saved(ctx context.Context, doing, workflow, act string, moved int, err error, existsSQL, id string) error {
	switch {
	case err != nil && isUnique(err, "") && (isUnique(err, "audit_entries_pkey") || isUnique(err, "audit_entries_workflow_id_act_id_key")):
		return fmt.Errorf("%s: %w", doing, ErrAlreadySaved)
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

func caseArgs(a CaseAct) ([]any, error) {
	c, first := a.After, a.Before.Seq == 0
	f, err := followOf(a.Workflow, c.Seq, a.Verdict.Effects)
	if err != nil {
		return nil, err
	}
	if first {
		// Whoever was asked by the submission and still is, or got a copy, learns of it now, unless MarkStarted told them:
		// same keys.
		for _, cp := range a.Before.Copies {
			if err := f.told(a.Workflow, 0, domain.Effect{Kind: domain.EffectCopy, People: []domain.EmployeeID{cp.Person}}); err != nil {
				return nil, err
			}
		}
		for _, slot := range c.OpenSlots() {
			if wasOpen(a.Before, slot.ID) {
				if err := f.told(a.Workflow, 0, domain.Effect{Kind: domain.EffectAsk, Slot: slot.ID, People: []domain.EmployeeID{slot.Person}}); err != nil {
					return nil, err
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
		{&docs.act, a.Act}, {&docs.facts, a.Facts}, {&docs.slots, changedSlots(a.Before, c)},
	} {
		if *d.to, err = jsonOf("rendering an act", d.from); err != nil {
			return nil, err
		}
	}
	var comment any
	if a.Act.Comment != nil {
		comment = orNull(a.Act.Comment.Object)
	}
	var material, subject any
	name := ""
	if m := a.Act.Material; f.rename && m != nil {
		material, name = orNull(m.Object), m.NameKey
	}
	if f.revoke {
		subject = orNull(c.Subject)
	}
	return []any{
		docs.news, a.Workflow, c.Seq, f.hand, "case", docs.detail, a.Facts.At, // 1-7
		c.ID, string(c.Status), c.NeedsHand, string(c.Tier), c.Version, c.Round, c.Digest, c.Route, c.Revision, docs.state, a.Digest, // 8-18
		earliestDue(c), timeOrNil(c.Decided), a.Before.Seq, // 19-21
		a.Act.ID, orNull(string(a.Act.Actor)), string(a.Act.Kind), string(a.Act.Outcome), string(a.Verdict.Result), string(a.Verdict.Reason),
		orNull(string(a.Verdict.DecidedBy)), slotOf(c, a.Act), a.Act.Digest, comment, docs.act, docs.facts, docs.slots, // 22-34
		f.release, f.start, first, c.Status.Final() && !a.Before.Status.Final(), // 35-38
		a.Presumed, a.Facts.Revision, a.Facts.Active, // 39-41
		material, name, subject, // 42-44
	}, nil
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
	defer s.recent.forget(caseID)
	_, err := s.pool.Exec(ctx, `
WITH moved AS (
  UPDATE cases SET needs_hand = $8, changed_at = $7 WHERE id = $9 AND needs_hand <> $8 RETURNING id, seq
), `+toldSQL+`
SELECT count(*) FROM moved`, "[]", "case-"+caseID+":"+reason, 0, true, "case", `{}`, now(), reason, caseID)
	return clean("putting a case into the administrators' queue", err)
}
