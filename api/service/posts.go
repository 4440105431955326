package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The bounds of a publication.
const (
	MaxPostSubject = 200   // characters
	MaxPostText    = 50000 // characters
	maxPostLine    = 500
	maxPostGroups  = 20
	maxPostScope   = 500
	MaxPostFiles   = 10
)

// routePost is the route's name under which drafts' idempotency keys are kept.
const routePost = "POST /publications"

// drafted is what is kept of a draft's answer under its idempotency key.
type drafted struct {
	Post string `json:"post_id"`
}

// TidyPostText gives what was written into a field the form in which it is screened and in which findings count their places.
func TidyPostText(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), fieldMark, " "))
}

// tidyPost gives a draft the one form whose digest counts. The mark between fields is nobody's to write.
func tidyPost(in PostInput) PostInput {
	for _, f := range []*string{&in.Subject, &in.Text, &in.Source, &in.Application, &in.Demands, &in.Reason} {
		*f = TidyPostText(*f)
	}
	in.Groups = slices.Compact(slices.Clone(in.Groups))
	return in
}

// checkPost lists what is wrong with the form of a draft; what is missing for posting is told at submission.
func checkPost(in PostInput, dir *domain.Directory) []domain.Fault {
	var out []domain.Fault
	bad := func(field, code string, kv ...string) {
		f := domain.Fault{Field: field, Code: code}
		for i := 0; i+1 < len(kv); i += 2 {
			if f.Params == nil {
				f.Params = map[string]string{}
			}
			f.Params[kv[i]] = kv[i+1]
		}
		out = append(out, f)
	}
	for _, x := range []struct {
		field, text string
		most        int
	}{{"subject", in.Subject, MaxPostSubject}, {"text", in.Text, MaxPostText}, {"source", in.Source, maxPostLine}, {"application", in.Application, maxPostLine},
		{"demands", in.Demands, maxPostLine}, {"reason", in.Reason, maxPostLine}} {
		switch {
		case !utf8.ValidString(x.text) || strings.ContainsRune(x.text, 0):
			bad(x.field, "not_text")
		case utf8.RuneCountInString(x.text) > x.most:
			bad(x.field, "too_long", "max", strconv.Itoa(x.most))
		}
	}
	if !in.Class.Known() {
		bad("class", "unknown_value", "allowed", "general, important_business, important_strategic, sensitive, topic_at_risk")
	}
	if len(in.Groups) > maxPostGroups {
		bad("groups", "too_many", "max", strconv.Itoa(maxPostGroups))
	}
	if len(in.Scope.People)+len(in.Scope.Departments)+len(in.Scope.Groups) > maxPostScope {
		bad("scope", "too_many", "max", strconv.Itoa(maxPostScope))
	}
	if len(in.Parties.People)+len(in.Parties.Departments) > maxPostGroups {
		bad("parties", "too_many", "max", strconv.Itoa(maxPostGroups))
	}
	if len(in.Files) > MaxPostFiles {
		bad("files", "too_many", "max", strconv.Itoa(MaxPostFiles))
	}
	for i, g := range in.Groups {
		if id, ok := canonicalID(g); !ok || id != g {
			bad("groups["+strconv.Itoa(i)+"]", "unknown_group")
		}
	}
	for i, g := range in.Scope.Groups {
		if id, ok := canonicalID(g); !ok || id != g {
			bad("scope.groups["+strconv.Itoa(i)+"]", "unknown_group")
		}
	}
	for _, x := range []struct {
		field string
		list  []domain.EmployeeID
	}{{"scope.people", in.Scope.People}, {"parties.people", in.Parties.People}} {
		for i, p := range x.list {
			if !dir.Active(p) {
				bad(x.field+"["+strconv.Itoa(i)+"]", "unknown_person")
			}
		}
	}
	for _, x := range []struct {
		field string
		list  []domain.DepartmentID
	}{{"scope.departments", in.Scope.Departments}, {"parties.departments", in.Parties.Departments}} {
		for i, d := range x.list {
			if !dir.Departments[d].Active {
				bad(x.field+"["+strconv.Itoa(i)+"]", "unknown_department")
			}
		}
	}
	return out
}

// targetsKnown refuses target groups, and groups of the scope, that the author may not know of: they are not there.
func (s *Service) targetsKnown(ctx context.Context, a Actor, in PostInput) ([]domain.Fault, error) {
	var out []domain.Fault
	for _, x := range []struct {
		field string
		list  []string
	}{{"groups", in.Groups}, {"scope.groups", in.Scope.Groups}} {
		for i, id := range x.list {
			row, rel, err := s.groupSeen(ctx, a, id)
			if err != nil {
				return nil, err
			}
			if row == nil || !mayReadGroup(a, rel) {
				out = append(out, domain.Fault{Field: x.field + "[" + strconv.Itoa(i) + "]", Code: "unknown_group"})
			}
		}
	}
	return out, nil
}

// written is a draft's content with the files that are new, sealed.
type written struct {
	content domain.PostContent
	objects []store.Object
	ref     domain.Ref
}

// write seals what a draft says under its publication's key.
func (s *Service) writePost(a Actor, wrapped []byte, post string, in PostInput, kept map[string]domain.PostAttachment, now time.Time) (*written, error) {
	w := &written{content: domain.PostContent{Subject: in.Subject, Text: in.Text, Source: in.Source, Application: in.Application, Demands: in.Demands, Reason: in.Reason}}
	for i, f := range in.Files {
		if f.Object != "" {
			old, ok := kept[f.Object]
			if !ok {
				return nil, invalid(domain.Fault{Field: "files[" + strconv.Itoa(i) + "]", Code: "unknown_file"})
			}
			w.content.Attachments = append(w.content.Attachments, old)
			continue
		}
		ups, err := checkAttachments([]Upload{{Name: f.Name, Data: f.Data}})
		if err != nil {
			return nil, err
		}
		o, ref, err := s.seal(wrapped, post, newID(), kindAttachment, Upload{MediaType: ups[0].MediaType, Data: ups[0].Data}, a.ID, now)
		if err != nil {
			return nil, err
		}
		w.objects = append(w.objects, o)
		w.content.Attachments = append(w.content.Attachments, domain.PostAttachment{Object: o.ID, Name: ups[0].Name, MediaType: ups[0].MediaType, Size: ref.Size, SHA256: ref.SHA256})
	}
	o, ref, err := s.sealContent(wrapped, post, w.content, a.ID, now)
	if err != nil {
		return nil, err
	}
	w.objects, w.ref = append(w.objects, o), ref
	return w, nil
}

// postKind is the kind of the objects that publications say.
const postKind = "post"

func (s *Service) sealContent(wrapped []byte, post string, c domain.PostContent, by domain.EmployeeID, now time.Time) (store.Object, domain.Ref, error) {
	doc, err := json.Marshal(c)
	if err != nil {
		return store.Object{}, domain.Ref{}, fmt.Errorf("write what publication %s says: %w", post, err)
	}
	return s.seal(wrapped, post, newID(), postKind, Upload{MediaType: "application/json", Data: doc}, by, now)
}

// postContent opens a version of what a publication says; nil when it was shredded.
func (s *Service) postContent(ctx context.Context, post string, ref domain.Ref) (*domain.PostContent, error) {
	if ref.Object == "" {
		return nil, nil
	}
	up, shredded, err := s.open(ctx, post, ref.Object)
	if err != nil || shredded {
		return nil, err
	}
	var c domain.PostContent
	if err := json.Unmarshal(up.Data, &c); err != nil {
		return nil, fmt.Errorf("read what publication %s says: %w", post, err)
	}
	return &c, nil
}

// DraftPost stores a draft (R3). Nothing is screened, decided or told yet.
func (s *Service) DraftPost(ctx context.Context, a Actor, key string, in PostInput) (PostView, error) {
	v, err := s.draftPost(ctx, a, key, in)
	return v, fail(err)
}

func (s *Service) draftPost(ctx context.Context, a Actor, key string, in PostInput) (PostView, error) {
	if err := checkKey(key); err != nil {
		return PostView{}, err
	}
	in = tidyPost(in)
	request, err := requestHash(routePost, in)
	if err != nil {
		return PostView{}, err
	}
	before, err := s.cfg.Store.Replayed(ctx, store.IdempotencyRef{Employee: a.ID, Key: key, Route: routePost, Request: request})
	switch {
	case err != nil:
		return PostView{}, fmt.Errorf("look up an idempotency key: %w", err)
	case before.Known && !before.Same:
		return PostView{}, errKeyReused()
	case before.Known && before.Done:
		var d drafted
		if err := json.Unmarshal(before.Answer, &d); err != nil {
			return PostView{}, fmt.Errorf("read the answer under an idempotency key: %w", err)
		}
		return s.post(ctx, a, d.Post, "")
	}
	if err := s.draftable(ctx, a, in); err != nil {
		return PostView{}, err
	}
	now, id := s.now(), newID()
	wrapped, err := s.cfg.Keyring.NewCaseKey(id)
	if err != nil {
		return PostView{}, fmt.Errorf("make the key of publication %s: %w", id, err)
	}
	w, err := s.writePost(a, wrapped, id, in, nil, now)
	if err != nil {
		return PostView{}, err
	}
	p := domain.Post{ID: id, Author: a.ID, State: domain.PostDraft, Since: now}
	p = drafting(p, in, w)
	_, err = s.cfg.Store.CreatePost(ctx, store.NewPost{
		State: p, Wrapped: wrapped, Objects: w.objects, Idempotency: &store.IdempotencyRef{Employee: a.ID, Key: key, Route: routePost, Request: request},
		Answer: func(p domain.Post) (int, any) { return 201, drafted{Post: p.ID} },
	})
	if errors.Is(err, store.ErrKeyInUse) {
		return PostView{}, &Error{Kind: Conflict, Code: "request_under_way", RetryAfter: 1}
	}
	if err != nil {
		return PostView{}, fmt.Errorf("store a draft: %w", err)
	}
	return s.post(ctx, a, id, "")
}

// drafting puts what was written into a publication: what was screened or decided on an earlier version is void.
func drafting(p domain.Post, in PostInput, w *written) domain.Post {
	p.Declared, p.Scope, p.Parties, p.Groups, p.Urgent = in.Class, in.Scope, in.Parties, in.Groups, in.Urgent
	p.Original, p.Written = w.ref, w.content.Digest()
	p.Screened, p.Checked = "", time.Time{}
	if p.State == domain.PostScreened {
		p.State, p.Since = domain.PostDraft, time.Time{}
	}
	return p
}

// draftable checks a draft's form.
func (s *Service) draftable(ctx context.Context, a Actor, in PostInput) error {
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	faults := checkPost(in, dir)
	if len(faults) == 0 {
		if faults, err = s.targetsKnown(ctx, a, in); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return invalid(faults...)
	}
	return nil
}

// errStalePost: somebody works on another version than the one that stands.
func errStalePost() *Error { return &Error{Kind: Conflict, Code: string(domain.ReasonStale)} }

// ChangePost changes a draft, whole. What was approved, or is being decided on, stays as it is: to change it is to write
// another (semantics 1: material change).
func (s *Service) ChangePost(ctx context.Context, a Actor, id string, in PostInput) (PostView, error) {
	v, err := s.changePost(ctx, a, id, in)
	return v, fail(err)
}

func (s *Service) changePost(ctx context.Context, a Actor, id string, in PostInput) (PostView, error) {
	row, _, err := s.postAtDoor(ctx, a, id, "post.change", nil, []Relation{RelRequester}, domain.ReasonNotAuthor)
	if err != nil {
		return PostView{}, err
	}
	p := row.Doc
	in = tidyPost(in)
	if !p.State.Editable() {
		return PostView{}, &Error{Kind: Conflict, Code: "publication_is_fixed", Params: map[string]string{"state": string(p.State)}}
	}
	old, err := s.postContent(ctx, p.ID, p.Original)
	if err != nil {
		return PostView{}, err
	}
	if old == nil {
		return PostView{}, &Error{Kind: Conflict, Code: "shredded"}
	}
	if in.Written != "" && in.Written != p.Written {
		return PostView{}, errStalePost()
	}
	if err := s.draftable(ctx, a, in); err != nil {
		return PostView{}, err
	}
	kept := map[string]domain.PostAttachment{}
	for _, f := range old.Attachments {
		kept[f.Object] = f
	}
	wrapped, err := s.cfg.Store.CaseKey(ctx, p.ID)
	if err != nil {
		return PostView{}, fmt.Errorf("read the key of publication %s: %w", p.ID, err)
	}
	now := s.now()
	w, err := s.writePost(a, wrapped, p.ID, in, kept, now)
	if err != nil {
		return PostView{}, err
	}
	if p = drafting(p, in, w); p.Since.IsZero() {
		p.Since = now
	}
	if err := s.updatePost(ctx, p, row.Version, w.objects, nil); err != nil {
		return PostView{}, err
	}
	return s.post(ctx, a, p.ID, "")
}

func (s *Service) updatePost(ctx context.Context, p domain.Post, version int, objects []store.Object, e *store.Event) error {
	err := s.cfg.Store.UpdatePost(ctx, p, version, objects, e)
	if errors.Is(err, store.ErrBehind) {
		return errStalePost()
	}
	if err != nil {
		return fmt.Errorf("change publication %s: %w", p.ID, err)
	}
	return nil
}
