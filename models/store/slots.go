package store

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// slotDoc is a slot as its row holds it: what a projection sends to the database.
type slotDoc struct {
	Slot      string     `json:"slot"`
	Round     int        `json:"round"`
	Step      int        `json:"step"`
	PersonID  string     `json:"person_id"`
	Status    string     `json:"status"`
	Closed    string     `json:"closed"`
	Why       domain.Why `json:"why"`
	OpenedAt  *time.Time `json:"opened_at"`
	DueAt     *time.Time `json:"due_at"`
	Outcome   string     `json:"outcome"`
	DecidedBy *string    `json:"decided_by"`
	DecidedAt *time.Time `json:"decided_at"`
	Decision  *string    `json:"decision"`
}

// slotDocs lists every slot of a case, those of earlier rounds too. A place keeps the round it was made in, which its id
// tells: steps before the one that a request was sent back to stand as they were.
func slotDocs(c domain.Case) []slotDoc {
	out := []slotDoc{} // not null: it is sent as JSON
	add := func(round, from int, steps []domain.Step) {
		for i, st := range steps {
			for _, s := range st.Slots {
				out = append(out, docOf(s.Round(round), from+i+1, s))
			}
		}
	}
	for _, r := range c.Past {
		add(r.Number, r.From, r.Steps)
	}
	add(c.Round, 0, c.Steps)
	return out
}

func docOf(round, step int, s domain.Slot) slotDoc {
	d := slotDoc{
		Slot: s.ID, Round: round, Step: step, PersonID: string(s.Person), Status: string(s.Status), Closed: string(s.Closed),
		Why: s.Why, OpenedAt: timeOrNil(s.Opened), DueAt: timeOrNil(s.Due.At),
	}
	if s.Decision != nil {
		by, act := string(s.Decision.By), s.Decision.Act
		d.Outcome, d.DecidedBy, d.DecidedAt, d.Decision = string(s.Decision.Outcome), &by, timeOrNil(s.Decision.At), &act
	}
	return d
}

// changedSlots are the slots whose rows differ between two states. All of them do when the case's start is not known: at
// submission they were stored as waiting until the workflow is known to run.
func changedSlots(before, after domain.Case, all bool) []slotDoc {
	now := slotDocs(after)
	if all {
		return now
	}
	old := map[string]slotDoc{}
	for _, d := range slotDocs(before) {
		old[d.Slot] = d
	}
	out := []slotDoc{}
	for _, d := range now {
		if o, ok := old[d.Slot]; !ok || !reflect.DeepEqual(o, d) {
			out = append(out, d)
		}
	}
	return out
}

// earliestDue is the first deadline a case has now, nil when it has none.
func earliestDue(c domain.Case) *time.Time { return timeOrNil(c.FirstDue()) }

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// jsonOf renders what a projection stores. Rows hold strings, numbers and times only, so a failure is a programming
// error, and it must not be stored as something else.
func jsonOf(doing string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	return string(b), nil
}
