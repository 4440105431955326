package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
	_ "time/tzdata" // a container without zone files still knows the company's zone

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

var weekdays = map[string]time.Weekday{
	"sunday": time.Sunday, "monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday,
	"thursday": time.Thursday, "friday": time.Friday, "saturday": time.Saturday,
}

var (
	hoursForm = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$`)
	zoneForm  = regexp.MustCompile(`^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$`)
)

// ParseCalendar reads a working calendar. Its version is the declared one and the start of the file's digest. The
// error is a *FileError.
func ParseCalendar(data []byte) (*domain.Calendar, error) {
	r := &reader{}
	c := r.calendar(r.load(data))
	if err := r.err(); err != nil {
		return nil, fmt.Errorf("reading the calendar: %w", err)
	}
	c.Version = versionOf(c.Version, data)
	return c, nil
}

func (r *reader) calendar(n *yaml.Node) *domain.Calendar {
	c := &domain.Calendar{Holidays: map[string]string{}, Workdays: map[string]string{}, Years: map[int]bool{}}
	if n == nil {
		return c
	}
	f := r.object(n, "", []string{"version", "region", "weekend", "hours", "timezone", "years"}, nil)
	c.Version = r.version(f["version"])
	r.text(f["region"], "region", 20)
	for i, w := range r.list(f["weekend"], "weekend", 6) {
		name := r.oneOf(w, at("weekend", i), "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
		c.Weekend = append(c.Weekend, weekdays[name])
	}
	r.hours(c, f["hours"])
	if zone := r.text(f["timezone"], "timezone", 40); zone != "" {
		loc, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" || !zoneForm.MatchString(zone) {
			r.bad(f["timezone"], "timezone", "zone")
		}
		c.Zone = loc
	}
	years := r.mapping(f["years"], "years")
	if len(years) > 100 {
		r.bad(f["years"], "years", "too_many_years")
		return c
	}
	for _, key := range keysOf(f["years"]) {
		r.year(c, key, years[key.Value])
	}
	return c
}

func (r *reader) hours(c *domain.Calendar, n *yaml.Node) {
	spans := r.list(n, "hours", 6)
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.bad(n, "hours", "no_hours")
	}
	last := 0
	for i, s := range spans {
		m := hoursForm.FindStringSubmatch(r.text(s, at("hours", i), 11))
		if m == nil {
			r.bad(s, at("hours", i), "not_a_stretch")
			continue
		}
		h := domain.Hours{From: minuteOf(m[1], m[2]), To: minuteOf(m[3], m[4])}
		if h.To <= h.From || h.From < last || h.To > 24*60 {
			r.bad(s, at("hours", i), "stretch_order")
			continue
		}
		last = h.To
		c.Hours = append(c.Hours, h)
	}
}

func minuteOf(h, m string) int {
	hh, _ := strconv.Atoi(h)
	mm, _ := strconv.Atoi(m)
	return hh*60 + mm
}

func (r *reader) year(c *domain.Calendar, key, n *yaml.Node) {
	path := join("years", clip(key.Value, 10))
	year, err := strconv.Atoi(key.Value)
	if err != nil || year < 2000 || year > 2200 {
		r.bad(key, path, "not_a_year")
		return
	}
	c.Years[year] = true
	f := r.object(n, path, []string{"holidays", "workdays"}, nil)
	for i, h := range r.list(f["holidays"], join(path, "holidays"), 60) {
		hp := at(join(path, "holidays"), i)
		hf := r.object(h, hp, []string{"name", "from", "to"}, nil)
		name := r.text(hf["name"], join(hp, "name"), 40)
		from, ok1 := r.date(hf["from"], join(hp, "from"), year)
		to, ok2 := r.date(hf["to"], join(hp, "to"), year)
		if !ok1 || !ok2 {
			continue
		}
		if to.Before(from) {
			r.bad(h, hp, "holiday_reversed")
			continue
		}
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) { // at most a year: both lie in it
			c.Holidays[d.Format(time.DateOnly)] = name
		}
	}
	for i, w := range r.list(f["workdays"], join(path, "workdays"), 60) {
		wp := at(join(path, "workdays"), i)
		d, ok := r.date(w, wp, year)
		if !ok {
			continue
		}
		day := d.Format(time.DateOnly)
		if name, both := c.Holidays[day]; both {
			r.bad(w, wp, "day_is_holiday", "holiday", name)
			continue
		}
		c.Workdays[day] = ""
	}
}

func (r *reader) date(n *yaml.Node, path string, year int) (time.Time, bool) {
	if n == nil {
		return time.Time{}, false
	}
	d, err := time.Parse(time.DateOnly, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || d.Year() != year {
		r.bad(n, path, "not_a_day", "year", year)
		return time.Time{}, false
	}
	return d, true
}
