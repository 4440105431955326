package store

import (
	"context"
	"time"

	"gorm.io/gorm/clause"

	"github.com/qunbei/qunbei/models/domain"
)

// Session is one place where somebody is signed in. Only the hash of its secret is kept.
type Session struct {
	ID         string
	SecretHash []byte
	Employee   domain.EmployeeID
	CSRF       string
	CreatedAt  time.Time
	SeenAt     time.Time
	ExpiresAt  time.Time
	EndedAt    *time.Time
	Agent      string
	Method     string     // demo, passkey, oidc, …
	Confirmed  *time.Time // when its person last showed that it is still they
}

func (r SessionRow) session() Session {
	return Session{ID: r.ID, SecretHash: r.SecretHash, Employee: domain.EmployeeID(r.EmployeeID), CSRF: r.CSRF, CreatedAt: r.CreatedAt,
		SeenAt: r.SeenAt, ExpiresAt: r.ExpiresAt, EndedAt: r.EndedAt, Agent: r.Agent, Method: r.Method, Confirmed: r.ConfirmedAt}
}

// Token is one personal access token. Only the hash of its secret is kept.
type Token struct {
	ID         string
	SecretHash []byte
	Employee   domain.EmployeeID
	Name       string
	CreatedAt  time.Time
	ExpiresAt  time.Time
	UsedAt     *time.Time
	EndedAt    *time.Time
}

func (r TokenRow) token() Token {
	return Token{ID: r.ID, SecretHash: r.SecretHash, Employee: domain.EmployeeID(r.EmployeeID), Name: r.Name, CreatedAt: r.CreatedAt,
		ExpiresAt: r.ExpiresAt, UsedAt: r.UsedAt, EndedAt: r.EndedAt}
}

// CreateSession begins a session.
func (s *Store) CreateSession(ctx context.Context, in Session) error {
	row := SessionRow{ID: in.ID, SecretHash: in.SecretHash, EmployeeID: string(in.Employee), CSRF: in.CSRF, CreatedAt: in.CreatedAt,
		SeenAt: in.SeenAt, ExpiresAt: in.ExpiresAt, Agent: in.Agent, Method: in.Method}
	return clean("beginning a session", s.db(ctx).Create(&row).Error)
}

// SessionBy finds a session by the hash of its secret, also one that ended or expired: the caller looks.
func (s *Store) SessionBy(ctx context.Context, hash []byte) (Session, error) {
	var row SessionRow
	err := s.db(ctx).Where("secret_hash = ?", hash).Take(&row).Error
	return row.session(), clean("looking a session up", err)
}

// TouchSession notes when a session was last seen.
func (s *Store) TouchSession(ctx context.Context, id string, at time.Time) error {
	return clean("noting a session's use", s.db(ctx).Exec(`UPDATE sessions SET seen_at = ? WHERE id = ? AND ended_at IS NULL`, at, id).Error)
}

// EndSession ends one session of a person; ErrNotFound when they have none with this id. Ending it again is nothing.
func (s *Store) EndSession(ctx context.Context, person domain.EmployeeID, id string, at time.Time) error {
	return s.end(ctx, "ending a session", "sessions", person, id, at)
}

// SessionsOf lists a person's sessions that hold, the newest first; 100 at most.
func (s *Store) SessionsOf(ctx context.Context, person domain.EmployeeID) ([]Session, error) {
	var rows []SessionRow
	err := s.db(ctx).Where("employee_id = ? AND ended_at IS NULL AND expires_at > now()", string(person)).Order("created_at DESC, id DESC").Limit(100).Find(&rows).Error
	out := make([]Session, len(rows))
	for i, r := range rows {
		out[i] = r.session()
	}
	return out, clean("listing sessions", err)
}

// CreateToken stores a token; one that exists under the id stays as it is.
func (s *Store) CreateToken(ctx context.Context, in Token) error {
	row := TokenRow{ID: in.ID, SecretHash: in.SecretHash, EmployeeID: string(in.Employee), Name: in.Name, CreatedAt: in.CreatedAt, ExpiresAt: in.ExpiresAt}
	return clean("storing a token", s.db(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoNothing: true}).Create(&row).Error)
}

// TokenBy finds a token by the hash of its secret, also one that ended or expired: the caller looks.
func (s *Store) TokenBy(ctx context.Context, hash []byte) (Token, error) {
	var row TokenRow
	err := s.db(ctx).Where("secret_hash = ?", hash).Take(&row).Error
	return row.token(), clean("looking a token up", err)
}

// TouchToken notes when a token was last used.
func (s *Store) TouchToken(ctx context.Context, id string, at time.Time) error {
	return clean("noting a token's use", s.db(ctx).Exec(`UPDATE tokens SET used_at = ? WHERE id = ? AND ended_at IS NULL`, at, id).Error)
}

// EndToken ends one token of a person, as EndSession does a session.
func (s *Store) EndToken(ctx context.Context, person domain.EmployeeID, id string, at time.Time) error {
	return s.end(ctx, "ending a token", "tokens", person, id, at)
}

// TokensOf lists a person's tokens that hold, the newest first; 100 at most.
func (s *Store) TokensOf(ctx context.Context, person domain.EmployeeID) ([]Token, error) {
	var rows []TokenRow
	err := s.db(ctx).Where("employee_id = ? AND ended_at IS NULL AND expires_at > now()", string(person)).Order("created_at DESC, id DESC").Limit(100).Find(&rows).Error
	out := make([]Token, len(rows))
	for i, r := range rows {
		out[i] = r.token()
	}
	return out, clean("listing tokens", err)
}

func (s *Store) end(ctx context.Context, doing, table string, person domain.EmployeeID, id string, at time.Time) error {
	if !isID(id) {
		return ErrNotFound
	}
	res := s.db(ctx).Exec(`UPDATE `+table+` SET ended_at = coalesce(ended_at, ?) WHERE id = ? AND employee_id = ?`, at, id, string(person))
	if res.Error == nil && res.RowsAffected == 0 {
		return ErrNotFound
	}
	return clean(doing, res.Error)
}

// SetLanguage keeps the language a person chose; empty: by the browser.
func (s *Store) SetLanguage(ctx context.Context, person domain.EmployeeID, language string) error {
	return clean("keeping a language", s.db(ctx).Exec(`UPDATE employees SET language = ? WHERE id = ?`, language, string(person)).Error)
}

// Language is the language a person chose; ErrNotFound for somebody unknown.
func (s *Store) Language(ctx context.Context, person domain.EmployeeID) (string, error) {
	var row EmployeeRow
	err := s.db(ctx).Select("language").Where("id = ?", string(person)).Take(&row).Error
	return row.Language, clean("reading a language", err)
}
