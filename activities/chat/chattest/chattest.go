// Package chattest is a chat platform for tests that behaves as badly as real ones do: it loses answers after it did
// what was asked, repeats, delays, limits and refuses. It remembers what it made, so that a test can count.
package chattest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Behaviour is what one call does instead of answering at once.
type Behaviour string

// The behaviours a script is made of.
const (
	Answer     Behaviour = "answer"
	LoseAnswer Behaviour = "lose_answer" // does it, then the connection breaks
	Unreached  Behaviour = "unreached"   // the connection breaks before anything is done
	Limit      Behaviour = "limit"       // rate limited: try again later
	Refuse     Behaviour = "refuse"      // for ever
	Revoked    Behaviour = "token_revoked"
	Delay      Behaviour = "delay"  // answers late
	Rename     Behaviour = "rename" // makes it under another name
)

// Platform is the far side. Its zero value answers everything.
type Platform struct {
	mu     sync.Mutex
	script []Behaviour
	groups map[string]domain.Receipt // by idempotency key
	Calls  int
	Made   int // groups that exist on the platform
	Wait   time.Duration
}

// Script sets what the next Create calls do, one each; after that the platform answers.
func (p *Platform) Script(b ...Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = b
}

// Count tells how often Create was called and how many groups exist.
func (p *Platform) Count() (calls, made int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Calls, p.Made
}

// Connector speaks to a Platform.
type Connector struct {
	chat.Unable
	Name     string // its kind in filings; "test" when empty
	Platform *Platform
}

// Kind implements chat.Connector.
func (c Connector) Kind() string {
	if c.Name == "" {
		return "test"
	}
	return c.Name
}

// Can implements chat.Connector.
func (Connector) Can() []chat.Capability {
	return []chat.Capability{chat.CanCreate, chat.CanInvite, chat.CanRemove, chat.CanPermit, chat.CanList, chat.EncTransit}
}

var errConnection = errors.New("connection reset by peer")

// Create implements chat.Connector.
func (c Connector) Create(ctx context.Context, r chat.CreateRequest) (chat.Created, error) {
	b := c.Platform.next()
	switch b {
	case Unreached:
		return chat.Created{}, errConnection // not a Fault: the port counts it as unavailable
	case Limit:
		return chat.Created{}, &chat.Fault{Code: "rate_limited", Retry: true, After: 50 * time.Millisecond}
	case Refuse:
		return chat.Created{}, &chat.Fault{Code: "refused"}
	case Revoked:
		return chat.Created{}, &chat.Fault{Code: "token_revoked"}
	case Delay:
		select {
		case <-ctx.Done():
			return chat.Created{}, ctx.Err()
		case <-time.After(c.Platform.Wait):
		}
	case Answer, LoseAnswer, Rename: // made below
	}
	receipt := c.Platform.make(r, c.Kind(), b == Rename)
	if b == LoseAnswer {
		return chat.Created{}, errConnection
	}
	return chat.Created{Receipt: receipt}, nil
}

// Find implements chat.Connector.
func (c Connector) Find(_ context.Context, key string) (chat.Created, bool, error) {
	c.Platform.mu.Lock()
	defer c.Platform.mu.Unlock()
	r, ok := c.Platform.groups[key]
	return chat.Created{Receipt: r}, ok, nil
}

func (p *Platform) next() Behaviour {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Calls++
	if len(p.script) == 0 {
		return Answer
	}
	b := p.script[0]
	p.script = p.script[1:]
	return b
}

// make makes the group, once per key.
func (p *Platform) make(r chat.CreateRequest, kind string, rename bool) domain.Receipt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.groups == nil {
		p.groups = map[string]domain.Receipt{}
	}
	if old, ok := p.groups[r.Key]; ok {
		return old
	}
	p.Made++
	name := r.Name
	if rename {
		name += " (2)"
	}
	id := fmt.Sprintf("room-%d", p.Made)
	sum := sha256.Sum256([]byte(id + "\n" + name))
	receipt := domain.Receipt{Platform: kind, ID: id, Name: name, Key: r.Key, At: time.Now().UTC().Truncate(time.Microsecond), Digest: "sha256:" + hex.EncodeToString(sum[:])}
	p.groups[r.Key] = receipt
	return receipt
}
