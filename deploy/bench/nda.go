package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ndaGroup is how many people one group asks: the demo company has 300, so five hundred agreements take two groups.
const ndaGroup = 250

// signing drives agreements through the HTTP API: groups with secrets are filed, everybody in them is asked at once, and each
// opens, reads and signs, as the pages do.
type signing struct {
	*ours
	pool    *pgxpool.Pool
	numbers map[string]string  // staff number by id
	people  map[string]*person // signed in, by staff number
	mu      sync.Mutex
	tried   int
}

// asked is one agreement that waits for its signer.
type asked struct{ id, number string }

// ndas has o.ndas agreements asked for, signed and sealed, and tells what it took.
func ndas(ctx context.Context, o options, st *stack) error {
	u, err := newOurs(ctx, st, o.clients, "")
	if err != nil {
		return err
	}
	s := &signing{ours: u, numbers: map[string]string{}, people: map[string]*person{}}
	if s.pool, err = pgxpool.New(ctx, st.database("bench")); err != nil {
		return err
	}
	defer s.pool.Close()
	if err := s.company(ctx); err != nil {
		return err
	}
	m := ndaFigures{want: o.ndas, clients: o.clients}
	began := time.Now()
	for left := o.ndas; left > 0; left -= ndaGroup {
		if err := s.group(ctx, min(left, ndaGroup)); err != nil {
			return err
		}
	}
	list, err := s.waiting(ctx, o.ndas)
	if err != nil {
		return err
	}
	m.asked = time.Since(began)
	log.Printf("%d agreements wait for their signers after %s", len(list), m.asked.Round(time.Second))
	for _, a := range list {
		if s.people[a.number] == nil {
			if s.people[a.number], err = s.signIn(ctx, a.number); err != nil {
				return err
			}
		}
	}
	before := st.cpu()
	began = time.Now()
	if err := s.all(ctx, o.clients, list); err != nil {
		return err
	}
	m.signed = time.Since(began)
	if err := s.sealed(ctx, len(list)); err != nil {
		return err
	}
	m.whole, m.cpu = time.Since(began), map[string]time.Duration{}
	for p, c := range st.cpu() {
		m.cpu[p] = c - before[p]
	}
	log.Printf("all sealed after %s", m.whole.Round(time.Second))
	if err := s.look(ctx, &m); err != nil {
		return err
	}
	if err := m.draw(ctx, st, s.pool); err != nil {
		return err
	}
	return m.report(o, st)
}

// company learns who works here.
func (s *signing) company(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `SELECT id::text, number FROM employees WHERE active ORDER BY number`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id, number string
		if err := rows.Scan(&id, &number); err != nil {
			return err
		}
		s.numbers[id] = number
	}
	return rows.Err()
}

// as is a person's session; they sign in once.
func (s *signing) as(ctx context.Context, number string) (*person, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.people[number]; p != nil {
		return p, nil
	}
	p, err := s.signIn(ctx, number)
	s.people[number] = p
	return p, err
}

// group files a group with secrets for so many people, has everybody who is asked approve it, and confirms it.
func (s *signing) group(ctx context.Context, size int) error {
	const clerk, admin, second = "E0040", "E0037", "E0038"
	ids := map[string]string{}
	for id, n := range s.numbers {
		ids[n] = id
	}
	members := []string{}
	for i := 41; len(members) < size-2 && i <= 300; i++ {
		if id := ids[fmt.Sprintf("E%04d", i)]; id != "" {
			members = append(members, id)
		}
	}
	if len(members) < size-2 {
		return fmt.Errorf("the demo company has only %d people for a group of %d", len(members)+2, size)
	}
	var dep string
	if err := s.pool.QueryRow(ctx, `SELECT id::text FROM departments WHERE code = 'RD-PLT'`).Scan(&dep); err != nil {
		return err
	}
	me, err := s.as(ctx, clerk)
	if err != nil {
		return err
	}
	name := "平台部-签署压测" + uuid.NewString()[30:]
	var c struct{ ID, Digest, Status string }
	if err := s.call(ctx, me, "POST", "/groups", map[string]any{
		"name": name, "type": "department", "tier": "confidential", "purpose": "签署压测", "departments": []string{dep}, "admins": []string{ids[admin], ids[second]},
		"members": members, "platform": "byhand",
		"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": false, "posting": "members", "join_by_review": true},
	}, &c); err != nil {
		return err
	}
	if err := s.until(ctx, "the filing is approved", func() (bool, error) { return s.agree(ctx, me, c.ID) }); err != nil {
		return err
	}
	var gid string
	if err := s.until(ctx, "the group is born", func() (bool, error) {
		err := s.pool.QueryRow(ctx, `SELECT coalesce((SELECT id::text FROM groups WHERE case_id = $1), '')`, c.ID).Scan(&gid)
		if err != nil || gid == "" {
			return false, err
		}
		return s.confirm(ctx, admin, gid, name)
	}); err != nil {
		return err
	}
	return nil
}

// agree has everybody who is asked approve a case once; true when it is approved.
func (s *signing) agree(ctx context.Context, me *person, id string) (bool, error) {
	var c struct {
		Status, Digest string
		Route          struct {
			Steps []struct {
				Slots []struct {
					Status string
					Person struct{ Number string }
				}
			}
		}
	}
	if err := s.call(ctx, me, "GET", "/cases/"+id, nil, &c); err != nil || c.Status == "approved" {
		return c.Status == "approved", err
	}
	for _, st := range c.Route.Steps {
		for _, sl := range st.Slots {
			if sl.Status != "open" {
				continue
			}
			leader, err := s.as(ctx, sl.Person.Number)
			if err == nil {
				err = s.approve(ctx, leader, filed{ID: id, Digest: c.Digest})
			}
			return false, err
		}
	}
	return false, nil
}

// confirm says by hand that a group stands; false while the admins are not asked yet.
func (s *signing) confirm(ctx context.Context, admin, gid, name string) (bool, error) {
	who, err := s.as(ctx, admin)
	if err != nil {
		return false, err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range map[string]string{"decision_id": uuid.NewString(), "name": name, "platform_id": "wx-" + gid[:8]} {
		_ = w.WriteField(k, v)
	}
	part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="screenshot"; filename="s.png"`}, "Content-Type": {"image/png"}})
	_, _ = part.Write(onePixel)
	_ = w.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.st.base+"/api/v1/groups/"+gid+"/confirmations", &b)
	if err != nil {
		return false, err
	}
	req.Header.Set("Cookie", who.cookie)
	req.Header.Set("X-CSRF-Token", who.csrf)
	req.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := s.http.Do(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	switch resp.StatusCode {
	case http.StatusOK:
		return true, nil
	case http.StatusConflict, http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable, http.StatusAccepted:
		if s.tried++; s.tried > 600 {
			return false, fmt.Errorf("the confirmation: %d %.300s", resp.StatusCode, raw)
		}
		return false, nil
	}
	return false, fmt.Errorf("the confirmation: %d %.300s", resp.StatusCode, raw)
}

// onePixel is a PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")

// until waits for what the service does by itself.
func (s *signing) until(ctx context.Context, what string, is func() (bool, error)) error {
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		ok, err := is()
		if err != nil || ok {
			return err
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return errors.New("waited in vain: " + what)
		}
	}
}

// waiting waits until so many agreements were sent.
func (s *signing) waiting(ctx context.Context, n int) (list []asked, err error) {
	err = s.until(ctx, "everybody is asked to sign", func() (bool, error) {
		list = nil
		rows, err := s.pool.Query(ctx, `SELECT n.id::text, e.number FROM ndas n JOIN employees e ON e.id = n.person_id WHERE n.state = 'sent' ORDER BY n.number`)
		if err != nil {
			return false, err
		}
		for rows.Next() {
			var a asked
			if err := rows.Scan(&a.id, &a.number); err != nil {
				return false, err
			}
			list = append(list, a)
		}
		return len(list) == n, rows.Err()
	})
	return list, err
}

// sealed waits for the last seal.
func (s *signing) sealed(ctx context.Context, n int) error {
	return s.until(ctx, "all are sealed", func() (bool, error) {
		var done int
		err := s.pool.QueryRow(ctx, `SELECT count(*) FROM ndas WHERE state = 'sealed'`).Scan(&done)
		return done == n, err
	})
}

// all has every agreement signed, so many at once.
func (s *signing) all(ctx context.Context, clients int, list []asked) error {
	todo := make(chan asked)
	errs := make(chan error, clients)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for a := range todo {
				if err := s.sign(ctx, a); err != nil {
					select {
					case errs <- fmt.Errorf("agreement of %s: %w", a.number, err):
					default:
					}
				}
			}
		})
	}
	for _, a := range list {
		todo <- a
	}
	close(todo)
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// sign is one person's way: open, read to the end, sign. Signing in the session is showing who it is, as the rules of
// confidential groups have it (semantics 4): the step between is part of the signature.
func (s *signing) sign(ctx context.Context, a asked) error {
	who, at := s.people[a.number], "/ndas/"+a.id
	var n struct {
		Digest, Consent string
		Person          struct{ Name string }
	}
	if err := s.call(ctx, who, "GET", at, nil, &n); err != nil {
		return err
	}
	for _, act := range []struct {
		to   string
		body map[string]any
	}{
		{"/views", map[string]any{"end": true}},
		{"/signatures", map[string]any{"shown": n.Digest, "consent": n.Consent, "name": n.Person.Name}},
	} {
		act.body["decision_id"] = uuid.NewString()
		var ans struct{ Result string }
		if err := s.call(ctx, who, "POST", at+act.to, act.body, &ans); err != nil {
			return err
		}
		if ans.Result != "accepted" {
			raw, _ := json.Marshal(ans)
			return fmt.Errorf("%s: %s", act.to, raw)
		}
	}
	return nil
}
