package store

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestIdempotencyKeys(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	ref := IdempotencyRef{Employee: f.head, Key: "k", Route: "import", Request: "r1"}
	if _, err := f.IdempotencyOf(ctx, f.head, "k"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	mine, _, err := f.BeginKey(ctx, ref)
	if err != nil || !mine {
		t.Fatal(mine, err)
	}
	mine, r, err := f.BeginKey(ctx, ref)
	if err != nil || mine || !r.Known || !r.Same || r.Done {
		t.Errorf("under way: %v %+v %v", mine, r, err)
	}
	other := ref
	other.Request = "r2"
	if mine, r, err := f.BeginKey(ctx, other); err != nil || mine || r.Same {
		t.Errorf("another request: %v %+v %v", mine, r, err)
	}
	if err := f.CompleteKey(ctx, ref, 200, map[string]int{"n": 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.CompleteKey(ctx, ref, 500, map[string]int{"n": 2}); err != nil {
		t.Fatal(err)
	}
	if err := f.ReleaseKey(ctx, ref); err != nil {
		t.Fatal(err)
	}
	got, err := f.IdempotencyOf(ctx, f.head, "k")
	if err != nil || got.Status != 200 || !bytes.Contains(got.Answer, []byte("1")) {
		t.Errorf("%+v %v", got, err)
	}
	dead := IdempotencyRef{Employee: f.head, Key: "dead", Route: "import", Request: "r1"}
	if _, _, err := f.BeginKey(ctx, dead); err != nil {
		t.Fatal(err)
	}
	f.exec(`UPDATE idempotency_keys SET created_at = created_at - interval '3 minutes' WHERE key = 'dead'`)
	if mine, _, err := f.BeginKey(ctx, dead); err != nil || !mine {
		t.Errorf("a dead process keeps its key: %v", err)
	}
	f.exec(`UPDATE idempotency_keys SET created_at = created_at - interval '25 hours' WHERE key = 'k'`)
	if n, err := f.ForgetKeys(ctx, 0); err != nil || n != 1 {
		t.Errorf("%d forgotten: %v", n, err)
	}
}

func TestSessionsAndTokens(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	at := now()
	in := Session{ID: newID(), SecretHash: []byte{0, 1, 255}, Employee: f.head, CSRF: "c", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour), Method: "demo", Agent: "a"}
	if err := f.CreateSession(ctx, in); err != nil {
		t.Fatal(err)
	}
	got, err := f.SessionBy(ctx, in.SecretHash)
	if err != nil || got.ID != in.ID || got.Employee != f.head || !got.ExpiresAt.Equal(in.ExpiresAt) || got.EndedAt != nil {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := f.SessionBy(ctx, []byte("other")); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := f.EndSession(ctx, f.leadA, in.ID, at); !errors.Is(err, ErrNotFound) {
		t.Errorf("somebody else's session: %v", err)
	}
	if err := f.TouchSession(ctx, in.ID, at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if list, err := f.SessionsOf(ctx, f.head); err != nil || len(list) != 1 || !list[0].SeenAt.Equal(at.Add(time.Minute)) {
		t.Errorf("%+v %v", list, err)
	}
	for range 2 {
		if err := f.EndSession(ctx, f.head, in.ID, at); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := f.SessionsOf(ctx, f.head); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	tok := Token{ID: newID(), SecretHash: []byte("t"), Employee: f.head, Name: "n", CreatedAt: at, ExpiresAt: at.Add(time.Hour)}
	for range 2 {
		if err := f.CreateToken(ctx, tok); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.TouchToken(ctx, tok.ID, at); err != nil {
		t.Fatal(err)
	}
	if got, err := f.TokenBy(ctx, tok.SecretHash); err != nil || got.UsedAt == nil || got.Name != "n" {
		t.Errorf("%+v %v", got, err)
	}
	if err := f.EndToken(ctx, f.head, tok.ID, at); err != nil {
		t.Fatal(err)
	}
	if list, err := f.TokensOf(ctx, f.head); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if err := f.SetLanguage(ctx, f.head, "en"); err != nil {
		t.Fatal(err)
	}
	if lang, err := f.Language(ctx, f.head); err != nil || lang != "en" {
		t.Error(lang, err)
	}
}

func TestObjectsKeysAndExports(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, in := f.filed("k1")
	if o, err := f.GetObject(ctx, in.Material.ID); err != nil || string(o.Body) != "seal" || o.CaseID != c.ID {
		t.Errorf("%+v %v", o, err)
	}
	again := in.Material
	again.Body = []byte("forged")
	if err := f.PutObject(ctx, again); err != nil {
		t.Fatal(err)
	}
	if got, err := f.ObjectsOf(ctx, c.ID, []string{in.Material.ID, newID()}); err != nil || len(got) != 1 || string(got[in.Material.ID].Body) != "seal" {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := f.ObjectsOf(ctx, newID(), []string{in.Material.ID}); err != nil || len(got) != 0 {
		t.Errorf("another case's object: %v", err)
	}
	if err := f.PutCaseKey(ctx, c.ID, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if k, err := f.CaseKey(ctx, c.ID); err != nil || string(k) != "wrapped" {
		t.Errorf("%s %v", k, err)
	}
	for range 2 {
		if err := f.Shred(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.PutCaseKey(ctx, c.ID, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.CaseKey(ctx, c.ID); !errors.Is(err, ErrShredded) {
		t.Errorf("after shredding: %v", err)
	}
	put := func(events int, closed bool, body string) {
		t.Helper()
		if err := f.PutExport(ctx, Export{WorkflowID: "case-x", RunID: "r", SubjectID: c.ID, Events: events, Closed: closed, SHA256: body, Body: []byte(body), ExportedAt: now()}); err != nil {
			t.Fatal(err)
		}
	}
	put(5, false, "open")
	put(3, false, "shorter")
	put(9, true, "closed")
	put(11, true, "forged")
	if e, err := f.ExportOf(ctx, "case-x", "r"); err != nil || string(e.Body) != "closed" || e.Events != 9 {
		t.Errorf("%+v %v", e, err)
	}
	if list, err := f.Exports(ctx, "case-x"); err != nil || len(list) != 1 {
		t.Errorf("%d %v", len(list), err)
	}
}

func TestStreamTwoAndCalls(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	subject := newID()
	for range 3 {
		if err := f.RecordEvent(ctx, Event{Actor: string(f.sec), Kind: "read_case", Subject: subject, Rule: "office", Result: "allowed", Detail: map[string]any{"purpose": "check"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.RecordEvent(ctx, Event{Kind: "refused", Subject: "no id'--", Result: "refused"}); err != nil {
		t.Errorf("a hostile subject: %v", err)
	}
	id := func(e EventRec) string { return e.ID }
	if got := pages(t, id, func(c string) (Page[EventRec], error) { return f.Events(ctx, EventFilter{Cursor: c, Limit: 2}) }); len(got) != 4 || unique(got) != 4 {
		t.Errorf("%d events", len(got))
	}
	if p, err := f.Events(ctx, EventFilter{Subject: subject, Actor: f.sec}); err != nil || len(p.Items) != 3 || p.Items[0].Subject != subject {
		t.Errorf("%+v %v", p, err)
	}
	if is, err := f.RecentEvent(ctx, string(f.sec), "read_case", subject, now().Add(-time.Hour)); err != nil || !is {
		t.Error("the reading is not found", err)
	}
	if is, err := f.RecentEvent(ctx, string(f.pa), "read_case", subject, now().Add(-time.Hour)); err != nil || is {
		t.Error("somebody else's reading is found", err)
	}
	call := CallRow{Key: "create:1", GroupID: newID(), Platform: "byhand", Act: "create"}
	if got, err := f.BeginCall(ctx, call); err != nil || got.Receipt != nil {
		t.Errorf("%+v %v", got, err)
	}
	for _, r := range []string{"first", "second"} {
		if err := f.EndCall(ctx, call.Key, map[string]string{"id": r}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := f.BeginCall(ctx, call); err != nil || !bytes.Contains(got.Receipt, []byte("first")) || got.AnsweredAt == nil {
		t.Errorf("%+v %v", got, err)
	}
	if list, err := f.Calls(ctx, call.GroupID); err != nil || len(list) != 1 {
		t.Errorf("%d %v", len(list), err)
	}
}

func TestDatabaseAwayIsKnown(t *testing.T) {
	f := newFirm(t)
	if _, err := Open(context.Background(), "host=/nonexistent user=x dbname=x", Options{}); err == nil || !Unavailable(err) {
		t.Errorf("no server: %v", err)
	}
	for code, want := range map[string]bool{"57P01": true, "53300": true, "08006": true, "25006": true, "23505": false, "QB002": false, "22P02": false} {
		if got := Unavailable(clean("x", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s: away %v", code, got)
		}
	}
	_ = f.Close()
	if err := f.Ping(context.Background()); !Unavailable(err) {
		t.Errorf("closed: %v", err)
	}
	if _, err := f.Case(context.Background(), newID()); !Unavailable(err) {
		t.Errorf("closed, by GORM: %v", err)
	}
}
