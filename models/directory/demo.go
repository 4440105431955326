package directory

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// DemoPeople is the number of employees of the demo company; DemoDomain is where their mail goes, a reserved name.
const (
	DemoPeople = 300
	DemoDomain = "qunbei.example"
)

// demoUnit is one department of the demo company. The leader's staff number is its place in this list plus one, so the
// cast is the same for every seed; a vacant post keeps its number for an ordinary member.
type demoUnit struct {
	code, name, parent string
	people             int // with the leader
	vacant             bool
	leader             string // post
	posts              []string
}

// demoUnits is the company: itself, four centres, fifteen departments.
var demoUnits = []demoUnit{
	{"QB", "群备演示公司", "", 5, false, "总经理", []string{"总经理助理", "战略经理", "董事会秘书", "行政秘书"}},
	{"RD", "研发中心", "QB", 4, false, "研发中心总经理", []string{"架构师", "研发秘书", "项目总监"}},
	{"MK", "营销中心", "QB", 4, false, "营销中心总经理", []string{"营销策略经理", "营销秘书", "渠道总监"}},
	{"OP", "运营中心", "QB", 4, false, "运营中心总经理", []string{"运营分析师", "运营秘书", "质量总监"}},
	{"FN", "职能中心", "QB", 4, false, "职能中心总经理", []string{"行政经理", "行政专员", "制度专员"}},
	{"RD-PLT", "平台部", "RD", 28, false, "平台部经理", []string{"高级开发工程师", "开发工程师", "数据库工程师", "架构师"}},
	{"RD-APP", "应用部", "RD", 32, false, "应用部经理", []string{"产品经理", "前端工程师", "后端工程师", "客户端工程师"}},
	{"RD-DAT", "数据部", "RD", 20, false, "数据部经理", []string{"数据工程师", "算法工程师", "数据分析师"}},
	{"RD-TST", "测试部", "RD", 18, true, "", []string{"测试工程师", "测试开发工程师", "性能测试工程师"}},
	{"MK-BRD", "品牌部", "MK", 12, false, "品牌部经理", []string{"品牌专员", "设计师", "文案策划"}},
	{"MK-SA1", "销售一部", "MK", 26, false, "销售一部经理", []string{"客户经理", "高级客户经理", "销售助理"}},
	{"MK-SA2", "销售二部", "MK", 24, false, "销售二部经理", []string{"客户经理", "高级客户经理", "销售助理"}},
	{"MK-CSM", "客户成功部", "MK", 18, false, "客户成功部经理", []string{"客户成功经理", "实施顾问", "培训讲师"}},
	{"OP-SRE", "运维部", "OP", 18, false, "运维部经理", []string{"运维工程师", "网络工程师", "系统管理员"}},
	{"OP-SVC", "客服部", "OP", 26, false, "客服部经理", []string{"客服专员", "高级客服专员", "质检专员"}},
	{"OP-PUR", "采购部", "OP", 12, false, "采购部经理", []string{"采购专员", "供应商管理专员"}},
	{"FN-HR", "人力资源部", "FN", 13, false, "人力资源部经理", []string{"招聘专员", "薪酬专员", "培训专员", "员工关系专员"}},
	{"FN-FIN", "财务部", "FN", 14, false, "财务部经理", []string{"会计", "出纳", "预算专员", "内审专员"}},
	{"FN-LEG", "法务部", "FN", 8, false, "法务部经理", []string{"法务专员", "合同专员", "知识产权专员"}},
	{"FN-SEC", "信息安全部", "FN", 10, false, "信息安全部经理", []string{"安全工程师", "保密专员", "安全运营工程师"}},
}

// demoRoles are the roles beside leader: how many ordinary members of which department, in staff number order.
var demoRoles = []struct {
	code string
	role domain.Role
	n    int
}{
	{"FN-SEC", domain.RoleSecurity, 3}, {"FN-LEG", domain.RoleLegal, 2}, {"FN-HR", domain.RoleHR, 2},
	{"FN", domain.RoleProcessAdmin, 2}, {"QB", domain.RoleAuditor, 2},
	{"RD-PLT", domain.RoleGroupAdmin, 3}, {"RD-APP", domain.RoleGroupAdmin, 3}, {"RD-DAT", domain.RoleGroupAdmin, 2},
	{"RD-TST", domain.RoleGroupAdmin, 2}, {"MK-BRD", domain.RoleGroupAdmin, 2}, {"MK-SA1", domain.RoleGroupAdmin, 2},
	{"MK-SA2", domain.RoleGroupAdmin, 2}, {"MK-CSM", domain.RoleGroupAdmin, 2}, {"OP-SRE", domain.RoleGroupAdmin, 2},
	{"OP-SVC", domain.RoleGroupAdmin, 2}, {"OP-PUR", domain.RoleGroupAdmin, 1}, {"FN-FIN", domain.RoleGroupAdmin, 2},
}

// Demo makes the demo company: 300 people in 20 departments on three levels, the same for the same seed. Staff numbers,
// departments, posts and roles do not depend on the seed, names do, except the cast's (DemoCast). Test Department
// (测试部) has no leader, to show who stands in, and E0166 has left.
func Demo(seed int64) ([]domain.Employee, []domain.Department) {
	d := dice{seed: uint64(seed)} //nolint:gosec // any 64 bits will do
	units := make([]domain.Department, len(demoUnits))
	ids := map[string]domain.DepartmentID{}
	for i, u := range demoUnits {
		ids[u.code] = domain.DepartmentID(demoID(seed, "department", i))
		units[i] = domain.Department{ID: ids[u.code], Code: u.code, Name: u.name, Parent: ids[u.parent], Active: true}
	}
	people := make([]domain.Employee, 0, DemoPeople)
	hire := func(unit int, post string) domain.EmployeeID {
		n := len(people)
		e := domain.Employee{
			ID: domain.EmployeeID(demoID(seed, "employee", n)), Number: demoNumber(n), Department: units[unit].ID, Post: post, Active: true,
			Mobile: fmt.Sprintf("+999000%08d", n+1), // no country has this code: nobody is rung up
		}
		e.Name = demoName(&d, people, n)
		e.Email = fmt.Sprintf("%s@%s", lower(e.Number), DemoDomain)
		people = append(people, e)
		return e.ID
	}
	for i, u := range demoUnits { // leaders first: E0001 to E0020
		if u.vacant {
			hire(i, u.posts[0])
			continue
		}
		units[i].Leader = hire(i, u.leader)
		people[i].Roles = []domain.Role{domain.RoleLeader}
	}
	for i, u := range demoUnits {
		for k := 1; k < u.people; k++ {
			hire(i, u.posts[(k-1)%len(u.posts)])
		}
	}
	for _, r := range demoRoles {
		left := r.n
		for i := range people {
			if left > 0 && people[i].Department == ids[r.code] && i >= len(demoUnits) {
				people[i].Roles = append(people[i].Roles, r.role)
				left--
			}
		}
	}
	people[demoLeft-1].Active = false
	return people, units
}

// demoLeft is the number of the one who left: somebody whom old lists still name.
const demoLeft = 166

// DemoDirectory is the demo company as revision 1.
func DemoDirectory(seed int64) *domain.Directory {
	people, units := Demo(seed)
	return domain.NewDirectory(1, people, units)
}

func demoNumber(n int) string { return fmt.Sprintf("E%04d", n+1) }

// demoName draws a name that nobody has yet; the cast's and the rare ones have their fixed places.
func demoName(d *dice, people []domain.Employee, n int) string {
	if name, ok := demoFixed[n+1]; ok {
		return name
	}
	for {
		name := d.pick(demoSurnames) + d.pick(demoGiven)
		if !fixedName(name) && !slices.ContainsFunc(people, func(e domain.Employee) bool { return e.Name == name }) {
			return name
		}
	}
}

func fixedName(name string) bool {
	for _, f := range demoFixed {
		if f == name {
			return true
		}
	}
	return false
}

// demoID is shaped like a UUIDv7 of a fixed day, so that it sorts by n and no one mistakes it for chance.
func demoID(seed int64, kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "qunbei-demo %d %s %d", seed, kind, n))
	const day = 1_767_225_600_000 // 2026-01-01T00:00:00Z in milliseconds
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(day+n)<<16) //nolint:gosec // a day of this century, never negative
	copy(b[6:], sum[:10])
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// dice is splitmix64: the same numbers on every machine and in every Go version.
type dice struct{ seed uint64 }

func (d *dice) roll(n int) int {
	d.seed += 0x9e3779b97f4a7c15
	z := d.seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return int((z ^ z>>31) % uint64(n)) //nolint:gosec // n is the length of a list, and less comes out
}

func (d *dice) pick(list []string) string { return list[d.roll(len(list))] }
