package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Post is a publication in full. Its words are there for those who may read them; security gives a purpose.
func (s *Service) Post(ctx context.Context, a Actor, id, purpose string) (PostView, error) {
	v, err := s.post(ctx, a, id, purpose)
	return v, fail(err)
}

func (s *Service) post(ctx context.Context, a Actor, id, purpose string) (PostView, error) {
	row, rel, err := s.readPost(ctx, a, id, "publication")
	if err != nil {
		return PostView{}, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return PostView{}, err
	}
	n, p := names{dir}, row.Doc
	groups, err := s.groupNames(ctx, slices.Concat(p.Groups, p.Scope.Groups))
	if err != nil {
		return PostView{}, err
	}
	r, err := s.postRowView(n, row, a, rel, groups)
	if err != nil {
		return PostView{}, err
	}
	v := PostView{
		PostRow: r, Declared: p.Declared, Screened: p.Screened, Written: p.Written, Content: p.Content, Digest: p.Digest, Approved: timeOf(p.Approved),
		Scope:   PostScopeView{People: n.people(p.Scope.People), Departments: n.departments(p.Scope.Departments), Groups: refsOf(groups, p.Scope.Groups)},
		Parties: PostPartiesView{People: n.people(p.Parties.People), Departments: n.departments(p.Parties.Departments)}, Findings: []PostFinding{}, Relations: rel,
	}
	if l := p.Lowered; l != nil && l.Original == p.Written {
		v.Lowered, v.LoweredBy = l.Class, n.maybe(l.By)
	}
	if v.Misfits, err = s.misfitViews(ctx, n, p.Misfits); err != nil {
		return PostView{}, err
	}
	words, err := s.wordsFor(ctx, a, row, rel, purpose)
	if err != nil {
		return PostView{}, err
	}
	if err := s.postSays(ctx, row, words, &v); err != nil {
		return PostView{}, err
	}
	if v.Timeline, err = s.postTimeline(ctx, n, row, words.original); err != nil {
		return PostView{}, err
	}
	return v, s.cfg.Store.MarkSeen(ctx, a.ID, p.ID)
}

// postSays opens the words that a reader may have.
func (s *Service) postSays(ctx context.Context, row *store.PostRec, w postWords, v *PostView) error {
	p := row.Doc
	if w.original {
		c, err := s.postContent(ctx, p.ID, p.Original)
		if err != nil {
			return err
		}
		if v.Shredded = c == nil; c != nil {
			o := wordsOfPost(*c)
			v.Original = &o
			if err := s.findingsOf(ctx, p, *c, v); err != nil {
				return err
			}
		}
	}
	if w.clean && p.Clean.Object != "" {
		c, err := s.postContent(ctx, p.ID, p.Clean)
		if err != nil {
			return err
		}
		if v.Shredded = c == nil; c != nil {
			o := wordsOfPost(*c)
			v.Clean = &o
		}
	}
	return nil
}

// findingsOf marks a version by the rules it was submitted under; of a draft by those in force, with what would become of it.
func (s *Service) findingsOf(ctx context.Context, p domain.Post, c domain.PostContent, v *PostView) error {
	b, err := s.rules(ctx)
	if err != nil {
		return err
	}
	pol := b.policy
	if p.Rules.Policy != "" && !p.State.Editable() {
		if pol, err = s.policyOf(ctx, p.Rules.Policy); err != nil {
			return err
		}
	}
	files, err := s.fileTexts(ctx, p.ID, c.Attachments)
	if err != nil {
		return err
	}
	x, err := screenPost(pol, p, c, p.Asked, files)
	if err != nil {
		if err == screening.ErrTruncated || err == screening.ErrTooLong { //nolint:errorlint // sentinels of a pure package
			return nil
		}
		return err
	}
	v.Findings = x.findings
	for i := range v.Original.Files {
		v.Original.Files[i].Opaque = files[i].Opaque != ""
	}
	if p.State.Editable() {
		clean := wordsOfPost(x.clean)
		v.Clean = &clean
		v.Screened = x.class
		if p.Screened = x.class; v.Class == "" || p.Class == "" {
			v.Class = p.Demanded()
		}
	}
	return nil
}

// wordsOfPost is what a publication says, as it is shown.
func wordsOfPost(c domain.PostContent) PostWords {
	out := PostWords{Subject: c.Subject, Text: c.Text, Source: c.Source, Application: c.Application, Demands: c.Demands, Reason: c.Reason, Files: []PostFile{}}
	for _, f := range c.Attachments {
		out.Files = append(out.Files, PostFile{Object: f.Object, Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256})
	}
	return out
}

// groupNames reads what groups are called.
func (s *Service) groupNames(ctx context.Context, ids []string) (map[string]*store.GroupRec, error) {
	out := map[string]*store.GroupRec{}
	for _, id := range ids {
		if out[id] != nil {
			continue
		}
		g, err := s.groupRow(ctx, id)
		if err != nil {
			if AsError(err).Kind == NotFound {
				continue
			}
			return nil, err
		}
		out[id] = g
	}
	return out, nil
}

func refsOf(groups map[string]*store.GroupRec, ids []string) []PostGroupRef {
	out := []PostGroupRef{}
	for _, id := range ids {
		out = append(out, refOf(groups, id))
	}
	return out
}

func refOf(groups map[string]*store.GroupRec, id string) PostGroupRef {
	r := PostGroupRef{ID: id}
	if g := groups[id]; g != nil {
		r.Name = g.Name
	}
	return r
}

// postRowView is a publication as lists show it to a reader.
func (s *Service) postRowView(n names, row *store.PostRec, a Actor, rel []Relation, groups map[string]*store.GroupRec) (PostRow, error) {
	p := row.Doc
	v := PostRow{
		ID: p.ID, Number: p.Number, Author: n.person(p.Author), State: p.State, Since: p.Since.UTC(), Class: p.Class, Urgent: p.Urgent, Groups: []PostGroupView{}, CaseID: p.Case,
		Case: row.CaseNumber, Until: timeOf(p.Until), Due: timeOf(p.NotBefore), Created: row.Created.UTC(), Changed: row.Changed.UTC(), Can: []string{},
	}
	if v.Class == "" {
		v.Class = p.Demanded()
	}
	for _, id := range p.Groups {
		g := PostGroupView{ID: id}
		if r := groups[id]; r != nil {
			g.Name, g.Tier = r.Name, r.Doc.Tier
		}
		if x := p.Posting(id); x != nil {
			g.State, g.Code, g.Receipt, g.Recalled = x.State, x.Code, x.Receipt, x.Recalled
		}
		v.Groups = append(v.Groups, g)
	}
	author := slices.Contains(rel, RelRequester)
	switch {
	case p.State.Editable():
		if author {
			v.Can = append(v.Can, "change", "submit")
		}
		if author && p.State != domain.PostReturned {
			v.Can = append(v.Can, string(domain.PostActWithdraw))
		}
		if a.Has(domain.RoleSecurity) && !author {
			v.Can = append(v.Can, "exempt", "lower")
		}
	case p.State == domain.PostInApproval:
		if slices.Contains(rel, RelAsked) && p.Class == domain.ClassBusiness {
			v.Can = append(v.Can, "otherwise")
		}
	default:
		f := domain.PostFacts{At: s.now(), Roles: a.Roles, Admin: slices.Contains(rel, RelNamedAdmin)}
		for _, k := range domain.PostOffers(p, a.ID, f) {
			v.Can = append(v.Can, string(k))
		}
	}
	return v, nil
}

func (s *Service) misfitViews(ctx context.Context, n names, list []domain.Misfit) ([]PostMisfitView, error) {
	out := []PostMisfitView{}
	var ids []string
	for _, m := range list {
		ids = append(ids, m.Group)
	}
	groups, err := s.groupNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		out = append(out, PostMisfitView{Group: refOf(groups, m.Group), Kind: m.Kind, Person: n.maybe(m.Person), N: m.N})
	}
	return out, nil
}

// Posts lists publications, the newest first, without a word of them.
func (s *Service) Posts(ctx context.Context, a Actor, f PostFilter) (Page[PostRow], error) {
	p, err := s.posts(ctx, a, f)
	return p, fail(err)
}

func (s *Service) posts(ctx context.Context, a Actor, f PostFilter) (Page[PostRow], error) {
	if !slices.Contains(PostScopes, f.Scope) {
		return Page[PostRow]{}, invalid(domain.Fault{Field: "scope", Code: "unknown_value", Params: map[string]string{"allowed": strings.Join(PostScopes, ", ")}})
	}
	q := store.PostFilter{Group: f.Group, State: f.State}
	if f.Group != "" {
		id, ok := canonicalID(f.Group)
		if !ok {
			return Page[PostRow]{}, notFound()
		}
		q.Group = id
	}
	office := slices.ContainsFunc(postOffice, a.Has)
	switch {
	case f.Scope == "mine":
		q.Author = a.ID
	case f.Scope == "screened":
		if !a.Has(domain.RoleSecurity) {
			return Page[PostRow]{Items: []PostRow{}}, nil
		}
		q.State = domain.PostScreened
	case office:
	case q.Group != "":
		admin, err := s.cfg.Store.PostPeople(ctx, []string{q.Group}, a.ID)
		if err != nil {
			return Page[PostRow]{}, err
		}
		if !admin {
			q.Party = a.ID
		}
	default:
		q.Party = a.ID
	}
	rows, err := s.cfg.Store.Posts(ctx, q, f.Cursor, pageLimit(f.Limit))
	if err != nil {
		return Page[PostRow]{}, listFault("list publications", err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return Page[PostRow]{}, err
	}
	out := Page[PostRow]{Items: []PostRow{}, Next: rows.Next}
	for i := range rows.Items {
		r := &rows.Items[i]
		rel, err := s.postRelations(ctx, r, a)
		if err != nil {
			return Page[PostRow]{}, err
		}
		if !mayReadPost(a, rel) {
			continue // an admin of the group knows it from its submission on
		}
		groups, err := s.groupNames(ctx, r.Doc.Groups)
		if err != nil {
			return Page[PostRow]{}, err
		}
		v, err := s.postRowView(names{dir}, r, a, rel, groups)
		if err != nil {
			return Page[PostRow]{}, err
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// postTimeline tells a publication's history from its approval on, the oldest first; what was said with it only to who may
// read its words.
func (s *Service) postTimeline(ctx context.Context, n names, row *store.PostRec, words bool) ([]TimelineEntry, error) {
	rows, err := s.cfg.Store.Entries(ctx, workflows.PostID(row.Doc.ID))
	if err != nil {
		return nil, fmt.Errorf("read the timeline of publication %s: %w", row.Doc.ID, err)
	}
	said := map[string]string{}
	if words {
		var objects []string
		for _, r := range rows {
			if r.CommentID != "" {
				objects = append(objects, r.CommentID)
			}
		}
		if said, err = s.texts(ctx, row.Doc.ID, objects); err != nil {
			return nil, err
		}
	}
	out := make([]TimelineEntry, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		e := TimelineEntry{Seq: r.Seq, Workflow: r.WorkflowID, Act: r.ActID, Kind: r.Kind, Actor: n.maybe(domain.EmployeeID(r.ActorID)), Result: domain.Result(r.Result),
			Reason: domain.Reason(r.Reason), DecidedBy: n.maybe(domain.EmployeeID(r.DecidedBy)), Digest: r.Digest, Comment: said[r.CommentID], At: r.At.UTC()}
		var d domain.PostAct
		if json.Unmarshal(r.Act, &d) == nil {
			e.Proof, e.About = s.proofHolds(row.Doc.ID, d.AsAct()), d.Code
		}
		out = append(out, e)
	}
	return out, nil
}

// PostFile is a file of a publication, for those who may read its words; the reading is recorded as theirs.
func (s *Service) PostFile(ctx context.Context, a Actor, id, object, purpose string) (Upload, error) {
	up, err := s.postFile(ctx, a, id, object, purpose)
	return up, fail(err)
}

func (s *Service) postFile(ctx context.Context, a Actor, id, object, purpose string) (Upload, error) {
	row, rel, err := s.readPost(ctx, a, id, "publication_file")
	if err != nil {
		return Upload{}, err
	}
	w, err := s.wordsFor(ctx, a, row, rel, purpose)
	if err != nil {
		return Upload{}, err
	}
	object, ok := canonicalID(object)
	if !ok || !w.original && !w.clean {
		return Upload{}, notFound()
	}
	ref := row.Doc.Original
	if !w.original {
		ref = row.Doc.Clean
	}
	c, err := s.postContent(ctx, row.Doc.ID, ref)
	if err != nil {
		return Upload{}, err
	}
	if c == nil {
		return Upload{}, &Error{Kind: NotFound, Code: "shredded"}
	}
	for _, f := range c.Attachments {
		if f.Object != object {
			continue
		}
		up, shredded, err := s.open(ctx, row.Doc.ID, object)
		if err != nil || shredded {
			return Upload{}, err
		}
		up.Name, up.MediaType = f.Name, f.MediaType
		return up, nil
	}
	return Upload{}, notFound()
}
