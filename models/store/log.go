package store

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// quietLog is GORM's logger without values: it tells of failed and slow statements by their text alone.
type quietLog struct {
	log  *slog.Logger
	slow time.Duration
}

func (l quietLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info, Warn and Error carry texts of GORM's own that may hold values; only that there was one is told.
func (l quietLog) Info(context.Context, string, ...any) {}

func (l quietLog) Warn(ctx context.Context, _ string, _ ...any) {
	l.log.WarnContext(ctx, "database layer warns")
}

func (l quietLog) Error(ctx context.Context, _ string, _ ...any) {
	l.log.ErrorContext(ctx, "database layer fails")
}

// ParamsFilter takes the values out before GORM writes them into the statement's text. GORM's Scan goes around it (it
// records the text with another logger), so Trace masks what is left.
func (l quietLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

func (l quietLog) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), err error) {
	took := time.Since(begin)
	switch {
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound) && !errors.Is(err, context.Canceled):
		sql, _ := fc()
		l.log.WarnContext(ctx, "statement failed", "sql", masked(sql), "code", Code(err))
	case took > l.slow:
		sql, rows := fc()
		l.log.WarnContext(ctx, "slow statement", "sql", masked(sql), "rows", rows, "took_ms", took.Milliseconds())
	}
}

// literals are what a statement's text may hold of values: quoted texts (GORM doubles the quotes inside) and numbers.
var literals = regexp.MustCompile(`'(?:[^']|'')*'?|\b[0-9][0-9.]*\b`)

func masked(sql string) string { return literals.ReplaceAllString(sql, "?") }
