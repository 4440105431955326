package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// ExemptPost is a security officer's word on one finding of a version: it may stand, or not (semantics 3). The officer is not
// its author. Each word is recorded.
func (s *Service) ExemptPost(ctx context.Context, a Actor, id string, in PostWordInput) (PostView, error) {
	v, err := s.wordOnPost(ctx, a, id, "post.exempt", in, func(p *domain.Post, reason domain.Ref, now time.Time) (map[string]any, error) {
		c, err := s.postContent(ctx, p.ID, p.Original)
		if err != nil {
			return nil, err
		}
		if c == nil {
			return nil, &Error{Kind: Conflict, Code: "shredded"}
		}
		b, err := s.rules(ctx)
		if err != nil {
			return nil, err
		}
		files, err := s.fileTexts(ctx, p.ID, c.Attachments)
		if err != nil {
			return nil, err
		}
		x, err := screenPost(b.policy, *p, *c, p.Asked, files)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(x.findings, func(f PostFinding) bool { return f.ID == in.Finding }) {
			return nil, invalid(domain.Fault{Field: "finding", Code: "unknown_finding"})
		}
		p.Exempt = append(slices.Clone(p.Exempt), domain.Exemption{Finding: in.Finding, Original: p.Written, By: a.ID, At: now, Granted: in.Grant, Reason: reason})
		return map[string]any{"finding": in.Finding, "granted": in.Grant}, nil
	})
	return v, fail(err)
}

// LowerPost is a security officer's lowering of the class that a version has by screening, with a reason (semantics 3). A topic
// at risk stays one.
func (s *Service) LowerPost(ctx context.Context, a Actor, id string, in PostWordInput) (PostView, error) {
	v, err := s.wordOnPost(ctx, a, id, "post.lower", in, func(p *domain.Post, reason domain.Ref, now time.Time) (map[string]any, error) {
		if !in.Class.Known() {
			return nil, invalid(domain.Fault{Field: "class", Code: "unknown_value"})
		}
		was := p.Demanded()
		if in.Class.Rank() >= was.Rank() && p.Screened != "" {
			return nil, invalid(domain.Fault{Field: "class", Code: "not_lower", Params: map[string]string{"class": string(was)}})
		}
		p.Lowered = &domain.Lowering{Class: in.Class, Original: p.Written, By: a.ID, At: now, Reason: reason}
		return map[string]any{"from": was, "to": in.Class}, nil
	})
	return v, fail(err)
}

// wordOnPost records a security officer's word on a version of a draft.
func (s *Service) wordOnPost(ctx context.Context, a Actor, id, name string, in PostWordInput, apply func(*domain.Post, domain.Ref, time.Time) (map[string]any, error)) (PostView, error) {
	if faults := domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true); len(faults) > 0 {
		return PostView{}, invalid(faults...)
	}
	row, rel, err := s.postAtDoor(ctx, a, id, name, []domain.Role{domain.RoleSecurity}, nil, domain.ReasonNotSecurity)
	if err != nil {
		return PostView{}, err
	}
	p := row.Doc
	switch {
	case slices.Contains(rel, RelRequester):
		return PostView{}, forbidden(string(domain.ReasonOwnMatter))
	case p.State != domain.PostDraft && p.State != domain.PostScreened:
		return PostView{}, &Error{Kind: Conflict, Code: "publication_is_fixed", Params: map[string]string{"state": string(p.State)}}
	case in.Written != p.Written:
		return PostView{}, errStalePost()
	}
	now := s.now()
	wrapped, err := s.cfg.Store.CaseKey(ctx, p.ID)
	if err != nil {
		return PostView{}, fmt.Errorf("read the key of publication %s: %w", p.ID, err)
	}
	o, ref, err := s.seal(wrapped, p.ID, newID(), "comment", Upload{MediaType: mediaText, Data: []byte(in.Comment)}, a.ID, now)
	if err != nil {
		return PostView{}, err
	}
	detail, err := apply(&p, ref, now)
	if err != nil {
		return PostView{}, err
	}
	detail["version"], detail["reason"] = p.Written, ref.Object
	e := &store.Event{At: now, Actor: string(a.ID), Kind: name, Subject: p.ID, Rule: "security", Result: "accepted", Detail: detail}
	if err := s.updatePost(ctx, p, row.Version, []store.Object{o}, e); err != nil {
		return PostView{}, err
	}
	return s.post(ctx, a, p.ID, "")
}

// HandleOtherwise is an approver's decision that a publication of important business matter does not go into a group but another
// way, which the comment names; it ends the case (R3.2.2).
func (s *Service) HandleOtherwise(ctx context.Context, a Actor, id string, in DecideInput) (ActAnswer, error) {
	row, _, err := s.postAtDoor(ctx, a, id, "post.otherwise", nil, []Relation{RelApprover, RelAsked, RelDelegate}, domain.ReasonNotApprover)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	if row.Doc.Class != domain.ClassBusiness {
		return ActAnswer{}, &Error{Kind: Conflict, Code: "only_important_business"}
	}
	if faults := domain.CheckText("way", in.Comment, domain.MaxCommentRunes, true); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	in.Outcome, in.via = domain.Reject, domain.ViaOtherwise
	return s.Decide(ctx, a, row.Doc.Case, in)
}

// postActs are the acts of people on approved publications: who has any part in them. Whether it is allowed now, the workflow
// says.
var postActs = map[domain.PostActKind]struct {
	roles []domain.Role
	rels  []Relation
	deny  domain.Reason
}{
	domain.PostActTry:      {rels: []Relation{RelRequester}, deny: domain.ReasonNotAuthor},
	domain.PostActWithdraw: {rels: []Relation{RelRequester}, deny: domain.ReasonNotAuthor},
	domain.PostActRetry:    {rels: []Relation{RelRequester, RelNamedAdmin}, deny: domain.ReasonNotAuthor},
	domain.PostActConfirm:  {rels: []Relation{RelNamedAdmin}, deny: domain.ReasonNotAdmin},
	domain.PostActRecall:   {roles: []domain.Role{domain.RoleSecurity}, rels: []Relation{RelRequester, RelNamedAdmin}, deny: domain.ReasonNotAuthor},
	domain.PostActArchive:  {roles: []domain.Role{domain.RoleSecurity}, rels: []Relation{RelRequester, RelNamedAdmin}, deny: domain.ReasonNotAuthor},
}

// ActOnPost does one act on an approved publication: its form is checked here, and every rule left to the workflow, which
// answers. A draft is withdrawn here.
func (s *Service) ActOnPost(ctx context.Context, a Actor, id string, in PostActInput) (ActAnswer, error) {
	ans, err := s.doPost(ctx, a, id, in)
	return ans, fail(err)
}

func (s *Service) doPost(ctx context.Context, a Actor, id string, in PostActInput) (ActAnswer, error) {
	rule, ok := postActs[in.Kind]
	if !ok {
		return ActAnswer{}, notFound()
	}
	actID, faults := checkActID(in.ID)
	if in.Kind == domain.PostActRecall {
		faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)...)
	}
	if in.Kind == domain.PostActConfirm {
		if _, image := imageType(in.Evidence.Data); !image || len(in.Evidence.Data) > MaxAttachment {
			faults = append(faults, domain.Fault{Field: "evidence", Code: "image_required"})
		}
		if len(in.Message) > 200 {
			faults = append(faults, domain.Fault{Field: "message", Code: "too_long", Params: map[string]string{"max": "200"}})
		}
	}
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	row, _, err := s.postAtDoor(ctx, a, id, "post."+string(in.Kind), rule.roles, rule.rels, rule.deny)
	if err != nil {
		return ActAnswer{}, err
	}
	p := row.Doc
	if row.Run == "" && p.State != domain.PostApproved {
		return s.withdrawDraft(ctx, a, row, in, actID)
	}
	d := domain.PostAct{ID: actID, Kind: in.Kind, Actor: a.ID, Group: in.Group}
	if in.Kind == domain.PostActConfirm {
		d.Digest = in.Content
	}
	x := s.postAct(row, d)
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	if err := s.sealPostAct(ctx, a, p, &d, in); err != nil {
		return ActAnswer{}, err
	}
	d.At = s.now()
	d.Proof = s.sign(p.ID, d.AsAct())
	x = s.postAct(row, d)
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// sealPostAct seals what an act refers to.
func (s *Service) sealPostAct(ctx context.Context, a Actor, p domain.Post, d *domain.PostAct, in PostActInput) error {
	switch in.Kind {
	case domain.PostActRecall:
		ref, err := s.keep(ctx, p.ID, "comment", Upload{MediaType: mediaText, Data: []byte(in.Comment)}, a.ID)
		if err != nil {
			return err
		}
		d.Reason = ref
	case domain.PostActConfirm:
		media, _ := imageType(in.Evidence.Data)
		ref, err := s.keep(ctx, p.ID, "evidence", Upload{MediaType: media, Data: in.Evidence.Data}, a.ID)
		if err != nil {
			return err
		}
		message := in.Message
		if message == "" {
			message = "by-hand:" + d.ID
		}
		d.Receipt = &domain.Receipt{Platform: "byhand", ID: message, Evidence: ref, Key: d.ID, At: s.now(), Digest: ref.SHA256}
	default: // nothing is sealed with the others
	}
	return nil
}

// withdrawDraft takes a publication back that no case decides on yet.
func (s *Service) withdrawDraft(ctx context.Context, a Actor, row *store.PostRec, in PostActInput, actID string) (ActAnswer, error) {
	p := row.Doc
	switch {
	case in.Kind != domain.PostActWithdraw || p.State.Over() && p.State != domain.PostWithdrawn:
		return outcome(ActAnswer{Result: domain.Refused, Reason: domain.ReasonState, ActID: actID})
	case p.State == domain.PostWithdrawn:
		return outcome(ActAnswer{Result: domain.Duplicate, ActID: actID})
	case p.State != domain.PostDraft && p.State != domain.PostScreened:
		return ActAnswer{}, &Error{Kind: Conflict, Code: "withdraw_the_case", Params: map[string]string{"number": row.CaseNumber}}
	}
	p.State, p.Since = domain.PostWithdrawn, s.now()
	e := &store.Event{At: p.Since, Actor: string(a.ID), Kind: "post.withdraw", Subject: p.ID, Rule: "author", Result: "accepted"}
	if err := s.updatePost(ctx, p, row.Version, nil, e); err != nil {
		return ActAnswer{}, err
	}
	return ActAnswer{Result: domain.Accepted, ActID: actID}, nil
}

// postAct is an act on a publication on its way.
func (s *Service) postAct(row *store.PostRec, d domain.PostAct) act {
	id := row.Doc.ID
	return act{
		workflow: workflows.PostID(id), id: d.ID, actor: d.Actor, kind: string(d.AsAct().Kind), signal: workflows.SignalPostAct,
		by: func(ctx context.Context, deadline time.Time) error { return s.tellPost(ctx, deadline, id, d) },
		over: func(ctx context.Context) (ActAnswer, bool, error) {
			now, err := s.postRow(ctx, id)
			if err != nil || now.Doc.Waits() {
				return ActAnswer{}, false, err
			}
			_, v := domain.DecidePost(now.Doc, d, domain.PostFacts{At: s.now(), Active: true, Proof: true, Admin: true, Roles: []domain.Role{domain.RoleSecurity}})
			if v.Result == domain.Accepted { // such acts start a run
				return ActAnswer{}, false, nil
			}
			return ActAnswer{Result: v.Result, Reason: v.Reason}, true, nil
		},
		same: func(raw json.RawMessage) bool {
			var was domain.PostAct
			return json.Unmarshal(raw, &was) == nil && was.Kind == d.Kind && was.Group == d.Group && was.Digest == d.Digest
		},
	}
}

// tellPost brings an act to a publication: by a signal to the run that waits, by a new run that begins with it where none does. A
// run is never started and then signalled: it could end between the two (temporal.md 8).
func (s *Service) tellPost(ctx context.Context, deadline time.Time, id string, d domain.PostAct) error {
	workflow := workflows.PostID(id)
	for pause := busyPause; ; pause = min(2*pause, busyMost) {
		err := s.signal(ctx, deadline, workflow, workflows.SignalPostAct, d)
		if !errors.Is(err, errNotRunning) {
			return err
		}
		row, rerr := s.cfg.Store.Post(ctx, id)
		if rerr != nil {
			return errors.Join(rerr, err)
		}
		switch {
		case row.Run == "": // not started yet: the first act goes before
			if serr := s.startPost(ctx, id); serr != nil {
				return errors.Join(serr, err)
			}
		case row.Doc.Waits() || row.Doc.State != domain.PostPosted:
			return err
		default:
			serr := s.startPostAgain(ctx, workflow, workflows.PostInput{State: row.Doc, First: &d, Before: row.Run})
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

// startPost starts an approved publication's workflow for the first time.
func (s *Service) startPost(ctx context.Context, id string) error {
	row, err := s.cfg.Store.Post(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return &fate{code: "unknown_publication", after: relayMost, cause: err}
	}
	if err != nil || row.Run != "" || row.Doc.Seq > 0 || row.Doc.State != domain.PostApproved {
		return err
	}
	s.at("start_post.before_call")
	if err := s.start(ctx, workflows.PostID(id), workflows.PostType, workflows.PostInput{State: row.Doc}); err != nil {
		return fmt.Errorf("start the workflow of publication %s: %w", id, err)
	}
	s.at("start_post.after_call")
	return nil
}

// startPostAgain starts a publication's workflow whose last run has ended; errStartedTwice when one runs.
func (s *Service) startPostAgain(ctx context.Context, id string, input workflows.PostInput) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true, EnableEagerStart: true,
	}, workflows.PostType, input)
	return engineFault(err)
}
