package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
)

// EntityInput is one act to decide on what lives in a workflow of its own: a group, an agreement.
type EntityInput[S, A any] struct {
	State S `json:"state"`
	Act   A `json:"act"`
}

// EntityOutput is what the history keeps of it.
type EntityOutput[A, F any] struct {
	Facts  F      `json:"facts"`
	Digest string `json:"digest"`
	Stuck  bool   `json:"stuck,omitempty"`
	Old    bool   `json:"old,omitempty"` // decided long ago, and no longer in the state: nothing happens
	// First is an act that is on record already as the next one, another or this one as it was made then: an attempt whose answer
	// was lost decided it, in another order or at another moment. It is taken first, with Facts and Digest; then this one is asked
	// again, unless it was it.
	First *A `json:"first,omitempty"`
}

// recorded answers an act that was decided before: by another attempt of this very decision, or so long ago that the state
// (seq is its own), which keeps the last answers only, does not know it any more. An act of the system is answered with itself as
// it is on record: the attempt that was lost made it at another moment, and the state depends on when it was.
func recorded[A, F, S any](ctx context.Context, a *Activities, workflow string, r *Recorded, state S, seq int, system bool) (EntityOutput[A, F], error) {
	if r.Seq > 0 && r.Seq <= seq {
		return EntityOutput[A, F]{Digest: domain.StateDigest(state), Old: true}, nil
	}
	if system && r.Seq == seq+1 {
		return firstRecorded[A, F](ctx, a, workflow, seq)
	}
	out := EntityOutput[A, F]{Digest: r.Digest}
	if err := json.Unmarshal(r.Facts, &out.Facts); err != nil {
		return EntityOutput[A, F]{}, fmt.Errorf("read the recorded facts: %w", err)
	}
	return out, nil
}

// firstRecorded answers when the database is ahead of the state: an attempt at this workflow task was lost after it had
// written, and what it had decided in another order (a date or the platform's answer among people's acts) stands.
func firstRecorded[A, F any](ctx context.Context, a *Activities, workflow string, seq int) (EntityOutput[A, F], error) {
	out := EntityOutput[A, F]{First: new(A)}
	digest, err := a.recordedNext(ctx, workflow, seq, &out.Facts, out.First)
	if err != nil {
		return EntityOutput[A, F]{}, err
	}
	out.Digest = digest
	return out, nil
}
