// Package matrix is the connector for Matrix, as an application service of a homeserver (Synapse is what it is tested
// against). It speaks the documented client-server API by plain HTTP.
//
// A group is a room without federation, entered by invitation alone, whose history is seen from joining on. Members are
// invited and join at once: the application service acts for them. What was done is written into the room's own state
// (EventRoom, EventDone), so that a call whose answer was lost is known again, by any process and after years.
//
// What Matrix leaves to be desired, and what is done about it:
//   - A member who was removed could still read what was said until then. So after removing somebody the connector
//     forgets the room on their behalf. Synapse then refuses them its messages, state, members and threads, and neither
//     search nor sync shows it (TestLifeSeenByItsPeople asks). What stays: a message from the time of their membership,
//     and those around it, by an event id that only their own old client knows; and what that client keeps on a device.
//     Closing the account of somebody who leaves the company ends the first.
//   - A message that was edited keeps its edits as events of their own. Recall redacts all of them.
//   - Contact data is never shown in a room, and nobody can speak without an account, so those permissions need nothing.
//   - Without an administrator's token a deleted room is emptied and closed, but the server keeps its copy until it
//     purges forgotten rooms (Synapse: forgotten_room_retention_period). The capability erase is then not declared.
package matrix

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/wire"
)

// Kind is the connector's name in filings and policies.
const Kind = "matrix"

// Secret is a token. However it is printed, it shows nothing.
type Secret string

const hidden = "…"

// String implements fmt.Stringer.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString implements fmt.GoStringer.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps it out of JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Config says where the homeserver is and who we are there.
type Config struct {
	Homeserver string // URL of its client API
	Server     string // its name: the part of accounts after the colon
	AS, HS     Secret // tokens of the application service: ours to the server, the server's to us
	Admin      Secret // of a server administrator; empty: nothing is discovered, adopted or erased
	Bot        string // localpart of our account; empty: qunbei
	BotName    string // its display name; empty: 群备
	People     People
	PerSecond  float64 // calls a second; 0: 50
	HTTP       *http.Client
	Circuit    *wire.Circuit // nil: the usual one
	Now        func() time.Time
}

// Check lists every fault of the configuration at once, each with its remedy. It shows no token.
func (c Config) Check() error {
	var faults []error
	bad := func(text string, with ...any) { faults = append(faults, fmt.Errorf(text, with...)) }
	if u, err := url.Parse(c.Homeserver); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		bad("the homeserver's address is not http(s)://host: give the one clients use")
	}
	if c.Server == "" || strings.ContainsAny(c.Server, " /@#!") {
		bad("the homeserver's name is missing or malformed: give its server_name")
	}
	if len(c.AS) < 16 || len(c.HS) < 16 {
		bad("a token of the application service is missing or shorter than 16 characters: use the two of its registration")
	}
	if c.AS != "" && c.AS == c.HS {
		bad("as_token and hs_token are the same: whoever learns one could act as the other; make two")
	}
	if c.People == nil {
		bad("nothing says which account is whose")
	}
	return errors.Join(faults...)
}

// Connector speaks to one homeserver.
type Connector struct {
	c     Config
	wire  *wire.Client
	bot   string // our account
	watch *watch

	mu     sync.Mutex
	direct map[string]string // account → room with the bot
	kinds  map[string]string // room → what it is to us (kind*)
	keys   map[string]string // room → key it was made with
	begun  bool              // our account is there
}

var _ chat.Connector = (*Connector)(nil)

// New makes a connector. Nothing is called yet.
func New(c Config) (*Connector, error) {
	if c.Bot == "" {
		c.Bot = "qunbei"
	}
	if c.BotName == "" {
		c.BotName = "群备"
	}
	if c.PerSecond == 0 {
		c.PerSecond = 50
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Circuit == nil {
		c.Circuit = &wire.Circuit{}
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	return &Connector{
		c: c, bot: "@" + c.Bot + ":" + c.Server, watch: newWatch(),
		wire: &wire.Client{
			Base: strings.TrimSuffix(c.Homeserver, "/"), HTTP: c.HTTP, Rate: wire.NewRate(c.PerSecond, max(int(c.PerSecond), 1)), Circuit: c.Circuit,
		},
		direct: map[string]string{}, kinds: map[string]string{}, keys: map[string]string{},
	}, nil
}

// Kind implements chat.Connector.
func (c *Connector) Kind() string { return Kind }

// Can implements chat.Connector. Encryption in transit is there when the server is asked over TLS, or on this machine.
func (c *Connector) Can() []chat.Capability {
	can := []chat.Capability{
		chat.CanCreate, chat.CanInvite, chat.CanRemove, chat.CanPermit, chat.CanRename, chat.CanAdmins, chat.CanList, chat.CanPost, chat.CanRecall,
		chat.CanUpdate, chat.CanDirect, chat.CanFreeze, chat.CanReadOnly, chat.CanDelete, chat.CanActivity, chat.CanWatch,
		chat.CanOutside, // whoever keeps the server makes the account; without one an invitation says no_account, and a person looks
	}
	if u, err := url.Parse(c.c.Homeserver); err == nil && (u.Scheme == "https" || u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1") {
		can = append(can, chat.EncTransit)
	}
	if c.c.Admin != "" {
		can = append(can, chat.CanDiscover, chat.CanErase)
	}
	return can
}

// The bounds we keep to. A message's event may have 64 KiB as JSON, in which the text of an edit stands twice.
const (
	maxName  = 200
	maxText  = 12 << 10
	maxBatch = 100
)

// Limits implements chat.Connector.
func (c *Connector) Limits() chat.Limits {
	return chat.Limits{NameRunes: maxName, TextBytes: maxText, Batch: maxBatch}
}

// hash shortens a key to what may stand in an alias or a state key.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:24]
}
