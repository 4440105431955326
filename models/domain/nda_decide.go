package domain

import (
	"slices"
	"time"
)

// NDACheckHolds is for how long a check of the signer's identity holds: who signs later is checked again.
const NDACheckHolds = 30 * time.Minute

// checkRank orders the checks by what they show; a check that is none has no rank.
var checkRank = map[NDACheck]int{NDABySession: 1, NDAByCode: 2, NDAByPasskey: 3}

// AtLeast tells whether a check shows as much as another asks for.
func (c NDACheck) AtLeast(want NDACheck) bool {
	return checkRank[c] > 0 && checkRank[c] >= checkRank[want]
}

// Open tells whether an agreement still waits for somebody: it is neither in force nor ended.
func (s NDAState) Open() bool {
	switch s {
	case NDACreated, NDASent, NDAViewed, NDAVerified, NDASigned, NDACountersigned:
		return true
	case NDASealed, NDADeclined, NDAExpired, NDAVoided, NDASuperseded, NDATerminated:
	}
	return false
}

// Unsigned tells whether the signer can still sign.
func (s NDAState) Unsigned() bool { return s == NDASent || s == NDAViewed || s == NDAVerified }

// NewNDA is the state that an agreement's workflow begins with. paper: a character of it has no typeface, so that it is
// signed by hand (semantics 4).
func NewNDA(id, number, group string, person EmployeeID, template string, material Ref, digest string, rules NDARules, paper bool, at time.Time) NDA {
	return NDA{ID: id, Number: number, Group: group, Person: person, Template: template, Material: material, Digest: digest, Rules: rules, State: NDACreated, Paper: paper, Since: at}
}

// Answered tells whether an act was decided already.
func (n NDA) Answered(id string) bool {
	return slices.ContainsFunc(n.Answers, func(a Answer) bool { return a.Act == id })
}

// Sealable tells whether the document is to be made now: everybody who signs has signed, and no fault stands in the way.
func (n NDA) Sealable() bool {
	return n.Fault == "" && (n.State == NDACountersigned || n.State == NDASigned && n.countersigner() == "")
}

// countersigner is the role that signs for the company; empty: the platform's seal. A copy signed on paper is always
// looked at by somebody (semantics 4).
func (n NDA) countersigner() Role {
	if n.Rules.Countersign == "" && n.Check == NDAByPaper {
		return RoleLegal
	}
	return n.Rules.Countersign
}

// Countersigner is the role whose holder signs for the company next; empty: nobody is waited for.
func (n NDA) Countersigner() Role {
	if n.State != NDASigned {
		return ""
	}
	return n.countersigner()
}

// NDAWake is the next act that time brings.
type NDAWake struct {
	At   time.Time
	Kind NDAActKind
	ID   string
}

// NextWake is what time brings next: a reminder, or the end. Only while the signer is waited for.
func (n NDA) NextWake() (NDAWake, bool) {
	if !n.State.Unsigned() || n.Due.IsZero() {
		return NDAWake{}, false
	}
	if n.Reminded < len(n.Remind) && n.Remind[n.Reminded].Before(n.Due) {
		at := n.Remind[n.Reminded]
		return NDAWake{At: at, Kind: NDAActRemind, ID: "sys:remind:" + at.UTC().Format(time.RFC3339)}, true
	}
	return NDAWake{At: n.Due, Kind: NDAActExpire, ID: "sys:expire:" + n.Due.UTC().Format(time.RFC3339)}, true
}

// DecideNDA applies one act to an agreement over recorded facts, as Decide does for cases (semantics 4).
func DecideNDA(n NDA, a NDAAct, f NDAFacts) (NDA, Verdict) {
	for _, prev := range n.Answers {
		if prev.Act == a.ID {
			prev.Result = Duplicate
			return n, Verdict{Answer: prev}
		}
	}
	m := &ndaMove{n: &n, a: a, f: f}
	n.Answers = slices.Clone(n.Answers)
	n.Seq++
	v := m.apply()
	v.Act = a.ID
	if n.Answers = append(n.Answers, v.Answer); len(n.Answers) > maxAnswers {
		n.Answers = n.Answers[len(n.Answers)-maxAnswers:]
	}
	return n, v
}

// ndaMove is one application of an act.
type ndaMove struct {
	n       *NDA
	a       NDAAct
	f       NDAFacts
	effects []Effect
}

func (m *ndaMove) done() Verdict {
	return Verdict{Answer: Answer{Result: Accepted, DecidedBy: m.a.Actor}, Effects: m.effects}
}

func (m *ndaMove) refuse(r Reason) Verdict {
	return Verdict{Answer: Answer{Result: Refused, Reason: r}}
}

// late answers what comes after the state that it was for: by whom it was decided, where that was a person.
func (m *ndaMove) late() Verdict {
	r, by := ReasonEnded, EmployeeID("")
	if m.n.State == NDASigned || m.n.State == NDACountersigned || m.n.State == NDASealed {
		r = ReasonDecided
		if by = m.n.Person; m.n.Signed != nil && m.n.Signed.Uploader != "" {
			by = m.n.Signed.Uploader
		}
	} else if m.n.State == NDADeclined {
		by = m.n.Person
	}
	return Verdict{Answer: Answer{Result: TooLate, Reason: r, DecidedBy: by}}
}

func (m *ndaMove) tell(e Effect) {
	if len(e.People) > 0 || len(e.Roles) > 0 || e.Admins || e.Kind == EffectHand {
		m.effects = append(m.effects, e)
	}
}

func (m *ndaMove) signer(k EffectKind, about string) {
	m.tell(Effect{Kind: k, Slot: about, People: []EmployeeID{m.n.Person}})
}

func (m *ndaMove) move(to NDAState) { m.n.State, m.n.Since = to, m.at() }

// end brings the agreement to a last state.
func (m *ndaMove) end(to NDAState, by string) {
	m.move(to)
	m.n.EndedBy, m.n.Ended = by, m.at()
}

// at is when an act counts: the workflow's clock may be a little ahead of the activity's when a timer has fired.
func (m *ndaMove) at() time.Time {
	if m.a.Actor == "" && m.a.At.After(m.f.At) {
		return m.a.At
	}
	return m.f.At
}

func (m *ndaMove) apply() Verdict {
	if m.a.Actor != "" {
		switch {
		case !m.f.Proof:
			return m.refuse(ReasonProof)
		case !m.f.Active:
			return m.refuse(ReasonInactive)
		}
		return m.person()
	}
	return m.system()
}

// person applies what people do.
func (m *ndaMove) person() Verdict {
	switch m.a.Kind {
	case NDAActView:
		return m.view()
	case NDAActVerify:
		return m.verify()
	case NDAActSign:
		return m.sign()
	case NDAActDecline:
		return m.decline()
	case NDAActPaper:
		return m.paper()
	case NDAActCountersign:
		return m.countersign()
	case NDAActVoid:
		return m.void()
	case NDAActReturn:
		return m.giveBack()
	case NDAActRetry:
		return m.retry()
	default:
		return m.refuse(ReasonUnknownAct)
	}
}

// system applies what the system does.
func (m *ndaMove) system() Verdict {
	switch m.a.Kind {
	case NDAActSent:
		return m.sent()
	case NDAActRemind, NDAActExpire:
		return m.due()
	case NDAActSeal:
		return m.seal()
	case NDAActSealFailed:
		return m.sealFailed()
	case NDAActVoid:
		return m.void()
	case NDAActSupersede:
		return m.supersede()
	case NDAActLapse:
		return m.lapse()
	case NDAActTerminate:
		return m.terminate()
	default:
		return m.refuse(ReasonUnknownAct)
	}
}
