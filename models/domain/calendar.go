package domain

import (
	"slices"
	"time"
)

// Hours is one stretch of working time of a day, in minutes after midnight: [From, To).
type Hours struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Calendar is a company's working calendar: weekends, public holidays, make-up working days and hours. It is data with
// a version of its own (temporal.md 26, design: decided 6) and never changes after it was built.
type Calendar struct {
	Version  string
	Zone     *time.Location
	Weekend  []time.Weekday
	Hours    []Hours           // ascending, apart
	Holidays map[string]string // YYYY-MM-DD → name
	Workdays map[string]string // make-up working days: YYYY-MM-DD → name of the holiday they make up for, or ""
	Years    map[int]bool      // years whose holidays are known
	// Minute is how long a working minute lasts: a minute, unless a test makes days pass in seconds.
	Minute time.Duration
}

// minute is how long a working minute lasts.
func (c *Calendar) minute() time.Duration {
	if c.Minute > 0 {
		return c.Minute
	}
	return time.Minute
}

// DayKind says what a day is in the calendar.
type DayKind string

// The kinds of day.
const (
	DayWork    DayKind = "workday"
	DayWeekend DayKind = "weekend"
	DayHoliday DayKind = "holiday"
	DayMakeup  DayKind = "makeup" // a weekend day worked to make up for a holiday
)

// maxCalendarDays bounds every walk over days, so that no span, however large, can hold a caller up: 20 years.
const maxCalendarDays = 20 * 366

func (c *Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// DayKind tells what the day of t in the company's zone is, with the holiday's name where there is one.
func (c *Calendar) DayKind(t time.Time) (DayKind, string) {
	t = t.In(c.zone())
	date := t.Format(time.DateOnly)
	if name, ok := c.Workdays[date]; ok {
		return DayMakeup, name
	}
	if name, ok := c.Holidays[date]; ok {
		return DayHoliday, name
	}
	if slices.Contains(c.Weekend, t.Weekday()) {
		return DayWeekend, ""
	}
	return DayWork, ""
}

func (c *Calendar) workday(t time.Time) bool {
	k, _ := c.DayKind(t)
	return k == DayWork || k == DayMakeup
}

// DayMinutes is the working time of a full day, in minutes.
func (c *Calendar) DayMinutes() int {
	sum := 0
	for _, h := range c.Hours {
		sum += h.To - h.From
	}
	return sum
}

// at is the instant of a minute of t's day in the company's zone.
func (c *Calendar) at(t time.Time, minute int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, c.zone())
}

// Working tells whether t lies in working time; the end of a stretch no longer does.
func (c *Calendar) Working(t time.Time) bool {
	t = t.In(c.zone())
	if !c.workday(t) {
		return false
	}
	for _, h := range c.Hours {
		if !t.Before(c.at(t, h.From)) && t.Before(c.at(t, h.To)) {
			return true
		}
	}
	return false
}

// NextWorking returns t when it lies in working time, else the start of the next working stretch, in UTC. A calendar
// without any working time gives t back.
func (c *Calendar) NextWorking(t time.Time) time.Time {
	day := t.In(c.zone())
	for range maxCalendarDays {
		if c.workday(day) {
			for _, h := range c.Hours {
				if from := c.at(day, h.From); c.at(day, h.To).After(t) {
					if from.Before(t) {
						from = t
					}
					return from.UTC()
				}
			}
		}
		day = c.tomorrow(day)
	}
	return t.UTC()
}

// tomorrow is midnight of the next day in the company's zone.
func (c *Calendar) tomorrow(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, c.zone())
}

// Add walks workingMinutes of working time from an instant on (semantics 1: deadlines run on the working calendar).
// The result is in UTC and truncated to the second. provisional tells that the walk touched a year without data, of
// which only the weekends were counted, or went beyond 20 years, where it ends.
func (c *Calendar) Add(from time.Time, workingMinutes int) (at time.Time, provisional bool) {
	now := from.Truncate(time.Second).In(c.zone())
	if workingMinutes <= 0 {
		return now.UTC(), !c.Years[now.Year()]
	}
	left := time.Duration(min(workingMinutes, maxCalendarDays*24*60)) * c.minute()
	day := now
	for range maxCalendarDays {
		provisional = provisional || !c.Years[day.Year()]
		if c.workday(day) {
			for _, h := range c.Hours {
				start, end := c.at(day, h.From), c.at(day, h.To)
				if start.Before(now) {
					start = now
				}
				free := end.Sub(start)
				if free <= 0 {
					continue
				}
				if left <= free {
					return start.Add(left).UTC(), provisional
				}
				left -= free
			}
		}
		day = c.tomorrow(day)
	}
	return day.UTC(), true
}

// DueFor computes the deadline, the reminders and the ladder of a step that opens at from, once and for all: they are recorded
// with the calendar's version (temporal.md 26).
func DueFor(c *Calendar, plan StepPlan, from time.Time) Due {
	at, provisional := c.Add(from, plan.Deadline)
	due := Due{At: at, Calendar: c.Version, Provisional: provisional}
	for _, m := range plan.Remind {
		if r, _ := c.Add(from, m); r.Before(at) {
			due.Remind = append(due.Remind, r)
		}
	}
	for _, r := range plan.Ladder {
		if when, _ := c.Add(from, r.After); when.Before(at) {
			due.Ladder = append(due.Ladder, DueRung{At: when, Do: r.Do})
		}
	}
	return due
}

// Today is the date at t in the company's zone, YYYY-MM-DD.
func Today(c *Calendar, t time.Time) string { return t.In(c.zone()).Format(time.DateOnly) }

// Nine is nine o'clock of the company's day n days after the moment's: when what runs in days falls due.
func (c *Calendar) Nine(t time.Time, n int) time.Time {
	y, m, d := t.In(c.zone()).Date()
	return time.Date(y, m, d+n, dateHour, 0, 0, 0, c.zone()).UTC()
}
