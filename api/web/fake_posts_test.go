package web_test

import (
	"context"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The script's publications: one in every state, the posting ones with each state of a posting. Texts are hostile on purpose.
const evil = `<script>alert(1)</script>`

var postStates = []domain.PostState{
	domain.PostDraft, domain.PostScreened, domain.PostInApproval, domain.PostReturned, domain.PostApproved, domain.PostScheduled, domain.PostPosting, domain.PostPosted,
	domain.PostRecalled, domain.PostArchived, domain.PostLapsed, domain.PostHandled, domain.PostStopped, domain.PostRejected, domain.PostWithdrawn, domain.PostExpired,
}

func postID(s domain.PostState) string {
	for i, x := range postStates {
		if x == s {
			return id(700 + i)
		}
	}
	return id(799)
}

const (
	postText  = "请各单位联系 13800138000 领取合同。" + evil
	cleanText = "请各单位联系 [手机号1] 领取合同。" + evil
)

func phoneIn(text, field, what string, left bool) service.PostFinding {
	at := strings.Index(text, what)
	from := len(utf16.Encode([]rune(text[:at])))
	f := service.PostFinding{ID: field + ".mobile", Field: field, Start: from, End: from + len(utf16.Encode([]rune(what))), Kind: "mobile", Label: domain.Label{ZH: "手机号", EN: "mobile number"},
		Why: domain.Label{ZH: "11 位手机号段，前文有“联系”", EN: "a mobile prefix with 11 digits, after “contact”"}, Class: domain.ClassSensitive, Score: 90, Left: left, Needs: left}
	if left {
		f.ID = "~" + f.ID
	}
	return f
}

func (s *script) postRow(st domain.PostState, a service.Actor) service.PostRow {
	r := service.PostRow{ID: postID(st), Number: "P-2026-00017", Author: people[2], State: st, Since: s.now.Add(-2 * time.Hour), Class: domain.ClassSensitive, Created: s.now.Add(-20 * time.Hour), Changed: s.now.Add(-2 * time.Hour),
		Groups: []service.PostGroupView{{ID: id(302), Name: "华东区域售后支持群", Tier: domain.TierConfidential}}, Can: []string{}}
	author, security, admin := a.Number == "E0003", a.Number == "E0002", a.Number == "E0007"
	receipt := &domain.Receipt{Platform: "byhand", ID: "msg-20261123-0001", Key: "k", At: s.now.Add(-time.Hour), Digest: "sha256:d"}
	until, due := s.now.AddDate(0, 0, 7), s.now.Add(30*time.Hour)
	switch {
	case st.Editable() && author:
		r.Can = []string{"change", "submit", "withdraw"}
	case st.Editable() && security:
		r.Can = []string{"exempt", "lower"}
	case st == domain.PostInApproval && a.Number == "E0001":
		r.Class, r.Can = domain.ClassBusiness, []string{"otherwise"}
	case st == domain.PostApproved && author:
		r.Can = []string{"try", "withdraw"}
	case st == domain.PostPosting && admin:
		r.Can = []string{"retry", "confirm"}
	case st == domain.PostPosted:
		r.Can = []string{"recall", "archive"}
	}
	switch st {
	case domain.PostApproved:
		r.Until = &until
	case domain.PostScheduled:
		r.Until, r.Due, r.Urgent = &until, &due, true
	case domain.PostPosting:
		r.Groups[0].State = domain.PostingByHand
		r.Groups = append(r.Groups, service.PostGroupView{ID: id(303), Name: "“星海”项目-核心组", Tier: domain.TierSecret, State: domain.PostingFailed, Code: "unreachable"},
			service.PostGroupView{ID: id(305), Name: evil, Tier: domain.TierOrdinary, State: domain.PostingDone, Receipt: receipt})
	case domain.PostPosted:
		r.Groups[0].State, r.Groups[0].Receipt = domain.PostingDone, receipt
	case domain.PostRecalled:
		r.Groups[0].State, r.Groups[0].Receipt, r.Groups[0].Recalled = domain.PostingRecalled, receipt, receipt
	case domain.PostStopped:
		r.Class = domain.ClassTopic
	default:
	}
	if st != domain.PostDraft && st != domain.PostScreened {
		r.CaseID, r.Case = id(202), "B-2026-00012"
	}
	return r
}

func (s *script) Post(_ context.Context, a service.Actor, pid, purpose string) (service.PostView, error) {
	st := domain.PostState("")
	for _, x := range postStates {
		if postID(x) == pid {
			st = x
		}
	}
	if st == "" {
		return service.PostView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	v := service.PostView{PostRow: s.postRow(st, a), Declared: domain.ClassGeneral, Screened: domain.ClassSensitive, Written: "sha256:w", Relations: []service.Relation{service.RelNone}}
	if a.Number == "E0003" {
		v.Relations = []service.Relation{service.RelRequester}
	}
	if st != domain.PostDraft && st != domain.PostScreened {
		v.Content, v.Digest = digestText, strings.Replace(digestText, "9f", "ab", 1)
	}
	if a.Number == "E0003" || a.Number == "E0001" || purpose != "" {
		file := []service.PostFile{{Object: id(790), Name: "名单" + evil + ".docx", MediaType: "application/octet-stream", Size: 20480, SHA256: "ab", Opaque: true}}
		v.Original = &service.PostWords{Subject: "合同领取" + evil, Text: postText, Demands: "不得转发", Files: file}
		v.Clean = &service.PostWords{Subject: "合同领取" + evil, Text: cleanText, Demands: "不得转发", Files: file}
		f := phoneIn(postText, "text", "13800138000", false)
		if st == domain.PostScreened {
			f.Exempt = "asked"
		}
		v.Findings = []service.PostFinding{f, phoneIn(cleanText, "text", "领取", true)}
	}
	if a.Number == "E0007" && st == domain.PostPosting { // asked to post it by hand
		v.Clean = &service.PostWords{Subject: "合同领取", Text: cleanText}
	}
	if st == domain.PostApproved {
		v.Misfits = []service.PostMisfitView{{Group: service.PostGroupRef{ID: id(302), Name: "华东区域售后支持群"}, Kind: domain.MisfitNDA, Person: &people[7]}, {Group: service.PostGroupRef{ID: id(302), Name: "华东区域售后支持群"}, Kind: domain.MisfitMore, N: 3}}
	}
	if st == domain.PostPosted {
		for i, k := range []string{"plan", "due", "posted"} {
			v.Timeline = append(v.Timeline, service.TimelineEntry{Seq: i + 1, Workflow: "post-x", Kind: "post." + k, Result: domain.Accepted, At: s.now.Add(time.Duration(i-5) * time.Hour)})
		}
		v.Timeline = append(v.Timeline, service.TimelineEntry{Seq: 4, Workflow: "post-x", Kind: "post.recall", Actor: &people[3], Result: domain.Refused, Reason: domain.ReasonNotAuthor, At: s.now.Add(-time.Hour)})
	}
	return v, nil
}

func (s *script) Posts(_ context.Context, a service.Actor, f service.PostFilter) (service.Page[service.PostRow], error) {
	var p service.Page[service.PostRow]
	for _, st := range postStates {
		r := s.postRow(st, a)
		mine := a.Number == "E0003"
		if s.empty || f.Scope == "mine" && !mine || f.Scope == "screened" && st != domain.PostScreened || f.Group != "" && (f.Group != id(302) || r.Groups[0].State == "") {
			continue
		}
		p.Items = append(p.Items, r)
	}
	return p, nil
}

// PreviewPost finds the telephone number where it stands in the text.
func (s *script) PreviewPost(_ context.Context, _ service.Actor, in service.PostInput) (service.PostPreview, error) {
	v := service.PostPreview{Declared: in.Class, Screened: domain.ClassGeneral, Class: in.Class, Clean: service.PostWords{Subject: in.Subject, Text: in.Text, Source: in.Source},
		Checklist: []domain.Label{{ZH: "没有个人信息", EN: "No personal data"}, {ZH: "来源可靠", EN: "The source is sound"}}, Due: ptr(s.now.Add(time.Hour))}
	if in.Text == "bad" {
		return v, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "groups[0]", Code: "unknown_group"}}}
	}
	text := service.TidyPostText(in.Text)
	if !strings.Contains(text, "13800138000") {
		return v, nil
	}
	r := s.route(true)
	v.Screened, v.Class, v.Route = domain.ClassSensitive, domain.ClassSensitive, &r
	v.Clean.Text = strings.ReplaceAll(text, "13800138000", "[手机号1]")
	v.Findings = []service.PostFinding{phoneIn(text, "text", "13800138000", false)}
	v.Misfits = []service.PostMisfitView{{Group: service.PostGroupRef{ID: id(302), Name: "华东区域售后支持群"}, Kind: domain.MisfitScope, Person: &people[7]}}
	if in.Demands == "" {
		v.Faults = []domain.Fault{{Field: "demands", Code: "required"}}
	}
	return v, nil
}

func (s *script) DraftPost(ctx context.Context, a service.Actor, key string, in service.PostInput) (service.PostView, error) {
	s.did = append(s.did, "draft "+key+" "+string(in.Class)+" "+strings.Join(in.Groups, ",")+" "+in.Text)
	return s.Post(ctx, a, postID(domain.PostDraft), "")
}

func (s *script) ChangePost(ctx context.Context, a service.Actor, pid string, in service.PostInput) (service.PostView, error) {
	s.did = append(s.did, "change "+in.Written)
	return s.Post(ctx, a, pid, "")
}

func (s *script) SubmitPost(ctx context.Context, a service.Actor, _ string, in service.PostSubmitInput) (service.PostView, error) {
	s.did = append(s.did, "submit "+in.Written+" "+strings.Join(in.Exempt, ","))
	if s.broken != nil {
		return service.PostView{}, s.broken
	}
	return s.Post(ctx, a, postID(domain.PostInApproval), "")
}

func (s *script) ExemptPost(ctx context.Context, a service.Actor, pid string, in service.PostWordInput) (service.PostView, error) {
	s.did = append(s.did, "exempt "+in.Finding+" "+map[bool]string{true: "yes", false: "no"}[in.Grant]+" "+in.Comment)
	return s.Post(ctx, a, pid, "x")
}

func (s *script) LowerPost(ctx context.Context, a service.Actor, pid string, in service.PostWordInput) (service.PostView, error) {
	s.did = append(s.did, "lower "+string(in.Class)+" "+in.Comment)
	return s.Post(ctx, a, pid, "x")
}

func (s *script) HandleOtherwise(_ context.Context, _ service.Actor, _ string, in service.DecideInput) (service.ActAnswer, error) {
	s.did = append(s.did, "otherwise "+in.Comment)
	return service.ActAnswer{Result: domain.Accepted}, nil
}

func (s *script) ActOnPost(_ context.Context, _ service.Actor, _ string, in service.PostActInput) (service.ActAnswer, error) {
	s.did = append(s.did, "post "+string(in.Kind)+" "+in.Group+" "+in.Comment)
	if in.Comment == "late" {
		return service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonState}, nil
	}
	return service.ActAnswer{Result: domain.Accepted}, nil
}

func (s *script) PostFile(context.Context, service.Actor, string, string, string) (service.Upload, error) {
	return service.Upload{Name: "a.html", MediaType: "text/html", Data: []byte(evil)}, nil
}

func (s *script) PostRelations(_ context.Context, a service.Actor, _ string) ([]service.Relation, error) {
	switch a.Number {
	case "E0003":
		return []service.Relation{service.RelRequester}, nil
	case "E0001":
		return []service.Relation{service.RelApprover, service.RelAsked}, nil
	case "E0007":
		return []service.Relation{service.RelNamedAdmin}, nil
	}
	return []service.Relation{service.RelNone}, nil
}
