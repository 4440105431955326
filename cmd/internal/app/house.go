package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/signing"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
)

// house is everything that runs in this process.
type house struct {
	c      Config
	store  *store.Store
	keys   *codec.Keyring
	client client.Client
	matrix *matrix.Connector // nil: no homeserver
	seal   *seal.Key         // the platform's, once run opened it
}

// open connects the parts; nothing acts yet.
func open(ctx context.Context, c Config) (h *house, err error) {
	h = &house{c: c}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	both := c.Serve && c.Work
	// Each connection is a process of the database that plans every statement for itself, and again when a table was
	// analysed: more than the processors keep busy only cost.
	conns := int32(16)
	if c.Alone {
		// One machine that also runs engine and database: each workflow kept at hand costs memory; a living group is read
		// from its history when it is needed. Each connection is a process of the database, eight megabytes or so.
		worker.SetStickyWorkflowCacheSize(300)
		conns = 12
	}
	if h.store, err = store.Open(ctx, c.DatabaseURL, store.Options{Log: c.Log, NotifyOthers: !both, MaxConns: conns}); err != nil {
		return h, err
	}
	if err = h.store.Migrate(ctx); err != nil {
		return h, err
	}
	if h.keys, err = keys(ctx, c, h.store); err != nil {
		return h, err
	}
	if err = h.connectMatrix(); err != nil {
		return h, err
	}
	opts := client.Options{
		HostPort: c.TemporalHostPort, Namespace: c.Namespace, Logger: engineLog{c.Log},
		// Payloads are encrypted, so compressing them again only costs time.
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}},
		DataConverter:     codec.DataConverter(h.keys, c.Namespace), FailureConverter: codec.FailureConverter(h.keys, c.Namespace),
	}
	if c.ServiceToken != "" {
		opts.Credentials = client.NewAPIKeyStaticCredentials(c.ServiceToken)
	}
	// Lazy: while the engine is away, filings are still taken.
	if h.client, err = client.NewLazyClient(opts); err != nil {
		return h, fmt.Errorf("prepare the engine's client: %w", err)
	}
	return h, nil
}

func (h *house) close() {
	if h.client != nil {
		h.client.Close()
	}
	if h.store != nil {
		_ = h.store.Close()
	}
}

// newWorker is the worker with every workflow and activity. It keeps the default policy of blocking a workflow whose
// history does not fit its code, so that nothing fails before a person looked.
func (h *house) newWorker(a *activities.Activities) worker.Worker {
	w := worker.New(h.client, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout:                30 * time.Second,
		MaxConcurrentWorkflowTaskPollers: 8,
		MaxConcurrentActivityTaskPollers: 2,
	})
	workflows.Register(w)
	workflows.RegisterActivities(w, a)
	return w
}

// connectors are the chat platforms, by the kinds that policies name.
func (h *house) connectors() map[string]chat.Connector {
	out := map[string]chat.Connector{byhand.Kind: byhand.Connector{}}
	if h.matrix != nil {
		out[matrix.Kind] = h.matrix
	}
	for _, c := range h.c.Connectors {
		out[c.Kind()] = c
	}
	return out
}

// activities wires the ports of the activities.
func (h *house) activities(filing filingOf, rules *rules, proofs activities.Proofs, planner activities.Planner, papers activities.Papers, now func() time.Time) *activities.Activities {
	return &activities.Activities{
		Store:      activityStore{Store: h.store, filing: filing},
		Directory:  directoryPort{h.store},
		Calendars:  rules,
		Proofs:     proofs,
		Planner:    planner,
		Connectors: h.connectors(),
		Register:   registerPort{h.store},
		Sealer:     signing.Platform{Key: h.seal},
		Papers:     papers,
		Account:    h.account,
		Lives:      rules,
		NameKey:    policy.NameKey,
		Clock:      now,
		Published:  h.store.Hub().Published,
		Boundary:   h.c.Boundary,
	}
}

// account is the keyed hash of a platform's account that is nobody of ours: what findings and operations call it.
func (h *house) account(platform, account string) string {
	return hex.EncodeToString(h.keys.KeyedHash("chat_account", []byte(platform+"\n"+account))[:16])
}
