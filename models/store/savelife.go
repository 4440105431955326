package store

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// livedSQL is what an act of a group's life (semantics 2) changes beside state and audit entry: what lists filter by, the
// places of people, findings, operations, and, when a change was applied, the texts, departments and the name.
const livedSQL = `
WITH moved AS (
  UPDATE groups SET platform_id = $11, state = $9, by_hand = $10, seq = $3, doc = $12::jsonb, state_digest = $13, digest = $14, since = $15, changed_at = $7,
    type = $28, tier = $29, ends_on = $30::date, invite_outsiders = $31, anonymous_speech = $32, see_contacts = $33, posting = $34, join_by_review = $35,
    flags = $36, next_date = $37, next_kind = $38, last_active = $39, members = $40, case_id = $41, name = coalesce($42, name), purpose = coalesce($43, purpose),
    search = CASE WHEN $42::text IS NULL THEN search ELSE lower($42 || ' ' || number || ' ' ||
      coalesce((SELECT string_agg(d.name, ' ' ORDER BY d.code) FROM departments d WHERE d.id = ANY ($44::uuid[])), '')) END
  WHERE id = $8 AND seq = $16
  RETURNING id
), parted AS (
  DELETE FROM group_departments o USING moved WHERE $42::text IS NOT NULL AND o.group_id = moved.id AND o.department_id <> ALL ($44::uuid[])
), owning AS (
  INSERT INTO group_departments (group_id, department_id) SELECT DISTINCT moved.id, d FROM moved, unnest($44::uuid[]) d WHERE $42::text IS NOT NULL
  ON CONFLICT DO NOTHING
), places AS (
  INSERT INTO group_members AS m (group_id, employee_id, role, state, since, left_at, removed_at)
  SELECT moved.id, d.person, d.role, CASE WHEN coalesce(o.state, '') = ANY (d.was) THEN d.state ELSE o.state END, $7, NULL, NULL
  FROM moved CROSS JOIN jsonb_to_recordset($45::jsonb) AS d(person uuid, role text, state text, was text[])
  LEFT JOIN group_members o ON o.group_id = $8 AND o.employee_id = d.person
  WHERE o.state IS NOT NULL OR '' = ANY (d.was)
  ON CONFLICT (group_id, employee_id) DO UPDATE SET role = excluded.role, state = excluded.state,
    since = CASE WHEN excluded.state <> m.state AND ` + anewSQL + ` THEN excluded.since ELSE m.since END,
    left_at = CASE WHEN excluded.state = m.state THEN m.left_at WHEN excluded.state = 'leaving' THEN excluded.since WHEN ` + anewSQL + ` THEN NULL ELSE m.left_at END,
    removed_at = CASE WHEN excluded.state = m.state THEN m.removed_at WHEN excluded.state = 'removed' THEN excluded.since WHEN ` + anewSQL + ` THEN NULL ELSE m.removed_at END
), found AS (
  INSERT INTO group_findings (group_id, finding_id, at, kind, person_id, account, fields, owner_id, propose, seen, closed_at, closed_by, closed_how)
  SELECT moved.id, d.finding_id, d.at, d.kind, d.person_id, d.account, d.fields, d.owner_id, d.propose, d.seen, d.closed_at, d.closed_by, d.closed_how
  FROM moved, jsonb_to_recordset($46::jsonb) AS d(finding_id text, at timestamptz, kind text, person_id uuid, account text, fields text[], owner_id uuid,
    propose text[], seen int, closed_at timestamptz, closed_by uuid, closed_how text)
  ON CONFLICT (group_id, finding_id, at) DO UPDATE SET kind = excluded.kind, person_id = excluded.person_id, account = excluded.account, fields = excluded.fields,
    owner_id = excluded.owner_id, propose = excluded.propose, seen = excluded.seen, closed_at = excluded.closed_at, closed_by = excluded.closed_by, closed_how = excluded.closed_how
), asked AS (
  INSERT INTO group_ops (group_id, op_id, kind, people, accounts, state, code, tries, at, ended_at, ended_by, receipt)
  SELECT moved.id, d.op_id, d.kind, d.people, d.accounts, d.state, d.code, d.tries, d.at, d.ended_at, d.ended_by, d.receipt
  FROM moved, jsonb_to_recordset($47::jsonb) AS d(op_id text, kind text, people text[], accounts text[], state text, code text, tries int, at timestamptz,
    ended_at timestamptz, ended_by uuid, receipt jsonb)
  ON CONFLICT (group_id, op_id) DO UPDATE SET people = excluded.people, accounts = excluded.accounts, state = excluded.state, code = excluded.code,
    tries = excluded.tries, ended_at = excluded.ended_at, ended_by = excluded.ended_by, receipt = excluded.receipt
), outdated AS (
  UPDATE group_names SET released_at = $7 FROM moved
  WHERE $48::uuid IS NOT NULL AND group_names.group_id = moved.id AND ` + heldSQL + ` AND group_names.case_id <> $48
    AND EXISTS (SELECT 1 FROM group_names n WHERE n.case_id = $48 AND coalesce(n.released_at, 'infinity') = 'infinity') -- else the new name is the old one, as it is normalised
), named AS (
  UPDATE group_names SET group_id = moved.id FROM moved WHERE $48::uuid IS NOT NULL AND group_names.case_id = $48 AND ` + heldSQL + `
), kept AS (
  INSERT INTO group_activity AS a (group_id, employee_id, last_on, source, noted_at)
  SELECT moved.id, $52::uuid, $53::date, 'kept', $7 FROM moved WHERE $52::uuid IS NOT NULL AND $53::date IS NOT NULL
  ON CONFLICT (group_id, employee_id) DO UPDATE SET last_on = excluded.last_on, source = excluded.source, noted_at = excluded.noted_at
    WHERE excluded.last_on > a.last_on
), earlier AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'export_history', 'export_history:' || $2::text || ':' || $3::int, jsonb_build_object('workflow', $2::text, 'earlier', true), now() + interval '3 seconds', now()
  FROM moved WHERE $49::boolean
  ON CONFLICT (key) DO NOTHING
), `

// anewSQL tells that a place begins anew, as domain.Place.Move does.
const anewSQL = `(excluded.state = 'active' OR (m.state IN ('leaving', 'removed') AND excluded.state NOT IN ('leaving', 'removed')))`

// broadSQL adds, to heardSQL, news for everybody in the group and for the holders of roles: $50 says which.
const broadSQL = `
  UNION ALL
  SELECT gen_random_uuid(), p.id, b.kind, b.slot, $2::text || ':' || $3::int || ':' || b.kind || ':' || p.id
  FROM jsonb_to_recordset($50::jsonb) AS b(kind text, slot text, members boolean, roles text[])
  JOIN employees p ON b.members AND p.active AND p.kind = 'employee' AND p.id = ANY (ARRAY(SELECT m.employee_id FROM group_members m WHERE m.group_id = $8 AND m.state = 'active'))
  UNION ALL
  SELECT gen_random_uuid(), p.id, b.kind, b.slot, $2::text || ':' || $3::int || ':' || b.kind || ':' || p.id
  FROM jsonb_to_recordset($50::jsonb) AS b(kind text, slot text, members boolean, roles text[])
  JOIN employees p ON p.active AND p.roles && b.roles`

type memberDoc struct {
	Person string   `json:"person"`
	Role   string   `json:"role"`
	State  string   `json:"state"`
	Was    []string `json:"was"` // the states that become State; others, and all when it is empty, stay
}

type findingDoc struct {
	ID        string     `json:"finding_id"`
	At        time.Time  `json:"at"`
	Kind      string     `json:"kind"`
	Person    *string    `json:"person_id"`
	Account   string     `json:"account"`
	Fields    []string   `json:"fields"`
	Owner     *string    `json:"owner_id"`
	Propose   []string   `json:"propose"`
	Seen      int        `json:"seen"`
	ClosedAt  *time.Time `json:"closed_at"`
	ClosedBy  *string    `json:"closed_by"`
	ClosedHow string     `json:"closed_how"`
}

type opDoc struct {
	ID       string          `json:"op_id"`
	Kind     string          `json:"kind"`
	People   []string        `json:"people"`
	Accounts []string        `json:"accounts"`
	State    string          `json:"state"`
	Code     string          `json:"code"`
	Tries    int             `json:"tries"`
	At       time.Time       `json:"at"`
	EndedAt  *time.Time      `json:"ended_at"`
	EndedBy  *string         `json:"ended_by"`
	Receipt  *domain.Receipt `json:"receipt"`
}

// lifeArgs are the parameters of livedSQL from $28 on.
func lifeArgs(g GroupChange, f follow) ([]any, error) {
	after, l := g.After, g.After.Life
	var docs struct{ places, findings, ops, broad, agreed string }
	for _, d := range []struct {
		to   *string
		from any
	}{
		{&docs.places, memberDocs(g)}, {&docs.findings, findingDocs(g)}, {&docs.ops, opDocs(g)}, {&docs.broad, f.broad}, {&docs.agreed, f.agreed},
	} {
		var err error
		if *d.to, err = jsonOf("rendering an act of a group's life", d.from); err != nil {
			return nil, err
		}
	}
	flags := []string{}
	for _, x := range domain.Flags(after) {
		flags = append(flags, string(x))
	}
	var next *time.Time
	kind := ""
	if len(l.Dates) > 0 {
		next, kind = timeOrNil(l.Dates[0].At), string(l.Dates[0].Kind)
	}
	var name, purpose any
	if g.Filing != nil {
		name, purpose = g.Filing.Name, g.Filing.Purpose
	}
	var renamed any
	if a := g.Act; g.Verdict.Result == domain.Accepted && a.Life != nil && a.Life.Delta != nil && (a.Life.Delta.Renamed || a.Kind == domain.GroupAdopted) {
		renamed = orNull(a.Life.Delta.Case)
	}
	kept := domain.KeptBy(g.Act, g.Verdict)
	var today any
	if kept != "" && g.Facts.Life != nil {
		today = orNull(g.Facts.Life.Today)
	}
	p := l.Perms
	return []any{
		string(after.Type), string(after.Tier), orNull(after.EndsOn), p.InviteOutsiders, p.AnonymousSpeech, p.SeeContacts, postingOf(p), p.JoinByReview, // 28-35
		flags, next, kind, timeOrNil(l.Active), l.Members, orNull(after.Case), name, purpose, textsOf(after.Departments), // 36-44
		docs.places, docs.findings, docs.ops, renamed, g.Act.Kind == domain.GroupContinued, docs.broad, docs.agreed, textOrNil(kept), today, // 45-53
	}, nil
}

// postingOf is who may post as the row has it: of a group found on the platform it is not known, and the loosest is shown.
func postingOf(p domain.Permissions) string {
	return string(cmp.Or(p.Posting, domain.PostMembers))
}

// memberDocs are the places that an act changes: by its effects, and by who administers the group from now on.
func memberDocs(g GroupChange) []memberDoc {
	out := []memberDoc{}
	for _, m := range domain.MemberMoves(g.Verdict) {
		out = append(out, memberDoc{Person: string(m.Person), Role: g.After.RoleIn(m.Person), State: string(m.To), Was: textsOf(m.From)})
	}
	if slices.Equal(g.Before.Admins, g.After.Admins) {
		return out
	}
	for _, p := range slices.Concat(g.Before.Admins, g.After.Admins) {
		if !slices.ContainsFunc(out, func(m memberDoc) bool { return m.Person == string(p) }) {
			out = append(out, memberDoc{Person: string(p), Role: g.After.RoleIn(p), Was: []string{}})
		}
	}
	return out
}

func findingDocs(g GroupChange) []findingDoc {
	out := []findingDoc{}
	doc := func(f domain.Finding) findingDoc {
		return findingDoc{ID: f.ID, At: f.At, Kind: string(f.Kind), Person: textOrNil(f.Person), Account: f.Account, Fields: textsOf(f.Fields),
			Owner: textOrNil(f.Owner), Propose: textsOf(f.Propose), Seen: f.Seen}
	}
	for _, f := range g.After.Life.Findings {
		if g.Before.Life == nil || !slices.ContainsFunc(g.Before.Life.Findings, func(x domain.Finding) bool { return reflect.DeepEqual(x, f) }) {
			out = append(out, doc(f))
		}
	}
	for _, e := range domain.EndedFindings(g.Before, g.After, g.Act) {
		d := doc(e.Finding)
		d.ClosedAt, d.ClosedBy, d.ClosedHow = timeOrNil(g.Facts.At), textOrNil(g.Act.Actor), e.How
		out = append(out, d)
	}
	return out
}

func opDocs(g GroupChange) []opDoc {
	out := []opDoc{}
	doc := func(o domain.PlatformOp) opDoc {
		return opDoc{ID: o.ID, Kind: string(o.Kind), People: textsOf(o.People), Accounts: textsOf(o.Accounts), State: string(o.State), Code: o.Code, Tries: o.Tries, At: o.At}
	}
	for _, o := range g.After.Life.Ops {
		if g.Before.Life == nil || !slices.ContainsFunc(g.Before.Life.Ops, func(x domain.PlatformOp) bool { return reflect.DeepEqual(x, o) }) {
			out = append(out, doc(o))
		}
	}
	for _, e := range domain.EndedOps(g.Before, g.After, g.Act) {
		d := doc(e.PlatformOp)
		d.State, d.EndedAt, d.EndedBy = string(e.End), timeOrNil(g.Facts.At), textOrNil(g.Act.Actor)
		if e.End == domain.OpDone {
			d.Receipt = g.Act.Receipt
		}
		out = append(out, d)
	}
	return out
}

// textOrNil gives NULL for the empty reference.
func textOrNil[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	t := string(s)
	return &t
}
