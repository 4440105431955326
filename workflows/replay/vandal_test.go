package replay_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// vandal is a connection that the database's guards do not stop.
func vandal(t *testing.T, c *company.Company) *pgx.Conn {
	t.Helper()
	conn, err := pgx.ConnectConfig(context.Background(), c.Store.Pool().Config().ConnConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	exec(t, conn, `SET session_replication_role = replica`)
	exec(t, conn, `DO $$ DECLARE r record; BEGIN
		FOR r IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.tab, r.conname);
		END LOOP; END $$`)
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, q string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(context.Background(), q, args...); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

type column struct{ name, kind string }

func columns(t *testing.T, conn *pgx.Conn, table string) []column {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT column_name::text, data_type::text FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`, table)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (c column, err error) { return c, r.Scan(&c.name, &c.kind) })
	if err != nil || len(out) == 0 {
		t.Fatalf("columns of %s: %v", table, err)
	}
	return out
}

// places are the physical addresses of the rows.
func places(t *testing.T, conn *pgx.Conn, table, where string) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT ctid::text FROM `+table+` WHERE `+where)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(out) == 0 {
		t.Fatalf("rows of %s: %v", table, err)
	}
	return out
}

// alter changes one column of one row, and returns what puts it back.
func alter(t *testing.T, conn *pgx.Conn, table string, col column, place string) func() {
	t.Helper()
	how := map[string]string{
		"text": "coalesce(%s, '') || 'x'", "uuid": "gen_random_uuid()", "integer": "%s + 100", "bigint": "%s + 1", "boolean": "NOT %s",
		"timestamp with time zone": "coalesce(%s, now()) - interval '1 microsecond'", "date": "coalesce(%s, current_date) + 1",
		"ARRAY": "%s || 'x'::text", "jsonb": `%s || '{"at": "2001-01-01T00:00:00Z"}'`,
	}[col.kind]
	if how == "" {
		t.Fatalf("%s.%s has a type this test cannot alter: %s", table, col.name, col.kind)
	}
	// Searching begins at the start of the text, so the change has to be there.
	if col.name == "search" {
		how = "'x' || %s"
	}
	if strings.Contains(how, "%s") {
		how = fmt.Sprintf(how, col.name)
	}
	ctx := context.Background()
	var old, now string // the whole row, to put it back, and where the altered one stands
	if err := conn.QueryRow(ctx, `SELECT to_jsonb(x)::text FROM `+table+` x WHERE ctid = $1::text::tid`, place).Scan(&old); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(ctx, `UPDATE `+table+` SET `+col.name+` = `+how+` WHERE ctid = $1::text::tid RETURNING ctid::text`, place).Scan(&now); err != nil {
		t.Fatalf("altering %s.%s: %v", table, col.name, err)
	}
	return func() {
		t.Helper()
		exec(t, conn, `DELETE FROM `+table+` WHERE ctid = $1::text::tid`, now)
		exec(t, conn, `INSERT INTO `+table+` SELECT * FROM jsonb_populate_record(NULL::`+table+`, $1::text::jsonb)`, old)
	}
}
