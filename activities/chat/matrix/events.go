package matrix

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
)

// watch is where the server's transactions and whoever watches meet.
type watch struct {
	mu   sync.Mutex
	sink func(context.Context, chat.Event) error
	done map[string]bool // transactions handed over
	line []string        // … in their order, so that the oldest are forgotten
	one  sync.Mutex      // one transaction at a time: the server sends them so
}

func newWatch() *watch { return &watch{done: map[string]bool{}} }

// maxTransaction bounds a transaction: at most 100 events of 64 KiB, and what surrounds them.
const maxTransaction = 12 << 20

// remembered is how many transactions are known again. Older ones would come only from a server that fell far behind.
const remembered = 4096

var errWatched = errors.New("somebody watches this platform already")

// Watch implements chat.Connector. The server pushes to Handler; what it pushes while nobody watches it keeps, and sends
// again.
func (c *Connector) Watch(ctx context.Context, f func(context.Context, chat.Event) error) error {
	if err := c.begin(ctx); err != nil {
		return err
	}
	c.watch.mu.Lock()
	if c.watch.sink != nil {
		c.watch.mu.Unlock()
		return &chat.Fault{Code: chat.CodeRefused, Underlying: errWatched}
	}
	c.watch.sink = f
	c.watch.mu.Unlock()
	defer func() {
		c.watch.mu.Lock()
		c.watch.sink = nil
		c.watch.mu.Unlock()
	}()
	// What happened before may have been missed, so everything is to be looked at once.
	now := c.now()
	if err := f(ctx, chat.Event{ID: "reconnect:" + now.Format(time.RFC3339Nano), Kind: chat.EventReconnect, At: now}); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// Handler answers the homeserver: transactions, and its questions about accounts and aliases, all of which it may ask
// only with the hs_token.
func (c *Connector) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /_matrix/app/v1/transactions/{txn}", c.transaction)
	mux.HandleFunc("POST /_matrix/app/v1/ping", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "") })
	none := func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusNotFound, "M_NOT_FOUND") }
	mux.HandleFunc("GET /_matrix/app/v1/users/{user}", none) // accounts are the company's, not made on demand
	mux.HandleFunc("GET /_matrix/app/v1/rooms/{alias}", none)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusNotFound, "M_UNRECOGNIZED") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		have, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(c.c.HS))
		switch {
		case !ok:
			reply(w, http.StatusUnauthorized, "M_MISSING_TOKEN")
		case subtle.ConstantTimeCompare(have[:], want[:]) != 1:
			reply(w, http.StatusForbidden, "M_FORBIDDEN")
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

func reply(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if code == "" {
		_, _ = io.WriteString(w, "{}")
		return
	}
	_, _ = io.WriteString(w, `{"errcode":"`+code+`"}`)
}

// transaction hands a transaction's events over, one by one. Only when all were taken is it answered with success; else
// the server sends the whole again, and the events come twice.
func (c *Connector) transaction(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("txn")
	var body struct {
		Events []event `json:"events"`
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTransaction))
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			reply(w, http.StatusRequestEntityTooLarge, "M_TOO_LARGE")
		} else {
			reply(w, http.StatusBadRequest, "M_NOT_JSON")
		}
		return
	}
	if len(id) > 255 || json.Unmarshal(raw, &body) != nil {
		reply(w, http.StatusBadRequest, "M_BAD_JSON")
		return
	}
	c.watch.one.Lock()
	defer c.watch.one.Unlock()
	c.watch.mu.Lock()
	sink, done := c.watch.sink, c.watch.done[id]
	c.watch.mu.Unlock()
	if done {
		reply(w, http.StatusOK, "")
		return
	}
	if sink == nil {
		reply(w, http.StatusServiceUnavailable, "M_LIMIT_EXCEEDED") // nobody watches: the server keeps it
		return
	}
	for _, e := range body.Events {
		out, ok, err := c.translate(r.Context(), e)
		if err == nil && ok {
			err = sink(r.Context(), out)
		}
		if err != nil {
			reply(w, http.StatusServiceUnavailable, "M_UNKNOWN")
			return
		}
	}
	c.watch.mu.Lock()
	defer c.watch.mu.Unlock()
	c.watch.done[id] = true
	if c.watch.line = append(c.watch.line, id); len(c.watch.line) > remembered {
		delete(c.watch.done, c.watch.line[0])
		c.watch.line = slices.Clone(c.watch.line[1:])
	}
	reply(w, http.StatusOK, "")
}

// translate says a room's event in the port's words. Text leaves it only where it was said to the bot.
func (c *Connector) translate(ctx context.Context, e event) (chat.Event, bool, error) {
	out := chat.Event{ID: e.ID, PlatformID: e.Room, At: time.UnixMilli(e.At).UTC()}
	if e.ID == "" || e.Room == "" {
		return out, false, nil
	}
	var v struct {
		Membership string `json:"membership"`
		Type       string `json:"msgtype"`
		Body       string `json:"body"`
		Mentions   struct {
			Users []string `json:"user_ids"`
		} `json:"m.mentions"`
		Relates struct {
			Type string `json:"rel_type"`
		} `json:"m.relates_to"`
	}
	if json.Unmarshal(e.Content, &v) != nil && len(e.Content) > 0 {
		v.Body = "" // not of the documented form; that it happened is still told
	}
	who := e.Sender
	switch {
	case e.Type == "m.room.member" && e.StateKey != nil:
		who = *e.StateKey
		switch v.Membership {
		case "join":
			out.Kind = chat.EventJoined
		case "leave", "ban":
			out.Kind = chat.EventLeft
		default:
			return out, false, nil
		}
		if who == c.bot {
			c.lose(e.Room)
			if out.Kind == chat.EventJoined {
				return out, false, nil
			}
			out.Kind = chat.EventSettings // we are out of it: somebody should look
		}
	case e.StateKey != nil && slices.Contains([]string{"m.room.name", "m.room.power_levels", "m.room.join_rules", "m.room.history_visibility", "m.room.guest_access"}, e.Type):
		out.Kind = chat.EventSettings
	case e.Type == "m.room.tombstone" && e.StateKey != nil:
		out.Kind = chat.EventDeleted
	case e.Type == "m.room.create" && e.Sender != c.bot:
		out.Kind = chat.EventNewGroup
	case slices.Contains(human, e.Type):
		if e.Sender == c.bot {
			return out, false, nil
		}
		out.Kind = chat.EventMessage
		if e.Type == "m.room.message" && v.Type == "m.text" && v.Relates.Type != "m.replace" {
			to, err := c.toBot(ctx, e.Room, v.Mentions.Users)
			if err != nil {
				return out, false, err
			}
			if to {
				out.Kind, out.Text = chat.EventToBot, v.Body
			}
		}
	default:
		return out, false, nil
	}
	var err error
	out.Actor, err = c.employee(ctx, who)
	return out, true, err
}

// toBot tells whether a message is said to us: in somebody's own room with the bot, or in a group by naming it.
func (c *Connector) toBot(ctx context.Context, room string, named []string) (bool, error) {
	if slices.Contains(named, c.bot) {
		return true, nil
	}
	m, err := c.marked(ctx, room, true)
	return m.Kind == kindDirect, err
}

// lose forgets what a room is to us: our account joined or left it.
func (c *Connector) lose(room string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kinds, room)
	delete(c.keys, room)
}
