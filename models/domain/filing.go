package domain

import (
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// Fault is one thing wrong with an input: where, what, and the values its message and remedy need. Texts are made
// where the reader's language is known.
type Fault struct {
	Field  string            `json:"field"` // JSON path: "name", "members[3]", "permissions.see_contacts"
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

// FilingLimits are the bounds of a filing that do not depend on the company's policy.
const (
	MaxNameRunes    = 60
	MaxPurposeRunes = 1000
	MaxMembers      = 5000
	MaxAdmins       = 10
	MaxDepartments  = 20
)

// FilingRules are what the company's policy says about filings: the ceilings per tier and the platforms in use.
type FilingRules struct {
	Ceilings  map[Tier]Permissions
	Platforms []string
	// MaxLife bounds how far in the future a temporary group may end, in days; 0: no bound.
	MaxLife int
}

// CheckFiling lists everything wrong with a filing except its name, which the policy's name rules check (R2.1, R2.2.1,
// R4.1.1, R6.1). today is the company's date, YYYY-MM-DD.
func CheckFiling(f Filing, rules FilingRules, dir *Directory, today string) []Fault {
	var out []Fault
	fault := func(field, code string, kv ...string) {
		p := map[string]string{}
		for i := 0; i+1 < len(kv); i += 2 {
			p[kv[i]] = kv[i+1]
		}
		out = append(out, Fault{Field: field, Code: code, Params: p})
	}
	if !slices.Contains(GroupTypes, f.Type) {
		fault("type", "unknown_value", "allowed", "department, project, cross_department, special")
	}
	if !slices.Contains(Tiers, f.Tier) {
		fault("tier", "unknown_value", "allowed", "ordinary, confidential, secret")
	}
	switch n := utf8.RuneCountInString(f.Purpose); {
	case blank(f.Purpose):
		fault("purpose", "required")
	case n > MaxPurposeRunes:
		fault("purpose", "too_long", "max", strconv.Itoa(MaxPurposeRunes))
	}
	if bad := hidden(f.Purpose); bad != "" {
		fault("purpose", "hidden_character", "character", bad)
	}
	checkDepartments(f, dir, fault)
	checkPeople(f, dir, fault)
	if !slices.Contains(rules.Platforms, f.Platform) {
		fault("platform", "unknown_value", "allowed", join(rules.Platforms))
	}
	if f.Permissions.Posting != PostAdmins && f.Permissions.Posting != PostMembers {
		fault("permissions.posting", "unknown_value", "allowed", "admins, members")
	} else if ceiling, ok := rules.Ceilings[f.Tier]; ok {
		for _, name := range f.Permissions.Looser(ceiling) {
			fault("permissions."+name, "looser_than_tier", "tier", string(f.Tier))
		}
	}
	checkEnd(f, rules, today, fault)
	return out
}

func checkDepartments(f Filing, dir *Directory, fault func(string, string, ...string)) {
	switch {
	case len(f.Departments) == 0:
		fault("departments", "required")
	case len(f.Departments) > MaxDepartments:
		fault("departments", "too_many", "max", strconv.Itoa(MaxDepartments))
		return
	case f.Type == TypeCrossDepartment && len(f.Departments) < 2:
		fault("departments", "too_few", "min", "2")
	case f.Type == TypeDepartment && len(f.Departments) > 1:
		fault("departments", "too_many", "max", "1")
	}
	seen := map[DepartmentID]bool{}
	for i, id := range f.Departments {
		field := "departments[" + strconv.Itoa(i) + "]"
		if d, ok := dir.Departments[id]; !ok || !d.Active {
			fault(field, "unknown_department")
		}
		if seen[id] {
			fault(field, "listed_twice")
		}
		seen[id] = true
	}
}

func checkPeople(f Filing, dir *Directory, fault func(string, string, ...string)) {
	switch n := len(f.Admins); {
	case n < 2:
		fault("admins", "too_few", "min", "2") // R2.2: a group needs at least two admins
	case n > MaxAdmins:
		fault("admins", "too_many", "max", strconv.Itoa(MaxAdmins))
	}
	if len(f.Members) > MaxMembers {
		fault("members", "too_many", "max", strconv.Itoa(MaxMembers))
		return
	}
	seen := map[EmployeeID]bool{}
	check := func(field string, ids []EmployeeID) {
		for i, id := range ids {
			at := field + "[" + strconv.Itoa(i) + "]"
			e, ok := dir.Employees[id]
			switch {
			case !ok:
				fault(at, "unknown_employee")
			case !e.Active:
				fault(at, "left_company", "number", e.Number)
			case seen[id]:
				fault(at, "listed_twice", "number", e.Number)
			}
			seen[id] = true
		}
	}
	check("admins", f.Admins[:min(len(f.Admins), MaxAdmins)])
	check("members", f.Members)
}

func checkEnd(f Filing, rules FilingRules, today string, fault func(string, string, ...string)) {
	if f.EndsOn == "" {
		if f.Type == TypeSpecial {
			fault("ends_on", "temporary_needs_end") // semantics 2: temporary ones must carry an end date
		}
		return
	}
	end, err := time.Parse(time.DateOnly, f.EndsOn)
	if err != nil {
		fault("ends_on", "not_a_date", "form", "2027-06-30")
		return
	}
	now, err := time.Parse(time.DateOnly, today)
	switch {
	case err != nil:
	case !end.After(now):
		fault("ends_on", "not_in_future", "today", today)
	case rules.MaxLife > 0 && end.After(now.AddDate(0, 0, rules.MaxLife)):
		fault("ends_on", "too_far", "latest", now.AddDate(0, 0, rules.MaxLife).Format(time.DateOnly))
	}
}

func blank(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// hidden names the first character that a reader cannot see but that changes what is read: controls, direction marks,
// zero-width characters, and what is no valid UTF-8. Line breaks and tabs are allowed.
func hidden(s string) string {
	if !utf8.ValidString(s) {
		return "invalid UTF-8"
	}
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
			return "U+" + pad4(strconv.FormatInt(int64(r), 16))
		}
	}
	return ""
}

func pad4(s string) string {
	for len(s) < 4 {
		s = "0" + s
	}
	return s
}

func join(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += ", "
		}
		out += s
	}
	return out
}
