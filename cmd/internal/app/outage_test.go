package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// away expects 503 with a word when to try again.
func away(t *testing.T, x reply, code string) {
	t.Helper()
	p := x.is(t, http.StatusServiceUnavailable).problem(t)
	if p.Code != code || p.Title == "" || p.Detail == "" {
		t.Errorf("%s: want %s, got %s", x.what, code, x.body)
	}
	if n, err := strconv.Atoi(x.header.Get("Retry-After")); err != nil || n < 1 {
		t.Errorf("%s: Retry-After is %q", x.what, x.header.Get("Retry-After"))
	}
}

// page asks for a page as a browser would.
func (r *running) page(t *testing.T, who, path string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if who != "" {
		req.Header.Set("Authorization", "Bearer demo:"+who)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", "en")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(raw)
}

func (r *running) ready(t *testing.T) int {
	t.Helper()
	status, _, _ := r.page(t, "", "/readyz")
	return status
}

func TestTheDatabaseGoesAwayAndComesBack(t *testing.T) {
	r, database, _ := wired(t)
	c := r.file(t, "E0040", r.filing(t, "项目-数据库中断"))
	f, key, d := r.filing(t, "项目-中断时提交"), uuid.NewString(), decision(c, domain.Approve)

	database.cut()
	started := time.Now()
	away(t, r.post(t, "E0040", "/groups", f, "Idempotency-Key", key), "database_unavailable")
	away(t, r.post(t, "E0006", decisions(c), d), "database_unavailable")
	away(t, r.post(t, "E0040", "/cases/"+c.ID+"/comments", map[string]string{"text": "还在吗"}), "database_unavailable")
	away(t, r.get(t, "E0006", "/inbox"), "database_unavailable")
	if took := time.Since(started); took > 15*time.Second {
		t.Errorf("four refusals took %s", took)
	}
	if status, h, text := r.page(t, "E0006", "/inbox"); status != http.StatusServiceUnavailable || h.Get("Retry-After") == "" || !strings.Contains(text, "<html") {
		t.Errorf("the page: %d %.200s", status, text)
	}
	if s := r.ready(t); s != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", s)
	}
	if status, _, _ := r.page(t, "", "/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d; a restart would not bring the database back", status)
	}

	database.mend()
	until(t, "ready again", func() bool { return r.ready(t) == http.StatusOK })
	var made service.CaseSummary
	r.post(t, "E0040", "/groups", f, "Idempotency-Key", key).is(t, http.StatusCreated).into(t, &made)
	if a := r.post(t, "E0006", decisions(c), d).answer(t); a.Result != domain.Accepted && a.Result != domain.Duplicate {
		t.Errorf("%+v", a)
	}
	r.finish(t, c)
}

// finish takes a case to its end: the superior's approval and the group's birth, and replays both histories.
func (r *running) finish(t *testing.T, c service.CaseSummary) {
	t.Helper()
	until(t, "the superior is asked", func() bool { return r.waits(t, "E0002", c.ID) })
	if a := r.approve(t, "E0002", c); a.Status != domain.CaseApproved {
		t.Fatalf("%+v", a)
	}
	group := ""
	until(t, "the group is born", func() bool {
		v := r.read(t, "E0040", c.ID)
		group = v.GroupID
		return v.Group != nil
	})
	until(t, "the replays agree", func() bool {
		return r.verdict(t, "case-"+c.ID).OK && r.verdict(t, "group-"+group).OK
	})
}

func TestTheEngineGoesAwayAndComesBack(t *testing.T) {
	r, _, engine := wired(t)
	before := r.file(t, "E0040", r.filing(t, "项目-引擎中断之前"))

	engine.cut()
	during := r.file(t, "E0040", r.filing(t, "项目-引擎中断之时")) // taken
	if during.Status != domain.CaseSubmitted {
		t.Fatalf("filed with the engine away: %s", during.Status)
	}
	d := decision(before, domain.Approve)
	away(t, r.post(t, "E0006", decisions(before), d), "engine_unavailable")
	away(t, r.post(t, "E0006", decisions(during), decision(during, domain.Approve)), "engine_unavailable")
	away(t, r.post(t, "E0040", "/cases/"+before.ID+"/withdrawals", map[string]string{"decision_id": uuid.NewString()}), "engine_unavailable")
	if v := r.read(t, "E0040", before.ID); v.Status != domain.CaseInApproval { // reading goes on
		t.Errorf("%s", v.Status)
	}
	if status, _, text := r.page(t, "E0040", "/cases/"+during.ID); status != http.StatusOK || !strings.Contains(text, during.Number) {
		t.Errorf("the page of the case that waits for the engine: %d", status)
	}
	if s := r.ready(t); s != http.StatusServiceUnavailable {
		t.Errorf("ready: %d", s)
	}

	engine.mend()
	until(t, "the case starts by itself", func() bool { return r.read(t, "E0040", during.ID).Status == domain.CaseInApproval })
	until(t, "it waits for its first approver", func() bool { return r.waits(t, "E0006", during.ID) })
	if a := r.post(t, "E0006", decisions(before), d).answer(t); a.Result != domain.Accepted && a.Result != domain.Duplicate {
		t.Errorf("%+v", a)
	}
	r.approve(t, "E0006", during)
	r.finish(t, before)
	r.finish(t, during)
	if s := r.ready(t); s != http.StatusOK {
		t.Errorf("ready: %d", s)
	}
}

// TestNothingAcknowledgedIsLost lets people file and decide while database and engine come and go. Each repeats what got
// no answer, under the same keys; at the end every case stands once, decided once, and every history agrees.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	r, database, engine := wired(t)
	const people, each = 3, 2
	stop := make(chan struct{})
	var flaps, callers sync.WaitGroup
	flaps.Go(func() {
		for n := 0; ; n++ {
			w := []*wire{database, engine}[n%2]
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(200+rand.IntN(400)) * time.Millisecond):
			}
			w.cut()
			time.Sleep(time.Duration(50+rand.IntN(300)) * time.Millisecond)
			w.mend()
		}
	})
	var mu sync.Mutex
	var filed []service.CaseSummary
	sturdy := func(who, path string, body any, key string) (reply, bool) {
		raw, _ := json.Marshal(body)
		var last string
		for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			x, err := r.try(who, http.MethodPost, path, "application/json", raw, "Idempotency-Key", key)
			if err == nil && x.status < 300 && x.status != http.StatusAccepted {
				return x, true
			}
			last = fmt.Sprintf("%d %s %v", x.status, x.body, err)
			if err == nil && x.status != http.StatusServiceUnavailable && x.status != http.StatusAccepted {
				t.Errorf("%s: %s", path, last)
				return x, false
			}
		}
		t.Errorf("%s: no answer in time: %s", path, last)
		return reply{}, false
	}
	for p := range people {
		callers.Go(func() {
			for n := range each {
				x, ok := sturdy("E0040", "/groups", r.filing(t, fmt.Sprintf("平台部-抖动%d之%d", p, n), department), uuid.NewString())
				var c service.CaseSummary
				if !ok || json.Unmarshal(x.body, &c) != nil {
					return
				}
				mu.Lock()
				filed = append(filed, c)
				mu.Unlock()
				if _, ok := sturdy("E0006", decisions(c), decision(c, domain.Approve), uuid.NewString()); !ok {
					return
				}
			}
		})
	}
	callers.Wait()
	close(stop)
	flaps.Wait()
	until(t, "ready again", func() bool { return r.ready(t) == http.StatusOK })
	if len(filed) != people*each {
		t.Fatalf("%d of %d were filed", len(filed), people*each)
	}
	for _, c := range filed {
		until(t, c.Title+" is approved", func() bool { return r.read(t, "E0040", c.ID).Status == domain.CaseApproved })
		if v := r.verdict(t, "case-"+c.ID); !v.OK {
			t.Errorf("%s: %+v", c.Title, v)
		}
	}
	var cases, decided, groups, waiting int
	until(t, "the outbox is empty", func() bool {
		r.sql(t, &waiting, "SELECT count(*) FROM outbox WHERE done_at IS NULL AND kind NOT IN ('sweep_directory', 'group_news', 'nda_news')")
		return waiting == 0
	})
	r.sql(t, &cases, "SELECT count(*) FROM cases")
	r.sql(t, &decided, "SELECT count(*) FROM audit_entries WHERE kind = 'decide' AND result = 'accepted'")
	until(t, "every group is born", func() bool {
		r.sql(t, &groups, "SELECT count(*) FROM groups")
		return groups == people*each
	})
	if want := people * each; cases != want || decided != want {
		t.Errorf("%d cases, %d decisions; want %d of each", cases, decided, want)
	}
}
