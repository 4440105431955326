package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Kinds of outbox entries and the payloads they carry.
const (
	OutboxStartCase       = "start_case"       // StartCase
	OutboxStartGroup      = "start_group"      // StartGroup
	OutboxSignalDirectory = "signal_directory" // SignalDirectory
	OutboxSweepCalendar   = "sweep_calendar"   // SweepCalendar
	OutboxSignalCalendar  = "signal_calendar"  // SignalCalendar
	OutboxSignalGroup     = "signal_group"     // SignalGroup
	OutboxExportHistory   = "export_history"   // ExportHistory
	OutboxRevokeCase      = "revoke_case"      // RevokeCase
	OutboxApplyChange     = "apply_change"     // ApplyChange
	OutboxMail            = "mail"             // Mail
	OutboxDelegation      = "delegation"       // DelegationBegins
	OutboxGroupNews       = "group_news"       // GroupNews
	OutboxChat            = "chat"             // Mail: the card beside it
	OutboxChatCards       = "chat_cards"       // ChatCards
	OutboxAskNDA          = "nda_ask"          // AskNDA
	OutboxEndNDA          = "nda_end"          // EndNDA
	OutboxClearance       = "clearance"        // Clearance

	OutboxTemplateMaterial  = "nda_material"  // TemplateSweep
	OutboxTemplateWithdrawn = "nda_withdrawn" // TemplateSweep

	OutboxStartPost = "start_post" // StartPost

	OutboxNDACode = "nda_code" // NDACodeMail
	OutboxNDANews = "nda_news" // GroupNews: of agreements

	OutboxOutsiderLink = "outsider_link" // OutsiderLinkMail
)

// StartPost asks for the start of post-{id}: its publication was approved.
type StartPost struct {
	Post string `json:"post"`
}

// StartGroup asks for the start of group-{id}.
type StartGroup struct {
	GroupID string `json:"group_id"`
	CaseID  string `json:"case_id"`
}

// SignalDirectory asks to tell a case that the directory moved on.
type SignalDirectory struct {
	CaseID   string `json:"case_id"`
	Revision int64  `json:"revision"`
}

// SignalGroup asks to tell a group that directory or calendar moved on, that (continued) the rules for its life are there, or
// (clearance) that people's agreements or trainings changed, or (inactive) that the rule of inactive members says something of
// people.
type SignalGroup struct {
	GroupID string              `json:"group_id"`
	Act     string              `json:"act"` // directory, calendar, continued, clearance, inactive
	Ref     string              `json:"ref"` // the directory's revision, the calendar's version, the entry that said so
	People  []domain.EmployeeID `json:"people,omitempty"`
	Rule    string              `json:"rule,omitempty"` // inactive: due, kept or over
}

// ExportHistory asks to export a workflow's closed runs. Earlier: the newest is open, those before it are meant.
type ExportHistory struct {
	Workflow string `json:"workflow"`
	Earlier  bool   `json:"earlier,omitempty"`
}

// RevokeCase asks to undo what an approved case led to: its revocation was approved.
type RevokeCase struct {
	CaseID string `json:"case_id"`
	By     string `json:"by"` // the case that revokes it
}

// DelegationBegins asks to tell the deputy what waits already, when the delegation begins; Over asks to close what still asks
// them in the chat, when it has ended.
type DelegationBegins struct {
	Delegation string `json:"delegation"`
	Over       bool   `json:"over,omitempty"`
}

// ApplyChange asks to tell a group that its change was approved.
type ApplyChange struct {
	CaseID  string `json:"case_id"`
	GroupID string `json:"group_id"`
}

// ChatCards asks to make a case's cards show what became of it.
type ChatCards struct {
	CaseID string `json:"case_id"`
}

// AskNDA asks people of a group for its agreement (R4.2.1).
type AskNDA struct {
	Group  string              `json:"group"`
	People []domain.EmployeeID `json:"people"`
}

// EndNDA says that people are out of a group, and why: open requests are void, sealed agreements end, their duties survive.
// Nobody named means everybody: the group is no more.
type EndNDA struct {
	Group  string              `json:"group"`
	People []domain.EmployeeID `json:"people"`
	Rule   string              `json:"rule"`
}

// Clearance says that people's agreements or trainings changed: the groups where they have a place look at it again. Group
// narrows it to one.
type Clearance struct {
	People []domain.EmployeeID `json:"people"`
	Group  string              `json:"group,omitempty"`
}

// NDACodeMail asks to mail a signer their one-time code.
type NDACodeMail struct {
	Code string `json:"code"`
}

// OutsiderLinkMail asks to mail a link to whoever from outside has an address; Mail is its keyed hash.
type OutsiderLinkMail struct {
	Link string `json:"link"`
	Mail string `json:"mail"`
}

// Mail asks to mail a notification, or to send it as a card.
type Mail struct {
	Notification string `json:"notification"`
}

// Entry is one outbox entry that a relay holds until its lease ends.
type Entry struct {
	ID       int64
	Kind     string
	Key      string
	Payload  json.RawMessage
	Attempts int // this one included
	Created  time.Time
}

// Into reads the payload.
func (e Entry) Into(v any) error { return json.Unmarshal(e.Payload, v) }

const claimSQL = `
UPDATE outbox o SET due_at = now() + $3::interval, attempts = attempts + 1
FROM (SELECT d.id FROM unnest($1::text[]) k CROSS JOIN LATERAL (
        SELECT id, due_at FROM outbox WHERE kind = k AND done_at IS NULL AND due_at <= now()
        ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) d
      ORDER BY d.due_at, d.id LIMIT $2) due
WHERE o.id = due.id
RETURNING o.id, o.kind, o.key, o.payload, o.attempts, o.created_at`

// OutboxKinds lists all kinds of entry, for whoever must have a hand for each.
func OutboxKinds() []string { return slices.Clone(outboxKinds) }

// outboxKinds are all kinds of entry.
var outboxKinds = []string{OutboxStartCase, OutboxStartGroup, OutboxSignalDirectory, OutboxSweepDirectory, OutboxSweepCalendar, OutboxSignalCalendar, OutboxSignalGroup, OutboxRevokeCase, OutboxApplyChange, OutboxExportHistory, OutboxMail, OutboxGroupNews, OutboxDelegation, OutboxChat, OutboxChatCards,
	OutboxAskNDA, OutboxEndNDA, OutboxClearance,
	OutboxTemplateMaterial, OutboxTemplateWithdrawn,
	OutboxNDACode, OutboxNDANews, OutboxOutsiderLink,
	OutboxStartNDA, OutboxSignalNDA, OutboxSweepNDA, OutboxStartPost}

// GroupNews asks for one mail with what the groups of a person gave rise to in a day.
type GroupNews struct {
	Person        string   `json:"person"`
	Notifications []string `json:"notifications"`
}

const gatherSQL = `
INSERT INTO outbox AS o (kind, key, payload, due_at, created_at)
VALUES ('group_news', 'group_news:' || $1::text || ':' || to_char($3::timestamptz AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI'),
  jsonb_build_object('person', $1::text, 'notifications', jsonb_build_array($2::text)), $3, now())
ON CONFLICT (key) DO UPDATE SET payload = jsonb_set(o.payload, '{notifications}', (o.payload->'notifications') || jsonb_build_array($2::text))
WHERE o.done_at IS NULL AND o.attempts = 0 AND o.due_at > now() AND NOT o.payload->'notifications' ? $2::text
RETURNING o.id`

// GatherNews puts a notification into the mail that its person gets at a moment, with others. False: that mail is closed or
// holds it already.
func (s *Store) GatherNews(ctx context.Context, person domain.EmployeeID, notification string, due time.Time) (bool, error) {
	var id int64
	err := s.pool.QueryRow(ctx, gatherSQL, string(person), notification, due).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, clean("gathering news for a mail", err)
}

// Claim takes up to n due entries of the kinds, oldest first, for the time of the lease. Nobody else gets them until
// then; an entry whose holder died comes back by itself. No kinds: all.
func (s *Store) Claim(ctx context.Context, kinds []string, n int, lease time.Duration) ([]Entry, error) {
	if len(kinds) == 0 {
		kinds = outboxKinds
	}
	rows, err := s.pool.Query(ctx, claimSQL, kinds, n, lease)
	if err != nil {
		return nil, clean("claiming outbox entries", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Entry])
	return out, clean("claiming outbox entries", err)
}

// Done settles entries. It is idempotent.
func (s *Store) Done(ctx context.Context, ids ...int64) error {
	_, err := s.pool.Exec(ctx, `UPDATE outbox SET done_at = now(), last_error = '' WHERE id = ANY ($1) AND done_at IS NULL`, ids)
	return clean("settling outbox entries", err)
}

// Fail gives an entry back, to be tried again after the backoff. code is a stable word, never content.
func (s *Store) Fail(ctx context.Context, id int64, code string, backoff time.Duration) error {
	_, err := s.pool.Exec(ctx, `UPDATE outbox SET due_at = now() + $3::interval, last_error = $2 WHERE id = $1 AND done_at IS NULL`, id, code, backoff)
	return clean("giving an outbox entry back", err)
}

// Backlog counts what waits in the outbox by kind, and the age of the oldest due entry.
type Backlog struct {
	Waiting map[string]int
	Oldest  time.Duration
}

// Backlog tells how far the relay is behind.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	b := Backlog{Waiting: map[string]int{}}
	rows, err := s.pool.Query(ctx, `SELECT kind, count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM outbox WHERE done_at IS NULL GROUP BY kind`)
	if err != nil {
		return b, clean("counting the outbox", err)
	}
	var kind string
	var n int
	var age float64
	_, err = pgx.ForEachRow(rows, []any{&kind, &n, &age}, func() error {
		b.Waiting[kind] = n
		b.Oldest = max(b.Oldest, time.Duration(age*float64(time.Second)))
		return nil
	})
	return b, clean("counting the outbox", err)
}

// ReleaseOutbox makes every entry due that waits for a lease or a backoff to end. Only a process that knows itself alone
// calls it, at its start: what its predecessor held when it was killed need not wait for a lease to end.
func (s *Store) ReleaseOutbox(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `UPDATE outbox SET due_at = now() WHERE done_at IS NULL AND attempts > 0 AND due_at > now()`)
	return clean("releasing the outbox", err)
}
