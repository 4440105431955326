package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ErrOtherBody: the version is on record with another body; a version never changes.
var ErrOtherBody = errors.New("the version is on record with another body")

// PutPolicy stores a version of the policy. The same version with the same body is stored once; with another it is
// refused with ErrOtherBody. It does not put it into force.
func (s *Store) PutPolicy(ctx context.Context, version, body, actor string) error {
	row := PolicyRow{Version: version, Body: body, CreatedAt: now()}
	if actor != "" {
		row.ActorID = &actor
	}
	return put(s.db(ctx), "storing a policy", &row, &PolicyRow{}, version, func(stored *PolicyRow) bool { return stored.Body == body })
}

// PutCalendar stores a version of the calendar, as PutPolicy does a policy's.
func (s *Store) PutCalendar(ctx context.Context, version, body string) error {
	row := CalendarRow{Version: version, Body: body, CreatedAt: now()}
	return put(s.db(ctx), "storing a calendar", &row, &CalendarRow{}, version, func(stored *CalendarRow) bool { return stored.Body == body })
}

func put[T any](db *gorm.DB, doing string, row, stored *T, version string, same func(*T) bool) error {
	res := db.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
	if res.Error != nil {
		return clean(doing, res.Error)
	}
	if res.RowsAffected == 1 {
		return nil
	}
	if err := db.Where("version = ?", version).Take(stored).Error; err != nil {
		return clean(doing, err)
	}
	if !same(stored) {
		return fmt.Errorf("%s: %w", doing, ErrOtherBody)
	}
	return nil
}

// ActivatePolicy puts a stored version into force; cases under way stay under theirs (R6.2).
func (s *Store) ActivatePolicy(ctx context.Context, version string) error {
	return activate[PolicyRow](s.db(ctx), "putting a policy into force", "policies", version)
}

// ActivateCalendar puts a stored version into force.
func (s *Store) ActivateCalendar(ctx context.Context, version string) error {
	return activate[CalendarRow](s.db(ctx), "putting a calendar into force", "calendars", version)
}

func activate[T any](db *gorm.DB, doing, table, version string) error {
	err := db.Transaction(func(tx *gorm.DB) error {
		var row T
		if err := tx.Where("version = ?", version).Take(&row).Error; err != nil {
			return err
		}
		if err := tx.Exec("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE").Error; err != nil { // one at a time
			return err
		}
		if err := tx.Model(new(T)).Where("active AND version <> ?", version).Update("active", false).Error; err != nil {
			return err
		}
		return tx.Model(new(T)).Where("version = ?", version).Update("active", true).Error
	})
	return clean(doing, err)
}

// ActivePolicy is the policy in force.
func (s *Store) ActivePolicy(ctx context.Context) (PolicyRow, error) {
	var row PolicyRow
	err := s.db(ctx).Where("active").Take(&row).Error
	return row, clean("reading the policy in force", err)
}

// PolicyByVersion is one version of the policy.
func (s *Store) PolicyByVersion(ctx context.Context, version string) (PolicyRow, error) {
	var row PolicyRow
	err := s.db(ctx).Where("version = ?", version).Take(&row).Error
	return row, clean("reading a policy", err)
}

// ActiveCalendar is the calendar in force.
func (s *Store) ActiveCalendar(ctx context.Context) (CalendarRow, error) {
	var row CalendarRow
	err := s.db(ctx).Where("active").Take(&row).Error
	return row, clean("reading the calendar in force", err)
}

// CalendarByVersion is one version of the calendar.
func (s *Store) CalendarByVersion(ctx context.Context, version string) (CalendarRow, error) {
	var row CalendarRow
	err := s.db(ctx).Where("version = ?", version).Take(&row).Error
	return row, clean("reading a calendar", err)
}
