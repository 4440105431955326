package domain

import (
	"slices"
	"time"
)

// GroupActKind names what happens to a group.
type GroupActKind string

// The acts of a group's birth. The rest of its life adds more.
const (
	GroupBegun       GroupActKind = "begun"         // the register row comes into being, in state provisioning
	GroupAskedByHand GroupActKind = "asked_by_hand" // the connector found that people must do it: the admins were asked
	GroupProvisioned GroupActKind = "provisioned"   // the connector made it: Receipt
	GroupFailed      GroupActKind = "provisioning_failed"
	GroupConfirm     GroupActKind = "confirm" // an admin confirms by hand: Receipt with evidence
	GroupRetry       GroupActKind = "retry"   // try provisioning again, without a new approval
)

// GroupAct is one thing done to a group: the payload of the group workflow's signal, or the system's own step.
type GroupAct struct {
	ID      string       `json:"id"`
	Kind    GroupActKind `json:"kind"`
	Actor   EmployeeID   `json:"actor,omitempty"` // empty: the system
	Receipt *Receipt     `json:"receipt,omitempty"`
	Code    string       `json:"code,omitempty"` // of a failure, from the connector: a stable word, no text
	At      time.Time    `json:"at"`
	Proof   *Proof       `json:"proof,omitempty"`
	Life    *LifeAct     `json:"life,omitempty"` // what an act of the life after birth carries
}

// AsAct gives the group act the form whose bytes a proof signs: one signing rule for every process.
func (a GroupAct) AsAct() Act {
	act := Act{ID: a.ID, Kind: ActKind("group." + string(a.Kind)), Actor: a.Actor, At: a.At, Proof: a.Proof}
	if a.Receipt != nil {
		act.Digest = StateDigest(*a.Receipt)
	}
	if a.Life != nil { // with what it is about, so that a proof covers all of it
		act.Digest = StateDigest(struct {
			Receipt *Receipt
			Life    *LifeAct
			Code    string
		}{a.Receipt, a.Life, a.Code})
	}
	return act
}

// GroupFacts are the recorded facts of one act on a group.
type GroupFacts struct {
	At       time.Time `json:"at"`
	Active   bool      `json:"active,omitempty"`
	Proof    bool      `json:"proof,omitempty"`
	NameFits bool      `json:"name_fits,omitempty"` // the platform's name is the approved one after normalising
	Security bool      `json:"security,omitempty"`  // the actor is a security officer (may retry)
	ByHand   bool      `json:"by_hand,omitempty"`   // the platform is kept by hand: people make the group, nothing is called

	Life *LifeFacts `json:"life,omitempty"`
}

// Reasons of refusals on groups.
const (
	ReasonNotAdmin  Reason = "not_an_admin"
	ReasonState     Reason = "state_forbids"
	ReasonNoReceipt Reason = "receipt_missing"
	ReasonName      Reason = "name_differs"
)

// Effects of acts on groups.
const (
	EffectAskConfirm EffectKind = "ask_confirm" // People create the group on the platform and confirm
	EffectBorn       EffectKind = "born"        // People learn that the group is active
)

// NewGroup is the state a group's workflow starts with: approved, about to be made on its platform.
func NewGroup(id, number, caseID string, f Filing, at time.Time) Group {
	return Group{
		ID: id, Number: number, Case: caseID, Digest: f.Digest(), Type: f.Type, Tier: f.Tier, Platform: f.Platform,
		Departments: f.Departments, Admins: f.Admins, EndsOn: f.EndsOn, State: GroupProvisioning, Since: at,
	}
}

// DecideGroup applies one act to a group over recorded facts, as Decide does for cases (semantics 2).
func DecideGroup(g Group, a GroupAct, f GroupFacts) (Group, Verdict) {
	for _, prev := range g.Answers {
		if prev.Act == a.ID {
			prev.Result = Duplicate
			return g, Verdict{Answer: prev}
		}
	}
	g.Answers = slices.Clone(g.Answers)
	g.Life = g.Life.clone()
	g.Seq++
	v := g.apply(a, f)
	v.Act = a.ID
	g.Answers = append(g.Answers, v.Answer)
	if g.Life != nil {
		g.lived(v, f)
	}
	return g, v
}

func (g *Group) apply(a GroupAct, f GroupFacts) Verdict {
	no := func(r Reason) Verdict { return Verdict{Answer: Answer{Result: Refused, Reason: r}} }
	yes := func(e ...Effect) Verdict {
		return Verdict{Answer: Answer{Result: Accepted, DecidedBy: a.Actor}, Effects: e}
	}
	if a.Actor != "" {
		switch {
		case !f.Proof:
			return no(ReasonProof)
		case !f.Active:
			return no(ReasonInactive)
		}
	}
	if g.Life != nil || a.Kind == GroupContinued {
		if v, ok := g.live(a, f); ok {
			return v
		}
	}
	waiting := g.State == GroupProvisioning || g.State == GroupProvisioningFailed
	switch a.Kind {
	case GroupBegun:
		gaps := g.begun(f)
		if !f.ByHand {
			return yes(gaps...)
		}
		g.ByHand = true
		return yes(append([]Effect{{Kind: EffectAskConfirm, People: g.Admins}}, gaps...)...)
	case GroupAskedByHand:
		if g.State != GroupProvisioning {
			return no(ReasonState)
		}
		g.ByHand = true
		return yes(Effect{Kind: EffectAskConfirm, People: g.Admins})
	case GroupFailed:
		if g.State != GroupProvisioning {
			return no(ReasonState)
		}
		g.move(GroupProvisioningFailed, f.At)
		g.Attempts++
		return yes(Effect{Kind: EffectHand})
	case GroupRetry:
		if g.State != GroupProvisioningFailed {
			return no(ReasonState)
		}
		if a.Actor != "" && !f.Security && !slices.Contains(g.Admins, a.Actor) {
			return no(ReasonNotAdmin)
		}
		g.move(GroupProvisioning, f.At)
		return yes()
	case GroupRevoked:
		return g.revoked(f)
	case GroupGone:
		return g.gone(a, f)
	case GroupProvisioned, GroupConfirm:
		if a.Kind == GroupConfirm && !slices.Contains(g.Admins, a.Actor) {
			return no(ReasonNotAdmin) // only an admin can say that the group stands (R2.2.1)
		}
		if !waiting {
			if g.State == GroupActive && a.Kind == GroupConfirm {
				return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonDecided, DecidedBy: g.confirmedBy()}}
			}
			return no(ReasonState)
		}
		if r := unfit(a, f); r != "" {
			if a.Kind == GroupProvisioned { // the platform made something else: a person must look, trying again would not help
				g.move(GroupProvisioningFailed, f.At)
				g.Attempts++
				return Verdict{Answer: Answer{Result: Refused, Reason: r}, Effects: []Effect{{Kind: EffectHand}}}
			}
			return no(r)
		}
		g.Receipt, g.PlatformID = a.Receipt, a.Receipt.ID
		g.move(GroupActive, f.At)
		g.born(f)
		return yes(Effect{Kind: EffectBorn, People: g.Admins})
	default:
		return no(ReasonUnknownAct)
	}
}

// unfit says why a receipt does not show that the approved group stands.
func unfit(a GroupAct, f GroupFacts) Reason {
	switch {
	case a.Receipt == nil || a.Receipt.ID == "" || (a.Kind == GroupConfirm && a.Receipt.Evidence == nil):
		return ReasonNoReceipt
	case !f.NameFits:
		return ReasonName
	}
	return ""
}

// confirmedBy names the admin whose confirmation made the group active.
func (g *Group) confirmedBy() EmployeeID {
	for i := len(g.Answers) - 1; i >= 0; i-- {
		if g.Answers[i].Result == Accepted && g.Answers[i].DecidedBy != "" {
			return g.Answers[i].DecidedBy
		}
	}
	return ""
}

func (g *Group) move(to GroupState, at time.Time) { g.State, g.Since = to, at }
