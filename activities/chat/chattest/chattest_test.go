package chattest_test

import (
	"errors"
	"testing"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/activities/chat/conform"
	"github.com/qunbei/qunbei/models/domain"
)

// far gives the platform's refusals the suite's name.
type far struct{ *chattest.Platform }

func no(err error) error {
	if errors.Is(err, chattest.ErrNo) {
		return conform.ErrNo
	}
	return err
}

func (f far) Members(g string) ([]domain.EmployeeID, error) {
	m, err := f.Platform.Members(g)
	return m, no(err)
}

// breaker scripts the next call, whichever it is.
type breaker struct {
	p  *chattest.Platform
	b  chattest.Behaviour
	at map[string]int
	on bool
}

var ops = []string{
	chattest.OpCreate, chattest.OpSetPermissions, chattest.OpRename, chattest.OpInvite, chattest.OpRemove, chattest.OpFreeze, chattest.OpUnfreeze, chattest.OpArchive, chattest.OpRestore,
	chattest.OpDelete, chattest.OpPost, chattest.OpRecall, chattest.OpDirect, chattest.OpLook, chattest.OpDiscover, chattest.OpFind,
}

func (b *breaker) Break(nth int, how conform.How) {
	b.on, b.at = nth == 1, map[string]int{} // each call of the port is one request
	if !b.on {
		return
	}
	b.b = map[conform.How]chattest.Behaviour{
		conform.Lose: chattest.LoseAnswer, conform.Cut: chattest.Unreached, conform.Away: chattest.Unreached, conform.Limit: chattest.Limit, conform.Revoked: chattest.Revoked,
	}[how]
	for _, op := range ops {
		b.at[op] = b.p.CountOf(op)
		b.p.ScriptOf(op, b.b)
	}
}

func (b *breaker) Hit() bool {
	if !b.on {
		return false
	}
	for _, op := range ops {
		if b.p.CountOf(op) > b.at[op] {
			return true
		}
	}
	return false
}

func (b *breaker) Heal() {
	for _, op := range ops {
		b.p.ScriptOf(op)
	}
}

func TestConforms(t *testing.T) { conform.Run(t, subject()) }

// Platforms that can less: each capability taken away alone is refused as a gap, and what is left still conforms.
func TestConformsWithEachGap(t *testing.T) {
	for _, c := range (chattest.Connector{Platform: &chattest.Platform{}}).Can() {
		t.Run(string(c), func(t *testing.T) { conform.Run(t, subject(c)) })
	}
}

func subject(without ...chat.Capability) func(*testing.T) conform.Subject {
	return func(*testing.T) conform.Subject {
		p := &chattest.Platform{}
		p.NoAccount("p7")
		return conform.Subject{
			Connector: chattest.Connector{Platform: p, Without: without}, People: []domain.EmployeeID{"p1", "p2", "p3", "p4", "p5", "p6"}, Nobody: "p7", Run: "r", Far: far{p}, Faults: &breaker{p: p},
		}
	}
}
