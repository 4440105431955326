package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// GroupChange is everything one act on a group leaves behind.
type GroupChange struct {
	Workflow string // group-{id}
	Before   domain.Group
	After    domain.Group
	Act      domain.GroupAct
	Facts    domain.GroupFacts
	Verdict  domain.Verdict
	Digest   string
	Filing   *domain.Filing // with the first act and after a change: what the register row is made of
}

// bornSQL makes the register row, with what belongs to it; a row that exists already stays as it is.
const bornSQL = `
WITH moved AS (
  INSERT INTO groups (id, number, case_id, name, type, tier, purpose, platform, platform_id, state, by_hand, invite_outsiders,
    anonymous_speech, see_contacts, posting, join_by_review, ends_on, existing, digest, seq, doc, state_digest, search, since, created_at, changed_at, members, flags)
  SELECT $8, $28, $29, $30, $31, $32, $33, $34, $11, $9, $10, $35, $36, $37, $38, $39, $40::date, $41, $14, $3, $12::jsonb, $13,
    lower($30 || ' ' || $28 || ' ' || coalesce((SELECT string_agg(d.name, ' ' ORDER BY d.code) FROM departments d WHERE d.id = ANY ($42::uuid[])), '')),
    $15, $7, $7, coalesce($47, (SELECT count(DISTINCT p) FROM unnest($43::uuid[]) p)), $45
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), owning AS (
  INSERT INTO group_departments (group_id, department_id) SELECT DISTINCT moved.id, d FROM moved, unnest($42::uuid[]) d
), owner AS (
  INSERT INTO group_members (group_id, employee_id, role, state, since)
  SELECT moved.id, m.person, CASE WHEN m.n = 1 THEN 'owner' WHEN m.n <= $44::int THEN 'admin' ELSE 'member' END,
    coalesce($46::jsonb->>m.person::text, CASE WHEN $47::int IS NULL THEN 'active' ELSE 'nda_pending' END), $7
  FROM moved, unnest($43::uuid[]) WITH ORDINALITY AS m(person, n)
  ON CONFLICT (group_id, employee_id) DO NOTHING
), `

// changedSQL moves the register row from the state the act was decided on.
const changedSQL = `
WITH moved AS (
  UPDATE groups SET platform_id = $11, state = $9, by_hand = $10, seq = $3, doc = $12::jsonb, state_digest = $13, digest = $14, since = $15, changed_at = $7
  WHERE id = $8 AND seq = $16
  RETURNING id
), `

// agreedSQL asks the agreements' own process for what an act needs of it; the parameter says what.
func agreedSQL(param string) string {
	return `agreed AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT d.kind, d.kind || ':' || $2::text || ':' || $3::int, jsonb_build_object('group', moved.id, 'people', d.people, 'rule', d.rule), now(), now()
  FROM moved, jsonb_to_recordset(` + param + `::jsonb) AS d(kind text, people jsonb, rule text)
  ON CONFLICT (key) DO NOTHING
), `
}

const groupEntrySQL = `entry AS (
  INSERT INTO audit_entries (workflow_id, seq, act_id, subject_id, kind, actor_id, outcome, result, reason, decided_by, slot,
    digest, comment_id, act, facts, state_digest, at)
  SELECT $2, $3, $17, moved.id, $18, $19, '', $20, $21, $22, '', $23, $24, $25::jsonb, $26::jsonb, $13, $7 FROM moved
), freed AS (
  UPDATE group_names SET released_at = $7 FROM moved WHERE $27::boolean AND group_names.group_id = moved.id AND ` + heldSQL + `
), exported AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'export_history', 'export_history:' || $2::text, jsonb_build_object('workflow', $2::text), now() + interval '3 seconds', now()
  FROM moved WHERE $27::boolean
  ON CONFLICT (key) DO NOTHING
), `

const countSQL = `
SELECT count(*) FROM moved`

// The whole statements: of a group of the first version, and of one with a life.
var (
	changedGroupSQL = changedSQL + groupEntrySQL + toldSQL + countSQL
	livedGroupSQL   = livedSQL + agreedSQL("$51") + groupEntrySQL + heardSQL + broadSQL + tellSQL + countSQL
	// The first statement compares no earlier number; its parameter keeps its place all the same.
	bornGroupSQL = "WITH unused AS (SELECT $16::int), " + bornSQL[len("\nWITH "):] + agreedSQL("$48") + groupEntrySQL + toldSQL + countSQL
)

// SaveGroup writes what one act on a group leaves behind, with the errors of SaveCase. The first act (Filing given)
// makes the register row.
func (s *Store) SaveGroup(ctx context.Context, g GroupChange) error {
	const doing = "projecting an act on a group"
	f, err := followOf(g.Workflow, g.After.Seq, g.Verdict.Effects)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	args, err := groupArgs(g, f)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var q string
	switch {
	case g.Before.Seq == 0:
		if g.Filing == nil {
			return fmt.Errorf("%s: %w", doing, errors.New("a group's first act needs its filing"))
		}
		more, err := bornArgs(g, f)
		if err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		args = append(args, more...)
		q = bornGroupSQL
	case g.After.Life != nil:
		more, err := lifeArgs(g, f)
		if err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		args = append(args, more...)
		q = livedGroupSQL
	default:
		q = changedGroupSQL
	}
	var moved int
	err = s.pool.QueryRow(ctx, q, args...).Scan(&moved)
	if (g.Before.Life != nil && len(g.Before.Life.Guests) > 0) || (g.After.Life != nil && len(g.After.Life.Guests) > 0) {
		s.dir.changed() // who from outside may sign in follows their places
	}
	return s.saved(ctx, doing, g.Workflow, g.Act.ID, moved, err, `SELECT EXISTS (SELECT 1 FROM groups WHERE id = $1)`, g.After.ID)
}

// bornArgs are the parameters of bornSQL from $28 on.
func bornArgs(g GroupChange, follow follow) ([]any, error) {
	f := g.Filing
	places := map[string]domain.MemberState{}
	for _, m := range domain.MemberMoves(g.Verdict) {
		places[string(m.Person)] = m.Of("")
	}
	var docs struct{ places, agreed string }
	for to, from := range map[*string]any{&docs.places: places, &docs.agreed: follow.agreed} {
		var err error
		if *to, err = jsonOf("rendering a group's first act", from); err != nil {
			return nil, err
		}
	}
	var in any // in groups that ask for something only who has it
	if l := g.After.Life; l != nil && l.Rules.Tiers[g.After.Tier].Clearance.Asks() {
		in = l.Members
	}
	flags := []string{}
	for _, x := range domain.Flags(g.After) {
		flags = append(flags, string(x))
	}
	return []any{
		g.After.Number, orNull(g.After.Case), f.Name, string(f.Type), string(g.After.Tier), f.Purpose, f.Platform, // 28-34
		f.Permissions.InviteOutsiders, f.Permissions.AnonymousSpeech, f.Permissions.SeeContacts, postingOf(f.Permissions),
		f.Permissions.JoinByReview, orNull(f.EndsOn), f.Existing, textsOf(f.Departments), // 35-42
		slices.Concat(textsOf(f.Admins), textsOf(f.Members)), len(f.Admins), flags, docs.places, in, docs.agreed, // 43-48
	}, nil
}

func groupArgs(g GroupChange, f follow) ([]any, error) {
	after := g.After
	var err error
	docs := struct{ news, detail, state, act, facts string }{}
	for _, d := range []struct {
		to   *string
		from any
	}{
		{&docs.news, f.news}, {&docs.detail, map[string]any{"status": after.State, "act": g.Act.Kind}}, {&docs.state, after},
		{&docs.act, g.Act}, {&docs.facts, g.Facts},
	} {
		if *d.to, err = jsonOf("rendering an act", d.from); err != nil {
			return nil, err
		}
	}
	act := g.Act.AsAct()
	var evidence any
	if r := g.Act.Receipt; r != nil && r.Evidence != nil {
		evidence = orNull(r.Evidence.Object)
	}
	return []any{
		docs.news, g.Workflow, after.Seq, f.hand, "group", docs.detail, g.Facts.At, // 1-7
		after.ID, string(after.State), after.ByHand, after.PlatformID, docs.state, g.Digest, after.Digest, after.Since, // 8-15
		g.Before.Seq, g.Act.ID, string(act.Kind), orNull(string(g.Act.Actor)), string(g.Verdict.Result), string(g.Verdict.Reason), // 16-21
		orNull(string(g.Verdict.DecidedBy)), act.Digest, evidence, docs.act, docs.facts, f.release, // 22-27
	}, nil
}
