package domain

import (
	"slices"
	"strconv"
	"time"
)

// PostWake is the next act that time brings.
type PostWake struct {
	At   time.Time
	Kind PostActKind
	ID   string
}

// NextWake is what time brings next: the working hour, or the end of the approval. Each comes once.
func (p Post) NextWake() (PostWake, bool) {
	id := func(k PostActKind, at time.Time) string {
		return "sys:" + string(k) + ":" + at.UTC().Format(time.RFC3339)
	}
	switch {
	case p.State == PostScheduled && !p.NotBefore.After(p.Until):
		return PostWake{At: p.NotBefore, Kind: PostActDue, ID: id(PostActDue, p.NotBefore)}, true
	case (p.State == PostScheduled || p.State == PostApproved) && !p.Until.IsZero():
		return PostWake{At: p.Until, Kind: PostActLapse, ID: id(PostActLapse, p.Until)}, true
	}
	return PostWake{}, false
}

// PostOp is what a platform is asked for next: to post in a group, or to recall there.
type PostOp struct {
	Group  string `json:"group"`
	Recall bool   `json:"recall,omitempty"`
	Tries  int    `json:"tries,omitempty"`
}

// Key is the idempotency key of the platform's call: of a publication and a group there is one posting and one recall, however
// often it is tried.
func (o PostOp) Key(post string) string {
	if o.Recall {
		return "post-" + post + ":recall:" + o.Group
	}
	return "post-" + post + ":post:" + o.Group
}

// NextOp is the first posting or recall that a platform is to be asked for.
func (p Post) NextOp() (PostOp, bool) {
	for _, x := range p.Postings {
		if x.State == PostingPending || x.State == PostingRecall {
			return PostOp{Group: x.Group, Recall: x.State == PostingRecall, Tries: x.Tries}, true
		}
	}
	return PostOp{}, false
}

// StillAsked tells whether what a platform is being asked for still waits.
func (p Post) StillAsked(o PostOp) bool {
	x := p.Posting(o.Group)
	return x != nil && x.Tries == o.Tries && (x.State == PostingPending && !o.Recall || x.State == PostingRecall && o.Recall)
}

// ActID names the act that records what a platform answered.
func (o PostOp) ActID(word string) string {
	what := "post"
	if o.Recall {
		what = "recall"
	}
	return "sys:op:" + what + ":" + o.Group + ":" + word + ":" + strconv.Itoa(o.Tries)
}

// DecidePost applies one act to an approved publication over recorded facts, as Decide does for cases (semantics 3).
func DecidePost(p Post, a PostAct, f PostFacts) (Post, Verdict) {
	for _, prev := range p.Answers {
		if prev.Act == a.ID {
			prev.Result = Duplicate
			return p, Verdict{Answer: prev}
		}
	}
	p.Answers, p.Postings = slices.Clone(p.Answers), slices.Clone(p.Postings)
	p.Seq++
	m := &postMove{p: &p, a: a, f: f}
	v := m.apply()
	v.Act = a.ID
	if p.Answers = append(p.Answers, v.Answer); len(p.Answers) > maxAnswers {
		p.Answers = p.Answers[len(p.Answers)-maxAnswers:]
	}
	return p, v
}

type postMove struct {
	p       *Post
	a       PostAct
	f       PostFacts
	effects []Effect
}

func (m *postMove) done() Verdict {
	return Verdict{Answer: Answer{Result: Accepted, DecidedBy: m.a.Actor}, Effects: m.effects}
}

func (m *postMove) refuse(r Reason) Verdict {
	return Verdict{Answer: Answer{Result: Refused, Reason: r}, Effects: m.effects}
}

func (m *postMove) late() Verdict {
	if m.p.State.Over() {
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonEnded}}
	}
	return m.refuse(ReasonState)
}

func (m *postMove) tell(k EffectKind) {
	m.effects = append(m.effects, Effect{Kind: k, People: []EmployeeID{m.p.Author}})
}

func (m *postMove) admins(k EffectKind, author bool) {
	e := Effect{Kind: k, Slot: m.a.Group, Admins: true}
	if author {
		e.People = []EmployeeID{m.p.Author}
	}
	m.effects = append(m.effects, e)
}

func (m *postMove) at() time.Time {
	if m.a.Actor == "" && m.a.At.After(m.f.At) {
		return m.a.At
	}
	return m.f.At
}

func (m *postMove) move(to PostState) { m.p.State, m.p.Since = to, m.at() }

func (m *postMove) apply() Verdict {
	if m.a.Actor == "" {
		return m.system()
	}
	switch {
	case !m.f.Proof:
		return m.refuse(ReasonProof)
	case !m.f.Active:
		return m.refuse(ReasonInactive)
	}
	author, security := m.a.Actor == m.p.Author, slices.Contains(m.f.Roles, RoleSecurity)
	switch m.a.Kind {
	case PostActTry, PostActWithdraw:
		if !author {
			return m.refuse(ReasonNotAuthor)
		}
		if m.p.State != PostApproved && m.p.State != PostScheduled {
			return m.late()
		}
		if m.a.Kind == PostActTry {
			return m.schedule()
		}
		m.move(PostWithdrawn)
		return m.done()
	case PostActRetry:
		if !author && !m.f.Admin {
			return m.refuse(ReasonNotAuthor)
		}
		return m.retry()
	case PostActConfirm:
		if !m.f.Admin {
			return m.refuse(ReasonNotAdmin)
		}
		return m.confirm()
	case PostActRecall:
		if !author && !m.f.Admin && !security {
			return m.refuse(ReasonNotAuthor)
		}
		return m.recall()
	case PostActArchive:
		if !author && !m.f.Admin && !security {
			return m.refuse(ReasonNotAuthor)
		}
		if m.p.State != PostPosted || m.p.Waits() {
			return m.refuse(ReasonState)
		}
		m.move(PostArchived)
		return m.done()
	default:
		return m.refuse(ReasonUnknownAct)
	}
}

func (m *postMove) system() Verdict {
	switch m.a.Kind {
	case PostActPlan:
		if m.p.State != PostApproved || !m.p.Until.IsZero() {
			return m.refuse(ReasonState)
		}
		return m.schedule()
	case PostActDue, PostActLapse:
		w, ok := m.p.NextWake()
		if !ok || w.Kind != m.a.Kind || w.ID != m.a.ID || m.at().Before(w.At) {
			return m.refuse(ReasonNotDue)
		}
		if m.a.Kind == PostActDue {
			return m.due()
		}
		m.move(PostLapsed)
		m.tell(EffectPostLapsed)
		return m.done()
	case PostActPosted, PostActByHand, PostActGap, PostActFailed, PostActRecalled:
		return m.answered()
	default:
		return m.refuse(ReasonUnknownAct)
	}
}

// schedule looks whether the publication fits, and says when it goes out. What does not fit stays approved, with the list of
// who does not, until it is mended or the approval lapses.
func (m *postMove) schedule() Verdict {
	d := m.f.Dates
	if d == nil || d.NotBefore.IsZero() || d.Until.IsZero() {
		m.effects = append(m.effects, Effect{Kind: EffectHand})
		return m.refuse(ReasonNotDue)
	}
	m.p.Until, m.p.Calendar = d.Until, d.Calendar
	if len(m.f.Misfits) > 0 {
		return m.misfit()
	}
	m.p.NotBefore, m.p.Misfits = d.NotBefore, nil
	if m.p.State != PostScheduled {
		m.move(PostScheduled)
	}
	return m.done()
}

func (m *postMove) misfit() Verdict {
	m.p.Misfits = slices.Clone(m.f.Misfits)
	m.p.NotBefore = time.Time{}
	if m.p.State != PostApproved {
		m.move(PostApproved)
	}
	m.tell(EffectPostMisfit)
	if m.a.Actor != "" {
		return m.refuse(ReasonMisfits)
	}
	return m.done()
}

// due reserves the postings, in the very act that compares digests: what is sealed for posting is what was approved, or
// nothing goes out (semantics 1: material change).
func (m *postMove) due() Verdict {
	switch {
	case m.f.Content != m.p.Content || m.p.Content == "" || m.p.Digest != m.p.Request().Digest():
		m.move(PostStopped)
		m.effects = append(m.effects, Effect{Kind: EffectPostStopped, People: []EmployeeID{m.p.Author}, Roles: []Role{RoleSecurity}}, Effect{Kind: EffectHand})
		return m.refuse(ReasonOtherContent)
	case len(m.f.Misfits) > 0:
		return m.misfit()
	}
	m.p.Misfits, m.p.Postings = nil, nil
	for _, g := range m.p.Groups {
		if m.p.Posting(g) == nil {
			m.p.Postings = append(m.p.Postings, Posting{Group: g, State: PostingPending})
		}
	}
	m.move(PostPosting)
	return m.done()
}

// answered records what a platform said to a posting or a recall.
func (m *postMove) answered() Verdict {
	x := m.p.Posting(m.a.Group)
	if x == nil || x.State != PostingPending && x.State != PostingRecall {
		return m.refuse(ReasonNoSuchOp)
	}
	recall := x.State == PostingRecall
	switch m.a.Kind {
	case PostActPosted, PostActRecalled:
		if m.a.Receipt == nil || (m.a.Kind == PostActRecalled) != recall {
			return m.refuse(ReasonNoReceipt)
		}
		m.settle(x, *m.a.Receipt)
	case PostActByHand, PostActGap:
		x.Code = m.a.Code
		if x.State = PostingByHand; recall {
			x.State = PostingRecallBy
			m.admins(EffectPostRecall, true)
		} else {
			m.admins(EffectPostByHand, false)
		}
	default:
		x.Code, x.Tries = m.a.Code, x.Tries+1
		if x.State = PostingFailed; recall {
			x.State = PostingRecallBy // what must be undone is asked of people
			m.admins(EffectPostRecall, true)
		} else {
			m.admins(EffectPostFailed, true)
		}
	}
	return m.done()
}

// settle takes a receipt; once every group has its own the publication is posted, or recalled.
func (m *postMove) settle(x *Posting, r Receipt) {
	if x.Code = ""; x.State == PostingRecall || x.State == PostingRecallBy {
		x.State, x.Recalled = PostingRecalled, &r
	} else {
		x.State, x.Receipt = PostingDone, &r
	}
	all := func(s PostingState) bool {
		return !slices.ContainsFunc(m.p.Postings, func(y Posting) bool { return y.State != s })
	}
	switch {
	case m.p.State == PostPosting && all(PostingDone):
		m.move(PostPosted)
		m.tell(EffectPostDone)
	case m.p.State == PostPosted && all(PostingRecalled):
		m.move(PostRecalled)
		m.tell(EffectPostRecalled)
	}
}

// confirm takes an admin's word, with evidence, for what was done by hand. What was posted by hand is what was approved.
func (m *postMove) confirm() Verdict {
	x := m.p.Posting(m.a.Group)
	switch {
	case x == nil:
		return m.refuse(ReasonNotTarget)
	case x.State == PostingDone || x.State == PostingRecalled:
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonDecided}}
	case x.State != PostingByHand && x.State != PostingRecallBy:
		return m.refuse(ReasonNoSuchOp)
	case x.State == PostingByHand && m.a.Digest != m.p.Content:
		return m.refuse(ReasonOtherContent)
	case m.a.Receipt == nil || m.a.Receipt.Evidence == nil:
		return m.refuse(ReasonNoReceipt)
	}
	m.settle(x, *m.a.Receipt)
	return m.done()
}

func (m *postMove) retry() Verdict {
	x := m.p.Posting(m.a.Group)
	if x == nil || x.State != PostingFailed {
		return m.refuse(ReasonNoSuchOp)
	}
	x.State, x.Code = PostingPending, ""
	return m.done()
}

// recall asks every platform that has the message to take it back (撤回).
func (m *postMove) recall() Verdict {
	switch {
	case m.p.State == PostRecalled:
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonEnded}}
	case m.p.State != PostPosted:
		return m.refuse(ReasonState)
	case m.a.Reason == nil:
		return m.refuse(ReasonNoReason)
	}
	asked := false
	for i := range m.p.Postings {
		if x := &m.p.Postings[i]; x.State == PostingDone {
			x.State, x.Tries, asked = PostingRecall, 0, true
		}
	}
	if !asked {
		return m.refuse(ReasonState)
	}
	return m.done()
}

// PostOffers lists what somebody could do to a publication now, by trying each act on the rules.
func PostOffers(p Post, who EmployeeID, f PostFacts) []PostActKind {
	f.Proof, f.Active = true, true
	f.Dates = &PostDates{Calendar: "trial", NotBefore: f.At, Until: f.At}
	ref := &Ref{Object: "trial", SHA256: "trial"}
	var out []PostActKind
	for _, k := range []PostActKind{PostActTry, PostActWithdraw, PostActRetry, PostActConfirm, PostActRecall, PostActArchive} {
		groups := p.Groups
		if k != PostActRetry && k != PostActConfirm {
			groups = []string{""}
		}
		for _, g := range groups {
			a := PostAct{ID: "trial", Kind: k, Actor: who, At: f.At, Group: g, Digest: p.Content, Reason: ref, Receipt: &Receipt{Evidence: ref}}
			if _, v := DecidePost(p, a, f); v.Result == Accepted {
				out = append(out, k)
				break
			}
		}
	}
	return out
}
