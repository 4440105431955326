package api_test

import (
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The views that the fake answers with: every field set, or none that need not be.

func some[T any](f *fake, items ...T) []T {
	if f.bare {
		return nil
	}
	return items
}

func page[T any](f *fake, items ...T) service.Page[T] {
	p := service.Page[T]{Items: some(f, items...)}
	if !f.bare {
		p.Next = "next"
	}
	return p
}

func (f *fake) summary() service.CaseSummary {
	s := service.CaseSummary{ID: caseID, Number: "G-2026-00001", Kind: domain.KindFiling, Title: "t", Tier: domain.TierOrdinary, Status: domain.CaseInApproval, Requester: wang, Submitted: at, Changed: at}
	if !f.bare {
		s.NeedsHand, s.Waiting, s.Due, s.GroupID = "nobody_to_ask", []service.PersonRef{wang}, &at, groupID
	}
	return s
}

func faults() []domain.Fault {
	return []domain.Fault{{Field: "name", Code: "name_taken", Params: map[string]string{"suggestion": "b"}}}
}

func nameCheck() service.NameCheck {
	return service.NameCheck{Name: "a", Faults: faults(), Suggestion: "b"}
}

func route() service.RouteView {
	why := service.WhyView{Why: domain.Why{Code: domain.WhySuperior, Department: dep.ID, Role: domain.RoleSecurity, InsteadOf: wang.ID, Cause: domain.CauseVacant}, DepartmentName: "平台部", InsteadOfRef: &wang}
	return service.RouteView{Policy: "2026-1", Name: "r", Round: 1, Steps: []service.StepView{{
		Key: "leader", Label: domain.Label{ZH: "甲", EN: "a"}, Why: domain.Label{ZH: "乙", EN: "b"}, Kind: domain.OrSign, Need: 1, Status: domain.StepOpen, Dropped: []service.PersonRef{wang},
		Due: &at, Minutes: 960, Provisional: true, Unresolved: true,
		Slots: []service.SlotView{{ID: "r1.s1.p1", Person: wang, Status: domain.SlotClosed, Closed: domain.ReasonSettled, Why: why, Opened: &at, Due: &at, Outcome: domain.Approve, DecidedBy: &wang, DecidedAt: &at, Comment: "c", Mine: true,
			DecidedFor: &wang, Origin: domain.OriginAdded, From: "r1.s1.p2", FromPerson: &wang, Mode: domain.AddBefore, Hops: 1, Class: "legal", Also: []string{"security"}, Carried: "r1.s1.p3",
			Remind: []time.Time{at}, Ladder: []service.RungView{{At: at, Do: domain.RungAdd, Done: true}}, Urged: &at}},
		Number: 1, Minima: []service.MinimumView{{Class: "legal", Need: 1}}, Final: domain.FinalPass,
	}}, Void: true, Digest: "sha256:00", From: 1, Ended: domain.ReasonReturned, EndedBy: &wang, EndedFor: &wang, EndedAt: &at, Comment: "c"}
}

func filingView() *service.FilingView {
	return &service.FilingView{Filing: domain.Filing{Name: "n", Type: domain.TypeProject, Tier: domain.TierOrdinary, Purpose: "p", Departments: []domain.DepartmentID{dep.ID},
		Admins: []domain.EmployeeID{wang.ID}, Permissions: perm, EndsOn: "2027-01-01", Platform: "byhand", Existing: true},
		DepartmentRefs: []service.DepartmentRef{dep}, AdminRefs: []service.PersonRef{wang}, MemberRefs: []service.PersonRef{wang}}
}

func entry() service.TimelineEntry {
	return service.TimelineEntry{Seq: 1, Workflow: "case-" + caseID, Act: someKey, Kind: "decide", Actor: &wang, Outcome: domain.Approve, Result: domain.TooLate, Reason: domain.ReasonSettled,
		DecidedBy: &wang, Slot: "r1.s1.p1", Digest: "sha256:00", Comment: "c", At: at, People: []service.PersonRef{wang}, Proof: true,
		For: &wang, To: []service.PersonRef{wang}, Mode: domain.AddAfter, Step: 1, Via: "mail_link",
		Files: []service.AttachmentView{{Object: otherID, Name: "a.pdf", MediaType: "application/pdf", Size: 3}}, Case: &service.CaseSummary{ID: otherID, Number: "R-2026-00001", Kind: domain.KindRevocation, Tier: domain.TierOrdinary, Status: domain.CaseApproved, Requester: wang, Submitted: at, Changed: at, Subject: caseID}}
}

func groupRow() service.GroupRow {
	return service.GroupRow{ID: groupID, Number: "G-2026-00001", CaseID: caseID, Name: "n", Type: domain.TypeProject, Tier: domain.TierOrdinary, State: domain.GroupActive, ByHand: true,
		Platform: "byhand", Departments: []service.DepartmentRef{dep}, Owner: &wang, Members: 3, EndsOn: "2027-01-01", Created: at, Since: at}
}
