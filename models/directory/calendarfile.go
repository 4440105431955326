package directory

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The bounds of a calendar file.
const (
	MaxCalendarBytes  = 200 << 10
	maxCalendarEvents = 2_000
	maxCalendarDepth  = 8
	maxCalendarLine   = 16 << 10 // a property, unfolded; longer ones are descriptions, which are not read
	// minAway is the shortest time that is worth a deputy: an appointment is none.
	minAway = 4 * time.Hour
	maxAway = 366 * 24 * time.Hour
)

// Away is a time that a calendar shows its owner as away. Why is not kept.
type Away struct {
	Start, Until time.Time // UTC; until is the first moment that is no longer away
}

// CalendarFile is what a calendar file says of absences.
type CalendarFile struct {
	Away    []Away // not over, ascending, none touching another
	Skipped int    // absences that repeat, or stand in a time zone that is not known
}

// awayWords are what people write over the days they are off. 外出 and 出差 count: whoever travels may not decide in time.
var awayWords = regexp.MustCompile(`(?i)请假|休假|年假|年休|病假|事假|产假|育儿假|婚假|丧假|探亲假|调休|休息|放假|出差|外出|不在岗|不在办公室|\b(OOO|OOTO|PTO|out[ -]of[ -](the[ -])?office|vacation|annual leave|on leave|sick leave|parental leave|leave|day off|days off|holidays?|business trip|travell?ing)\b`)

// ParseCalendar reads an iCalendar file (RFC 5545) as far as it tells when its owner is away: events marked out of office,
// or called so. A time without a zone of its own is in zone; a date is a whole day there. The error is a *FileError.
func ParseCalendar(data []byte, zone *time.Location, now time.Time) (CalendarFile, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	switch {
	case len(data) > MaxCalendarBytes:
		return CalendarFile{}, &FileError{CodeTooLarge, params("max", "0.2")}
	case len(bytes.TrimSpace(data)) == 0:
		return CalendarFile{}, &FileError{Code: CodeEmpty}
	}
	r := calendarReader{zone: zone}
	for line := range unfolded(data) {
		if err := r.line(line); err != nil {
			return CalendarFile{}, err
		}
	}
	if !r.begun {
		return CalendarFile{}, &FileError{Code: CodeNotCalendar}
	}
	if len(r.open) > 0 {
		return CalendarFile{}, &FileError{Code: CodeCalendarBroken}
	}
	return CalendarFile{Away: merged(r.away, now), Skipped: r.skipped}, nil
}

// unfolded gives the content lines: a line that begins with a space or tab goes on the one before (RFC 5545, 3.1). Bare
// line feeds are taken too. What is beyond maxCalendarLine is cut.
func unfolded(data []byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		var line []byte
		for raw := range bytes.Lines(data) {
			raw = bytes.TrimRight(raw, "\r\n")
			if len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\t') && line != nil {
				line = append(line, raw[1:]...)
			} else {
				if len(line) > 0 && !yield(string(line)) {
					return
				}
				line = slices.Clone(raw)
			}
			line = line[:min(len(line), maxCalendarLine)]
		}
		if len(line) > 0 {
			yield(string(line))
		}
	}
}

// property is one content line: NAME;PARAM=value:value.
type property struct {
	name, value string
	params      map[string]string
}

// parseProperty splits a content line; a colon or semicolon inside quotes belongs to the parameter.
func parseProperty(line string) (property, bool) {
	quoted, end := false, -1
	var cuts []int
	for i := 0; i < len(line) && end < 0; i++ {
		switch line[i] {
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				cuts = append(cuts, i)
			}
		case ':':
			if !quoted {
				end = i
			}
		}
	}
	if end < 0 {
		return property{}, false
	}
	cuts = append(cuts, end)
	p := property{name: strings.ToUpper(strings.TrimSpace(line[:cuts[0]])), value: line[end+1:], params: map[string]string{}}
	for i := 0; i+1 < len(cuts); i++ {
		k, v, _ := strings.Cut(line[cuts[i]+1:cuts[i+1]], "=")
		p.params[strings.ToUpper(strings.TrimSpace(k))] = strings.Trim(v, `"`)
	}
	return p, p.name != ""
}

// calendarEvent is what an event says that matters here.
type calendarEvent struct {
	start, end, duration           *property
	called, busy, repeats, skipped bool
}

type calendarReader struct {
	zone    *time.Location
	begun   bool
	open    []string // components, the outermost first
	event   calendarEvent
	events  int
	away    []Away
	skipped int
}

func (r *calendarReader) line(text string) error {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	p, ok := parseProperty(text)
	if !r.begun && (!ok || p.name != "BEGIN" || !strings.EqualFold(strings.TrimSpace(p.value), "VCALENDAR")) {
		return &FileError{Code: CodeNotCalendar}
	}
	if !ok {
		return nil // a line that is no property says nothing
	}
	switch what := strings.ToUpper(strings.TrimSpace(p.value)); p.name {
	case "BEGIN":
		r.begun = true
		if len(r.open) >= maxCalendarDepth {
			return &FileError{Code: CodeCalendarBroken}
		}
		r.open = append(r.open, what)
		if what == "VEVENT" {
			r.event = calendarEvent{}
			if r.events++; r.events > maxCalendarEvents {
				return &FileError{CodeTooManyEvents, params("max", strconv.Itoa(maxCalendarEvents))}
			}
		}
	case "END":
		if len(r.open) == 0 || r.open[len(r.open)-1] != what {
			return &FileError{Code: CodeCalendarBroken}
		}
		r.open = r.open[:len(r.open)-1]
		if what == "VEVENT" {
			r.done()
		}
	default:
		if len(r.open) > 0 && r.open[len(r.open)-1] == "VEVENT" { // not of an alarm inside it
			r.event.take(p)
		}
	}
	return nil
}

func (e *calendarEvent) take(p property) {
	switch p.name {
	case "DTSTART":
		e.start = &p
	case "DTEND":
		e.end = &p
	case "DURATION":
		e.duration = &p
	case "SUMMARY", "CATEGORIES":
		e.called = e.called || awayWords.MatchString(p.value)
	case "X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-INTENDEDSTATUS", "BUSYTYPE":
		v := strings.ToUpper(strings.TrimSpace(p.value))
		e.busy = e.busy || v == "OOF" || v == "BUSY-UNAVAILABLE"
	case "RRULE", "RDATE":
		e.repeats = true
	case "STATUS":
		e.skipped = e.skipped || strings.EqualFold(strings.TrimSpace(p.value), "CANCELLED")
	}
}

// done takes an event that is complete.
func (r *calendarReader) done() {
	e := r.event
	if e.skipped || (!e.called && !e.busy) || e.start == nil {
		return
	}
	start, whole, ok := r.moment(*e.start)
	if !ok || e.repeats {
		r.skipped++
		return
	}
	until := start
	switch {
	case e.end != nil:
		if until, _, ok = r.moment(*e.end); !ok {
			r.skipped++
			return
		}
	case e.duration != nil:
		d, ok := calendarDuration(e.duration.value)
		if !ok {
			r.skipped++
			return
		}
		until = start.Add(d)
	case whole:
		until = start.In(r.zone).AddDate(0, 0, 1)
	}
	if d := until.Sub(start); d < minAway || d > maxAway {
		return
	}
	r.away = append(r.away, Away{Start: start.UTC(), Until: until.UTC()})
}

// moment reads a DATE or DATE-TIME. whole tells that it is a date.
func (r *calendarReader) moment(p property) (at time.Time, whole, ok bool) {
	v := strings.TrimSpace(p.value)
	if strings.EqualFold(p.params["VALUE"], "DATE") || len(v) == 8 {
		at, err := time.ParseInLocation("20060102", v, r.zone)
		return at, true, err == nil && inYears(at)
	}
	if s, utc := strings.CutSuffix(v, "Z"); utc {
		at, err := time.Parse("20060102T150405", s)
		return at, false, err == nil && inYears(at)
	}
	zone := r.zone
	if id := p.params["TZID"]; id != "" {
		if zone = zoneOf(id); zone == nil {
			return time.Time{}, false, false
		}
	}
	at, err := time.ParseInLocation("20060102T150405", v, zone)
	return at, false, err == nil && inYears(at)
}

func inYears(t time.Time) bool { return t.Year() >= 2000 && t.Year() <= 2200 }

// zoneNames are what calendars call China's one zone beside its name in the database of zones.
var zoneNames = map[string]string{
	"china standard time": "Asia/Shanghai", "prc": "Asia/Shanghai", "asia/beijing": "Asia/Shanghai", "beijing": "Asia/Shanghai",
	"asia/chongqing": "Asia/Shanghai", "asia/harbin": "Asia/Shanghai", "(utc+08:00) beijing, chongqing, hong kong, urumqi": "Asia/Shanghai",
	"asia/shanghai": "Asia/Shanghai", "utc": "UTC", "gmt": "UTC", "etc/utc": "UTC",
}

var zoneName = regexp.MustCompile(`^[A-Z][A-Za-z_]{1,30}(/[A-Za-z][A-Za-z_+-]{1,30}){1,2}$`)

// zoneOf finds a zone by what a calendar calls it; nil when it is not known. China has had one zone without summer time
// since 1991, and needs no database.
func zoneOf(id string) *time.Location {
	name, ok := zoneNames[strings.ToLower(strings.TrimSpace(id))]
	switch {
	case name == "Asia/Shanghai":
		return time.FixedZone("CST", 8*3600)
	case ok:
		return time.UTC
	case !zoneName.MatchString(id):
		return nil
	}
	zone, err := time.LoadLocation(id)
	if err != nil {
		return nil
	}
	return zone
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$`)

// calendarDuration reads P1D, PT8H30M, P1W.
func calendarDuration(s string) (time.Duration, bool) {
	m := durationForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if m == nil {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, err := strconv.Atoi(cmp.Or(m[i+1], "0"))
		if err != nil {
			return 0, false
		}
		d += time.Duration(n) * unit
	}
	return d, d > 0
}

// merged sorts times, drops those that are over, and joins those that touch: five days off that stand as five events are
// one absence.
func merged(list []Away, now time.Time) []Away {
	slices.SortFunc(list, func(a, b Away) int { return cmp.Or(a.Start.Compare(b.Start), a.Until.Compare(b.Until)) })
	var out []Away
	for _, a := range list {
		switch {
		case !a.Until.After(now):
		case len(out) > 0 && !a.Start.After(out[len(out)-1].Until):
			if last := &out[len(out)-1]; a.Until.After(last.Until) {
				last.Until = a.Until
			}
		default:
			out = append(out, a)
		}
	}
	return out
}
