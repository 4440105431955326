// Package chattest is a chat platform for tests that behaves as badly as real ones do: it loses answers after it did
// what was asked, repeats, delays, limits and refuses, is away, and has people who act past the service. It remembers
// what it made, so that a test can count. It can everything the port knows, but end-to-end encryption.
package chattest

import (
	"context"
	"errors"
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

// The calls a script can be for, by their names in the port.
const (
	OpCreate         = "create"
	OpSetPermissions = "set_permissions"
	OpRename         = "rename"
	OpInvite         = "invite"
	OpRemove         = "remove"
	OpFreeze         = "freeze"
	OpUnfreeze       = "unfreeze"
	OpArchive        = "archive"
	OpRestore        = "restore"
	OpDelete         = "delete"
	OpPost           = "post"
	OpRecall         = "recall"
	OpDirect         = "direct"
	OpLook           = "look"
	OpHear           = "hear"
	OpDiscover       = "discover"
	OpFind           = "find" // never scripted by Script, which Find does not use up
)

// Platform is the far side. Its zero value answers everything.
type Platform struct {
	mu        sync.Mutex
	scripts   map[string][]Behaviour
	counts    map[string]int
	groups    map[string]*group         // by id
	byKey     map[string]string         // id by the key of Create
	receipts  map[string]domain.Receipt // by key
	inbox     map[domain.EmployeeID][]*message
	noAccount map[domain.EmployeeID]bool
	down      bool
	revoked   bool
	messages  int
	events    []chat.Event
	watching  bool
	wake      chan struct{}
	Calls     int // of Create
	Made      int // groups that exist on the platform, or did
	Wait      time.Duration
}

type group struct {
	id, name, key string
	owner         domain.EmployeeID
	tier          domain.Tier
	perms         domain.Permissions
	admins        map[domain.EmployeeID]bool
	members       map[domain.EmployeeID]bool
	mode          string // "", frozen, archived
	said          []*message
	last          time.Time
	gone          bool
}

type message struct {
	id, text string
	by       domain.EmployeeID // empty: the service
	recalled bool
	at       time.Time // when by said it
}

// Script sets what the next Create calls do, one each; after that the platform answers.
func (p *Platform) Script(b ...Behaviour) { p.ScriptOf(OpCreate, b...) }

// ScriptOf is Script for any call.
func (p *Platform) ScriptOf(op string, b ...Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.scripts == nil {
		p.scripts = map[string][]Behaviour{}
	}
	p.scripts[op] = b
}

// Down takes the platform away, or brings it back: nothing is done, and no call answered.
func (p *Platform) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// RevokeToken makes our token unknown, or known again.
func (p *Platform) RevokeToken(revoked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.revoked = revoked
}

// NoAccount takes somebody's account away.
func (p *Platform) NoAccount(people ...domain.EmployeeID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noAccount == nil {
		p.noAccount = map[domain.EmployeeID]bool{}
	}
	for _, e := range people {
		p.noAccount[e] = true
	}
}

// Count tells how often Create was called and how many groups were made.
func (p *Platform) Count() (calls, made int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Calls, p.Made
}

// CountOf tells how often a call came, done or not.
func (p *Platform) CountOf(op string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[op]
}

var errConnection = errors.New("connection reset by peer")

// begin counts a call and does what its script says. lost says that the answer breaks after it is done.
func (p *Platform) begin(ctx context.Context, op string) (b Behaviour, err error) {
	p.mu.Lock()
	if p.counts == nil {
		p.counts = map[string]int{}
	}
	p.counts[op]++
	if op == OpCreate {
		p.Calls++
	}
	b = Answer
	if s := p.scripts[op]; len(s) > 0 {
		b, p.scripts[op] = s[0], s[1:]
	}
	down, revoked, wait := p.down, p.revoked, p.Wait
	p.mu.Unlock()
	switch {
	case down || b == Unreached:
		return b, errConnection // not a Fault: the port counts it as unavailable
	case revoked || b == Revoked:
		return b, &chat.Fault{Code: chat.CodeTokenRevoked}
	}
	switch b {
	case Limit:
		return b, &chat.Fault{Code: chat.CodeRateLimited, Retry: true, After: 50 * time.Millisecond}
	case Refuse:
		return b, &chat.Fault{Code: chat.CodeRefused}
	case Delay:
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-time.After(wait):
		}
	case Answer, LoseAnswer, Rename: // done by the caller
	case Unreached, Revoked: // above
	}
	return b, nil
}

// Connector speaks to a Platform.
type Connector struct {
	Name     string // its kind in filings; "test" when empty
	Platform *Platform
	Without  []chat.Capability // gaps, for tests of platforms that can less
}

var _ chat.Connector = Connector{}

// Kind implements chat.Connector.
func (c Connector) Kind() string {
	if c.Name == "" {
		return "test"
	}
	return c.Name
}

var everything = []chat.Capability{
	chat.CanCreate, chat.CanInvite, chat.CanRemove, chat.CanPermit, chat.CanRename, chat.CanAdmins, chat.CanList, chat.CanPost, chat.CanRecall, chat.CanUpdate,
	chat.CanDirect, chat.CanFreeze, chat.CanReadOnly, chat.CanDelete, chat.CanErase, chat.CanActivity, chat.CanWatch, chat.CanDiscover, chat.CanOutside, chat.EncTransit,
}

// Can implements chat.Connector.
func (c Connector) Can() []chat.Capability {
	var out []chat.Capability
	for _, x := range everything {
		if !c.lacks(x) {
			out = append(out, x)
		}
	}
	return out
}

func (c Connector) lacks(x chat.Capability) bool {
	for _, w := range c.Without {
		if w == x {
			return true
		}
	}
	return false
}

// Limits implements chat.Connector.
func (Connector) Limits() chat.Limits {
	return chat.Limits{Members: 500, NameRunes: 100, TextBytes: 4000, Batch: 50}
}
