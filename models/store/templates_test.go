package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

func sha(c string) string { return strings.Repeat(c, 64) }

// A fresh database gets the shipped text once; it is in force at once, for every reader of a language without its own.
func TestSetUpTemplate(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	if _, err := s.TemplateInForce(ctx, now()); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	zh := TemplateDraft{Key: "zh", SHA256: sha("a"), Body: "正文", Title: domain.Label{ZH: "协议"}, Note: "shipped"}
	for range 2 {
		if err := s.SetUpTemplate(ctx, zh); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetUpTemplate(ctx, TemplateDraft{Key: "zh", SHA256: sha("b"), Body: "其他"}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"", "zh-CN", "en"} {
		row, err := s.TemplateFor(ctx, lang, now())
		if err != nil || row.SHA256 != sha("a") || row.Body != "正文" || !row.Setup || row.Number != 1 || row.AuthorID != nil || row.Label().ZH != "协议" {
			t.Errorf("%q: %+v %v", lang, row, err)
		}
	}
	if err := s.SetUpTemplate(ctx, TemplateDraft{Key: "zh-en", SHA256: sha("c"), Body: "both"}); err != nil {
		t.Fatal(err)
	}
	if row, err := s.TemplateFor(ctx, "en", now()); err != nil || row.Key != "zh-en" {
		t.Errorf("in English: %+v %v", row, err)
	}
	if _, err := s.TemplateInForce(ctx, now().Add(-time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("before it began: %v", err)
	}
	if row, err := s.TemplateBySHA(ctx, sha("a")); err != nil || row.Key != "zh" {
		t.Errorf("by digest: %+v %v", row, err)
	}
	if all, err := s.Templates(ctx); err != nil || len(all) != 2 || all[0].Body != "" {
		t.Errorf("list: %+v %v", all, err)
	}
}

// lawyers makes three people of the firm legal.
func (f *firm) lawyers() (a, b, c domain.EmployeeID) {
	f.t.Helper()
	f.exec(`UPDATE employees SET roles = '{legal}' WHERE id = ANY ($1::uuid[])`, []string{string(f.people[0]), string(f.people[1]), string(f.people[2])})
	return f.people[0], f.people[1], f.people[2]
}

func (f *firm) draftText(by domain.EmployeeID, text string) TemplateRow {
	f.t.Helper()
	row, fresh, err := f.PutTemplate(f.t.Context(), TemplateDraft{Key: "zh", SHA256: sha(text), Body: text, Author: by})
	if err != nil || !fresh {
		f.t.Fatalf("draft: %v %v", fresh, err)
	}
	return row
}

func (f *firm) actOnText(id string, a domain.TemplateAct) error {
	f.t.Helper()
	if a.At.IsZero() {
		a.At = now()
	}
	_, err := f.ActOnTemplate(f.t.Context(), id, a, &Event{At: a.At, Kind: "test", Actor: string(a.By), Result: "allowed"})
	return err
}

// What an act leaves in the outbox: a material version is told when it begins, a withdrawal of what was in force at once;
// neither a scheduled one that is withdrawn nor a version that is not material asks for anything.
func TestTemplatesAskForWhatFollows(t *testing.T) {
	f := newFirm(t)
	a, b, _ := f.lawyers()
	if err := f.SetUpTemplate(t.Context(), TemplateDraft{Key: "zh", SHA256: sha("0"), Body: "0"}); err != nil {
		t.Fatal(err)
	}
	publish := func(text string, effective time.Time, material bool) string {
		row := f.draftText(a, text)
		for _, act := range []domain.TemplateAct{{Kind: domain.TemplateReview, By: b, Approve: true}, {Kind: domain.TemplatePublish, By: a, Effective: effective, Material: material}} {
			if err := f.actOnText(row.ID, act); err != nil {
				t.Fatal(err)
			}
		}
		return row.ID
	}
	due := func(key string) (at time.Time) {
		t.Helper()
		if err := f.pool.QueryRow(t.Context(), `SELECT coalesce((SELECT due_at FROM outbox WHERE key = $1 AND done_at IS NULL), 'epoch')`, key).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	tomorrow := now().Add(24 * time.Hour)
	slight, later := publish("1", time.Time{}, false), publish("2", tomorrow, true)
	if at := due("nda_material:" + later); !at.Equal(tomorrow) {
		t.Error("a material version is told at", at)
	}
	if at := due("nda_material:" + slight); at.Unix() != 0 {
		t.Error("one that is not material asks for signatures at", at)
	}
	for id, want := range map[string]bool{later: false, slight: true} {
		if err := f.actOnText(id, domain.TemplateAct{Kind: domain.TemplateWithdraw, By: b, Comment: "x"}); err != nil {
			t.Fatal(err)
		}
		if got := due("nda_withdrawn:"+id).Unix() != 0; got != want {
			t.Errorf("withdrawn %s is told: %v", id, got)
		}
	}
	var events int
	if err := f.pool.QueryRow(t.Context(), `SELECT count(*) FROM api_events WHERE subject_id = $1`, slight).Scan(&events); err != nil || events != 3 {
		t.Errorf("%d acts on record: %v", events, err)
	}
	var refused *TemplateRefused
	if err := f.actOnText(slight, domain.TemplateAct{Kind: domain.TemplateReview, By: b, Approve: true}); !errors.As(err, &refused) || refused.Reason != domain.ReasonTemplateState || refused.State != domain.TemplateWithdrawn {
		t.Errorf("a withdrawn one: %v", err)
	}
	if err := f.actOnText(newID(), domain.TemplateAct{Kind: domain.TemplateReview, By: b}); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}

// Whatever a program tries, the database keeps texts as they were drafted, states in their order, and acts legal's.
func TestTheDatabaseKeepsTemplates(t *testing.T) {
	f := newFirm(t)
	a, b, _ := f.lawyers()
	row := f.draftText(a, "1")
	if _, _, err := f.PutTemplate(t.Context(), TemplateDraft{Key: "zh", SHA256: sha("1"), Body: "1", Author: b}); !errors.Is(err, ErrTemplateText) {
		t.Errorf("another's text: %v", err)
	}
	if again, fresh, err := f.PutTemplate(t.Context(), TemplateDraft{Key: "zh", SHA256: sha("1"), Body: "1", Author: a}); err != nil || fresh || again.ID != row.ID {
		t.Errorf("the same text twice: %v %v", fresh, err)
	}
	if err := f.actOnText(row.ID, domain.TemplateAct{Kind: domain.TemplateReview, By: f.head, Approve: true}); !errors.Is(err, ErrIllegal) {
		t.Errorf("reviewed by somebody who is not of legal: %v", err)
	}
	approved := `state = 'approved', reviewed_by = '` + string(b) + `', reviewed_at = now()`
	for name, set := range map[string]string{
		"another text": `body = 'x'`, "another digest": `sha256 = repeat('e', 64)`, "another author": `author_id = NULL`, "another note": `note = 'x'`, "another number": `number = 9`,
		"published at once":        `state = 'published', published_by = '` + string(b) + `', published_at = now(), effective_at = now()`,
		"reviewed by its author":   `state = 'approved', reviewed_by = author_id, reviewed_at = now()`,
		"reviewed by nobody":       `state = 'approved'`,
		"shipped after all":        `setup = true`,
		"withdrawn by nobody":      `state = 'withdrawn'`,
		"superseded":               `state = 'superseded'`,
		"reviewed by the head":     `state = 'returned', reviewed_by = '` + string(f.head) + `', reviewed_at = now()`,
		"another language's":       `key = 'zh-en'`,
		"a version of another age": `created_at = now() - interval '1 day'`,
	} {
		if _, err := f.pool.Exec(t.Context(), `UPDATE nda_templates SET `+set+` WHERE id = $1`, row.ID); err == nil {
			t.Error(name, "is taken")
		}
	}
	f.exec(`UPDATE nda_templates SET ` + approved)
	for name, q := range map[string]string{
		"a draft again":       `UPDATE nda_templates SET state = 'draft'`,
		"another's review":    `UPDATE nda_templates SET reviewed_by = '` + string(f.people[2]) + `'`,
		"holds before it":     `UPDATE nda_templates SET state = 'published', published_by = '` + string(a) + `', published_at = now(), effective_at = now() - interval '1 day'`,
		"removed":             `DELETE FROM nda_templates`,
		"begins published":    `INSERT INTO nda_templates (id, key, number, sha256, body, state, created_at, published_at, effective_at, setup) VALUES (gen_random_uuid(), 'zh', 7, repeat('f', 64), 'x', 'published', now(), now(), now(), true)`,
		"a third language":    `INSERT INTO nda_templates (id, key, number, sha256, body, created_at) VALUES (gen_random_uuid(), 'en', 1, repeat('f', 64), 'x', now())`,
		"the text of another": `INSERT INTO nda_templates (id, key, number, sha256, body, created_at) VALUES (gen_random_uuid(), 'zh', 8, repeat('1', 64), '1', now())`,
	} {
		if _, err := f.pool.Exec(t.Context(), q); err == nil {
			t.Error(name, "is taken")
		}
	}
	f.exec(`UPDATE nda_templates SET state = 'published', published_by = $1, published_at = now(), effective_at = now(), material = true`, a)
	for name, set := range map[string]string{"not material after all": `material = false`, "from another date": `effective_at = now() + interval '1 day'`, "by another": `published_by = '` + string(b) + `'`} {
		if _, err := f.pool.Exec(t.Context(), `UPDATE nda_templates SET `+set); err == nil {
			t.Error(name, "is taken")
		}
	}
	// A draft that was withdrawn before anybody could sign it may be drafted again.
	two := f.draftText(a, "2")
	if err := f.actOnText(two.ID, domain.TemplateAct{Kind: domain.TemplateWithdraw, By: a}); err != nil {
		t.Fatal(err)
	}
	if three := f.draftText(b, "2"); three.Number != 3 {
		t.Errorf("number %d", three.Number)
	}
}

// agreement puts an agreement of a text into the database as it stands, without its process.
func (f *firm) agreement(text, state string, person domain.EmployeeID) string {
	f.t.Helper()
	id := newID()
	tx, err := f.pool.Begin(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err = tx.Exec(f.t.Context(), `SET LOCAL session_replication_role = replica`); err == nil { // no group, no object stands behind it
		_, err = tx.Exec(f.t.Context(), `INSERT INTO ndas (id, number, group_id, person_id, template_sha256, material_object, digest, state, seq, doc, state_digest, since, created_at, changed_at)
VALUES ($1::uuid, $1::uuid::text, gen_random_uuid(), $2, $3, gen_random_uuid(), 'd', $4, 3, '{}', 'd', now(), now(), now())`, id, person, sha(text), state)
	}
	if err == nil {
		err = tx.Commit(f.t.Context())
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

// told lists which agreements the outbox tells what, after every sweep in it was carried out.
func (f *firm) told() map[string]domain.NDAActKind {
	f.t.Helper()
	ctx, out := f.t.Context(), map[string]domain.NDAActKind{}
	for {
		list, err := f.Claim(ctx, []string{OutboxSweepNDA}, 50, time.Minute)
		if err != nil {
			f.t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, e := range list {
			var in SweepNDA
			if err := e.Into(&in); err != nil {
				f.t.Fatal(err)
			}
			if _, err := f.SweepNDAs(ctx, in); err != nil {
				f.t.Fatal(err)
			}
			if err := f.Done(ctx, e.ID); err != nil {
				f.t.Fatal(err)
			}
		}
	}
	rows, err := f.pool.Query(ctx, `SELECT payload->>'nda', payload->'act'->>'kind' FROM outbox WHERE kind = $1`, OutboxSignalNDA)
	if err != nil {
		f.t.Fatal(err)
	}
	var nda, kind string
	if _, err := pgx.ForEachRow(rows, []any{&nda, &kind}, func() error {
		if _, twice := out[nda]; twice {
			f.t.Errorf("agreement %s is told twice", nda)
		}
		out[nda] = domain.NDAActKind(kind)
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	return out
}

// A material version asks those in force under earlier texts, each once however often it looks; what was signed before and
// sealed since is found by a later look; a withdrawal makes void what is not signed, and nothing else.
func TestSignersAreAskedAgain(t *testing.T) {
	f := newFirm(t)
	a, b, _ := f.lawyers()
	ctx := t.Context()
	if err := f.SetUpTemplate(ctx, TemplateDraft{Key: "zh", SHA256: sha("0"), Body: "0"}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetUpTemplate(ctx, TemplateDraft{Key: "zh-en", SHA256: sha("9"), Body: "9"}); err != nil {
		t.Fatal(err)
	}
	row := f.draftText(a, "1")
	for _, act := range []domain.TemplateAct{{Kind: domain.TemplateReview, By: b, Approve: true}, {Kind: domain.TemplatePublish, By: a, Material: true}} {
		if err := f.actOnText(row.ID, act); err != nil {
			t.Fatal(err)
		}
	}
	old, open, signed := f.agreement("0", "sealed", f.people[0]), f.agreement("0", "viewed", f.people[1]), f.agreement("0", "signed", f.people[2])
	now, other := f.agreement("1", "sealed", f.people[3]), f.agreement("9", "sealed", f.people[4])
	unread, counter := f.agreement("1", "sent", f.people[5]), f.agreement("1", "countersigned", f.head)
	if opened, force, err := f.TextUses(ctx, sha("0")); err != nil || opened != 2 || force != 1 {
		t.Errorf("%d open, %d in force: %v", opened, force, err)
	}
	for range 2 {
		if n, err := f.TellAgain(ctx, row.ID, ""); err != nil || n != 1 {
			t.Errorf("%d texts: %v", n, err)
		}
	}
	if told := f.told(); len(told) != 1 || told[old] != domain.NDAActLapse {
		t.Errorf("told %v, want only %s", told, old)
	}
	f.exec(`UPDATE ndas SET state = 'sealed' WHERE id = $1`, signed)
	if _, err := f.TellAgain(ctx, row.ID, "day"); err != nil {
		t.Fatal(err)
	}
	if told := f.told(); len(told) != 2 || told[signed] != domain.NDAActLapse || told[open] != "" || told[now] != "" || told[other] != "" {
		t.Errorf("a day later: %v", told)
	}
	if err := f.TellWithdrawn(ctx, row.ID); err != nil || len(f.told()) != 2 {
		t.Errorf("it is in force: %v", err)
	}
	if err := f.actOnText(row.ID, domain.TemplateAct{Kind: domain.TemplateWithdraw, By: b, Comment: "x"}); err != nil {
		t.Fatal(err)
	}
	if n, err := f.TellAgain(ctx, row.ID, "month"); err != nil || n != 0 {
		t.Errorf("withdrawn, and still asking: %d %v", n, err)
	}
	if err := f.TellWithdrawn(ctx, row.ID); err != nil {
		t.Fatal(err)
	}
	if told := f.told(); len(told) != 3 || told[unread] != domain.NDAActVoid || told[counter] != "" {
		t.Errorf("withdrawn: %v", told)
	}
	if err := f.TellWithdrawn(ctx, newID()); !errors.Is(err, ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
}
