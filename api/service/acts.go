package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// How an act travels (design: answers to an act; temporal.md 11): the door checks that the person has anything to do
// with the matter; the act is signed and signalled; the workflow decides; the answer is the audit entry with the act's
// id, which the projection wrote. Refusals are entries too.

// errMissing says that a workflow which ought to run does not: our fault, not the caller's.
var errMissing = errors.New("the workflow does not run although the matter is open")

// act is one act under way.
type act struct {
	workflow string
	id       string
	actor    domain.EmployeeID
	kind     string
	outcome  domain.Outcome
	digest   string // empty: not compared
	// same compares what else a recorded act says; nil: nothing more is compared.
	same    func(json.RawMessage) bool
	signal  string // the signal's name
	proof   *domain.Proof
	payload any
	// late starts a workflow whose start was missed so far; false: there is none to start.
	late func(context.Context) (bool, error)
	// by brings the act to its workflow in a way of its own; nil: by a signal.
	by func(ctx context.Context, deadline time.Time) error
	// over is the answer when the matter has ended; false: it has not.
	over func(context.Context) (ActAnswer, bool, error)
	// about puts the matter as it is now into the answer.
	about func(context.Context, *ActAnswer) error
}

// known answers an act whose id was used before: the same act gets its answer again, another one under the same id is
// refused. Nil and no error: the id is free.
func (s *Service) known(ctx context.Context, x act) (*ActAnswer, error) {
	uses, err := s.cfg.Store.UsesOfAct(ctx, x.id)
	if err != nil {
		return nil, fail(fmt.Errorf("look up an act: %w", err))
	}
	if len(uses) == 0 {
		return nil, nil
	}
	for i := range uses {
		if uses[i].WorkflowID == x.workflow && sameAct(&uses[i], x) {
			ans := repeated(s.answerOf(ctx, x, &uses[i]))
			return &ans, nil
		}
	}
	return nil, errReused()
}

func errReused() *Error { return &Error{Kind: Conflict, Code: "decision_id_reused"} }

// sameAct tells whether an entry is of the act that the caller sends again.
func sameAct(e *store.AuditRow, x act) bool {
	return e.ActorID == string(x.actor) && e.Kind == x.kind && e.Outcome == string(x.outcome) && (x.digest == "" || e.Digest == x.digest) && (x.same == nil || x.same(e.Act))
}

// answerOf words an entry. What is around it may be missing when the database cannot tell now: the act is decided all
// the same.
func (s *Service) answerOf(ctx context.Context, x act, e *store.AuditRow) ActAnswer {
	at := e.At.UTC()
	ans := ActAnswer{Result: domain.Result(e.Result), Reason: domain.Reason(e.Reason), ActID: x.id, DecidedAt: &at}
	if dir, err := s.wording(ctx); err == nil {
		ans.DecidedBy = names{dir}.maybe(domain.EmployeeID(e.DecidedBy))
	}
	if x.about != nil && ans.Reason != domain.ReasonNoDelegation { // who no longer stands in is shown nothing of the case
		if err := x.about(ctx, &ans); err != nil {
			s.log.WarnContext(ctx, "an answer goes out without its case", "workflow", x.workflow, "error", err)
		}
	}
	return ans
}

// send signals an act and waits for its answer, MaxWait in all.
func (s *Service) send(ctx context.Context, x act) (ActAnswer, error) {
	deadline := time.Now().Add(s.cfg.MaxWait)
	waiter := s.cfg.Store.Hub().Expect(x.workflow, x.id)
	defer waiter.Close()
	err := s.deliver(ctx, deadline, x)
	switch {
	case errors.Is(err, errNotRunning):
		return s.ended(ctx, deadline, x)
	case errors.Is(err, errSignalsFull):
		return ActAnswer{}, &Error{Kind: Conflict, Code: "too_many_acts", Cause: err}
	case errors.Is(err, errEngineBusy):
		return ActAnswer{}, unavailable("engine_busy", 5, err)
	case err != nil:
		// A call that timed out may have arrived all the same. Whoever tries again gets this act's answer.
		if e, aerr := s.cfg.Store.AnswerOf(ctx, x.workflow, x.id); aerr == nil {
			return s.firstAnswer(ctx, x, e)
		}
		return ActAnswer{}, engineAway(err)
	}
	wait, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	e, err := waiter.Wait(wait)
	if err == nil {
		return s.firstAnswer(ctx, x, e)
	}
	if wait.Err() == nil {
		s.log.WarnContext(ctx, "the answer to an act cannot be read now", "workflow", x.workflow, "code", store.Code(err))
	}
	// The act is on its way: it may not be said that it failed.
	return s.asked(ctx, x)
}

// deliver signals; a workflow whose start was missed so far is started first.
func (s *Service) deliver(ctx context.Context, deadline time.Time, x act) error {
	if x.by != nil {
		return x.by(ctx, deadline)
	}
	err := s.signal(ctx, deadline, x.workflow, x.signal, x.payload)
	if !errors.Is(err, errNotRunning) || x.late == nil {
		return err
	}
	if started, serr := x.late(ctx); serr != nil || !started {
		return errors.Join(serr, err)
	}
	return s.signal(ctx, deadline, x.workflow, x.signal, x.payload)
}

// firstAnswer is the answer to the caller who sent the act, or to one who sent it again while it was under way.
func (s *Service) firstAnswer(ctx context.Context, x act, e *store.AuditRow) (ActAnswer, error) {
	if !sameAct(e, x) {
		return ActAnswer{}, errReused() // two different acts under one id at once: the other was faster
	}
	ans := s.answerOf(ctx, x, e)
	var signed struct {
		Proof *domain.Proof `json:"proof"`
	}
	// Ids are the caller's, the proof with its time is ours: another one means that this call was the second.
	if err := json.Unmarshal(e.Act, &signed); err == nil && !sameProof(signed.Proof, x.proof) {
		ans = repeated(ans)
	}
	return outcome(ans)
}

// asked asks the workflow itself when the projection is late, and says that the answer is still out when it does not
// know either; the status address will tell.
func (s *Service) asked(ctx context.Context, x act) (ActAnswer, error) {
	pending := ActAnswer{Pending: true, ActID: x.id}
	var state struct {
		Answers []domain.Answer `json:"answers"`
	}
	if err := s.queryState(ctx, x.workflow, &state); err != nil {
		return pending, nil //nolint:nilerr // the act is on its way: an engine that cannot be asked changes nothing about that
	}
	for _, a := range state.Answers {
		if a.Act != x.id {
			continue
		}
		ans := ActAnswer{Result: a.Result, Reason: a.Reason, ActID: x.id}
		if dir, err := s.wording(ctx); err == nil {
			ans.DecidedBy = names{dir}.maybe(a.DecidedBy)
		}
		return outcome(ans)
	}
	return pending, nil
}

// ended answers an act on something whose workflow no longer runs: from the read model, which may be a moment behind.
func (s *Service) ended(ctx context.Context, deadline time.Time, x act) (ActAnswer, error) {
	for pause := busyPause; ; pause = min(2*pause, busyMost) {
		ans, err := s.known(ctx, x)
		if err != nil {
			return ActAnswer{}, err
		}
		if ans != nil {
			return outcome(*ans)
		}
		last, over, err := x.over(ctx)
		if err != nil {
			return ActAnswer{}, fail(err)
		}
		if over {
			last.ActID = x.id
			return outcome(last)
		}
		if time.Now().Add(pause).After(deadline) {
			s.log.ErrorContext(ctx, "an open matter has no running workflow", "workflow", x.workflow)
			return ActAnswer{}, unavailable("workflow_missing", 30, errMissing)
		}
		select {
		case <-ctx.Done():
			return ActAnswer{}, engineAway(ctx.Err())
		case <-time.After(pause):
		}
	}
}
