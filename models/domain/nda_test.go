package domain_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

var ndaStart = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// ndaBench leads one agreement.
type ndaBench struct {
	n  domain.NDA
	at time.Time
	k  int
}

func newNDA(rules domain.NDARules, paper bool) *ndaBench {
	n := domain.NewNDA("n1", "N-2026-00001", "g1", "signer", "tpl", domain.Ref{Object: "m", SHA256: "m"}, "shown", rules, paper, ndaStart)
	return &ndaBench{n: n, at: ndaStart}
}

var ndaRule = domain.NDARules{Policy: "p", Check: domain.NDABySession, Reminders: []int{3, 7, 12}, Expires: 14, Survives: 1095, Grace: 14}

func with(r domain.NDARules, change func(*domain.NDARules)) domain.NDARules { change(&r); return r }

// do decides an act a minute after the one before it.
func (b *ndaBench) do(a domain.NDAAct, roles ...domain.Role) domain.Verdict {
	b.at = b.at.Add(time.Minute)
	return b.now(a, domain.NDAFacts{Roles: roles, Admin: slices.Contains(roles, domain.RoleGroupAdmin), Passkey: true, Present: true})
}

func (b *ndaBench) now(a domain.NDAAct, f domain.NDAFacts) domain.Verdict {
	if a.ID == "" {
		b.k++
		a.ID = "a" + strconv.Itoa(b.k)
	}
	a.At, f.At, f.Active, f.Proof = b.at, b.at, true, true
	f.Dates = domain.PlanNDA(b.n, a, b.at, &domain.Calendar{Version: "t"})
	after, v := domain.DecideNDA(b.n, a, f)
	b.n = after
	return v
}

var ndaRef = &domain.Ref{Object: "o", SHA256: "s"}

func viewed(at time.Time) domain.NDAAct {
	return domain.NDAAct{Kind: domain.NDAActView, Actor: "signer", From: at, Until: at}
}

func signing() domain.NDAAct {
	return domain.NDAAct{Kind: domain.NDAActSign, Actor: "signer", Sign: &domain.NDASigning{Shown: "shown", Consent: "c"}}
}

func sealing() domain.NDAAct {
	return domain.NDAAct{Kind: domain.NDAActSeal, Seal: &domain.NDASeal{Document: *ndaRef, Input: *ndaRef, File: "f", Level: "platform_seal", Key: "k"}}
}

// to leads an agreement to a state.
func (b *ndaBench) to(state domain.NDAState) *ndaBench {
	steps := []domain.NDAAct{{Kind: domain.NDAActSent}, viewed(b.at), signing(), sealing()}
	switch state {
	case domain.NDACreated:
		return b
	case domain.NDASent:
		steps = steps[:1]
	case domain.NDAViewed:
		steps = steps[:2]
	case domain.NDAVerified:
		steps = append(steps[:2:2], domain.NDAAct{Kind: domain.NDAActVerify, Actor: "signer", Check: domain.NDAByPasskey})
	case domain.NDASigned:
		steps = steps[:3]
	case domain.NDACountersigned:
		steps = append(steps[:3:3], domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "lawyer"})
	case domain.NDASealed:
	case domain.NDADeclined:
		steps = append(steps[:2:2], domain.NDAAct{Kind: domain.NDAActDecline, Actor: "signer", Reason: ndaRef})
	case domain.NDAVoided:
		steps = append(steps[:2:2], domain.NDAAct{Kind: domain.NDAActVoid, Rule: "group_gone"})
	case domain.NDATerminated:
		steps = append(steps, domain.NDAAct{Kind: domain.NDAActTerminate, Rule: domain.NDARuleLeft})
	case domain.NDASuperseded:
		steps = append(steps, domain.NDAAct{Kind: domain.NDAActSupersede, By: "n2"})
	case domain.NDAExpired:
		b.do(steps[0])
		for b.n.State.Open() {
			w, _ := b.n.NextWake()
			b.at = w.At
			b.now(domain.NDAAct{ID: w.ID, Kind: w.Kind}, domain.NDAFacts{})
		}
		return b
	}
	if state == domain.NDACountersigned {
		b.n.Rules.Countersign = domain.RoleLegal
	}
	for _, a := range steps {
		b.do(a, domain.RoleLegal)
	}
	return b
}

func TestNDARules(t *testing.T) {
	passkey := signing()
	passkey.Sign = &domain.NDASigning{Shown: "shown", Consent: "c", Passkey: ndaRef}
	other := signing()
	other.Actor = "somebody"
	stale := signing()
	stale.Sign = &domain.NDASigning{Shown: "another", Consent: "c"}
	silent := signing()
	silent.Sign = &domain.NDASigning{Shown: "shown"}
	scanned := domain.NDAAct{Kind: domain.NDAActPaper, Actor: "boss", Sign: &domain.NDASigning{Shown: "shown", Scan: ndaRef}}
	code := with(ndaRule, func(r *domain.NDARules) { r.Check = domain.NDAByCode })
	key := with(ndaRule, func(r *domain.NDARules) { r.Check = domain.NDAByPasskey })
	legal := with(ndaRule, func(r *domain.NDARules) { r.Countersign = domain.RoleLegal })
	for name, c := range map[string]struct {
		rules domain.NDARules
		paper bool
		from  domain.NDAState
		act   domain.NDAAct
		roles []domain.Role
		want  domain.Reason // empty: accepted
		to    domain.NDAState
	}{
		"opened":                         {from: domain.NDASent, act: viewed(ndaStart), to: domain.NDAViewed},
		"opened by another":              {from: domain.NDASent, act: domain.NDAAct{Kind: domain.NDAActView, Actor: "x", From: ndaStart}, want: domain.ReasonNotSigner},
		"read to the end, never opened":  {from: domain.NDASent, act: domain.NDAAct{Kind: domain.NDAActView, Actor: "signer", Until: ndaStart}, want: domain.ReasonState},
		"a view of nothing":              {from: domain.NDASent, act: domain.NDAAct{Kind: domain.NDAActView, Actor: "signer"}, want: domain.ReasonUnknownAct},
		"before it was sent":             {from: domain.NDACreated, act: viewed(ndaStart), want: domain.ReasonState},
		"signed":                         {from: domain.NDAViewed, act: signing(), to: domain.NDASigned},
		"signed unread":                  {from: domain.NDASent, act: signing(), want: domain.ReasonNotRead},
		"signed by another":              {from: domain.NDAViewed, act: other, want: domain.ReasonNotSigner},
		"signed what was not shown":      {from: domain.NDAViewed, act: stale, want: domain.ReasonStale},
		"signed without consent":         {from: domain.NDAViewed, act: silent, want: domain.ReasonNoConsent},
		"signed twice":                   {from: domain.NDASigned, act: signing(), want: domain.ReasonDecided},
		"signed when sealed":             {from: domain.NDASealed, act: signing(), want: domain.ReasonDecided},
		"signed when void":               {from: domain.NDAVoided, act: signing(), want: domain.ReasonEnded},
		"signed when expired":            {from: domain.NDAExpired, act: signing(), want: domain.ReasonEnded},
		"a code is asked":                {rules: code, from: domain.NDAViewed, act: signing(), want: domain.ReasonWeakCheck},
		"a session for a code":           {rules: code, from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVerify, Actor: "signer", Check: domain.NDABySession}, want: domain.ReasonWeakCheck},
		"a code":                         {rules: code, from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVerify, Actor: "signer", Check: domain.NDAByCode}, to: domain.NDAVerified},
		"a code before it was opened":    {rules: code, from: domain.NDASent, act: domain.NDAAct{Kind: domain.NDAActVerify, Actor: "signer", Check: domain.NDAByCode}, want: domain.ReasonNotRead},
		"paper is no check to claim":     {rules: code, from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVerify, Actor: "signer", Check: domain.NDAByPaper}, want: domain.ReasonWeakCheck},
		"after the code":                 {rules: code, from: domain.NDAVerified, act: signing(), to: domain.NDASigned},
		"a passkey is asked":             {rules: key, from: domain.NDAViewed, act: signing(), want: domain.ReasonNoPasskey},
		"an earlier passkey is not this": {rules: key, from: domain.NDAVerified, act: signing(), want: domain.ReasonNoPasskey},
		"a passkey":                      {rules: key, from: domain.NDAViewed, act: passkey, to: domain.NDASigned},
		"on the screen, for paper":       {paper: true, from: domain.NDAViewed, act: signing(), want: domain.ReasonOnPaper},
		"on paper":                       {paper: true, from: domain.NDASent, act: scanned, roles: []domain.Role{domain.RoleGroupAdmin}, to: domain.NDASigned},
		"on paper, by nobody's right":    {paper: true, from: domain.NDASent, act: scanned, want: domain.ReasonNotNDALegal},
		"declined":                       {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActDecline, Actor: "signer", Reason: ndaRef}, to: domain.NDADeclined},
		"declined without a reason":      {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActDecline, Actor: "signer"}, want: domain.ReasonNoReason},
		"declined after signing":         {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActDecline, Actor: "signer", Reason: ndaRef}, want: domain.ReasonDecided},
		"countersigned by the role":      {rules: legal, from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "lawyer"}, roles: []domain.Role{domain.RoleLegal}, to: domain.NDACountersigned},
		"countersigned by another":       {rules: legal, from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "x"}, want: domain.ReasonNotCounter},
		"countersigned by the signer":    {rules: legal, from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "signer"}, roles: []domain.Role{domain.RoleLegal}, want: domain.ReasonOwnMatter},
		"nobody countersigns":            {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "lawyer"}, roles: []domain.Role{domain.RoleLegal}, want: domain.ReasonState},
		"sealed":                         {from: domain.NDASigned, act: sealing(), to: domain.NDASealed},
		"sealed before the company":      {rules: legal, from: domain.NDASigned, act: sealing(), want: domain.ReasonState},
		"sealed with nothing":            {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActSeal, Seal: &domain.NDASeal{}}, want: domain.ReasonNoReceipt},
		"sealed though void":             {from: domain.NDAVoided, act: sealing(), want: domain.ReasonState},
		"void by legal":                  {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActVoid, Actor: "lawyer", Reason: ndaRef}, roles: []domain.Role{domain.RoleLegal}, to: domain.NDAVoided},
		"void by another":                {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVoid, Actor: "x", Reason: ndaRef}, want: domain.ReasonNotLegal},
		"void of one's own":              {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVoid, Actor: "signer", Reason: ndaRef}, roles: []domain.Role{domain.RoleLegal}, want: domain.ReasonOwnMatter},
		"void when in force":             {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActVoid, Rule: "x"}, want: domain.ReasonDecided},
		"withdrawn while it is read":     {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActVoid, Rule: domain.NDARuleWithdrawn, Again: true}, to: domain.NDAVoided},
		"withdrawn after the signature":  {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActVoid, Rule: domain.NDARuleWithdrawn, Again: true}, want: domain.ReasonDecided},
		"superseded":                     {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActSupersede, By: "n2"}, to: domain.NDASuperseded},
		"superseded by itself":           {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActSupersede, By: "n1"}, want: domain.ReasonUnknownAct},
		"superseded while open":          {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActSupersede, By: "n2"}, want: domain.ReasonEnded},
		"lapsed":                         {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActLapse}, to: domain.NDASealed},
		"left":                           {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActTerminate, Rule: domain.NDARuleLeft}, to: domain.NDATerminated},
		"left before signing":            {from: domain.NDAViewed, act: domain.NDAAct{Kind: domain.NDAActTerminate, Rule: domain.NDARuleLeft}, to: domain.NDAVoided},
		"returned":                       {from: domain.NDATerminated, act: domain.NDAAct{Kind: domain.NDAActReturn, Actor: "signer"}, to: domain.NDATerminated},
		"returned by HR":                 {from: domain.NDATerminated, act: domain.NDAAct{Kind: domain.NDAActReturn, Actor: "hr"}, roles: []domain.Role{domain.RoleHR}, to: domain.NDATerminated},
		"returned by another":            {from: domain.NDATerminated, act: domain.NDAAct{Kind: domain.NDAActReturn, Actor: "x"}, want: domain.ReasonNotSigner},
		"returned while in":              {from: domain.NDASealed, act: domain.NDAAct{Kind: domain.NDAActReturn, Actor: "signer"}, want: domain.ReasonNotLeft},
		"reminded when nothing is due":   {from: domain.NDASent, act: domain.NDAAct{ID: "x", Kind: domain.NDAActRemind}, want: domain.ReasonNotDue},
		"a person's reminder":            {from: domain.NDASent, act: domain.NDAAct{Kind: domain.NDAActRemind, Actor: "signer"}, want: domain.ReasonUnknownAct},
		"a person's seal":                {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActSeal, Actor: "signer"}, want: domain.ReasonUnknownAct},
		"the document cannot be made":    {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActSealFailed, Code: "no_typeface"}, to: domain.NDASigned},
		"retry of nothing":               {from: domain.NDASigned, act: domain.NDAAct{Kind: domain.NDAActRetry, Actor: "x"}, roles: []domain.Role{domain.RoleLegal}, want: domain.ReasonNoSuchFault},
	} {
		t.Run(name, func(t *testing.T) {
			rules := c.rules
			if rules.Expires == 0 {
				rules = ndaRule
			}
			b := newNDA(ndaRule, false).to(c.from)
			b.n.Rules, b.n.Paper = rules, c.paper
			before := b.n
			v := b.do(c.act, c.roles...)
			switch {
			case c.want == "" && (v.Result != domain.Accepted || b.n.State != c.to):
				t.Errorf("%s %s, in state %s", v.Result, v.Reason, b.n.State)
			case c.want != "" && (v.Result == domain.Accepted || v.Reason != c.want || b.n.State != before.State):
				t.Errorf("%s %s, in state %s", v.Result, v.Reason, b.n.State)
			}
			if again := b.now(domain.NDAAct{ID: v.Act, Kind: c.act.Kind, Actor: c.act.Actor}, domain.NDAFacts{}); again.Result != domain.Duplicate {
				t.Errorf("the same act again is %s", again.Result)
			}
		})
	}
}

// What the acts leave behind: days, evidence, news.
func TestNDALeaves(t *testing.T) {
	b := newNDA(ndaRule, false).to(domain.NDASent)
	if len(b.n.Remind) != 3 || !b.n.Due.Equal(time.Date(2026, 12, 7, 9, 0, 0, 0, time.UTC)) || !b.n.Remind[0].Equal(time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("reminders %v, due %v", b.n.Remind, b.n.Due)
	}
	b = newNDA(ndaRule, false).to(domain.NDAExpired)
	if b.n.Reminded != 3 || b.n.State != domain.NDAExpired || !b.at.Equal(b.n.Due) {
		t.Errorf("expired after %d reminders at %v", b.n.Reminded, b.at)
	}
	b = newNDA(with(ndaRule, func(r *domain.NDARules) { r.Check = domain.NDAByCode }), false).to(domain.NDAVerified)
	b.at = b.at.Add(domain.NDACheckHolds)
	if v := b.do(signing()); v.Reason != domain.ReasonOldCheck {
		t.Errorf("a check of half an hour ago signs: %s", v.Reason)
	}
	b = newNDA(ndaRule, false).to(domain.NDATerminated)
	if want := time.Date(2029, 11, 22, 9, 0, 0, 0, time.UTC); !b.n.Survives.Equal(want) {
		t.Errorf("duties until %v", b.n.Survives)
	}
	b.do(domain.NDAAct{Kind: domain.NDAActReturn, Actor: "signer"})
	if v := b.do(domain.NDAAct{Kind: domain.NDAActReturn, Actor: "hr"}, domain.RoleHR); v.Result != domain.TooLate || v.DecidedBy != "signer" {
		t.Errorf("returned twice: %+v", v)
	}
	b = newNDA(ndaRule, false).to(domain.NDASealed)
	b.do(domain.NDAAct{Kind: domain.NDAActLapse})
	first := b.n.LapsesAt
	b.at = b.at.AddDate(0, 0, 5)
	if b.do(domain.NDAAct{Kind: domain.NDAActLapse}); !b.n.LapsesAt.Equal(first) {
		t.Errorf("a second new version prolongs the grace from %v to %v", first, b.n.LapsesAt)
	}
	b = newNDA(ndaRule, false).to(domain.NDASigned)
	b.do(domain.NDAAct{Kind: domain.NDAActSealFailed, Code: "x"})
	if b.n.Sealable() {
		t.Error("it is sealed although a fault stands")
	}
	if v := b.do(domain.NDAAct{Kind: domain.NDAActRetry, Actor: "p"}, domain.RoleProcessAdmin); v.Result != domain.Accepted || !b.n.Sealable() {
		t.Errorf("retry: %+v", v)
	}
	for _, state := range []domain.NDAState{domain.NDAViewed, domain.NDASealed} {
		b := newNDA(ndaRule, false).to(state)
		can := domain.NDAOffers(b.n, "signer", domain.NDAFacts{At: b.at, Active: true})
		if slices.Contains(can, domain.NDAActSign) != (state == domain.NDAViewed) {
			t.Errorf("%s: %v", state, can)
		}
	}
}

var ndaKinds = []domain.NDAActKind{domain.NDAActSent, domain.NDAActRemind, domain.NDAActExpire, domain.NDAActView, domain.NDAActVerify, domain.NDAActSign, domain.NDAActDecline,
	domain.NDAActPaper, domain.NDAActCountersign, domain.NDAActSeal, domain.NDAActVoid, domain.NDAActSupersede, domain.NDAActLapse, domain.NDAActTerminate,
	domain.NDAActReturn, domain.NDAActSealFailed, domain.NDAActRetry, "nonsense"}

// randomNDA leads an agreement by random acts and holds what must always be so.
func randomNDA(t testing.TB, r *rand.Rand, steps int) (ended domain.NDAState) {
	checks := []domain.NDACheck{domain.NDABySession, domain.NDAByCode, domain.NDAByPasskey}
	rules := ndaRule
	rules.Check = checks[r.IntN(3)]
	rules.Countersign = []domain.Role{"", domain.RoleLegal}[r.IntN(2)]
	b := newNDA(rules, r.IntN(5) == 0)
	if r.IntN(2) == 0 { // begin late in a life, which chance alone rarely reaches
		b = newNDA(ndaRule, false).to([]domain.NDAState{domain.NDAVerified, domain.NDASigned, domain.NDACountersigned, domain.NDASealed}[r.IntN(4)])
	}
	for range steps {
		a := domain.NDAAct{Kind: ndaKinds[r.IntN(len(ndaKinds))], Rule: []string{"", "x", domain.NDARuleWithdrawn}[r.IntN(3)], By: []string{"", "n1", "n2"}[r.IntN(3)], Again: r.IntN(2) == 0}
		a.Actor = []domain.EmployeeID{"", "signer", "lawyer", "x", "boss"}[r.IntN(5)]
		a.Check = append(checks, domain.NDAByPaper, "")[r.IntN(5)]
		if r.IntN(3) > 0 {
			a.From, a.Until = b.at, b.at
			a.Sign = &domain.NDASigning{Shown: []string{"shown", "other"}[min(1, r.IntN(6)/5)], Consent: "c"}
			a.Seal, a.Reason, a.Code = sealing().Seal, ndaRef, "code"
		}
		if a.Sign != nil && r.IntN(3) == 0 {
			a.Sign.Passkey = ndaRef
		}
		if a.Sign != nil && a.Kind == domain.NDAActPaper {
			a.Sign.Scan = ndaRef
		}
		f := domain.NDAFacts{Passkey: r.IntN(2) == 0, Present: r.IntN(2) == 0, Admin: a.Actor == "boss"}
		if a.Actor == "lawyer" {
			f.Roles = []domain.Role{domain.RoleLegal}
		}
		if w, ok := b.n.NextWake(); ok && r.IntN(6) == 0 {
			b.at, a = w.At, domain.NDAAct{ID: w.ID, Kind: w.Kind}
		}
		b.at = b.at.Add(time.Duration(r.IntN(40)) * time.Minute)
		before := b.n
		text := domain.StateDigest(before)
		v := b.now(a, f)
		after := b.n
		switch {
		case domain.StateDigest(before) != text:
			t.Fatalf("%s changed the state it was given", a.Kind)
		case after.Seq != before.Seq+1 || len(after.Answers) == 0:
			t.Fatalf("%s is not counted", a.Kind)
		case v.Result != domain.Accepted && (after.State != before.State || after.Sealed != before.Sealed):
			t.Fatalf("%s was %s and moved %s to %s", a.Kind, v.Result, before.State, after.State)
		case after.State == domain.NDASealed && (after.Signed == nil || after.Sealed == nil || after.Signed.Shown != after.Digest || !after.Check.AtLeast(after.Rules.Check) && after.Check != domain.NDAByPaper):
			t.Fatalf("in force without what it takes: %+v", after)
		case after.State == domain.NDASealed && (after.Rules.Countersign != "" || after.Check == domain.NDAByPaper) && (after.Counter == "" || after.Counter == after.Person || after.Counter == after.Signed.Uploader):
			t.Fatalf("in force without a second person: %+v", after)
		case after.Paper && after.Signed != nil && after.Signed.Scan == nil:
			t.Fatalf("signed on the screen although it takes paper: %+v", after)
		case !before.State.Open() && before.State != domain.NDASealed && after.State != before.State:
			t.Fatalf("%s was the end, and %s moved it to %s", before.State, a.Kind, after.State)
		case before.State == domain.NDASealed && after.State.Open():
			t.Fatalf("%s opened what is in force", a.Kind)
		case before.Signed != nil && after.Signed != before.Signed && *after.Signed != *before.Signed:
			t.Fatalf("%s changed the signature", a.Kind)
		}
	}
	return b.n.State
}

func TestNDAAlways(t *testing.T) {
	seen := map[domain.NDAState]int{}
	runs := 1000
	if os.Getenv("QUNBEI_PROVE") != "" {
		runs = 30_000
	}
	for seed := range uint64(runs) {
		seen[randomNDA(t, rand.New(rand.NewPCG(seed, 7)), 60)]++
	}
	for _, s := range []domain.NDAState{domain.NDADeclined, domain.NDAExpired, domain.NDAVoided, domain.NDASuperseded, domain.NDATerminated} {
		if seen[s] == 0 {
			t.Errorf("none ended as %s: %v", s, seen)
		}
	}
}

func FuzzNDA(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) { randomNDA(t, rand.New(rand.NewPCG(a, b)), 80) })
}
