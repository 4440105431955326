package replay

import (
	"encoding/json"
	"slices"
	"sort"
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// Row is a row of the database as to_jsonb gives it: every column, whether this package knows it or not.
type Row map[string]json.RawMessage

// Rows are the rows of one case or group, by table.
type Rows map[string][]Row

// The tables that are compared.
const (
	TableCases       = "cases"
	TableSlots       = "case_slots"
	TableEntries     = "audit_entries"
	TableGroups      = "groups"
	TableMembers     = "group_members"
	TableDepartments = "group_departments"
	TableFindings    = "group_findings"
	TableOps         = "group_ops"
	TableObjects     = "objects"
	TableNDAs        = "ndas"
	TablePosts       = "posts"
	TablePostings    = "postings"
	// TableRevocations are the rows of the cases that ask for a case's revocation; each has a history of its own.
	TableRevocations = "revocations"
)

// Difference is where the database says something else than the history.
type Difference struct {
	Table  string `json:"table"`
	Key    string `json:"key"` // r1.s1.p1, the seq, a person …: which row
	Column string `json:"column"`
	Stored string `json:"stored"`
	Replay string `json:"replayed"`
}

// noRow stands where one side has no row at all; the column is then the one by which rows are found.
const noRow = "(no row)"

// Material is what was decided on, opened: rows hold texts of it that no history holds. The zero value leaves those
// texts unchecked.
type Material struct {
	Filing    *domain.Filing
	Shredded  bool // the case's key was destroyed: neither right nor wrong can be said
	NoKey     bool // the reader has no key that opens it
	Elsewhere bool // the row names an object that is not this case's material
	Broken    bool // the object is there and does not open: it was altered

	// Birth is the filing that a group began with, where another is in force now.
	Birth *domain.Filing

	digest  string // of the material that was opened: what a case decides on
	filed   string // of the filing in it: what a group stands on
	revoked bool   // an approved revocation of the case is on record
}

// plan says what one table must hold.
type plan struct {
	table string
	by    string // the column rows are found by
	key   string // the column that tells rows apart
	and   string // … with this one, where there is one
	rows  []line
}

type line struct {
	key  string
	cols map[string]want
}

// Compare lists every column in which the database says something else than what follows from the history. Where the
// history itself does not hold together there is nothing to compare with, and the result is empty.
func Compare(v Verdict, rows Rows, m Material) []Difference {
	out := []Difference{}
	if v.Group != nil {
		m.digest = m.filed
	}
	if m.Filing != nil && m.digest != digest(v) {
		m.Filing, m.Elsewhere = nil, true
	}
	m.revoked = v.Case != nil && revoked(v.Case.ID, rows)
	compared := plans(v, m)
	for _, p := range compared {
		out = append(out, p.compare(rows[p.table])...)
	}
	if compared == nil {
		return out
	}
	return append(out, m.differences(v, rows)...)
}

// digest is that of the material the acts decided on.
func digest(v Verdict) string {
	switch {
	case v.Case != nil:
		return v.Case.Digest
	case v.Group != nil:
		return v.Group.Digest
	}
	return ""
}

func plans(v Verdict, m Material) []plan {
	switch {
	case has(v.Faults, CodeFacts, CodeNoAct, CodeUnreadable, CodeKeyUnknown, CodeGap):
		return nil
	case v.Case != nil:
		return casePlans(v, m)
	case v.Group != nil:
		return groupPlans(v, m)
	case v.NDA != nil:
		return ndaPlans(v)
	case v.Post != nil:
		return postPlans(v)
	}
	return nil
}

// differences is what the material itself tells.
func (m Material) differences(v Verdict, rows Rows) []Difference {
	if len(rows[TableCases]) != 1 {
		return nil
	}
	row := rows[TableCases][0]
	stored, wanted := shown(row["material_id"]), "the material with digest "+digest(v)
	switch {
	case m.Broken:
		return []Difference{{TableObjects, stored, "body", "(does not open)", wanted}}
	case m.Elsewhere:
		return []Difference{{TableCases, shown(row["id"]), "material_id", stored, wanted}}
	}
	return nil
}

func (p plan) compare(rows []Row) []Difference {
	var out []Difference
	left := slices.Clone(rows)
	var missing []line
	for _, l := range p.rows {
		i := slices.IndexFunc(left, func(r Row) bool {
			return l.cols[p.key].ok(r[p.key]) && l.cols[p.by].ok(r[p.by]) && (p.and == "" || l.cols[p.and].ok(r[p.and]))
		})
		if i < 0 {
			missing = append(missing, l)
			continue
		}
		out = append(out, p.row(l, left[i])...)
		left = slices.Delete(left, i, i+1)
	}
	// A row whose key was altered is one row that changed, not one lost and one found.
	for _, l := range missing {
		best, fewest := -1, len(l.cols)/2+1
		for i, r := range left {
			if n := len(p.row(l, r)); n < fewest {
				best, fewest = i, n
			}
		}
		if best < 0 {
			out = append(out, Difference{p.table, l.key, p.by, noRow, l.cols[p.by].show})
			continue
		}
		out = append(out, p.row(l, left[best])...)
		left = slices.Delete(left, best, best+1)
	}
	for _, r := range left {
		out = append(out, Difference{p.table, shown(r[p.key]), p.by, shown(r[p.by]), noRow})
	}
	return out
}

// row compares one row, column by column; a column that nobody has a rule for is a difference too.
func (p plan) row(l line, r Row) []Difference {
	columns := make([]string, 0, len(r))
	for c := range l.cols {
		columns = append(columns, c)
	}
	for c := range r {
		if _, ok := l.cols[c]; !ok {
			columns = append(columns, c)
		}
	}
	sort.Strings(columns)
	var out []Difference
	for _, c := range columns {
		w, ok := l.cols[c]
		if !ok {
			out = append(out, Difference{p.table, l.key, c, shown(r[c]), "(no rule for this column)"})
		} else if !w.ok(r[c]) {
			out = append(out, Difference{p.table, l.key, c, shown(r[c]), bounded(w.show)})
		}
	}
	return out
}

// entries is what the audit stream must hold of a workflow: one row an act.
func entries(v Verdict, subject string, cols func(Applied, map[string]want)) plan {
	p := plan{table: TableEntries, by: "workflow_id", key: "seq"}
	for _, a := range v.Acts {
		if a.Stuck {
			continue
		}
		l := line{key: strconv.Itoa(a.Seq), cols: map[string]want{
			"workflow_id": text(v.Workflow), "seq": number(int64(a.Seq)), "act_id": text(a.Act.ID), "subject_id": text(subject),
			"kind": text(string(a.Act.Kind)), "actor_id": textOrNull(string(a.Act.Actor)), "outcome": text(string(a.Act.Outcome)),
			"result": text(string(a.Verdict.Result)), "reason": text(string(a.Verdict.Reason)), "decided_by": textOrNull(string(a.Verdict.DecidedBy)),
			"digest": text(a.Act.Digest), "act": acted(a), "facts": document(a.Facts), "state_digest": text(a.Digest), "at": moment(a.When),
		}}
		cols(a, l.cols)
		p.rows = append(p.rows, l)
	}
	return p
}

// Columns lists, by table, the columns that Compare has a rule for; a test holds them against the schema.
func Columns() map[string][]string {
	filing := &domain.Filing{Admins: []domain.EmployeeID{"a"}}
	applied := []Applied{{Seq: 1}}
	c := domain.Case{Seq: 1, Steps: []domain.Step{{Slots: []domain.Slot{{}}}}}
	g := domain.Group{Seq: 1, Departments: []domain.DepartmentID{"d"}, Life: &domain.Life{Findings: []domain.Finding{{}}, Ops: []domain.PlatformOp{{}}}}
	told := []Applied{{Seq: 1, Decided: At{Run: "r", Event: 2}, Raw: domain.GroupAct{}}}
	states := map[At]any{{Run: "r", Event: 1}: domain.Group{Digest: filing.Digest()}, {Run: "r", Event: 2}: g}
	all := append(casePlans(Verdict{Case: &c, Acts: applied, States: map[At]any{}}, Material{Filing: filing}),
		groupPlans(Verdict{Group: &g, Runs: []string{"r"}, Acts: told, States: states}, Material{Filing: filing})...)
	all = append(all, ndaPlans(Verdict{NDA: &domain.NDA{Seq: 1}, Acts: applied})...)
	all = append(all, postPlans(Verdict{Post: &domain.Post{Seq: 1, Postings: []domain.Posting{{}}}, Acts: applied})...)
	out := map[string][]string{}
	for _, p := range all {
		for _, l := range p.rows {
			var names []string
			for name := range l.cols {
				names = append(names, name)
			}
			sort.Strings(names)
			out[p.table] = names
		}
	}
	return out
}
