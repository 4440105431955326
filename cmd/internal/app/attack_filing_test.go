package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
)

// attackFiling spoils a valid filing member by member.
func attackFiling(t *testing.T, r *running) {
	good := r.filing(t, "项目-攻击演练")
	left, unknown := string(r.id(t, leftLong)), uuid.NewString()
	admins, member := []any{good.Admins[0], good.Admins[1]}, string(good.Members[0])
	long := strings.Repeat("长", 10000)
	crowd := make([]any, 5000)
	for i := range crowd {
		crowd[i] = uuid.NewString()
	}
	before := r.footprint(t)
	for _, tc := range []struct {
		name, member string
		value        any
		status       int
		field, fault string
	}{
		{"name of 10,000 characters", "name", long, 422, "name", "too_long"},
		{"emoji", "name", "项目-加油😀", 422, "name", "emoji_not_allowed"},
		{"right-to-left mark", "name", "项目-支付\u202e关网", 422, "name", "hidden_character"},
		{"zero width", "name", "项目-支\u200b付", 422, "name", "hidden_character"},
		{"look-alike letter", "name", "项目-pаyment", 422, "name", "mixed_scripts_lookalike"},
		{"mathematical letters", "name", "项目-𝐩𝐚𝐲", 422, "name", "mixed_scripts_lookalike"},
		{"combining marks", "name", "项目-p\u0335\u0335\u0335ay", 422, "name", "hidden_character"},
		{"SQL in the name", "name", "项目-x'; DROP TABLE cases; --", 422, "name", "character_not_allowed"},
		{"HTML in the name", "name", "项目-<script>alert(1)</script>", 422, "name", "character_not_allowed"},
		{"template in the name", "name", "项目-{{.}}${jndi:ldap://x}", 422, "name", "character_not_allowed"},
		{"line break in the name", "name", "项目-支付\n网关", 422, "name", "hidden_character"},
		{"NUL in the name", "name", "项目-支付\x00", 422, "name", "hidden_character"},
		{"blank name", "name", " \u3000 ", 422, "name", "required"},
		{"name is a number", "name", 7, 400, "name", "wrong_type"},
		{"name is null", "name", nil, 422, "name", "required"},
		{"name is a list", "name", []string{"项目-支付"}, 400, "name", "wrong_type"},

		{"purpose over its limit", "purpose", strings.Repeat("长", 1001), 422, "purpose", "too_long"},
		{"blank purpose", "purpose", "\t \n", 422, "purpose", "required"},
		{"hidden purpose", "purpose", "支付\u2066网关", 422, "purpose", "hidden_character"},

		{"unknown type", "type", "party", 422, "type", "unknown_value"},
		{"type in another case", "type", "Project", 422, "type", "unknown_value"},
		{"type null", "type", nil, 422, "type", "required"},
		{"unknown tier", "tier", "top_secret", 422, "tier", "unknown_value"},
		{"unknown platform", "platform", "carrier-pigeon", 422, "platform", "unknown_value"},
		{"platform with SQL", "platform", "byhand' OR 1=1 --", 422, "platform", "unknown_value"},
		{"permissions null", "permissions", nil, 422, "permissions.posting", "required"},
		{"permissions are text", "permissions", "all", 400, "permissions", "wrong_type"},
		{"unknown posting", "permissions", map[string]any{"posting": "everyone"}, 422, "permissions.posting", "unknown_value"},
		{"permission is text", "permissions", map[string]any{"posting": "members", "see_contacts": "true"}, 400, "permissions.see_contacts", "wrong_type"},
		{"permission of our own invention", "permissions", map[string]any{"posting": "members", "fly": true}, 400, "permissions.fly", "unknown_field"},

		{"no department", "departments", []any{}, 422, "departments", "required"},
		{"unknown department", "departments", []any{unknown}, 422, "departments[0]", "unknown_department"},
		{"department is no id", "departments", []any{"1 OR 1=1"}, 422, "departments[0]", "unknown_department"},
		{"department twice", "departments", []any{good.Departments[0], good.Departments[0]}, 422, "departments[1]", "listed_twice"},
		{"department null", "departments", []any{nil}, 422, "departments[0]", "required"},

		{"one admin", "admins", admins[:1], 422, "admins", "too_few"},
		{"admin twice", "admins", []any{admins[0], admins[0]}, 422, "admins[1]", "listed_twice"},
		{"unknown admin", "admins", []any{admins[0], unknown}, 422, "admins[1]", "unknown_employee"},
		{"admin who left", "admins", []any{admins[0], left}, 422, "admins[1]", "left_company"},
		{"admin is a staff number", "admins", []any{admins[0], "E0038"}, 422, "admins[1]", "unknown_employee"},
		{"admin is a number", "admins", []any{admins[0], 38}, 400, "admins[1]", "wrong_type"},
		{"admin is null", "admins", []any{admins[0], nil}, 422, "admins[1]", "required"},

		{"member twice", "members", []any{member, member}, 422, "members[1]", "listed_twice"},
		{"member is an admin", "members", []any{admins[0]}, 422, "members[0]", "listed_twice"},
		{"member who left", "members", []any{left}, 422, "members[0]", "left_company"},
		{"unknown member", "members", []any{unknown}, 422, "members[0]", "unknown_employee"},
		{"5,000 unknown members", "members", crowd, 422, "members[0]", "unknown_employee"},
		{"5,001 members", "members", append(crowd[:5000:5000], member), 422, "members", "too_many"},

		{"end in the past", "ends_on", "2020-01-01", 422, "ends_on", "not_in_future"},
		{"end far away", "ends_on", "9999-12-31", 422, "ends_on", "too_far"},
		{"30 February", "ends_on", "2027-02-30", 422, "ends_on", "not_a_date"},
		{"end with a time", "ends_on", "2027-02-03T00:00:00Z", 422, "ends_on", "not_a_date"},
		{"end is a number", "ends_on", 20270203, 400, "ends_on", "wrong_type"},
		{"existing is text", "existing", "no", 400, "existing", "wrong_type"},
		{"a member of our own invention", "approved", true, 400, "approved", "unknown_field"},
		{"requester of our own choice", "requester", left, 400, "requester", "unknown_field"},
	} {
		m := fields(t, good)
		m[tc.member] = tc.value
		r.strike(t, blow{name: tc.name, who: "E0040", method: "POST", path: "/groups", body: jsonText(t, m), status: tc.status, code: "invalid", field: tc.field, fault: tc.fault})
	}
	t.Run("temporary without an end", func(t *testing.T) {
		m := fields(t, good)
		m["type"], m["name"] = "special", "专项-攻击演练"
		delete(m, "ends_on")
		r.post(t, "E0040", "/groups", m).refused(t, 422, "invalid", "ends_on", "temporary_needs_end")
	})
	t.Run("looser than the tier", func(t *testing.T) {
		m := fields(t, good)
		m["tier"] = "secret"
		m["permissions"] = map[string]any{"posting": "members", "invite_outsiders": true, "anonymous_speech": true, "see_contacts": true}
		r.post(t, "E0040", "/groups", m).refused(t, 422, "invalid", "permissions.invite_outsiders", "looser_than_tier")
	})
	t.Run("everything wrong at once", func(t *testing.T) {
		p := r.post(t, "E0040", "/groups", map[string]any{}).refused(t, 422, "invalid", "name", "required")
		if len(p.Faults) < 5 {
			t.Errorf("only %d faults are told at once", len(p.Faults))
		}
	})
	body := jsonText(t, good)
	for _, b := range []blow{
		{name: "member twice with a different meaning", body: strings.Replace(body, `{"name"`, `{"tier":"secret","name"`, 1), status: 400, code: "invalid", field: "tier", fault: "given_twice"},
		{name: "deep nesting", body: `{"name":` + strings.Repeat(`{"a":`, 100000) + `1` + strings.Repeat(`}`, 100000) + `}`, status: 400, code: "not_json"},
		{name: "deep list", body: strings.Repeat("[", 500000), status: 400, code: "invalid", fault: "wrong_type"},
		{name: "broken UTF-8", body: strings.Replace(body, "攻击", "\xff\xc0\xaf", 1), status: 400, code: "invalid", field: "name", fault: "bad_characters"},
		{name: "half a surrogate", body: strings.Replace(body, "攻击", `\ud800`, 1), status: 400, code: "not_json"},
		{name: "UTF-16", body: "\xff\xfe{\x00}\x00", status: 400, code: "not_json"},
		{name: "two filings", body: body + body, status: 400, code: "not_json"},
		{name: "body over the limit", body: `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, status: 413, code: "body_too_large"},
		{name: "as a form", body: "name=x", header: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: "media_type"},
		{name: "as text", body: body, header: []string{"Content-Type", "text/plain"}, status: 415, code: "media_type"},
		{name: "compressed", body: body, header: []string{"Content-Encoding", "gzip"}, status: 415, code: "content_encoding"},
		{name: "without a person", body: body, header: []string{"Authorization", ""}, status: 401, code: "bad_authorization"},
		{name: "as somebody who left", who: leftLong, body: body, status: 401, code: "account_disabled"},
		{name: "as somebody who never was", who: "E9999", body: body, status: 401, code: "token_invalid"},
	} {
		if b.who == "" {
			b.who = "E0040"
		}
		b.method, b.path = http.MethodPost, "/groups"
		r.strike(t, b)
	}
	r.unchanged(t, before)
	t.Run("the preview says the same", func(t *testing.T) {
		m := fields(t, good)
		m["members"], m["name"] = []any{member, member}, "项目-"+long
		var v service.Preview
		r.post(t, "E0040", "/groups/previews", m).is(t, 200).into(t, &v)
		if len(v.Faults) < 2 {
			t.Errorf("faults: %v", v.Faults)
		}
	})
	r.unchanged(t, before)
}

// attackKeys reuses idempotency keys.
func attackKeys(t *testing.T, r *running) {
	key := act()
	f := r.filing(t, "平台部-钥匙演练", department)
	var first, again service.CaseSummary
	r.post(t, "E0040", "/groups", f, "Idempotency-Key", key).is(t, 201).into(t, &first)
	r.post(t, "E0040", "/groups", f, "Idempotency-Key", key).is(t, 201).into(t, &again)
	if first.ID != again.ID {
		t.Errorf("filed twice: %s, %s", first.ID, again.ID)
	}
	other := f
	other.Purpose = "另一件事"
	r.post(t, "E0040", "/groups", other, "Idempotency-Key", key).refused(t, 409, "idempotency_key_reused", "", "")
	// A key belongs to a person: with mine, somebody else files their own, or learns no more than anybody does.
	r.post(t, attacker, "/groups", f, "Idempotency-Key", key).refused(t, 422, "invalid", "name", "name_taken")
	r.post(t, "E0040", "/tokens", map[string]any{"name": "x", "days": 1}, "Idempotency-Key", key).refused(t, 409, "idempotency_key_reused", "", "")
	for name, k := range map[string]string{"short": "a", "long": strings.Repeat("k", 201), "not ASCII": "键键键键键键键键键", "with a space": "aaaa bbbb cccc"} {
		t.Run(name, func(t *testing.T) {
			x, err := r.try("E0040", "POST", "/groups", "application/json", []byte(jsonText(t, f)), "Idempotency-Key", k)
			if err != nil {
				t.Fatal(err)
			}
			if x.status != 422 && x.status != 400 {
				t.Errorf("%d %s", x.status, x.body)
			}
		})
	}
	t.Run("twenty at once", func(t *testing.T) {
		key, f := act(), r.filing(t, "平台部-二十连发", department)
		body := []byte(jsonText(t, f))
		replies := make([]reply, 20)
		var wg sync.WaitGroup
		for i := range replies {
			wg.Go(func() {
				replies[i], _ = r.try("E0040", "POST", "/groups", "application/json", body, "Idempotency-Key", key)
			})
		}
		wg.Wait()
		ids := map[string]bool{}
		for _, x := range replies {
			var c service.CaseSummary
			if x.status == 201 && json.Unmarshal(x.body, &c) == nil {
				ids[c.ID] = true
			} else if x.status != 409 {
				t.Errorf("%d %s", x.status, x.body)
			}
		}
		if len(ids) != 1 {
			t.Errorf("%d cases came of one key", len(ids))
		}
		var n int
		r.sql(t, &n, `SELECT count(*) FROM cases WHERE title = '平台部-二十连发'`)
		if n != 1 {
			t.Errorf("%d cases with the name", n)
		}
	})
	t.Run("one name, ten people at once", func(t *testing.T) {
		f := r.filing(t, "平台部-十人争名", department)
		body := []byte(jsonText(t, f))
		var mu sync.Mutex
		count := map[int]int{}
		var wg sync.WaitGroup
		for i := range 10 {
			who := fmt.Sprintf("E%04d", 41+i)
			wg.Go(func() {
				x, err := r.try(who, "POST", "/groups", "application/json", body)
				if err != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				count[x.status]++
			})
		}
		wg.Wait()
		if count[201] != 1 || count[201]+count[422] != 10 {
			t.Errorf("one name was given %v", count)
		}
	})
}
