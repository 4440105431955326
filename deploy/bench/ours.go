package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// ours drives cases through the HTTP API: file, first leader approves, second leader approves.
type ours struct {
	st      *stack
	http    *http.Client
	filing  map[string]any
	clerk   *person
	leaders []*person
}

// person is a signed-in identity of the demo.
type person struct {
	cookie, csrf string
}

func newOurs(ctx context.Context, st *stack, clients int, hold string) (*ours, error) {
	if err := st.startService(ctx, hold); err != nil {
		return nil, err
	}
	return connect(ctx, st, clients)
}

// connect waits for the service and signs the cast in.
func connect(ctx context.Context, st *stack, clients int) (*ours, error) {
	u := &ours{st: st, http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * clients}}}
	deadline := time.Now().Add(time.Minute)
	for {
		err := reach(ctx, u.http, st.base+"/readyz")
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the service is not ready: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return u, u.cast(ctx)
}

// cast signs in a clerk, a department's leader and the one above, and prepares a filing that needs both.
func (u *ours) cast(ctx context.Context) error {
	var err error
	if u.clerk, err = u.signIn(ctx, "E0100"); err != nil {
		return err
	}
	var departments struct {
		Items []struct {
			ID, Name, Parent string
			Leader           *struct{ Number, ID string }
		}
	}
	if err := u.call(ctx, u.clerk, "GET", "/departments", nil, &departments); err != nil {
		return err
	}
	leader := map[string]string{}
	for _, d := range departments.Items {
		if d.Leader != nil {
			leader[d.ID] = d.Leader.Number
		}
	}
	for _, d := range departments.Items {
		up := leader[d.Parent]
		if leader[d.ID] == "" || up == "" || leader[d.ID] == up || leader[d.ID] == "E0100" || up == "E0100" {
			continue
		}
		for _, number := range []string{leader[d.ID], up} {
			p, err := u.signIn(ctx, number)
			if err != nil {
				return err
			}
			u.leaders = append(u.leaders, p)
		}
		u.filing = map[string]any{
			"type": "project", "tier": "ordinary", "purpose": "压力测试", "departments": []string{d.ID}, "members": []string{},
			"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": true, "posting": "members", "join_by_review": true},
			"platform":    "byhand",
		}
		break
	}
	if u.filing == nil {
		return fmt.Errorf("the demo company has no department with two different leaders above it")
	}
	var people struct{ Items []struct{ ID string } }
	if err := u.call(ctx, u.clerk, "GET", "/people?q=E00&limit=20", nil, &people); err != nil {
		return err
	}
	if len(people.Items) < 2 {
		return fmt.Errorf("the demo company has no people to be admins")
	}
	u.filing["admins"] = []string{people.Items[0].ID, people.Items[1].ID}
	return nil
}

func (u *ours) signIn(ctx context.Context, number string) (*person, error) {
	raw, _ := json.Marshal(map[string]string{"number": number})
	req, err := http.NewRequestWithContext(ctx, "POST", u.st.base+"/api/v1/sessions", bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := u.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var in struct {
		CSRF string `json:"csrf_token"`
	}
	if resp.StatusCode != http.StatusCreated || len(resp.Cookies()) == 0 {
		return nil, fmt.Errorf("sign in as %s: status %d, %d cookies", number, resp.StatusCode, len(resp.Cookies()))
	}
	if err := json.NewDecoder(resp.Body).Decode(&in); err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", number, err)
	}
	c := resp.Cookies()[0]
	return &person{cookie: c.Name + "=" + c.Value, csrf: in.CSRF}, nil
}

// call speaks JSON with the API as a person with a session.
func (u *ours) call(ctx context.Context, as *person, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.st.base+"/api/v1"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", as.cookie)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-CSRF-Token", as.csrf)
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	resp, err := u.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 || resp.StatusCode == http.StatusAccepted {
		return fmt.Errorf("%s %s: %d %.300s", method, path, resp.StatusCode, raw)
	}
	return json.Unmarshal(raw, out)
}

type filed struct {
	ID, Digest string
}

func (u *ours) file(ctx context.Context) (filed, error) {
	in := map[string]any{"name": "项目-压测" + uuid.NewString()[24:]}
	for k, v := range u.filing {
		in[k] = v
	}
	var c filed
	err := u.call(ctx, u.clerk, "POST", "/groups", in, &c)
	return c, err
}

func (u *ours) approve(ctx context.Context, leader *person, c filed) error {
	var answer struct{ Result string }
	err := u.call(ctx, leader, "POST", "/cases/"+c.ID+"/decisions", map[string]any{
		"decision_id": uuid.NewString(), "outcome": "approve", "material_digest": c.Digest,
	}, &answer)
	if err == nil && answer.Result != "accepted" {
		return fmt.Errorf("the decision was %s", answer.Result)
	}
	return err
}

// one files a case and has both leaders approve it, each waiting for the answer.
func (u *ours) one(ctx context.Context) error {
	c, err := u.file(ctx)
	if err != nil {
		return err
	}
	for _, l := range u.leaders {
		if err := u.approve(ctx, l, c); err != nil {
			return err
		}
	}
	return nil
}

// latencies are times as a caller sees them; inbox counts from the decision's sending until the case stands in the next
// approver's inbox.
type latencies struct {
	mu                    sync.Mutex
	submit, answer, inbox []time.Duration
}

// latency starts cases at a fixed rate, whatever the earlier ones do.
func (u *ours) latency(ctx context.Context, rate float64, length time.Duration) (*latencies, error) {
	l := &latencies{}
	var wg sync.WaitGroup
	errs := make(chan error, 1)
	tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < length; {
		<-tick.C
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := u.timed(ctx, l); err != nil {
				select {
				case errs <- err:
				default:
				}
			}
		}()
	}
	wg.Wait()
	select {
	case err := <-errs:
		return nil, err
	default:
		return l, nil
	}
}

func (u *ours) timed(ctx context.Context, l *latencies) error {
	t := time.Now()
	c, err := u.file(ctx)
	if err != nil {
		return err
	}
	submit := time.Since(t)
	t = time.Now()
	if err := u.approve(ctx, u.leaders[0], c); err != nil {
		return err
	}
	first := time.Since(t)
	for {
		seen, err := u.waits(ctx, u.leaders[1], c.ID)
		if err != nil {
			return err
		}
		if seen {
			break
		}
		if time.Since(t) > 10*time.Second {
			return fmt.Errorf("the case never reached the next approver's inbox")
		}
	}
	inbox := time.Since(t)
	t = time.Now()
	if err := u.approve(ctx, u.leaders[1], c); err != nil {
		return err
	}
	second := time.Since(t)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.submit, l.answer, l.inbox = append(l.submit, submit), append(l.answer, first, second), append(l.inbox, inbox)
	return nil
}

func (u *ours) waits(ctx context.Context, who *person, id string) (bool, error) {
	cursor := ""
	for {
		var page struct {
			Items []struct{ Case struct{ ID string } }
			Next  string
		}
		if err := u.call(ctx, who, "GET", "/inbox?limit=100"+cursor, nil, &page); err != nil {
			return false, err
		}
		for _, it := range page.Items {
			if it.Case.ID == id {
				return true, nil
			}
		}
		if page.Next == "" {
			return false, nil
		}
		cursor = "&cursor=" + page.Next
	}
}
