package service

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/store"
)

func TestBackoffDoublesUpToFiveMinutes(t *testing.T) {
	for _, c := range []struct {
		attempts int
		want     time.Duration
	}{{0, time.Second}, {1, time.Second}, {2, 2 * time.Second}, {5, 16 * time.Second}, {9, 256 * time.Second}, {10, 5 * time.Minute}, {10_000, 5 * time.Minute}} {
		if got := backoff(c.attempts); got != c.want {
			t.Errorf("attempt %d: want %s, got %s", c.attempts, c.want, got)
		}
	}
}

// An entry of a kind that no lane takes would lie there for ever.
func TestEveryKindOfEntryHasALane(t *testing.T) {
	for _, kind := range store.OutboxKinds() {
		if !slices.ContainsFunc(lanes, func(l lane) bool { return slices.Contains(l.kinds, kind) }) {
			t.Errorf("no lane takes %s", kind)
		}
	}
}

func TestFateOfNamesFaultsWithoutTheirText(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
	}{
		{fmt.Errorf("start: %w", errEngineAway), "engine_unavailable"},
		{fmt.Errorf("signal: %w", errEngineBusy), "engine_busy"},
		{errors.New("张三 <zhang@example.com>"), "failed"},
		{fmt.Errorf("x: %w", &fate{code: "still_open", after: time.Second}), "still_open"},
	} {
		if f := fateOf(c.err, 1); f.code != c.code || f.after <= 0 {
			t.Errorf("%v: %+v", c.err, f)
		}
	}
}
