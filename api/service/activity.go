package service

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Activity in groups (semantics 2, R2.2.2): who last did something where, by day, and nothing of what. Connectors tell it; for
// platforms without an ear an admin, a security officer, or a connector of the company's own with a token of either, reports.

// MaxActivity bounds the people of one report.
const MaxActivity = 1000

// ActivityInput is a report of activity in one group. From and Until together say that it is whole: whoever is not named did
// nothing between them. Without them nothing follows for who is not named.
type ActivityInput struct {
	From, Until *time.Time
	People      []ActivityLine
}

// ActivityLine is when one person, by id or staff number, last did something in the group.
type ActivityLine struct {
	Person string
	Last   time.Time
}

// ActivityAnswer is what became of a report.
type ActivityAnswer struct {
	Newer   int        `json:"newer"`   // people whose last day moved on
	Known   int        `json:"known"`   // people of whom as much, or something later, was known
	Strange int        `json:"strange"` // people without a place in the group: nothing is kept
	From    *time.Time `json:"seen_from,omitempty"`
	Until   *time.Time `json:"seen_until,omitempty"`
}

// ReportActivity keeps, of each person, the latest day reported. It never goes backwards and takes nothing from the future,
// so that the same report twice is the same as once.
func (s *Service) ReportActivity(ctx context.Context, a Actor, groupID string, in ActivityInput) (ActivityAnswer, error) {
	rule := lifeRule{roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin}
	row, err := s.lifeAtDoor(ctx, a, groupID, rule, "group.activity")
	if err != nil {
		return ActivityAnswer{}, fail(err)
	}
	note, err := s.readActivity(ctx, in)
	if err != nil {
		return ActivityAnswer{}, fail(err)
	}
	note.Group, note.Source = row.ID, store.ActivityReported
	now := s.now()
	got, err := s.cfg.Store.NoteActivity(ctx, note, now, "seen:"+newID())
	if err != nil {
		return ActivityAnswer{}, fail(fmt.Errorf("note activity in group %s: %w", row.ID, err))
	}
	detail := map[string]any{"people": len(note.Done), "newer": got.Newer, "whole": !note.Seen.Zero()}
	if err := s.record(ctx, a, "activity_reported", row.ID, "group.activity", "accepted", detail); err != nil {
		return ActivityAnswer{}, fail(err)
	}
	out := ActivityAnswer{Newer: got.Newer, Known: got.Known, Strange: got.Strange}
	if !got.Seen.Zero() {
		out.From, out.Until = timeOf(got.Seen.From), timeOf(got.Seen.Until)
	}
	return out, nil
}

// readActivity checks a report, and puts people's ids and the company's days to it.
func (s *Service) readActivity(ctx context.Context, in ActivityInput) (store.ActivityNote, error) {
	var note store.ActivityNote
	zone, err := s.zone(ctx)
	if err != nil {
		return note, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return note, err
	}
	now := s.now()
	var faults []domain.Fault
	past := func(field string, at time.Time) {
		if at.After(now) {
			faults = append(faults, domain.Fault{Field: field, Code: "in_the_future"})
		}
	}
	switch {
	case (in.From == nil) != (in.Until == nil):
		field := "from"
		if in.Until == nil {
			field = "until"
		}
		faults = append(faults, domain.Fault{Field: field, Code: "required"})
	case in.From != nil:
		past("until", *in.Until)
		if in.Until.Before(*in.From) {
			faults = append(faults, domain.Fault{Field: "until", Code: "until_before_from"})
		}
		note.Seen = domain.Span{From: in.From.UTC(), Until: in.Until.UTC()}
	case len(in.People) == 0:
		faults = append(faults, domain.Fault{Field: "people", Code: "required"})
	}
	if len(in.People) > MaxActivity {
		return note, invalid(domain.Fault{Field: "people", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(MaxActivity)}})
	}
	numbers := map[string]domain.EmployeeID{}
	for id, e := range dir.Employees {
		numbers[strings.ToUpper(e.Number)] = id
	}
	for i, l := range in.People {
		field := "people[" + strconv.Itoa(i) + "]"
		id := domain.EmployeeID(strings.ToLower(strings.TrimSpace(l.Person)))
		if _, ok := dir.Employees[id]; !ok {
			if id, ok = numbers[strings.ToUpper(strings.TrimSpace(l.Person))]; !ok {
				faults = append(faults, domain.Fault{Field: field + ".person", Code: "unknown_employee"})
				continue
			}
		}
		past(field+".last", l.Last)
		note.Done = append(note.Done, store.Done{Person: id, Day: l.Last.In(zone).Format(time.DateOnly)})
	}
	if len(faults) > 0 {
		return note, invalid(faults...)
	}
	return note, nil
}

// companyDay is the company's day of a moment in RFC 3339; empty when it is none.
func (s *Service) companyDay(ctx context.Context, moment string) (string, error) {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return "", nil //nolint:nilerr // what is no moment is none: the caller names the field
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return "", err
	}
	return at.In(zone).Format(time.DateOnly), nil
}
