package chattest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// do is one call about a group: its script, its gap, and that the same key acts once.
func (c Connector) do(ctx context.Context, op string, needs chat.Capability, key string, t chat.Target, act func(*Platform, *group) (string, error)) (domain.Receipt, error) {
	if c.lacks(needs) {
		return domain.Receipt{}, chat.NotPossible(needs)
	}
	p := c.Platform
	b, err := p.begin(ctx, op)
	if err != nil {
		return domain.Receipt{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r, had := p.receipts[key]
	if !had {
		g := p.groups[t.PlatformID]
		switch {
		case t.PlatformID == "":
			return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnknown}
		case op == OpDelete && (g == nil || g.gone):
			g = &group{id: t.PlatformID} // deleted by hand: that is what is asked for
		case g == nil || g.gone:
			return domain.Receipt{}, &chat.Fault{Code: chat.CodeGone}
		}
		id, err := act(p, g)
		if err != nil {
			return domain.Receipt{}, err
		}
		r = p.receipt(c.Kind(), id, "", key)
		if op == OpRename {
			r.Name = g.name
		}
		p.receipts[key] = r
	}
	if b == LoseAnswer {
		return domain.Receipt{}, errConnection
	}
	return r, nil
}

func (p *Platform) receipt(kind, id, name, key string) domain.Receipt {
	if p.receipts == nil {
		p.receipts = map[string]domain.Receipt{}
	}
	sum := sha256.Sum256([]byte(id + "\n" + name))
	return domain.Receipt{Platform: kind, ID: id, Name: name, Key: key, At: time.Now().UTC().Truncate(time.Microsecond), Digest: "sha256:" + hex.EncodeToString(sum[:])}
}

// missing is the fault that names who has no account.
func (p *Platform) missing(people []domain.EmployeeID) error {
	var without []domain.EmployeeID
	for _, e := range people {
		if p.noAccount[e] {
			without = append(without, e)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return &chat.Fault{Code: chat.CodeNoAccount, People: without}
}

// Create implements chat.Connector.
func (c Connector) Create(ctx context.Context, r chat.CreateRequest) (chat.Created, error) {
	if c.lacks(chat.CanCreate) {
		return chat.Created{}, chat.NotPossible(chat.CanCreate)
	}
	b, err := c.Platform.begin(ctx, OpCreate)
	if err != nil {
		return chat.Created{}, err
	}
	if len([]rune(r.Name)) > c.Limits().NameRunes {
		return chat.Created{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	receipt, err := c.Platform.make(r, c.Kind(), b == Rename)
	if err != nil {
		return chat.Created{}, err
	}
	if b == LoseAnswer {
		return chat.Created{}, errConnection
	}
	return chat.Created{Receipt: receipt}, nil
}

// make makes the group, once per key.
func (p *Platform) make(r chat.CreateRequest, kind string, rename bool) (domain.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.receipts[r.Key]; ok && !p.groups[old.ID].gone {
		return old, nil
	}
	people := slices.Concat(r.Admins, r.Members)
	if err := p.missing(people); err != nil {
		return domain.Receipt{}, err
	}
	name := r.Name
	if rename {
		name += " (2)"
	}
	g := p.add(name, people)
	g.key, g.tier, g.perms = r.Key, r.Tier, r.Permissions
	for _, e := range r.Admins {
		g.admins[e] = true
	}
	receipt := p.receipt(kind, g.id, name, r.Key)
	p.receipts[r.Key], p.byKey[r.Key] = receipt, g.id
	return receipt, nil
}

func (p *Platform) add(name string, people []domain.EmployeeID) *group {
	if p.groups == nil {
		p.groups, p.byKey = map[string]*group{}, map[string]string{}
	}
	p.Made++
	g := &group{id: fmt.Sprintf("room-%d", p.Made), name: name, admins: map[domain.EmployeeID]bool{}, members: map[domain.EmployeeID]bool{}}
	for _, e := range people {
		g.members[e] = true
	}
	p.groups[g.id] = g
	return g
}

// Find implements chat.Connector. It uses up no script of Create.
func (c Connector) Find(ctx context.Context, key string) (chat.Created, bool, error) {
	b, err := c.Platform.begin(ctx, OpFind)
	if err == nil && b == LoseAnswer {
		err = errConnection
	}
	if err != nil {
		return chat.Created{}, false, err
	}
	c.Platform.mu.Lock()
	defer c.Platform.mu.Unlock()
	id, ok := c.Platform.byKey[key]
	if !ok || c.Platform.groups[id].gone {
		return chat.Created{}, false, nil
	}
	return chat.Created{Receipt: c.Platform.receipts[key]}, true, nil
}

// SetPermissions implements chat.Connector.
func (c Connector) SetPermissions(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.do(ctx, OpSetPermissions, chat.CanPermit, key, t, func(p *Platform, g *group) (string, error) { return g.permit(t, s) })
}

func (g *group) permit(t chat.Target, s chat.Settings) (string, error) {
	g.tier, g.perms, g.admins = t.Tier, s.Permissions, map[domain.EmployeeID]bool{}
	for _, e := range s.Admins {
		g.admins[e] = true
	}
	return g.id, nil
}

// Rename implements chat.Connector.
func (c Connector) Rename(ctx context.Context, key string, t chat.Target, name string) (domain.Receipt, error) {
	if len([]rune(name)) > c.Limits().NameRunes && !c.lacks(chat.CanRename) {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	return c.do(ctx, OpRename, chat.CanRename, key, t, func(_ *Platform, g *group) (string, error) {
		g.name = name
		return g.id, nil
	})
}

func (c Connector) few(people []domain.EmployeeID, needs chat.Capability) error {
	if len(people) > c.Limits().Batch && !c.lacks(needs) {
		return &chat.Fault{Code: chat.CodeTooMany}
	}
	return nil
}

// Invite implements chat.Connector.
func (c Connector) Invite(ctx context.Context, key string, t chat.Target, people []domain.EmployeeID) (domain.Receipt, error) {
	if err := c.few(people, chat.CanInvite); err != nil {
		return domain.Receipt{}, err
	}
	return c.do(ctx, OpInvite, chat.CanInvite, key, t, func(p *Platform, g *group) (string, error) {
		for _, e := range people {
			if !p.noAccount[e] {
				g.members[e] = true
				p.tell(chat.EventJoined, g, e, "")
			}
		}
		return g.id, p.missing(people)
	})
}

// Remove implements chat.Connector.
func (c Connector) Remove(ctx context.Context, key string, t chat.Target, people []domain.EmployeeID) (domain.Receipt, error) {
	if err := c.few(people, chat.CanRemove); err != nil {
		return domain.Receipt{}, err
	}
	return c.do(ctx, OpRemove, chat.CanRemove, key, t, func(p *Platform, g *group) (string, error) {
		for _, e := range people {
			if g.members[e] {
				p.tell(chat.EventLeft, g, e, "")
			}
			delete(g.members, e)
			delete(g.admins, e)
		}
		return g.id, nil
	})
}

// RemoveAccounts takes accounts out that are nobody of ours.
func (c Connector) RemoveAccounts(ctx context.Context, key string, t chat.Target, accounts []string) (domain.Receipt, error) {
	return c.do(ctx, OpRemove, chat.CanRemove, key, t, func(p *Platform, g *group) (string, error) {
		for _, a := range accounts {
			e := domain.EmployeeID(strings.TrimPrefix(a, "account-"))
			if g.members[e] {
				p.tell(chat.EventLeft, g, e, "")
			}
			delete(g.members, e)
		}
		return g.id, nil
	})
}

func (c Connector) mode(ctx context.Context, op string, needs chat.Capability, key string, t chat.Target, mode string) (domain.Receipt, error) {
	return c.do(ctx, op, needs, key, t, func(_ *Platform, g *group) (string, error) {
		g.mode = mode
		return g.id, nil
	})
}

func (c Connector) open(ctx context.Context, op string, needs chat.Capability, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.do(ctx, op, needs, key, t, func(_ *Platform, g *group) (string, error) {
		g.mode = ""
		return g.permit(t, s)
	})
}

// Freeze implements chat.Connector.
func (c Connector) Freeze(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	return c.mode(ctx, OpFreeze, chat.CanFreeze, key, t, "frozen")
}

// Unfreeze implements chat.Connector.
func (c Connector) Unfreeze(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.open(ctx, OpUnfreeze, chat.CanFreeze, key, t, s)
}

// Archive implements chat.Connector.
func (c Connector) Archive(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	return c.mode(ctx, OpArchive, chat.CanReadOnly, key, t, "archived")
}

// Restore implements chat.Connector.
func (c Connector) Restore(ctx context.Context, key string, t chat.Target, s chat.Settings) (domain.Receipt, error) {
	return c.open(ctx, OpRestore, chat.CanReadOnly, key, t, s)
}

// Delete implements chat.Connector.
func (c Connector) Delete(ctx context.Context, key string, t chat.Target) (domain.Receipt, error) {
	return c.do(ctx, OpDelete, chat.CanDelete, key, t, func(p *Platform, g *group) (string, error) {
		g.gone = true
		p.tell(chat.EventDeleted, g, "", "")
		return g.id, nil
	})
}

// write is a message as a person reads it.
func write(m chat.Message) string {
	return strings.Join(slices.DeleteFunc([]string{m.Title, m.Text, m.Link}, func(s string) bool { return s == "" }), "\n")
}

func (c Connector) long(m chat.Message, needs chat.Capability) error {
	switch {
	case m.Replace != "" && c.lacks(chat.CanUpdate):
		return chat.NotPossible(chat.CanUpdate)
	case len(m.Title)+len(m.Text)+len(m.Link) > c.Limits().TextBytes && !c.lacks(needs):
		return &chat.Fault{Code: chat.CodeTooMany}
	}
	return nil
}

// put adds a message to a list, or changes the one that it replaces.
func (p *Platform) put(list []*message, m chat.Message) ([]*message, string, error) {
	if m.Replace != "" {
		for _, old := range list {
			if old.id == m.Replace && !old.recalled {
				old.text = write(m)
				return list, old.id, nil
			}
		}
		return list, "", &chat.Fault{Code: chat.CodeGone}
	}
	p.messages++
	id := fmt.Sprintf("m-%d", p.messages)
	return append(list, &message{id: id, text: write(m)}), id, nil
}

// Post implements chat.Connector.
func (c Connector) Post(ctx context.Context, key string, t chat.Target, m chat.Message) (domain.Receipt, error) {
	if err := c.long(m, chat.CanPost); err != nil {
		return domain.Receipt{}, err
	}
	return c.do(ctx, OpPost, chat.CanPost, key, t, func(p *Platform, g *group) (id string, err error) {
		g.said, id, err = p.put(g.said, m)
		return id, err
	})
}

// Recall implements chat.Connector.
func (c Connector) Recall(ctx context.Context, key string, t chat.Target, id string) (domain.Receipt, error) {
	return c.do(ctx, OpRecall, chat.CanRecall, key, t, func(_ *Platform, g *group) (string, error) {
		for _, m := range g.said {
			if m.id == id {
				m.recalled, m.text = true, ""
				return id, nil
			}
		}
		return "", &chat.Fault{Code: chat.CodeGone}
	})
}

// Direct implements chat.Connector.
func (c Connector) Direct(ctx context.Context, key string, to domain.EmployeeID, m chat.Message) (domain.Receipt, error) {
	if c.lacks(chat.CanDirect) {
		return domain.Receipt{}, chat.NotPossible(chat.CanDirect)
	}
	if err := c.long(m, chat.CanDirect); err != nil {
		return domain.Receipt{}, err
	}
	p := c.Platform
	b, err := p.begin(ctx, OpDirect)
	if err != nil {
		return domain.Receipt{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	r, had := p.receipts[key]
	if !had {
		if err := p.missing([]domain.EmployeeID{to}); err != nil {
			return domain.Receipt{}, err
		}
		list, id, err := p.put(p.inbox[to], m)
		if err != nil {
			return domain.Receipt{}, err
		}
		if p.inbox == nil {
			p.inbox = map[domain.EmployeeID][]*message{}
		}
		p.inbox[to] = list
		r = p.receipt(c.Kind(), id, "", key)
		p.receipts[key] = r
	}
	if b == LoseAnswer {
		return domain.Receipt{}, errConnection
	}
	return r, nil
}
