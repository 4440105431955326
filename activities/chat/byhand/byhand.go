// Package byhand is the connector for platforms without an interface of their own: the group admins create the group
// and confirm it with its name, id and a screenshot (semantics 2: kept by hand).
package byhand

import (
	"context"

	"github.com/qunbei/qunbei/activities/chat"
)

// Kind is the connector's name in filings.
const Kind = "byhand"

// Connector asks people. Its zero value works.
type Connector struct{ chat.Unable }

// Kind implements chat.Connector.
func (Connector) Kind() string { return Kind }

// ByHand implements chat.ByHander: the system itself can do nothing here; every act is a person's, who confirms it.
func (Connector) ByHand() bool { return true }

// Create implements chat.Connector: nothing is made, the admins are asked.
func (Connector) Create(context.Context, chat.CreateRequest) (chat.Created, error) {
	return chat.Created{ByHand: true}, nil
}

// Find implements chat.Connector.
func (Connector) Find(context.Context, string) (chat.Created, bool, error) {
	return chat.Created{ByHand: true}, true, nil
}
