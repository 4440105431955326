package store

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// ddlLog keeps the statements that would change the schema.
type ddlLog struct {
	logger.Interface
	mu  sync.Mutex
	ddl []string
}

func (l *ddlLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l *ddlLog) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	sql, _ := fc()
	for _, word := range []string{"CREATE", "ALTER", "DROP", "COMMENT"} {
		if strings.HasPrefix(sql, word) {
			l.mu.Lock()
			l.ddl = append(l.ddl, sql)
			l.mu.Unlock()
		}
	}
}

// After the migrations GORM's idea of the tables wants nothing, and knows every table and column there is.
func TestRowsAndMigrationsAgree(t *testing.T) {
	s := fresh(t)
	log := &ddlLog{Interface: logger.Discard}
	tx := s.gorm.Session(&gorm.Session{Logger: log}).Begin()
	defer tx.Rollback()
	if err := tx.AutoMigrate(Rows()...); err != nil {
		t.Error(err)
	}
	for _, q := range log.ddl {
		t.Errorf("the rows want: %s", q)
	}
	tx.Rollback()

	var known []string
	for _, row := range Rows() {
		sch, err := schema.Parse(row, &sync.Map{}, s.gorm.NamingStrategy)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range sch.Fields {
			known = append(known, sch.Table+"."+f.DBName)
		}
	}
	var there []string
	if err := s.gorm.Raw(`SELECT table_name || '.' || column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`).Scan(&there).Error; err != nil {
		t.Fatal(err)
	}
	for _, c := range there {
		if !slices.Contains(known, c) {
			t.Errorf("no row knows %s", c)
		}
	}
	if len(there) == 0 || len(known) != len(there) {
		t.Errorf("%d columns in rows, %d in the database", len(known), len(there))
	}
}
