package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/qunbei/qunbei/models/domain"
)

// Texts is a text[] column.
type Texts []string

// GormDataType names the column's type.
func (Texts) GormDataType() string { return "text[]" }

// Scan reads PostgreSQL's form of an array.
func (t *Texts) Scan(src any) error {
	var list []string
	if err := pgtype.NewMap().SQLScanner(&list).Scan(src); err != nil {
		return fmt.Errorf("reading a list column: %w", err)
	}
	*t = list
	return nil
}

// Value writes an array; nil is an empty one.
func (t Texts) Value() (driver.Value, error) {
	if t == nil {
		return "{}", nil
	}
	b, err := pgtype.NewMap().Encode(pgtype.TextArrayOID, pgtype.TextFormatCode, []string(t), nil)
	if err != nil {
		return nil, fmt.Errorf("writing a list column: %w", err)
	}
	return string(b), nil
}

// JSON is a jsonb column.
type JSON []byte

// GormDataType names the column's type.
func (JSON) GormDataType() string { return "jsonb" }

// Scan reads the document.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case []byte:
		*j = append((*j)[:0:0], v...)
	case string:
		*j = JSON(v)
	default:
		return fmt.Errorf("reading a document column: %T", src)
	}
	return nil
}

// Value writes the document; nil is NULL.
func (j JSON) Value() (driver.Value, error) {
	if j == nil {
		return nil, nil
	}
	return string(j), nil
}

// MarshalJSON hands the document on as it is.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == nil {
		return []byte("null"), nil
	}
	return j, nil
}

// A default of an empty document or list is written default:{} in the rows' tags, without quotes: that is how GORM
// reads it back. Tables are made by the migrations alone.

// LabelOf reads a stored title in both languages; a broken one is none, since a list must not fail for one title.
func LabelOf(raw JSON) domain.Label {
	var l domain.Label
	_ = json.Unmarshal(raw, &l)
	return l
}
