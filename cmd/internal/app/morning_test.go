package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// Renewals reach an admin as one mail in the morning, whatever the number of groups, with the way to the page where all of a
// quarter are attested together; of a confidential group it says the number alone.
func TestRenewalsOfManyGroupsAreOneMorningMail(t *testing.T) {
	p := withMail(t, nil)
	engine, err := client.Dial(client.Options{HostPort: p.c.TemporalHostPort, Namespace: p.c.Namespace})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	names := []string{"平台部-晨报一", "平台部-晨报二", "平台部-晨报密"}
	var groups, numbers []string
	for i, name := range names {
		change, more := department, []string{}
		if i == 2 {
			change, more = confidential, []string{"E0292"}
		}
		g, _ := p.stand(t, p.filing(t, name, change), more...)
		var number string
		p.sql(t, &number, "SELECT number FROM groups WHERE id = $1", g)
		groups, numbers = append(groups, g), append(numbers, number)
	}
	// Their terms come to an end: the engine's timer is not waited for, its act comes now, with its own time.
	for _, g := range groups {
		d := p.term(t, g)
		act := domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, At: d.At, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}}
		if err := engine.SignalWorkflow(t.Context(), workflows.GroupID(g), "", workflows.SignalGroupAct, act); err != nil {
			t.Fatal(err)
		}
		until(t, "it is due", func() bool {
			var state string
			p.sql(t, &state, "SELECT state FROM groups WHERE id = $1", g)
			return state == string(domain.GroupRenewalDue)
		})
	}
	// What is due is gathered for half past nine of the company's day: one entry for each admin, and no mail yet.
	admins := []string{string(p.id(t, "E0037")), string(p.id(t, "E0038"))}
	until(t, "the news are gathered", func() bool {
		var n int
		p.sql(t, &n, `SELECT count(*) FROM outbox WHERE kind = 'group_news' AND payload->>'person' = ANY ($1) AND jsonb_array_length(payload->'notifications') = $2
			AND done_at IS NULL AND to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') = '09:30' AND due_at > now() AND due_at < now() + interval '1 day'`, admins, len(groups)+1) // and what the platform of the confidential one lacks
		return n == len(admins)
	})
	morning := func(who string) (got []mail.Received) {
		for _, m := range p.box.List(500) {
			if strings.HasPrefix(m.To, strings.ToLower(who)+"@") && strings.Contains(m.Subject, "群组事项") {
				got = append(got, m)
			}
		}
		return got
	}
	if got := morning("E0037"); len(got) > 0 {
		t.Fatalf("mailed before the morning: %s", got[0].Subject)
	}
	// The morning comes.
	var moved int
	p.sql(t, &moved, `WITH m AS (UPDATE outbox SET due_at = now() WHERE kind = 'group_news' AND done_at IS NULL RETURNING 1) SELECT count(*) FROM m`)
	for _, who := range []string{"E0037", "E0038"} {
		until(t, "the morning's mail", func() bool { return len(morning(who)) == 1 })
		body := morning(who)[0].Body
		for _, want := range []string{"请续期", numbers[0], numbers[1], numbers[2], names[0], names[1], p.base + "/renewals"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s is not told %q:\n%s", who, want, body)
			}
		}
		if strings.Contains(body, names[2]) {
			t.Errorf("the confidential group's name went out by mail:\n%s", body)
		}
	}
	time.Sleep(2 * time.Second)
	if n := len(morning("E0037")); n != 1 {
		t.Errorf("%d mails of one morning", n)
	}
}

// term is when a group is to be renewed.
func (r *running) term(t *testing.T, group string) domain.GroupDate {
	t.Helper()
	var raw []byte
	r.sql(t, &raw, "SELECT doc FROM groups WHERE id = $1", group)
	var g domain.Group
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	for _, d := range g.Life.Dates {
		if d.Kind == domain.DateRenewal {
			return d
		}
	}
	t.Fatalf("nothing is due in %s", group)
	return domain.GroupDate{}
}
