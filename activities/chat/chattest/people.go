package chattest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// What people do on the platform past the service, and what it shows of itself.

// ErrNo is the platform's refusal to a person.
var ErrNo = errors.New("the platform refused")

// live is a group that stands.
func (p *Platform) live(id string) (*group, error) {
	g := p.groups[id]
	if g == nil || g.gone {
		return nil, ErrNo
	}
	return g, nil
}

// Members lists who is in a group.
func (p *Platform) Members(id string) ([]domain.EmployeeID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil {
		return nil, err
	}
	return sorted(g.members), nil
}

func sorted(m map[domain.EmployeeID]bool) []domain.EmployeeID {
	var out []domain.EmployeeID
	for e := range m {
		out = append(out, e)
	}
	slices.Sort(out)
	return out
}

// Texts are what somebody reads in a group.
func (p *Platform) Texts(as domain.EmployeeID, id string) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil || !g.members[as] {
		return nil, ErrNo
	}
	return texts(g.said), nil
}

func texts(all []*message) []string {
	var out []string
	for _, m := range all {
		if !m.recalled {
			out = append(out, m.text)
		}
	}
	return out
}

// Say posts as somebody, now.
func (p *Platform) Say(as domain.EmployeeID, id, text string) error {
	return p.SayAt(as, id, text, time.Now().UTC())
}

// SayAt posts as somebody at a moment, for tests of activity.
func (p *Platform) SayAt(as domain.EmployeeID, id, text string, at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil || !g.members[as] || g.mode != "" || g.perms.Posting != domain.PostMembers && !g.admins[as] {
		return ErrNo
	}
	p.messages++
	g.said = append(g.said, &message{id: "m-" + strconv.Itoa(p.messages), text: text, by: as, at: at})
	if at.After(g.last) {
		g.last = at
	}
	p.tell(chat.EventMessage, g, as, "")
	return nil
}

// Add brings somebody in by hand, where the platform lets as do it.
func (p *Platform) Add(as domain.EmployeeID, id string, who domain.EmployeeID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil || !g.members[as] || g.mode != "" || g.tier.Confidential() {
		return ErrNo
	}
	if free := g.perms.InviteOutsiders && !g.perms.JoinByReview; !free && !g.admins[as] {
		return ErrNo
	}
	g.members[who] = true
	p.tell(chat.EventJoined, g, who, "")
	return nil
}

// Leave leaves.
func (p *Platform) Leave(as domain.EmployeeID, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil || !g.members[as] {
		return ErrNo
	}
	delete(g.members, as)
	delete(g.admins, as)
	p.tell(chat.EventLeft, g, as, "")
	return nil
}

// ByHand changes a group as the platform's administrator could, past every rule of the group.
func (p *Platform) ByHand(id string, name string, perms *domain.Permissions, in, out []domain.EmployeeID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(id)
	if err != nil {
		return err
	}
	if name != "" {
		g.name = name
	}
	if perms != nil {
		g.perms = *perms
	}
	for _, e := range in {
		g.members[e] = true
		p.tell(chat.EventJoined, g, e, "")
	}
	for _, e := range out {
		delete(g.members, e)
		p.tell(chat.EventLeft, g, e, "")
	}
	p.tell(chat.EventSettings, g, "", "")
	return nil
}

// Vanish deletes a group by hand.
func (p *Platform) Vanish(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if g := p.groups[id]; g != nil && !g.gone {
		g.gone = true
		p.tell(chat.EventDeleted, g, "", "")
	}
}

// Revive brings back a deleted group with some people in it, as from a copy of the platform.
func (p *Platform) Revive(id string, people ...domain.EmployeeID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.groups[id]
	g.gone = false
	for _, e := range people {
		g.members[e] = true
	}
}

// Groups lists the ids of those somebody is in.
func (p *Platform) Groups(as domain.EmployeeID) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for id, g := range p.groups {
		if !g.gone && g.members[as] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// Inbox is what the bot told somebody directly.
func (p *Platform) Inbox(as domain.EmployeeID) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return texts(p.inbox[as]), nil
}

// Ask says something to the bot.
func (p *Platform) Ask(as domain.EmployeeID, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell(chat.EventToBot, &group{id: "direct-" + string(as)}, as, text)
	return nil
}

// Start makes a group past the service.
func (p *Platform) Start(as domain.EmployeeID, name string, with domain.EmployeeID) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.add(name, []domain.EmployeeID{as, with})
	g.owner, g.perms = as, domain.Permissions{Posting: domain.PostMembers, InviteOutsiders: true}
	g.admins[as] = true
	p.tell(chat.EventNewGroup, g, as, "")
	return g.id, nil
}

// Look implements chat.Connector.
func (c Connector) Look(ctx context.Context, t chat.Target) (chat.Snapshot, error) {
	if c.lacks(chat.CanList) {
		return chat.Snapshot{}, chat.NotPossible(chat.CanList)
	}
	p := c.Platform
	if b, err := p.begin(ctx, OpLook); err != nil {
		return chat.Snapshot{}, err
	} else if b == LoseAnswer {
		return chat.Snapshot{}, errConnection
	}
	if t.PlatformID == "" {
		return chat.Snapshot{}, &chat.Fault{Code: chat.CodeUnknown}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	g, err := p.live(t.PlatformID)
	if err != nil {
		return chat.Snapshot{}, nil
	}
	s := chat.Snapshot{
		Exists: true, Name: g.name, Permissions: g.perms, Known: []string{"invite_outsiders", "anonymous_speech", "see_contacts", "posting", "join_by_review"},
		Frozen: g.mode == "frozen", ReadOnly: g.mode == "archived", Members: []chat.Member{{Account: "bot", System: true}},
	}
	if !c.lacks(chat.CanActivity) {
		s.Last = g.last
	}
	for _, e := range sorted(g.members) {
		m := chat.Member{Account: "account-" + string(e), Employee: e, Admin: g.admins[e]}
		if strings.HasPrefix(string(e), "outsider-") {
			m.Employee = ""
		}
		s.Members = append(s.Members, m)
	}
	return s, nil
}

// Discover implements chat.Connector, two groups a page.
func (c Connector) Discover(ctx context.Context, cursor string) ([]chat.Found, string, error) {
	if c.lacks(chat.CanDiscover) {
		return nil, "", chat.NotPossible(chat.CanDiscover)
	}
	p := c.Platform
	if b, err := p.begin(ctx, OpDiscover); err != nil {
		return nil, "", err
	} else if b == LoseAnswer {
		return nil, "", errConnection
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	from, _ := strconv.Atoi(cursor)
	var ids []string
	for id, g := range p.groups {
		if !g.gone {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	from = min(from, len(ids))
	to := min(from+2, len(ids))
	var out []chat.Found
	for _, id := range ids[from:to] {
		g := p.groups[id]
		out = append(out, chat.Found{PlatformID: id, Name: g.name, Members: len(g.members), Key: g.key, Owner: g.owner})
	}
	if to == len(ids) {
		return out, "", nil
	}
	return out, strconv.Itoa(to), nil
}

// tell adds an event for whoever watches. Nobody watching: nobody is told.
func (p *Platform) tell(k chat.EventKind, g *group, who domain.EmployeeID, text string) {
	if !p.watching {
		return
	}
	p.messages++
	p.events = append(p.events, chat.Event{ID: "e-" + strconv.Itoa(p.messages), Kind: k, PlatformID: g.id, Actor: who, Text: text, At: time.Now().UTC()})
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Watch implements chat.Connector.
func (c Connector) Watch(ctx context.Context, f func(context.Context, chat.Event) error) error {
	if c.lacks(chat.CanWatch) {
		return chat.NotPossible(chat.CanWatch)
	}
	p := c.Platform
	p.mu.Lock()
	p.watching, p.events, p.wake = true, nil, make(chan struct{}, 1)
	wake := p.wake
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.watching = false
	}()
	if err := f(ctx, chat.Event{ID: "reconnect", Kind: chat.EventReconnect, At: time.Now().UTC()}); err != nil {
		return err
	}
	for {
		p.mu.Lock()
		var next *chat.Event
		if len(p.events) > 0 {
			next = &p.events[0]
		}
		p.mu.Unlock()
		if next == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-wake:
			}
			continue
		}
		if err := f(ctx, *next); err != nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
			continue // it comes again
		}
		p.mu.Lock()
		p.events = p.events[1:]
		p.mu.Unlock()
	}
}
