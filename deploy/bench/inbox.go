package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/qunbei/qunbei/models/store/seed"
)

// inboxSizes are how many cases are in the database.
var inboxSizes = []int{10_000, 1_000_000}

// readers is how many people open their inbox in turn; reads how many times in all.
const readers, reads = 50, 3000

// inbox measures the inbox, as page and over the API, with few and with many cases. One reader at a time, so that what is
// measured is the server's work and not a queue.
func inbox(ctx context.Context, o options, st *stack) error {
	u, err := newOurs(ctx, st, 1, "")
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, st.database("bench"))
	if err != nil {
		return err
	}
	defer pool.Close()
	var people []*person
	rows, err := pool.Query(ctx, "SELECT number FROM employees WHERE active ORDER BY number LIMIT $1", readers)
	if err != nil {
		return err
	}
	var numbers []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return err
		}
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		p, err := u.signIn(ctx, n)
		if err != nil {
			return err
		}
		people = append(people, p)
	}
	type result struct{ page, api []time.Duration }
	var all []result
	have, open := 0, 16
	for _, size := range inboxSizes {
		log.Printf("seeding to %d cases", size)
		if err := seed.Seed(ctx, pool, seed.Options{Cases: size - have, Open: open}); err != nil {
			return err
		}
		have, open = size, 1 // the same inbox in a larger company's history: what is compared is the history's weight
		var r result
		for i := range reads + 200 {
			for _, path := range []string{"/inbox", "/api/v1/inbox"} {
				d, err := u.timedGet(ctx, people[i%len(people)], path)
				if err != nil {
					return err
				}
				if i < 200 { // warm
					continue
				}
				if path == "/inbox" {
					r.page = append(r.page, d)
				} else {
					r.api = append(r.api, d)
				}
			}
		}
		slices.Sort(r.page)
		slices.Sort(r.api)
		all = append(all, r)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# The inbox with many cases\n\n%s, %d cores, %s. Command: `make bench ARGS='-inbox'`\n\n%d reads by %d people, one at a time, over loopback: the whole answer as a caller sees it.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(), reads, readers)
	fmt.Fprintf(&b, "| cases | page p50 ms | page p99 ms | API p50 ms | API p99 ms |\n|---|---|---|---|---|\n")
	for i, r := range all {
		fmt.Fprintf(&b, "| %d | %.2f | %.2f | %.2f | %.2f |\n", inboxSizes[i], at(r.page, 0.5), at(r.page, 0.99), at(r.api, 0.5), at(r.api, 0.99))
	}
	fmt.Fprintf(&b, "\nRatio of p99, a million to ten thousand: page **%.2f**, API **%.2f** (at most 1.3 is asked, and under 20 ms)\n",
		at(all[1].page, 0.99)/at(all[0].page, 0.99), at(all[1].api, 0.99)/at(all[0].api, 0.99))
	fmt.Print(b.String())
	if o.report != "" && o.report != "-" {
		return os.WriteFile(o.report, []byte(b.String()), 0o644)
	}
	return nil
}

// timedGet reads one address to its end.
func (u *ours) timedGet(ctx context.Context, as *person, path string) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", u.st.base+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Cookie", as.cookie)
	began := time.Now()
	resp, err := u.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	took := time.Since(began)
	if err != nil {
		return 0, fmt.Errorf("GET %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK || n < 100 {
		return 0, fmt.Errorf("GET %s: status %d, %d bytes", path, resp.StatusCode, n)
	}
	return took, nil
}
