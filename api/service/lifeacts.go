package service

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// carried says whether an act carries something.
type carried int

const (
	none carried = iota
	may
	must
)

// lifeRule is what the door knows about an act of a group's life: who has any part in it, and what it carries. Whether it
// is allowed now, the workflow says (semantics 2).
type lifeRule struct {
	roles   []domain.Role
	rels    []Relation
	deny    domain.Reason // what somebody hears who has no part in it
	comment carried
	people  carried
	most    int  // people at once; 0: MaxNamed
	outside bool // … who may come from outside the company
	anybody bool // who has the group's address may try: the workflow says whether they can
}

var (
	bySecurity = []domain.Role{domain.RoleSecurity}
	byLegal    = []domain.Role{domain.RoleLegal}
	byAdmin    = []Relation{RelNamedAdmin}
)

// lifeRules are the acts of people on a group's life.
var lifeRules = map[domain.GroupActKind]lifeRule{
	domain.GroupRenew:     {rels: byAdmin, deny: domain.ReasonNotAdmin},
	domain.GroupFreeze:    {roles: bySecurity, deny: domain.ReasonNotSecurity, comment: must, people: may},
	domain.GroupUnfreeze:  {roles: []domain.Role{domain.RoleSecurity, domain.RoleLegal, domain.RoleProcessAdmin}, rels: []Relation{RelLeader}, deny: domain.ReasonNotSecond, comment: may},
	domain.GroupArchive:   {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin, comment: may},
	domain.GroupRestore:   {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin, comment: may},
	domain.GroupDissolve:  {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin, comment: may},
	domain.GroupHold:      {roles: byLegal, deny: domain.ReasonNotLegal, comment: must, people: may},
	domain.GroupRelease:   {roles: byLegal, deny: domain.ReasonNotLegal, comment: may},
	domain.GroupAdmit:     {rels: byAdmin, deny: domain.ReasonNotAdmin, people: must, most: MaxJoining},
	domain.GroupInvite:    {rels: byAdmin, deny: domain.ReasonNotAdmin, people: must, most: MaxJoining},
	domain.GroupReview:    {rels: byAdmin, deny: domain.ReasonNotAdmin, people: must, comment: may, most: MaxJoining, outside: true},
	domain.GroupOutsider:  {rels: []Relation{RelMember, RelNamedAdmin}, deny: domain.ReasonNotMember, people: must, comment: must, most: 1, outside: true},
	domain.GroupSponsor:   {rels: byAdmin, deny: domain.ReasonNotAdmin, people: must, outside: true},
	domain.GroupJoin:      {anybody: true, comment: may},
	domain.GroupAccept:    {rels: []Relation{RelAwaited}, deny: domain.ReasonNotInvited},
	domain.GroupDecline:   {rels: []Relation{RelAwaited}, deny: domain.ReasonNotInvited},
	domain.GroupRemove:    {roles: bySecurity, rels: []Relation{RelNamedAdmin, RelSponsor}, deny: domain.ReasonNotAdmin, comment: must, people: must, outside: true},
	domain.GroupKeep:      {rels: []Relation{RelMember, RelNamedAdmin}, deny: domain.ReasonNoNotice},
	domain.GroupExempt:    {rels: byAdmin, deny: domain.ReasonNotAdmin, people: must, comment: may, outside: true},
	domain.GroupLeave:     {rels: []Relation{RelMember, RelNamedAdmin, RelAwaited}, deny: domain.ReasonNotMember},
	domain.GroupConsent:   {rels: []Relation{RelMember, RelNamedAdmin}, deny: domain.ReasonNotMember},
	domain.GroupAppoint:   {roles: bySecurity, rels: []Relation{RelLeader}, deny: domain.ReasonNotHead, people: must},
	domain.GroupOpConfirm: {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin},
	domain.GroupOpRetry:   {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin},
	domain.GroupResolve:   {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotOwner, comment: may},
	domain.GroupSeenGap:   {roles: bySecurity, rels: byAdmin, deny: domain.ReasonNotAdmin},
}

// anyPart is who can do anything to a group at all, and may ask what became of it.
var anyPart = lifeRule{
	roles: []domain.Role{domain.RoleSecurity, domain.RoleLegal, domain.RoleProcessAdmin},
	rels:  []Relation{RelNamedAdmin, RelMember, RelLeader, RelAwaited}, deny: domain.ReasonNotAdmin,
}

// partName is how an operation, a hold, a finding or a capability is called in an address.
var partName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$`)

// ActOnGroup does one act of a group's life: its form is checked here, its reason sealed, and every rule left to the
// workflow, which answers.
func (s *Service) ActOnGroup(ctx context.Context, a Actor, groupID string, in GroupActInput) (ActAnswer, error) {
	rule, ok := lifeRules[in.Kind]
	if !ok {
		return ActAnswer{}, &Error{Kind: NotFound, Code: "not_found"}
	}
	d, media, err := s.lifeAct(ctx, a, rule, in)
	if err != nil {
		return ActAnswer{}, err
	}
	row, err := s.lifeAtDoor(ctx, a, groupID, rule, "group."+string(in.Kind))
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	x := s.groupAct(row, d)
	x.same = sameLife(d)
	if rule.anybody || slices.Contains(rule.rels, RelAwaited) { // who is not in it learns nothing of its filing
		x.about = func(ctx context.Context, ans *ActAnswer) error {
			now, err := s.groupRow(ctx, row.ID)
			if err == nil && (!rule.anybody || !now.Doc.Tier.Confidential()) {
				ans.Group = now.Doc.State
			}
			return err
		}
	}
	if ans, err := s.known(ctx, x); err != nil {
		return ActAnswer{}, err
	} else if ans != nil {
		return outcome(*ans)
	}
	if err := s.sealLife(ctx, row, &d, in, media); err != nil {
		return ActAnswer{}, fail(err)
	}
	d.Proof = s.sign(row.ID, d.AsAct())
	x.proof, x.payload = d.Proof, d
	return s.send(ctx, x)
}

// lifeAct checks what came in and makes the act of it, still without what must be sealed.
func (s *Service) lifeAct(ctx context.Context, a Actor, rule lifeRule, in GroupActInput) (d domain.GroupAct, media string, err error) {
	id, faults := checkActID(in.ID)
	d = domain.GroupAct{ID: id, Kind: in.Kind, Actor: a.ID, At: s.now(), Life: &domain.LifeAct{
		Digest: in.Digest, EndsOn: strings.TrimSpace(in.EndsOn), Op: in.Op, Hold: in.Hold, Finding: in.Finding, Proposal: in.Proposal, Refuse: in.Refuse,
	}}
	if rule.comment != none || in.Comment != "" {
		faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, rule.comment == must || in.Proposal == domain.ProposeDismiss || needsReason(in))...)
	}
	if rule.people == must || len(in.People) > 0 {
		people, more, err := s.allPlaced(ctx, in.People, max(rule.most, MaxNamed), rule.outside)
		if err != nil {
			return d, "", err
		}
		faults = append(faults, more...)
		d.Life.People = people
	}
	faults = append(faults, checkParts(in)...)
	if len(faults) > 0 {
		return d, "", invalid(faults...)
	}
	switch in.Kind {
	case domain.GroupSeenGap:
		d.Code = in.Capability
	case domain.GroupOpConfirm:
		if media, err = checkScreenshot(in.Screenshot); err != nil {
			return d, "", err
		}
	default: // the others carry neither a code nor a picture
	}
	return d, media, nil
}

// needsReason tells of acts that take a reason one way and not the other: refusing a request, exempting a member.
func needsReason(in GroupActInput) bool {
	return (in.Kind == domain.GroupReview && in.Refuse) || (in.Kind == domain.GroupExempt && !in.Refuse)
}

// checkParts checks the names and dates that single acts carry.
func checkParts(in GroupActInput) []domain.Fault {
	var faults []domain.Fault
	need := func(kind domain.GroupActKind, field, v string) {
		if in.Kind == kind && !partName.MatchString(v) {
			faults = append(faults, domain.Fault{Field: field, Code: "unknown_value", Params: map[string]string{"allowed": "…"}})
		}
	}
	need(domain.GroupRelease, "hold", in.Hold)
	need(domain.GroupOpConfirm, "op", in.Op)
	need(domain.GroupOpRetry, "op", in.Op)
	need(domain.GroupResolve, "finding", in.Finding)
	need(domain.GroupSeenGap, "capability", in.Capability)
	if in.Kind == domain.GroupRenew {
		switch {
		case in.Digest == "":
			faults = append(faults, domain.Fault{Field: "digest", Code: "required"})
		case len(in.Digest) > 100:
			faults = append(faults, domain.Fault{Field: "digest", Code: "too_long", Params: map[string]string{"max": "100"}})
		}
		if day := strings.TrimSpace(in.EndsOn); day != "" {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				faults = append(faults, domain.Fault{Field: "ends_on", Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}})
			}
		}
	}
	if in.Kind == domain.GroupOutsider {
		if _, err := time.Parse(time.DateOnly, strings.TrimSpace(in.EndsOn)); err != nil {
			faults = append(faults, domain.Fault{Field: "ends_on", Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}})
		}
	}
	if in.Kind == domain.GroupResolve && !slices.Contains(proposals, in.Proposal) {
		faults = append(faults, domain.Fault{Field: "proposal", Code: "unknown_value", Params: map[string]string{"allowed": joined(proposals)}})
	}
	return faults
}

// proposals are all there are; which of them a finding makes, its own list says.
var proposals = []domain.Proposal{domain.ProposeRemove, domain.ProposeAdmit, domain.ProposeInvite, domain.ProposeTighten, domain.ProposeRename,
	domain.ProposeDeleted, domain.ProposeFile, domain.ProposeAppoint, domain.ProposeDismiss}

// sameLife compares an act with a recorded one, without what is sealed anew each time.
func sameLife(d domain.GroupAct) func(json.RawMessage) bool {
	plain := func(a domain.GroupAct) string {
		var p domain.LifeAct
		if a.Life != nil {
			p = *a.Life
		}
		p.Reason = nil
		return domain.StateDigest(struct {
			Life domain.LifeAct
			Code string
		}{p, a.Code})
	}
	want := plain(d)
	return func(raw json.RawMessage) bool {
		var was domain.GroupAct
		return json.Unmarshal(raw, &was) == nil && plain(was) == want
	}
}

// sealLife stores what an act refers to: the reason's text, the screenshot. The key is that of the group's filing; of a group
// that was found and is not filed, its own.
func (s *Service) sealLife(ctx context.Context, row *store.GroupRec, d *domain.GroupAct, in GroupActInput, media string) error {
	text := strings.TrimSpace(in.Comment)
	key := row.CaseID
	if (text != "" || media != "") && key == "" {
		key = row.ID
		wrapped, err := s.cfg.Keyring.NewCaseKey(key)
		if err != nil {
			return fmt.Errorf("make the key of group %s: %w", row.ID, err)
		}
		if err := s.cfg.Store.PutCaseKey(ctx, key, wrapped); err != nil {
			return fmt.Errorf("keep the key of group %s: %w", row.ID, err)
		}
	}
	if text != "" {
		ref, err := s.keep(ctx, key, "comment", Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(text)}, d.Actor)
		if err != nil {
			return err
		}
		d.Life.Reason = ref
	}
	if media != "" {
		evidence, err := s.keep(ctx, key, "evidence", Upload{Name: fileName(in.Screenshot.Name), MediaType: media, Data: in.Screenshot.Data}, d.Actor)
		if err != nil {
			return err
		}
		d.Receipt = &domain.Receipt{Platform: row.Doc.Platform, ID: row.Doc.PlatformID, Evidence: evidence, Key: "op:" + in.Op + ":" + d.ID, At: d.At, Digest: "sha256:" + evidence.SHA256}
	}
	return nil
}

// lifeAtDoor lets an act through for who has a part in it. To others who may see the group it is forbidden, to everybody
// else there is no such group; both are recorded.
func (s *Service) lifeAtDoor(ctx context.Context, a Actor, id string, rule lifeRule, name string) (*store.GroupRec, error) {
	row, err := s.groupRow(ctx, id)
	if err != nil {
		return nil, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	rel, err := s.relationsToGroup(ctx, row, dir, a)
	if err != nil {
		return nil, err
	}
	if rule.anybody || slices.ContainsFunc(rule.roles, a.Has) || slices.ContainsFunc(rule.rels, func(r Relation) bool { return slices.Contains(rel, r) }) {
		return row, nil
	}
	if err := s.record(ctx, a, "act_refused", row.ID, name, "refused", nil); err != nil {
		return nil, err
	}
	if mayReadGroup(a, rel) {
		return nil, forbidden(string(rule.deny))
	}
	return nil, notFound()
}
