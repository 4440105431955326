package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// RulesDiff says what differs between two versions, in words and line by line.
type RulesDiff struct {
	Version string          `json:"version"`
	Against string          `json:"against"`
	Changes []policy.Change `json:"changes"`
	Lines   []DiffLine      `json:"lines"` // the files' lines that differ, with some around them
}

// DiffLine is a line of either file.
type DiffLine struct {
	Op   string `json:"op"`            // same, added, removed, gap
	Old  int    `json:"old,omitempty"` // line numbers from 1
	New  int    `json:"new,omitempty"`
	Text string `json:"text"`
}

// RulesDiff compares a version with another, by default the one in force.
func (s *Service) RulesDiff(ctx context.Context, a Actor, kind RulesKind, version, against string) (RulesDiff, error) {
	if err := mayReadRules(a); err != nil {
		return RulesDiff{}, err
	}
	d, err := s.rulesDiff(ctx, kind, version, against)
	return d, fail(err)
}

func (s *Service) rulesDiff(ctx context.Context, kind RulesKind, version, against string) (RulesDiff, error) {
	is, err := s.cfg.Store.RulesByVersion(ctx, kind, version)
	if err != nil {
		return RulesDiff{}, err
	}
	was, err := s.cfg.Store.RulesInForce(ctx, kind, s.now())
	if against != "" {
		was, err = s.cfg.Store.RulesByVersion(ctx, kind, against)
	}
	if err != nil {
		return RulesDiff{}, err
	}
	d := RulesDiff{Version: is.Version, Against: was.Version, Changes: []policy.Change{}, Lines: diffLines(was.Body, is.Body)}
	if kind == Calendars {
		a, err1 := policy.ParseCalendar([]byte(was.Body))
		b, err2 := policy.ParseCalendar([]byte(is.Body))
		if err1 == nil && err2 == nil {
			d.Changes = calendarChanges(a, b)
		}
		return d, nil
	}
	a, err1 := policy.Parse([]byte(was.Body))
	b, err2 := policy.Parse([]byte(is.Body))
	if err1 == nil && err2 == nil { // one that this program cannot read is compared by its lines alone
		d.Changes = append(d.Changes, policy.Diff(a, b)...)
	}
	return d, nil
}

// calendarChanges says which days and hours differ between two calendars.
func calendarChanges(a, b *domain.Calendar) []policy.Change {
	out := []policy.Change{}
	value := func(path string, what domain.Label, was, is string) {
		if was == is {
			return
		}
		kind := policy.PartChanged
		switch "" {
		case was:
			kind = policy.PartAdded
		case is:
			kind = policy.PartRemoved
		}
		out = append(out, policy.Change{Path: path, Kind: kind, What: what, Before: domain.Label{ZH: was, EN: was}, After: domain.Label{ZH: is, EN: is}})
	}
	zone := func(c *domain.Calendar) string {
		if c.Zone == nil {
			return ""
		}
		return c.Zone.String()
	}
	value("timezone", domain.Label{ZH: "时区", EN: "Time zone"}, zone(a), zone(b))
	labels := func(path string, what, was, is domain.Label) {
		if was != is {
			out = append(out, policy.Change{Path: path, Kind: policy.PartChanged, What: what, Before: was, After: is})
		}
	}
	labels("weekend", domain.Label{ZH: "周末", EN: "Weekend"}, weekendWords(a), weekendWords(b))
	value("hours", domain.Label{ZH: "工作时间", EN: "Working hours"}, hoursWords(a), hoursWords(b))
	for _, days := range []struct {
		path   string
		what   domain.Label
		was, s map[string]string
	}{
		{"holidays", domain.Label{ZH: "节假日", EN: "Public holiday"}, a.Holidays, b.Holidays},
		{"workdays", domain.Label{ZH: "调休上班日", EN: "Make-up working day"}, a.Workdays, b.Workdays},
	} {
		all := maps.Clone(days.was)
		maps.Copy(all, days.s)
		for _, day := range slices.Sorted(maps.Keys(all)) {
			was, before := days.was[day]
			is, after := days.s[day]
			if before && was == "" {
				was = day
			}
			if after && is == "" {
				is = day
			}
			value(days.path+"."+day, domain.Label{ZH: days.what.ZH + " " + day, EN: days.what.EN + " " + day}, was, is)
		}
	}
	years := func(c *domain.Calendar) string {
		var all []string
		for _, y := range slices.Sorted(maps.Keys(c.Years)) {
			all = append(all, fmt.Sprint(y))
		}
		return strings.Join(all, ", ")
	}
	value("years", domain.Label{ZH: "有数据的年份", EN: "Years with data"}, years(a), years(b))
	return out
}

func weekendWords(c *domain.Calendar) domain.Label {
	names := []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	var zh, en []string
	for _, d := range c.Weekend {
		zh, en = append(zh, names[d]), append(en, d.String())
	}
	return domain.Label{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

func hoursWords(c *domain.Calendar) string {
	var all []string
	for _, h := range c.Hours {
		all = append(all, fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60))
	}
	return strings.Join(all, ", ")
}

// The bounds of a comparison by lines.
const (
	diffAround = 3
	diffEdits  = 600 // more than that: the middle is shown as taken out and put in
)

// diffLines compares two files line by line, with three unchanged lines around each change.
func diffLines(was, is string) []DiffLine {
	a, b := splitLines(was), splitLines(is)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	all := make([]DiffLine, 0, len(a)+len(b))
	for i := range head {
		all = append(all, DiffLine{Op: "same", Old: i + 1, New: i + 1, Text: a[i]})
	}
	all = append(all, middle(a[head:len(a)-tail], b[head:len(b)-tail], head)...)
	for i := range tail {
		o, n := len(a)-tail+i, len(b)-tail+i
		all = append(all, DiffLine{Op: "same", Old: o + 1, New: n + 1, Text: a[o]})
	}
	return around(all)
}

func splitLines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

// middle finds the fewest edits from a to b (Myers, An O(ND) Difference Algorithm, 1986), or gives up when they are too many.
func middle(a, b []string, off int) []DiffLine {
	n, m := len(a), len(b)
	most := min(n+m, diffEdits)
	v := make([]int, 2*most+2)
	var trace [][]int
	for d := 0; d <= most; d++ {
		trace = append(trace, slices.Clone(v))
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && v[most+k-1] < v[most+k+1] {
				x = v[most+k+1]
			} else {
				x = v[most+k-1] + 1
			}
			y := x - k
			for x < n && y < m && x >= 0 && y >= 0 && a[x] == b[y] {
				x, y = x+1, y+1
			}
			v[most+k] = x
			if x == n && y == m {
				return edits(a, b, off, trace, most)
			}
		}
	}
	var out []DiffLine
	for i, t := range a {
		out = append(out, DiffLine{Op: "removed", Old: off + i + 1, Text: t})
	}
	for i, t := range b {
		out = append(out, DiffLine{Op: "added", New: off + i + 1, Text: t})
	}
	return out
}

// edits walks the trace back from the end.
func edits(a, b []string, off int, trace [][]int, most int) []DiffLine {
	var out []DiffLine
	x, y := len(a), len(b)
	for d := len(trace) - 1; d >= 0; d-- {
		v, k := trace[d], x-y
		prev := k - 1
		if k == -d || k != d && v[most+k-1] < v[most+k+1] {
			prev = k + 1
		}
		px := v[most+prev]
		py := px - prev
		if d == 0 {
			px, py = 0, 0
		}
		for x > px && y > py && x > 0 && y > 0 {
			out = append(out, DiffLine{Op: "same", Old: off + x, New: off + y, Text: a[x-1]})
			x, y = x-1, y-1
		}
		switch {
		case d == 0:
		case prev == k+1:
			out = append(out, DiffLine{Op: "added", New: off + y, Text: b[y-1]})
			y--
		default:
			out = append(out, DiffLine{Op: "removed", Old: off + x, Text: a[x-1]})
			x--
		}
	}
	slices.Reverse(out)
	return out
}

// around keeps what changed and a few lines beside it; a gap stands for the rest.
func around(all []DiffLine) []DiffLine {
	keep := make([]bool, len(all))
	for i, l := range all {
		if l.Op == "same" {
			continue
		}
		for k := max(0, i-diffAround); k <= min(len(all)-1, i+diffAround); k++ {
			keep[k] = true
		}
	}
	out := []DiffLine{}
	for i, l := range all {
		switch {
		case keep[i]:
			out = append(out, l)
		case len(out) > 0 && out[len(out)-1].Op != "gap":
			out = append(out, DiffLine{Op: "gap"})
		}
	}
	if n := len(out); n > 0 && out[n-1].Op == "gap" {
		out = out[:n-1]
	}
	return out
}
