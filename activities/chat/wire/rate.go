package wire

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/qunbei/qunbei/activities/chat"
)

// Rate keeps calls to a platform below its limit, and silent after it said "too many".
type Rate struct {
	bucket *rate.Limiter
	mu     sync.Mutex
	until  time.Time // nothing is sent before
}

// NewRate allows so many calls a second, and burst at once.
func NewRate(perSecond float64, burst int) *Rate {
	return &Rate{bucket: rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// Pause keeps everything back for a while: the platform said so.
func (r *Rate) Pause(d time.Duration) {
	if r == nil || d <= 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(d); until.After(r.until) {
		r.until = until
	}
}

// longestPause is how long a call waits here for a pause to end; longer ones are told to the caller, who frees the worker.
const longestPause = 2 * time.Second

// wait returns when a call may go out. A wait that is too long, or longer than ctx, is a fault that says how long.
func (r *Rate) wait(ctx context.Context) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	left := time.Until(r.until)
	r.mu.Unlock()
	if left > longestPause {
		return &chat.Fault{Code: chat.CodeRateLimited, Retry: true, After: left}
	}
	if left > 0 {
		select {
		case <-ctx.Done():
			return &chat.Fault{Code: chat.CodeRateLimited, Retry: true, After: left, Underlying: ctx.Err()}
		case <-time.After(left):
		}
	}
	if err := r.bucket.Wait(ctx); err != nil {
		return &chat.Fault{Code: chat.CodeRateLimited, Retry: true, Underlying: err}
	}
	return nil
}
