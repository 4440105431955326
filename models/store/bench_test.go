package store

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkCase is what one case with two approvals costs the database: submission, start, two acts, each with the
// reading before it.
func BenchmarkCase(b *testing.B) {
	f, ctx := newFirm(b), context.Background()
	b.ResetTimer()
	for i := range b.N {
		b.StopTimer()
		in := f.submission(fmt.Sprintf("bench%d", i))
		b.StartTimer()
		c, err := f.Submit(ctx, in)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.MarkStarted(ctx, c.ID); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		first := f.approve(c, f.leadA)
		second := f.approve(first.After, f.head)
		b.StartTimer()
		for _, a := range []CaseAct{first, second} {
			if _, err := f.KnownOf(ctx, a.Workflow, a.After.ID, a.Act.ID, a.Act.Actor); err != nil {
				b.Fatal(err)
			}
			if err := f.SaveCase(ctx, a); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkSaveCase is one act's projection, one round trip.
func BenchmarkSaveCase(b *testing.B) {
	f, ctx := newFirm(b), context.Background()
	c, _ := f.filed("bench")
	for range b.N {
		b.StopTimer()
		a := f.approve(c, f.people[5]) // refused, so that it can be done again and again
		a.After.Answers = nil
		b.StartTimer()
		if err := f.SaveCase(ctx, a); err != nil {
			b.Fatal(err)
		}
		c = a.After
	}
}
