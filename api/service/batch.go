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
	spread(ctx, len(in), func(i int, late error) {
		one := in[i]
		out[i] = BatchResult{Case: one.Case, ActID: one.ID}
		switch {
		case one.Outcome == domain.Reject && strings.TrimSpace(one.Comment) == "":
			out[i].Err = invalid(domain.Fault{Field: "comment", Code: "required"})
			return
		case late != nil:
			out[i].Err = AsError(late)
			return
		}
		one.via = domain.ViaBatch
		out[i].Answer, out[i].Err = s.oneOfMany(ctx, "case", one.Case, func() (ActAnswer, error) { return s.Decide(ctx, a, one.Case, one.DecideInput) })
	})
	return out
}

// RenewMany renews several groups, each by an act of its own, as DecideMany decides cases.
func (s *Service) RenewMany(ctx context.Context, a Actor, in []RenewalItem) []RenewalResult {
	out := make([]RenewalResult, len(in))
	spread(ctx, len(in), func(i int, late error) {
		one := in[i]
		out[i] = RenewalResult{Group: one.Group, ActID: one.ID}
		if late != nil {
			out[i].Err = AsError(late)
			return
		}
		out[i].Answer, out[i].Err = s.oneOfMany(ctx, "group", one.Group, func() (ActAnswer, error) {
			return s.ActOnGroup(ctx, a, one.Group, GroupActInput{Kind: domain.GroupRenew, ID: one.ID, Digest: one.Digest, EndsOn: one.EndsOn})
		})
	})
	return out
}

// spread does n things, some at once. What cannot be begun in time is told so.
func spread(ctx context.Context, n int, do func(i int, late error)) {
	last := time.Now().Add(batchBudget)
	hands := make(chan struct{}, batchHands)
	var wg sync.WaitGroup
	for i := range n {
		hands <- struct{}{}
		wg.Go(func() {
			defer func() { <-hands }()
			if ctx.Err() != nil || time.Now().After(last) {
				do(i, unavailable("not_begun", 1, ctx.Err()))
				return
			}
			do(i, nil)
		})
	}
	wg.Wait()
}

// oneOfMany does one act of a batch; a fault of ours is logged here, for its answer is one among many.
func (s *Service) oneOfMany(ctx context.Context, kind, subject string, do func() (ActAnswer, error)) (ActAnswer, *Error) {
	ans, err := do()
	if err == nil {
		return ans, nil
	}
	e := AsError(err)
	if e.Kind == Internal {
		s.log.ErrorContext(ctx, "an act of a batch failed", kind, subject, "code", store.Code(err))
	}
	return ActAnswer{}, e
}
