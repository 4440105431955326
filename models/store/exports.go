package store

import (
	"context"

	"gorm.io/gorm/clause"
)

// PutExport keeps the exact bytes of a run, sealed. A closed run is kept once and for ever; an open run's export is
// replaced by a longer one.
func (s *Store) PutExport(ctx context.Context, row ExportRow) error {
	return clean("keeping an exported history", s.db(ctx).Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workflow_id"}, {Name: "run_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"events", "closed", "sha256", "body", "exported_at"}),
		Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "NOT history_exports.closed AND excluded.events > history_exports.events"}}},
	}).Create(&row).Error)
}

// Exports lists the exported runs of a workflow, oldest first, with their sealed bytes.
func (s *Store) Exports(ctx context.Context, workflowID string) ([]ExportRow, error) {
	var rows []ExportRow
	err := s.db(ctx).Where("workflow_id = ?", workflowID).Order("exported_at, run_id").Find(&rows).Error
	return rows, clean("reading exported histories", err)
}

// Export returns one exported run.
func (s *Store) Export(ctx context.Context, workflowID, runID string) (ExportRow, error) {
	var row ExportRow
	err := s.db(ctx).Where("workflow_id = ? AND run_id = ?", workflowID, runID).Take(&row).Error
	return row, clean("reading an exported history", err)
}
