package domain

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// cn is the part of the calendar of 2026 that the tests walk over; 2027 has no data.
func cn() *Calendar {
	zone := time.FixedZone("CST", 8*3600)
	c := &Calendar{
		Version: "cn-test", Zone: zone, Weekend: []time.Weekday{time.Saturday, time.Sunday},
		Hours:    []Hours{{9 * 60, 12 * 60}, {13*60 + 30, 18 * 60}},
		Holidays: map[string]string{}, Workdays: map[string]string{"2026-01-04": "", "2026-02-14": "春节", "2026-02-28": "春节"},
		Years: map[int]bool{2025: true, 2026: true},
	}
	for d := time.Date(2026, 2, 15, 0, 0, 0, 0, zone); d.Before(time.Date(2026, 2, 24, 0, 0, 0, 0, zone)); d = d.AddDate(0, 0, 1) {
		c.Holidays[d.Format(time.DateOnly)] = "春节"
	}
	return c
}

func local(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, cn().Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendarAdd(t *testing.T) {
	const hour, day = 60, 450
	for _, tc := range []struct {
		name, from string
		minutes    int
		want       string
		unsure     bool
	}{
		{"within the morning", "2026-03-02 09:00:00", 2 * hour, "2026-03-02 11:00:00", false},
		{"seconds are kept", "2026-03-02 09:00:07", 2 * hour, "2026-03-02 11:00:07", false},
		{"to the very end of the morning", "2026-03-02 09:00:00", 3 * hour, "2026-03-02 12:00:00", false},
		{"one minute over lunch", "2026-03-02 09:00:00", 3*hour + 1, "2026-03-02 13:31:00", false},
		{"starts in lunch", "2026-03-02 12:40:00", hour, "2026-03-02 14:30:00", false},
		{"starts before hours", "2026-03-02 03:00:00", hour, "2026-03-02 10:00:00", false},
		{"starts after hours", "2026-03-02 21:00:00", hour, "2026-03-03 10:00:00", false},
		{"starts at closing", "2026-03-02 18:00:00", hour, "2026-03-03 10:00:00", false},
		{"a full day ends at closing", "2026-03-02 09:00:00", day, "2026-03-02 18:00:00", false},
		{"two days mid-day to mid-day", "2026-03-02 10:00:00", 2 * day, "2026-03-04 10:00:00", false},
		{"over an ordinary weekend", "2026-03-06 17:00:00", 2 * hour, "2026-03-09 10:00:00", false},
		{"starts on a Sunday", "2026-03-08 10:00:00", hour, "2026-03-09 10:00:00", false},
		{"make-up Saturday before the festival counts", "2026-02-13 17:00:00", 2 * hour, "2026-02-14 10:00:00", false},
		{"over the whole Spring Festival", "2026-02-14 17:00:00", 2 * hour, "2026-02-24 10:00:00", false},
		{"starts inside the festival", "2026-02-18 11:00:00", hour, "2026-02-24 10:00:00", false},
		{"make-up Saturday after the festival counts", "2026-02-27 17:00:00", 2 * hour, "2026-02-28 10:00:00", false},
		{"and the Sunday after it does not", "2026-02-28 17:00:00", 2 * hour, "2026-03-02 10:00:00", false},
		{"last day of the data", "2026-12-31 09:00:00", day, "2026-12-31 18:00:00", false},
		{"into a year without data", "2026-12-31 17:00:00", 2 * hour, "2027-01-01 10:00:00", true},
		{"wholly in a year without data: weekends only", "2027-02-05 17:00:00", 2 * hour, "2027-02-08 10:00:00", true},
		{"nothing to add", "2026-03-08 10:00:00", 0, "2026-03-08 10:00:00", false},
		{"less than nothing", "2026-03-08 10:00:00", -5, "2026-03-08 10:00:00", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, unsure := cn().Add(local(t, tc.from), tc.minutes)
			if want := local(t, tc.want); !got.Equal(want) || unsure != tc.unsure {
				t.Fatalf("got %s (provisional %v), want %s (%v)", got.In(cn().Zone), unsure, want, tc.unsure)
			}
			if got.Location() != time.UTC {
				t.Fatalf("result is in %s", got.Location())
			}
		})
	}
}

func TestCalendarAddIsAdditiveAndNeverEarlier(t *testing.T) {
	c, rnd := cn(), rand.New(rand.NewPCG(1, 2))
	start := local(t, "2026-01-15 00:00:00")
	for range 3000 {
		from := start.Add(time.Duration(rnd.IntN(60*24*3600)) * time.Second)
		a, b := 1+rnd.IntN(3000), 1+rnd.IntN(3000)
		whole, _ := c.Add(from, a+b)
		half, _ := c.Add(from, a)
		both, _ := c.Add(half, b)
		if !whole.Equal(both) {
			t.Fatalf("from %s: %d+%d gives %s in one and %s in two", from, a, b, whole, both)
		}
		if !half.After(from) || !whole.After(half) {
			t.Fatalf("from %s: %s, %s do not ascend", from, half, whole)
		}
		if !c.Working(whole.Add(-time.Second)) {
			t.Fatalf("from %s: %s does not end working time", from, whole)
		}
	}
}

func TestCalendarIsBounded(t *testing.T) {
	began := time.Now()
	for name, c := range map[string]*Calendar{"ordinary": cn(), "no hours": {Years: map[int]bool{}}, "no workday": {
		Hours: []Hours{{0, 1440}}, Weekend: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}} {
		if _, unsure := c.Add(time.Unix(1<<40, 0), math.MaxInt); !unsure {
			t.Errorf("%s: an endless span is not marked", name)
		}
		c.NextWorking(time.Unix(-1<<40, 0))
	}
	if took := time.Since(began); took > 10*time.Second { // with the race detector; without it a few milliseconds
		t.Fatalf("took %s", took)
	}
}

func TestCalendarDays(t *testing.T) {
	c := cn()
	for _, tc := range []struct {
		at, next string
		working  bool
		kind     DayKind
		name     string
	}{
		{"2026-03-02 09:00:00", "2026-03-02 09:00:00", true, DayWork, ""},
		{"2026-03-02 12:00:00", "2026-03-02 13:30:00", false, DayWork, ""},
		{"2026-03-02 17:59:59", "2026-03-02 17:59:59", true, DayWork, ""},
		{"2026-03-02 18:00:00", "2026-03-03 09:00:00", false, DayWork, ""},
		{"2026-03-07 10:00:00", "2026-03-09 09:00:00", false, DayWeekend, ""},
		{"2026-02-14 10:00:00", "2026-02-14 10:00:00", true, DayMakeup, "春节"},
		{"2026-02-16 10:00:00", "2026-02-24 09:00:00", false, DayHoliday, "春节"},
	} {
		at := local(t, tc.at)
		kind, name := c.DayKind(at.UTC()) // the zone is the company's, not the caller's
		if c.Working(at) != tc.working || kind != tc.kind || name != tc.name {
			t.Errorf("%s: working %v, %s %q", tc.at, c.Working(at), kind, name)
		}
		if next := c.NextWorking(at); !next.Equal(local(t, tc.next)) {
			t.Errorf("%s: next %s", tc.at, next.In(c.Zone))
		}
	}
	if got := Today(c, time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC)); got != "2026-03-02" {
		t.Errorf("today in the company's zone: %s", got)
	}
	if c.DayMinutes() != 450 {
		t.Errorf("a day has %d minutes", c.DayMinutes())
	}
}

func TestDueFor(t *testing.T) {
	due := DueFor(cn(), StepPlan{Deadline: 900, Remind: []int{450, 900, 2000}}, local(t, "2026-02-13 10:00:00").Add(300*time.Millisecond))
	if !due.At.Equal(local(t, "2026-02-24 10:00:00")) || due.Calendar != "cn-test" || due.Provisional {
		t.Fatalf("%+v", due)
	}
	if len(due.Remind) != 1 || !due.Remind[0].Equal(local(t, "2026-02-14 10:00:00")) {
		t.Fatalf("reminders %v: one, and none at or after the deadline", due.Remind)
	}
	if due := DueFor(cn(), StepPlan{Deadline: 900}, local(t, "2026-12-31 10:00:00")); !due.Provisional {
		t.Fatal("a deadline in a year without data must say so")
	}
}
