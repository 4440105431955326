package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
)

// AuditRow is one entry of stream one: what a workflow decided on one act.
type AuditRow struct {
	WorkflowID  string
	Seq         int
	ActID       string
	SubjectID   string
	Kind        string
	ActorID     string // empty: the system
	Outcome     string
	Result      string
	Reason      string
	DecidedBy   string
	Slot        string
	Digest      string
	CommentID   string
	Act         json.RawMessage
	Facts       json.RawMessage
	StateDigest string
	At          time.Time
}

const auditColumns = `workflow_id, seq, act_id, subject_id::text, kind, coalesce(actor_id::text, ''), outcome, result, reason,
coalesce(decided_by::text, ''), slot, digest, coalesce(comment_id::text, ''), act, facts, state_digest, at`

// AnswerOf returns the entry of an act, ErrNotFound while its answer is out.
func (s *Store) AnswerOf(ctx context.Context, workflowID, actID string) (*AuditRow, error) {
	if r, ok := s.recent.answer(workflowID, actID); ok {
		return &r, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT `+auditColumns+` FROM audit_entries WHERE workflow_id = $1 AND act_id = $2`, workflowID, actID)
	if err != nil {
		return nil, clean("reading an act's answer", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToAddrOfStructByPos[AuditRow])
	if err != nil {
		return nil, clean("reading an act's answer", err)
	}
	return r, nil
}

// Entries lists the entries of workflows in the order they were decided: a case's, and its group's behind it.
func (s *Store) Entries(ctx context.Context, workflowIDs ...string) ([]AuditRow, error) {
	return s.auditRows(ctx, "reading a timeline", `WHERE workflow_id = ANY ($1) ORDER BY at, workflow_id, seq`, workflowIDs)
}

func (s *Store) auditRows(ctx context.Context, doing, rest string, args ...any) ([]AuditRow, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+auditColumns+` FROM audit_entries `+rest, args...)
	if err != nil {
		return nil, clean(doing, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[AuditRow])
	return out, clean(doing, err)
}
