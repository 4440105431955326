package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/qunbei/qunbei/models/domain"
)

// CaseRec is a case as the database has it, its state decoded.
type CaseRec struct {
	ID, Number, Title   string
	Status              domain.CaseStatus // submitted until its workflow is known to run
	NeedsHand           string
	State               domain.Case
	StateDigest         string
	MaterialID, GroupID string
	Due                 *time.Time
	Submitted, Changed  time.Time
}

func (r CaseRow) rec() (CaseRec, error) {
	c := CaseRec{
		ID: r.ID, Number: r.Number, Title: r.Title, Status: domain.CaseStatus(r.Status), NeedsHand: r.NeedsHand, StateDigest: r.StateDigest,
		MaterialID: r.MaterialID, Due: r.DueAt, Submitted: r.SubmittedAt, Changed: r.ChangedAt,
	}
	if r.GroupID != nil {
		c.GroupID = *r.GroupID
	}
	if err := json.Unmarshal(r.State, &c.State); err != nil {
		return CaseRec{}, fmt.Errorf("reading the state of case %s: %w", r.ID, err)
	}
	return c, nil
}

func recs(rows []CaseRow) ([]CaseRec, error) {
	out := make([]CaseRec, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.rec(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Case reads a case.
func (s *Store) Case(ctx context.Context, id string) (*CaseRec, error) {
	if c, ok := s.recent.fresh(id); ok && s.alone {
		return &c, nil
	}
	row, err := s.CaseRow(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := row.rec()
	return &c, err
}

// CaseRow reads a case as its row is, for the audit that compares field by field.
func (s *Store) CaseRow(ctx context.Context, id string) (CaseRow, error) {
	var row CaseRow
	if !isID(id) {
		return row, ErrNotFound
	}
	err := s.db(ctx).Where("id = ?", id).Take(&row).Error
	return row, clean("reading a case", err)
}

// Cases reads several cases by id; unknown ids are left out.
func (s *Store) Cases(ctx context.Context, ids []string) (map[string]CaseRec, error) {
	var rows []CaseRow
	if err := s.db(ctx).Where("id = ANY (?::uuid[])", Texts(ids)).Find(&rows).Error; err != nil {
		return nil, clean("reading cases", err)
	}
	out := make(map[string]CaseRec, len(rows))
	for _, r := range rows {
		c, err := r.rec()
		if err != nil {
			return nil, err
		}
		out[c.ID] = c
	}
	return out, nil
}

// Slots reads a case's slots by round, step and place.
func (s *Store) Slots(ctx context.Context, caseID string) ([]SlotRow, error) {
	var rows []SlotRow
	if !isID(caseID) {
		return nil, ErrNotFound
	}
	err := s.db(ctx).Where("case_id = ?", caseID).Order("round, step, slot").Find(&rows).Error
	return rows, clean("reading a case's slots", err)
}

const openStatuses = "('submitted','in_approval','returned')"

// MyCases lists the cases a person filed, the newest first.
func (s *Store) MyCases(ctx context.Context, person domain.EmployeeID, openOnly bool, cursor string, limit int) (Page[CaseRec], error) {
	q := s.db(ctx).Where("requester_id = ?", string(person))
	if openOnly {
		q = q.Where("status IN " + openStatuses)
	}
	return casePage(q, "my_cases", cursor, limit)
}

// HandQueue lists the cases that need a hand, the one that waits longest first.
func (s *Store) HandQueue(ctx context.Context, cursor string, limit int) (Page[CaseRec], error) {
	const kind = "hand"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[CaseRec]{}, err
	}
	q := s.db(ctx).Where("needs_hand <> ''")
	if ok {
		q = q.Where("(changed_at, id) > (?, ?::uuid)", m.At, m.ID)
	}
	var rows []CaseRow
	if err := q.Order("changed_at, id").Limit(limit + 1).Find(&rows).Error; err != nil {
		return Page[CaseRec]{}, clean("listing cases that need a hand", err)
	}
	list, err := recs(rows)
	return pageOf(list, limit, func(c CaseRec) mark { return mark{Kind: kind, At: c.Changed, ID: c.ID} }), err
}

// CaseFilter searches all cases, for auditors. Empty fields do not narrow.
type CaseFilter struct {
	Text   string // in number and title
	People []domain.EmployeeID
	Status domain.CaseStatus
	From   time.Time // submitted at or after
	Until  time.Time // submitted before
	Cursor string
	Limit  int
}

// SearchCases lists cases by text, party, status and time, the newest first. People (found by the text as staff number
// or name before) widen the text: a case is found by its requester or anyone who holds or held a slot.
func (s *Store) SearchCases(ctx context.Context, f CaseFilter) (Page[CaseRec], error) {
	q := s.db(ctx)
	if f.Text != "" || len(f.People) > 0 {
		or := s.gorm.Where("false")
		if f.Text != "" {
			or = or.Or("number = ?", strings.ToUpper(strings.ReplaceAll(f.Text, "\x00", ""))).Or("lower(title) LIKE ?", likePattern(f.Text))
		}
		if len(f.People) > 0 {
			people := Texts(textsOf(f.People))
			or = or.Or("requester_id = ANY (?::uuid[])", people).
				Or("EXISTS (SELECT 1 FROM case_slots s WHERE s.case_id = cases.id AND s.person_id = ANY (?::uuid[]))", people)
		}
		q = q.Where(or)
	}
	if f.Status != "" {
		q = q.Where("status = ?", string(f.Status))
	}
	if !f.From.IsZero() {
		q = q.Where("submitted_at >= ?", f.From)
	}
	if !f.Until.IsZero() {
		q = q.Where("submitted_at < ?", f.Until)
	}
	return casePage(q, "cases", f.Cursor, f.Limit)
}

// casePage lists what q found, the newest submission first.
func casePage(q *gorm.DB, kind, cursor string, limit int) (Page[CaseRec], error) {
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[CaseRec]{}, err
	}
	if ok {
		q = q.Where("(submitted_at, id) < (?, ?::uuid)", m.At, m.ID)
	}
	var rows []CaseRow
	if err := q.Order("submitted_at DESC, id DESC").Limit(limit + 1).Find(&rows).Error; err != nil {
		return Page[CaseRec]{}, clean("listing cases", err)
	}
	list, err := recs(rows)
	return pageOf(list, limit, func(c CaseRec) mark { return mark{Kind: kind, At: c.Submitted, ID: c.ID} }), err
}
