package directory

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	shanghai    = time.FixedZone("CST", 8*3600)
	calendarNow = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
)

func ics(events ...string) string {
	s := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//ZH\r\n"
	for _, e := range events {
		s += "BEGIN:VEVENT\r\nUID:1@x\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return s + "END:VCALENDAR\r\n"
}

func TestParseCalendar(t *testing.T) {
	day := "DTSTART;VALUE=DATE:20261201|DTEND;VALUE=DATE:20261206"
	five := "2026-12-01 00:00–2026-12-06 00:00"
	for name, c := range map[string]struct {
		in      string
		want    string // times in Shanghai
		skipped int
	}{
		"whole days":                  {ics(day + "|SUMMARY:年假"), five, 0},
		"marked out of office":        {ics(day + "|SUMMARY:private|X-MICROSOFT-CDO-BUSYSTATUS:OOF"), five, 0},
		"English":                     {ics(day + "|SUMMARY;LANGUAGE=en:Annual leave (Hainan)"), five, 0},
		"a word inside another":       {ics(day + "|SUMMARY:Interleave the cables"), "", 0},
		"a meeting":                   {ics(day + "|SUMMARY:评审会|X-MICROSOFT-CDO-BUSYSTATUS:BUSY"), "", 0},
		"folded in the middle":        {ics(day + "|SUMMARY:团队建设之后的年\r\n 假"), five, 0},
		"folded, bare line feeds":     {strings.ReplaceAll(ics(day+"|SUMM\r\n\tARY:休假"), "\r\n", "\n"), five, 0},
		"one day without an end":      {ics("DTSTART;VALUE=DATE:20261201|SUMMARY:请假"), "2026-12-01 00:00–2026-12-02 00:00", 0},
		"Shanghai by name":            {ics("DTSTART;TZID=Asia/Shanghai:20261201T090000|DTEND;TZID=Asia/Shanghai:20261201T180000|SUMMARY:OOO"), "2026-12-01 09:00–2026-12-01 18:00", 0},
		"Outlook's name of it":        {ics(`DTSTART;TZID="China Standard Time":20261201T090000|DURATION:PT9H|SUMMARY:OOO`), "2026-12-01 09:00–2026-12-01 18:00", 0},
		"a colon in quotes":           {ics(`DTSTART;X-A="a:b;c";TZID=PRC:20261201T090000|DURATION:P1DT1H|SUMMARY:OOO`), "2026-12-01 09:00–2026-12-02 10:00", 0},
		"UTC":                         {ics("DTSTART:20261201T010000Z|DTEND:20261201T100000Z|SUMMARY:vacation"), "2026-12-01 09:00–2026-12-01 18:00", 0},
		"floating is the company's":   {ics("DTSTART:20261201T090000|DTEND:20261201T180000|SUMMARY:vacation"), "2026-12-01 09:00–2026-12-01 18:00", 0},
		"an unknown zone":             {ics("DTSTART;TZID=../../etc/passwd:20261201T090000|DTEND:20261201T180000|SUMMARY:OOO"), "", 1},
		"repeating":                   {ics(day + "|RRULE:FREQ=YEARLY|SUMMARY:年假"), "", 1},
		"cancelled":                   {ics(day + "|STATUS:CANCELLED|SUMMARY:年假"), "", 0},
		"over":                        {ics("DTSTART;VALUE=DATE:20261101|DTEND;VALUE=DATE:20261123|SUMMARY:年假"), "", 0},
		"not yet over":                {ics("DTSTART;VALUE=DATE:20261101|DTEND;VALUE=DATE:20261124|SUMMARY:年假"), "2026-11-01 00:00–2026-11-24 00:00", 0},
		"under four hours":            {ics("DTSTART:20261201T090000|DTEND:20261201T125959|SUMMARY:外出"), "", 0},
		"four hours":                  {ics("DTSTART:20261201T090000|DTEND:20261201T130000|SUMMARY:外出"), "2026-12-01 09:00–2026-12-01 13:00", 0},
		"ends before it begins":       {ics("DTSTART:20261201T090000|DTEND:20261130T130000|SUMMARY:外出"), "", 0},
		"days one by one":             {ics("DTSTART;VALUE=DATE:20261202|SUMMARY:年假", "DTSTART;VALUE=DATE:20261201|SUMMARY:年假"), "2026-12-01 00:00–2026-12-03 00:00", 0},
		"an alarm's summary is not":   {ics(day + "|SUMMARY:会议|BEGIN:VALARM|SUMMARY:年假|END:VALARM"), "", 0},
		"a year that never was":       {ics("DTSTART;VALUE=DATE:99991201|SUMMARY:年假"), "", 1},
		"no day at all":               {ics("DTSTART;VALUE=DATE:20261341|SUMMARY:年假"), "", 1},
		"a duration too long to read": {ics("DTSTART:20261201T090000|DURATION:P99999999999D|SUMMARY:OOO"), "", 1},
		"nothing in it":               {ics(), "", 0},
		"a mark before it":            {"\xEF\xBB\xBF" + ics(day+"|SUMMARY:年假"), five, 0},
	} {
		f, err := ParseCalendar([]byte(c.in), shanghai, calendarNow)
		var got []string
		for _, a := range f.Away {
			const form = "2006-01-02 15:04"
			got = append(got, a.Start.In(shanghai).Format(form)+"–"+a.Until.In(shanghai).Format(form))
		}
		if err != nil || strings.Join(got, " ") != c.want || f.Skipped != c.skipped {
			t.Errorf("%s: %v, %d skipped, %v; want %q, %d", name, got, f.Skipped, err, c.want, c.skipped)
		}
	}
}

func TestCalendarFaults(t *testing.T) {
	for name, c := range map[string]struct{ in, code string }{
		"empty":           {" \r\n", CodeEmpty},
		"no calendar":     {"工号,开始日期\r\nE1,2026-12-01\r\n", CodeNotCalendar},
		"a page":          {"<!DOCTYPE html><html>", CodeNotCalendar},
		"cut":             {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", CodeCalendarBroken},
		"crossed":         {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", CodeCalendarBroken},
		"ends too often":  {"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nEND:VCALENDAR\r\n", CodeCalendarBroken},
		"nested deep":     {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:X\r\n", 50), CodeCalendarBroken},
		"too large":       {ics("DESCRIPTION:" + strings.Repeat("x", MaxCalendarBytes)), CodeTooLarge},
		"too many events": {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", maxCalendarEvents+1), CodeTooManyEvents},
	} {
		_, err := ParseCalendar([]byte(c.in), shanghai, calendarNow)
		var fe *FileError
		if !errors.As(err, &fe) || fe.Code != c.code || strings.Contains(fe.Text("zh")+fe.Text("en"), "{") {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	if f, err := ParseCalendar([]byte(ics("SUMMARY:年假|DTSTART;VALUE=DATE:20261201|DESCRIPTION:"+strings.Repeat("x\r\n ", 40_000))), shanghai, calendarNow); err != nil || len(f.Away) != 1 {
		t.Errorf("a long description: %v, %v", f, err)
	}
}

func FuzzCalendar(f *testing.F) {
	for _, s := range []string{ics("DTSTART;VALUE=DATE:20261201|SUMMARY:年假"), ics(`DTSTART;TZID="China Standard Time":20261201T090000|DURATION:PT9H|SUMMARY:OOO`),
		"BEGIN:VCALENDAR\n X\n\tY:\nEND:VCALENDAR", ics("DTSTART;TZID=Europe/Berlin:20261201T090000|DTEND:20261231T235960Z|SUMMARY:OOO|RRULE:x"), "\xff\xfe;:\":"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		begin := time.Now()
		c, err := ParseCalendar(data, shanghai, calendarNow)
		if d := time.Since(begin); d > 2*time.Second {
			t.Fatalf("%d bytes take %v", len(data), d)
		}
		var fe *FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatal(err)
		}
		for i, a := range c.Away {
			if !a.Until.After(calendarNow) || a.Until.Sub(a.Start) < minAway || i > 0 && !a.Start.After(c.Away[i-1].Until) {
				t.Fatal(fmt.Sprint(i, c.Away))
			}
		}
	})
}
