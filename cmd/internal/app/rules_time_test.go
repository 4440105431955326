package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// timeline reads what happened in a case, as its requester.
func (k *court) timeline(t *testing.T, c service.CaseSummary) []service.TimelineEntry {
	t.Helper()
	var tl struct{ Items []service.TimelineEntry }
	k.get(t, c.Requester.Number, "/cases/"+c.ID+"/timeline").is(t, http.StatusOK).into(t, &tl)
	return tl.Items
}

// entryOf finds the last entry of a kind.
func entryOf(t *testing.T, list []service.TimelineEntry, kind string) service.TimelineEntry {
	t.Helper()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind == kind {
			return list[i]
		}
	}
	t.Fatalf("no %s in the timeline", kind)
	return service.TimelineEntry{}
}

// What deadlines do. Half an hour of working time lasts a second and a half here.
var timeRules = []rule{
	{"A29", func(t *testing.T, k *court) {
		reminded, joined, replaced := k.opened(t, "reminded"), k.opened(t, "joined"), k.opened(t, "replaced")
		due := place(t, k.sees(t, reminded).Route.Steps, "E0074").Due
		soon(t, "E0074 is reminded", func() bool { return k.told(t, "E0074", reminded, "remind") })
		if s := place(t, k.asks(t, reminded, "E0074").Route.Steps, "E0074"); !s.Due.Equal(*due) {
			t.Errorf("a reminder moved the deadline from %s to %s", due, s.Due)
		}
		soon(t, "the superior is asked beside E0074", func() bool { return len(k.sees(t, joined).Waiting) == 2 })
		v := k.asks(t, joined, "E0007", "E0074")
		if s := place(t, v.Route.Steps, "E0007"); s.Origin != domain.OriginEscalated || s.FromPerson == nil || s.FromPerson.Number != "E0074" || s.Why.Code != domain.WhySuperior {
			t.Errorf("the superior's place: %+v", s)
		}
		k.yes(t, joined, "E0007") // either of the two is enough
		placed(t, k.stands(t, joined, domain.CaseApproved), "E0074", domain.SlotClosed, domain.ReasonSettled)
		soon(t, "the superior is asked instead of E0075", func() bool { return k.sees(t, replaced).Waiting[0].Number != "E0075" })
		placed(t, k.asks(t, replaced, "E0007"), "E0075", domain.SlotClosed, domain.ReasonEscalated)
		k.decides(t, "E0075", replaced, domain.Approve).denied(t, http.StatusConflict, domain.ReasonEscalated)
		k.yes(t, replaced, "E0007")
		k.stands(t, replaced, domain.CaseApproved)
	}},
	{"A30", func(t *testing.T, k *court) {
		c := k.opened(t, "brief")
		soon(t, "the deadline passes", func() bool { return k.sees(t, c).Status.Final() })
		v := k.stands(t, c, domain.CaseExpired)
		if s := placed(t, v, "E0076", domain.SlotClosed, domain.ReasonEnded); s.DecidedBy != nil || s.Outcome != "" {
			t.Errorf("the place: %+v", s)
		}
		if e := entryOf(t, k.timeline(t, c), "expire"); e.Actor != nil || e.DecidedBy != nil || e.Outcome != "" || e.Result != domain.Accepted {
			t.Errorf("the deadline in the timeline: %+v", e)
		}
		k.decides(t, "E0076", c, domain.Approve).late(t, domain.ReasonEnded, "")
	}},
	{"A31", func(t *testing.T, k *court) {
		// A policy under which a confidential group could pass by itself is refused.
		faulty := strings.Replace(k.policy, `tier == "ordinary" and members ==`, "members ==", 1)
		if faulty == k.policy {
			t.Fatal("the policy has no route that passes by itself")
		}
		x := k.uploads(t, "E0034", "/policies", faulty).is(t, http.StatusUnprocessableEntity)
		if !bytes.Contains(x.body, []byte("pass")) {
			t.Errorf("the refusal: %s", x.body)
		}
		// The one in force lets ordinary ones: by the system, in nobody's name.
		c := k.opened(t, "passing")
		secret := k.opened(t, "passing", confidential)
		soon(t, "the deadline passes", func() bool { return k.sees(t, c).Status.Final() })
		v := k.stands(t, c, domain.CaseApproved)
		if s := placed(t, v, "E0076", domain.SlotClosed, domain.ReasonTimedOut); s.DecidedBy != nil || s.Outcome != "" {
			t.Errorf("the place: %+v", s)
		}
		k.asks(t, secret, "E0006")
	}},
	{"A45", func(t *testing.T, k *court) {
		// The superior of E0074 is E0007, who files this: the next one up is asked.
		c := k.openedBy(t, "E0007", "joined")
		soon(t, "a superior is asked", func() bool { return len(k.sees(t, c).Waiting) == 2 })
		k.asks(t, c, "E0002", "E0074")
	}},
	{"A46", func(t *testing.T, _ *court) {
		k := newCourt(t) // of its own: the calendar is everybody's
		c := k.opened(t, "one")
		due := *place(t, k.sees(t, c).Route.Steps, "E0084").Due
		raw, err := os.ReadFile("testdata/calendar.yaml")
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		holidays := fmt.Sprintf("holidays: [{name: 停工, from: %s, to: %s}]", now.AddDate(0, 0, -1).Format(time.DateOnly), now.AddDate(0, 0, 3).Format(time.DateOnly))
		year := fmt.Sprintf("%d: {holidays: []", now.Year())
		longer := strings.Replace(strings.Replace(string(raw), "always.1", "always.2", 1), year, strings.Replace(year, "holidays: []", holidays, 1), 1)
		k.activates(t, "/calendars", longer)
		soon(t, "the deadline is computed again", func() bool {
			return place(t, k.sees(t, c).Route.Steps, "E0084").Due.After(due.Add(48 * time.Hour))
		})
		moved := *place(t, k.sees(t, c).Route.Steps, "E0084").Due
		// Back to working every day: what was promised stands.
		version := k.activates(t, "/calendars", strings.Replace(string(raw), "always.1", "always.3", 1))
		soon(t, "the case has heard of the calendar", func() bool {
			n := 0
			for _, e := range k.timeline(t, c) {
				if e.Kind == "calendar_changed" {
					n++
				}
			}
			return n == 2
		})
		v := k.asks(t, c, "E0084")
		if s := place(t, v.Route.Steps, "E0084"); !s.Due.Equal(moved) || v.Calendar != version {
			t.Errorf("under %s: the deadline moved from %s to %s", v.Calendar, moved, s.Due)
		}
		k.yes(t, c, "E0084")
		k.stands(t, c, domain.CaseApproved)
	}},
}

// uploads sends a file of rules.
func (k *court) uploads(t *testing.T, who, to, text string) reply {
	t.Helper()
	x, err := k.try(who, http.MethodPost, to, "application/yaml", []byte(text), "Idempotency-Key", uuid.NewString())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// activates puts a version of the rules into force, as two process administrators do, and waits until it holds.
func (k *court) activates(t *testing.T, to, text string) (version string) {
	t.Helper()
	var v struct {
		Version     string     `json:"version"`
		InForce     string     `json:"in_force"`
		EffectiveAt *time.Time `json:"effective_at"`
	}
	k.uploads(t, "E0034", to, text).is(t, http.StatusCreated).into(t, &v)
	at := to + "/" + url.PathEscape(v.Version)
	k.get(t, "E0034", at).is(t, http.StatusOK).into(t, &v)
	k.post(t, "E0034", at+"/proposals", map[string]any{}).is(t, http.StatusOK)
	k.post(t, "E0035", at+"/activations", map[string]string{"against": v.InForce}).is(t, http.StatusOK).into(t, &v)
	if v.EffectiveAt == nil {
		t.Fatalf("%s has no date", v.Version)
	}
	time.Sleep(time.Until(*v.EffectiveAt))
	return v.Version
}
