package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// Export is the exact bytes of one run's history, sealed.
type Export struct {
	WorkflowID string
	RunID      string
	SubjectID  string
	Events     int
	Closed     bool
	SHA256     string // of the exported bytes
	Body       []byte // sealed
	ExportedAt time.Time
}

func (r ExportRow) export() Export {
	return Export{WorkflowID: r.WorkflowID, RunID: r.RunID, SubjectID: r.SubjectID, Events: int(r.Events), Closed: r.Closed,
		SHA256: r.SHA256, Body: r.Body, ExportedAt: r.ExportedAt}
}

// PutExport keeps the exact bytes of a run, sealed. A closed run is kept once and for ever; an open run's export is
// replaced by a longer one.
func (s *Store) PutExport(ctx context.Context, in Export) error {
	row := ExportRow{WorkflowID: in.WorkflowID, RunID: in.RunID, SubjectID: in.SubjectID, Events: int32(in.Events), Closed: in.Closed, //nolint:gosec // 51,200 at most
		SHA256: in.SHA256, Body: in.Body, ExportedAt: in.ExportedAt}
	return clean("keeping an exported history", s.db(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workflow_id"}, {Name: "run_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"events", "closed", "sha256", "body", "exported_at"}),
		Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "NOT history_exports.closed AND excluded.events > history_exports.events"}}},
	}).Create(&row).Error)
}

// Exports lists the exported runs of a workflow, oldest first, with their sealed bytes.
func (s *Store) Exports(ctx context.Context, workflowID string) ([]Export, error) {
	var rows []ExportRow
	err := s.db(ctx).Where("workflow_id = ?", workflowID).Order("exported_at, run_id").Find(&rows).Error
	out := make([]Export, len(rows))
	for i, r := range rows {
		out[i] = r.export()
	}
	return out, clean("reading exported histories", err)
}

// ExportOf returns one exported run.
func (s *Store) ExportOf(ctx context.Context, workflowID, runID string) (Export, error) {
	var row ExportRow
	err := s.db(ctx).Where("workflow_id = ? AND run_id = ?", workflowID, runID).Take(&row).Error
	return row.export(), clean("reading an exported history", err)
}
