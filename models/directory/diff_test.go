package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// small is a company of ten: the root, two centres, one department below the first.
func small() *domain.Directory {
	units := []domain.Department{
		{ID: "d0", Code: "C", Name: "公司", Leader: "p1", Active: true},
		{ID: "d1", Code: "C1", Name: "研发", Parent: "d0", Leader: "p2", Active: true},
		{ID: "d2", Code: "C2", Name: "营销", Parent: "d0", Leader: "p3", Active: true},
		{ID: "d3", Code: "C3", Name: "平台", Parent: "d1", Leader: "p4", Active: true},
	}
	var people []domain.Employee
	for i, dep := range []domain.DepartmentID{"d0", "d1", "d2", "d3", "d3", "d3", "d3", "d2", "d2", "d2"} {
		n := i + 1
		e := domain.Employee{ID: domain.EmployeeID(fmt.Sprintf("p%d", n)), Number: fmt.Sprintf("E%d", n), Name: "人" + string([]rune("甲乙丙丁戊己庚辛壬癸")[i]),
			Department: dep, Post: "岗", Email: fmt.Sprintf("e%d@x.example", n), Mobile: fmt.Sprintf("1380000000%d", i), Active: true}
		if n <= 4 {
			e.Roles = []domain.Role{domain.RoleLeader}
		}
		people = append(people, e)
	}
	return domain.NewDirectory(7, people, units)
}

// rowsOf writes a directory in the template, for tests to edit line by line.
func rowsOf(dir *domain.Directory) []string {
	var lines []string
	for _, r := range templateRows(byNumber(dir.Employees), byCode(dir.Departments)) {
		lines = append(lines, strings.Join(r, ","))
	}
	return lines
}

func TestDiffNamesEachChange(t *testing.T) {
	type want struct {
		staff, units []string // "E5 moved+post_changed"
		people       []domain.EmployeeID
		departments  []domain.DepartmentID
		roles        []domain.Role
		faults       []string
	}
	replace := func(line int, old, now string) func([]string) []string {
		return func(l []string) []string {
			if !strings.Contains(l[line], old) {
				panic(l[line] + " lacks " + old)
			}
			l[line] = strings.Replace(l[line], old, now, 1)
			return l
		}
	}
	all := func(old, now string) func([]string) []string {
		return func(l []string) []string {
			return strings.Split(strings.ReplaceAll(strings.Join(l, "\n"), old, now), "\n")
		}
	}
	drop := func(lines ...int) func([]string) []string {
		return func(l []string) []string {
			var out []string
			for i, s := range l {
				if !slices.Contains(lines, i) {
					out = append(out, s)
				}
			}
			return out
		}
	}
	for _, c := range []struct {
		name string
		edit func([]string) []string
		opts Options
		want want
	}{
		{"nothing", func(l []string) []string { return l }, Options{Full: true}, want{}},
		{"order and case of numbers", func(l []string) []string { slices.Reverse(l[1:]); l[1] = strings.Replace(l[1], "E", "e", 1); return l }, Options{Full: true}, want{}},
		{"joined", func(l []string) []string { return append(l, "E11,新人,公司/营销,C2,岗,,,否,安全员,在职") }, Options{Full: true},
			want{staff: []string{"E11 joined"}, roles: []domain.Role{domain.RoleSecurity}}},
		{"left by absence", drop(9), Options{Full: true}, want{staff: []string{"E9 left"}, people: []domain.EmployeeID{"p9"}}},
		{"absence says nothing of a part", drop(9), Options{}, want{}},
		{"left by status", replace(8, "在职", "离职"), Options{}, want{staff: []string{"E8 left"}, people: []domain.EmployeeID{"p8"}}},
		{"left before we knew", func(l []string) []string { return append(l, "E11,旧人,公司/营销,C2,岗,,,否,员工,离职") }, Options{Full: true},
			want{staff: []string{"E11 left_earlier"}}},
		{"moved", replace(9, "公司/营销,C2", "公司/研发,C1"), Options{Full: true}, want{staff: []string{"E9 moved"}, people: []domain.EmployeeID{"p9"}}},
		{"post", replace(9, ",岗,", ",长,"), Options{Full: true}, want{staff: []string{"E9 post_changed"}, people: []domain.EmployeeID{"p9"}}},
		{"contact", replace(9, "e9@", "e99@"), Options{Full: true}, want{staff: []string{"E9 contact_changed"}}},
		{"name", replace(9, "人", "员"), Options{Full: true}, want{staff: []string{"E9 renamed"}}},
		{"another person", func(l []string) []string {
			l[9] = "E9,外人,公司/营销,C2,岗,zzz@x.example,13900000000,否,员工,在职"
			return l
		}, Options{Full: true}, want{staff: []string{"E9 renamed+contact_changed"}, faults: []string{CodeOtherPerson}}},
		{"roles", replace(9, "员工", "审计员"), Options{Full: true},
			want{staff: []string{"E9 roles_changed"}, people: []domain.EmployeeID{"p9"}, roles: []domain.Role{domain.RoleAuditor}}},
		{"new department", replace(9, "公司/营销,C2", "公司/法务,C9"), Options{Full: true},
			want{staff: []string{"E9 moved"}, units: []string{"C9 created"}, people: []domain.EmployeeID{"p9"}}},
		{"renamed by code", all("公司/营销", "公司/市场"), Options{Full: true}, want{units: []string{"C2 renamed"}}},
		{"renamed root", all("公司", "集团"), Options{Full: true}, want{units: []string{"C renamed"}}},
		{"moved under by code", all("公司/研发/平台", "公司/营销/平台"), Options{Full: true},
			want{units: []string{"C3 moved_under"}, departments: []domain.DepartmentID{"d3"}}},
		{"new leader", func(l []string) []string {
			l[4], l[5] = strings.Replace(l[4], "是,员工、领导", "否,员工", 1), strings.Replace(l[5], ",否,", ",是,", 1)
			return l
		}, Options{Full: true}, want{staff: []string{"E4 roles_changed", "E5 roles_changed"}, units: []string{"C3 leader_changed"},
			people: []domain.EmployeeID{"p4", "p5"}, departments: []domain.DepartmentID{"d3"}, roles: []domain.Role{domain.RoleLeader}}},
		{"post becomes vacant", replace(4, "是,员工、领导", "否,员工"), Options{}, want{staff: []string{"E4 roles_changed"},
			units: []string{"C3 leader_changed"}, people: []domain.EmployeeID{"p4"}, departments: []domain.DepartmentID{"d3"}, roles: []domain.Role{domain.RoleLeader}}},
		{"leader left", drop(4), Options{Full: true}, want{staff: []string{"E4 left"}, units: []string{"C3 leader_changed"},
			people: []domain.EmployeeID{"p4"}, departments: []domain.DepartmentID{"d3"}, roles: []domain.Role{domain.RoleLeader}}},
		{"two of ten leave", drop(8, 9), Options{Full: true}, want{staff: []string{"E8 left", "E9 left"}, people: []domain.EmployeeID{"p8", "p9"}}},
		{"three of ten leave", drop(6, 8, 9), Options{Full: true}, want{staff: []string{"E6 left", "E8 left", "E9 left"},
			people: []domain.EmployeeID{"p6", "p8", "p9"}, faults: []string{CodeMass}}},
		{"three of ten, confirmed", drop(6, 8, 9), Options{Full: true, AllowMass: true}, want{staff: []string{"E6 left", "E8 left", "E9 left"},
			people: []domain.EmployeeID{"p6", "p8", "p9"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := small()
			// The lines are sorted E1, E10, E2 …: with E10 last, line n is En's.
			lines := rowsOf(dir)
			lines = append(append(lines[:2:2], lines[3:]...), lines[2])
			edited := c.edit(lines)
			book, faults, err := Parse("x.csv", []byte(strings.Join(edited, "\n")))
			if err != nil || Blocking(faults) {
				t.Fatal(err, faults)
			}
			c.opts.NewID = counter()
			ch, df := Diff(dir, book, c.opts)
			check(t, "staff", staffOf(ch), c.want.staff)
			check(t, "departments", unitsOf(ch), c.want.units)
			check(t, "people touched", ch.People(), c.want.people)
			check(t, "departments touched", ch.Departments(), c.want.departments)
			check(t, "roles touched", ch.Roles(), c.want.roles)
			var codes []string
			for _, f := range df {
				codes = append(codes, f.Code)
			}
			check(t, "faults", codes, c.want.faults)
			after := Apply(dir, ch)
			if after.Revision != 8 {
				t.Errorf("revision %d", after.Revision)
			}
			if again, _ := Diff(after, book, Options{Full: c.opts.Full, AllowMass: true, NewID: counter()}); !again.Empty() {
				t.Errorf("importing twice changes something: %v %v", staffOf(again), unitsOf(again))
			}
			if orig := small(); fmt.Sprint(dir) != fmt.Sprint(orig) {
				t.Error("the directory on record was changed")
			}
		})
	}
}

func check[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) && len(got)+len(want) > 0 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func kindsText(kinds []Kind) string {
	s := make([]string, len(kinds))
	for i, k := range kinds {
		s[i] = string(k)
	}
	return strings.Join(s, "+")
}

func staffOf(c Change) (out []string) {
	for _, s := range c.Staff {
		out = append(out, s.After.Number+" "+kindsText(s.Kinds))
	}
	return out
}

func unitsOf(c Change) (out []string) {
	for _, u := range c.Units {
		out = append(out, u.After.Code+" "+kindsText(u.Kinds))
	}
	return out
}

func diffText(t *testing.T, dir *domain.Directory, csv string, opts Options) (Change, []RowFault) {
	t.Helper()
	book, faults, err := Parse("x.csv", []byte(csv))
	if err != nil || Blocking(faults) {
		t.Fatal(err, faults)
	}
	opts.NewID = counter()
	return Diff(dir, book, opts)
}

func TestAClosedDepartmentLosesItsLeader(t *testing.T) {
	lines := rowsOf(small())
	text := strings.ReplaceAll(strings.Join(lines, "\n"), "公司/研发/平台,C3", "公司/研发,C1")
	text = strings.Replace(text, "e4@x.example,13800000003,是,员工、领导", "e4@x.example,13800000003,否,员工", 1)
	c, faults := diffText(t, small(), text, Options{Full: true})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	check(t, "departments", unitsOf(c), []string{"C3 closed+leader_changed"})
	if dir := Apply(small(), c); dir.Departments["d3"].Active || dir.LeaderOf("d3") != "" {
		t.Error("still open or led")
	}
}

// Without codes, a renamed department must not look like a closed one and a new one: its people would lose their groups.
func TestRenamingWithoutCodesKeepsTheDepartment(t *testing.T) {
	head := "工号,姓名,部门\n"
	plain := func(edit func(string) string) string {
		text := head
		for _, e := range byNumber(small().Employees) {
			text += e.Number + "," + e.Name + "," + unitPath(small(), e.Department) + "\n"
		}
		return edit(text)
	}
	for _, c := range []struct {
		name, old, now string
		want           []string
	}{
		{"leaf", "研发/平台", "研发/基础平台", []string{"C3 renamed"}},
		{"leaf moved", "研发/平台", "营销/平台", []string{"C3 moved_under"}},
		{"centre", "公司/研发", "公司/技术", []string{"C1 renamed"}},
		{"root", "公司", "集团", []string{"C renamed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ch, faults := diffText(t, small(), plain(func(s string) string { return strings.ReplaceAll(s, c.old, c.now) }), Options{Full: true})
			check(t, "departments", unitsOf(ch), c.want)
			check(t, "staff", staffOf(ch), nil)
			if len(faults) > 0 || !ch.Units[0].Guessed {
				t.Errorf("faults %v, guessed %v", faults, ch.Units[0].Guessed)
			}
		})
	}
	t.Run("contact and roles stay where the file has no column", func(t *testing.T) {
		if ch, _ := diffText(t, small(), plain(func(s string) string { return s }), Options{Full: true}); !ch.Empty() {
			t.Errorf("%v %v", staffOf(ch), unitsOf(ch))
		}
	})
}

func TestANumberIsNeverUsedAgain(t *testing.T) {
	head := "工号,姓名,部门,部门编号\n"
	gone, _ := diffText(t, small(), head+"E10,人癸,公司/营销,C2\n", Options{})
	dir := Apply(small(), gone)
	e := dir.Employees["p10"]
	e.Active = false
	dir = Apply(dir, Change{Staff: []StaffChange{{After: e}}})
	c, faults := diffText(t, dir, head+"E10,别人,公司/营销,C2\n", Options{})
	if len(faults) != 1 || faults[0].Code != CodeNumberReused || !Blocking(faults) || len(c.Staff) != 0 {
		t.Errorf("%v %v", faults, staffOf(c))
	}
	c, faults = diffText(t, dir, head+"E10,"+e.Name+",公司/营销,C2\n", Options{})
	check(t, "staff", staffOf(c), []string{"E10 rejoined"})
	if len(faults) > 0 || c.Staff[0].After.ID != "p10" {
		t.Errorf("%v: somebody who comes back is the same person", faults)
	}
}

func TestPathsWithoutTheCompanyGoBelowIt(t *testing.T) {
	head := "员工UserID,姓名,工号,部门,是否此部门主管(是/否)\n"
	text := head + "u1,人甲,E1,公司,是\nu2,人乙,E2,研发,是\nu4,人丁,E4,研发-平台,是\nu5,人戊,E5,研发-平台,否\n"
	c, faults := diffText(t, small(), text, Options{})
	if !c.Empty() || len(faults) > 0 {
		t.Errorf("%v %v %v", staffOf(c), unitsOf(c), faults)
	}
	c, faults = diffText(t, nil, text, Options{Full: true, Root: "公司"})
	check(t, "departments", unitsOf(c), []string{"公司 created+leader_changed", "公司/研发 created+leader_changed", "公司/研发/平台 created+leader_changed"})
	if len(faults) > 0 {
		t.Error(faults)
	}
}
