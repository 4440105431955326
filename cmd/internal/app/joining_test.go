package app_test

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/models/domain"
)

// Many people come into a group with secrets at once: each is asked to sign, once and by one mail at most; its admins hear of
// it as of one act, and their inbox has not an entry for each. With QUNBEI_PROVE=1 they are 500, or all there are. And of the
// group nobody finds the id who has nothing to do with it.
func TestManyJoinAtOnce(t *testing.T) {
	r := shared(t)
	n := 30
	if os.Getenv("QUNBEI_PROVE") != "" {
		n = 500
	}
	const name, stranger = "平台部-百川入海", "E0044"
	gid := r.secretGroup(t, name, domain.TierConfidential)
	var people []string
	r.sql(t, &people, `SELECT array_agg(number ORDER BY number) FROM (SELECT e.number FROM employees e WHERE e.active AND e.number <> $2 AND e.roles = '{}'
AND NOT EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = $1 AND m.employee_id = e.id) ORDER BY e.number DESC LIMIT $3) x`, gid, stranger, n)
	if len(people) < 30 {
		t.Fatalf("only %d people to admit", len(people))
	}
	admin := string(r.id(t, "E0037"))
	count := func(q string, args ...any) (k int) {
		t.Helper()
		r.sql(t, &k, q, args...)
		return k
	}
	const told, waits = `SELECT count(*) FROM notifications WHERE person_id = $1`, `SELECT count(*) FROM ndas WHERE group_id = $1 AND state = 'sent'`
	until(t, "the group's own people are asked to sign", func() bool {
		return count(waits, gid) == count(`SELECT count(*) FROM group_members WHERE group_id = $1`, gid)
	})
	var items struct{ Items []struct{ ID string } }
	r.get(t, "E0037", "/inbox?limit=100").is(t, http.StatusOK).into(t, &items)
	toldBefore, waited, inbox := count(told, admin), count(waits, gid), len(items.Items)
	began := time.Now()
	x := r.upload(t, "E0037", "/groups/"+gid+"/members/imports", "file", "people.csv", "text/csv", []byte("工号\n"+strings.Join(people, "\n")+"\n"), nil,
		"Idempotency-Key", uuid.NewString())
	if x.status != http.StatusOK && x.status != http.StatusAccepted {
		t.Fatalf("admitted: %d %s", x.status, x.body)
	}
	until(t, "everybody is asked to sign", func() bool { return count(waits, gid) == waited+len(people) })
	t.Logf("%d people asked to sign in %s", len(people), time.Since(began).Round(time.Millisecond))
	if k := count(`SELECT count(*) FROM ndas WHERE group_id = $1`, gid); k != waited+len(people) {
		t.Errorf("%d agreements for %d people", k, waited+len(people))
	}
	if k := count(told, admin) - toldBefore; k > 2 {
		t.Errorf("the admin got %d notices", k)
	}
	if r.get(t, "E0037", "/inbox?limit=100").is(t, http.StatusOK).into(t, &items); len(items.Items) > inbox+1 {
		t.Errorf("the admin's inbox went from %d to %d", inbox, len(items.Items))
	}
	if k := count(`SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM outbox o JOIN employees e ON e.id::text = split_part(o.key, ':', 2)
WHERE o.kind = 'nda_news' AND e.number = ANY ($1) GROUP BY e.id) x`, people); k > 1 {
		t.Errorf("somebody gets %d mails", k)
	}
	r.listedNowhere(t, stranger, gid, name)
}

// listedNowhere reads every list there is, API and pages, as somebody without relation to a group: neither its id nor its name
// is in any (decision 12).
func (r *running) listedNowhere(t *testing.T, who, gid, name string) {
	t.Helper()
	read := 0
	for _, x := range api.Routes() {
		if (x.Method != "" && x.Method != http.MethodGet) || strings.Contains(x.Path, ":") || strings.Contains(x.Path, "*") {
			continue
		}
		for _, query := range []string{"", "?limit=100", "?q=" + "%E7%99%BE%E5%B7%9D", "?tier=confidential", "?scope=all"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+x.Path+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer demo:"+who)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
			_ = resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode == http.StatusOK {
				read++
			}
			if s := string(raw); strings.Contains(s, gid) || strings.Contains(s, name) {
				t.Errorf("%s%s as %s names the group", x.Path, query, who)
			}
		}
	}
	if read < 60 {
		t.Errorf("only %d lists were read", read)
	}
	// Whoever has its address learns number and tier, and asks; more is told to nobody before an admin has looked.
	var place map[string]any
	r.get(t, who, "/groups/"+gid+"/joins").is(t, http.StatusOK).into(t, &place)
	if place["number"] == "" || place["tier"] != "confidential" || place["name"] != nil || place["group_state"] != nil || place["since"] != nil {
		t.Errorf("its address tells %v", place)
	}
	x := r.post(t, who, "/groups/"+gid+"/joins", with("comment", "想加入")).is(t, http.StatusOK)
	if s := string(x.body); strings.Contains(s, name) || strings.Contains(s, "group_state") || strings.Contains(s, `"case"`) {
		t.Errorf("asking tells %s", s)
	}
	r.get(t, who, "/groups/"+uuid.NewString()+"/joins").is(t, http.StatusNotFound)
}
