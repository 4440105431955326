package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// The kinds of what waits for somebody in a group's life.
const (
	TaskConfirm        = "confirm"         // an admin: create it by hand and confirm
	TaskConfirmDeleted = "confirm_deleted" // an admin: delete it by hand and confirm
	TaskOperations     = "operations"      // an admin: do by hand, or look at, what the platform is to do
	TaskRenewal        = "renewal"         // an admin: attest, the date has passed
	TaskFindings       = "findings"        // their owner, without one the security officers: resolve
	TaskConsent        = "consent"         // a member who was asked: take the ownerless group over
	TaskAppointment    = "appointment"     // a department's head: name admins
	TaskUnfreeze       = "unfreeze"        // who may be the second to unfreeze it
)

// Task is one kind of thing that waits for somebody in one group.
type Task struct {
	Kind  string     `json:"kind"`
	N     int        `json:"n"` // how many of them
	Since time.Time  `json:"since"`
	Due   *time.Time `json:"due"` // what the rules do then, if nobody does anything
}

// waitingGroupsSQL finds what waits for a person in groups, a line for each kind and group, and makes one line of each
// group. What has no deadline takes its place among the deadlines as if it had three days: it neither hides behind
// everything that is due one day nor before what is due tomorrow. $1 is the person.
const waitingGroupsSQL = `
WITH RECURSIVE me AS (SELECT id, roles FROM employees WHERE id = $1::uuid AND active),
led AS ( -- the departments whose nearest leader the person is (domain.HeadsOf)
  SELECT d.id FROM departments d JOIN me ON d.leader_id = me.id WHERE EXISTS (SELECT 1 FROM groups g WHERE 'ownerless' = ANY (g.flags))
    OR EXISTS (SELECT 1 FROM groups g WHERE g.state = 'frozen')
  UNION
  SELECT d.id FROM led JOIN departments d ON d.parent_id = led.id
  WHERE NOT EXISTS (SELECT 1 FROM employees e WHERE e.id = d.leader_id AND e.active)
), mine AS MATERIALIZED (
  SELECT g.id, g.state, g.since, g.by_hand,
    CASE WHEN g.state IN ('renewal_due', 'grace') THEN
      (SELECT min((d->>'at')::timestamptz) FROM jsonb_array_elements(g.doc->'life'->'dates') d WHERE d->>'kind' = 'grace_over') END AS over,
    g.state = 'pending_deletion' AND (g.doc->'life' IS NULL OR (g.doc->'life'->>'deleting')::boolean IS TRUE) AS deleting
  FROM group_members m JOIN groups g ON g.id = m.group_id
  WHERE m.employee_id = $1::uuid AND m.state NOT IN ('leaving', 'removed') AND m.role IN ('owner', 'admin') AND g.state <> 'deleted'
), ownerless AS (
  SELECT g.id, g.doc->'life'->'orphan' AS orphan,
    (SELECT min((d->>'at')::timestamptz) FROM jsonb_array_elements(g.doc->'life'->'dates') d WHERE d->>'kind' IN ('ask_head', 'ownerless_over')) AS due
  FROM groups g WHERE 'ownerless' = ANY (g.flags) AND (
    EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.employee_id = $1::uuid AND m.state = 'active')
    OR EXISTS (SELECT 1 FROM group_departments p JOIN led ON led.id = p.department_id WHERE p.group_id = g.id))
), tasks (group_id, kind, n, since, due) AS (
  SELECT id, 'confirm', 1, since, NULL::timestamptz FROM mine WHERE by_hand AND state = 'provisioning'
  UNION ALL SELECT id, 'confirm_deleted', 1, since, NULL FROM mine WHERE deleting
  UNION ALL SELECT id, 'renewal', 1, since, over FROM mine WHERE state IN ('renewal_due', 'grace')
  UNION ALL SELECT o.group_id, 'operations', count(*), min(o.at), NULL FROM mine JOIN group_ops o ON o.group_id = mine.id
    WHERE o.ended_at IS NULL AND o.state IN ('by_hand', 'failed') GROUP BY o.group_id
  UNION ALL SELECT group_id, 'findings', count(*), min(at), NULL FROM group_findings WHERE owner_id = $1::uuid AND closed_at IS NULL GROUP BY group_id
  UNION ALL SELECT group_id, 'findings', count(*), min(at), NULL FROM group_findings
    WHERE owner_id IS NULL AND closed_at IS NULL AND EXISTS (SELECT 1 FROM me WHERE 'security_officer' = ANY (roles)) GROUP BY group_id
  UNION ALL SELECT id, 'consent', 1, (orphan->>'since')::timestamptz, due FROM ownerless WHERE orphan->'asked' @> to_jsonb($1::text)
  UNION ALL SELECT o.id, 'appointment', 1, COALESCE((orphan->>'stage_since')::timestamptz, (orphan->>'since')::timestamptz), due FROM ownerless o
    WHERE orphan->>'stage' <> 'members' AND EXISTS (SELECT 1 FROM group_departments p JOIN led ON led.id = p.department_id WHERE p.group_id = o.id)
  UNION ALL SELECT g.id, 'unfreeze', 1, (g.doc->'life'->'frozen'->>'unfreeze_at')::timestamptz, NULL FROM groups g
    WHERE g.state = 'frozen' AND g.doc->'life'->'frozen'->>'unfreeze' <> $1::text
      AND NOT COALESCE(g.doc->'life'->'frozen'->'implicated' @> to_jsonb($1::text), false)
      AND NOT (g.doc->'life'->'frozen'->>'by' IS NULL AND g.doc->'admins' @> to_jsonb($1::text))
      AND (EXISTS (SELECT 1 FROM me WHERE roles && ARRAY['security_officer', 'legal', 'process_admin'])
        OR EXISTS (SELECT 1 FROM group_departments p JOIN led ON led.id = p.department_id WHERE p.group_id = g.id))
), waits AS (
  SELECT group_id, min(COALESCE(due, since + interval '3 days')) AS place, min(since) AS since, min(due) AS due,
    jsonb_agg(jsonb_build_object('kind', kind, 'n', n, 'since', since, 'due', due) ORDER BY COALESCE(due, since + interval '3 days'), kind) AS tasks
  FROM tasks GROUP BY group_id
)`

// inboxGroupsSQL is one page of them behind a mark: $2 the moment, $3 the id there, $4 how many.
const inboxGroupsSQL = waitingGroupsSQL + `
SELECT group_id::text, place, since, due, tasks FROM waits WHERE (place, group_id) > ($2::timestamptz, $3::uuid) ORDER BY place, group_id LIMIT $4`

const countGroupsSQL = waitingGroupsSQL + ` SELECT count(*) FROM (SELECT 1 FROM waits LIMIT $2) w`

// place is where an item stands in the inbox.
func (r InboxRec) place() mark {
	if r.Group != nil {
		return mark{Kind: inboxKind, At: r.at, ID: r.Group.ID}
	}
	return mark{Kind: inboxKind, At: due(r), ID: r.Case.ID, Sub: r.Slot}
}

func (m mark) compare(o mark) int {
	return cmp.Or(m.At.Compare(o.At), strings.Compare(m.ID, o.ID), strings.Compare(m.Sub, o.Sub))
}

// inboxGroups lists what waits for a person in groups, behind a mark.
func (s *Store) inboxGroups(ctx context.Context, person domain.EmployeeID, m mark, n int) ([]InboxRec, error) {
	const doing = "reading what waits in groups"
	rows, err := s.pool.Query(ctx, inboxGroupsSQL, string(person), m.At, m.ID, n)
	if err != nil {
		return nil, clean(doing, err)
	}
	defer rows.Close()
	var out []InboxRec
	var groupIDs []string
	for rows.Next() {
		var r InboxRec
		var id string
		var tasks []byte
		if err := rows.Scan(&id, &r.at, &r.Opened, &r.Due, &tasks); err != nil {
			return nil, clean(doing, err)
		}
		if err := json.Unmarshal(tasks, &r.Tasks); err != nil {
			return nil, clean(doing, err)
		}
		out, groupIDs = append(out, r), append(groupIDs, id)
	}
	rows.Close()
	if err := rows.Err(); err != nil || len(out) == 0 {
		return nil, clean(doing, err)
	}
	return s.withGroups(ctx, out, groupIDs)
}

// withGroups adds the groups, and the filings of those that are to be confirmed.
func (s *Store) withGroups(ctx context.Context, list []InboxRec, groupIDs []string) ([]InboxRec, error) {
	groups, err := s.Groups(ctx, groupIDs)
	if err != nil {
		return nil, err
	}
	var caseIDs []string
	for _, g := range groups {
		if g.CaseID != "" {
			caseIDs = append(caseIDs, g.CaseID)
		}
	}
	cases, err := s.Cases(ctx, caseIDs)
	if err != nil {
		return nil, err
	}
	out := list[:0]
	for i, r := range list {
		if g, ok := groups[groupIDs[i]]; ok {
			r.Group, r.Case = &g, cases[g.CaseID]
			out = append(out, r)
		}
	}
	return out, nil
}

// countGroups counts the groups in which something waits for a person, up to the bound.
func (s *Store) countGroups(ctx context.Context, person domain.EmployeeID, bound int) (int, error) {
	var n int
	err := s.pool.QueryRow(ctx, countGroupsSQL, string(person), bound).Scan(&n)
	return n, clean("counting what waits in groups", err)
}

// mergeInbox puts a page of slots and what waits in groups into one order and cuts the page. Slots behind the page's end
// are not read yet: a group that belongs among them waits for their page.
func mergeInbox(slots Page[InboxRec], end mark, groups []InboxRec, limit int) Page[InboxRec] {
	more := slots.Next != ""
	out := slots.Items
	for _, g := range groups {
		if !more || g.place().compare(end) < 0 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b InboxRec) int { return a.place().compare(b.place()) })
	if len(out) > limit {
		return Page[InboxRec]{Items: out[:limit], Next: out[limit-1].place().cursor()}
	}
	return Page[InboxRec]{Items: out, Next: slots.Next}
}
