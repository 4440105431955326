package service

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Bounds of a batch of decisions.
const (
	MaxBatch    = 100
	batchHands  = 8                // at once
	batchBudget = 60 * time.Second // none is begun after it; one act waits 10 s at most for its answer
)

// DecideMany decides several cases, each by an act of its own (semantics: batch approval). One that fails stops no other,
// and nothing is done by halves: each decision is one signal, answered on its own. Sent again, it gives the first answers.
// Whoever rejects by the dozen says why: a rejection without a comment is at fault.
func (s *Service) DecideMany(ctx context.Context, a Actor, in []BatchInput) []BatchResult {
	out := make([]BatchResult, len(in))
	last := time.Now().Add(batchBudget)
	hands := make(chan struct{}, batchHands)
	var wg sync.WaitGroup
	for i, one := range in {
		out[i] = BatchResult{Case: one.Case, ActID: one.ID}
		if one.Outcome == domain.Reject && strings.TrimSpace(one.Comment) == "" {
			out[i].Err = invalid(domain.Fault{Field: "comment", Code: "required"})
			continue
		}
		one.via = domain.ViaBatch
		hands <- struct{}{}
		wg.Go(func() {
			defer func() { <-hands }()
			if ctx.Err() != nil || time.Now().After(last) {
				out[i].Err = unavailable("not_begun", 1, ctx.Err())
				return
			}
			ans, err := s.Decide(ctx, a, one.Case, one.DecideInput)
			if err != nil {
				if out[i].Err = AsError(err); out[i].Err.Kind == Internal {
					s.log.ErrorContext(ctx, "a decision of a batch failed", "case", one.Case, "code", store.Code(err))
				}
				return
			}
			out[i].Answer = ans
		})
	}
	wg.Wait()
	return out
}
