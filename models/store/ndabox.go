package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// What agreements leave in the outbox, and what others leave there for them.
const (
	OutboxStartNDA  = "start_nda"  // StartNDA
	OutboxSignalNDA = "signal_nda" // SignalNDA
	OutboxSweepNDA  = "nda_sweep"  // SweepNDA
)

// StartNDA asks for the start of nda-{id}.
type StartNDA struct {
	NDA string `json:"nda"`
}

// SignalNDA asks to tell an agreement something by an act of the system. The act's id makes it happen once.
type SignalNDA struct {
	NDA string        `json:"nda"`
	Act domain.NDAAct `json:"act"`
}

// SweepNDA asks to tell every agreement under a version of a template that it was withdrawn (act void: the open ones, whose
// signers are asked anew) or that a material new one is out (act lapse: those in force; Until is the end of the grace, zero: by
// each agreement's own rules). Carried out in parts; After is where the next begins.
type SweepNDA struct {
	Template string            `json:"template"` // SHA-256
	Act      domain.NDAActKind `json:"act"`
	Ref      string            `json:"ref"` // of the decision: part of each act's id
	Until    time.Time         `json:"until,omitzero"`
	After    string            `json:"after,omitempty"`
}

// sweepNDAs is how many agreements one part of a sweep tells.
const sweepNDAs = 200

// SweepNDAs carries out one part of a sweep: the acts go into the outbox, and the sweep goes on behind them.
func (s *Store) SweepNDAs(ctx context.Context, in SweepNDA) (int, error) {
	const doing = "telling agreements of a template's change"
	state := `state IN ('created','sent','viewed','verified')`
	act := domain.NDAAct{ID: "sys:withdrawn:" + in.Ref, Kind: domain.NDAActVoid, Rule: domain.NDARuleWithdrawn, Again: true}
	if in.Act == domain.NDAActLapse {
		state = `state = 'sealed' AND replaced_by IS NULL`
		act = domain.NDAAct{ID: "sys:lapse:" + in.Ref, Kind: domain.NDAActLapse, Until: in.Until}
	}
	n := 0
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id::text FROM ndas WHERE template_sha256 = $1 AND `+state+` AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`, in.Template, orNull(in.After), sweepNDAs)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(ids) == 0 {
			return err
		}
		var b pgx.Batch
		for _, id := range ids {
			if err := queueNDA(&b, id, act); err != nil {
				return err
			}
		}
		if n = len(ids); n == sweepNDAs {
			in.After = ids[n-1]
			if err := queueOutbox(&b, OutboxSweepNDA, OutboxSweepNDA+":"+in.Ref+":"+in.After, in); err != nil {
				return err
			}
		}
		return tx.SendBatch(ctx, &b).Close()
	})
	if err == nil && n > 0 {
		s.hub.WakeRelay()
	}
	return n, clean(doing, err)
}

// EndNDAs tells the agreements of people for a group that they end. It is idempotent by ref.
func (s *Store) EndNDAs(ctx context.Context, in EndNDA, ref string) (int, error) {
	const doing = "ending agreements"
	n := 0
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id::text FROM ndas WHERE group_id = $1 AND ($2::uuid[] = '{}' OR person_id = ANY ($2::uuid[]))
  AND (state IN ('created','sent','viewed','verified','signed','countersigned') OR (state = 'sealed' AND replaced_by IS NULL)) ORDER BY id`, in.Group, textsOf(in.People))
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(ids) == 0 {
			return err
		}
		var b pgx.Batch
		for _, id := range ids {
			if err := queueNDA(&b, id, domain.NDAAct{ID: "sys:end:" + ref, Kind: domain.NDAActTerminate, Rule: in.Rule}); err != nil {
				return err
			}
		}
		n = len(ids)
		return tx.SendBatch(ctx, &b).Close()
	})
	if err == nil && n > 0 {
		s.hub.WakeRelay()
	}
	return n, clean(doing, err)
}

// queueNDA puts an act of the system on an agreement into the outbox, once.
func queueNDA(b *pgx.Batch, nda string, act domain.NDAAct) error {
	return queueOutbox(b, OutboxSignalNDA, OutboxSignalNDA+":"+nda+":"+act.ID, SignalNDA{NDA: nda, Act: act})
}

func queueOutbox(b *pgx.Batch, kind, key string, payload any) error {
	doc, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	b.Queue(`INSERT INTO outbox (kind, key, payload, due_at, created_at) VALUES ($1, $2, $3::jsonb, now(), now()) ON CONFLICT (key) DO NOTHING`, kind, key, string(doc))
	return nil
}
