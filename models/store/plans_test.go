package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store/seed"
)

// planNode is one node of EXPLAIN's answer.
type planNode struct {
	Type  string     `json:"Node Type"`
	Index string     `json:"Index Name"`
	Name  string     `json:"Relation Name"`
	Plans []planNode `json:"Plans"`
}

func (n planNode) walk(visit func(planNode)) {
	visit(n)
	for _, p := range n.Plans {
		p.walk(visit)
	}
}

// plan explains a statement written with question marks: the generic plan of a prepared statement, or one made for the
// values.
func (f *firm) plan(generic bool, sql string, args ...string) planNode {
	f.t.Helper()
	ctx := context.Background()
	for i := 1; !strings.Contains(sql, "$1") && strings.Contains(sql, "?") || i > 1 && strings.Contains(sql, "?"); i++ {
		sql = strings.Replace(sql, "?", "$"+strconv.Itoa(i), 1)
	}
	mode := "force_custom_plan"
	if generic {
		mode = "force_generic_plan"
	}
	var out []byte
	err := pgx.BeginFunc(ctx, f.pool, func(tx pgx.Tx) error {
		for _, q := range []string{`SET LOCAL plan_cache_mode = ` + mode, `PREPARE explained AS ` + sql} {
			if _, err := tx.Exec(ctx, q, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		if err := tx.QueryRow(ctx, `EXPLAIN (FORMAT JSON) EXECUTE explained (`+strings.Join(args, ", ")+`)`, pgx.QueryExecModeSimpleProtocol).Scan(&out); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DEALLOCATE explained`, pgx.QueryExecModeSimpleProtocol)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	var doc []struct{ Plan planNode }
	if err := json.Unmarshal(out, &doc); err != nil {
		f.t.Fatal(err)
	}
	return doc[0].Plan
}

// holdHot holds the hot statements' generic plans to looking rows up by the index of their key: neither the table nor
// what is open of it is read through.
func (f *firm) holdHot(when string) {
	f.t.Helper()
	hot := map[string]string{
		"a start":                     markStartedSQL,
		"what is known before an act": knownSQL + `cases r ON r.id = $4`,
		"a group's projection":        changedGroupSQL,
		"a living group's projection": livedGroupSQL,
		"what a life is decided over": lifeFactsSQL,
	}
	for parts := range int(partsOver) {
		hot[fmt.Sprintf("an act's projection, parts %09b", parts)] = caseText(caseParts(parts))
	}
	for name, sql := range hot {
		n := 0
		for strings.Contains(sql, "$"+strconv.Itoa(n+1)) {
			n++
		}
		f.plan(true, sql, slices.Repeat([]string{"NULL"}, n)...).walk(func(n planNode) {
			through := n.Type == "Seq Scan" && n.Name != "employees" && n.Name != "audit_entries"
			through = through || n.Type == "Bitmap Index Scan" && slices.Contains([]string{"outbox_due", "group_names_held", "case_slots_inbox"}, n.Index)
			if through {
				f.t.Errorf("%s, %s: %s %s on %s", name, when, n.Type, n.Index, n.Name)
			}
		})
	}
}

// A connection keeps the plans it made while the house was empty until the tables are analysed: they must serve a busy
// first minute as well.
func TestPlansOfAnEmptyHouse(t *testing.T) {
	f := &firm{Store: fresh(t), t: t}
	f.holdHot("empty")
}

// With 100,000 cases the inbox is a range of its index, read alone and in order; nothing is sorted or read through.
func TestPlansWithManyCases(t *testing.T) {
	if testing.Short() {
		t.Skip("seeds 100,000 cases")
	}
	f := &firm{Store: fresh(t), t: t}
	ctx := context.Background()
	if err := seed.Seed(ctx, f.pool, seed.Options{Cases: 100_000}); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM cases`); n != 100_000 {
		t.Fatalf("%d cases seeded", n)
	}
	me := domain.EmployeeID(f.text(`SELECT person_id::text FROM case_slots WHERE status = 'open' LIMIT 1`))
	page, err := f.Inbox(ctx, me, "", 10)
	if err != nil || len(page.Items) != 10 || page.Next == "" || page.Items[0].Case.State.OpenSlots()[0].Person != me {
		t.Fatalf("%d items, next %q, %v", len(page.Items), page.Next, err)
	}
	quoted := func(s string) string { return "'" + s + "'" }
	for name, q := range map[string]struct {
		index string
		sql   string
		args  []string
		few   bool // the index leaves so few rows that sorting them is right
	}{
		"inbox, first page": {"case_slots_inbox", inboxSlotsSQL, []string{quoted(string(me)), quoted("0001-01-01 00:00:00Z"), quoted(zeroID), "''", "51"}, false},
		"inbox, later page": {"case_slots_inbox", inboxSlotsSQL, []string{quoted(string(me)), quoted(page.Items[9].Due.Format(time.RFC3339Nano)), quoted(page.Items[9].Case.ID), quoted("r1.s1.p1"), "51"}, false},
		"inbox of a deputy": {"case_slots_inbox", inboxForSQL, []string{"ARRAY[" + quoted(string(me)) + "]::uuid[]", quoted("0001-01-01 00:00:00Z"), quoted(zeroID), "''", "51", "51"}, true},
		"my cases":          {"cases_requester", `SELECT * FROM cases WHERE requester_id = ? ORDER BY submitted_at DESC, id DESC LIMIT 51`, []string{quoted(string(me))}, false},
		"my open cases": {"cases_requester", `SELECT * FROM cases WHERE requester_id = ? AND status IN ` + openStatuses + ` ORDER BY submitted_at DESC, id DESC LIMIT 51`,
			[]string{quoted(string(me))}, true},
	} {
		for _, generic := range []bool{false, true} {
			used, only := false, false
			f.plan(generic, q.sql, q.args...).walk(func(n planNode) {
				if n.Type == "Seq Scan" || (!q.few && (strings.Contains(n.Type, "Sort") || strings.Contains(n.Type, "Bitmap") || n.Type == "Hash Join")) {
					t.Errorf("%s (generic: %v): %s on %s", name, generic, n.Type, n.Name)
				}
				if n.Index == q.index {
					used, only = true, n.Type == "Index Only Scan"
				}
			})
			if !used || (q.index == "case_slots_inbox" && !only) {
				t.Errorf("%s (generic: %v): index %s used: %v, alone: %v", name, generic, q.index, used, only)
			}
		}
	}
	// The hot statements' generic plans look rows up by index; only the process administrators are searched for, when a
	// case needs a hand. The tables that seeding leaves empty are given rows, so that the plan is not that of an empty house.
	f.exec(`INSERT INTO outbox (kind, key, payload, due_at, created_at, done_at) SELECT 'mail', 'mail:' || i, '{}', now(), now(), CASE WHEN i > 50 THEN now() END FROM generate_series(1, 20000) i`)
	f.exec(`INSERT INTO group_names (name_key, case_id, taken_at) SELECT 'n' || row_number() OVER (), id, now() FROM cases LIMIT 20000`)
	f.exec(`ANALYZE outbox, group_names`)
	f.holdHot("with many cases")
	inName := false
	f.plan(true, actedForSQL, slices.Repeat([]string{"NULL"}, 5)...).walk(func(n planNode) { inName = inName || n.Index == "audit_in_name" })
	if !inName {
		t.Error("what was done in somebody's name is not read by its index")
	}
	begin := time.Now()
	for range 100 {
		if _, err := f.Inbox(ctx, me, "", 20); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("an inbox page takes %v", time.Since(begin)/100)
}
