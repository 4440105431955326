package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/extract"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/screening"
	"github.com/qunbei/qunbei/models/store"
)

// judgedPost is what the rules make of a version of a publication: shared by preview and submission, so that what was shown is
// what runs.
type judgedPost struct {
	post     domain.Post // with class and rules
	content  domain.PostContent
	screened *screenedPost
	plan     *plan
	misfits  []domain.Misfit
	faults   []domain.Fault
}

// judgePost screens a version, finds its class, whether it fits and who approves it.
func (s *Service) judgePost(ctx context.Context, b rulebook, p domain.Post, c domain.PostContent, files []extract.Document, asked []string, now time.Time) (*judgedPost, error) {
	j := &judgedPost{post: p, content: c}
	if !b.policy.Publication.On {
		j.faults = append(j.faults, domain.Fault{Field: "class", Code: "not_published"})
		return j, nil
	}
	var err error
	j.screened, err = screenPost(b.policy, p, c, asked, files)
	if errors.Is(err, screening.ErrTooLong) || errors.Is(err, screening.ErrTruncated) {
		j.faults = append(j.faults, domain.Fault{Field: "text", Code: "too_much_to_screen"})
		return j, nil
	}
	if err != nil {
		return nil, err
	}
	j.post.Screened = j.screened.class
	j.post.Class = j.post.Demanded()
	if p.Case != "" && j.post.Class == domain.ClassGeneral {
		j.post.Class = domain.ClassBusiness // a case decides on it already
	}
	j.post.Rules = b.policy.PostRules()
	j.faults = append(j.faults, missingOf(j.post, c)...)
	if j.post.Class == domain.ClassTopic {
		return j, s.planPost(b, j, nil, now)
	}
	targets, err := s.cfg.Store.PostTargets(ctx, j.post.Groups, j.post.Scope)
	if err != nil {
		return nil, fmt.Errorf("read who would read a publication: %w", err)
	}
	j.misfits = domain.Fits(j.post.Class, j.post.Scope, j.post.Rules.Carries, targets, now)
	if j.post.Class == domain.ClassGeneral {
		return j, nil
	}
	owners := []domain.DepartmentID{}
	for _, g := range j.post.Groups {
		row, err := s.groupRow(ctx, g)
		if err != nil {
			return nil, err
		}
		for _, d := range row.Doc.Departments {
			if !slices.Contains(owners, d) && b.dir.Departments[d].Active {
				owners = append(owners, d)
			}
		}
	}
	return j, s.planPost(b, j, owners, now)
}

// planPost plans the route of a publication's class.
func (s *Service) planPost(b rulebook, j *judgedPost, owners []domain.DepartmentID, now time.Time) error {
	route, err := b.policy.PlanPost(j.post.Class, j.post.Parties, owners, j.post.Author, b.dir)
	var unplanned *policy.PlanError
	switch {
	case errors.As(err, &unplanned):
		j.faults = append(j.faults, unplanned.Fault())
		return nil
	case err != nil:
		return fmt.Errorf("plan the route of a publication: %w", err)
	}
	j.plan = &plan{requester: j.post.Author}
	j.plan.take(b, route, domain.Parties{Requester: j.post.Author}, now)
	j.faults = append(j.faults, j.plan.faults...)
	return nil
}

// missingOf lists what a publication of its class must say (R3.2, R3.3.1).
func missingOf(p domain.Post, c domain.PostContent) []domain.Fault {
	var out []domain.Fault
	need := func(field string, there bool) {
		if !there {
			out = append(out, domain.Fault{Field: field, Code: "required"})
		}
	}
	need("subject", c.Subject != "")
	need("text", c.Text != "")
	if p.Class == domain.ClassTopic {
		return out
	}
	need("groups", len(p.Groups) > 0)
	if p.Class.Rank() >= domain.ClassBusiness.Rank() {
		need("source", c.Source != "")
		need("application", c.Application != "")
	}
	if p.Class.Rank() >= domain.ClassSensitive.Rank() {
		need("scope", p.Scope.Stated())
		need("demands", c.Demands != "")
	}
	if p.Urgent {
		need("reason", c.Reason != "")
	}
	return out
}

// misfitFaults words why a publication does not fit, by the target group's place.
func misfitFaults(p domain.Post, list []domain.Misfit, n names) []domain.Fault {
	var out []domain.Fault
	for _, m := range list {
		f := domain.Fault{Field: "groups[" + strconv.Itoa(slices.Index(p.Groups, m.Group)) + "]", Code: "misfit_" + string(m.Kind), Params: map[string]string{}}
		if m.Person != "" {
			f.Params["person"] = n.person(m.Person).Name
		}
		if m.N > 0 {
			f.Params["n"] = strconv.Itoa(m.N)
		}
		out = append(out, f)
	}
	return out
}

// PreviewPost shows what a draft would lead to: what screening finds and makes of it, the class and why, who approves, and who
// of the target groups does not fit. Nothing is stored.
func (s *Service) PreviewPost(ctx context.Context, a Actor, in PostInput) (PostPreview, error) {
	v, err := s.previewPost(ctx, a, in)
	return v, fail(err)
}

func (s *Service) previewPost(ctx context.Context, a Actor, in PostInput) (PostPreview, error) {
	in = tidyPost(in)
	b, err := s.rules(ctx)
	if err != nil {
		return PostPreview{}, err
	}
	if err := s.draftable(ctx, a, in); err != nil {
		return PostPreview{}, err
	}
	c := domain.PostContent{Subject: in.Subject, Text: in.Text, Source: in.Source, Application: in.Application, Demands: in.Demands, Reason: in.Reason}
	var files []extract.Document
	for _, f := range in.Files {
		if f.Object != "" {
			continue // kept files are screened with the draft, at its submission
		}
		ups, err := checkAttachments([]Upload{{Name: f.Name, Data: f.Data}})
		if err != nil {
			return PostPreview{}, err
		}
		c.Attachments = append(c.Attachments, domain.PostAttachment{Name: ups[0].Name, MediaType: ups[0].MediaType, Size: int64(len(f.Data))})
		files = append(files, extract.Text(ups[0].Name, ups[0].Data))
	}
	now := s.now()
	p := domain.Post{Author: a.ID, Declared: in.Class, Scope: in.Scope, Parties: in.Parties, Groups: in.Groups, Urgent: in.Urgent, Written: c.Digest()}
	j, err := s.judgePost(ctx, b, p, c, files, nil, now)
	if err != nil {
		return PostPreview{}, err
	}
	n := names{b.dir}
	v := PostPreview{Declared: in.Class, Class: in.Class, Findings: []PostFinding{}, Checklist: b.policy.Publication.Checklist, Faults: readable(j.faults), Misfits: []PostMisfitView{}}
	if j.screened != nil {
		v.Screened, v.Class, v.Findings, v.Clean = j.screened.class, j.post.Class, j.screened.findings, wordsOfPost(j.screened.clean)
	}
	if v.Misfits, err = s.misfitViews(ctx, n, j.misfits); err != nil {
		return PostPreview{}, err
	}
	if j.plan != nil {
		v.Route = n.previewOf(j.plan, b.policy, a.words(b.policy.RouteLabel(j.plan.route.Route)))
	}
	if v.Class != domain.ClassTopic {
		v.Due = timeOf(domain.PostDue(b.calendar, now, in.Urgent))
	}
	return v, nil
}

// SubmitPost submits a draft: it is screened, its class found, desensitised, and put up for approval by the route of its class.
// A general one goes out on its author's own check; a topic at risk is stopped and handed to the department responsible; one
// with findings that nothing takes the place of waits for a security officer's word first (semantics 3).
func (s *Service) SubmitPost(ctx context.Context, a Actor, id string, in PostSubmitInput) (PostView, error) {
	v, err := s.submitPost(ctx, a, id, in)
	return v, fail(err)
}

func (s *Service) submitPost(ctx context.Context, a Actor, id string, in PostSubmitInput) (PostView, error) {
	row, _, err := s.postAtDoor(ctx, a, id, "post.submit", nil, []Relation{RelRequester}, domain.ReasonNotAuthor)
	if err != nil {
		return PostView{}, err
	}
	p := row.Doc
	switch {
	case in.Written != p.Written:
		return PostView{}, errStalePost()
	case p.State == domain.PostInApproval || p.State == domain.PostApproved || p.State == domain.PostScheduled || p.State == domain.PostStopped:
		return s.post(ctx, a, p.ID, "") // the same submission again
	case !p.State.Editable():
		return PostView{}, &Error{Kind: Conflict, Code: "publication_is_fixed", Params: map[string]string{"state": string(p.State)}}
	}
	b, err := s.rules(ctx)
	if err != nil {
		return PostView{}, err
	}
	c, err := s.postContent(ctx, p.ID, p.Original)
	if err != nil {
		return PostView{}, err
	}
	if c == nil {
		return PostView{}, &Error{Kind: Conflict, Code: "shredded"}
	}
	files, err := s.fileTexts(ctx, p.ID, c.Attachments)
	if err != nil {
		return PostView{}, err
	}
	now := s.now()
	j, err := s.judgePost(ctx, b, p, *c, files, in.Exempt, now)
	if err != nil {
		return PostView{}, err
	}
	if len(j.faults) > 0 {
		return PostView{}, invalid(readable(j.faults)...)
	}
	if j.post.Class != domain.ClassTopic {
		asked, refused := j.screened.open()
		switch {
		case len(refused) > 0:
			var faults []domain.Fault
			for _, f := range refused {
				faults = append(faults, domain.Fault{Field: f.Field, Code: "not_exempted", Params: map[string]string{"finding": f.ID}})
			}
			return PostView{}, invalid(faults...)
		case len(asked) > 0:
			return s.askExemptions(ctx, a, row, j, in.Exempt, now)
		case len(j.misfits) > 0:
			return PostView{}, invalid(misfitFaults(j.post, j.misfits, names{b.dir})...)
		case j.post.Class == domain.ClassGeneral && !in.Checked:
			return PostView{}, invalid(domain.Fault{Field: "checked", Code: "checklist_required"})
		}
	}
	return s.putUp(ctx, a, b, row, j, now)
}

// askExemptions leaves the draft to a security officer first.
func (s *Service) askExemptions(ctx context.Context, a Actor, row *store.PostRec, j *judgedPost, asked []string, now time.Time) (PostView, error) {
	if row.Doc.State == domain.PostReturned {
		return PostView{}, &Error{Kind: Conflict, Code: "exemptions_before_case"}
	}
	p := j.post
	p.State, p.Since, p.Class, p.Asked = domain.PostScreened, now, "", slices.Clone(asked)
	if err := s.updatePost(ctx, p, row.Version, nil, nil); err != nil {
		return PostView{}, err
	}
	return s.post(ctx, a, p.ID, "")
}

// putUp seals what is to be posted and starts what follows: the case, or for a general post the posting.
func (s *Service) putUp(ctx context.Context, a Actor, b rulebook, row *store.PostRec, j *judgedPost, now time.Time) (PostView, error) {
	p := j.post
	wrapped, err := s.cfg.Store.CaseKey(ctx, p.ID)
	if err != nil {
		return PostView{}, fmt.Errorf("read the key of publication %s: %w", p.ID, err)
	}
	clean := j.screened.clean
	if p.Class == domain.ClassTopic {
		clean = j.content // nothing of it is posted
	}
	o, ref, err := s.sealContent(wrapped, p.ID, clean, a.ID, now)
	if err != nil {
		return PostView{}, err
	}
	p.Clean, p.Content, p.Since, p.Asked = ref, clean.Digest(), now, nil
	p.Digest = p.Request().Digest()
	if p.Class == domain.ClassGeneral {
		p.State, p.Approved, p.Checked = domain.PostApproved, now, now
		e := &store.Event{At: now, Actor: string(a.ID), Kind: "post_checked", Subject: p.ID, Rule: "general", Result: "accepted", Detail: map[string]any{"digest": p.Digest}}
		if err := s.updatePost(ctx, p, row.Version, []store.Object{o}, e); err != nil {
			return PostView{}, err
		}
		return s.post(ctx, a, p.ID, "")
	}
	if row.Doc.State == domain.PostReturned {
		return s.putUpAgain(ctx, a, row, p, o)
	}
	kind := domain.KindPublication
	if p.State = domain.PostInApproval; p.Class == domain.ClassTopic {
		kind, p.State = domain.KindTopic, domain.PostStopped
	}
	req := p.Request()
	sub, err := s.submit(b, *j.plan.route, domain.Case{Kind: kind, Tier: req.Tier(), Parties: domain.Parties{Requester: a.ID}, Digest: req.Digest()}, req, p.Number, now)
	if err != nil {
		return PostView{}, err
	}
	p.Case = sub.Case.ID
	sub.Extra, sub.Post, sub.PostVersion = []store.Object{o}, &p, row.Version
	state, err := s.cfg.Store.Submit(ctx, sub)
	if errors.Is(err, store.ErrBehind) {
		return PostView{}, errStalePost()
	}
	if err != nil {
		return PostView{}, fmt.Errorf("put a publication up for approval: %w", err)
	}
	s.begin(context.WithoutCancel(ctx), state, "")
	return s.post(ctx, a, p.ID, "")
}

// putUpAgain puts a publication that was sent back up again, in its own case.
func (s *Service) putUpAgain(ctx context.Context, a Actor, row *store.PostRec, p domain.Post, o store.Object) (PostView, error) {
	if err := s.updatePost(ctx, p, row.Version, []store.Object{o}, nil); err != nil {
		return PostView{}, err
	}
	id := derivedID("resubmit", p.ID, strconv.Itoa(row.Version))
	req := p.Request()
	_, err := s.actOnCase(ctx, a, p.Case, passage{
		act: domain.Act{ID: id, Kind: domain.ActResubmit}, digest: req.Digest(),
		prepare: func(ctx context.Context, row *store.CaseRec, d *domain.Act) error {
			d.Material = &domain.Material{Digest: req.Digest(), Tier: req.Tier()}
			return s.sealMaterial(ctx, a, row, req, p.Number, d.Material)
		},
	})
	if err != nil {
		return PostView{}, err
	}
	return s.post(ctx, a, p.ID, "")
}

// fileTexts opens the files and takes out of them what can be read.
func (s *Service) fileTexts(ctx context.Context, post string, list []domain.PostAttachment) ([]extract.Document, error) {
	out := make([]extract.Document, len(list))
	for i, f := range list {
		up, shredded, err := s.open(ctx, post, f.Object)
		if err != nil || shredded {
			return nil, errors.Join(err, fmt.Errorf("open a file of publication %s", post))
		}
		out[i] = extract.Text(f.Name, up.Data)
	}
	return out, nil
}
