package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"
)

// touchEvery spares a write for every request: when a session or token was last seen is known to this grain.
const touchEvery = time.Minute

// PutSession begins a session.
func (s *Store) PutSession(ctx context.Context, row SessionRow) error {
	return clean("beginning a session", s.db(ctx).Create(&row).Error)
}

// SessionBySecret finds a session that holds now by the hash of its secret: not ended, not expired, the person works
// here. It notes, once a minute at most, that it was seen.
func (s *Store) SessionBySecret(ctx context.Context, hash []byte) (SessionRow, error) {
	const doing = "looking a session up"
	var row SessionRow
	err := s.db(ctx).Raw(`SELECT k.* FROM sessions k JOIN employees e ON e.id = k.employee_id AND e.active
WHERE k.secret_hash = ? AND k.ended_at IS NULL AND k.expires_at > now()`, hash).Take(&row).Error
	if err != nil {
		return SessionRow{}, clean(doing, err)
	}
	if now().Sub(row.SeenAt) > touchEvery {
		err = s.db(ctx).Exec(`UPDATE sessions SET seen_at = now() WHERE id = ? AND ended_at IS NULL`, row.ID).Error
	}
	return row, clean(doing, err)
}

// EndSession ends one session of a person; ErrNotFound when they have none with this id. Ending it again is nothing.
func (s *Store) EndSession(ctx context.Context, employee, id string) error {
	return s.end(ctx, "ending a session", "sessions", employee, id)
}

// SessionsOf lists a person's sessions that hold, the newest first; 100 at most.
func (s *Store) SessionsOf(ctx context.Context, employee string) ([]SessionRow, error) {
	var rows []SessionRow
	err := s.db(ctx).Where("employee_id = ? AND ended_at IS NULL AND expires_at > now()", employee).Order("created_at DESC").Limit(100).Find(&rows).Error
	return rows, clean("listing sessions", err)
}

// PutToken stores a token; one that exists under the id stays.
func (s *Store) PutToken(ctx context.Context, row TokenRow) error {
	return clean("storing a token", s.db(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}).Create(&row).Error)
}

// TokenBySecret finds a token that holds now by the hash of its secret, as SessionBySecret does.
func (s *Store) TokenBySecret(ctx context.Context, hash []byte) (TokenRow, error) {
	const doing = "looking a token up"
	var row TokenRow
	err := s.db(ctx).Raw(`SELECT k.* FROM tokens k JOIN employees e ON e.id = k.employee_id AND e.active
WHERE k.secret_hash = ? AND k.ended_at IS NULL AND k.expires_at > now()`, hash).Take(&row).Error
	if err != nil {
		return TokenRow{}, clean(doing, err)
	}
	if row.UsedAt == nil || now().Sub(*row.UsedAt) > touchEvery {
		err = s.db(ctx).Exec(`UPDATE tokens SET used_at = now() WHERE id = ? AND ended_at IS NULL`, row.ID).Error
	}
	return row, clean(doing, err)
}

// EndToken ends one token of a person, as EndSession does a session.
func (s *Store) EndToken(ctx context.Context, employee, id string) error {
	return s.end(ctx, "ending a token", "tokens", employee, id)
}

// TokensOf lists a person's tokens that hold, the newest first; 100 at most.
func (s *Store) TokensOf(ctx context.Context, employee string) ([]TokenRow, error) {
	var rows []TokenRow
	err := s.db(ctx).Where("employee_id = ? AND ended_at IS NULL AND expires_at > now()", employee).Order("created_at DESC").Limit(100).Find(&rows).Error
	return rows, clean("listing tokens", err)
}

func (s *Store) end(ctx context.Context, doing, table, employee, id string) error {
	if !isID(id) {
		return ErrNotFound
	}
	res := s.db(ctx).Exec(`UPDATE `+table+` SET ended_at = coalesce(ended_at, now()) WHERE id = ? AND employee_id = ?`, id, employee)
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNotFound
	}
	return clean(doing, res.Error)
}

// SetLanguage keeps the language a person chose; empty: by the browser.
func (s *Store) SetLanguage(ctx context.Context, employee, language string) error {
	return clean("keeping a language", s.db(ctx).Exec(`UPDATE employees SET language = ? WHERE id = ?`, language, employee).Error)
}

// Language is the language a person chose.
func (s *Store) Language(ctx context.Context, employee string) (string, error) {
	var lang string
	err := s.db(ctx).Raw(`SELECT language FROM employees WHERE id = ?`, employee).Take(&lang).Error
	return lang, clean("reading a language", err)
}
