package chattest

import (
	"context"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// ActivitySince implements chat.Hearer: the platform remembers everything.
func (c Connector) ActivitySince(ctx context.Context, t chat.Target, since time.Time) (chat.Heard, error) {
	if c.lacks(chat.CanActivity) {
		return chat.Heard{}, chat.NotPossible(chat.CanActivity)
	}
	p := c.Platform
	if b, err := p.begin(ctx, OpHear); err != nil {
		return chat.Heard{}, err
	} else if b == LoseAnswer {
		return chat.Heard{}, errConnection
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(t.PlatformID)
	if err != nil {
		return chat.Heard{}, &chat.Fault{Code: chat.CodeGone}
	}
	last := map[domain.EmployeeID]time.Time{}
	for _, m := range g.said {
		if m.by != "" && !m.at.Before(since) && m.at.After(last[m.by]) {
			last[m.by] = m.at
		}
	}
	out := chat.Heard{From: since}
	for who, at := range last {
		out.Done = append(out.Done, chat.Done{Employee: who, At: at})
	}
	slices.SortFunc(out.Done, func(a, b chat.Done) int { return a.At.Compare(b.At) })
	return out, nil
}
