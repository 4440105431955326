package directory

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// Keys of the columns of a bulk filing: the JSON paths of domain.Filing, so that a fault of either kind has one field.
const (
	fieldName     = "name"
	fieldType     = "type"
	fieldTier     = "tier"
	fieldPurpose  = "purpose"
	fieldUnits    = "departments"
	fieldAdmins   = "admins"
	fieldMembers  = "members"
	fieldInvite   = "permissions.invite_outsiders"
	fieldAnon     = "permissions.anonymous_speech"
	fieldContacts = "permissions.see_contacts"
	fieldPosting  = "permissions.posting"
	fieldReview   = "permissions.join_by_review"
	fieldEnds     = "ends_on"
	fieldPlatform = "platform"
)

// groupColumn is one column of the template.
type groupColumn struct {
	field, zh, en string
	width         float64
	note          string
}

var groupColumns = []groupColumn{
	{fieldName, "群名称", "Group name", 28, "必填。按规则命名：部门群、专项群“部门-用途”，项目群“项目-名称”，跨部门群“部门-用途”。"},
	{fieldType, "类型", "Type", 12, "必填。部门群、项目群、跨部门群、专项群。"},
	{fieldTier, "密级", "Tier", 12, "必填。普通、涉密、高度涉密。"},
	{fieldPurpose, "用途", "Purpose", 40, "必填。群组做什么、服务哪项业务。"},
	{fieldUnits, "所属部门", "Owning departments", 28, "必填。部门编号、名称或完整路径；跨部门群填多个，用“、”或“;”隔开。"},
	{fieldAdmins, "群管理员", "Admins", 20, "必填。至少两人的工号，第一位为群主，用“、”或“;”隔开。"},
	{fieldMembers, "群成员", "Members", 50, "工号，用“、”或“;”隔开；群管理员不必重复填写。"},
	{fieldInvite, "允许邀请外部人员", "Outsiders may be invited", 14, "是、否；不填为否。"},
	{fieldAnon, "允许匿名", "Anonymous speech", 12, "是、否；不填为否。"},
	{fieldContacts, "可见成员联系方式", "Contact data visible", 14, "是、否；不填为否。"},
	{fieldPosting, "发言权限", "Who may post", 14, "必填。全体成员、仅管理员。"},
	{fieldReview, "入群需审核", "Joining is reviewed", 12, "是、否；不填为是。"},
	{fieldEnds, "截止日期", "Ends on", 14, "形如 2027-06-30；专项群必填，长期群不填。"},
	{fieldPlatform, "平台", "Platform", 14, "群组所在的平台；不填为手工维护。"},
}

var groupHeadings = func() map[string]string {
	m := headings(map[string]string{
		fieldName: "群组名称 群名 工作群名称 groupname name", fieldType: "群类型 群组类型 type", fieldTier: "保密等级 涉密等级 tier",
		fieldPurpose: "群用途 群组用途 purpose", fieldUnits: "归属部门 部门 owningdepartments", fieldAdmins: "管理员 群主及管理员 admins",
		fieldMembers: "成员 members", fieldInvite: "允许外部人员 是否允许邀请外部人员", fieldAnon: "允许匿名发言 是否允许匿名",
		fieldContacts: "可见联系方式 成员联系方式可见", fieldPosting: "谁可发言 发言", fieldReview: "入群审核", fieldEnds: "结束日期 有效期至 到期日期",
		fieldPlatform: "所在平台 platform",
	})
	for _, c := range groupColumns {
		m[heading(c.zh)] = c.field
		m[heading(c.en)] = c.field
	}
	return m
}()

// columnOf is the column in which a filing's field stands: "members[3]" is in 群成员.
func columnOf(field string) groupColumn {
	field, _, _ = strings.Cut(field, "[")
	for _, c := range groupColumns {
		if c.field == field {
			return c
		}
	}
	return groupColumn{field: field, zh: field, en: field}
}

// TypeNames, TierNames and PostingNames are the Chinese values of the template; English ones and our keys are read too.
var (
	TypeNames = map[domain.GroupType]string{
		domain.TypeDepartment: "部门群", domain.TypeProject: "项目群", domain.TypeCrossDepartment: "跨部门群", domain.TypeSpecial: "专项群",
	}
	TierNames = map[domain.Tier]string{
		domain.TierOrdinary: "普通", domain.TierConfidential: "涉密", domain.TierSecret: "高度涉密",
	}
	PostingNames = map[domain.PostingWho]string{domain.PostMembers: "全体成员", domain.PostAdmins: "仅管理员"}
)

var platformNames = map[string]string{
	"手工维护": "byhand", "人工建群": "byhand", "手工": "byhand", "人工": "byhand", "其他": "byhand", "byhand": "byhand", "企业微信": "wecom", "wecom": "wecom",
	"钉钉": "dingtalk", "dingtalk": "dingtalk", "飞书": "feishu", "feishu": "feishu", "lark": "feishu", "matrix": "matrix",
}

// oneOf reads a value by its Chinese name or our key; a closing 组 or 群组 makes no difference.
func oneOf[T ~string](s string, names map[T]string) (T, bool) {
	k := strings.TrimSuffix(strings.ReplaceAll(heading(s), "群组", "群"), "群")
	for v, zh := range names {
		if k == strings.TrimSuffix(zh, "群") || k == strings.ReplaceAll(string(v), "_", "") {
			return v, true
		}
	}
	switch k {
	case "其他专项", "其他", "临时":
		k = string(domain.TypeSpecial)
	case "所有人", "全员", "所有成员":
		k = string(domain.PostMembers)
	case "管理员":
		k = string(domain.PostAdmins)
	case "一般", "非涉密":
		k = string(domain.TierOrdinary)
	}
	_, ok := names[T(k)]
	return T(k), ok
}

// parseDate reads a day as people and Excel write it and gives YYYY-MM-DD; a group meant to last has none.
func parseDate(s string) (string, bool) {
	s = norm.NFKC.String(s)
	switch s {
	case "长期", "长期有效", "无", "无期限", "永久", "-", "/":
		return "", true
	}
	for _, form := range []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006-1-2", "2006年1月2日", "20060102", "2006-01-02 15:04:05", "2006/1/2 15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 30_000 && n < 80_000 { // Excel counts days: 1982 to 2119
		if t, err := excelize.ExcelDateToTime(n, false); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
