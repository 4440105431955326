package store

import (
	"strconv"
	"strings"
	"sync"
)

// caseParts are the parts of an act's statement beyond what every act needs. A plain decision does not carry, plan, lock
// and open what only a resubmission, a revocation or the end of a case has to write.
type caseParts uint16

// The parts, in the order in which their arguments follow those that every act has.
const (
	partPresumed caseParts = 1 << iota // compare what the act was decided on; arguments: revision, active
	partMaterial                       // the row follows new material; argument: the object
	partName                           // … and the reserved name; argument: its key
	partRevoke                         // the subject of an approved revocation; argument: its id
	partRelease                        // the name is free again
	partStart                          // the group is started, and the name is its
	partFirst                          // the case's own start is settled
	partEnd                            // the case ended: its history is exported
	partApply                          // the group of an approved change is told
	partPost                           // the publication that the case decides on moves with it; argument: its state

	partsOver // one more than all of them
)

// saveCaseSQL is one statement, hence one transaction and one round trip, made of the parts that an act needs. Everything
// hangs on moved: when the row is not at the state the act was decided on, nothing is written anywhere. Rows are looked up
// by the parameter, not by moved's id, so that a plan made while a table was empty is one that reads an index.
func saveCaseSQL(parts caseParts) string {
	if text, ok := caseTexts.Load(parts); ok {
		return text.(string)
	}
	text := caseText(parts)
	caseTexts.Store(parts, text)
	return text
}

// heldSQL tells a held name, and openSQL an open entry, without the words of the index on all of them, which would
// otherwise be read through for a single one for as long as the table has no statistics.
const (
	heldSQL = `coalesce(group_names.released_at, 'infinity') = 'infinity'`
	openSQL = `coalesce(outbox.done_at, 'infinity') = 'infinity'`
)

var caseTexts sync.Map // caseParts → text; at most one for each combination

func caseText(parts caseParts) string {
	var b strings.Builder
	n := 34 // arguments that every act has
	has := func(p caseParts) bool { return parts&p != 0 }
	next := func() string { n++; return "$" + strconv.Itoa(n) }
	var revision, active, material, name, subject string
	if has(partPresumed) {
		revision, active = next(), next()
	}
	if has(partMaterial) {
		material = next()
	}
	if has(partName) {
		name = next() + "::text"
	}
	if has(partRevoke) {
		subject = next() + "::uuid"
	}
	post := ""
	if has(partPost) {
		post = next() + "::text"
	}
	b.WriteString(`
WITH moved AS (
  UPDATE cases SET status = $9, needs_hand = $10, tier = $11, version = $12, round = $13, seq = $3, digest = $14, route = $15,
    revision = $16, state = $17::jsonb, state_digest = $18, due_at = $19, changed_at = $7, decided_at = $20`)
	if has(partMaterial) {
		b.WriteString(`,
    material_id = coalesce(` + material + `::uuid, material_id),
    title = coalesce((SELECT nullif(o.file_name, '') FROM objects o WHERE o.id = ` + material + `::uuid AND o.case_id = cases.id), title)`)
	}
	b.WriteString(`
  WHERE id = $8 AND seq = $21`)
	if has(partPresumed) {
		b.WriteString(`
    AND (SELECT coalesce(max(r.revision), 0) FROM directory_revisions r) = ` + revision + `
    AND coalesce((SELECT p.active FROM employees p WHERE p.id = $23), false) = ` + active)
	}
	b.WriteString(`
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
), ` + toldSQL)
	if has(partRelease) {
		b.WriteString(`, released AS (
  UPDATE group_names SET released_at = $7 FROM moved WHERE group_names.case_id = $8 AND ` + heldSQL + `
)`)
	}
	if has(partName) {
		b.WriteString(`, renamed AS (
  UPDATE group_names SET released_at = $7 FROM moved WHERE group_names.case_id = $8 AND ` + heldSQL + ` AND name_key <> ` + name + `
), taken AS (
  INSERT INTO group_names (name_key, case_id, taken_at)
  SELECT ` + name + `, moved.id, $7 FROM moved
  WHERE NOT EXISTS (SELECT 1 FROM group_names n WHERE n.case_id = $8 AND n.released_at IS NULL AND n.name_key = ` + name + `)
)`)
	}
	if has(partRevoke) {
		b.WriteString(`, revoked AS (
  UPDATE cases SET status = 'revoked' FROM moved WHERE cases.id = ` + subject + ` AND cases.status = 'approved'
)`)
	}
	if has(partStart) {
		b.WriteString(`, named AS (
  UPDATE group_names SET group_id = moved.group_id FROM moved WHERE group_names.case_id = $8 AND ` + heldSQL + `
)`)
	}
	if has(partFirst) {
		b.WriteString(`, started AS (
  UPDATE outbox SET done_at = now() FROM moved WHERE outbox.key = 'start_case:' || moved.id AND ` + openSQL + `
)`)
	}
	if has(partPost) {
		// What was approved is what stands in the row, or nothing is posted.
		b.WriteString(`, published AS (
  UPDATE posts SET state = CASE WHEN ` + post + ` = 'approved' AND posts.digest <> $14 THEN 'stopped' ELSE ` + post + ` END, since = $7, changed_at = $7,
    approved_at = CASE WHEN ` + post + ` = 'approved' THEN $7::timestamptz END
  FROM moved WHERE posts.case_id = $8 AND posts.state IN ('in_approval', 'returned') RETURNING posts.id, posts.state
)`)
	}
	var onward []string
	if has(partPost) {
		onward = append(onward, `SELECT 'start_post', 'start_post:' || id, jsonb_build_object('post', id), now(), now() FROM published WHERE state = 'approved'`)
	}
	if has(partStart) {
		onward = append(onward, `SELECT 'start_group', 'start_group:' || group_id, jsonb_build_object('group_id', group_id, 'case_id', id), now(), now()
  FROM moved WHERE group_id IS NOT NULL`)
	}
	if has(partEnd) {
		onward = append(onward, `SELECT 'export_history', 'export_history:' || $2::text, jsonb_build_object('workflow', $2::text), now() + interval '3 seconds', now()
  FROM moved`)
	}
	if has(partRevoke) {
		onward = append(onward, `SELECT 'revoke_case', 'revoke_case:' || `+subject+`, jsonb_build_object('case_id', `+subject+`, 'by', id), now(), now()
  FROM moved`)
	}
	if has(partApply) {
		onward = append(onward, `SELECT 'apply_change', 'apply_change:' || id, jsonb_build_object('group_id', group_id, 'case_id', id), now(), now()
  FROM moved`)
	}
	if len(onward) > 0 {
		b.WriteString(`, onward AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  ` + strings.Join(onward, `
  UNION ALL
  `) + `
  ON CONFLICT (key) DO NOTHING
)`)
	}
	b.WriteString(`
SELECT count(*) FROM moved`)
	return b.String()
}
