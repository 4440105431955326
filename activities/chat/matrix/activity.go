package matrix

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of one look back: what is beyond them is not known, and said so.
const (
	hearPage  = 250 // events
	hearPages = 40
)

// human are the events by which somebody does something in a room.
var human = []string{"m.room.message", "m.room.encrypted", "m.sticker", "m.reaction"}

// ActivitySince implements chat.Hearer: it reads a room backwards and keeps of each event sender and time alone. Where the
// room has more events than one look back reads, From says how far it came.
func (c *Connector) ActivitySince(ctx context.Context, t chat.Target, since time.Time) (chat.Heard, error) {
	filter, _ := json.Marshal(map[string]any{"types": human, "not_senders": []string{c.bot}, "lazy_load_members": true})
	q := url.Values{"dir": {"b"}, "limit": {strconv.Itoa(hearPage)}, "filter": {string(filter)}}
	last, oldest := map[string]time.Time{}, time.Time{}
	whole := false
	for range hearPages {
		var page struct {
			Chunk []event `json:"chunk"`
			End   string  `json:"end"`
		}
		if err := c.get(ctx, path("rooms", t.PlatformID, "messages"), q, &page); err != nil {
			return chat.Heard{}, inRoom(err)
		}
		for _, e := range page.Chunk {
			at := time.UnixMilli(e.At).UTC()
			if whole = at.Before(since); whole {
				break
			}
			if oldest = at; at.After(last[e.Sender]) {
				last[e.Sender] = at
			}
		}
		if page.End == "" || page.End == q.Get("from") {
			whole = true // the room's beginning
		}
		if whole {
			break
		}
		q.Set("from", page.End)
	}
	out := chat.Heard{From: since}
	if !whole {
		out.From = oldest
	}
	newest := map[domain.EmployeeID]time.Time{}
	for account, at := range last {
		who, err := c.c.People.Employee(ctx, account)
		if err != nil {
			return chat.Heard{}, err
		}
		if who != "" && at.After(newest[who]) {
			newest[who] = at
		}
	}
	for who, at := range newest {
		out.Done = append(out.Done, chat.Done{Employee: who, At: at})
	}
	slices.SortFunc(out.Done, func(a, b chat.Done) int { return a.At.Compare(b.At) })
	return out, nil
}
