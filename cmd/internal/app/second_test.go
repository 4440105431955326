package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Whoever is asked to be the second to unfreeze a confidential group may see what they are asked about (its name and tier, in
// the inbox and, for a purpose, on its page), but not who is in it; and only for as long as it takes (api/service/scope.go).
func TestTheSecondToUnfreezeSeesNameAndTier(t *testing.T) {
	r := shared(t)
	const second = "E0034"
	group, _ := r.stand(t, r.filing(t, "平台部-解冻第二人", confidential), "E0292")
	asked := func(who string) *service.InboxGroup {
		t.Helper()
		var p service.Page[service.InboxItem]
		r.get(t, who, "/inbox?limit=100").is(t, http.StatusOK).into(t, &p)
		for _, it := range p.Items {
			if it.GroupID == group && it.Group != nil && slices.ContainsFunc(it.Tasks, func(x service.InboxTask) bool { return x.Kind == "unfreeze" }) {
				return it.Group
			}
		}
		return nil
	}
	does := func(who, what string, body map[string]any) {
		t.Helper()
		body["decision_id"] = act()
		if a := r.post(t, who, "/groups/"+group+"/"+what, body).answer(t); a.Result != domain.Accepted {
			t.Fatalf("%s by %s: %+v", what, who, a)
		}
	}
	outside := func(when string) {
		t.Helper()
		if g := asked(second); g != nil {
			t.Errorf("%s: asked about %+v", when, g)
		}
		r.get(t, second, "/groups/"+group+"?purpose=x").is(t, http.StatusNotFound)
	}
	outside("in peace")
	does("E0292", "freezes", map[string]any{"comment": "疑似泄密", "people": []domain.EmployeeID{r.id(t, "E0038")}})
	outside("frozen")
	does("E0292", "unfreezes", map[string]any{})
	g := asked(second)
	if g == nil || g.Name != "平台部-解冻第二人" || g.Tier != domain.TierConfidential || g.State != domain.GroupFrozen {
		t.Fatalf("asked about %+v", g)
	}
	if x := r.get(t, second, "/groups/"+group); x.status == http.StatusOK {
		t.Error("the page opens without a purpose")
	}
	v := r.group(t, second, group)
	if v.Name != g.Name || len(v.MemberRefs) > 0 || !slices.Contains(v.Can, string(domain.GroupUnfreeze)) {
		t.Errorf("the group: %s, members %v, can %v", v.Name, v.MemberRefs, v.Can)
	}
	r.get(t, second, "/groups/"+group+"/members?purpose=x").is(t, http.StatusForbidden)
	// Nobody else is let in by it: not another employee, not who asked first, not who is implicated.
	for _, who := range []string{"E0044", "E0292", "E0038"} {
		if g := asked(who); g != nil {
			t.Errorf("%s is asked about %+v", who, g)
		}
	}
	r.get(t, "E0044", "/groups/"+group+"?purpose=x").is(t, http.StatusNotFound)
	does(second, "unfreezes", map[string]any{})
	outside("unfrozen")
}
