package service

import "context"

// Signing is what people do to agreements, and what is read of them (semantics 4).
type Signing interface {
	// NDAs lists agreements, the newest first.
	NDAs(ctx context.Context, a Actor, f NDAFilter) (Page[NDARow], error)
	NDA(ctx context.Context, a Actor, id string) (NDAView, error)
	// NDARelations says what the actor is to an agreement, for the permission table.
	NDARelations(ctx context.Context, a Actor, id string) ([]Relation, error)
	// NDADocument is the sealed PDF; NDACopy the one to print and sign by hand; NDAScan what was signed by hand.
	NDADocument(ctx context.Context, a Actor, id string) (Upload, error)
	NDACopy(ctx context.Context, a Actor, id string) (Upload, error)
	NDAScan(ctx context.Context, a Actor, id string) (Upload, error)
	// NDAAssertion is what the signer's passkey signed, for `qunbei-audit passkey`.
	NDAAssertion(ctx context.Context, a Actor, id string) (Upload, error)
	// ActOnNDA does one act on an agreement; the workflow decides.
	ActOnNDA(ctx context.Context, a Actor, id string, in NDAInput) (ActAnswer, error)
	// CountersignMany signs several for the company, each by an act of its own. Results are in the order of what came in.
	CountersignMany(ctx context.Context, a Actor, in []NDABatch) []NDABatchResult
	// AskNDACode has a one-time code mailed to the signer.
	AskNDACode(ctx context.Context, a Actor, id string) (NDACode, error)
}
