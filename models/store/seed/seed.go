// Package seed fills a database with many cases fast, for plans and benches: rows as the projections leave them, made by
// the database itself. It is for databases that are thrown away.
package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qunbei/qunbei/models/domain"
)

// Options say how many cases of which kind.
type Options struct {
	Cases    int // all of them
	Open     int // open slots for each person; 0: 20, or fewer when there are few cases
	Progress func(done int)
}

// batch is how many cases one statement makes.
const batch = 20_000

// Placeholders in the state's template; the database fills them in.
const (
	tID, tNumber, tRequester, tFirst, tSecond = "@id@", "@number@", "@requester@", "@first@", "@second@"
)

// Seed adds cases of the people on record (a company of 300 is made when there are none), spread evenly: the newest are
// in approval with one open slot, the others approved by two. It needs a superuser, since it spares the checks of
// foreign keys, and ends with VACUUM ANALYZE.
func Seed(ctx context.Context, pool *pgxpool.Pool, o Options) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	defer conn.Release()
	if err := company(ctx, conn.Conn()); err != nil {
		return fmt.Errorf("seeding the company: %w", err)
	}
	people, err := list(ctx, conn.Conn(), `SELECT id::text FROM employees WHERE active ORDER BY number`)
	if err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	if len(people) < 3 {
		return fmt.Errorf("seeding: three people at least are needed, there are %d", len(people))
	}
	if o.Open == 0 {
		o.Open = 20
	}
	open := min(o.Open*len(people), o.Cases/2)
	s := seeding{conn: conn.Conn(), people: people, salt: uuid.NewString(), total: o.Cases}
	if err := s.prepare(ctx); err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	closed := o.Cases - open
	for from := 0; from < o.Cases; {
		to, final := min(from+batch, o.Cases), from < closed
		if final {
			to = min(to, closed)
		}
		if err := s.cases(ctx, from, to, final); err != nil {
			return fmt.Errorf("seeding cases %d to %d: %w", from, to, err)
		}
		from = to
		if o.Progress != nil {
			o.Progress(to)
		}
	}
	if _, err := s.conn.Exec(ctx, `SET session_replication_role = DEFAULT`); err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	for _, table := range []string{"cases", "case_slots"} {
		if _, err := s.conn.Exec(ctx, `VACUUM ANALYZE `+table); err != nil {
			return fmt.Errorf("seeding: %w", err)
		}
	}
	return nil
}

type seeding struct {
	conn     *pgx.Conn
	people   []string
	salt     string
	total    int
	base     int // cases seeded before
	policy   string
	material string
	revision int64
}

func (s *seeding) prepare(ctx context.Context) error {
	if err := s.conn.QueryRow(ctx, `SELECT count(*), coalesce((SELECT max(revision) FROM directory_revisions), 0) FROM cases WHERE number LIKE 'G-2019-%'`).Scan(&s.base, &s.revision); err != nil {
		return err
	}
	if _, err := s.conn.Exec(ctx, `INSERT INTO policies (version, body, created_at) VALUES ('seed', 'seed', now()) ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	s.policy = "seed"
	if _, err := s.conn.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return err
	}
	id := uuid.NewString()
	if _, err := s.conn.Exec(ctx, `INSERT INTO case_keys (case_id, created_at) VALUES ($1, now())`, id); err != nil {
		return err
	}
	return s.conn.QueryRow(ctx, `INSERT INTO objects (id, case_id, kind, media_type, size, sha256, body, created_at)
VALUES (gen_random_uuid(), $1, 'material', 'application/json', 0, 'sha256:seed', '', now()) RETURNING id::text`, id).Scan(&s.material)
}

// template is the state of a seeded case with placeholders, final or with its first step open.
func (s *seeding) template(final bool) (string, error) {
	at := time.Date(2019, 1, 2, 3, 4, 5, 0, time.UTC)
	slot := func(id, person string) domain.Slot {
		return domain.Slot{ID: id, Person: domain.EmployeeID(person), Keys: []string{"person"}, Why: domain.Why{Code: domain.WhyPerson}, Status: domain.SlotOpen, Opened: at,
			Due: domain.Due{At: at.AddDate(20, 0, 0), Calendar: "seed"}}
	}
	c := domain.Case{ID: tID, Number: tNumber, Kind: domain.KindFiling, Tier: domain.TierOrdinary, Status: domain.CaseInApproval,
		Parties: domain.Parties{Requester: tRequester}, Version: 1, Digest: "sha256:seed", Round: 1, Policy: s.policy, Route: "seed", Submitted: at, Revision: s.revision,
		Steps: []domain.Step{{Plan: domain.StepPlan{Key: "first", Kind: domain.OrSign}, Status: domain.StepOpen, Slots: []domain.Slot{slot("r1.s1.p1", tFirst)}, Opened: at},
			{Plan: domain.StepPlan{Key: "second", Kind: domain.OrSign}, Status: domain.StepWaiting}}}
	if final {
		c.Status, c.Decided, c.Seq = domain.CaseApproved, at, 2
		c.Steps[1].Slots = []domain.Slot{slot("r1.s2.p1", tSecond)}
		for i := range c.Steps {
			sl := &c.Steps[i].Slots[0]
			c.Steps[i].Status, sl.Status = domain.StepPassed, domain.SlotApproved
			sl.Decision = &domain.Decision{Act: "seed", Outcome: domain.Approve, By: sl.Person, At: at, Digest: c.Digest, Version: 1}
		}
	}
	b, err := json.Marshal(c)
	return string(b), err
}

const casesSQL = `
INSERT INTO cases (id, number, kind, title, status, requester_id, tier, version, round, seq, digest, material_id, policy, route, revision, state,
  state_digest, due_at, submitted_at, changed_at, decided_at)
SELECT n.id, n.number, 'group_filing', '种子-' || n.number, CASE WHEN $4 THEN 'approved' ELSE 'in_approval' END, n.requester, 'ordinary', 1, 1,
  CASE WHEN $4 THEN 2 ELSE 0 END, 'sha256:seed', $8, $9, 'seed', $10,
  replace(replace(replace(replace(replace($7::text, '@id@', n.id::text), '@number@', n.number), '@requester@', n.requester::text), '@first@', n.first::text), '@second@', n.second::text)::jsonb,
  'sha256:seed', CASE WHEN $4 THEN NULL ELSE n.at + interval '20 years' END, n.at, n.at, CASE WHEN $4 THEN n.at END
FROM (SELECT md5($5 || i)::uuid AS id, 'G-2019-' || lpad(($6::int + i)::text, 8, '0') AS number, ($3::uuid[])[1 + i % $11::int] AS requester,
        ($3::uuid[])[1 + (i + 1) % $11::int] AS first, ($3::uuid[])[1 + (i + 2) % $11::int] AS second, now() - ($12::int - i) * interval '10 seconds' AS at
      FROM generate_series($1::int, $2::int) i) n`

const slotsSQL = `
INSERT INTO case_slots (case_id, slot, round, step, person_id, status, why, opened_at, due_at, outcome, decided_by, decided_at, decision)
SELECT md5($5 || i)::uuid, 'r1.s' || step || '.p1', 1, step, p.person, CASE WHEN $4 THEN 'approved' ELSE 'open' END, '{"code":"person"}',
  now() - ($7::int - i) * interval '10 seconds', now() - ($7::int - i) * interval '10 seconds' + interval '20 years', CASE WHEN $4 THEN 'approve' ELSE '' END,
  CASE WHEN $4 THEN p.person END, CASE WHEN $4 THEN now() END, CASE WHEN $4 THEN 'seed' END
FROM generate_series($1::int, $2::int) i, generate_series(1, CASE WHEN $4 THEN 2 ELSE 1 END) step,
  LATERAL (SELECT ($3::uuid[])[1 + (i + step) % $6::int] AS person) p`

func (s *seeding) cases(ctx context.Context, from, to int, final bool) error {
	state, err := s.template(final)
	if err != nil {
		return err
	}
	if _, err := s.conn.Exec(ctx, casesSQL, from, to-1, s.people, final, s.salt, s.base, state, s.material, s.policy, s.revision, len(s.people), s.total); err != nil {
		return err
	}
	_, err = s.conn.Exec(ctx, slotsSQL, from, to-1, s.people, final, s.salt, len(s.people), s.total)
	return err
}

// company makes 300 people in 20 departments when nobody is on record.
func company(ctx context.Context, conn *pgx.Conn) error {
	there, err := list(ctx, conn, `SELECT id::text FROM employees LIMIT 1`)
	if err != nil || len(there) > 0 {
		return err
	}
	for _, q := range []string{
		`INSERT INTO directory_revisions (at, source) VALUES (now(), 'seed')`,
		`INSERT INTO departments (id, code, name, revision) SELECT gen_random_uuid(), 'SEED-' || i, '种子部门' || i, 1 FROM generate_series(1, 20) i`,
		`INSERT INTO employees (id, number, name, department_id, revision)
SELECT gen_random_uuid(), 'SEED' || lpad(i::text, 4, '0'), '种子' || i, (SELECT id FROM departments WHERE code = 'SEED-' || (1 + i % 20)), 1 FROM generate_series(1, 300) i`,
	} {
		if _, err := conn.Exec(ctx, strings.TrimSpace(q)); err != nil {
			return err
		}
	}
	return nil
}

func list(ctx context.Context, conn *pgx.Conn, q string) ([]string, error) {
	rows, err := conn.Query(ctx, q)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
