package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"github.com/qunbei/qunbei/models/domain"
)

// ChatPlatforms says which platforms can send to one person from now on. From the first on each notification that asks
// somebody to decide also leaves an entry for a card.
func (s *Store) ChatPlatforms(ctx context.Context, kinds []string) error {
	if kinds == nil {
		kinds = []string{}
	}
	_, err := s.pool.Exec(ctx, `
WITH here AS (
  INSERT INTO chat_platforms (kind, seen_at) SELECT k, now() FROM unnest($1::text[]) k ON CONFLICT (kind) DO UPDATE SET seen_at = now()
)
DELETE FROM chat_platforms WHERE kind <> ALL ($1::text[]) AND seen_at < now() - interval '1 day'`, kinds)
	return clean("noting which platforms can send to one person", err)
}

// BeginCard puts a card on record before its platform is asked, or returns the one on record.
func (s *Store) BeginCard(ctx context.Context, row CardRow) (CardRow, error) {
	row.AskedAt = now()
	if err := s.db(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}).Create(&row).Error; err != nil {
		return CardRow{}, clean("putting a card on record", err)
	}
	return s.CardOf(ctx, row.ID)
}

// CardOf is the card of a notification; ErrNotFound when there is none.
func (s *Store) CardOf(ctx context.Context, notification string) (CardRow, error) {
	var row CardRow
	err := s.db(ctx).Where("id = ?", notification).Take(&row).Error
	return row, clean("reading a card", err)
}

// MoveCard notes that a card goes by another platform: on the first the person has no account.
func (s *Store) MoveCard(ctx context.Context, id, platform string) error {
	_, err := s.pool.Exec(ctx, `UPDATE chat_cards SET platform = $2 WHERE id = $1 AND sent_at IS NULL`, id, platform)
	return clean("noting a card's platform", err)
}

// SentCard keeps the receipt of a card; the first one stays.
func (s *Store) SentCard(ctx context.Context, id, message string, receipt any) error {
	doc, err := jsonOf("rendering a receipt", receipt)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `UPDATE chat_cards SET message = $2, receipt = $3::jsonb, sent_at = now() WHERE id = $1 AND sent_at IS NULL`, id, message, doc)
	return clean("keeping a card's receipt", err)
}

// CloseCard notes what a card shows for good. receipt is nil where the platform was not asked to change it.
func (s *Store) CloseCard(ctx context.Context, id, shows string, receipt any) error {
	var doc any
	if receipt != nil {
		text, err := jsonOf("rendering a receipt", receipt)
		if err != nil {
			return err
		}
		doc = text
	}
	_, err := s.pool.Exec(ctx, `UPDATE chat_cards SET shows = $2, changed = $3::jsonb, closed_at = now() WHERE id = $1 AND closed_at IS NULL`, id, shows, doc)
	return clean("closing a card", err)
}

// OpenCards lists a case's cards that were sent and still ask, the oldest first.
func (s *Store) OpenCards(ctx context.Context, caseID string) ([]CardRow, error) {
	var rows []CardRow
	err := s.db(ctx).Where("case_id = ? AND closed_at IS NULL AND sent_at IS NOT NULL", caseID).Order("sent_at, id").Limit(500).Find(&rows).Error
	return rows, clean("reading a case's cards", err)
}

// CasesWithCards lists the cases of which cards still ask one of some people.
func (s *Store) CasesWithCards(ctx context.Context, people []domain.EmployeeID) ([]string, error) {
	const doing = "reading whom cards still ask"
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT case_id::text FROM chat_cards WHERE closed_at IS NULL AND sent_at IS NOT NULL AND person_id = ANY ($1::uuid[]) ORDER BY 1`, ids(people))
	if err != nil {
		return nil, clean(doing, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, clean(doing, err)
}

// SetNotify keeps by which ways a person wants to be asked: both, mail, chat.
func (s *Store) SetNotify(ctx context.Context, person domain.EmployeeID, ways string) error {
	return clean("keeping how somebody is told", s.db(ctx).Exec(`UPDATE employees SET notify = ? WHERE id = ?`, ways, string(person)).Error)
}

// Notify is by which ways a person wants to be asked.
func (s *Store) Notify(ctx context.Context, person domain.EmployeeID) (string, error) {
	var row EmployeeRow
	err := s.db(ctx).Select("notify").Where("id = ?", string(person)).Take(&row).Error
	return row.Notify, clean("reading how somebody is told", err)
}
