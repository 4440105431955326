package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// PostChange is everything one act on a publication leaves behind.
type PostChange struct {
	Workflow string // post-{id}
	Run      string // that decides it
	Before   domain.Post
	After    domain.Post
	Act      domain.PostAct
	Facts    domain.PostFacts
	Verdict  domain.Verdict
	Digest   string
}

// PostGroup is a target group as its platform knows it.
type PostGroup struct {
	ID, Name, Platform, PlatformID string
	Tier                           domain.Tier
	ByHand                         bool
}

// PostInput is one act to decide on a publication; PostOutput is what the history keeps of it.
type (
	PostInput  = EntityInput[domain.Post, domain.PostAct]
	PostOutput = EntityOutput[domain.PostAct, domain.PostFacts]
)

// PostOpInput is one posting or recall that a platform is asked for. What is posted is opened by its digest, and stands in no
// history.
type PostOpInput struct {
	Post    string          `json:"post"`
	Op      domain.PostOp   `json:"op"`
	Clean   domain.Ref      `json:"clean"`
	Content string          `json:"content"`           // digest of what is posted
	Receipt *domain.Receipt `json:"receipt,omitempty"` // recall: of the posting
}

// PostOpInputOf gathers the input from a publication's state.
func PostOpInputOf(p domain.Post, op domain.PostOp) PostOpInput {
	in := PostOpInput{Post: p.ID, Op: op, Clean: p.Clean, Content: p.Content}
	if x := p.Posting(op.Group); x != nil && op.Recall {
		in.Receipt = x.Receipt
	}
	return in
}

// DecidePost is DecideCase for publications: the only writer of their rows after the approval.
func (a *Activities) DecidePost(ctx context.Context, in PostInput) (PostOutput, error) {
	workflow := "post-" + in.State.ID
	known, err := a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
	if err != nil {
		return PostOutput{}, fmt.Errorf("read what is known of the act: %w", err)
	}
	if known.Recorded != nil && known.Recorded.Seq <= in.State.Seq+1 {
		return recorded[domain.PostAct, domain.PostFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	}
	if known.Seq > in.State.Seq {
		if out, err := firstRecorded[domain.PostAct, domain.PostFacts](ctx, a, workflow, in.State.Seq); !errors.Is(err, ErrOutOfStep) {
			return out, err
		}
	}
	facts, err := a.postFacts(ctx, in, known)
	if err != nil {
		return PostOutput{}, err
	}
	change := PostChange{Workflow: workflow, Run: activity.GetInfo(ctx).WorkflowExecution.RunID, Before: in.State, Act: in.Act, Facts: facts}
	change.After, change.Verdict = domain.DecidePost(in.State, in.Act, facts)
	change.Digest = domain.StateDigest(change.After)
	a.at("post.before_commit")
	switch err := a.Store.SavePost(ctx, change); {
	case errors.Is(err, ErrAlreadySaved):
		known, err = a.Store.KnownOf(ctx, workflow, in.State.ID, in.Act.ID, in.Act.Actor)
		if err != nil || known.Recorded == nil {
			return PostOutput{}, fmt.Errorf("read the act another attempt recorded: %w", errors.Join(err, ErrAlreadySaved))
		}
		return recorded[domain.PostAct, domain.PostFacts](ctx, a, workflow, known.Recorded, in.State, in.State.Seq, in.Act.Actor == "")
	case errors.Is(err, ErrIllegal), errors.Is(err, ErrOutOfStep):
		if out, first := firstRecorded[domain.PostAct, domain.PostFacts](ctx, a, workflow, in.State.Seq); errors.Is(err, ErrOutOfStep) && !errors.Is(first, ErrOutOfStep) {
			return out, first // decided by another attempt between our look and our write
		}
		return PostOutput{Facts: facts, Digest: domain.StateDigest(in.State), Stuck: true}, nil
	case err != nil:
		return PostOutput{}, fmt.Errorf("write the projection: %w", err)
	}
	a.at("post.after_commit")
	a.published(in.Act.ID, true)
	return PostOutput{Facts: facts, Digest: change.Digest}, nil
}

// postFacts finds out what an act is decided over.
func (a *Activities) postFacts(ctx context.Context, in PostInput, known Known) (domain.PostFacts, error) {
	p, act := in.State, in.Act
	f := domain.PostFacts{At: a.when(in.Act.Actor, in.Act.At), Active: known.Active}
	if act.Actor != "" {
		f.Roles, f.Proof = known.Roles, a.Proofs.Holds(p.ID, act.AsAct())
		groups := p.Groups
		if act.Group != "" {
			groups = []string{act.Group}
		}
		var err error
		if f.Admin, err = a.Store.PostPeople(ctx, groups, act.Actor); err != nil {
			return f, fmt.Errorf("read what the act is decided over: %w", err)
		}
	}
	switch act.Kind {
	case domain.PostActPlan, domain.PostActTry, domain.PostActDue:
		targets, err := a.Store.PostTargets(ctx, p.Groups, p.Scope)
		if err != nil {
			return f, fmt.Errorf("read who would read the publication: %w", err)
		}
		f.Misfits = domain.Fits(p.Class, p.Scope, p.Rules.Carries, targets, f.At)
	default: // nothing else depends on who reads it
	}
	switch act.Kind {
	case domain.PostActPlan, domain.PostActTry:
		cal, err := a.Calendars.Active(ctx)
		if err != nil {
			return f, fmt.Errorf("load the calendar: %w", err)
		}
		f.Dates = domain.PlanPost(p, f.At, cal)
	case domain.PostActDue:
		c, err := a.postContent(ctx, p.ID, p.Clean)
		if err != nil {
			return f, err
		}
		if c != nil {
			f.Content = c.Digest()
		}
	default: // no day and no content
	}
	return f, nil
}

// postContent opens what is posted; nil when there is none, or its key was destroyed.
func (a *Activities) postContent(ctx context.Context, post string, ref domain.Ref) (*domain.PostContent, error) {
	b, got, err := a.Papers.OpenPaper(ctx, post, ref.Object)
	if errors.Is(err, ErrShredded) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open what publication %s says: %w", post, err)
	}
	if got == nil || got.SHA256 != ref.SHA256 {
		return nil, nil
	}
	var c domain.PostContent
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("read what publication %s says: %w", post, err)
	}
	return &c, nil
}

// PostOp has a platform post, or take back, one message, once: the key is the publication's and the group's, and the first
// receipt is kept under it, so that whoever asks again after a lost answer gets the same.
func (a *Activities) PostOp(ctx context.Context, in PostOpInput) (OpOutput, error) {
	g, err := a.Store.PostGroup(ctx, in.Op.Group)
	if err != nil {
		return OpOutput{}, fmt.Errorf("read the group of a posting: %w", err)
	}
	conn, ok := a.Connectors[g.Platform]
	if !ok {
		return OpOutput{}, temporal.NewNonRetryableApplicationError("no connector of this kind runs here", ErrTypeConnector, nil, "unknown_platform")
	}
	if h, ok := conn.(chat.ByHander); g.ByHand || (ok && h.ByHand()) || in.Op.Recall && in.Receipt != nil && in.Receipt.Evidence != nil {
		return OpOutput{ByHand: true}, nil // what was posted by hand the platform's interface does not know
	}
	need, kind := chat.CanPost, "post"
	if in.Op.Recall {
		need, kind = chat.CanRecall, "recall"
	}
	if !able(conn, need) {
		return OpOutput{Gap: string(need)}, nil
	}
	ctx, stop := alive(ctx)
	defer stop()
	t := chat.Target{GroupID: g.ID, PlatformID: g.PlatformID, Tier: g.Tier, Name: g.Name}
	call := Call{Key: in.Op.Key(in.Post), Group: g.ID, Platform: g.Platform, Act: kind}
	var receipt *domain.Receipt
	if in.Op.Recall {
		if in.Receipt == nil {
			return OpOutput{}, connectorError(&chat.Fault{Code: chat.CodeRefused})
		}
		receipt, err = a.once(ctx, call, func(key string) (domain.Receipt, error) { return conn.Recall(ctx, key, t, in.Receipt.ID) })
	} else {
		var c *domain.PostContent
		if c, err = a.postContent(ctx, in.Post, in.Clean); err != nil {
			return OpOutput{}, err
		}
		if c == nil || c.Digest() != in.Content {
			return OpOutput{}, connectorError(&chat.Fault{Code: codeOtherContent})
		}
		receipt, err = a.once(ctx, call, func(key string) (domain.Receipt, error) {
			return conn.Post(ctx, key, t, chat.Message{Title: c.Subject, Text: postText(c)})
		})
	}
	if err == nil {
		return OpOutput{Receipt: receipt}, nil
	}
	fault := chat.AsFault(err)
	if fault.Code == chat.CodeNotPossible {
		return OpOutput{Gap: string(fault.Capability)}, nil
	}
	return OpOutput{}, connectorError(fault)
}

// codeOtherContent: what is sealed is not what was approved. Nothing goes out.
const codeOtherContent = "not_what_was_approved"

func able(conn chat.Connector, need chat.Capability) bool {
	for _, c := range conn.Can() {
		if c == need {
			return true
		}
	}
	return false
}

// postText is what the group reads: the text as approved, with source, application and demands, and the names of what is
// attached, which stays in this service.
func postText(c *domain.PostContent) string {
	out := c.Text
	line := func(label, s string) {
		if s != "" {
			out += "\n" + label + "：" + s
		}
	}
	line("来源", c.Source)
	line("适用范围", c.Application)
	line("保密要求", c.Demands)
	for _, f := range c.Attachments {
		line("附件", f.Name)
	}
	return out
}
