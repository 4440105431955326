package domain

import "slices"

// Flag is something about a group that holds beside its state (semantics 2).
type Flag string

// The flags, in the order pages show them.
const (
	FlagOwnerless     Flag = "ownerless"
	FlagNDAIncomplete Flag = "nda_incomplete" // somebody waits for agreement or training (R4.2.1, R4.2.2)
	FlagLegalHold     Flag = "legal_hold"
	FlagDrift         Flag = "drift"
	FlagOutsiders     Flag = "outsiders"
	FlagReviewOverdue Flag = "review_overdue"
	FlagFewAdmins     Flag = "few_admins"
	FlagOpsFailed     Flag = "ops_failed"
	FlagGaps          Flag = "gaps"
)

// GroupFlags lists every flag, in the order pages show them.
var GroupFlags = []Flag{FlagOwnerless, FlagNDAIncomplete, FlagLegalHold, FlagDrift, FlagOutsiders, FlagReviewOverdue, FlagFewAdmins, FlagOpsFailed, FlagGaps}

// Flags derives a group's flags from its state. A deleted group has none, a group of the first version neither.
func Flags(g Group) []Flag {
	l := g.Life
	if l == nil || g.State == GroupDeleted {
		return nil
	}
	holds := map[Flag]bool{
		FlagOwnerless:     len(g.Admins) == 0 && g.State != GroupDraft,
		FlagNDAIncomplete: l.Pending > 0,
		FlagLegalHold:     len(l.Holds) > 0,
		FlagOutsiders:     l.Outside > 0 || slices.ContainsFunc(l.Guests, func(x Guest) bool { return x.State == MemberActive }),
		FlagReviewOverdue: (g.State == GroupRenewalDue || g.State == GroupGrace) && l.Due != nil && l.Due.Kind == DateRenewal,
		FlagFewAdmins:     len(g.Admins) == 1,
		FlagGaps:          len(l.Gaps) > 0,
	}
	for _, f := range l.Findings {
		holds[FlagDrift] = holds[FlagDrift] || f.Kind.Drift()
	}
	for _, op := range l.Ops {
		holds[FlagOpsFailed] = holds[FlagOpsFailed] || op.State == OpFailed
	}
	var out []Flag
	for _, f := range GroupFlags {
		if holds[f] {
			out = append(out, f)
		}
	}
	return out
}

// Drift tells whether a finding is a difference between platform and register, as opposed to a fault of the group's order.
func (k FindingKind) Drift() bool { return k != FindMoved && k != FindFewAdmins && k != FindUnfiled }
