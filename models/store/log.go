package store

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// quietLog is GORM's logger without values: it tells of failed and slow statements by their text with placeholders.
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

// ParamsFilter takes the values out before GORM writes them into the statement's text.
func (l quietLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

func (l quietLog) Trace(ctx context.Context, begin time.Time, fc func() (string, int64), err error) {
	took := time.Since(begin)
	switch {
	case err != nil && !errors.Is(err, gorm.ErrRecordNotFound) && !errors.Is(err, context.Canceled):
		sql, _ := fc()
		l.log.WarnContext(ctx, "statement failed", "sql", sql, "code", Code(err))
	case took > l.slow:
		sql, rows := fc()
		l.log.WarnContext(ctx, "slow statement", "sql", sql, "rows", rows, "took_ms", took.Milliseconds())
	}
}
