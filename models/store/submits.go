package store

import (
	"context"
	"sync"

	"github.com/qunbei/qunbei/models/domain"
)

// submits gathers the submissions that come while one transaction is under way, and stores them by the next. The row that
// gives the numbers is locked until the commit, so submissions cannot be stored side by side: one by one, each would wait
// for the disk, holding a connection that an act could use. Nobody waits for company: who comes alone is stored at once.
type submits struct {
	mu      sync.Mutex
	waiting []*submitWait
	running bool
}

type submitWait struct {
	ctx  context.Context //nolint:containedctx // its caller's, who may go away before its turn
	in   Submission
	done chan submitted
}

type submitted struct {
	c   domain.Case
	err error
}

// submitsMost is how many submissions one transaction stores at most.
const submitsMost = 16

type storeAll = func(context.Context, []Submission) ([]domain.Case, error)

// submit has a submission stored by do, alone or in company, and returns its case. Who goes away while it is at work may
// leave a case that is stored, as one who goes away right after.
func (g *submits) submit(ctx context.Context, in Submission, do storeAll) (domain.Case, error) {
	if in.Case.Subject != "" || in.Case.Kind == domain.KindChange || in.Found || in.Post != nil { // waits for a lock of its own
		return alone(ctx, in, do)
	}
	w := &submitWait{ctx: ctx, in: in, done: make(chan submitted, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, w)
	lead := !g.running
	g.running = true
	g.mu.Unlock()
	if lead {
		go g.run(do)
	}
	select {
	case s := <-w.done:
		return s.c, s.err
	case <-ctx.Done():
		return domain.Case{}, ctx.Err()
	}
}

func alone(ctx context.Context, in Submission, do storeAll) (domain.Case, error) {
	out, err := do(ctx, []Submission{in})
	if err != nil {
		return domain.Case{}, err
	}
	return out[0], nil
}

func (g *submits) run(do storeAll) {
	for {
		g.mu.Lock()
		batch := g.next()
		g.running = len(batch) > 0
		g.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if len(batch) > 1 && together(batch, do) {
			continue
		}
		for _, w := range batch {
			if err := w.ctx.Err(); err != nil {
				w.done <- submitted{err: err}
				continue
			}
			c, err := alone(w.ctx, w.in, do)
			w.done <- submitted{c, err}
		}
	}
}

// together stores a batch and answers those waiting. When it fails, for whichever of them, nothing was stored and it
// tells so: each is then stored alone and gets an answer of its own.
func together(batch []*submitWait, do storeAll) bool {
	ctx, cancel := context.WithTimeout(context.Background(), startsTime)
	defer cancel()
	ins := make([]Submission, len(batch))
	for i, w := range batch {
		ins[i] = w.in
	}
	out, err := do(ctx, ins)
	switch {
	case err == nil:
		for i, w := range batch {
			w.done <- submitted{c: out[i]}
		}
	case away(err): // whether it was committed is not known, and trying alone would only take longer
		for _, w := range batch {
			w.done <- submitted{err: err}
		}
	default:
		return false
	}
	return true
}

// next takes the submissions that may be stored together: of one series, and no two under one key or of one name, which
// are decided by who is stored first. Those whose callers have gone are dropped.
func (g *submits) next() []*submitWait {
	var batch, rest []*submitWait
	taken := map[string]bool{}
	for _, w := range g.waiting {
		if w.ctx.Err() != nil {
			continue // its caller has heard so
		}
		var claims []string
		if k := w.in.Idempotency; k != nil {
			claims = append(claims, "key:"+string(k.Employee)+":"+k.Key)
		}
		if w.in.NameKey != "" {
			claims = append(claims, "name:"+w.in.NameKey)
		}
		free := len(batch) < submitsMost && (len(batch) == 0 || series(w.in.Case) == series(batch[0].in.Case))
		for _, c := range claims {
			free = free && !taken[c]
		}
		for _, c := range claims {
			taken[c] = true // also those of one that waits: its twin behind it must not overtake it
		}
		if free {
			batch = append(batch, w)
		} else {
			rest = append(rest, w)
		}
	}
	g.waiting = rest
	return batch
}
