package domain

import (
	"strconv"
	"time"
)

// Wake is the next moment at which the system must act on a case by itself.
type Wake struct {
	At  time.Time
	Act Act // without At
}

// NextWake returns the earliest reminder, rung or deadline of the open places, of the requester after a return, or of the
// administrators' queue; false when nothing is due ever.
// The act's id is derived from the place and the state it is due in, so that a timer that fires twice acts once, and one
// that fired too early acts again.
func (c *Case) NextWake() (Wake, bool) {
	seq := ":" + strconv.Itoa(c.Seq)
	var best Wake
	found := false
	offer := func(at time.Time, kind ActKind, name, slot string) {
		if at.IsZero() || (found && !at.Before(best.At)) {
			return
		}
		id := "sys:" + name + ":" + at.UTC().Format(time.RFC3339) + seq
		best, found = Wake{At: at, Act: Act{ID: id, Kind: kind, Slot: slot}}, true
	}
	if c.Status == CaseReturned {
		offer(c.ReturnDue.At, ActExpire, "expire:return", "")
	}
	if c.queued() {
		if len(c.HandDue.Remind) > 0 {
			offer(c.HandDue.Remind[0], ActRemind, "remind:hand", "")
		}
		offer(c.HandDue.At, ActExpire, "expire:hand", "")
	}
	for _, s := range c.OpenSlots() {
		if s.Reminded < len(s.Due.Remind) {
			offer(s.Due.Remind[s.Reminded], ActRemind, "remind:"+s.ID, s.ID)
		}
		if s.Rung < len(s.Due.Ladder) {
			offer(s.Due.Ladder[s.Rung].At, ActEscalate, "escalate:"+s.ID, s.ID)
		}
		offer(s.Due.At, ActExpire, "expire:"+s.ID, s.ID)
	}
	return best, found
}
