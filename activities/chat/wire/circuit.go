package wire

import (
	"errors"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
)

// Circuit stops asking a platform that does not answer: after Most failures in a row it is open for Pause, during which
// calls fail at once and say when to come again; then one call tries, and either closes it or opens it again.
type Circuit struct {
	Most  int           // 0: 5
	Pause time.Duration // 0: 15 s
	Now   func() time.Time

	mu     sync.Mutex
	fails  int
	until  time.Time
	trying bool
}

// The outcomes of a call, as the circuit counts them.
const (
	worked = iota
	failed
	unknown // says nothing about the platform
)

var errOpen = errors.New("it did not answer several times in a row and is left alone for a while")

// Open tells whether calls fail at once at present, and for how long.
func (c *Circuit) Open() (time.Duration, bool) {
	if c == nil {
		return 0, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	left := c.until.Sub(c.now())
	return left, left > 0
}

func (c *Circuit) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Circuit) enter() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails < c.most() {
		return nil
	}
	if left := c.until.Sub(c.now()); left > 0 {
		return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: left, Underlying: errOpen}
	}
	if c.trying {
		return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: time.Second, Underlying: errOpen}
	}
	c.trying = true
	return nil
}

func (c *Circuit) leave(outcome int) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trying = false
	switch outcome {
	case worked:
		c.fails, c.until = 0, time.Time{}
	case failed:
		c.fails++
		if c.fails >= c.most() {
			pause := c.Pause
			if pause == 0 {
				pause = 15 * time.Second
			}
			c.until = c.now().Add(pause)
		}
	}
}

func (c *Circuit) most() int {
	if c.Most > 0 {
		return c.Most
	}
	return 5
}
