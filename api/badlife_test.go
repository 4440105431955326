package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/models/domain"
)

// Bad input to the acts of a group's life gets its status and the field at fault, and never reaches the service.
func TestBadInputOfLife(t *testing.T) {
	g := api.Base + "/groups/" + groupID
	post := func(what, body string) *http.Request { return request("POST", g+"/"+what, body) }
	get := func(what string) *http.Request { return request("GET", g+"/"+what, "") }
	long := strings.Repeat("长", 10000)
	many := `["a"` + strings.Repeat(`,"a"`, 20) + `]`
	for name, tc := range map[string]struct {
		r      *http.Request
		status int
		code   string
		field  string
		fault  string
	}{
		"renewed on nothing":           {post("renewals", `{}`), 422, "invalid", "digest", "required"},
		"renewed on a long digest":     {post("renewals", `{"digest":"`+strings.Repeat("x", 81)+`"}`), 422, "invalid", "digest", "too_long"},
		"prolonged to no day":          {post("renewals", `{"digest":"x","ends_on":"2027-02-30"}`), 422, "invalid", "ends_on", "not_a_date"},
		"frozen without a reason":      {post("freezes", `{}`), 422, "invalid", "comment", "required"},
		"frozen with a novel":          {post("freezes", `{"comment":"`+long+`"}`), 422, "invalid", "comment", "too_long"},
		"NUL in the reason":            {post("freezes", `{"comment":"a\u0000"}`), 422, "invalid", "comment", "hidden_character"},
		"21 implicated":                {post("freezes", `{"comment":"x","people":`+many+`}`), 422, "invalid", "people", "too_many"},
		"an empty person implicated":   {post("freezes", `{"comment":"x","people":[""]}`), 422, "invalid", "people[0]", "required"},
		"unfrozen with more to say":    {post("unfreezes", `{"people":["a"]}`), 400, "invalid", "people", "unknown_field"},
		"archived with a number":       {post("archivals", `{"comment":7}`), 400, "invalid", "comment", "wrong_type"},
		"restored by a list":           {post("restorations", `[]`), 400, "invalid", "", "wrong_type"},
		"dissolved by half a body":     {post("dissolutions", `{"comment":`), 400, "not_json", "", ""},
		"held without a reason":        {post("holds", `{}`), 422, "invalid", "comment", "required"},
		"release of SQL":               {post("holds/1'%20OR%20'1'='1/releases", `{}`), 404, "not_found", "", ""},
		"release of a path":            {post("holds/..%2f..%2fx/releases", `{}`), 404, "", "", ""},
		"nobody admitted":              {post("members", `{"people":[]}`), 422, "invalid", "people", "required"},
		"people left out":              {post("members", `{}`), 422, "invalid", "people", "required"},
		"removed without a reason":     {post("members/E0001/removals", `{}`), 422, "invalid", "comment", "required"},
		"removal of a script":          {post("members/%3Cscript%3E/removals", `{"comment":"x"}`), 404, "not_found", "", ""},
		"appointed with an unknown":    {post("appointments", `{"people":["a"],"colour":"red"}`), 400, "invalid", "colour", "unknown_field"},
		"an operation of no name":      {post("operations/%00/retries", `{}`), 400, "bad_address", "", ""},
		"an operation of a long name":  {post("operations/"+strings.Repeat("1", 101)+"/retries", `{}`), 404, "not_found", "", ""},
		"confirmed without a picture":  {post("operations/1.1/confirmations", `{}`), 422, "invalid", "screenshot", "required"},
		"a picture that is no base64":  {post("operations/1.1/confirmations", `{"screenshot":"***"}`), 422, "invalid", "screenshot", "not_base64"},
		"a form without a picture":     {multi(g+"/operations/1.1/confirmations", "decision_id", someKey), 422, "invalid", "screenshot", "required"},
		"a form with an unknown part":  {multi(g+"/operations/1.1/confirmations", "@screenshot", png, "x", "y"), 400, "invalid", "x", "unknown_field"},
		"a picture over its limit":     {multi(g+"/operations/1.1/confirmations", "@screenshot", strings.Repeat("x", 5<<20+1)), 413, "body_too_large", "", ""},
		"resolved by nothing":          {post("findings/x/resolutions", `{}`), 422, "invalid", "proposal", "required"},
		"resolved by force":            {post("findings/x/resolutions", `{"proposal":"burn"}`), 422, "invalid", "proposal", "unknown_value"},
		"act's id is no UUID":          {post("departures", `{"decision_id":"1"}`), 422, "invalid", "decision_id", "not_an_id"},
		"an act without a name":        {header(post("consents", `{}`), "Idempotency-Key", ""), 422, "invalid", "decision_id", "required"},
		"a form where JSON is due":     {header(post("looks", "a=b"), "Content-Type", "application/x-www-form-urlencoded"), 415, "media_type", "", ""},
		"group's id is no UUID":        {request("POST", api.Base+"/groups/42/freezes", `{"comment":"x"}`), 404, "not_found", "", ""},
		"an unknown state of members":  {get("members?state=lost"), 422, "invalid", "state", "unknown_value"},
		"a limit of members over":      {get("members?limit=101"), 422, "invalid", "limit", "too_big"},
		"an unknown parameter":         {get("dates?year=2027"), 400, "bad_parameter", "year", "unknown_parameter"},
		"a flag that is none":          {request("GET", api.Base+"/groups?flag=pirate", ""), 422, "invalid", "flag", "unknown_value"},
		"a day that is none":           {request("GET", api.Base+"/groups?due_from=soon", ""), 422, "invalid", "due_from", "not_a_date"},
		"no renewals":                  {request("POST", api.Base+"/groups/renewals", `{"items":[]}`), 422, "invalid", "items", "required"},
		"51 renewals":                  {request("POST", api.Base+"/groups/renewals", `{"items":[{}`+strings.Repeat(`,{}`, 50)+`]}`), 422, "invalid", "items", "too_many"},
		"a renewal with an unknown":    {request("POST", api.Base+"/groups/renewals", `{"items":[{"actor":"x"}]}`), 400, "invalid", "items[0].actor", "unknown_field"},
		"a parameter of the figures":   {request("GET", api.Base+"/groups/stats?tier=secret", ""), 400, "bad_parameter", "tier", "unknown_parameter"},
		"a renewal's body over bounds": {request("POST", api.Base+"/groups/renewals", `{"items":[{"digest":"`+strings.Repeat("x", 1<<20)+`"}]}`), 413, "body_too_large", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := ask(t, server(t, f), tc.r)
			var p problem.Problem
			_ = json.Unmarshal(w.Body.Bytes(), &p)
			if w.Code != tc.status || (tc.code != "" && p.Code != tc.code) {
				t.Fatalf("%d %s, want %d %s: %s", w.Code, p.Code, tc.status, tc.code, w.Body)
			}
			found := tc.fault == ""
			for _, x := range p.Faults {
				found = found || x.Field == tc.field && x.Code == tc.fault
			}
			if !found {
				t.Errorf("no fault %s of %s: %s", tc.fault, tc.field, w.Body)
			}
			if len(f.called) > 0 {
				t.Errorf("the service was asked: %v", f.called)
			}
		})
	}
}

// What an address and a body say arrives in the act as it was said.
func TestLifeActsArriveAsSent(t *testing.T) {
	g := api.Base + "/groups/" + groupID
	for what, tc := range map[string]struct {
		body string
		ok   func(*fake) bool
	}{
		"renewals":                {`{"digest":"sha256:1","ends_on":"2027-06-30"}`, func(f *fake) bool { return f.groupAct.Digest == "sha256:1" && f.groupAct.EndsOn == "2027-06-30" }},
		"freezes":                 {`{"comment":"<b>","people":["E1","E2"]}`, func(f *fake) bool { return f.groupAct.Comment == "<b>" && len(f.groupAct.People) == 2 }},
		"holds/h-1/releases":      {`{"comment":"x"}`, func(f *fake) bool { return f.groupAct.Hold == "h-1" && f.groupAct.Kind == domain.GroupRelease }},
		"members/E0007/removals":  {`{"comment":"x"}`, func(f *fake) bool { return f.groupAct.People[0] == "E0007" }},
		"operations/12.1/retries": {`{}`, func(f *fake) bool { return f.groupAct.Op == "12.1" }},
		"findings/stranger:a%40b/resolutions": {`{"proposal":"remove"}`, func(f *fake) bool {
			return f.groupAct.Finding == "stranger:a@b" && f.groupAct.Proposal == domain.ProposeRemove
		}},
		"gaps/kick_member/acknowledgements": {`{}`, func(f *fake) bool { return f.groupAct.Capability == "kick_member" }},
	} {
		f := newFake()
		if w := ask(t, server(t, f), request("POST", g+"/"+what, tc.body)); w.Code != 200 || !tc.ok(f) {
			t.Errorf("%s: %d, %+v", what, w.Code, f.groupAct)
		}
	}
}

// A batch of renewals answers each for itself: what is at fault never reaches the service, what is refused says why.
func TestRenewalsOneByOne(t *testing.T) {
	f := newFake()
	item := `{"group":"` + groupID + `","decision_id":"` + someKey + `","digest":"x"}`
	w := ask(t, server(t, f), request("POST", api.Base+"/groups/renewals", `{"items":[{"group":"x"},`+item+`]}`))
	var out struct {
		Items []struct {
			Status int
			Result string
			Faults []struct{ Field string }
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || len(out.Items) != 2 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if out.Items[0].Status != 422 || len(out.Items[0].Faults) == 0 || out.Items[1].Status != 200 || out.Items[1].Result != "accepted" {
		t.Errorf("%s", w.Body)
	}
}
