package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// ChangeUnderWay says which case is changing a group already.
type ChangeUnderWay struct{ CaseID, Number string }

func (e *ChangeUnderWay) Error() string { return "another change of the group is under way" }

// HandChangeRefused is why an approved change needs a hand: its group did not take it.
const HandChangeRefused = "change_refused"

// HandAdoptionRefused is why an approved filing of a found group needs a hand: the group did not take it.
const HandAdoptionRefused = "adoption_refused"

// queueChange holds that the group is not being changed already. One that the group refused earlier needs no hand any more:
// this one asks anew.
func (s *Store) queueChange(b *pgx.Batch, groupID string) {
	b.Queue(revokingLockSQL, groupID)
	b.Queue(changingSQL, groupID).QueryRow(func(row pgx.Row) error {
		other := &ChangeUnderWay{}
		switch err := row.Scan(&other.CaseID, &other.Number); {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err != nil:
			return err
		}
		return other
	})
	b.Queue(`UPDATE cases SET needs_hand = '' WHERE group_id = $1::uuid AND kind = 'group_change' AND needs_hand = $2 RETURNING id::text`, groupID, HandChangeRefused).
		Query(func(rows pgx.Rows) error {
			ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
			for _, id := range ids {
				s.recent.forget(id)
			}
			return err
		})
}

// filingSQL lets a case file a group that was found, unless another one does, or has done so. The case's row comes later in
// the same transaction.
const filingSQL = `
UPDATE group_sightings s SET case_id = $2 WHERE group_id = $1 AND NOT EXISTS (
  SELECT 1 FROM cases c WHERE c.id = s.case_id AND c.status IN ('submitted','in_approval','returned','approved'))
RETURNING true`

// queueFound holds that the found group is not being filed already.
func queueFound(b *pgx.Batch, groupID, caseID string) {
	b.Queue(filingSQL, groupID, caseID).QueryRow(func(row pgx.Row) error {
		var ok bool
		err := row.Scan(&ok)
		if errors.Is(err, pgx.ErrNoRows) {
			return &ChangeUnderWay{}
		}
		return err
	})
}

// FiledBy is the case that files, or filed, a group that was found; nil: none does.
func (s *Store) FiledBy(ctx context.Context, groupID string) (*ChangeUnderWay, error) {
	out := &ChangeUnderWay{}
	err := s.pool.QueryRow(ctx, `SELECT c.id::text, c.number FROM group_sightings s JOIN cases c ON c.id = s.case_id
WHERE s.group_id = $1 AND c.status IN ('submitted','in_approval','returned','approved')`, groupID).Scan(&out.CaseID, &out.Number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return out, clean("looking for a found group's filing", err)
}

// OpenChange is the change of a group that is under way: not decided yet, or approved and not yet taken or refused by the
// group. Nil: there is none.
func (s *Store) OpenChange(ctx context.Context, groupID string) (*ChangeUnderWay, error) {
	if !isID(groupID) {
		return nil, nil
	}
	out := &ChangeUnderWay{}
	err := s.pool.QueryRow(ctx, changingSQL, groupID).Scan(&out.CaseID, &out.Number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return out, clean("looking for a change under way", err)
}

// Changes lists the cases that change, or asked to change, a group, the newest first, a hundred at most.
func (s *Store) Changes(ctx context.Context, groupID string) ([]CaseRec, error) {
	if !isID(groupID) {
		return nil, nil
	}
	var rows []CaseRow
	if err := s.db(ctx).Where("group_id = ? AND kind = ?", groupID, string(domain.KindChange)).Order("submitted_at DESC").Limit(100).Find(&rows).Error; err != nil {
		return nil, clean("listing a group's changes", err)
	}
	return recs(rows)
}

// RefuseChange notes that a group did not take an approved change, or that a found group did not take its filing: the case
// needs a hand, the requester and the process administrators are told, a name held for it is free again, and a found group
// may be filed anew. It is idempotent.
func (s *Store) RefuseChange(ctx context.Context, c domain.Case) error {
	const doing = "noting that a change was not taken"
	reason := HandChangeRefused
	if c.Kind != domain.KindChange {
		reason = HandAdoptionRefused
	}
	defer s.recent.forget(c.ID)
	workflow := "case-" + c.ID
	var f follow
	if err := f.told(workflow, c.Seq, domain.Effect{Kind: domain.EffectKind(reason), People: []domain.EmployeeID{c.Parties.Requester}}); err != nil {
		return err
	}
	news, err := jsonOf(doing, f.news)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `
WITH moved AS (
  UPDATE cases SET needs_hand = $8 WHERE id = $9 AND kind IN ('group_change', 'group_filing') AND status = 'approved' AND needs_hand <> $8 RETURNING id, seq
), unfiled AS (
  UPDATE group_sightings SET case_id = NULL FROM moved WHERE group_sightings.case_id = moved.id
), freed AS (
  UPDATE group_names SET released_at = $7 FROM moved WHERE group_names.case_id = moved.id AND (group_names.group_id IS NULL OR $8 = 'adoption_refused') AND released_at IS NULL
), `+toldSQL+`
SELECT count(*) FROM moved`, news, workflow, c.Seq, true, "case", `{"status":"approved","act":"`+reason+`"}`, now(), reason, c.ID)
	return clean(doing, err)
}

// DismissHand takes a case out of the queue of those that need a hand, if one of the reasons put it there, together with the
// event that says who did and why. False: it is not there, or no longer for such a reason.
func (s *Store) DismissHand(ctx context.Context, caseID string, reasons []string, e Event) (bool, error) {
	defer s.recent.forget(caseID)
	gone := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE cases SET needs_hand = '' WHERE id = $1 AND needs_hand = ANY ($2)`, caseID, reasons)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		gone = true
		_, err = tx.Exec(ctx, putEventSQL, e.args()...)
		return err
	})
	return gone && err == nil, clean("taking a case out of the queue", err)
}
