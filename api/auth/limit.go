package auth

import (
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"github.com/qunbei/qunbei/api/service"
)

// Limits bound how often somebody may write or try to get in. Zero takes the default; a negative rate means no limit.
type Limits struct {
	WritesPerSecond float64 // per person; default 50
	WriteBurst      int     // default 200
	TriesPerSecond  float64 // sign-ins and wrong tokens, per address; default 2
	TryBurst        int     // default 60
}

func (l Limits) orDefault() Limits {
	if l.WritesPerSecond == 0 {
		l.WritesPerSecond = 50
	}
	if l.WriteBurst == 0 {
		l.WriteBurst = 200
	}
	if l.TriesPerSecond == 0 {
		l.TriesPerSecond = 2
	}
	if l.TryBurst == 0 {
		l.TryBurst = 60
	}
	return l
}

// buckets are token buckets by key. They live in one process; several processes each grant their own.
type buckets struct {
	mu    sync.Mutex
	limit rate.Limit
	burst int
	all   map[string]*bucket
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

// most bounds the memory that strangers can make us use; the oldest go first.
const most = 20000

func newBuckets(perSecond float64, burst int) *buckets {
	limit := rate.Limit(perSecond)
	if perSecond < 0 {
		limit = rate.Inf
	}
	return &buckets{limit: limit, burst: burst, all: map[string]*bucket{}}
}

func (b *buckets) allow(key string) bool {
	if b.limit == rate.Inf {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	k, ok := b.all[key]
	if !ok {
		if len(b.all) >= most {
			b.prune(now)
		}
		k = &bucket{Limiter: rate.NewLimiter(b.limit, b.burst)}
		b.all[key] = k
	}
	k.seen = now
	return k.AllowN(now, 1)
}

// left tells whether the key's bucket holds another token, without taking it.
func (b *buckets) left(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.all[key]
	return !ok || b.limit == rate.Inf || k.Tokens() >= 1
}

// prune drops buckets that are full again, and if there are none, any: better a generous limit than no memory.
func (b *buckets) prune(now time.Time) {
	for k, x := range b.all {
		if x.TokensAt(now) >= float64(b.burst) || now.Sub(x.seen) > 10*time.Minute {
			delete(b.all, k)
		}
	}
	for k := range b.all {
		if len(b.all) < most {
			return
		}
		delete(b.all, k)
	}
}

// LimitWrite spends one write of the actor's.
func (d *Door) LimitWrite(a service.Actor) error {
	if !d.writes.allow(string(a.ID)) {
		return tooMany()
	}
	return nil
}

// LimitTry spends one attempt to sign in from the request's address.
func (d *Door) LimitTry(c echo.Context) error {
	if !d.tries.allow("signin:" + c.RealIP()) {
		return tooMany()
	}
	return nil
}

// LimitCostly spends one of what strangers may ask for though it takes work: the request's address pays for it.
func (d *Door) LimitCostly(c echo.Context) error {
	if !d.tries.allow("costly:" + c.RealIP()) {
		return tooMany()
	}
	return nil
}

// LimitLink refuses an address that lately tried many links which are none. Links that hold cost nothing: whoever gets
// mail behind one address opens as many as they like, and so does their mail server.
func (d *Door) LimitLink(c echo.Context) error {
	if !d.tries.left("link:" + c.RealIP()) {
		return tooMany()
	}
	return nil
}

// MissedLink spends a try of the address that tried a link which is none.
func (d *Door) MissedLink(c echo.Context) { d.tries.allow("link:" + c.RealIP()) }

func tooMany() error {
	return &service.Error{Kind: service.TooMany, Code: "too_many_requests", RetryAfter: 2}
}
