package service

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// mostVersions bounds the number of a version that is looked for.
const mostVersions = 100_000

// mayReadCourses lets security, HR and auditors see versions of courses with what is right; mayWriteCourses security alone.
func mayReadCourses(a Actor) error {
	if a.Has(domain.RoleSecurity) || a.Has(domain.RoleHR) || a.Has(domain.RoleAuditor) {
		return nil
	}
	return forbidden("role_required")
}

func mayWriteCourses(a Actor) error {
	if a.Has(domain.RoleSecurity) {
		return nil
	}
	return forbidden("role_required")
}

// CourseVersions lists the versions of every course, the newest first.
func (s *Service) CourseVersions(ctx context.Context, a Actor) ([]CourseVersion, error) {
	if err := mayReadCourses(a); err != nil {
		return nil, err
	}
	rows, err := s.cfg.Store.CourseVersions(ctx)
	if err != nil {
		return nil, fail(err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return nil, fail(err)
	}
	out := make([]CourseVersion, 0, len(rows))
	for _, r := range rows {
		out = append(out, names{dir}.courseVersion(r))
	}
	return out, nil
}

func (n names) courseVersion(r store.CourseRow) CourseVersion {
	who := func(id *string) *PersonRef {
		if id == nil {
			return nil
		}
		return n.maybe(domain.EmployeeID(*id))
	}
	return CourseVersion{Course: r.Course, Version: r.Version, Title: store.LabelOf(r.Title), State: domain.CourseState(r.State), SHA256: r.SHA256, Author: who(r.AuthorID), Reviewer: who(r.ReviewerID),
		Note: r.Note, Created: r.CreatedAt.UTC(), Changed: r.ChangedAt.UTC(), Published: utc(r.PublishedAt)}
}

// CourseVersion is a version in full, with its quiz as it is graded.
func (s *Service) CourseVersion(ctx context.Context, a Actor, course string, version int) (CourseVersionView, error) {
	if err := mayReadCourses(a); err != nil {
		return CourseVersionView{}, err
	}
	if version < 1 || version > mostVersions {
		return CourseVersionView{}, &Error{Kind: NotFound, Code: "not_found"}
	}
	v, err := s.courseVersion(ctx, a, course, version)
	return v, fail(err)
}

func (s *Service) courseVersion(ctx context.Context, a Actor, course string, version int) (CourseVersionView, error) {
	row, err := s.cfg.Store.CourseVersion(ctx, course, version)
	if err != nil {
		return CourseVersionView{}, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return CourseVersionView{}, err
	}
	c, err := s.courseBook.parse(row)
	if err != nil {
		return CourseVersionView{}, err
	}
	v := CourseVersionView{CourseVersion: names{dir}.courseVersion(row), Body: row.Body, Summary: c.Summary, Rules: c.Rules, Material: c.Material, Can: []CourseAct{}}
	none := domain.Graded{Right: map[string]bool{}}
	v.Questions = questionViews(c.Questions, nil, &none)
	for i := range v.Questions { // nothing was chosen here: what is right stands at the options
		v.Questions[i].Right = nil
		for j := range v.Questions[i].Options {
			v.Questions[i].Options[j].Chosen = nil
		}
	}
	if !a.Has(domain.RoleSecurity) {
		return v, nil
	}
	mine := v.Author != nil && v.Author.ID == a.ID
	switch v.State {
	case domain.CourseDraft:
		v.Can = append(v.Can, CourseSubmit, CourseWithdraw)
	case domain.CourseReview:
		if mine {
			v.Blocked = "written_by_you"
		} else {
			v.Can = append(v.Can, CoursePublish)
		}
		v.Can = append(v.Can, CourseReturn, CourseWithdraw)
	case domain.CoursePublished:
		v.Can = append(v.Can, CourseWithdraw)
	case domain.CourseSuperseded, domain.CourseWithdrawn:
	}
	return v, nil
}

// DraftCourse stores a course's file as a draft (R4.2.2). The same text as the newest version's is stored once, whoever
// sends it; a draft under way is written over.
func (s *Service) DraftCourse(ctx context.Context, a Actor, key string, file Upload) (CourseVersion, bool, error) {
	if err := mayWriteCourses(a); err != nil {
		return CourseVersion{}, false, err
	}
	if err := checkKey(key); err != nil {
		return CourseVersion{}, false, err
	}
	c, err := policy.ParseCourse(file.Data)
	var faulty *policy.FileError
	switch {
	case errors.As(err, &faulty):
		return CourseVersion{}, false, &Error{Kind: Invalid, Code: "rules_faulty", Params: map[string]string{"n": strconv.Itoa(len(faulty.Defects))}, Defects: faulty.Defects}
	case err != nil:
		return CourseVersion{}, false, fail(err)
	}
	sum := fileDigest(file)
	version := 0
	status, err := s.once(ctx, a, key, "POST /courses", sum, func() (int, error) {
		var fresh bool
		var err error
		version, fresh, err = s.cfg.Store.PutCourse(ctx, store.CourseDraft{Course: c.Key, Body: string(file.Data), SHA256: sum, Title: c.Title, Author: a.ID,
			Event: &store.Event{At: s.now(), Actor: string(a.ID), Kind: "course_drafted", Rule: "security_officer", Result: "allowed", Detail: map[string]any{"course": c.Key, "sha256": sum}}})
		if fresh {
			return 201, err
		}
		return 200, err
	})
	if err != nil {
		return CourseVersion{}, false, courseFault(err)
	}
	if version == 0 { // sent again: the version that holds this text, the newest
		if version, err = s.versionOfText(ctx, c.Key, sum); err != nil {
			return CourseVersion{}, false, fail(err)
		}
	}
	v, err := s.courseVersion(ctx, a, c.Key, version)
	return v.CourseVersion, status == 201, fail(err)
}

func (s *Service) versionOfText(ctx context.Context, course, sum string) (int, error) {
	rows, err := s.cfg.Store.CourseVersions(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Course == course && r.SHA256 == sum {
			return r.Version, nil
		}
	}
	return 0, &Error{Kind: Conflict, Code: "draft_written_over"}
}

// courseMoves are where the acts on a version lead.
var courseMoves = map[CourseAct]domain.CourseState{
	CourseSubmit: domain.CourseReview, CourseReturn: domain.CourseDraft, CoursePublish: domain.CoursePublished, CourseWithdraw: domain.CourseWithdrawn,
}

// MoveCourse takes a version further. What takes two people is refused to one, and the try is recorded.
func (s *Service) MoveCourse(ctx context.Context, a Actor, key, course string, version int, act CourseAct, note string) (CourseVersion, error) {
	if err := mayWriteCourses(a); err != nil {
		return CourseVersion{}, err
	}
	to, ok := courseMoves[act]
	if !ok || version < 1 || version > mostVersions {
		return CourseVersion{}, &Error{Kind: NotFound, Code: "not_found"}
	}
	note = strings.TrimSpace(note)
	if faults := domain.CheckText("note", note, maxNote, act == CourseReturn); len(faults) > 0 {
		return CourseVersion{}, invalid(faults...)
	}
	route := "POST /courses/" + course + "/versions/" + strconv.Itoa(version) + "/" + string(act)
	_, err := s.once(ctx, a, key, route, note, func() (int, error) {
		return 200, s.cfg.Store.MoveCourse(ctx, store.CourseMove{Course: course, Version: version, To: to, By: a.ID, Note: note,
			Event: &store.Event{At: s.now(), Actor: string(a.ID), Kind: "course_" + string(to), Rule: "security_officer", Result: "allowed", Detail: map[string]any{"course": course, "version": version}}})
	})
	if errors.Is(err, store.ErrOnePerson) {
		if err := s.record(ctx, a, "course_refused", "", "two_people", "refused", map[string]any{"course": course, "version": version}); err != nil {
			return CourseVersion{}, fail(err)
		}
	}
	if err != nil {
		return CourseVersion{}, courseFault(err)
	}
	v, err := s.courseVersion(ctx, a, course, version)
	return v.CourseVersion, fail(err)
}

// courseFault says what the store's refusal means to the person who acts.
func courseFault(err error) error {
	var state *store.RulesStateError
	switch {
	case errors.As(err, &state):
		return &Error{Kind: Conflict, Code: "course_state", Params: map[string]string{"state": string(state.State)}}
	case errors.Is(err, store.ErrOnePerson):
		return &Error{Kind: Forbidden, Code: "course_two_people"}
	}
	return fail(err)
}

// SeedCourse stores a course that is shipped with the service, published, where it has no version yet.
func SeedCourse(ctx context.Context, st *store.Store, file []byte) error {
	c, err := policy.ParseCourse(file)
	if err != nil {
		return fmt.Errorf("a shipped course: %w", err)
	}
	if _, _, err := st.PutCourse(ctx, store.CourseDraft{Course: c.Key, Body: string(file), SHA256: fileDigest(Upload{Data: file}), Title: c.Title}); err != nil {
		return fmt.Errorf("store the course %s: %w", c.Key, err)
	}
	return nil
}
