package store

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
)

// NDAChange is everything one act on an agreement leaves behind.
type NDAChange struct {
	Workflow string // nda-{id}
	Run      string // the run that decides it
	Before   domain.NDA
	After    domain.NDA
	Act      domain.NDAAct
	Facts    domain.NDAFacts
	Verdict  domain.Verdict
	Digest   string
}

// ndaSQL moves the row from the state the act was decided on, and does what follows: an agreement in force takes the place
// of the one before it, whose own workflow is told; the groups are asked to look again; the signer is asked anew.
const ndaSQL = `
WITH moved AS (
  UPDATE ndas SET state = $9, counter_role = $10, fault = $11, seq = $3, doc = $12::jsonb, state_digest = $13, run_id = $14, sent_at = $15, due_at = $16,
    lapses_at = $17, sealed_at = $18, document_sha256 = $19, since = $20, changed_at = $7
  WHERE id = $8 AND seq = $21
  RETURNING id, group_id, person_id
), entry AS (
  INSERT INTO audit_entries (workflow_id, seq, act_id, subject_id, kind, actor_id, outcome, result, reason, decided_by, slot,
    digest, comment_id, act, facts, state_digest, at)
  SELECT $2, $3, $22, moved.id, $23, $24, '', $25, $26, $27, '', $28, $29, $30::jsonb, $31::jsonb, $13, $7 FROM moved
), replaced AS (
  UPDATE ndas o SET replaced_by = moved.id FROM moved
  WHERE $32::boolean AND o.group_id = moved.group_id AND o.person_id = moved.person_id AND o.state = 'sealed' AND o.replaced_by IS NULL AND o.id <> $8
  RETURNING o.id
), followed AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'signal_nda', 'signal_nda:' || r.id || ':sys:superseded:' || $8::uuid,
    jsonb_build_object('nda', r.id, 'act', jsonb_build_object('id', 'sys:superseded:' || $8::uuid, 'kind', 'supersede', 'by', $8::uuid, 'at', $7::timestamptz)), now(), now()
  FROM replaced r
  UNION ALL
  SELECT 'clearance', 'clearance:' || $2::text || ':' || $3::int, jsonb_build_object('group', group_id, 'people', jsonb_build_array(person_id)), now(), now() FROM moved WHERE $33::boolean
  UNION ALL
  SELECT 'nda_ask', 'nda_ask:' || $2::text || ':' || $3::int, jsonb_build_object('group', group_id, 'people', jsonb_build_array(person_id)), now(), now() FROM moved WHERE $34::boolean
  UNION ALL
  SELECT 'export_history', 'export_history:' || $2::text || ':' || $3::int, jsonb_build_object('workflow', $2::text), now() + interval '3 seconds', now() FROM moved WHERE $35::boolean
  ON CONFLICT (key) DO NOTHING
), `

// tellAdminsSQL adds, to heardSQL, news for the holders of roles and for who administers the group: $36 says which. What is
// told once is left out where the person has the same news unread: five hundred signatures that wait for the company are one
// entry, not five hundred. Where nobody holds an office that something waits for, the process administrators hear of it.
const tellAdminsSQL = `
  UNION ALL
  SELECT gen_random_uuid(), p.id, b.kind, b.slot, $2::text || ':' || $3::int || ':' || b.kind || ':' || p.id
  FROM jsonb_to_recordset($36::jsonb) AS b(kind text, slot text, admins boolean, roles text[], but uuid[], once boolean)
  JOIN employees p ON p.active AND p.id <> ALL (b.but) AND (p.roles && b.roles OR b.admins AND p.id = ANY (ARRAY(
    SELECT employee_id FROM group_members WHERE group_id = (SELECT group_id FROM moved) AND ` + adminSQL + `)))
  WHERE NOT (b.once AND EXISTS (SELECT 1 FROM notifications x WHERE x.person_id = p.id AND x.kind = b.kind AND x.read_at IS NULL))
  UNION ALL
  SELECT gen_random_uuid(), p.id, 'hand', '', $2::text || ':' || $3::int || ':hand:' || p.id
  FROM jsonb_to_recordset($36::jsonb) AS b(roles text[], but uuid[], once boolean)
  JOIN employees p ON p.active AND 'process_admin' = ANY (p.roles)
  WHERE b.once AND NOT EXISTS (SELECT 1 FROM employees o WHERE o.active AND o.roles && b.roles AND o.id <> ALL (b.but))`

const saveNDASQL = ndaSQL + heardSQL + tellAdminsSQL + tellSQL + countSQL

type adminsDoc struct {
	Kind   string        `json:"kind"`
	Slot   string        `json:"slot"`
	Admins bool          `json:"admins"`
	Roles  []domain.Role `json:"roles"`
	// But are who is not told; Once: who has the same news unread is not told again.
	But  []domain.EmployeeID `json:"but"`
	Once bool                `json:"once"`
}

// SaveNDA writes what one act on an agreement leaves behind, with the errors of SaveCase.
func (s *Store) SaveNDA(ctx context.Context, n NDAChange) error {
	const doing = "projecting an act on an agreement"
	args, err := ndaArgs(n)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var moved int
	err = s.pool.QueryRow(ctx, saveNDASQL, args...).Scan(&moved)
	return s.saved(ctx, doing, n.Workflow, n.Act.ID, moved, err, `SELECT EXISTS (SELECT 1 FROM ndas WHERE id = $1)`, n.After.ID)
}

func ndaArgs(n NDAChange) ([]any, error) {
	after := n.After
	var news []domain.Effect
	admins := []adminsDoc{}
	var supersede, clear, anew bool
	for _, e := range n.Verdict.Effects {
		switch e.Kind {
		case domain.EffectSupersede:
			supersede = true
		case domain.EffectClear:
			clear = true
		case domain.EffectAskAnew:
			anew = true
		default:
			if e.Admins || len(e.Roles) > 0 {
				roles := e.Roles
				if roles == nil {
					roles = []domain.Role{}
				}
				admins = append(admins, adminsDoc{Kind: string(e.Kind), Slot: e.Slot, Admins: e.Admins, Roles: roles, But: append([]domain.EmployeeID{}, e.Except...), Once: e.Kind == domain.EffectNDACounter})
				e.Roles = nil
			}
			news = append(news, e)
		}
	}
	f, err := followOf(n.Workflow, after.Seq, news)
	if err != nil {
		return nil, err
	}
	docs := struct{ news, detail, state, act, facts, admins string }{}
	for _, d := range []struct {
		to   *string
		from any
	}{
		{&docs.news, f.news}, {&docs.detail, map[string]any{"status": after.State, "act": n.Act.Kind}}, {&docs.state, after},
		{&docs.act, n.Act}, {&docs.facts, n.Facts}, {&docs.admins, admins},
	} {
		if *d.to, err = jsonOf("rendering an act", d.from); err != nil {
			return nil, err
		}
	}
	act := n.Act.AsAct()
	var reason, sealed any
	file := ""
	if n.Act.Reason != nil {
		reason = orNull(n.Act.Reason.Object)
	}
	if after.Sealed != nil {
		sealed, file = after.Sealed.At, after.Sealed.File
	}
	return []any{
		docs.news, n.Workflow, after.Seq, f.hand, "nda", docs.detail, n.Facts.At, // 1-7
		after.ID, string(after.State), string(after.Countersigner()), after.Fault, docs.state, n.Digest, n.Run, // 8-14
		timeOrNil(after.Sent), timeOrNil(after.Due), timeOrNil(after.LapsesAt), sealed, file, after.Since, n.Before.Seq, // 15-21
		n.Act.ID, string(act.Kind), orNull(string(act.Actor)), string(n.Verdict.Result), string(n.Verdict.Reason), orNull(string(n.Verdict.DecidedBy)), // 22-27
		act.Digest, reason, docs.act, docs.facts, supersede, clear, anew, !after.State.Open() && n.Verdict.Result == domain.Accepted, docs.admins, // 28-36
	}, nil
}
