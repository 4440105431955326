package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
)

// with changes one member of the good filing: key and JSON value; "" takes the member out.
func with(key, value string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(goodFiling), &m); err != nil {
		panic(err)
	}
	if value == "" {
		delete(m, key)
	} else {
		m[key] = json.RawMessage(value)
	}
	parts := make([]string, 0, len(m))
	for k, v := range m {
		parts = append(parts, fmt.Sprintf("%q:%s", k, v))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func header(r *http.Request, k, v string) *http.Request {
	r.Header.Del(k)
	if v != "" {
		r.Header.Set(k, v)
	}
	return r
}

// Every bad input gets its status, its code and the field at fault, and never reaches the service.
func TestBadInput(t *testing.T) {
	groups, decisions := api.Base+"/groups", api.Base+"/cases/"+caseID+"/decisions"
	confirm := api.Base + "/groups/" + groupID + "/confirmations"
	file := func(body string) *http.Request { return request("POST", groups, body) }
	at := api.Base + "/cases/" + caseID
	post := func(what, body string) *http.Request { return request("POST", at+"/"+what, body) }
	long := strings.Repeat("长", 10000)
	for _, tc := range []struct {
		name   string
		r      *http.Request
		status int
		code   string
		field  string
		fault  string
	}{
		{"no content type", header(file(goodFiling), "Content-Type", ""), 415, "media_type", "", ""},
		{"form instead of JSON", header(file(goodFiling), "Content-Type", "application/x-www-form-urlencoded"), 415, "media_type", "", ""},
		{"JSON in another charset", header(file(goodFiling), "Content-Type", "application/json; charset=gbk"), 415, "media_type", "", ""},
		{"a type that only begins like JSON", header(file(goodFiling), "Content-Type", "application/jsonx"), 415, "media_type", "", ""},
		{"broken content type", header(file(goodFiling), "Content-Type", "application/json; =="), 415, "media_type", "", ""},
		{"compressed body", header(file(goodFiling), "Content-Encoding", "gzip"), 415, "content_encoding", "", ""},
		{"JSON where a file is due", request("POST", groups+"/imports", "{}"), 415, "media_type", "", ""},
		{"empty body", header(file(""), "Content-Type", "application/json"), 400, "not_json", "", ""},
		{"half a body", file(goodFiling[:60]), 400, "not_json", "", ""},
		{"two values", file(goodFiling + goodFiling), 400, "not_json", "", ""},
		{"text after the value", file(goodFiling + " x"), 400, "not_json", "", ""},
		{"no JSON", file("name=x"), 400, "not_json", "", ""},
		{"a list", file("[]"), 400, "invalid", "", "wrong_type"},
		{"null", file("null"), 422, "invalid", "name", "required"},
		{"unknown member", file(with("colour", `"red"`)), 400, "invalid", "colour", "unknown_field"},
		{"member in other case", file(with("Name", `"red"`)), 400, "invalid", "Name", "unknown_field"},
		{"unknown nested member", file(with("permissions", `{"posting":"members","fly":true}`)), 400, "invalid", "permissions.fly", "unknown_field"},
		{"member twice", file(strings.Replace(goodFiling, `{"name"`, `{"name":"a","name"`, 1)), 400, "invalid", "name", "given_twice"},
		{"number for text", file(with("name", "7")), 400, "invalid", "name", "wrong_type"},
		{"text for truth", file(with("existing", `"yes"`)), 400, "invalid", "existing", "wrong_type"},
		{"number in a list", file(with("members", `["a",3]`)), 400, "invalid", "members[1]", "wrong_type"},
		{"text for a list", file(with("members", `"a"`)), 400, "invalid", "members", "wrong_type"},
		{"text for an object", file(with("permissions", `"all"`)), 400, "invalid", "permissions", "wrong_type"},
		{"broken UTF-8", file(with("name", "\"\xff\xfe\"")), 400, "invalid", "name", "bad_characters"},
		{"half a surrogate", file(with("name", `"\ud800"`)), 400, "not_json", "", ""},
		{"NUL", file(with("purpose", `"a\u0000b"`)), 422, "invalid", "purpose", "hidden_character"},
		{"no name", file(with("name", "")), 422, "invalid", "name", "required"},
		{"name of 10,000 characters", file(with("name", `"`+long+`"`)), 422, "invalid", "name", "too_long"},
		{"purpose over its limit", file(with("purpose", `"`+long+`"`)), 422, "invalid", "purpose", "too_long"},
		{"unknown type", file(with("type", `"party"`)), 422, "invalid", "type", "unknown_value"},
		{"unknown tier", file(with("tier", `"top"`)), 422, "invalid", "tier", "unknown_value"},
		{"unknown posting", file(with("permissions", `{"posting":"all"}`)), 422, "invalid", "permissions.posting", "unknown_value"},
		{"one admin", file(with("admins", `["a"]`)), 422, "invalid", "admins", "too_few"},
		{"eleven admins", file(with("admins", `["a","b","c","d","e","f","g","h","i","j","k"]`)), 422, "invalid", "admins", "too_many"},
		{"empty member", file(with("members", `["a",""]`)), 422, "invalid", "members[1]", "required"},
		{"5,001 members", file(with("members", `["a"`+strings.Repeat(`,"a"`, 5000)+`]`)), 422, "invalid", "members", "too_many"},
		{"no date", file(with("ends_on", `"soon"`)), 422, "invalid", "ends_on", "not_a_date"},
		{"30 February", file(with("ends_on", `"2027-02-30"`)), 422, "invalid", "ends_on", "not_a_date"},
		{"body over the limit", file(with("purpose", `"`+strings.Repeat("x", 1<<20)+`"`)), 413, "body_too_large", "", ""},
		{"body over the limit, length unsaid", func() *http.Request {
			r := file(with("purpose", `"`+strings.Repeat("x", 1<<20)+`"`))
			r.ContentLength = -1
			return r
		}(), 413, "body_too_large", "", ""},
		{"a thousand levels", file(strings.Repeat("[", 20000)), 400, "invalid", "", "wrong_type"},

		{"no key", header(file(goodFiling), "Idempotency-Key", ""), 400, "idempotency_key_missing", "Idempotency-Key", "missing_header"},
		{"key with a space", header(file(goodFiling), "Idempotency-Key", "a b"), 422, "invalid", "Idempotency-Key", "not_visible_ascii"},
		{"long key", header(file(goodFiling), "Idempotency-Key", strings.Repeat("k", 201)), 422, "invalid", "Idempotency-Key", "too_long"},
		{"key not in ASCII", header(file(goodFiling), "Idempotency-Key", "键键键键键键键键"), 422, "invalid", "Idempotency-Key", "not_visible_ascii"},

		{"no outcome", request("POST", decisions, `{"material_digest":"x"}`), 422, "invalid", "outcome", "required"},
		{"unknown outcome", request("POST", decisions, `{"outcome":"maybe","material_digest":"x"}`), 422, "invalid", "outcome", "unknown_value"},
		{"no digest", request("POST", decisions, `{"outcome":"approve"}`), 422, "invalid", "material_digest", "required"},
		{"act's id is no UUID", request("POST", decisions, strings.Replace(goodDecision, someKey, "1", 1)), 422, "invalid", "decision_id", "not_an_id"},
		{"act without a name", header(request("POST", decisions, `{"outcome":"approve","material_digest":"x"}`), "Idempotency-Key", ""), 422, "invalid", "decision_id", "required"},
		{"negative version", request("POST", decisions, `{"outcome":"approve","material_digest":"x","version":-1}`), 422, "invalid", "version", "too_small"},
		{"version with a fraction", request("POST", decisions, `{"outcome":"approve","material_digest":"x","version":1.5}`), 400, "invalid", "version", "wrong_type"},
		{"version beyond integers", request("POST", decisions, `{"outcome":"approve","material_digest":"x","version":99999999999999999999}`), 400, "invalid", "version", "wrong_type"},
		{"comment over its limit", request("POST", decisions, `{"outcome":"approve","material_digest":"x","comment":"`+long+`"}`), 422, "invalid", "comment", "too_long"},
		{"empty comment", request("POST", api.Base+"/cases/"+caseID+"/comments", `{"text":""}`), 422, "invalid", "text", "required"},

		// the acts
		{"for whom is over its limit", request("POST", decisions, `{"outcome":"approve","material_digest":"x","for":"`+strings.Repeat("x", 65)+`"}`), 422, "invalid", "for", "too_long"},
		{"for whom is a number", request("POST", decisions, `{"outcome":"approve","material_digest":"x","for":6}`), 400, "invalid", "for", "wrong_type"},
		{"NUL in for whom", request("POST", decisions, `{"outcome":"approve","material_digest":"x","for":"a\u0000"}`), 422, "invalid", "for", "hidden_character"},
		{"sent back without a reason", post("returns", `{"material_digest":"x"}`), 422, "invalid", "comment", "required"},
		{"sent back on nothing", post("returns", `{"comment":"x"}`), 422, "invalid", "material_digest", "required"},
		{"sent back to a step below none", post("returns", `{"comment":"x","material_digest":"x","step":-1}`), 422, "invalid", "step", "too_small"},
		{"sent back to a step beyond all", post("returns", `{"comment":"x","material_digest":"x","step":101}`), 422, "invalid", "step", "too_big"},
		{"sent back to a word", post("returns", `{"comment":"x","material_digest":"x","step":"start"}`), 400, "invalid", "step", "wrong_type"},
		{"reason over its limit", post("returns", `{"comment":"`+long+`","material_digest":"x"}`), 422, "invalid", "comment", "too_long"},
		{"submitted again with a long name", post("resubmissions", with("name", `"`+long+`"`)), 422, "invalid", "name", "too_long"},
		{"submitted again with an unknown member", post("resubmissions", with("colour", `"red"`)), 400, "invalid", "colour", "unknown_field"},
		{"submitted again with a text for permissions", post("resubmissions", with("permissions", `"all"`)), 400, "invalid", "permissions", "wrong_type"},
		{"submitted again with an unknown posting", post("resubmissions", with("permissions", `{"posting":"all"}`)), 422, "invalid", "permissions.posting", "unknown_value"},
		{"submitted again with 5,001 members", post("resubmissions", with("members", `["a"`+strings.Repeat(`,"a"`, 5000)+`]`)), 422, "invalid", "members", "too_many"},
		{"submitted again with NUL", post("resubmissions", with("purpose", `"a\u0000b"`)), 422, "invalid", "purpose", "hidden_character"},
		{"preview of nothing", header(post("resubmissions/previews", "{}"), "Content-Type", ""), 415, "media_type", "", ""},
		{"transfer to nobody", post("transfers", `{"comment":"x"}`), 422, "invalid", "to", "required"},
		{"transfer without a reason", post("transfers", `{"to":"E0001"}`), 422, "invalid", "comment", "required"},
		{"transfer to several", post("transfers", `{"to":["E0001"],"comment":"x"}`), 400, "invalid", "to", "wrong_type"},
		{"transfer to a novel", post("transfers", `{"to":"`+long+`","comment":"x"}`), 422, "invalid", "to", "too_long"},
		{"NUL in whom", post("transfers", `{"to":"E\u00001","comment":"x"}`), 422, "invalid", "to", "hidden_character"},
		{"nobody added", post("added-signers", `{"mode":"before","people":[]}`), 422, "invalid", "people", "required"},
		{"people left out", post("added-signers", `{"mode":"before"}`), 422, "invalid", "people", "required"},
		{"21 added", post("added-signers", `{"mode":"before","people":["a"`+strings.Repeat(`,"a"`, 20)+`]}`), 422, "invalid", "people", "too_many"},
		{"added in an unknown way", post("added-signers", `{"mode":"beside","people":["a"]}`), 422, "invalid", "mode", "unknown_value"},
		{"an empty person added", post("added-signers", `{"mode":"before","people":["a",""]}`), 422, "invalid", "people[1]", "required"},
		{"a number added", post("added-signers", `{"mode":"before","people":[1]}`), 400, "invalid", "people[0]", "wrong_type"},
		{"an urge with more to say", post("urges", `{"people":["a"]}`), 400, "invalid", "people", "unknown_field"},
		{"copies to nobody", post("copies", `{}`), 422, "invalid", "people", "required"},
		{"copies to a hundred thousand", post("copies", `{"people":["a"`+strings.Repeat(`,"a"`, 100000)+`]}`), 422, "invalid", "people", "too_many"},
		{"assigned without a reason", post("assignments", `{"to":"E0001"}`), 422, "invalid", "comment", "required"},
		{"dismissed without a reason", post("dismissals", `{}`), 422, "invalid", "comment", "required"},
		{"assigned to nobody", post("assignments", `{"comment":"x"}`), 422, "invalid", "to", "required"},
		{"a place with a long name", post("assignments", `{"to":"a","comment":"x","slot":"`+strings.Repeat("r", 41)+`"}`), 422, "invalid", "slot", "too_long"},
		{"revoked without a reason", post("revocations", `{}`), 422, "invalid", "comment", "required"},
		{"revoked without a key", header(post("revocations", `{"comment":"x"}`), "Idempotency-Key", ""), 400, "idempotency_key_missing", "Idempotency-Key", "missing_header"},
		{"revoked with a decision's id", post("revocations", `{"comment":"x","decision_id":"`+someKey+`"}`), 400, "invalid", "decision_id", "unknown_field"},
		{"act's id is no UUID on every act", post("urges", `{"decision_id":"1"}`), 422, "invalid", "decision_id", "not_an_id"},
		{"an act without a name", header(post("urges", `{}`), "Idempotency-Key", ""), 422, "invalid", "decision_id", "required"},
		{"six files", post("comments", `{"text":"x","files":[{"data":"YQ=="}`+strings.Repeat(`,{"data":"YQ=="}`, 5)+`]}`), 422, "invalid", "files", "too_many"},
		{"a file without data", post("comments", `{"text":"x","files":[{"name":"a"}]}`), 422, "invalid", "files[0].data", "required"},
		{"a file with a long name", post("comments", `{"text":"x","files":[{"data":"YQ==","name":"`+long+`"}]}`), 422, "invalid", "files[0].name", "too_long"},
		{"a file that is no base64", post("comments", `{"text":"x","files":[{"data":"***"}]}`), 422, "invalid", "files[0].data", "not_base64"},
		{"files that are none", post("comments", `{"text":"x","files":"a"}`), 400, "invalid", "files", "wrong_type"},
		{"six files in a form", multi(at+"/comments", "text", "x", "@files", "a", "@files", "a", "@files", "a", "@files", "a", "@files", "a", "@files", "a"), 422, "invalid", "files", "too_many"},
		{"a file over its limit in a form", multi(at+"/comments", "text", "x", "@files", strings.Repeat("x", 5<<20+1)), 413, "body_too_large", "", ""},
		{"a form without a text", multi(at+"/comments", "@files", "a"), 422, "invalid", "text", "required"},
		{"files over the limit of a request", multi(at+"/comments", "text", "x", "@files", strings.Repeat("x", 21<<20)), 413, "body_too_large", "", ""},
		{"attachment's id is no UUID", request("GET", at+"/attachments/x", ""), 404, "not_found", "", ""},
		{"no decisions", request("POST", api.Base+"/inbox/decisions", `{"items":[]}`), 422, "invalid", "items", "required"},
		{"101 decisions", request("POST", api.Base+"/inbox/decisions", `{"items":[{}`+strings.Repeat(`,{}`, 100)+`]}`), 422, "invalid", "items", "too_many"},
		{"decisions that are none", request("POST", api.Base+"/inbox/decisions", `{"items":[7]}`), 400, "invalid", "items[0]", "wrong_type"},
		{"a decision with an unknown member", request("POST", api.Base+"/inbox/decisions", `{"items":[{"actor":"x"}]}`), 400, "invalid", "items[0].actor", "unknown_field"},
		{"unknown scope", request("GET", api.Base+"/cases?scope=all", ""), 422, "invalid", "scope", "unknown_value"},
		{"unknown parameter of the queue", request("GET", api.Base+"/hand?open=true", ""), 400, "bad_parameter", "open", "unknown_parameter"},

		{"case's id is no UUID", request("GET", api.Base+"/cases/42", ""), 404, "not_found", "", ""},
		{"SQL for an id", request("GET", api.Base+"/cases/1'%20OR%20'1'='1", ""), 404, "not_found", "", ""},
		{"act's id in the path is no UUID", request("GET", api.Base+"/cases/"+caseID+"/acts/x", ""), 404, "not_found", "", ""},
		{"no workflow", request("GET", api.Base+"/audit/workflows/cron-1/history", ""), 404, "not_found", "", ""},
		{"no session", request("DELETE", api.Base+"/sessions/mine", ""), 404, "not_found", "", ""},
		{"a token is no session", request("DELETE", api.Base+"/sessions/current", ""), 404, "not_found", "", ""},
		{"unknown address", request("GET", api.Base+"/nothing", ""), 404, "unknown_address", "", ""},
		{"climbing out of the documents", request("GET", "/docs/..%2f..%2fserver.go", ""), 404, "unknown_address", "", ""},
		{"wrong method", request("PATCH", groups, "{}"), 405, "method_not_allowed", "", ""},
		{"invented method", request("BREW", groups, ""), 405, "method_not_allowed", "", ""},
		{"long address", request("GET", groups+"?q="+strings.Repeat("x", 5000), ""), 414, "address_too_long", "", ""},
		{"broken UTF-8 in the query", request("GET", groups+"?q=%ff", ""), 400, "bad_address", "", ""},
		{"NUL in the query", request("GET", groups+"?q=a%00b", ""), 400, "bad_address", "", ""},
		{"broken escape", request("GET", groups+"?q=%zz", ""), 400, "bad_address", "", ""},
		{"broken UTF-8 in the path", request("GET", api.Base+"/cases/%ff", ""), 400, "bad_address", "", ""},
		{"unknown parameter", request("GET", groups+"?colour=red", ""), 400, "bad_parameter", "colour", "unknown_parameter"},
		{"parameter twice", request("GET", groups+"?q=a&q=b", ""), 400, "bad_parameter", "q", "given_twice"},
		{"limit is a word", request("GET", groups+"?limit=many", ""), 400, "bad_parameter", "limit", "wrong_type"},
		{"limit beyond integers", request("GET", groups+"?limit=99999999999", ""), 400, "bad_parameter", "limit", "wrong_type"},
		{"limit over", request("GET", groups+"?limit=101", ""), 422, "invalid", "limit", "too_big"},
		{"limit zero", request("GET", groups+"?limit=0", ""), 422, "invalid", "limit", "too_small"},
		{"truth is a word", request("GET", groups+"?mine=maybe", ""), 400, "bad_parameter", "mine", "wrong_type"},
		{"unknown state", request("GET", groups+"?state=lost", ""), 422, "invalid", "state", "unknown_value"},
		{"department is no id", request("GET", groups+"?department=RD", ""), 422, "invalid", "department", "not_an_id"},
		{"search over its limit", request("GET", groups+"?q="+strings.Repeat("x", 101), ""), 422, "invalid", "q", "too_long"},
		{"day is none", request("GET", api.Base+"/audit/cases?from=2026-13-01", ""), 422, "invalid", "from", "not_a_date"},
		{"news with no id", request("POST", api.Base+"/notifications/reads", `{"ids":["x"]}`), 422, "invalid", "ids[0]", "not_an_id"},
		{"unknown way", request("PUT", api.Base+"/me/notifications", `{"ways":"pigeon"}`), 422, "invalid", "ways", "unknown_value"},
		{"unknown language", request("PUT", api.Base+"/me/language", `{"language":"fr"}`), 422, "invalid", "language", "unknown_value"},
		{"days over", request("POST", api.Base+"/tokens", `{"name":"x","days":366}`), 422, "invalid", "days", "too_big"},

		{"passkey asked for nothing known", request("POST", api.Base+"/passkeys/requests", `{"purpose":"sign_in"}`), 422, "invalid", "purpose", "unknown_value"},
		{"passkey asked for nothing", request("POST", api.Base+"/passkeys/requests", `{}`), 422, "invalid", "purpose", "required"},
		{"passkey without a name", request("POST", api.Base+"/passkeys", `{"challenge_id":"`+otherID+`","credential":{}}`), 422, "invalid", "name", "required"},
		{"passkey with a long name", request("PUT", api.Base+"/passkeys/"+otherID, `{"name":"`+strings.Repeat("长", 61)+`"}`), 422, "invalid", "name", "too_long"},
		{"passkey's challenge is no id", request("POST", api.Base+"/passkeys/confirmations", `{"challenge_id":"x","credential":{}}`), 422, "invalid", "challenge_id", "not_an_id"},
		{"passkey's credential in broken JSON", request("POST", api.Base+"/passkeys/confirmations", `{"challenge_id":"`+otherID+`","credential":{`), 400, "not_json", "", ""},
		{"passkey's credential with a member twice", request("POST", api.Base+"/passkeys/confirmations", `{"challenge_id":"`+otherID+`","credential":{"id":"a","id":"b"}}`), 400, "invalid", "credential.id", "given_twice"},
		{"passkey's id is none", request("DELETE", api.Base+"/passkeys/x", ""), 404, "not_found", "", ""},
		{"signing in for nothing", request("POST", api.Base+"/sessions/requests", `{}`), 422, "invalid", "purpose", "required"},

		{"no file", multi(groups + "/imports"), 422, "invalid", "file", "required"},
		{"empty file", multi(groups+"/imports", "@file", ""), 422, "invalid", "file", "required"},
		{"two files", multi(groups+"/imports", "@file", "a", "@file", "b"), 400, "invalid", "file", "given_twice"},
		{"unknown part", multi(groups+"/imports", "@file", "a", "x", "b"), 400, "invalid", "x", "unknown_field"},
		{"file over the limit", multi(groups+"/imports", "@file", strings.Repeat("x", 20<<20+1)), 413, "body_too_large", "", ""},
		{"no parts at all", header(request("POST", groups+"/imports", "x"), "Content-Type", "multipart/form-data"), 400, "not_multipart", "", ""},
		{"cut parts", header(request("POST", groups+"/imports", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc"), "Content-Type", "multipart/form-data; boundary=b"), 400, "not_multipart", "", ""},
		{"form without a name", multi(confirm, "platform_id", "p", "@screenshot", png), 422, "invalid", "name", "required"},
		{"form without a picture", multi(confirm, "name", "n", "platform_id", "p"), 422, "invalid", "screenshot", "required"},
		{"form in broken UTF-8", multi(confirm, "name", "\xff", "platform_id", "p", "@screenshot", png), 400, "invalid", "name", "bad_characters"},
		{"form with NUL", multi(confirm, "name", "a\x00", "platform_id", "p", "@screenshot", png), 422, "invalid", "name", "hidden_character"},
		{"form with a long text", multi(confirm, "name", strings.Repeat("x", 9000), "platform_id", "p", "@screenshot", png), 422, "invalid", "name", "too_long"},
		{"picture over the limit", multi(confirm, "name", "n", "platform_id", "p", "@screenshot", strings.Repeat("x", 5<<20+1)), 413, "body_too_large", "", ""},
		{"picture is no base64", request("POST", confirm, `{"name":"n","platform_id":"p","screenshot":"***"}`), 422, "invalid", "screenshot", "not_base64"},

		{"no token", header(request("GET", groups, ""), "Authorization", ""), 401, "unsigned", "", ""},
		{"forged token", header(request("GET", groups, ""), "Authorization", "Bearer x.y.z"), 401, "token_invalid", "", ""},
		{"another scheme", header(request("GET", groups, ""), "Authorization", "Basic YTpi"), 401, "bad_authorization", "", ""},
		{"token with a space", header(request("GET", groups, ""), "Authorization", "Bearer a b"), 401, "bad_authorization", "", ""},
		{"huge token", header(request("GET", groups, ""), "Authorization", "Bearer "+strings.Repeat("x", 600)), 401, "bad_authorization", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake()
			w := ask(t, server(t, f), tc.r)
			var p problem.Problem
			_ = json.Unmarshal(w.Body.Bytes(), &p)
			if w.Code != tc.status || p.Code != tc.code {
				t.Fatalf("%d %s, want %d %s: %s", w.Code, p.Code, tc.status, tc.code, w.Body)
			}
			if tc.fault != "" {
				found := false
				for _, x := range p.Faults {
					found = found || x.Field == tc.field && x.Code == tc.fault
				}
				if !found {
					t.Errorf("no fault %s of %s: %s", tc.fault, tc.field, w.Body)
				}
			}
			if len(f.called) > 0 {
				t.Errorf("the service was asked: %v", f.called)
			}
			for _, leak := range []string{"goroutine", ".go:", "json:", "Go struct", "strconv", "v1."} {
				if strings.Contains(w.Body.String(), leak) {
					t.Errorf("internals are told: %s", w.Body)
				}
			}
		})
	}
}

// Hostile texts that are valid go through unchanged: what they mean is for the rules.
func TestTextsArriveAsSent(t *testing.T) {
	for _, s := range []string{"'; DROP TABLE cases; --", "<script>alert(1)</script>", "a\u202eb", "😀", "{{.}}", "平台部\u3000支付"} {
		f := newFake()
		b, _ := json.Marshal(s)
		if w := ask(t, server(t, f), request("POST", api.Base+"/groups", with("name", string(b)))); w.Code != 201 || f.filing.Name != s {
			t.Errorf("%q: %d, arrived as %q", s, w.Code, f.filing.Name)
		}
	}
}

// What the service refuses comes out with its status and the act's result.
func TestServiceErrors(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		want   string
	}{
		{&service.Error{Kind: service.Conflict, Code: "step_settled", Answer: &service.ActAnswer{Result: "too_late", Reason: "step_settled", DecidedBy: &wang, DecidedAt: &at, ActID: someKey, Status: "approved"}}, 409, `"decided_by":{"id"`},
		{&service.Error{Kind: service.Forbidden, Code: "account_disabled", Answer: &service.ActAnswer{Result: "refused", Reason: "account_disabled"}}, 403, `"reason":"account_disabled"`},
		{&service.Error{Kind: service.Unavailable, Code: "engine_unavailable", RetryAfter: 7}, 503, `"code":"engine_unavailable"`},
		{&service.Error{Kind: service.TooMany, Code: "too_many_requests"}, 429, `"code":"too_many_requests"`},
		{&service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults()}, 422, `"code":"name_taken"`},
		{fmt.Errorf("read the secret table: %w", http.ErrBodyNotAllowed), 500, `"code":"internal"`},
	} {
		f := newFake()
		f.err = tc.err
		w := ask(t, server(t, f), request("POST", api.Base+"/cases/"+caseID+"/decisions", goodDecision))
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.want) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: %d %s", tc.err, w.Code, w.Body)
		}
		if (w.Code == 503 || w.Code == 429) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%d with Retry-After %q", w.Code, w.Header().Get("Retry-After"))
		}
	}
}

func TestReadiness(t *testing.T) {
	f := newFake()
	f.err = http.ErrServerClosed
	w := httptest.NewRecorder()
	server(t, f).ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || w.Body.String() != `{"database":false,"engine":true}`+"\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
