package service

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The acts of people on a case: each checks the form of what came in, and leaves every rule to the workflow.

// Decide approves or rejects in the actor's slot, or in the slot of somebody who delegated to them.
func (s *Service) Decide(ctx context.Context, a Actor, caseID string, in DecideInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if in.Outcome != domain.Approve && in.Outcome != domain.Reject {
		faults = append(faults, domain.Fault{Field: "outcome", Code: "unknown_value", Params: map[string]string{"allowed": "approve, reject"}})
	}
	faults = append(faults, checkMaterial(in.Digest, in.Version)...)
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, false)...)
	whose, more, err := s.inWhoseName(ctx, a, in.For)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{
		act:     domain.Act{ID: id, Kind: domain.ActDecide, Outcome: in.Outcome, Digest: in.Digest, Version: in.Version, For: whose, Via: in.via, Slot: in.slot},
		comment: in.Comment, prepare: s.standIn,
	})
}

// checkMaterial checks how an act names what the person saw.
func checkMaterial(digest string, version int) []domain.Fault {
	var faults []domain.Fault
	if digest == "" {
		faults = append(faults, domain.Fault{Field: "material_digest", Code: "required"})
	} else if len(digest) > 100 {
		faults = append(faults, domain.Fault{Field: "material_digest", Code: "too_long", Params: map[string]string{"max": "100"}})
	}
	if version < 0 {
		faults = append(faults, domain.Fault{Field: "version", Code: "too_small", Params: map[string]string{"min": "0"}})
	}
	return faults
}

// Withdraw ends the case at its requester's wish, before the final decision.
func (s *Service) Withdraw(ctx context.Context, a Actor, caseID, actID, comment string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	faults = append(faults, domain.CheckText("comment", comment, domain.MaxCommentRunes, false)...)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{act: domain.Act{ID: id, Kind: domain.ActWithdraw}, comment: comment})
}

// Comment leaves a remark, with files, for those who may read the case. Text and files go by claim check.
func (s *Service) Comment(ctx context.Context, a Actor, caseID string, in CommentInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	faults = append(faults, domain.CheckText("text", in.Text, domain.MaxCommentRunes, true)...)
	if len(in.Files) > MaxAttachments {
		faults = append(faults, domain.Fault{Field: "files", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(MaxAttachments)}})
	}
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	files, err := checkAttachments(in.Files)
	if err != nil {
		return ActAnswer{}, err
	}
	return s.actOnCase(ctx, a, caseID, passage{act: domain.Act{ID: id, Kind: domain.ActComment}, comment: in.Text, files: files})
}

// maxStep bounds the number of a step as it comes in; which steps there are, the workflow knows.
const maxStep = 100

// Return sends the request back, to the start or to a step already passed (semantics 1: 退回).
func (s *Service) Return(ctx context.Context, a Actor, caseID string, in ReturnInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if in.Step < 0 || in.Step > maxStep {
		faults = append(faults, domain.Fault{Field: "step", Code: "out_of_range", Params: map[string]string{"min": "0", "max": strconv.Itoa(maxStep)}})
	}
	faults = append(faults, checkMaterial(in.Digest, in.Version)...)
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)...)
	whose, more, err := s.inWhoseName(ctx, a, in.For)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{
		act:     domain.Act{ID: id, Kind: domain.ActReturn, Step: in.Step, Digest: in.Digest, Version: in.Version, For: whose},
		comment: in.Comment, prepare: s.standIn,
	})
}

// Transfer hands the actor's open place on for good (semantics 1: 转交).
func (s *Service) Transfer(ctx context.Context, a Actor, caseID string, in TransferInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)...)
	to, more, err := s.named(ctx, "to", in.To)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{act: domain.Act{ID: id, Kind: domain.ActTransfer, To: []domain.EmployeeID{to}}, comment: in.Comment})
}

// MaxNamed bounds how many people one act names.
const MaxNamed = 20

// AddSigners adds approvers beside, before or after the actor (semantics 1: 加签).
func (s *Service) AddSigners(ctx context.Context, a Actor, caseID string, in AddInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	d := domain.Act{ID: id, Kind: domain.ActAdd, Mode: in.Mode}
	switch in.Mode {
	case domain.AddAfter: // the actor's approval counts at once, so it names what it approves
		faults = append(faults, checkMaterial(in.Digest, in.Version)...)
		d.Outcome, d.Digest, d.Version = domain.Approve, in.Digest, in.Version
	case domain.AddBefore, domain.AddParallel:
	default:
		faults = append(faults, domain.Fault{Field: "mode", Code: "unknown_value", Params: map[string]string{"allowed": "before, after, parallel"}})
	}
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, false)...)
	to, more, err := s.allNamed(ctx, in.People, MaxNamed)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	d.To = to
	return s.actOnCase(ctx, a, caseID, passage{act: d, comment: in.Comment})
}

// Urge reminds those who can act now, at the requester's wish (semantics 1: 催办).
func (s *Service) Urge(ctx context.Context, a Actor, caseID, actID string) (ActAnswer, error) {
	id, faults := checkActID(actID)
	if len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{act: domain.Act{ID: id, Kind: domain.ActUrge}})
}

// Copy lets people read along (semantics 1: 抄送).
func (s *Service) Copy(ctx context.Context, a Actor, caseID string, in CopyInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	to, more, err := s.allNamed(ctx, in.People, MaxNamed)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{act: domain.Act{ID: id, Kind: domain.ActCopy, To: to}})
}

// placeName is how a place on the route is called: r1.s2.p3.
var placeName = regexp.MustCompile(`^r[0-9]{1,4}\.s[0-9]{1,3}\.p[0-9]{1,4}$`)

// Assign names who decides, where nobody was found or instead of somebody: for process administrators.
func (s *Service) Assign(ctx context.Context, a Actor, caseID string, in AssignInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if in.Slot != "" && !placeName.MatchString(in.Slot) {
		faults = append(faults, domain.Fault{Field: "slot", Code: "no_such_place"})
	}
	faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)...)
	to, more, err := s.named(ctx, "to", in.To)
	if err != nil {
		return ActAnswer{}, err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	return s.actOnCase(ctx, a, caseID, passage{
		act:     domain.Act{ID: id, Kind: domain.ActAssign, Slot: in.Slot, To: []domain.EmployeeID{to}},
		comment: in.Comment, office: domain.RoleProcessAdmin,
	})
}

// named finds somebody by id or staff number. Whether the person can take the place is the workflow's to say.
func (s *Service) named(ctx context.Context, field, who string) (domain.EmployeeID, []domain.Fault, error) {
	who = strings.TrimSpace(who)
	if who == "" {
		return "", []domain.Fault{{Field: field, Code: "required"}}, nil
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return "", nil, fail(err)
	}
	if id, ok := whoIs(dir, who); ok {
		return id, nil, nil
	}
	return "", []domain.Fault{{Field: field, Code: "unknown_employee"}}, nil
}

// whoIs finds a person by id or staff number, those who left too.
func whoIs(dir *domain.Directory, who string) (domain.EmployeeID, bool) {
	if e, ok := dir.Employees[domain.EmployeeID(who)]; ok {
		return e.ID, true
	}
	e, ok := byNumber(dir, who)
	return e.ID, ok
}

// allNamed finds several people, each once.
func (s *Service) allNamed(ctx context.Context, people []string, most int) ([]domain.EmployeeID, []domain.Fault, error) {
	return s.allPlaced(ctx, people, most, false)
}

// allPlaced is allNamed for acts on places in groups, which people from outside can have too.
func (s *Service) allPlaced(ctx context.Context, people []string, most int, outside bool) ([]domain.EmployeeID, []domain.Fault, error) {
	switch n := len(people); {
	case n == 0:
		return nil, []domain.Fault{{Field: "people", Code: "required"}}, nil
	case n > most:
		return nil, []domain.Fault{{Field: "people", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(most)}}}, nil
	}
	var out []domain.EmployeeID
	var faults []domain.Fault
	seen := map[domain.EmployeeID]bool{}
	for i, who := range people {
		field := "people[" + strconv.Itoa(i) + "]"
		id, bad, err := s.named(ctx, field, who)
		if len(bad) > 0 && err == nil && outside {
			dir, derr := s.directory(ctx)
			if derr != nil {
				return nil, nil, derr
			}
			if p, ok := outsideNamed(dir, who); ok {
				id, bad = p, nil
			}
		}
		switch {
		case err != nil:
			return nil, nil, err
		case len(bad) > 0:
			faults = append(faults, bad...)
		case seen[id]:
			faults = append(faults, domain.Fault{Field: field, Code: "listed_twice", Params: map[string]string{"number": who}})
		default:
			seen[id] = true
			out = append(out, id)
		}
	}
	return out, faults, nil
}

// inWhoseName reads for whom somebody says to act; naming oneself is naming nobody.
func (s *Service) inWhoseName(ctx context.Context, a Actor, who string) (domain.EmployeeID, []domain.Fault, error) {
	if strings.TrimSpace(who) == "" {
		return "", nil, nil
	}
	id, faults, err := s.named(ctx, "for", who)
	if id == a.ID {
		id = ""
	}
	return id, faults, err
}

// standIn fills in in whose name somebody acts who holds no open place, when only one person comes into question. With
// several the actor must say whom.
func (s *Service) standIn(ctx context.Context, row *store.CaseRec, d *domain.Act) error {
	if d.For != "" {
		return nil
	}
	whom, err := s.standInsOf(ctx, &row.State, d.Actor)
	if err != nil || len(whom) == 0 {
		return err
	}
	if len(whom) == 1 {
		d.For = whom[0]
		return nil
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return err
	}
	var numbers []string
	for _, p := range whom {
		numbers = append(numbers, dir.Employees[p].Number)
	}
	return invalid(domain.Fault{Field: "for", Code: "choose_whom", Params: map[string]string{"allowed": strings.Join(numbers, ", ")}})
}
