package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/workflows/codec"
)

// ndaFigures are what a run of agreements came to.
type ndaFigures struct {
	want, clients          int
	asked, signed, whole   time.Duration
	cpu                    map[string]time.Duration
	peak, size, most       int // sealed in the best second of five; bytes of a document, on average and at most
	drawing, sealing       time.Duration
	waits, news            int // in the inboxes of the admins; most news that one person has
	notices, mails, mails1 int // told in all; mails that they come to, and the most for one person
}

// look counts what came of it: sizes, and what people were told.
func (m *ndaFigures) lookSQL() string {
	return `SELECT
  coalesce((SELECT max(n) FROM (SELECT count(*) OVER (ORDER BY sealed_at RANGE BETWEEN interval '5 seconds' PRECEDING AND CURRENT ROW) AS n FROM ndas WHERE state = 'sealed') x), 0) / 5,
  coalesce((SELECT avg((doc->'sealed'->'document'->>'size')::int)::int FROM ndas WHERE state = 'sealed'), 0),
  coalesce((SELECT max((doc->'sealed'->'document'->>'size')::int) FROM ndas WHERE state = 'sealed'), 0),
  (SELECT count(*) FROM notifications WHERE subject = 'nda'),
  coalesce((SELECT max(n) FROM (SELECT count(*) AS n FROM notifications WHERE subject = 'nda' GROUP BY person_id) x), 0),
  (SELECT count(*) FROM outbox WHERE kind = 'nda_news'),
  coalesce((SELECT max(n) FROM (SELECT count(*) AS n FROM outbox WHERE kind = 'nda_news' GROUP BY payload->>'person') x), 0)`
}

func (s *signing) look(ctx context.Context, m *ndaFigures) error {
	// The mails of the last seals are gathered a moment later.
	if err := s.until(ctx, "what is told is gathered", func() (bool, error) {
		var left int
		err := s.pool.QueryRow(ctx, `SELECT count(*) FROM outbox o JOIN notifications n ON o.key = 'mail:' || n.key WHERE n.subject = 'nda' AND o.done_at IS NULL`).Scan(&left)
		return left == 0, err
	}); err != nil {
		return err
	}
	if err := s.pool.QueryRow(ctx, m.lookSQL()).Scan(&m.peak, &m.size, &m.most, &m.notices, &m.news, &m.mails, &m.mails1); err != nil {
		return err
	}
	for _, admin := range []string{"E0037", "E0038"} {
		who, err := s.as(ctx, admin)
		if err != nil {
			return err
		}
		var in struct{ Items []json.RawMessage }
		if err := s.call(ctx, who, "GET", "/inbox?limit=100", nil, &in); err != nil {
			return err
		}
		m.waits = max(m.waits, len(in.Items))
	}
	return nil
}

// drawn is how many documents are drawn and signed again, alone, for their processor time.
const drawn = 50

// draw measures the processor time of one document from what the run itself recorded: drawing, then signing and verifying.
func (m *ndaFigures) draw(ctx context.Context, st *stack, pool *pgxpool.Pool) error {
	folder := filepath.Join(st.dir, "bench-keys", "keys")
	ring, err := codec.Open(folder, codec.Options{MustExist: true})
	if err != nil {
		return err
	}
	key, err := seal.OpenKey(folder, nil, "bench", time.Now())
	if err != nil {
		return err
	}
	var nda, id, sum string
	var wrapped, body []byte
	if err := pool.QueryRow(ctx, `SELECT o.case_id::text, k.wrapped, o.id::text, o.sha256, o.body FROM objects o JOIN case_keys k ON k.case_id = o.case_id
		WHERE o.kind = 'nda_input' LIMIT 1`).Scan(&nda, &wrapped, &id, &sum, &body); err != nil {
		return err
	}
	raw, err := ring.Open(wrapped, nda, id, sum, body)
	if err != nil {
		return err
	}
	var kept activities.NDAInputKept
	var in paper.Input
	if err := json.Unmarshal(raw, &kept); err != nil {
		return err
	}
	if err := json.Unmarshal(kept.Input, &in); err != nil {
		return err
	}
	var pdfs [][]byte
	if m.drawing, err = cpuOf(func() error {
		for range drawn {
			b, err := paper.Render(in)
			if err != nil {
				return err
			}
			pdfs = append(pdfs, b)
		}
		return nil
	}); err != nil {
		return err
	}
	m.sealing, err = cpuOf(func() error {
		for _, b := range pdfs {
			out, err := seal.Sign(b, key, seal.Act{Name: in.Company, Reason: "bench", At: kept.At})
			if err != nil {
				return err
			}
			if r := seal.Verify(out, key.Known()); r.Verdict != seal.Intact {
				return fmt.Errorf("a document that was signed is %s", r.Verdict)
			}
		}
		return nil
	})
	return err
}

// cpuOf is the processor time of this process while f runs, for one of the documents.
func cpuOf(f func() error) (time.Duration, error) {
	used := func() time.Duration {
		var r syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
		return time.Duration(r.Utime.Nano() + r.Stime.Nano())
	}
	runtime.GC()
	before := used()
	err := f()
	return (used() - before) / drawn, err
}

func (m *ndaFigures) report(o options, st *stack) error {
	var b strings.Builder
	n := float64(m.want)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Fprintf(&b, "# Agreements sealed\n\n%s, %d cores, %s, load average %s at the end. Command: `make bench ARGS='-nda %d -clients %d'`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(),
		strings.Fields(string(load))[0], m.want, m.clients)
	fmt.Fprintf(&b, "%d agreements through the HTTP API on a real engine, PostgreSQL (fsync) and service with its worker, %d signers at once: opened, read to the end, signed in the session, which shows who it is; each sealed by the workflow.\n\n", m.want, m.clients)
	fmt.Fprintf(&b, "| | | asked |\n|---|---|---|\n")
	fmt.Fprintf(&b, "| filed, approved and everybody asked | %.1f s | |\n", m.asked.Seconds())
	fmt.Fprintf(&b, "| sealed a second, from the first look to the last seal | %.1f | 8 |\n", n/m.whole.Seconds())
	fmt.Fprintf(&b, "| … in the best five seconds | %d | |\n", m.peak)
	fmt.Fprintf(&b, "| … the last seal after the last signature | %.1f s | |\n", (m.whole - m.signed).Seconds())
	fmt.Fprintf(&b, "| size of a document, on average and at most | %d KiB, %d KiB | 200 |\n", m.size/1024, m.most/1024)
	fmt.Fprintf(&b, "| CPU of drawing one, and of signing and verifying it | %.1f ms, %.1f ms | 50 together |\n", ms(m.drawing), ms(m.sealing))
	fmt.Fprintf(&b, "\nWhere the processor time of one agreement goes, ms:\n\n| process | ms |\n|---|---|\n")
	for _, p := range st.processes() {
		fmt.Fprintf(&b, "| %s | %.1f |\n", p, ms(m.cpu[p])/n)
		if p == "service" {
			fmt.Fprintf(&b, "| … of it drawing | %.1f |\n| … signing and verifying | %.1f |\n", ms(m.drawing), ms(m.sealing))
		}
	}
	fmt.Fprintf(&b, "\nNobody is flooded:\n\n| | |\n|---|---|\n| entries in an admin's inbox | %d |\n| news of agreements in all, and the most one person has | %d, %d |\n| mails that they come to, and the most for one person (today's, and tomorrow's) | %d, %d |\n",
		m.waits, m.notices, m.news, m.mails, m.mails1)
	fmt.Print(b.String())
	if o.report != "" && o.report != "-" {
		return os.WriteFile(o.report, []byte(b.String()), 0o644)
	}
	return nil
}
