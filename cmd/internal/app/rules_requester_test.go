package app_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// told tells whether somebody has news of a kind about a case.
func (k *court) told(t *testing.T, who string, c service.CaseSummary, kind string) bool {
	t.Helper()
	var p service.Page[service.NotificationView]
	k.get(t, who, "/notifications?limit=100").is(t, http.StatusOK).into(t, &p)
	return slices.ContainsFunc(p.Items, func(n service.NotificationView) bool { return n.SubjectID == c.ID && n.Kind == kind })
}

// What the requester, and whoever has a part in the case, may do beside deciding.
var requesterRules = []rule{
	{"A25", func(t *testing.T, k *court) {
		c := k.opened(t, "all")
		k.yes(t, c, "E0070")
		k.does(t, "E0071", c, "withdrawals").denied(t, http.StatusForbidden, domain.ReasonNotRequester)
		k.asks(t, c, "E0071", "E0072")
		k.does(t, "E0040", c, "withdrawals").accepted(t)
		v := k.stands(t, c, domain.CaseWithdrawn)
		placed(t, v, "E0071", domain.SlotClosed, domain.ReasonEnded)
		k.decides(t, "E0071", c, domain.Approve).is(t, http.StatusConflict)
		c = k.opened(t, "any")
		k.yes(t, c, "E0070")
		k.does(t, "E0040", c, "withdrawals").late(t, domain.ReasonEnded, "E0070")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A26", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.yes(t, c, "E0084")
		var back service.CaseSummary
		k.post(t, "E0084", "/cases/"+c.ID+"/revocations", map[string]string{"comment": "群组不再需要"}).is(t, http.StatusCreated).into(t, &back)
		k.stands(t, c, domain.CaseApproved) // until the revocation is approved itself
		k.asks(t, back, "E0096")
		k.yes(t, back, "E0096")
		soon(t, "the approval is revoked", func() bool { return k.sees(t, c).Status == domain.CaseRevoked })
		soon(t, "the group is wound up", func() bool {
			g := k.sees(t, c).Group
			return g != nil && g.State == domain.GroupPendingDeletion
		})
		k.post(t, "E0084", "/cases/"+c.ID+"/revocations", map[string]string{"comment": "再来一次"}).is(t, http.StatusConflict)
		// Past the window there is nothing to revoke. What the clock would do is done to the record of an approval.
		c = k.opened(t, "one")
		k.yes(t, c, "E0084")
		var n int
		time.Sleep(1100 * time.Millisecond) // so long a case is remembered without the database
		k.sql(t, &n, `UPDATE cases SET state = jsonb_set(state, '{decided}', to_jsonb(to_char(now() - interval '40 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))) WHERE id = $1 RETURNING 1`, c.ID)
		x := k.post(t, "E0084", "/cases/"+c.ID+"/revocations", map[string]string{"comment": "太晚了"}).is(t, http.StatusConflict)
		if p := x.problem(t); p.Code != "revocation_over" {
			t.Errorf("past the window: %s", x.body)
		}
	}},
	{"A27", func(t *testing.T, k *court) {
		c := k.opened(t, "turn")
		due := place(t, k.sees(t, c).Route.Steps, "E0070").Due
		k.does(t, "E0070", c, "urges").denied(t, http.StatusForbidden, domain.ReasonNotRequester)
		k.does(t, "E0040", c, "urges").accepted(t)
		soon(t, "E0070 is urged", func() bool { return k.told(t, "E0070", c, "urge") })
		if k.told(t, "E0071", c, "urge") {
			t.Error("somebody is urged who cannot act yet")
		}
		k.does(t, "E0040", c, "urges").denied(t, http.StatusConflict, domain.ReasonTooSoon)
		if s := place(t, k.sees(t, c).Route.Steps, "E0070"); !s.Due.Equal(*due) || s.Urged == nil {
			t.Errorf("the deadline moved from %s to %s; urged at %v", due, s.Due, s.Urged)
		}
		k.yes(t, c, "E0070")
		k.does(t, "E0040", c, "urges").accepted(t) // another place
		soon(t, "E0071 is urged", func() bool { return k.told(t, "E0071", c, "urge") })
		k.yes(t, c, "E0071")
	}},
	{"A28", func(t *testing.T, k *court) {
		c := k.opened(t, "one_then")
		k.get(t, "E0098", "/cases/"+c.ID).is(t, http.StatusNotFound)
		k.does(t, "E0040", c, "copies", "people", []string{"E0098"}).accepted(t)
		v := k.read(t, "E0098", c.ID)
		if len(v.Can) != 0 || len(v.Copies) != 1 || v.Copies[0].Person.Number != "E0098" {
			t.Errorf("a copy can %v; copies %+v", v.Can, v.Copies)
		}
		soon(t, "E0098 is told", func() bool { return k.told(t, "E0098", c, "copy") })
		k.decides(t, "E0098", c, domain.Approve).is(t, http.StatusForbidden)
		k.transfers(t, "E0098", c, "E0085").is(t, http.StatusForbidden)
		k.asks(t, c, "E0084")
		// A copy changes nothing for the group's admin either, who passes the door.
		k.does(t, "E0084", c, "copies", "people", []string{"E0037"}).accepted(t)
		if it := k.batch(t, "E0037", c, domain.Approve); it.Status != http.StatusForbidden || it.Reason != domain.ReasonNotApprover {
			t.Errorf("an admin with a copy decides: %+v", it)
		}
		k.asks(t, c, "E0084")
	}},
}

// batched is what became of one decision of many.
type batched struct {
	Status int           `json:"status"`
	Result domain.Result `json:"result"`
	Reason domain.Reason `json:"reason"`
}

// batch decides by the door for many decisions, which everybody passes who has some part in the case.
func (k *court) batch(t *testing.T, who string, c service.CaseSummary, o domain.Outcome, members ...any) batched {
	t.Helper()
	one := map[string]any{"case": c.ID, "decision_id": uuid.NewString(), "outcome": o, "material_digest": c.Digest}
	for i := 0; i+1 < len(members); i += 2 {
		one[members[i].(string)] = members[i+1]
	}
	var out struct{ Items []batched }
	k.post(t, who, "/inbox/decisions", map[string]any{"items": []any{one}}).is(t, http.StatusOK).into(t, &out)
	if len(out.Items) != 1 {
		t.Fatalf("%d answers to one decision", len(out.Items))
	}
	return out.Items[0]
}
