package matrix

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Post implements chat.Connector. The transaction id of a send follows from the key; a server remembers those for a
// while only, so the room is asked first whether a message of ours carries the key.
func (c *Connector) Post(ctx context.Context, key string, t chat.Target, m chat.Message) (domain.Receipt, error) {
	if t.PlatformID == "" {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnknown}
	}
	return c.say(ctx, key, t.PlatformID, m)
}

// lookBack is how many of our own messages in a room are searched for a key, newest first.
const lookBack = 200

func (c *Connector) say(ctx context.Context, key, room string, m chat.Message) (domain.Receipt, error) {
	if len(m.Title)+len(m.Text)+len(m.Link) > maxText {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeTooMany}
	}
	had, err := c.said(ctx, room, key)
	if err != nil {
		return domain.Receipt{}, err
	}
	if had == nil {
		at := c.now()
		var sent struct {
			ID string `json:"event_id"`
		}
		if err := c.call(ctx, http.MethodPut, path("rooms", room, "send", "m.room.message", "qb"+hash(key)), content(key, m), &sent); err != nil {
			return domain.Receipt{}, inRoom(err)
		}
		had = &event{ID: sent.ID, At: at.UnixMilli()}
		// The server's time, so that the receipt is the same whenever it is asked for.
		var stored event
		if err := c.get(ctx, path("rooms", room, "event", sent.ID), nil, &stored); err == nil && stored.At > 0 {
			had.At = stored.At
		}
	}
	out := receipt(had.ID, "", key, room, time.UnixMilli(had.At).UTC())
	if m.Replace != "" {
		out.ID = m.Replace // the message is still the one that was sent first
	}
	return out, nil
}

// inRoom says a refusal about a room: we are not in it, or it is no more.
func inRoom(err error) error {
	if is(err, 403, "M_FORBIDDEN") || is(err, 404, "") {
		return &chat.Fault{Code: chat.CodeGone, Underlying: err}
	}
	return fault(err)
}

// said looks for a message of ours that carries the key.
func (c *Connector) said(ctx context.Context, room, key string) (*event, error) {
	filter, _ := json.Marshal(map[string]any{"types": []string{"m.room.message"}, "senders": []string{c.bot}, "lazy_load_members": true})
	want, from := hash(key), ""
	for seen := 0; seen < lookBack; {
		q := url.Values{"dir": {"b"}, "limit": {"50"}, "filter": {string(filter)}}
		if from != "" {
			q.Set("from", from)
		}
		var page struct {
			Chunk []event `json:"chunk"`
			End   string  `json:"end"`
		}
		if err := c.get(ctx, path("rooms", room, "messages"), q, &page); err != nil {
			return nil, inRoom(err)
		}
		for i, e := range page.Chunk {
			var v map[string]json.RawMessage
			var k string
			if json.Unmarshal(e.Content, &v) == nil && json.Unmarshal(v[fieldKey], &k) == nil && k == want {
				return &page.Chunk[i], nil
			}
		}
		if seen += len(page.Chunk); page.End == "" || page.End == from || len(page.Chunk) == 0 {
			break
		}
		from = page.End
	}
	return nil, nil
}

// content is a message as Matrix has it: plain and as HTML.
func content(key string, m chat.Message) map[string]any {
	var plain, rich []string
	if m.Title != "" {
		plain, rich = append(plain, m.Title), append(rich, "<strong>"+html.EscapeString(m.Title)+"</strong>")
	}
	if m.Text != "" {
		plain, rich = append(plain, m.Text), append(rich, strings.ReplaceAll(html.EscapeString(m.Text), "\n", "<br>"))
	}
	if u, err := url.Parse(m.Link); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		link := html.EscapeString(m.Link)
		plain, rich = append(plain, m.Link), append(rich, `<a href="`+link+`">`+link+`</a>`)
	}
	body := map[string]any{"msgtype": "m.text", "body": strings.Join(plain, "\n")}
	// The form is given up before the text is.
	if formatted := strings.Join(rich, "<br>"); 2*size(body["body"])+size(formatted) < 60_000 {
		body["format"], body["formatted_body"] = "org.matrix.custom.html", formatted
	}
	if m.Replace == "" {
		body[fieldKey] = hash(key)
		return body
	}
	return map[string]any{
		"msgtype": "m.text", "body": "* " + strings.Join(plain, "\n"), fieldKey: hash(key),
		"m.new_content": body, "m.relates_to": map[string]any{"rel_type": "m.replace", "event_id": m.Replace},
	}
}

// size is how long a text is in JSON, as servers count it.
func size(v any) int {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return b.Len()
}

// Recall implements chat.Connector: the message and every edit of it are redacted, so that the server shows their text to
// nobody. Redacting again what is redacted changes nothing.
func (c *Connector) Recall(ctx context.Context, key string, t chat.Target, message string) (domain.Receipt, error) {
	if t.PlatformID == "" || message == "" {
		return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnknown}
	}
	var first event
	if err := c.get(ctx, path("rooms", t.PlatformID, "event", message), nil, &first); err != nil {
		return domain.Receipt{}, inRoom(err)
	}
	var edits struct {
		Chunk []event `json:"chunk"`
	}
	relations := "/_matrix/client/v1/rooms/" + url.PathEscape(t.PlatformID) + "/relations/" + url.PathEscape(message) + "/m.replace"
	if err := c.get(ctx, relations, url.Values{"limit": {"100"}}, &edits); err != nil && !is(err, 404, "") {
		return domain.Receipt{}, inRoom(err)
	}
	at := c.now()
	for i, e := range append(edits.Chunk, first) { // the message last: while it stands, its edits are found
		if len(e.Unsigned.Redacted) > 0 {
			at = redactedAt(e, at)
			continue
		}
		p := path("rooms", t.PlatformID, "redact", e.ID, "qb"+hash(key, e.ID))
		if err := c.call(ctx, http.MethodPut, p, map[string]any{"reason": "recalled"}, nil); err != nil {
			return domain.Receipt{}, inRoom(err)
		}
		if i == len(edits.Chunk) {
			var now event
			if err := c.get(ctx, path("rooms", t.PlatformID, "event", message), nil, &now); err != nil {
				return domain.Receipt{}, inRoom(err)
			}
			if len(now.Unsigned.Redacted) == 0 {
				return domain.Receipt{}, &chat.Fault{Code: chat.CodeUnavailable, Retry: true, After: time.Second}
			}
			at = redactedAt(now, at)
		}
	}
	return receipt(message, "", key, "recalled", at), nil
}

// redactedAt is the server's time of a redaction.
func redactedAt(e event, otherwise time.Time) time.Time {
	var because event
	if json.Unmarshal(e.Unsigned.Redacted, &because) == nil && because.At > 0 {
		return time.UnixMilli(because.At).UTC()
	}
	return otherwise
}

// Direct implements chat.Connector: everybody has one room with the bot.
func (c *Connector) Direct(ctx context.Context, key string, to domain.EmployeeID, m chat.Message) (domain.Receipt, error) {
	accounts, err := c.accounts(ctx, []domain.EmployeeID{to}, nil)
	if err != nil {
		return domain.Receipt{}, err
	}
	room, err := c.directRoom(ctx, to, accounts[to])
	if err != nil {
		return domain.Receipt{}, err
	}
	return c.say(ctx, key, room, m)
}

// directRoom finds or makes somebody's room with the bot, with them in it.
func (c *Connector) directRoom(ctx context.Context, person domain.EmployeeID, account string) (string, error) {
	local := "qb-dm-" + hash(account)
	c.mu.Lock()
	id := c.direct[account]
	c.mu.Unlock()
	if id == "" {
		if err := c.begin(ctx); err != nil {
			return "", err
		}
		var err error
		if id, err = c.resolve(ctx, local); err != nil {
			return "", err
		}
	}
	fresh := false
	if id == "" {
		hundred := levelBot
		p := power{Users: map[string]int{c.bot: levelBot}, StateDefault: &hundred, Kick: &hundred, Ban: &hundred, Redact: &hundred, Events: map[string]int{}, Invite: levelBot}
		var err error
		if id, err = c.make(ctx, local, c.c.BotName, p, mark{Kind: kindDirect, Person: person, At: c.now()}, true); err != nil {
			return "", err
		}
		fresh = true
	}
	var there struct {
		Membership string `json:"membership"`
	}
	err := c.get(ctx, path("rooms", id, "state", "m.room.member", account), nil, &there)
	if err != nil && !is(err, 404, "") {
		return "", inRoom(err)
	}
	if there.Membership != "join" {
		r := &room{id: id, members: map[string]string{account: there.Membership}}
		if err := c.bring(ctx, r, account); err != nil {
			return "", err
		}
	}
	if fresh {
		c.markDirect(ctx, account, id)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.direct[account], c.kinds[id] = id, kindDirect
	return id, nil
}

// markDirect tells the person's clients that the room is a conversation with one other. Without it the room is shown
// among the groups, so a fault is no matter.
func (c *Connector) markDirect(ctx context.Context, account, id string) {
	p := path("user", account, "account_data", "m.direct")
	have := map[string][]string{}
	if err := c.as(ctx, account, http.MethodGet, p, nil, &have); err != nil && !is(err, 404, "") {
		return
	}
	have[c.bot] = append(have[c.bot], id)
	_ = c.as(ctx, account, http.MethodPut, p, have, nil)
}
