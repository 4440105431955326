package store

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// decidedSQL lists the cases that a person decided on, by their latest decision on each.
const decidedSQL = `
SELECT s.case_id::text AS id, s.decided_at AS at FROM case_slots s
WHERE s.decided_by = ? AND (s.decided_at, s.case_id) < (?::timestamptz, ?::uuid)
  AND NOT EXISTS (SELECT 1 FROM case_slots o WHERE o.case_id = s.case_id AND o.decided_by = s.decided_by AND (o.decided_at, o.slot) > (s.decided_at, s.slot))
ORDER BY s.decided_at DESC, s.case_id DESC LIMIT ?`

// copiedSQL lists the cases that a person got a copy of. The word of it is the record: it is told once for each case.
const copiedSQL = `
SELECT n.subject_id::text AS id, n.created_at AS at, n.id::text AS sub FROM notifications n
WHERE n.person_id = ? AND n.kind = 'copy' AND n.subject = 'case' AND (n.created_at, n.id) < (?::timestamptz, ?::uuid)
ORDER BY n.created_at DESC, n.id DESC LIMIT ?`

// DecidedCases lists the cases that a person decided on, in their own name or another's, the newest decision first.
func (s *Store) DecidedCases(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[CaseRec], error) {
	return s.casesBy(ctx, decidedSQL, "decided", person, cursor, limit)
}

// CopiedCases lists the cases that a person got a copy of, the newest copy first.
func (s *Store) CopiedCases(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[CaseRec], error) {
	return s.casesBy(ctx, copiedSQL, "copied", person, cursor, limit)
}

// Revocations lists the cases that revoke, or ask to revoke, a case, the newest first. There are few.
func (s *Store) Revocations(ctx context.Context, subject string) ([]CaseRec, error) {
	if !isID(subject) {
		return nil, nil
	}
	var rows []CaseRow
	if err := s.db(ctx).Where("subject_id = ?", subject).Order("submitted_at DESC").Limit(50).Find(&rows).Error; err != nil {
		return nil, clean("listing a case's revocations", err)
	}
	return recs(rows)
}

// far is later than any time on record: where a list of the newest begins.
var far = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const lastID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// casesBy reads one page of ids in their order, then their cases.
func (s *Store) casesBy(ctx context.Context, sql, kind string, person domain.EmployeeID, cursor string, limit int) (Page[CaseRec], error) {
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[CaseRec]{}, err
	}
	if !ok {
		m = mark{At: far, ID: lastID}
	}
	type found struct {
		ID  string
		At  time.Time
		Sub string // what the order goes by beside the time, when it is not the case
	}
	var ids []found
	if err := s.db(ctx).Raw(sql, string(person), m.At, m.ID, limit+1).Scan(&ids).Error; err != nil {
		return Page[CaseRec]{}, clean("listing somebody's cases", err)
	}
	page := pageOf(ids, limit, func(f found) mark {
		if f.Sub != "" {
			return mark{Kind: kind, At: f.At, ID: f.Sub}
		}
		return mark{Kind: kind, At: f.At, ID: f.ID}
	})
	want := make([]string, len(page.Items))
	for i, f := range page.Items {
		want[i] = f.ID
	}
	cases, err := s.Cases(ctx, want)
	if err != nil {
		return Page[CaseRec]{}, err
	}
	out := Page[CaseRec]{Next: page.Next}
	for _, id := range want {
		if c, ok := cases[id]; ok {
			out.Items = append(out.Items, c)
		}
	}
	return out, nil
}
