package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

func TestWithTheEngineAwayAFilingWaitsAndADecisionSaysSo(t *testing.T) {
	for name, away := range map[string]func(*service.Config){
		"not there yet":   func(c *service.Config) { c.Temporal = nil },
		"does not answer": func(c *service.Config) { c.Temporal = nowhere(t) },
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, away)
			c := h.file(t, h.filing("研发部-数据备份"))
			if c.Status != domain.CaseSubmitted {
				t.Fatalf("%+v", c)
			}
			lead := h.as(t, h.LeadA)
			in := service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: h.filing("研发部-数据备份").Digest()}
			_, err := h.s.Decide(t.Context(), lead, c.ID, in)
			if e := wants(t, err, service.Unavailable, "engine_unavailable"); e.RetryAfter < 1 {
				t.Error("no word when to try again")
			}
			if hl := h.s.Health(t.Context()); hl.Engine || !hl.Database {
				t.Errorf("%+v", hl)
			}
			h.s.UseEngine(h.Client) // it is back
			until(t, "the relay starts the case", func() bool {
				v, err := h.s.Case(t.Context(), lead, c.ID, "")
				return err == nil && v.Status == domain.CaseInApproval
			})
			ans, err := h.s.Decide(t.Context(), lead, c.ID, in)
			if err != nil || ans.Result != domain.Accepted {
				t.Errorf("%v %+v", err, ans)
			}
		})
	}
}

// nowhere is a client of an engine that is not there.
func nowhere(t *testing.T) client.Client {
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Namespace: "x"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestWithTheDatabaseAwayEverythingSaysSo(t *testing.T) {
	h := open(t)
	c := h.file(t, h.filing("研发部-数据备份"))
	a := h.as(t, h.People[0])
	ctx := context.Background()
	if err := h.Store.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := h.s.FileGroup(ctx, a, uuid.NewString(), h.filing("研发部-别的事项"))
	wants(t, err, service.Unavailable, "database_unavailable")
	_, err = h.s.Withdraw(ctx, a, c.ID, uuid.NewString(), "")
	wants(t, err, service.Unavailable, "database_unavailable")
	_, err = h.s.Case(ctx, a, c.ID, "")
	wants(t, err, service.Unavailable, "database_unavailable")
	_, err = h.s.BySession(ctx, "0123456789012345678901234567890123456789012")
	wants(t, err, service.Unavailable, "database_unavailable")
	if h.s.Health(ctx).Database {
		t.Error("the database is said to answer")
	}
}

func TestAnAnswerThatIsOutIsPendingAndTheStatusTellsIt(t *testing.T) {
	var idle client.Client
	h := open(t, func(c *service.Config) { c.MaxWait = 300 * time.Millisecond })
	// A namespace where nobody works: signals are taken, nothing is decided.
	ns := h.Env.NewNamespace(t)
	idle = h.Env.ClientWith(t, client.Options{
		Namespace: ns, DataConverter: codec.DataConverter(h.Keys, h.Namespace), FailureConverter: codec.FailureConverter(h.Keys, h.Namespace),
	})
	h.s.UseEngine(idle)
	c := h.file(t, h.filing("研发部-数据备份"))
	lead := h.as(t, h.LeadA)
	in := service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: h.filing("研发部-数据备份").Digest()}
	ans, err := h.s.Decide(t.Context(), lead, c.ID, in)
	if err != nil || !ans.Pending || ans.ActID != in.ID {
		t.Fatalf("%v %+v", err, ans)
	}
	st, err := h.s.ActStatus(t.Context(), lead, c.ID, in.ID)
	if err != nil || !st.Pending {
		t.Fatalf("%v %+v", err, st)
	}
	// Somebody works again.
	h.Worker(t, idle)
	until(t, "the status tells the answer", func() bool {
		st, err := h.s.ActStatus(t.Context(), lead, c.ID, in.ID)
		return err == nil && !st.Pending && st.Result == domain.Accepted
	})
	if ans, err = h.s.Decide(t.Context(), lead, c.ID, in); err != nil || ans.Result != domain.Duplicate {
		t.Errorf("%v %+v", err, ans)
	}
}
