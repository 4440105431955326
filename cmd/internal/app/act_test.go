package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The acts on a case, each by HTTP on a real engine. A project group of E0040 is decided by E0006, who leads the platform
// department, and then by E0002, who heads the centre above it.

// onCase sends an act on a case; members are pairs of a name and a value.
func (r *running) onCase(t *testing.T, who, id, what string, members ...any) reply {
	t.Helper()
	body := map[string]any{"decision_id": uuid.NewString()}
	for i := 0; i+1 < len(members); i += 2 {
		body[members[i].(string)] = members[i+1]
	}
	return r.post(t, who, "/cases/"+id+"/"+what, body)
}

// taken expects an act to be accepted.
func (x reply) taken(t *testing.T) service.ActAnswer {
	t.Helper()
	a := x.answer(t)
	if a.Result != domain.Accepted {
		t.Fatalf("%s: %s", x.what, x.body)
	}
	return a
}

// entry finds the last entry of a kind in a case's timeline.
func (r *running) entry(t *testing.T, who, id, kind string) service.TimelineEntry {
	t.Helper()
	var tl struct{ Items []service.TimelineEntry }
	r.get(t, who, "/cases/"+id+"/timeline").is(t, http.StatusOK).into(t, &tl)
	for _, e := range slices.Backward(tl.Items) {
		if e.Kind == kind {
			return e
		}
	}
	t.Fatalf("no %s in the timeline of %s", kind, id)
	return service.TimelineEntry{}
}

// slotOf finds a person's place on the present route, the last one they have.
func slotOf(t *testing.T, v service.CaseView, who string) service.SlotView {
	t.Helper()
	for _, st := range slices.Backward(v.Route.Steps) {
		for _, s := range slices.Backward(st.Slots) {
			if s.Person.Number == who && s.ID != "" {
				return s
			}
		}
	}
	t.Fatalf("%s has no place in %s", who, v.Number)
	return service.SlotView{}
}

// can checks what a reader is offered.
func (r *running) can(t *testing.T, who, id string, want ...string) service.CaseView {
	t.Helper()
	v := r.read(t, who, id)
	have, wish := slices.Clone(v.Can), slices.Clone(want)
	slices.Sort(have)
	slices.Sort(wish)
	if !slices.Equal(have, wish) {
		t.Errorf("%s can %v, want %v", who, have, wish)
	}
	return v
}

// sound checks that history, code and database agree.
func (r *running) sound(t *testing.T, id string) {
	t.Helper()
	if v := r.verdict(t, "case-"+id); !v.OK {
		t.Errorf("replay of %s: %+v", id, v)
	}
}
