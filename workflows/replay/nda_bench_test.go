package replay_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// BenchmarkAgreements has agreements asked for, opened, signed and sealed on a real engine and database, each step answered before
// the next, and tells how many a second; then what of it is drawing and what is signing:
//
//	go test ./workflows/replay -run '^$' -bench Agreements -benchtime 500x
func BenchmarkAgreements(b *testing.B) {
	c := company.Open(b, company.Options{})
	f := c.File(b, c.FilingOn("byhand"), 48*time.Hour, company.Step(domain.OrSign, c.DepA))
	c.Decide(b, f, c.LeadA, domain.Approve)
	c.Closed(b, f.Workflow())
	c.Recorded(b, c.Birth(b, f), "group.begun")
	people := make([]domain.EmployeeID, b.N)
	for i := range people {
		people[i] = domain.EmployeeID(uuid.NewString())
		c.Exec(b, `INSERT INTO employees (id, number, name, department_id, revision) VALUES ($1, $2, '员工', $3, 1)`, string(people[i]), uuid.NewString()[:8], string(c.DepA))
	}
	work := make(chan domain.EmployeeID)
	var last domain.NDA
	var mu sync.Mutex
	var wg sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for range 16 {
		wg.Go(func() {
			for p := range work {
				n := c.AskNDA(b, f.GroupID, p, "员工甲", ndaRules)
				c.Recorded(b, workflows.NDAID(n.ID), "sys:sent")
				now := time.Now().UTC().Truncate(time.Microsecond)
				c.ActOnNDA(b, n.ID, domain.NDAAct{Kind: domain.NDAActView, Actor: p, From: now, Until: now})
				c.ActOnNDA(b, n.ID, domain.NDAAct{Kind: domain.NDAActSign, Actor: p, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c"}})
				c.Closed(b, workflows.NDAID(n.ID))
				mu.Lock()
				last = n
				mu.Unlock()
			}
		})
	}
	for _, p := range people {
		work <- p
	}
	close(work)
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "sealed/s")
	row, err := c.Store.NDA(context.Background(), last.ID)
	if err != nil || row.Doc.Sealed == nil {
		b.Fatal(err)
	}
	var kept activities.NDAInputKept
	var in paper.Input
	if json.Unmarshal(c.Paper(b, last.ID, row.Doc.Sealed.Input.Object), &kept) != nil || json.Unmarshal(kept.Input, &in) != nil {
		b.Fatal("what it was drawn from cannot be read")
	}
	key, err := seal.OpenKey(b.TempDir()+"/keys", nil, "公司", time.Now())
	if err != nil {
		b.Fatal(err)
	}
	const times = 20
	began = time.Now()
	var pdf []byte
	for range times {
		if pdf, err = paper.Render(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/1000/times, "ms-drawing")
	began = time.Now()
	for range times {
		if _, err = seal.Sign(pdf, key, seal.Act{Name: "公司", At: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(began).Microseconds())/1000/times, "ms-signing")
	b.ReportMetric(float64(row.Doc.Sealed.Document.Size)/1024, "KiB")
}
