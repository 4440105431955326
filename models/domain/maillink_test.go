package domain

import (
	"testing"
	"time"
)

func TestWhatALinkIsGoodFor(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	link := MailLink{ID: "l", Person: "a", Case: "c", Slot: "r1.s1.p1", Digest: "sha256:1", Version: 1, Expires: now.Add(time.Hour), Act: "act-of-link"}
	with := func(s Slot, change ...func(*Case)) Case {
		s.ID, s.Person = "r1.s1.p1", "a"
		c := Case{Status: CaseInApproval, Digest: "sha256:1", Version: 1, Round: 1, Parties: Parties{Requester: "r"},
			Steps: []Step{{Status: StepOpen, Slots: []Slot{s, {ID: "r1.s1.p2", Person: "b", Status: SlotOpen}}}}}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	closed := func(why Reason) Slot { return Slot{Status: SlotClosed, Closed: why} }
	decided := func(act string, by EmployeeID) Slot {
		return Slot{Status: SlotApproved, Decision: &Decision{Act: act, By: by, Outcome: Approve, At: now}}
	}
	past := func(c *Case) {
		c.Past = []Round{{Number: 1, Steps: c.Steps}}
		c.Round, c.Steps = 2, []Step{{Status: StepOpen, Slots: []Slot{{ID: "r2.s1.p1", Person: "a", Status: SlotOpen}}}}
	}
	for _, x := range []struct {
		name string
		c    Case
		at   time.Time
		want LinkState
		by   EmployeeID
	}{
		{"open", with(Slot{Status: SlotOpen}), now, LinkOpen, ""},
		{"a moment before its end", with(Slot{Status: SlotOpen}), link.Expires.Add(-time.Microsecond), LinkOpen, ""},
		{"at its end", with(Slot{Status: SlotOpen}), link.Expires, LinkExpired, ""},
		{"used", with(decided("act-of-link", "a")), now, LinkUsed, "a"},
		{"used, and over", with(decided("act-of-link", "a")), link.Expires, LinkUsed, "a"},
		{"decided on the page", with(decided("other", "a")), now, LinkDecided, "a"},
		{"decided by the delegate", with(decided("other", "d")), now, LinkDecided, "d"},
		{"another digest", with(Slot{Status: SlotOpen}, func(c *Case) { c.Digest = "sha256:2" }), now, LinkSuperseded, ""},
		{"another version", with(Slot{Status: SlotOpen}, func(c *Case) { c.Version = 2 }), now, LinkSuperseded, ""},
		{"amended", with(closed(ReasonAmended)), now, LinkSuperseded, ""},
		{"transferred", with(Slot{Status: SlotTransferred}), now, LinkHandedOn, ""},
		{"lost", with(closed(ReasonLost)), now, LinkHandedOn, ""},
		{"reassigned", with(closed(ReasonReassigned)), now, LinkHandedOn, ""},
		{"superior in place", with(closed(ReasonEscalated)), now, LinkHandedOn, ""},
		{"returned", with(closed(ReasonReturned), past), now, LinkReturned, ""},
		{"approved, then returned", with(decided("other", "a"), past), now, LinkReturned, "a"},
		{"used, then returned", with(decided("act-of-link", "a"), past), now, LinkUsed, "a"},
		{"settled by b", with(closed(ReasonSettled), func(c *Case) {
			c.Steps[0].Slots[1].Decision = &Decision{By: "b", At: now, Outcome: Reject}
		}), now, LinkSettled, "b"},
		{"timed out", with(closed(ReasonTimedOut)), now, LinkSettled, ""},
		{"waits", with(Slot{Status: SlotWaiting}), now, LinkWaiting, ""},
		{"withdrawn", with(closed(ReasonEnded), func(c *Case) { c.Status = CaseWithdrawn }), now, LinkEnded, "r"},
		{"expired case", with(closed(ReasonEnded), func(c *Case) { c.Status = CaseExpired }), now, LinkEnded, ""},
		{"open in a case that ended", with(Slot{Status: SlotOpen}, func(c *Case) { c.Status = CaseStopped }), now, LinkEnded, ""},
		{"no such place", Case{Status: CaseInApproval, Digest: "sha256:1", Version: 1}, now, LinkSuperseded, ""},
	} {
		if got := link.Standing(x.c, x.at); got.State != x.want || got.By != x.by {
			t.Errorf("%s: %+v, want %s by %q", x.name, got, x.want, x.by)
		}
	}
}

// Each field is in what is signed: a link that differs in one of them has another signature.
func TestALinkSignsEveryField(t *testing.T) {
	whole := MailLink{ID: "i", Person: "p", Case: "c", Slot: "s", Digest: "d", Version: 1, Expires: time.UnixMicro(5), Act: "a"}
	seen := map[string]bool{string(whole.Signed()): true}
	for _, change := range []func(*MailLink){
		func(l *MailLink) { l.ID = "x" }, func(l *MailLink) { l.Person = "x" }, func(l *MailLink) { l.Case = "x" }, func(l *MailLink) { l.Slot = "x" },
		func(l *MailLink) { l.Digest = "x" }, func(l *MailLink) { l.Version = 2 }, func(l *MailLink) { l.Expires = time.UnixMicro(6) },
		func(l *MailLink) { l.Act = "x" }, func(l *MailLink) { l.ID, l.Person = "ip", "" },
	} {
		l := whole
		change(&l)
		if seen[string(l.Signed())] {
			t.Errorf("%+v signs like another", l)
		}
		seen[string(l.Signed())] = true
	}
}
