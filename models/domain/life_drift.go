package domain

import "slices"

// maxFindings bounds the open findings a group's state holds. What is beyond is found again by a later look.
const maxFindings = 200

// proposals are what each kind of finding proposes, in the order pages show them.
var proposals = map[FindingKind][]Proposal{
	FindStranger:   {ProposeRemove, ProposeAdmit, ProposeDismiss},
	FindMissing:    {ProposeInvite, ProposeRemove, ProposeDismiss},
	FindLooser:     {ProposeTighten, ProposeDismiss},
	FindRenamed:    {ProposeRename, ProposeDismiss},
	FindDeleted:    {ProposeDeleted, ProposeDismiss},
	FindNotAdmin:   {ProposeTighten, ProposeDismiss},
	FindUnfiled:    {ProposeFile, ProposeDismiss},
	FindMoved:      {ProposeRemove, ProposeDismiss},
	FindFewAdmins:  {ProposeAppoint},
	FindNotRemoved: {ProposeRemove, ProposeDismiss},
}

// ofSecurity are the findings that the admins may have caused themselves: the security officers see to them.
var ofSecurity = []FindingKind{FindNotAdmin, FindUnfiled, FindNotRemoved}

// id names a finding by kind and subject, so that the same difference is one finding however often it is found.
func (x Finding) id() string {
	switch {
	case x.Person != "":
		return string(x.Kind) + ":" + string(x.Person)
	case x.Account != "":
		return string(x.Kind) + ":" + x.Account
	}
	return string(x.Kind) + ":group"
}

// proposed is what may be done about a finding: an account that is nobody of ours cannot be admitted.
func (x Finding) proposed() []Proposal {
	return slices.DeleteFunc(slices.Clone(proposals[x.Kind]), func(p Proposal) bool { return p == ProposeAdmit && x.Person == "" })
}

// open adds a finding, or counts one that is open already, and tells its owner: the first admin, else security.
func (m *lifeAct) open(x Finding) {
	x.ID = x.id()
	if i := slices.IndexFunc(m.l.Findings, func(o Finding) bool { return o.ID == x.ID }); i >= 0 {
		old := &m.l.Findings[i]
		old.Seen++
		old.Fields = x.Fields
		return
	}
	if slices.ContainsFunc(m.l.Dismissed, func(d Dismissal) bool { return d.ID == x.ID }) || len(m.l.Findings) >= maxFindings {
		return
	}
	keeper := x.Owner
	x.Propose, x.At, x.Seen, x.Owner = x.proposed(), m.f.At, 1, ""
	if x.Kind == FindUnfiled {
		x.Owner = keeper // who keeps it on the platform, if that is somebody of ours
	}
	if len(m.g.Admins) > 0 && !slices.Contains(ofSecurity, x.Kind) {
		x.Owner = m.g.Admins[0]
		if x.Owner == x.Person && len(m.g.Admins) > 1 {
			x.Owner = m.g.Admins[1]
		}
	}
	m.l.Findings = append(m.l.Findings, x)
	if x.Owner != "" {
		m.tell(EffectFinding, x.ID, x.Owner)
		if x.Kind != FindUnfiled {
			return
		}
	}
	m.effect(Effect{Kind: EffectFinding, Slot: x.ID, Roles: []Role{RoleSecurity}})
}

func (m *lifeAct) close(id string) {
	m.l.Findings = slices.DeleteFunc(m.l.Findings, func(x Finding) bool { return x.ID == id })
}

// reconciled takes over what one look at the platform found. Of the kinds that were looked for, a finding that is no
// longer there closes, and a dismissal is over once the difference is.
func (m *lifeAct) reconciled() Verdict {
	switch {
	case m.g.State == GroupDeleted:
		return m.refuse(ReasonEnded)
	case m.p.Seq > 0 && m.p.Seq != m.g.Seq-1:
		return m.refuse(ReasonStaleBase) // the group moved on since: the next look compares with what holds now
	}
	found := map[string]bool{}
	for _, x := range m.p.Findings {
		if _, known := proposals[x.Kind]; known && slices.Contains(m.p.Looked, x.Kind) {
			found[x.id()] = true
		}
	}
	gone := func(id string) bool {
		return !found[id] && slices.ContainsFunc(m.p.Looked, func(k FindingKind) bool { return len(id) > len(k) && id[:len(k)+1] == string(k)+":" })
	}
	m.l.Findings = slices.DeleteFunc(m.l.Findings, func(x Finding) bool { return gone(x.ID) })
	m.l.Dismissed = slices.DeleteFunc(m.l.Dismissed, func(d Dismissal) bool { return gone(d.ID) })
	for _, x := range m.p.Findings {
		if found[x.id()] {
			found[x.id()] = false // each once a look
			m.open(Finding{Kind: x.Kind, Person: x.Person, Account: x.Account, Fields: slices.Clone(x.Fields), Owner: x.Owner})
		}
	}
	m.l.Outside = max(0, m.p.Outside)
	return m.done()
}

// resolve carries out what a finding proposes: the platform is made to fit the register, or the register the platform, on
// record and by a person's word (semantics 2: never a silent rewrite).
func (m *lifeAct) resolve() Verdict {
	i := slices.IndexFunc(m.l.Findings, func(x Finding) bool { return x.ID == m.p.Finding })
	if i < 0 {
		return m.refuse(ReasonNoFinding)
	}
	x := m.l.Findings[i]
	switch {
	case !m.g.minds(x, m.a.Actor, slices.Contains(m.lf.Roles, RoleSecurity)):
		return m.refuse(ReasonNotOwner)
	case !slices.Contains(x.Propose, m.p.Proposal):
		return m.refuse(ReasonNotProposed)
	}
	if r := m.accept(x); r != "" {
		return m.refuse(r)
	}
	m.close(x.ID)
	return m.done()
}

// accept carries one proposal out, or says why it cannot be.
func (m *lifeAct) accept(x Finding) Reason {
	switch m.p.Proposal {
	case ProposeDismiss:
		if m.p.Reason == nil {
			return ReasonNoReason
		}
		if len(m.l.Dismissed) < maxFindings {
			m.l.Dismissed = append(m.l.Dismissed, Dismissal{ID: x.ID, By: m.a.Actor, At: m.f.At})
		}
	case ProposeRemove:
		return m.removeFound(x)
	case ProposeAdmit:
		return m.admitFound(x)
	case ProposeInvite:
		if !m.member(x.Person) || m.was(x.Person).Waits() {
			return ReasonNotMember
		}
		m.op(OpInvite, x.Person)
	case ProposeTighten:
		return m.tightenFound(x)
	case ProposeRename:
		m.op(OpRename)
	case ProposeDeleted:
		switch {
		case len(m.l.Holds) > 0:
			return ReasonHeld
		case !slices.Contains(living, m.g.State) && m.g.State != GroupArchived && m.g.State != GroupDraft:
			return ReasonState
		}
		m.end(string(FindDeleted))
		m.l.Ops = nil // nothing is left there to do it to
	default: // file, appoint
		return ReasonElsewhere
	}
	return ""
}

// tightenFound sets on the platform again what the register says: closed again what should be closed, else settings.
func (m *lifeAct) tightenFound(x Finding) Reason {
	switch {
	case slices.Contains(x.Fields, FieldFrozen) && m.g.State == GroupFrozen:
		m.op(OpFreeze)
	case slices.Contains(x.Fields, FieldReadOnly) && (m.g.State == GroupArchived || m.g.State == GroupPendingDeletion):
		m.op(OpArchive)
	case m.g.State == GroupFrozen || m.g.State == GroupArchived || m.g.State == GroupPendingDeletion:
		return ReasonState // its settings follow when that ends
	case x.Kind == FindNotAdmin:
		m.adminsThere()
	default:
		m.op(OpPermissions)
	}
	return ""
}

// removeFound takes the person, or the account that is nobody of ours, out on the platform and, if need be, on the register.
func (m *lifeAct) removeFound(x Finding) Reason {
	switch {
	case x.Person == "":
		m.addOp(PlatformOp{Kind: OpRemove, Accounts: []string{x.Account}})
	case m.l.custodian(x.Person):
		return ReasonCustodian
	case m.isAdmin(x.Person) && len(m.g.Admins) == 1:
		return ReasonLastAdmin
	case m.member(x.Person) && !m.was(x.Person).Waits():
		m.out([]EmployeeID{x.Person})
	default:
		m.op(OpRemove, x.Person)
	}
	return ""
}

// admitFound makes a stranger a member on record: the platform has them already, and lets go of them again if the tier asks
// for what they do not have.
func (m *lifeAct) admitFound(x Finding) Reason {
	if !slices.Contains(living, m.g.State) {
		return ReasonState
	}
	if r := m.newcomers([]EmployeeID{x.Person}); r != "" {
		return r
	}
	if m.settle(x.Person) == MemberActive {
		m.tell(EffectAdmitted, "", x.Person)
	} else {
		m.op(OpRemove, x.Person)
	}
	return ""
}

// opPending tells whether an operation of these kinds still waits for the platform.
func (l *Life) opPending(kinds ...OpKind) bool {
	return slices.ContainsFunc(l.Ops, func(o PlatformOp) bool { return slices.Contains(kinds, o.Kind) })
}

// opFor tells whether an operation of the kind about a person still waits for the platform.
func (l *Life) opFor(k OpKind, p EmployeeID) bool {
	return slices.ContainsFunc(l.Ops, func(o PlatformOp) bool { return o.Kind == k && slices.Contains(o.People, p) })
}
