package service

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The morning mail goes out at half past nine of the company's day: today's while it is not out yet, else tomorrow's.
func TestNextNews(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for now, want := range map[string]string{
		"2026-11-24T00:59:00Z": "2026-11-24T01:30:00Z", "2026-11-24T01:29:59Z": "2026-11-24T01:30:00Z", "2026-11-24T01:30:00Z": "2026-11-25T01:30:00Z",
		"2026-11-23T16:30:00Z": "2026-11-24T01:30:00Z", // half past midnight there
		"2026-12-31T03:00:00Z": "2027-01-01T01:30:00Z",
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextNews(at, zone).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}

// What needs somebody at once is never gathered.
func TestUrgentNewsAreNotGathered(t *testing.T) {
	for _, k := range []domain.EffectKind{domain.EffectFrozen, domain.EffectUnfreezing, domain.EffectAskConsent, domain.EffectAskHead, domain.EffectAskOp, domain.EffectHeld,
		domain.EffectDissolved, domain.EffectOwnerless, domain.EffectAppointed, domain.EffectAskConfirm, domain.EffectAskDelete} {
		if gathered[k] {
			t.Errorf("%s waits for the morning", k)
		}
	}
}

func TestQuarterEnd(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for now, want := range map[string]string{"2026-11-23T00:00:00Z": "2027-01-01", "2026-12-31T15:59:59Z": "2027-01-01", "2026-12-31T16:00:00Z": "2027-04-01", "2027-02-28T00:00:00Z": "2027-04-01"} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := quarterEnd(at, zone).Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}

// Figures come in the order of a group's life; months one by one, what has passed before them and what is later after.
func TestFigures(t *testing.T) {
	now := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC) // December already in the company's zone
	st := figures([]store.Count{{What: "state", Key: "frozen", N: 2}, {What: "state", Key: "active", N: 5}, {What: "state", Key: "deleted", N: 9}, {What: "state", Key: "strange", N: 1},
		{What: "due", Key: "2026-11", N: 3}, {What: "due", Key: "2026-12", N: 4}, {What: "due", Key: "2027-11", N: 6}, {What: "due", Key: "2030-01", N: 7},
		{What: "finding", Key: "older", N: 8}}, time.FixedZone("", 8*3600), now)
	if st.Total != 8 || len(st.States) != 4 || st.States[0].Key != "active" || st.States[1].Key != "frozen" || st.States[3].Key != "strange" {
		t.Errorf("%+v", st.States)
	}
	if n := len(st.Due); n != 14 || st.Due[0] != (Figure{"past", 3}) || st.Due[1] != (Figure{"2026-12", 4}) || st.Due[12] != (Figure{"2027-11", 6}) || st.Due[13] != (Figure{"later", 7}) {
		t.Errorf("%+v", st.Due)
	}
	if len(st.Findings) != 4 || st.Findings[3] != (Figure{"older", 8}) || st.Findings[0].N != 0 {
		t.Errorf("%+v", st.Findings)
	}
}
