package store

import (
	"context"
	"encoding/json"
)

// AuditRows are rows as the database itself renders them, by table: every column there is, so that an auditor misses none.
type AuditRows map[string][]map[string]json.RawMessage

const auditCaseSQL = `
SELECT jsonb_build_object(
  'cases', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM cases c WHERE c.id = $1),
  'revocations', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'state', r.state, 'state_digest', r.state_digest)), '[]') FROM cases r WHERE r.subject_id = $1),
  'case_slots', (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM case_slots s WHERE s.case_id = $1),
  'audit_entries', (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM audit_entries e WHERE e.workflow_id = 'case-' || $1::text OR e.subject_id = $1))`

const auditGroupSQL = `
SELECT jsonb_build_object(
  'cases', (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') FROM cases c WHERE c.id = $2),
  'groups', (SELECT coalesce(jsonb_agg(to_jsonb(g)), '[]') FROM groups g WHERE g.id = $1),
  'group_departments', (SELECT coalesce(jsonb_agg(to_jsonb(d)), '[]') FROM group_departments d WHERE d.group_id = $1),
  'group_members', (SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]') FROM group_members m WHERE m.group_id = $1),
  'group_findings', (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') FROM group_findings f WHERE f.group_id = $1),
  'group_ops', (SELECT coalesce(jsonb_agg(to_jsonb(o)), '[]') FROM group_ops o WHERE o.group_id = $1),
  'audit_entries', (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM audit_entries e WHERE e.workflow_id = 'group-' || $1::text OR e.subject_id = $1))`

// AuditRowsOfCase reads all that is projected of a case, in one statement and so at one moment. Entries are found by
// workflow or by subject, so that one whose other name was altered is still found.
func (s *Store) AuditRowsOfCase(ctx context.Context, caseID string) (AuditRows, error) {
	if !isID(caseID) {
		return nil, ErrNotFound
	}
	return s.projected(ctx, auditCaseSQL, caseID)
}

// AuditRowsOfGroup is AuditRowsOfCase for a group, with the row of the case whose material it stands on; empty for one that
// was found on its platform and has none.
func (s *Store) AuditRowsOfGroup(ctx context.Context, groupID, caseID string) (AuditRows, error) {
	if caseID == "" {
		caseID = noID
	}
	if !isID(groupID) || !isID(caseID) {
		return nil, ErrNotFound
	}
	return s.projected(ctx, auditGroupSQL, groupID, caseID)
}

const auditNDASQL = `
SELECT jsonb_build_object(
  'ndas', (SELECT coalesce(jsonb_agg(to_jsonb(n)), '[]') FROM ndas n WHERE n.id = $1),
  'audit_entries', (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM audit_entries e WHERE e.workflow_id = 'nda-' || $1::text OR e.subject_id = $1))`

// AuditRowsOfNDA is AuditRowsOfCase for an agreement.
func (s *Store) AuditRowsOfNDA(ctx context.Context, id string) (AuditRows, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	return s.projected(ctx, auditNDASQL, id)
}

const auditPostSQL = `
SELECT jsonb_build_object(
  'posts', (SELECT coalesce(jsonb_agg(to_jsonb(n)), '[]') FROM posts n WHERE n.id = $1),
  'postings', (SELECT coalesce(jsonb_agg(to_jsonb(n)), '[]') FROM postings n WHERE n.post_id = $1),
  'audit_entries', (SELECT coalesce(jsonb_agg(to_jsonb(e)), '[]') FROM audit_entries e WHERE e.workflow_id = 'post-' || $1::text OR e.subject_id = $1))`

// AuditRowsOfPost is AuditRowsOfCase for a publication.
func (s *Store) AuditRowsOfPost(ctx context.Context, id string) (AuditRows, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	return s.projected(ctx, auditPostSQL, id)
}

func (s *Store) projected(ctx context.Context, q string, args ...any) (AuditRows, error) {
	const doing = "reading what is projected"
	var raw []byte
	if err := s.pool.QueryRow(ctx, q, args...).Scan(&raw); err != nil {
		return nil, clean(doing, err)
	}
	var out AuditRows
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, clean(doing, err)
	}
	return out, nil
}
