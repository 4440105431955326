package replay

import (
	"encoding/json"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// reasonRefused is what a case's row says when the database refused a projection for ever.
const reasonRefused = "projection_refused"

// reasonNotTaken is what it says of an approved change that its group refused.
const reasonNotTaken = "change_refused"

// reasonNotAdopted is what it says of an approved filing that its group, found on a platform, refused.
const reasonNotAdopted = "adoption_refused"

func casePlans(v Verdict, m Material) []plan {
	c := *v.Case
	return []plan{caseRow(v, m), slotRows(c), entries(v, c.ID, func(a Applied, cols map[string]want) {
		comment := ""
		if a.Act.Comment != nil {
			comment = a.Act.Comment.Object
		}
		cols["comment_id"] = textOrNull(comment)
		after, _ := v.States[a.Decided].(domain.Case)
		cols["slot"] = text(slotOf(after, a.Act))
	})}
}

func caseRow(v Verdict, m Material) plan {
	c := *v.Case
	cols := map[string]want{
		"id": text(c.ID), "number": text(c.Number), "kind": text(string(c.Kind)), "status": text(string(c.Status)),
		"needs_hand": text(c.NeedsHand), "requester_id": text(string(c.Parties.Requester)), "tier": text(string(c.Tier)),
		"version": number(int64(c.Version)), "round": number(int64(c.Round)), "seq": number(int64(c.Seq)), "digest": text(c.Digest),
		"policy": text(c.Policy), "route": text(c.Route), "revision": number(c.Revision), "state": document(c),
		"state_digest": text(domain.StateDigest(c)), "due_at": moment(c.FirstDue()), "submitted_at": moment(c.Submitted),
		"changed_at": moment(lastAt(v)), "decided_at": moment(c.Decided), "group_id": textOrNull(v.GroupID),
		"subject_id": textOrNull(c.Subject),
		// Whether the object it names is the material that was decided on, Material says.
		"material_id": unchecked("held against the material's digest"),
		"title":       unchecked("the material was shredded"),
	}
	if m.Filing != nil {
		cols["title"] = text(m.Filing.Name)
	}
	if c.Status == domain.CaseApproved && m.revoked {
		cols["status"] = text(string(domain.CaseRevoked))
	}
	if c.Seq == 0 {
		// Submitted until the workflow is known to run, which the database hears a moment later.
		cols["status"] = either(text(string(c.Status)), text(string(domain.CaseSubmitted)))
		cols["changed_at"] = since(c.Submitted)
	}
	stuck := len(v.Acts) > 0 && v.Acts[len(v.Acts)-1].Stuck
	if stuck || (c.Status == domain.CaseApproved && v.GroupID != "") {
		// A refused projection, of the case or of the group it gave birth to, marks the case without an act.
		cols["needs_hand"] = either(cols["needs_hand"], either(text(reasonRefused), text(reasonNotAdopted)))
	}
	if c.Kind == domain.KindChange && c.Status == domain.CaseApproved {
		cols["needs_hand"] = either(cols["needs_hand"], text(reasonNotTaken)) // the group did not take it: that is in the group's history
	}
	if stuck {
		cols["changed_at"] = since(c.Submitted)
	}
	return plan{table: TableCases, by: "id", key: "id", rows: []line{{key: c.ID, cols: cols}}}
}

// revoked tells whether an approved revocation of the case is on record, in a state that is whole. Whether that revocation
// was approved indeed, its own history tells: whoever doubts replays that too.
func revoked(id string, rows Rows) bool {
	for _, row := range rows[TableRevocations] {
		var r domain.Case
		var sum string
		if json.Unmarshal(row["state"], &r) != nil || json.Unmarshal(row["state_digest"], &sum) != nil {
			continue
		}
		if r.Kind == domain.KindRevocation && r.Subject == id && r.Status == domain.CaseApproved && domain.StateDigest(r) == sum {
			return true
		}
	}
	return false
}

func slotRows(c domain.Case) plan {
	p := plan{table: TableSlots, by: "case_id", key: "slot"}
	add := func(round, from int, steps []domain.Step) {
		for i, st := range steps {
			for _, s := range st.Slots {
				p.rows = append(p.rows, line{key: s.ID, cols: slotColumns(c, s.Round(round), from+i+1, s)})
			}
		}
	}
	for _, r := range c.Past {
		add(r.Number, r.From, r.Steps)
	}
	add(c.Round, 0, c.Steps)
	return p
}

func slotColumns(c domain.Case, round, step int, s domain.Slot) map[string]want {
	d := domain.Decision{}
	if s.Decision != nil {
		d = *s.Decision
	}
	cols := map[string]want{
		"case_id": text(c.ID), "slot": text(s.ID), "round": number(int64(round)), "step": number(int64(step)), "person_id": text(string(s.Person)),
		"status": text(string(s.Status)), "closed": text(string(s.Closed)), "why": document(s.Why), "opened_at": moment(s.Opened),
		"due_at": moment(s.Due.At), "outcome": text(string(d.Outcome)), "decided_by": textOrNull(string(d.By)),
		"decided_at": moment(d.At), "decision": textOrNull(d.Act),
	}
	if c.Seq == 0 {
		cols["status"] = either(cols["status"], text(string(domain.SlotWaiting)))
	}
	return cols
}

// slotOf names the place an act is about: the one it decided, else the one that was due.
func slotOf(c domain.Case, a domain.Act) string {
	for _, st := range c.Steps {
		for _, s := range st.Slots {
			if s.Decision != nil && s.Decision.Act == a.ID {
				return s.ID
			}
		}
	}
	return a.Slot
}

// lastAt is when the last act that happened was decided.
func lastAt(v Verdict) time.Time {
	for i := len(v.Acts) - 1; i >= 0; i-- {
		if !v.Acts[i].Stuck {
			return v.Acts[i].When
		}
	}
	return time.Time{}
}

// Subject is the case or group behind a workflow id.
func Subject(workflowID string) (kind, id string, ok bool) { return workflows.Subject(workflowID) }
