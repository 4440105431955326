package domain

import "time"

// PlanNDA computes the days that follow from an act, for the facts that the history keeps: company days at nine o'clock, in
// calendar days (semantics 4: reminders and expiry per policy).
func PlanNDA(n NDA, a NDAAct, at time.Time, cal *Calendar) *NDADates {
	if cal == nil {
		cal = &Calendar{Version: "none"}
	}
	d := &NDADates{Calendar: cal.Version}
	switch {
	case a.Kind == NDAActSent:
		d.Due = cal.Nine(at, max(n.Rules.Expires, 1))
		for _, days := range n.Rules.Reminders {
			when := cal.Nine(at, days)
			if last := len(d.Remind) - 1; when.After(at) && when.Before(d.Due) && (last < 0 || when.After(d.Remind[last])) {
				d.Remind = append(d.Remind, when)
			}
		}
	case a.Kind == NDAActLapse && a.Until.IsZero():
		d.Lapses = cal.Nine(at, max(n.Rules.Grace, 1))
	case a.Kind == NDAActTerminate && n.State == NDASealed && n.Rules.Survives > 0:
		d.Survives = cal.Nine(at, n.Rules.Survives)
	default:
		return nil
	}
	return d
}

// NDAOffers lists what somebody could do to an agreement now, by trying each act on the rules. f holds what is known of the
// person. Where a passkey or a stronger check is needed first, signing is offered with it.
func NDAOffers(n NDA, who EmployeeID, f NDAFacts) []NDAActKind {
	f.Proof, f.Passkey = true, true
	ref := &Ref{Object: "trial", SHA256: "trial"}
	try := func(n NDA, a NDAAct) bool {
		a.ID, a.Actor, a.At = "trial", who, f.At
		_, v := DecideNDA(n, a, f)
		return v.Result == Accepted
	}
	// To sign, one has read it and shown who one is: whoever comes that far is offered it.
	read := n
	if read.From.IsZero() {
		read.From = f.At
	}
	if read.Until.IsZero() {
		read.Until = f.At
	}
	var out []NDAActKind
	for _, x := range []struct {
		n NDA
		a NDAAct
	}{
		{n, NDAAct{Kind: NDAActView, From: f.At, Until: f.At}},
		{read, NDAAct{Kind: NDAActVerify, Check: NDAByPasskey}},
		{read, NDAAct{Kind: NDAActSign, Sign: &NDASigning{Shown: n.Digest, Consent: "trial", Passkey: ref}}},
		{n, NDAAct{Kind: NDAActDecline, Reason: ref}},
		{n, NDAAct{Kind: NDAActPaper, Sign: &NDASigning{Shown: n.Digest, Consent: "trial", Scan: ref}}},
		{n, NDAAct{Kind: NDAActCountersign}},
		{n, NDAAct{Kind: NDAActVoid, Reason: ref}},
		{n, NDAAct{Kind: NDAActReturn}},
		{n, NDAAct{Kind: NDAActRetry}},
	} {
		if try(x.n, x.a) {
			out = append(out, x.a.Kind)
		}
	}
	return out
}
