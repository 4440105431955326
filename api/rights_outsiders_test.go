package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
)

// theirs is what people from outside the company may come near at all (R2.2.5), written apart from the table: their places,
// their invitation, leaving, their agreements, their trainings, the language, signing out.
var theirs = []string{
	"GET /", "POST /language", "PUT /me/language", "POST /signout", "DELETE /sessions/:id",
	"GET /memberships", "GET /memberships/notices", "POST /memberships/keeps", "GET /groups/:id/joins", "POST /groups/:id/invitations/:employee/answers", "POST /groups/:id/departures", "GET /groups/:id/acts/:act_id", "GET /groups/:id/acts/:act",
	"GET /ndas", "GET /ndas/:id", "GET /ndas/:id/document", "GET /ndas/:id/copy", "GET /ndas/:id/acts/:act_id", "GET /ndas/:id/acts/:act",
	"POST /ndas/:id/views", "POST /ndas/:id/codes", "POST /ndas/:id/verifications", "POST /ndas/:id/signatures", "POST /ndas/:id/declines", "POST /ndas/:id/returns",
	"GET /trainings", "GET /courses/:course", "POST /courses/:course/attempts", "GET /training-attempts/:id", "POST /training-attempts/:id/answers",
	"GET /trainings/attempts/:id", "POST /trainings/attempts/:id/answers",
}

// Every route × every relation, for somebody from outside: what is not theirs is not there, whatever relation they have, and
// the service is not even asked. What is theirs takes the relation that it takes of everybody.
func TestRightsOfOutsiders(t *testing.T) {
	relations := []service.Relation{service.RelRequester, service.RelApprover, service.RelAsked, service.RelDelegate, service.RelWasDelegate, service.RelCopied, service.RelNamedAdmin, service.RelMember, service.RelSponsor, service.RelAwaited, service.RelLeader, service.RelPublic, service.RelSecond, service.RelSigner, service.RelCounter, service.RelNone}
	f := newFake()
	e := server(t, f)
	seen := map[string]bool{}
	for _, r := range api.Routes() {
		x := expected(t, r.Method, r.Path)
		act := r.Method + " " + strings.TrimPrefix(r.Path, api.Base)
		own := slices.Contains(theirs, act)
		seen[act] = true
		for _, rel := range relations {
			f.called, f.refused = nil, nil
			f.actors["one"] = service.Actor{ID: wang.ID, Method: "token", Session: otherID, Outside: true}
			f.relations = []service.Relation{rel}
			want := http.StatusNotFound
			if own || x.anybody {
				want = x.status("", rel)
			}
			got, w := knock(t, e, r, "one")
			if got != want {
				t.Errorf("%s %s from outside, %s: %d, want %d: %s", r.Method, r.Path, rel, got, want, w.Body)
			}
			if got != http.StatusOK && (len(f.called) > 0 || len(f.refused) != 1) {
				t.Errorf("%s %s from outside, %s: refused, yet the service was asked %v, and %v recorded", r.Method, r.Path, rel, f.called, f.refused)
			}
		}
	}
	for _, act := range theirs {
		if !seen[act] {
			t.Errorf("%s: no such route", act)
		}
	}
}
