package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Notification is one line of news for a person, with what it is about.
type Notification struct {
	ID        string
	Person    domain.EmployeeID
	Kind      string
	Subject   string // case, group
	SubjectID string
	Slot      string
	Number    string // of the case or group
	Title     string
	Status    string            // of the case or group at that time
	Other     domain.EmployeeID // whom it concerns beside the person: who is away, or stands in
	N         int               // how many it is about; 0: one
	Key       string
	At        time.Time
	Read      *time.Time
}

const notificationSQL = `
SELECT n.id, n.person_id AS person, n.kind, n.subject, n.subject_id, n.slot, coalesce(c.number, a.number, o.number, g.number, '') AS number, coalesce(c.title, g.name, ` + courseTitleSQL + `, '') AS title,
  coalesce(n.detail->>'status', '') AS status, coalesce(n.detail->>'person', '') AS other, coalesce(n.detail->>'n', '0')::int AS n, n.key, n.created_at AS at, n.read_at AS read
FROM notifications n
LEFT JOIN cases c ON n.subject = 'case' AND c.id = n.subject_id
LEFT JOIN ndas a ON n.subject = 'nda' AND a.id = n.subject_id
LEFT JOIN posts o ON n.subject = 'post' AND o.id = n.subject_id
LEFT JOIN groups g ON g.id = CASE n.subject WHEN 'group' THEN n.subject_id WHEN 'nda' THEN a.group_id END`

// courseTitleSQL is the title of the course that a notification about a training is about, in its person's language.
const courseTitleSQL = `(SELECT v.title->>CASE WHEN l.language LIKE 'en%' THEN 'en' ELSE 'zh' END FROM course_versions v, employees l
    WHERE n.subject = 'training' AND v.course = n.detail->>'course' AND v.state = 'published' AND l.id = n.person_id)`

// Notifications lists a person's news, the newest first.
func (s *Store) Notifications(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[Notification], error) {
	const kind = "news"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[Notification]{}, err
	}
	q, args := notificationSQL+` WHERE n.person_id = ?`, []any{string(person)}
	if ok {
		q += ` AND (n.created_at, n.id) < (?, ?::uuid)`
		args = append(args, m.At, m.ID)
	}
	var rows []Notification
	if err := s.db(ctx).Raw(q+` ORDER BY n.created_at DESC, n.id DESC LIMIT ?`, append(args, limit+1)...).Scan(&rows).Error; err != nil {
		return Page[Notification]{}, clean("reading news", err)
	}
	return pageOf(rows, limit, func(n Notification) mark { return mark{Kind: kind, At: n.At, ID: n.ID} }), nil
}

// MailNotice is what a notification's mail needs to know.
type MailNotice struct {
	ID, Kind, Subject, SubjectID, Number, Title, Status, Address, Lang, Slot, Key, Notify string
	Person, Other                                                                         domain.EmployeeID // Other: whom it concerns beside the person
	Tier                                                                                  domain.Tier
	Active                                                                                bool // … or is told that they no longer are
	Outside                                                                               bool // comes from outside: reads no pages but their own
	At                                                                                    time.Time
}

// MailOf reads in one statement what the mail of a notification says and to whom.
func (s *Store) MailOf(ctx context.Context, id string) (MailNotice, error) {
	var n MailNotice
	if !isID(id) {
		return n, ErrNotFound
	}
	err := s.pool.QueryRow(ctx, `
SELECT n.id, n.kind, n.subject, n.subject_id, coalesce(c.number, a.number, o.number, g.number, ''), coalesce(c.title, g.name, `+courseTitleSQL+`, ''),
  coalesce(n.detail->>'status', ''), p.email, p.language, n.slot, n.key, p.notify, n.person_id, coalesce(n.detail->>'person', ''), coalesce(c.tier, g.tier, CASE WHEN n.subject = 'training' THEN 'ordinary' ELSE 'secret' END),
  p.active OR (p.kind = 'outsider' AND n.kind IN ('outsider_over', 'removed')), p.kind = 'outsider', n.created_at
FROM notifications n
JOIN employees p ON p.id = n.person_id
LEFT JOIN cases c ON n.subject = 'case' AND c.id = n.subject_id
LEFT JOIN ndas a ON n.subject = 'nda' AND a.id = n.subject_id
LEFT JOIN posts o ON n.subject = 'post' AND o.id = n.subject_id
LEFT JOIN groups g ON g.id = CASE n.subject WHEN 'group' THEN n.subject_id WHEN 'nda' THEN a.group_id END
WHERE n.id = $1`, id).Scan(&n.ID, &n.Kind, &n.Subject, &n.SubjectID, &n.Number, &n.Title, &n.Status, &n.Address, &n.Lang, &n.Slot, &n.Key, &n.Notify,
		&n.Person, &n.Other, &n.Tier, &n.Active, &n.Outside, &n.At)
	return n, clean("reading what a mail is about", err)
}

// MarkRead marks a person's news as read; no ids: all of them.
func (s *Store) MarkRead(ctx context.Context, person domain.EmployeeID, ids []string) error {
	q := s.db(ctx).Model(&NotificationRow{}).Where("person_id = ? AND read_at IS NULL", string(person))
	if len(ids) > 0 {
		known := Texts{}
		for _, id := range ids {
			if isID(id) {
				known = append(known, id)
			}
		}
		q = q.Where("id = ANY (?::uuid[])", known)
	}
	return clean("marking news as read", q.Update("read_at", now()).Error)
}

// MarkSeen marks a person's news about a case or group as read.
func (s *Store) MarkSeen(ctx context.Context, person domain.EmployeeID, subject string) error {
	q := s.db(ctx).Model(&NotificationRow{}).Where("person_id = ? AND subject_id = ? AND read_at IS NULL", string(person), subject)
	return clean("marking news as seen", q.Update("read_at", now()).Error)
}

// UnreadCount counts a person's unread news, up to the bound.
func (s *Store) UnreadCount(ctx context.Context, person domain.EmployeeID, bound int) (int, error) {
	var n int
	err := s.db(ctx).Raw(`SELECT count(*) FROM (SELECT 1 FROM notifications WHERE person_id = ? AND read_at IS NULL LIMIT ?) x`, string(person), bound).Scan(&n).Error
	return n, clean("counting news", err)
}

// FindPeople finds active people by the beginning of their staff number or a part of their name, by staff number.
func (s *Store) FindPeople(ctx context.Context, text string, limit int) ([]domain.EmployeeID, error) {
	var ids []domain.EmployeeID
	pattern := likePattern(text)
	err := s.db(ctx).Raw(`SELECT id FROM employees WHERE active AND kind = 'employee' AND (lower(name) LIKE ? OR lower(number) LIKE ?) ORDER BY number LIMIT ?`,
		pattern, pattern[1:], pageSize(limit)).Scan(&ids).Error
	return ids, clean("looking people up", err)
}

// EventRec is one entry of stream two.
type EventRec struct {
	ID      string
	At      time.Time
	Actor   domain.EmployeeID
	Kind    string
	Subject string
	Rule    string
	Result  string
	Detail  json.RawMessage
}

// EventFilter narrows stream two. Empty fields do not.
type EventFilter struct {
	Subject string
	Actor   domain.EmployeeID
	Cursor  string
	Limit   int
}

// Events lists stream two, the newest first.
func (s *Store) Events(ctx context.Context, f EventFilter) (Page[EventRec], error) {
	const kind = "events"
	limit := pageSize(f.Limit)
	m, ok, err := readMark(f.Cursor, kind)
	if err != nil {
		return Page[EventRec]{}, err
	}
	q := s.db(ctx)
	if ok {
		q = q.Where("(at, id) < (?, ?::uuid)", m.At, m.ID)
	}
	if f.Subject != "" {
		if !isID(f.Subject) {
			return Page[EventRec]{}, nil
		}
		q = q.Where("subject_id = ?", f.Subject)
	}
	if f.Actor != "" {
		q = q.Where("actor_id = ?", string(f.Actor))
	}
	var rows []EventRow
	if err := q.Order("at DESC, id DESC").Limit(limit + 1).Find(&rows).Error; err != nil {
		return Page[EventRec]{}, clean("reading stream two", err)
	}
	list := make([]EventRec, len(rows))
	for i, r := range rows {
		list[i] = EventRec{ID: r.ID, At: r.At, Kind: r.Kind, Rule: r.Rule, Result: r.Result, Detail: json.RawMessage(r.Detail)}
		if r.ActorID != nil {
			list[i].Actor = domain.EmployeeID(*r.ActorID)
		}
		if r.SubjectID != nil {
			list[i].Subject = *r.SubjectID
		}
	}
	return pageOf(list, limit, func(e EventRec) mark { return mark{Kind: kind, At: e.At, ID: e.ID} }), nil
}

// RecentEvent tells whether a person did this to the subject since then, and was allowed to.
func (s *Store) RecentEvent(ctx context.Context, actor, kind, subject string, since time.Time) (bool, error) {
	var is bool
	err := s.db(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM api_events WHERE actor_id = ? AND at >= ? AND kind = ? AND subject_id = ? AND result = 'allowed')`,
		actor, since, kind, subject).Scan(&is).Error
	return is, clean("looking an event up", err)
}

// UsesOfAct lists the entries under an act's id, in whatever workflow.
func (s *Store) UsesOfAct(ctx context.Context, actID string) ([]AuditRow, error) {
	return s.auditRows(ctx, "looking an act up", `WHERE act_id = $1 ORDER BY at LIMIT 10`, actID)
}
