package service

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// What happens together in a group is looked at once; a look that found another under way is made again; talk alone causes
// few looks.
func TestManyEventsMakeFewLooks(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var looks atomic.Int32
	var busy atomic.Bool
	s := newSoon(ctx, func(string) error {
		if busy.Swap(false) {
			return errors.New("one is under way")
		}
		looks.Add(1)
		return nil
	})
	s.after, s.apart, s.active = 20*time.Millisecond, 60*time.Millisecond, time.Hour
	reach := func(n int32) {
		t.Helper()
		for end := time.Now().Add(5 * time.Second); looks.Load() < n && time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		}
		time.Sleep(150 * time.Millisecond) // nothing more comes of it
		if got := looks.Load(); got != n {
			t.Fatalf("%d looks, want %d", got, n)
		}
	}
	for range 100 {
		s.look("g", false)
	}
	reach(1)
	for range 100 {
		s.look("g", true) // talk, a moment after a look
	}
	reach(1)
	begun := time.Now()
	s.look("g", false)
	s.look("h", true) // never looked at
	reach(3)
	busy.Store(true)
	s.look("g", false)
	reach(4)
	if time.Since(begun) < s.apart {
		t.Error("two looks at one group too close together")
	}
	stop()
	s.look("i", false)
	s.wait()
	if looks.Load() != 4 {
		t.Error("a look after the end")
	}
}
