package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
)

// bar is one bar of a chart: what it counts, how many, and the register that lists them.
type bar struct {
	Label string
	N     int
	Href  string // empty: nothing to follow
	Tone  string
}

// chart is one picture of the overview with its title.
type chart struct {
	Key  string // names it in ids and texts
	Bars []bar
	Flat bool // upright bars over time, in a row
}

// Most is the longest bar; never 0, so that shares can be told.
func (c chart) most() int {
	m := 1
	for _, b := range c.Bars {
		m = max(m, b.N)
	}
	return m
}

// overview shows the company's groups in figures, each leading to the register narrowed to it.
func (w *Web) overview(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("overview.title"), "overview"
	st, err := w.Service.GroupStats(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, overviewPage(v, st, v.charts(st)))
}

func (v *View) charts(st service.GroupStats) []chart {
	to := func(key, val string) string { return "/groups?" + url.Values{key: {val}}.Encode() }
	make := func(key, text, filter string, list []service.Figure, tone func(string) string) chart {
		ch := chart{Key: key}
		for _, f := range list {
			b := bar{Label: v.TOr(text+f.Key, f.Key), N: f.N}
			if filter != "" && f.N > 0 {
				b.Href = to(filter, f.Key)
			}
			if tone != nil {
				b.Tone = tone(f.Key)
			}
			ch.Bars = append(ch.Bars, b)
		}
		return ch
	}
	due := chart{Key: "due", Flat: true}
	for _, f := range st.Due {
		due.Bars = append(due.Bars, v.monthBar(f))
	}
	return []chart{
		due,
		make("states", "group.", "state", st.States, toneOf(groupTone)),
		make("flags", "flag.", "flag", st.Flags, toneOf(flagTone)),
		make("tiers", "tier.", "tier", st.Tiers, nil),
		make("types", "type.", "type", st.Types, nil),
		make("platforms", "platform.", "platform", st.Platforms, nil),
		make("findings", "age.", "", st.Findings, func(k string) string { return map[string]string{"older": "bad", "month": "warn"}[k] }),
		make("operations", "opstate.", "", st.Operations, toneOf(opTone)),
	}
}

func toneOf[K ~string](m map[K]string) func(string) string {
	return func(k string) string { return m[K(k)] }
}

// monthBar is the groups whose next date falls in a month.
func (v *View) monthBar(f service.Figure) bar {
	b := bar{N: f.N, Tone: "info"}
	link := func(from, to string) string {
		q := url.Values{}
		if from != "" {
			q.Set("due_from", from)
		}
		if to != "" {
			q.Set("due_to", to)
		}
		return "/groups?" + q.Encode()
	}
	now := v.Now
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, v.Zone)
	switch f.Key {
	case "past":
		b.Label, b.Href, b.Tone = v.T("due.past_month"), link("", first.AddDate(0, 0, -1).Format(time.DateOnly)), "bad"
	case "later":
		b.Label, b.Href, b.Tone = v.T("due.later"), link(first.AddDate(0, 12, 0).Format(time.DateOnly), ""), "calm"
	default:
		m, err := time.ParseInLocation("2006-01", f.Key, v.Zone)
		if err != nil {
			b.Label = f.Key
			break
		}
		b.Label = v.monthName(m)
		b.Href = link(m.Format(time.DateOnly), m.AddDate(0, 1, -1).Format(time.DateOnly))
	}
	if f.N == 0 {
		b.Href = ""
	}
	return b
}

// monthName is short, with the year where one begins.
func (v *View) monthName(m time.Time) string {
	switch {
	case v.Lang == English && m.Month() == time.January:
		return m.Format("Jan 2006")
	case v.Lang == English:
		return m.Format("Jan")
	case m.Month() == time.January:
		return m.Format("2006年1月")
	}
	return m.Format("1月")
}

// chartText is the picture in words, for who cannot see it.
func (v *View) chartText(c chart) string {
	var parts []string
	for _, b := range c.Bars {
		parts = append(parts, v.T("overview.item", "what", b.Label, "n", strconv.Itoa(b.N)))
	}
	return v.T("overview.desc", "title", v.T("overview."+c.Key), "list", strings.Join(parts, v.T("list.comma")))
}

// figure finds one number among several.
func figure(list []service.Figure, key string) int {
	for _, f := range list {
		if f.Key == key {
			return f.N
		}
	}
	return 0
}

func total(list []service.Figure) int {
	n := 0
	for _, f := range list {
		n += f.N
	}
	return n
}

// share is a number's part of the most, in units of a whole; what there is any of is seen.
func share(n, most, whole int) int {
	if n <= 0 {
		return 0
	}
	return max(2, n*whole/most)
}
