package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// handOver hands the leader's approvals over from a time on, for a day.
func (h *house) handOver(t *testing.T, to domain.EmployeeID, from time.Time) string {
	t.Helper()
	in := service.DelegationInput{To: to, Until: from.Add(24 * time.Hour).Format(time.RFC3339), From: from.Format(time.RFC3339Nano)}
	d, err := h.s.Delegate(t.Context(), h.as(t, h.LeadA), "key-"+string(to), in)
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// digests are the news of what waited already, with the mails sent of it.
func (h *house) digests(t *testing.T, to domain.EmployeeID) (news []service.NotificationView, mails []string) {
	t.Helper()
	page, err := h.s.Notifications(t.Context(), h.as(t, to), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range page.Items {
		if n.Kind == "delegation_waits" {
			news = append(news, n)
		}
	}
	for _, m := range h.sink.List(100) {
		if strings.Contains(m.Subject, "已有待办") {
			mails = append(mails, m.Body)
		}
	}
	return news, mails
}

// carried waits until the relay has seen to the beginning of a delegation, and to all mails.
func (h *house) carried(t *testing.T, id string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if h.count(t, `SELECT count(*) FROM outbox WHERE done_at IS NULL AND (key = 'delegation:' || $1 OR kind = 'mail')`, id) == 0 {
			return
		}
	}
	t.Fatal("the relay does not see to it")
}

// Whoever is handed approvals that wait already is told once, in one mail, what waits: when the delegation begins, not
// before; of confidential matter only the number.
func TestADeputyIsToldOnceWhatWaitsAlready(t *testing.T) {
	h := open(t)
	a, b := h.file(t, h.filing("研发部-甲事项")), h.file(t, h.confidential("研发部-密事项"))
	deputy := h.LeadB
	h.Exec(t, `UPDATE employees SET email = 'deputy@example.com' WHERE id = $1`, string(deputy))

	start := time.Now().Add(2 * time.Second)
	id := h.handOver(t, deputy, start)
	time.Sleep(700 * time.Millisecond)
	if news, mails := h.digests(t, deputy); len(news)+len(mails) != 0 {
		t.Fatalf("told before it begins: %+v %v", news, mails)
	}
	h.carried(t, id)
	if time.Now().Before(start) {
		t.Error("seen to before it begins")
	}
	news, mails := h.digests(t, deputy)
	if len(news) != 1 || news[0].N != 2 || news[0].Person == nil || news[0].Person.ID != h.LeadA || len(mails) != 1 {
		t.Fatalf("%+v, mails %q", news, mails)
	}
	m := mails[0]
	if !strings.Contains(m, a.Number+"「研发部-甲事项」") || !strings.Contains(m, b.Number) || strings.Contains(m, "密事项") || !strings.Contains(m, "截止") || !strings.Contains(m, "/inbox") {
		t.Errorf("the mail says %q", m)
	}

	// What comes later is told by itself, and no second digest comes.
	c := h.file(t, h.filing("研发部-乙事项"))
	h.carried(t, id)
	if news, mails := h.digests(t, deputy); len(news) != 1 || len(mails) != 1 {
		t.Errorf("%d news, %d mails", len(news), len(mails))
	}
	if n := h.count(t, `SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'ask_for' AND subject_id = $2`, string(deputy), c.ID); n != 1 {
		t.Errorf("%d news of what came later", n)
	}

	if n := h.count(t, `SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'ask_for' AND subject_id <> $2`, string(deputy), c.ID); n != 0 {
		t.Errorf("%d of what the digest told are told again", n)
	}

	// Asked and handed over at once: the news to the giver go out after the delegation began, and are told once all the same.
	h.file(t, h.filing("研发部-丙事项"))
	at := h.handOver(t, h.People[5], time.Now())
	h.carried(t, at)
	time.Sleep(600 * time.Millisecond) // the lane of mails gathers for a moment
	h.carried(t, at)
	if news, _ := h.digests(t, h.People[5]); len(news) != 1 || news[0].N != 4 {
		t.Errorf("%+v", news)
	}
	if n := h.count(t, `SELECT count(*) FROM notifications WHERE person_id = $1 AND kind = 'ask_for'`, string(h.People[5])); n != 0 {
		t.Errorf("%d are told twice", n)
	}

	// Nothing waits that this one may decide: nothing is told. The requester is party to all of it.
	id = h.handOver(t, h.People[0], time.Now())
	h.carried(t, id)
	if news, _ := h.digests(t, h.People[0]); len(news) != 0 {
		t.Errorf("%+v", news)
	}
}
