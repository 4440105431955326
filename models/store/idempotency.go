package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Replay is what is known of a request under an idempotency key.
type Replay struct {
	Known  bool // the key was used before
	Same   bool // … for this very request
	Done   bool // … and its answer is here
	Status int
	Answer json.RawMessage
	Begun  time.Time
}

// Replayed looks a key up without taking it. A submission completes its key in its own transaction (Submission);
// what takes several steps begins it first.
func (s *Store) Replayed(ctx context.Context, ref IdempotencyRef) (Replay, error) {
	var rows []IdempotencyRow
	err := s.db(ctx).Where("employee_id = ? AND key = ?", string(ref.Employee), ref.Key).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return Replay{}, clean("looking an idempotency key up", err)
	}
	r := rows[0]
	out := Replay{Known: true, Same: r.Request == ref.Request && r.Route == ref.Route, Begun: r.CreatedAt}
	if r.Status != nil {
		out.Done, out.Status, out.Answer = true, int(*r.Status), json.RawMessage(r.Answer)
	}
	return out, nil
}

// IdempotencyOf returns what is kept under a person's key, ErrNotFound when it is free. Status is 0 while the request is
// under way.
func (s *Store) IdempotencyOf(ctx context.Context, person domain.EmployeeID, key string) (Idempotency, error) {
	var r IdempotencyRow
	if err := s.db(ctx).Where("employee_id = ? AND key = ?", string(person), key).Take(&r).Error; err != nil {
		return Idempotency{}, clean("looking an idempotency key up", err)
	}
	out := Idempotency{Route: r.Route, Request: r.Request, Answer: json.RawMessage(r.Answer), Begun: r.CreatedAt}
	if r.Status != nil {
		out.Status = int(*r.Status)
	}
	return out, nil
}

// Idempotency is one request under a key.
type Idempotency struct {
	Route   string
	Request string
	Status  int
	Answer  json.RawMessage
	Begun   time.Time
}

// staleAfter is how long a begun request without an answer keeps its key: its process must have died.
const staleAfter = 2 * time.Minute

// BeginKey takes a key for a request that takes several steps. mine tells that the caller has it and must complete or
// release it; otherwise the replay says what became of the first request. The steps must be idempotent by themselves:
// a key whose process died is taken over after two minutes.
func (s *Store) BeginKey(ctx context.Context, ref IdempotencyRef) (mine bool, r Replay, err error) {
	res := s.db(ctx).Exec(`
INSERT INTO idempotency_keys (employee_id, key, route, request, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (employee_id, key) DO UPDATE SET created_at = excluded.created_at
WHERE idempotency_keys.status IS NULL AND idempotency_keys.request = excluded.request AND idempotency_keys.route = excluded.route
  AND idempotency_keys.created_at < excluded.created_at - make_interval(secs => ?)`,
		string(ref.Employee), ref.Key, ref.Route, ref.Request, now(), staleAfter.Seconds())
	if res.Error != nil {
		return false, Replay{}, clean("taking an idempotency key", res.Error)
	}
	if res.RowsAffected == 1 {
		return true, Replay{}, nil
	}
	r, err = s.Replayed(ctx, ref)
	return false, r, err
}

// CompleteKey keeps the answer under a key; the first answer stays.
func (s *Store) CompleteKey(ctx context.Context, ref IdempotencyRef, status int, answer any) error {
	doc, err := jsonOf("rendering an answer", answer)
	if err != nil {
		return err
	}
	return clean("completing an idempotency key", s.db(ctx).Exec(`
INSERT INTO idempotency_keys (employee_id, key, route, request, status, answer, created_at) VALUES (?, ?, ?, ?, ?, ?::jsonb, ?)
ON CONFLICT (employee_id, key) DO UPDATE SET status = excluded.status, answer = excluded.answer
WHERE idempotency_keys.status IS NULL AND idempotency_keys.request = excluded.request`,
		string(ref.Employee), ref.Key, ref.Route, ref.Request, status, doc, now()).Error)
}

// ReleaseKey gives a begun key back after a failure that left nothing, so that the request can be sent again.
func (s *Store) ReleaseKey(ctx context.Context, ref IdempotencyRef) error {
	return clean("giving an idempotency key back", s.db(ctx).Exec(`DELETE FROM idempotency_keys WHERE employee_id = ? AND key = ? AND status IS NULL AND request = ?`,
		string(ref.Employee), ref.Key, ref.Request).Error)
}

// ForgetKeys removes keys older than the age (at least 24 h) and returns how many.
func (s *Store) ForgetKeys(ctx context.Context, age time.Duration) (int64, error) {
	res := s.db(ctx).Exec(`DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(secs => ?)`, max(age, 24*time.Hour).Seconds())
	return res.RowsAffected, clean("forgetting old idempotency keys", res.Error)
}
