package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// ndaRow reads an agreement.
func (s *Service) ndaRow(ctx context.Context, id string) (*store.NDARec, error) {
	id, ok := canonicalID(id)
	if !ok {
		return nil, notFound()
	}
	row, err := s.cfg.Store.NDA(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("read agreement %s: %w", id, err)
	}
	return row, nil
}

// actOnNDA sends one act of a person on an agreement that they may see, and answers honestly: what it refers to is sealed
// already, its form is checked, every rule is the workflow's. same compares a recorded act with this one, without what is sealed
// anew each time; nil: id, actor and kind are enough. Use knownNDA before anything is sealed.
func (s *Service) actOnNDA(ctx context.Context, row *store.NDARec, d domain.NDAAct, same func(domain.NDAAct) bool) (ActAnswer, error) {
	d.At = s.now()
	d.Proof = s.sign(row.ID, d.AsAct())
	x := s.ndaAct(row, d, same)
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// knownNDA answers an act whose id was used before; nil and no error: it is new.
func (s *Service) knownNDA(ctx context.Context, row *store.NDARec, d domain.NDAAct, same func(domain.NDAAct) bool) (*ActAnswer, error) {
	ans, err := s.known(ctx, s.ndaAct(row, d, same))
	if err != nil || ans == nil {
		return nil, err
	}
	out, err := outcome(*ans)
	return &out, err
}

// ndaAct is an act on an agreement on its way.
func (s *Service) ndaAct(row *store.NDARec, d domain.NDAAct, same func(domain.NDAAct) bool) act {
	x := act{
		workflow: workflows.NDAID(row.ID), id: d.ID, actor: d.Actor, kind: string(d.AsAct().Kind), signal: workflows.SignalNDAAct,
		by: func(ctx context.Context, deadline time.Time) error {
			return s.tellNDA(ctx, deadline, row.ID, d)
		},
		over: func(ctx context.Context) (ActAnswer, bool, error) {
			now, err := s.ndaRow(ctx, row.ID)
			if err != nil || now.Doc.State.Open() {
				return ActAnswer{}, false, err
			}
			_, v := domain.DecideNDA(now.Doc, d, domain.NDAFacts{At: s.now(), Active: true, Proof: true, Roles: []domain.Role{domain.RoleLegal, domain.RoleHR}, Admin: true})
			if v.Result == domain.Accepted { // such acts start a run
				return ActAnswer{}, false, nil
			}
			ans := ActAnswer{Result: v.Result, Reason: v.Reason, NDA: now.Doc.State}
			if dir, err := s.wording(ctx); err == nil {
				ans.DecidedBy = names{dir}.maybe(v.DecidedBy)
			}
			return ans, true, nil
		},
		about: func(ctx context.Context, ans *ActAnswer) error {
			now, err := s.ndaRow(ctx, row.ID)
			if err == nil {
				ans.NDA = now.Doc.State
			}
			return err
		},
	}
	if same != nil {
		x.same = func(raw json.RawMessage) bool {
			var was domain.NDAAct
			return json.Unmarshal(raw, &was) == nil && same(was)
		}
	}
	return x
}

// wakes tells whether an act is taken by an agreement whose run has ended: it is started again with it.
func wakes(k domain.NDAActKind) bool {
	switch k {
	case domain.NDAActSupersede, domain.NDAActLapse, domain.NDAActTerminate, domain.NDAActReturn:
		return true
	default:
		return false
	}
}

// tellNDA brings an act to an agreement: by a signal to the run that waits, by a new run that begins with it where none does. A
// run is never started and then signalled: it could end between the two (temporal.md 8).
func (s *Service) tellNDA(ctx context.Context, deadline time.Time, id string, d domain.NDAAct) error {
	workflow := workflows.NDAID(id)
	for pause := busyPause; ; pause = min(2*pause, busyMost) {
		err := s.signal(ctx, deadline, workflow, workflows.SignalNDAAct, d)
		if !errors.Is(err, errNotRunning) {
			return err
		}
		row, rerr := s.cfg.Store.NDA(ctx, id)
		if rerr != nil {
			return errors.Join(rerr, err)
		}
		switch {
		case row.Doc.State.Open() && row.Run == "": // not started yet: the first act goes before
			if serr := s.startNDA(ctx, id); serr != nil {
				return errors.Join(serr, err)
			}
		case row.Doc.State.Open() || !wakes(d.Kind):
			return err
		default:
			serr := s.startAgain(ctx, workflow, workflows.NDAInput{State: row.Doc, First: &d, Before: row.Run})
			if !errors.Is(serr, errStartedTwice) {
				return serr
			}
		}
		if time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errEngineAway, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// startNDA starts an agreement's workflow for the first time.
func (s *Service) startNDA(ctx context.Context, id string) error {
	row, err := s.cfg.Store.NDA(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return &fate{code: "unknown_agreement", after: relayMost, cause: err}
	}
	if err != nil || row.Run != "" || row.Doc.Seq > 0 {
		return err
	}
	s.at("start_nda.before_call")
	if err := s.start(ctx, workflows.NDAID(id), workflows.NDAType, workflows.NDAInput{State: row.Doc}); err != nil {
		return fmt.Errorf("start the workflow of agreement %s: %w", id, err)
	}
	s.at("start_nda.after_call")
	return nil
}

// startAgain starts a workflow whose last run has ended; errStartedTwice when one runs.
func (s *Service) startAgain(ctx context.Context, id string, input workflows.NDAInput) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true, EnableEagerStart: true,
	}, workflows.NDAType, input)
	return engineFault(err)
}

// relayNDA tells an agreement what the system has learnt. What came too late for it is over: nothing is left to tell.
func (s *Service) relayNDA(ctx context.Context, p store.SignalNDA) error {
	if p.Act.At.IsZero() {
		p.Act.At = s.now()
	}
	p.Act.At = p.Act.At.UTC().Truncate(time.Microsecond)
	err := s.tellNDA(ctx, time.Now().Add(callBudget), p.NDA, p.Act)
	if !errors.Is(err, errNotRunning) {
		return err
	}
	row, missing := s.cfg.Store.NDA(ctx, p.NDA)
	switch {
	case missing != nil:
		return missing
	case row.Doc.State.Open():
		return &fate{code: "not_running", after: relayMost, cause: err}
	}
	return nil
}

// OpenPaper implements activities.Papers.
func (s *Service) OpenPaper(ctx context.Context, nda, object string) ([]byte, *domain.Ref, error) {
	wrapped, err := s.cfg.Store.CaseKey(ctx, nda)
	if errors.Is(err, store.ErrShredded) {
		return nil, nil, activities.ErrShredded
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the key of agreement %s: %w", nda, err)
	}
	o, err := s.cfg.Store.GetObject(ctx, object)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read an object of agreement %s: %w", nda, err)
	}
	data, err := s.cfg.Keyring.Open(wrapped, nda, object, o.SHA256, o.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("open an object of agreement %s: %w", nda, err)
	}
	return data, &domain.Ref{Object: o.ID, SHA256: o.SHA256, Size: o.Size}, nil
}

// KeepPapers implements activities.Papers.
func (s *Service) KeepPapers(ctx context.Context, nda string, papers ...activities.Paper) error {
	wrapped, err := s.cfg.Store.CaseKey(ctx, nda)
	if errors.Is(err, store.ErrShredded) {
		return activities.ErrShredded
	}
	if err != nil {
		return fmt.Errorf("read the key of agreement %s: %w", nda, err)
	}
	list := make([]store.Object, len(papers))
	for i, p := range papers {
		if list[i], _, err = s.seal(wrapped, nda, p.ID, p.Kind, Upload{Name: p.Name, MediaType: p.MediaType, Data: p.Data}, "", s.now()); err != nil {
			return err
		}
	}
	return s.cfg.Store.PutObjects(ctx, list)
}

// PasskeyHolds implements activities.Papers: by the verifier that auditors run.
func (s *Service) PasskeyHolds(n domain.NDA, evidence []byte) bool {
	e, err := passkey.Parse(evidence)
	if err != nil || s.site.ID == "" {
		return false
	}
	return passkey.Verify(e, passkey.Want{
		Matter: passkey.Matter{Purpose: passkey.SignNDA, Person: string(n.Person), Subject: n.ID, Digest: n.Digest},
		Site:   s.site.ID, Origins: []string{s.site.Origin}, Enrolled: s.cfg.Keyring.Verifier().Verify,
	}) == nil
}
