package store

import (
	"context"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// PostChange is everything one act on a publication leaves behind.
type PostChange struct {
	Workflow string // post-{id}
	Run      string // the run that decides it
	Before   domain.Post
	After    domain.Post
	Act      domain.PostAct
	Facts    domain.PostFacts
	Verdict  domain.Verdict
	Digest   string
}

// postSQL moves the row from the state the act was decided on, with its postings. A publication's digest is compared in the same
// statement: what the act was decided on is what stands approved in the row, or nothing is written (semantics 1).
const postSQL = `
WITH moved AS (
  UPDATE posts SET state = $9, seq = $3, doc = $10::jsonb, state_digest = $11, run_id = $12, until_at = $13, not_before = $14, since = $15, changed_at = $7
  WHERE id = $8 AND seq = $16 AND digest = $17 AND content = $18
  RETURNING id
), entry AS (
  INSERT INTO audit_entries (workflow_id, seq, act_id, subject_id, kind, actor_id, outcome, result, reason, decided_by, slot,
    digest, comment_id, act, facts, state_digest, at)
  SELECT $2, $3, $19, moved.id, $20, $21, '', $22, $23, $24, '', $25, $26, $27::jsonb, $28::jsonb, $11, $7 FROM moved
), places AS (
  INSERT INTO postings (post_id, group_id, state, code, message, posted_at, since)
  SELECT moved.id, d.group_id, d.state, d.code, d.message, d.posted_at, $7
  FROM moved, jsonb_to_recordset($29::jsonb) AS d(group_id uuid, state text, code text, message text, posted_at timestamptz)
  ON CONFLICT (post_id, group_id) DO UPDATE SET state = excluded.state, code = excluded.code, message = excluded.message, posted_at = excluded.posted_at, since = excluded.since
), exported AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'export_history', 'export_history:' || $2::text || ':' || $3::int, jsonb_build_object('workflow', $2::text), now() + interval '3 seconds', now() FROM moved WHERE $30::boolean
  ON CONFLICT (key) DO NOTHING
), `

// tellTargetsSQL adds, to heardSQL, news for the holders of roles and for who administers a target group: $31 says which.
const tellTargetsSQL = `
  UNION ALL
  SELECT gen_random_uuid(), p.id, b.kind, b.slot, $2::text || ':' || $3::int || ':' || b.kind || ':' || p.id
  FROM jsonb_to_recordset($31::jsonb) AS b(kind text, slot text, admins boolean, roles text[])
  JOIN employees p ON p.active AND (p.roles && b.roles OR b.admins AND p.id = ANY (ARRAY(
    SELECT employee_id FROM group_members WHERE group_id::text = b.slot AND ` + adminSQL + `)))`

const savePostSQL = postSQL + heardSQL + tellTargetsSQL + tellSQL + countSQL

// postingDoc is a posting as its row has it.
type postingDoc struct {
	GroupID  string     `json:"group_id"`
	State    string     `json:"state"`
	Code     string     `json:"code"`
	Message  string     `json:"message"`
	PostedAt *time.Time `json:"posted_at"`
}

// SavePost writes what one act on a publication leaves behind, with the errors of SaveCase.
func (s *Store) SavePost(ctx context.Context, n PostChange) error {
	const doing = "projecting an act on a publication"
	args, err := postArgs(n)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var moved int
	err = s.pool.QueryRow(ctx, savePostSQL, args...).Scan(&moved)
	return s.saved(ctx, doing, n.Workflow, n.Act.ID, moved, err, `SELECT EXISTS (SELECT 1 FROM posts WHERE id = $1)`, n.After.ID)
}

func postArgs(n PostChange) ([]any, error) {
	after := n.After
	var news []domain.Effect
	admins := []adminsDoc{}
	for _, e := range n.Verdict.Effects {
		if e.Admins || len(e.Roles) > 0 {
			roles := e.Roles
			if roles == nil {
				roles = []domain.Role{}
			}
			admins = append(admins, adminsDoc{Kind: string(e.Kind), Slot: e.Slot, Admins: e.Admins, Roles: roles})
			e.Roles = nil
		}
		news = append(news, e)
	}
	f, err := followOf(n.Workflow, after.Seq, news)
	if err != nil {
		return nil, err
	}
	places := []postingDoc{}
	for _, x := range after.Postings {
		if was := n.Before.Posting(x.Group); was != nil && was.State == x.State && was.Code == x.Code {
			continue
		}
		d := postingDoc{GroupID: x.Group, State: string(x.State), Code: x.Code}
		if x.Receipt != nil {
			d.Message, d.PostedAt = x.Receipt.ID, &x.Receipt.At
		}
		places = append(places, d)
	}
	docs := struct{ news, detail, state, act, facts, places, admins string }{}
	for _, d := range []struct {
		to   *string
		from any
	}{
		{&docs.news, f.news}, {&docs.detail, map[string]any{"status": after.State, "act": n.Act.Kind}}, {&docs.state, after},
		{&docs.act, n.Act}, {&docs.facts, n.Facts}, {&docs.places, places}, {&docs.admins, admins},
	} {
		if *d.to, err = jsonOf("rendering an act", d.from); err != nil {
			return nil, err
		}
	}
	act := n.Act.AsAct()
	var reason any
	if n.Act.Reason != nil {
		reason = orNull(n.Act.Reason.Object)
	}
	return []any{
		docs.news, n.Workflow, after.Seq, f.hand, "post", docs.detail, n.Facts.At, // 1-7
		after.ID, string(after.State), docs.state, n.Digest, n.Run, timeOrNil(after.Until), timeOrNil(after.NotBefore), after.Since, n.Before.Seq, after.Digest, after.Content, // 8-18
		n.Act.ID, string(act.Kind), orNull(string(act.Actor)), string(n.Verdict.Result), string(n.Verdict.Reason), orNull(string(n.Verdict.DecidedBy)), // 19-24
		act.Digest, reason, docs.act, docs.facts, docs.places, !after.Waits(), docs.admins, // 25-31
	}, nil
}
