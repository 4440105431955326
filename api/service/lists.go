package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Bounds of lists.
const (
	pageMost    = 100
	pageUsual   = 20
	waitingMost = 100 // counted at most
)

// pageLimit keeps what a caller asks for within bounds.
func pageLimit(n int) int {
	if n <= 0 {
		return pageUsual
	}
	return min(n, pageMost)
}

// listFault turns a list's fault into the service's: a cursor that no list of ours made is the caller's.
func listFault(doing string, err error) error {
	if errors.Is(err, store.ErrCursor) {
		return &Error{Kind: Malformed, Code: "cursor_invalid", Params: map[string]string{"field": "cursor"}}
	}
	return fail(fmt.Errorf("%s: %w", doing, err))
}

// mapped gives a page's rows their view.
func mapped[R, V any](p store.Page[R], view func(*R) V) Page[V] {
	out := Page[V]{Items: make([]V, 0, len(p.Items)), Next: p.Next}
	for i := range p.Items {
		out.Items = append(out.Items, view(&p.Items[i]))
	}
	return out
}

// Inbox lists what waits for me, the nearest deadline first: slots to decide, and groups in which something is to be done.
func (s *Service) Inbox(ctx context.Context, a Actor, cursor string, limit int) (Page[InboxItem], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[InboxItem]{}, fail(err)
	}
	rows, err := s.cfg.Store.Inbox(ctx, a.ID, cursor, pageLimit(limit))
	if err != nil {
		return Page[InboxItem]{}, listFault("read an inbox", err)
	}
	return mapped(rows, names{dir}.inboxItem), nil
}

func (n names) inboxItem(r *store.InboxRec) InboxItem {
	v := InboxItem{Kind: "decide", Slot: r.Slot, Opened: r.Opened.UTC(), For: n.maybe(r.For)}
	if r.Due != nil {
		v.Due = timeOf(*r.Due)
	}
	if g := r.Group; g != nil {
		v.Kind, v.GroupID = "group", g.ID
		v.Group = &InboxGroup{Number: g.Number, Name: g.Name, Tier: g.Doc.Tier, State: g.Doc.State}
		for _, t := range r.Tasks {
			task := InboxTask{Kind: t.Kind, N: t.N, Since: t.Since.UTC()}
			if t.Due != nil {
				task.Due = timeOf(*t.Due)
			}
			if t.Kind == store.TaskConfirm || t.Kind == store.TaskConfirmDeleted {
				v.Kind = t.Kind
			}
			v.Tasks = append(v.Tasks, task)
		}
	}
	if v.Kind != "group" && r.Case.ID != "" {
		v.Case, v.Digest, v.Version = n.summaryOf(&r.Case), r.Case.State.Digest, r.Case.State.Version
	}
	return v
}

// waitingFor counts what waits for a person, at most waitingMost.
func (s *Service) waitingFor(ctx context.Context, id domain.EmployeeID) (int, error) {
	n, err := s.cfg.Store.WaitingCount(ctx, id, waitingMost)
	if err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return n, nil
}

// MyCases lists the cases I filed, the newest first.
func (s *Service) MyCases(ctx context.Context, a Actor, openOnly bool, cursor string, limit int) (Page[CaseSummary], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[CaseSummary]{}, fail(err)
	}
	rows, err := s.cfg.Store.MyCases(ctx, a.ID, openOnly, cursor, pageLimit(limit))
	if err != nil {
		return Page[CaseSummary]{}, listFault("list somebody's cases", err)
	}
	return mapped(rows, names{dir}.summaryOf), nil
}

// DecidedCases lists what I decided, in my own name or another's, the newest decision first.
func (s *Service) DecidedCases(ctx context.Context, a Actor, cursor string, limit int) (Page[CaseSummary], error) {
	return s.casesOf(ctx, a, s.cfg.Store.DecidedCases, cursor, limit)
}

// CopiedCases lists what I got a copy of, the newest first.
func (s *Service) CopiedCases(ctx context.Context, a Actor, cursor string, limit int) (Page[CaseSummary], error) {
	return s.casesOf(ctx, a, s.cfg.Store.CopiedCases, cursor, limit)
}

func (s *Service) casesOf(ctx context.Context, a Actor, list func(context.Context, domain.EmployeeID, string, int) (store.Page[store.CaseRec], error), cursor string, limit int) (Page[CaseSummary], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[CaseSummary]{}, fail(err)
	}
	rows, err := list(ctx, a.ID, cursor, pageLimit(limit))
	if err != nil {
		return Page[CaseSummary]{}, listFault("list somebody's cases", err)
	}
	return mapped(rows, names{dir}.summaryOf), nil
}

// untitled is a case in a list for an office: of confidential matter without its title.
func (n names) untitled(r *store.CaseRec) CaseSummary {
	v := n.summaryOf(r)
	if v.Tier.Confidential() {
		v.Title = ""
	}
	return v
}

// Register lists the groups I may know of, the newest first.
func (s *Service) Register(ctx context.Context, a Actor, f GroupFilter) (Page[GroupRow], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[GroupRow]{}, fail(err)
	}
	if faults := domain.CheckText("q", f.Text, 100, false); len(faults) > 0 {
		return Page[GroupRow]{}, invalid(faults...)
	}
	filter := store.GroupFilter{Text: f.Text, Type: f.Type, Tier: f.Tier, State: f.State, Mine: f.Mine, Platform: f.Platform, Flag: f.Flag, Cursor: f.Cursor, Limit: pageLimit(f.Limit)}
	if f.Department != "" {
		if filter.Departments = below(dir, f.Department); len(filter.Departments) == 0 {
			return Page[GroupRow]{}, invalid(domain.Fault{Field: "department", Code: "unknown_department"})
		}
	}
	if err := s.dueIn(ctx, &filter, f.DueFrom, f.DueTo); err != nil {
		return Page[GroupRow]{}, err
	}
	scope := store.Scope{Person: a.ID, All: watches(a), Departments: below(dir, a.Leads...)}
	rows, err := s.cfg.Store.Register(ctx, scope, filter)
	if err != nil {
		return Page[GroupRow]{}, listFault("read the register", err)
	}
	n := names{dir}
	return mapped(rows, func(r *store.GroupRec) GroupRow { return n.rowFor(r, a) }), nil
}

// below lists departments with all below them.
func below(dir *domain.Directory, tops ...domain.DepartmentID) []domain.DepartmentID {
	var out []domain.DepartmentID
	if len(tops) == 0 {
		return nil
	}
	for id := range dir.Departments {
		for _, top := range tops {
			if dir.Within(id, top) {
				out = append(out, id)
				break
			}
		}
	}
	return out
}

// Notifications lists my news, the newest first. The title of confidential matter is there too: only its parties are told.
func (s *Service) Notifications(ctx context.Context, a Actor, cursor string, limit int) (Page[NotificationView], error) {
	rows, err := s.cfg.Store.Notifications(ctx, a.ID, cursor, pageLimit(limit))
	if err != nil {
		return Page[NotificationView]{}, listFault("read somebody's news", err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return Page[NotificationView]{}, fail(err)
	}
	return mapped(rows, func(r *store.Notification) NotificationView {
		v := NotificationView{ID: r.ID, Kind: r.Kind, Subject: r.Subject, SubjectID: r.SubjectID, Number: r.Number, Title: r.Title, Status: r.Status, At: r.At.UTC(),
			Person: names{dir}.maybe(r.Other), N: r.N}
		if r.Subject == subjectNDA && (r.Kind == string(domain.EffectNDALeft) || r.Kind == string(domain.EffectHand)) {
			v.Title = "" // told for an office, which acts on it and does not read it
		}
		if r.Read != nil {
			v.Read = timeOf(*r.Read)
		}
		return v
	}), nil
}

// MarkRead marks my news as read; no ids: all of them. Ids that are not mine change nothing.
func (s *Service) MarkRead(ctx context.Context, a Actor, ids []string) error {
	if len(ids) > pageMost {
		return invalid(domain.Fault{Field: "ids", Code: "too_many", Params: map[string]string{"max": "100"}})
	}
	if err := s.cfg.Store.MarkRead(ctx, a.ID, ids); err != nil {
		return fail(fmt.Errorf("mark news as read: %w", err))
	}
	return nil
}

// seen marks the news about something as read once a person looked at it on a page; what a program reads, nobody saw. It is
// only a convenience: the reading goes on without it.
func (s *Service) seen(ctx context.Context, a Actor, subject string) {
	if a.Method != "session" {
		return
	}
	if err := s.cfg.Store.MarkSeen(ctx, a.ID, subject); err != nil {
		s.log.WarnContext(ctx, "news stay unread", "code", store.Code(err))
	}
}

// AuditCases searches all cases; each search is recorded, without its text.
func (s *Service) AuditCases(ctx context.Context, a Actor, f AuditFilter) (Page[CaseSummary], error) {
	if !a.Has(domain.RoleAuditor) {
		return Page[CaseSummary]{}, forbidden("role_required")
	}
	faults := domain.CheckText("q", f.Text, 100, false)
	from, bad := day("from", f.From, 0)
	faults = append(faults, bad...)
	until, bad := day("to", f.To, 1)
	if faults = append(faults, bad...); len(faults) > 0 {
		return Page[CaseSummary]{}, invalid(faults...)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[CaseSummary]{}, fail(err)
	}
	filter := store.CaseFilter{Text: f.Text, Status: f.Status, From: from, Until: until, Cursor: f.Cursor, Limit: pageLimit(f.Limit)}
	if f.Text != "" {
		filter.People = peopleNamed(dir, f.Text)
	}
	rows, err := s.cfg.Store.SearchCases(ctx, filter)
	if err != nil {
		return Page[CaseSummary]{}, listFault("search cases", err)
	}
	if err := s.record(ctx, a, "cases_searched", "", "auditor", "allowed", map[string]any{"found": len(rows.Items)}); err != nil {
		return Page[CaseSummary]{}, fail(err)
	}
	return mapped(rows, names{dir}.untitled), nil
}

// day reads a date of a filter: the start of the day in UTC, plus days.
func day(field, text string, days int) (time.Time, []domain.Fault) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, []domain.Fault{{Field: field, Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}}}
	}
	return t.AddDate(0, 0, days), nil
}

// peopleNamed finds people by their whole staff number or name, those who left too.
func peopleNamed(dir *domain.Directory, text string) []domain.EmployeeID {
	var out []domain.EmployeeID
	if e, ok := byNumber(dir, text); ok {
		out = append(out, e.ID)
	}
	for id, e := range dir.Employees {
		if e.Name == text && len(out) < pageMost {
			out = append(out, id)
		}
	}
	return out
}

// Events lists stream two, for auditors.
func (s *Service) Events(ctx context.Context, a Actor, cursor string, limit int) (Page[EventView], error) {
	if !a.Has(domain.RoleAuditor) {
		return Page[EventView]{}, forbidden("role_required")
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[EventView]{}, fail(err)
	}
	rows, err := s.cfg.Store.Events(ctx, store.EventFilter{Cursor: cursor, Limit: pageLimit(limit)})
	if err != nil {
		return Page[EventView]{}, listFault("read what the service did", err)
	}
	n := names{dir}
	return mapped(rows, func(r *store.EventRec) EventView {
		return EventView{
			ID: r.ID, At: r.At.UTC().Format(time.RFC3339Nano), Actor: n.maybe(r.Actor), Kind: r.Kind, Subject: r.Subject, Rule: r.Rule, Result: r.Result,
		}
	}), nil
}
