package domain

import "slices"

// asSigner says why the actor may not do what only the signer does, while there is something to sign; nil: they may.
func (m *ndaMove) asSigner() *Verdict {
	var v Verdict
	switch {
	case m.a.Actor != m.n.Person:
		v = m.refuse(ReasonNotSigner)
	case m.n.State == NDACreated:
		v = m.refuse(ReasonState)
	case !m.n.State.Unsigned():
		v = m.late()
	default:
		return nil
	}
	return &v
}

// view records that the signer opened the agreement, or read it to the end. The first of each counts.
func (m *ndaMove) view() Verdict {
	if v := m.asSigner(); v != nil {
		return *v
	}
	from, until := m.a.From, m.a.Until
	if from.After(m.at()) {
		from = m.at() // two machines' clocks differ by a little
	}
	if until.After(m.at()) {
		until = m.at()
	}
	opened := m.n.From
	if opened.IsZero() {
		opened = from
	}
	switch {
	case from.IsZero() && until.IsZero():
		return m.refuse(ReasonUnknownAct)
	case opened.IsZero() || !until.IsZero() && until.Before(opened):
		return m.refuse(ReasonState) // read to the end before it was opened
	}
	m.n.From = opened
	if m.n.Until.IsZero() {
		m.n.Until = until
	}
	if m.n.State == NDASent {
		m.move(NDAViewed)
	}
	return m.done()
}

// verify records that the service checked who the signer is. A later check takes an earlier one's place: it may be newer
// or stronger.
func (m *ndaMove) verify() Verdict {
	if v := m.asSigner(); v != nil {
		return *v
	}
	switch {
	case m.n.Paper:
		return m.refuse(ReasonOnPaper)
	case m.n.From.IsZero():
		return m.refuse(ReasonNotRead) // the check is asked for after the agreement was opened (semantics 4)
	case !m.a.Check.AtLeast(m.n.Rules.Check):
		return m.refuse(ReasonWeakCheck)
	}
	m.n.Check, m.n.Checked = m.a.Check, m.at()
	m.move(NDAVerified)
	return m.done()
}

// sign records the signature. Where the signed-in session is check enough, and where the passkey signs, the signing itself
// shows who it is.
func (m *ndaMove) sign() Verdict {
	if v := m.asSigner(); v != nil {
		return *v
	}
	s := m.a.Sign
	switch {
	case m.n.Paper:
		return m.refuse(ReasonOnPaper)
	case s == nil || s.Scan != nil || s.Uploader != "":
		return m.refuse(ReasonNoSignature)
	case s.Shown != m.n.Digest:
		return m.refuse(ReasonStale)
	case s.Consent == "":
		return m.refuse(ReasonNoConsent)
	case m.n.Until.IsZero():
		return m.refuse(ReasonNotRead)
	case s.Passkey != nil && !m.f.Passkey:
		return m.refuse(ReasonNoPasskey)
	}
	if r := m.known(s); r != "" {
		return m.refuse(r)
	}
	signing := *s
	signing.At = m.at()
	m.n.Signed = &signing
	m.move(NDASigned)
	m.counter()
	return m.done()
}

// counter tells who can sign for the company that an agreement waits: neither the signer nor who brought the scan can.
func (m *ndaMove) counter() {
	role := m.n.Countersigner()
	if role == "" {
		return
	}
	own := []EmployeeID{m.n.Person}
	if up := m.n.Signed.Uploader; up != "" {
		own = append(own, up)
	}
	m.tell(Effect{Kind: EffectNDACounter, Roles: []Role{role}, Except: own})
}

// known says why the signer's identity is not shown well enough; it records a check that the signing itself is.
func (m *ndaMove) known(s *NDASigning) Reason {
	fresh := !m.n.Checked.IsZero() && !m.at().After(m.n.Checked.Add(NDACheckHolds))
	switch {
	case s.Passkey != nil:
		m.n.Check, m.n.Checked = NDAByPasskey, m.at()
	case m.n.Rules.Check == NDAByPasskey:
		return ReasonNoPasskey // the assertion is over this very document: an earlier one shows nothing
	case m.n.Check.AtLeast(m.n.Rules.Check) && fresh:
	case NDABySession.AtLeast(m.n.Rules.Check):
		m.n.Check, m.n.Checked = NDABySession, m.at()
	case m.n.Check.AtLeast(m.n.Rules.Check):
		return ReasonOldCheck
	default:
		return ReasonWeakCheck
	}
	return ""
}

func (m *ndaMove) decline() Verdict {
	if v := m.asSigner(); v != nil {
		return *v
	}
	if m.a.Reason == nil {
		return m.refuse(ReasonNoReason)
	}
	m.end(NDADeclined, "")
	m.tell(Effect{Kind: EffectNDADeclined, Admins: true, Roles: []Role{RoleLegal}})
	m.tell(Effect{Kind: EffectClear, People: []EmployeeID{m.n.Person}})
	return m.done()
}

// paper takes the scan of the copy that was signed by hand. Somebody else than the signer brings it, and somebody else
// again countersigns it.
func (m *ndaMove) paper() Verdict {
	s := m.a.Sign
	switch {
	case !m.f.Admin && !slices.Contains(m.f.Roles, RoleLegal):
		return m.refuse(ReasonNotNDALegal)
	case m.a.Actor == m.n.Person:
		return m.refuse(ReasonOwnMatter)
	case m.n.State == NDACreated:
		return m.refuse(ReasonState)
	case !m.n.State.Unsigned():
		return m.late()
	case s == nil || s.Scan == nil || s.Drawn != nil || s.Passkey != nil:
		return m.refuse(ReasonNoSignature)
	case s.Shown != m.n.Digest:
		return m.refuse(ReasonStale)
	}
	signing := NDASigning{At: m.at(), Shown: s.Shown, Consent: s.Consent, Scan: s.Scan, Client: s.Client, Uploader: m.a.Actor}
	m.n.Signed, m.n.Check, m.n.Checked = &signing, NDAByPaper, m.at()
	m.move(NDASigned)
	m.counter()
	return m.done()
}

// countersign is the company's signature, by one person with the role that the rules name (semantics 4).
func (m *ndaMove) countersign() Verdict {
	role := m.n.countersigner()
	switch {
	case m.n.State == NDACountersigned || m.n.State == NDASealed && m.n.Counter != "":
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonDecided, DecidedBy: m.n.Counter}}
	case !m.n.State.Open():
		return m.late()
	case m.n.State != NDASigned || role == "":
		return m.refuse(ReasonState)
	case !slices.Contains(m.f.Roles, role):
		return m.refuse(ReasonNotCounter)
	case m.a.Actor == m.n.Person:
		return m.refuse(ReasonOwnMatter)
	case m.a.Actor == m.n.Signed.Uploader:
		return m.refuse(ReasonSamePerson)
	}
	m.n.Counter, m.n.CounterAt = m.a.Actor, m.at()
	m.move(NDACountersigned)
	return m.done()
}
