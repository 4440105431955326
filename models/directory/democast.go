package directory

import (
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// CastMember is one identity of the demo company worth trying: the sign-in page and the README offer them.
type CastMember struct {
	Number string // staff number: `Authorization: Bearer demo:<number>`
	Name   string
	Role   domain.Role // what they show
	ZH, EN string      // one line on whom to be and why
}

// DemoCast holds for every seed.
var DemoCast = []CastMember{
	{"E0040", demoFixed[40], domain.RoleEmployee, "平台部员工：报备一个工作群组", "employee of the platform department: files a work group"},
	{"E0006", demoFixed[6], domain.RoleLeader, "平台部经理：审批本部门的报备", "leads the platform department: approves its filings"},
	{"E0011", demoFixed[11], domain.RoleLeader, "销售一部经理：会签跨部门群组", "leads sales department one: countersigns cross-department groups"},
	{"E0002", demoFixed[2], domain.RoleLeader, "研发中心总经理：测试部负责人空缺，由其代为审批", "heads the R&D centre: stands in for the test department, whose post is vacant"},
	{"E0116", demoFixed[116], domain.RoleEmployee, "测试部员工：部门负责人空缺时看审批走向", "employee of the test department: see who approves while its post is vacant"},
	{"E0292", demoFixed[292], domain.RoleSecurity, "安全员：审批涉密群组", "security officer: approves confidential groups"},
	{"E0037", demoFixed[37], domain.RoleGroupAdmin, "群管理员：建群并确认", "group admin: creates the group and confirms it"},
	{"E0038", demoFixed[38], domain.RoleGroupAdmin, "第二位群管理员", "the second group admin"},
	{"E0285", demoFixed[285], domain.RoleLegal, "法务：起草协议文本", "legal: drafts the texts of agreements"},
	{"E0286", demoFixed[286], domain.RoleLegal, "第二位法务：审核他人起草的协议文本", "the second of legal: reviews what the first drafted"},
	{"E0260", demoFixed[260], domain.RoleHR, "人力资源：导入通讯录", "human resources: imports the address book"},
	{"E0034", demoFixed[34], domain.RoleProcessAdmin, "流程管理员：处理待人工处理的事项", "process administrator: helps cases that need a hand"},
	{"E0035", demoFixed[35], domain.RoleProcessAdmin, "第二位流程管理员：启用他人提议的规则", "the second process administrator: puts into force what the first proposed"},
	{"E0021", demoFixed[21], domain.RoleAuditor, "审计员：查看并重放历史", "auditor: reads and replays histories"},
	{"E0001", demoFixed[1], domain.RoleLeader, "总经理：公司最高负责人", "general manager: the head of the company"},
}

// demoFixed are the names that do not depend on the seed: the leaders, the cast, and names whose characters are rare
// (outside GB2312, or outside the Basic Multilingual Plane) or whose form is uncommon, so that every page and document
// meets them.
var demoFixed = map[int]string{
	1: "周启明", 2: "沈致行", 3: "梁婉仪", 4: "贺长青", 5: "欧阳静姝", 6: "陈思齐", 7: "林若水", 8: "顾云舒", 9: "杨立冬", 10: "苏念慈",
	11: "赵鹏举", 12: "罗景天", 13: "许怀远", 14: "韩铁生", 15: "方晓棠", 16: "邓采薇", 17: "宋知微", 18: "钱守正", 19: "彭衡之", 20: "秦卫安",
	21: "孟审言", 34: "夏理成", 35: "董丽华", 37: "唐一帆", 38: "叶知秋", 40: "李晓雯", 116: "石小川", 260: "邵佳音", 285: "程明法", 286: "汤立群", 292: "卫国安",
	41: "王䶮", 65: "张堃", 96: "吴喆", 132: "阿依古丽·买买提", 143: "刘昇", 168: "孙㛃", 208: "马𬭎", 225: "朱玥祎", 250: "冯犇", 273: "黄淼鑫", 287: "于㻛",
}

func lower(s string) string { return strings.ToLower(s) }
