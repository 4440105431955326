package domain

import "slices"

// sent is the first act: the signer is asked, and the days count from here.
func (m *ndaMove) sent() Verdict {
	d := m.f.Dates
	switch {
	case m.n.State != NDACreated:
		return m.refuse(ReasonState)
	case d == nil || d.Due.IsZero():
		return m.hand(ReasonNotDue)
	}
	m.n.Sent, m.n.Due, m.n.Remind = m.at(), d.Due, slices.Clone(d.Remind)
	m.move(NDASent)
	m.signer(EffectNDAAsk, "")
	return m.done()
}

// hand refuses what the system should have been able to do: a person must look.
func (m *ndaMove) hand(r Reason) Verdict {
	return Verdict{Answer: Answer{Result: Refused, Reason: r}, Effects: []Effect{{Kind: EffectHand}}}
}

// due is a reminder or the end of the time to sign; only what the state says comes next, and not before its time.
func (m *ndaMove) due() Verdict {
	w, ok := m.n.NextWake()
	if !ok || w.Kind != m.a.Kind || w.ID != m.a.ID || m.at().Before(w.At) {
		return m.refuse(ReasonNotDue)
	}
	if m.a.Kind == NDAActRemind {
		m.n.Reminded++
		m.signer(EffectNDARemind, "")
		return m.done()
	}
	m.end(NDAExpired, "expires")
	m.tell(Effect{Kind: EffectNDAExpired, People: []EmployeeID{m.n.Person}, Admins: true})
	m.tell(Effect{Kind: EffectClear, People: []EmployeeID{m.n.Person}})
	return m.done()
}

// seal records the document. It is one that was made for this agreement as it stands: by now it may have been voided.
func (m *ndaMove) seal() Verdict {
	s := m.a.Seal
	switch {
	case !m.n.Sealable():
		return m.refuse(ReasonState)
	case s == nil || s.Document.Object == "" || s.Input.Object == "" || s.File == "" || s.Key == "" || s.Level == "":
		return m.hand(ReasonNoReceipt)
	}
	made := *s
	m.n.Sealed = &made
	m.move(NDASealed)
	m.signer(EffectNDASealed, "")
	m.tell(Effect{Kind: EffectClear, People: []EmployeeID{m.n.Person}})
	m.tell(Effect{Kind: EffectSupersede, People: []EmployeeID{m.n.Person}})
	return m.done()
}

func (m *ndaMove) sealFailed() Verdict {
	if !m.n.Sealable() || m.a.Code == "" {
		return m.refuse(ReasonState)
	}
	m.n.Fault = m.a.Code
	m.n.Tries++
	m.tell(Effect{Kind: EffectHand})
	m.tell(Effect{Kind: EffectNDAFault, Roles: []Role{RoleLegal, RoleSecurity}})
	return m.done()
}

func (m *ndaMove) retry() Verdict {
	switch {
	case !slices.ContainsFunc(m.f.Roles, func(r Role) bool { return r == RoleLegal || r == RoleSecurity || r == RoleProcessAdmin }):
		return m.refuse(ReasonNotProcess)
	case m.n.Fault == "" || !m.n.State.Open():
		return m.refuse(ReasonNoSuchFault)
	}
	m.n.Fault = ""
	return m.done()
}

// void ends an agreement that is not in force yet: by legal, with a reason, or by the system, with a rule: the template
// was withdrawn, the group is no more.
func (m *ndaMove) void() Verdict {
	if m.a.Actor != "" {
		switch {
		case !slices.Contains(m.f.Roles, RoleLegal):
			return m.refuse(ReasonNotLegal)
		case m.a.Actor == m.n.Person:
			return m.refuse(ReasonOwnMatter)
		case m.a.Reason == nil:
			return m.refuse(ReasonNoReason)
		}
	} else if m.a.Rule == "" {
		return m.refuse(ReasonUnknownAct)
	}
	if !m.n.State.Open() {
		return m.late()
	}
	if m.a.Rule == NDARuleWithdrawn && !m.n.State.Unsigned() && m.n.State != NDACreated {
		return m.late() // what was signed before the version was withdrawn stays signed
	}
	asked := m.n.State != NDACreated
	m.end(NDAVoided, m.a.Rule)
	if asked {
		m.signer(EffectNDAVoided, m.a.Rule)
	}
	if m.a.Actor == "" && m.a.Again {
		m.tell(Effect{Kind: EffectAskAnew, People: []EmployeeID{m.n.Person}})
	} else {
		m.tell(Effect{Kind: EffectClear, People: []EmployeeID{m.n.Person}})
	}
	return m.done()
}

// Rules by which the system ends an agreement.
const (
	NDARuleWithdrawn = "template_withdrawn" // the version was withdrawn while it waited for its signature
	NDARuleLeft      = "left_group"
	NDARuleGone      = "group_gone"
)

// supersede ends an agreement in force whose place another one took.
func (m *ndaMove) supersede() Verdict {
	switch {
	case m.n.State != NDASealed:
		return m.late()
	case m.a.By == "" || m.a.By == m.n.ID:
		return m.refuse(ReasonUnknownAct)
	}
	m.end(NDASuperseded, m.a.By)
	return m.done()
}

// lapse: a material new version is out. The agreement stays in force, and the signer is asked anew; past the grace the
// membership is suspended (semantics 4). A second new version never prolongs the grace of the first.
func (m *ndaMove) lapse() Verdict {
	until := m.a.Until
	if d := m.f.Dates; until.IsZero() && d != nil {
		until = d.Lapses
	}
	switch {
	case m.n.State != NDASealed:
		return m.late()
	case until.IsZero():
		return m.hand(ReasonNotDue)
	}
	if m.n.LapsesAt.IsZero() || until.Before(m.n.LapsesAt) {
		m.n.LapsesAt = until
	}
	m.signer(EffectNDALapsed, "")
	m.tell(Effect{Kind: EffectAskAnew, People: []EmployeeID{m.n.Person}})
	m.tell(Effect{Kind: EffectClear, People: []EmployeeID{m.n.Person}})
	return m.done()
}

// terminate: the signer left the group or the company. What was in force ends, its duties survive, and the signer is asked
// to confirm that everything was returned or erased; what nobody had signed yet is void.
func (m *ndaMove) terminate() Verdict {
	switch {
	case m.a.Rule == "":
		return m.refuse(ReasonUnknownAct)
	case m.n.State.Open():
		m.end(NDAVoided, m.a.Rule)
		return m.done()
	case m.n.State != NDASealed:
		return m.late()
	}
	m.end(NDATerminated, m.a.Rule)
	if d := m.f.Dates; d != nil {
		m.n.Survives = d.Survives
	}
	if m.f.Present {
		m.signer(EffectNDAReturn, "")
	} else {
		m.tell(Effect{Kind: EffectNDALeft, Roles: []Role{RoleHR}})
	}
	return m.done()
}

// giveBack is the confirmation that what the signer held is returned or erased, by the signer, or by HR for somebody who
// cannot sign in any more.
func (m *ndaMove) giveBack() Verdict {
	switch {
	case m.a.Actor != m.n.Person && !slices.Contains(m.f.Roles, RoleHR):
		return m.refuse(ReasonNotSigner)
	case m.n.State != NDATerminated:
		return m.refuse(ReasonNotLeft)
	case !m.n.Returned.IsZero():
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonDecided, DecidedBy: m.n.ReturnedBy}}
	}
	m.n.Returned, m.n.ReturnedBy = m.at(), m.a.Actor
	m.tell(Effect{Kind: EffectNDAReturned, Admins: true})
	return m.done()
}
