package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// OutboxSweepDirectory asks to look once more for the cases that a directory change touches (SweepDirectory).
const OutboxSweepDirectory = "sweep_directory"

// DirectoryUpdate is one change of the company, ready to be written.
type DirectoryUpdate struct {
	// Base is the revision the change was computed against; another one on record means ErrBehind. Negative: any.
	Base        int64
	Departments []domain.Department // as they are from now on; parents before children is not needed
	Employees   []domain.Employee   // as they are from now on
	Changes     []DirectoryRecord
	Touched     Touched
	Counts      map[string]int // for the revision's summary
}

// DirectoryRecord is one difference, in codes and ids.
type DirectoryRecord struct {
	Kind       string         `json:"kind"`
	Employee   string         `json:"employee_id,omitempty"`
	Department string         `json:"department_id,omitempty"`
	Detail     map[string]any `json:"detail"`
}

// Touched says whose places in open cases a change concerns (semantics 1: approver leaves or changes post).
type Touched struct {
	People      []domain.EmployeeID   `json:"people,omitempty"`
	Departments []domain.DepartmentID `json:"departments,omitempty"`
	Roles       []domain.Role         `json:"roles,omitempty"`
}

// DirectoryApplied says what a change came to.
type DirectoryApplied struct {
	Revision int64
	Cases    int // open cases that are told
	Groups   int // groups with members among the people touched
	Sessions int // sessions and tokens ended, of people who left
}

// SweepDirectory is the payload of the outbox entry of the same name.
type SweepDirectory struct {
	Revision int64 `json:"revision"`
}

// sweepAfter is how long a case may be under way with the old directory before the second look.
const sweepAfter = 15 * time.Second

const upsertDepartmentsSQL = `
INSERT INTO departments (id, code, name, parent_id, leader_id, active, revision)
SELECT d.id, d.code, d.name, d.parent, d.leader, d.active, $2
FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, code text, name text, parent uuid, leader uuid, active boolean)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, parent_id = excluded.parent_id, leader_id = excluded.leader_id,
  active = excluded.active, revision = excluded.revision`

const upsertEmployeesSQL = `
INSERT INTO employees (id, number, name, department_id, post, email, mobile, active, roles, revision)
SELECT e.id, e.number, e.name, e.department, e.post, e.email, e.mobile, e.active, e.roles, $2
FROM jsonb_to_recordset($1::jsonb) AS e(id uuid, number text, name text, department uuid, post text, email text, mobile text, active boolean, roles text[])
ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, department_id = excluded.department_id, post = excluded.post,
  email = excluded.email, mobile = excluded.mobile, active = excluded.active, roles = excluded.roles, revision = excluded.revision`

// touchedSQL is which open cases a change touches: an undecided place of a touched person ($2), or one found through a
// touched department ($3); a step at work whose rules name a touched department, role ($4) or person ($5); and every
// case that could not be resolved, since any change may help it. A submitted case counts: its signal waits for its
// workflow.
const touchedSQL = `
FROM cases c
WHERE c.status IN ('submitted', 'in_approval') AND (
  c.needs_hand <> ''
  OR EXISTS (SELECT 1 FROM case_slots s WHERE s.case_id = c.id AND s.status IN ('waiting', 'open')
             AND (s.person_id = ANY ($2::uuid[]) OR s.why->>'department' = ANY ($3::text[])))
  OR EXISTS (SELECT 1 FROM jsonb_path_query(c.state, '$.steps[*] ? (@.status == "open").plan.rules[*]') r
             WHERE r->>'department' = ANY ($3::text[]) OR r->>'role' = ANY ($4::text[]) OR r->>'person' = ANY ($5::text[])))`

// signalSQL tells the open cases that a change touches.
const signalSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_directory', 'signal_directory:' || c.id || ':' || $1::bigint, jsonb_build_object('case_id', c.id, 'revision', $1::bigint), now(), now()` +
	touchedSQL + `
ON CONFLICT (key) DO NOTHING`

const touchedGroupsSQL = `SELECT count(DISTINCT group_id) FROM group_members WHERE state NOT IN ('leaving', 'removed') AND employee_id = ANY ($1::uuid[])`

// CountTouched tells how many open cases and groups a change would touch, for its preview.
func (s *Store) CountTouched(ctx context.Context, t Touched) (cases, groups int, err error) {
	const doing = "counting what a directory change touches"
	people := textsOf(t.People)
	if err := s.pool.QueryRow(ctx, `SELECT count(*) + 0 * $1::bigint`+touchedSQL, 0, people, textsOf(t.Departments), textsOf(t.Roles), people).Scan(&cases); err != nil {
		return 0, 0, clean(doing, err)
	}
	err = s.pool.QueryRow(ctx, touchedGroupsSQL, people).Scan(&groups)
	return cases, groups, clean(doing, err)
}

// ApplyDirectory writes a change of the company in one transaction: a new revision, rows, differences, and an outbox
// entry for each open case it touches. Sessions and tokens of people who left end with it (R2.3.4). Changes wait for
// each other; one computed against an older revision is refused with ErrBehind.
func (s *Store) ApplyDirectory(ctx context.Context, actor domain.EmployeeID, source string, in DirectoryUpdate) (DirectoryApplied, error) {
	const doing = "writing a change of the directory"
	var out DirectoryApplied
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE directory_revisions IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		var now int64
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(revision), 0) FROM directory_revisions`).Scan(&now); err != nil {
			return err
		}
		if in.Base >= 0 && in.Base != now {
			return fmt.Errorf("%s: %w", doing, ErrBehind)
		}
		summary, err := jsonOf(doing, map[string]any{"counts": in.Counts, "touched": in.Touched})
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `INSERT INTO directory_revisions (at, actor_id, source, summary) VALUES (now(), $1, $2, $3::jsonb) RETURNING revision`,
			orNull(string(actor)), source, summary).Scan(&out.Revision); err != nil {
			return err
		}
		if err := writeDirectory(ctx, tx, in, out.Revision); err != nil {
			return err
		}
		return followChange(ctx, tx, in.Touched, &out)
	})
	if err != nil {
		return DirectoryApplied{}, clean(doing, err)
	}
	s.hub.WakeRelay()
	s.dir.changed()
	return out, nil
}

func writeDirectory(ctx context.Context, tx pgx.Tx, in DirectoryUpdate, revision int64) error {
	departments := make([]map[string]any, len(in.Departments))
	for i, d := range in.Departments {
		departments[i] = map[string]any{"id": d.ID, "code": d.Code, "name": d.Name, "parent": orNull(string(d.Parent)), "leader": orNull(string(d.Leader)), "active": d.Active}
	}
	employees := make([]map[string]any, len(in.Employees))
	for i, e := range in.Employees {
		roles := e.Roles
		if roles == nil {
			roles = []domain.Role{}
		}
		employees[i] = map[string]any{"id": e.ID, "number": e.Number, "name": e.Name, "department": e.Department, "post": e.Post, "email": e.Email, "mobile": e.Mobile, "active": e.Active, "roles": roles}
	}
	changes := make([]DirectoryRecord, len(in.Changes))
	for i, c := range in.Changes {
		if c.Detail == nil {
			c.Detail = map[string]any{}
		}
		changes[i] = c
	}
	for _, w := range []struct {
		sql  string
		docs any
	}{
		{upsertDepartmentsSQL, departments},
		{upsertEmployeesSQL, employees},
		{`INSERT INTO directory_changes (revision, n, kind, employee_id, department_id, detail)
SELECT $2, (row_number() OVER ())::int, c.kind, c.employee_id, c.department_id, c.detail
FROM jsonb_to_recordset($1::jsonb) AS c(kind text, employee_id uuid, department_id uuid, detail jsonb)`, changes},
	} {
		doc, err := jsonOf("rendering a change of the directory", w.docs)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, w.sql, doc, revision); err != nil {
			return err
		}
	}
	return nil
}

// followChange does what a change leads to, in its own transaction.
func followChange(ctx context.Context, tx pgx.Tx, t Touched, out *DirectoryApplied) error {
	for _, table := range []string{"sessions", "tokens"} {
		if _, err := tx.Exec(ctx, `UPDATE `+table+` k SET ended_at = now() FROM employees e WHERE e.id = k.employee_id AND NOT e.active AND k.ended_at IS NULL`); err != nil {
			return err
		}
		// Most of them ended already with the row that says that the person left (migration 20), in this transaction.
		var ended int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE employee_id = ANY($1::uuid[]) AND ended_at = now()`, textsOf(t.People)).Scan(&ended); err != nil {
			return err
		}
		out.Sessions += ended
	}
	n, err := signalCases(ctx, tx, t, out.Revision)
	if err != nil {
		return err
	}
	out.Cases = n
	if err := tx.QueryRow(ctx, touchedGroupsSQL, textsOf(t.People)).Scan(&out.Groups); err != nil {
		return err
	}
	// An act decided on the old directory may commit after this transaction looked; a second look finds its case.
	_, err = tx.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ('sweep_directory', 'sweep_directory:' || $1::bigint, jsonb_build_object('revision', $1::bigint), now() + $2::interval, now())`, out.Revision, sweepAfter)
	return err
}

// signalGroupsSQL tells the living groups that have somebody in them whom a change touches (design: decided 5).
const signalGroupsSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_group', 'signal_group:directory:' || g.id || ':' || $1::bigint,
  jsonb_build_object('group_id', g.id, 'act', 'directory', 'ref', $1::bigint::text), now(), now()
FROM groups g WHERE g.state <> 'deleted' AND g.doc ? 'life'
  AND EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.state NOT IN ('leaving', 'removed') AND m.employee_id = ANY ($2::uuid[]))
ON CONFLICT (key) DO NOTHING`

func signalCases(ctx context.Context, tx pgx.Tx, t Touched, revision int64) (int, error) {
	people := textsOf(t.People)
	if len(people) > 0 {
		if _, err := tx.Exec(ctx, signalGroupsSQL, revision, people); err != nil {
			return 0, err
		}
	}
	tag, err := tx.Exec(ctx, signalSQL, revision, people, textsOf(t.Departments), textsOf(t.Roles), people)
	return int(tag.RowsAffected()), err
}

// SweepDirectory looks again for open cases that the change with this revision touches, and adds the signals that are
// missing: those of cases that were filed or moved on with the old directory while it was written. It returns how many.
func (s *Store) SweepDirectory(ctx context.Context, revision int64) (int, error) {
	const doing = "looking again for cases a directory change touches"
	var n int
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var summary []byte
		if err := tx.QueryRow(ctx, `SELECT summary FROM directory_revisions WHERE revision = $1`, revision).Scan(&summary); err != nil {
			return err
		}
		var doc struct {
			Touched Touched `json:"touched"`
		}
		if err := json.Unmarshal(summary, &doc); err != nil {
			return err
		}
		var err error
		n, err = signalCases(ctx, tx, doc.Touched, revision)
		return err
	})
	return n, clean(doing, err)
}

// textsOf gives ids as plain texts, never nil.
func textsOf[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
