package policy

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// fields names the inputs as the form does.
var fields = map[string]domain.Label{
	"name": {ZH: "群名称", EN: "The group name"}, "type": {ZH: "群类型", EN: "The type"}, "tier": {ZH: "密级", EN: "The tier"},
	"purpose": {ZH: "用途", EN: "The purpose"}, "departments": {ZH: "归属部门", EN: "The owning departments"},
	"admins": {ZH: "群管理员", EN: "The group admins"}, "members": {ZH: "群成员", EN: "The members"},
	"platform": {ZH: "平台", EN: "The platform"}, "ends_on": {ZH: "结束日期", EN: "The end date"},
	"owner": {ZH: "负责的群管理员", EN: "The owner"}, "changes": {ZH: "变更", EN: "The change"},
	"permissions":                  {ZH: "权限", EN: "The permissions"},
	"permissions.invite_outsiders": {ZH: "权限“邀请外部人员”", EN: `The permission "invite outsiders"`},
	"permissions.anonymous_speech": {ZH: "权限“匿名发言”", EN: `The permission "anonymous speech"`},
	"permissions.see_contacts":     {ZH: "权限“查看成员联系方式”", EN: `The permission "see contact data"`},
	"permissions.posting":          {ZH: "权限“发言范围”", EN: `The permission "who may post"`},
	"permissions.join_by_review":   {ZH: "权限“入群审核”", EN: `The permission "join by review"`},
	"route":                        {ZH: "审批流程", EN: "The route"},
	"giver":                        {ZH: "委托人", EN: "Who hands over"},
	"to":                           {ZH: "代理人", EN: "The deputy"},
	"from":                         {ZH: "开始时间", EN: "The beginning"},
	"until":                        {ZH: "结束时间", EN: "The end"},
	"kinds":                        {ZH: "委托范围", EN: "The kinds of request"},
	"note":                         {ZH: "备注", EN: "The note"},
	"reason":                       {ZH: "原因", EN: "The reason"},
}

// places names one entry of a list.
var places = map[string]domain.Label{
	"departments": {ZH: "第 # 个归属部门", EN: "Owning department no. #"}, "admins": {ZH: "第 # 位群管理员", EN: "Group admin no. #"},
	"members": {ZH: "第 # 位群成员", EN: "Member no. #"},
}

// texts are the sentences for each code: {field} and the fault's own parameters are filled in. Each says what to do.
// A text for one field stands under "code field".
var texts = map[string]domain.Label{
	"required":                {ZH: "请填写{field}。", EN: "{field} is missing. Fill it in."},
	"required departments":    {ZH: "请选择至少一个归属部门。", EN: "No owning department is given. Choose at least one."},
	"unknown_value":           {ZH: "{field}的取值无效，请从以下各项中选择：{allowed}。", EN: "{field} has an unknown value. Choose one of: {allowed}."},
	"too_long":                {ZH: "{field}过长，请缩短到 {max} 个字以内。", EN: "{field} is too long. Shorten it to at most {max} characters."},
	"hidden_character":        {ZH: "{field}含有隐藏字符 {character}，请删除后重试。", EN: "{field} holds the hidden character {character}. Delete it and try again."},
	"too_many":                {ZH: "{field}数量过多，请减少到 {max} 个以内。", EN: "{field} has too many entries. Keep at most {max}."},
	"too_many admins":         {ZH: "群管理员过多，请减少到 {max} 位以内。", EN: "There are too many group admins. Keep at most {max}."},
	"too_many members":        {ZH: "群成员过多，请减少到 {max} 人以内。", EN: "There are too many members. Keep at most {max}."},
	"too_many departments":    {ZH: "归属部门过多，最多选择 {max} 个；涉及多个部门的请改选“跨部门群”。", EN: "There are too many owning departments. Keep at most {max}, or choose the type cross-department."},
	"too_few":                 {ZH: "{field}数量不足，请至少填写 {min} 个。", EN: "{field} has too few entries. Give at least {min}."},
	"too_few admins":          {ZH: "群管理员不足，请至少指定 {min} 位。", EN: "There are too few group admins. Name at least {min}."},
	"too_few departments":     {ZH: "跨部门群须由多个部门共同设立，请至少选择 {min} 个归属部门。", EN: "A cross-department group is founded jointly. Choose at least {min} owning departments."},
	"unknown_department":      {ZH: "{field}不存在或已撤销，请从通讯录中重新选择。", EN: "{field} does not exist or was closed. Choose one from the directory."},
	"unknown_employee":        {ZH: "{field}不在通讯录中，请重新选择。", EN: "{field} is not in the directory. Choose somebody else."},
	"left_company":            {ZH: "{field}（工号 {number}）已离职或账号已停用，请移除或更换。", EN: "{field} (staff number {number}) left or is disabled. Remove or replace them."},
	"listed_twice":            {ZH: "{field}重复出现，请删除重复项。", EN: "{field} is listed twice. Remove one of the entries."},
	"listed_twice admins":     {ZH: "{field}（工号 {number}）重复出现，请删除重复项。", EN: "{field} (staff number {number}) is listed twice. Remove one of the entries."},
	"listed_twice members":    {ZH: "{field}（工号 {number}）重复出现，或已是群管理员，请删除重复项。", EN: "{field} (staff number {number}) is listed twice or is an admin already. Remove one of the entries."},
	"looser_than_tier":        {ZH: "{field}超出密级“{tier_label}”允许的范围，请收紧该权限或调整密级。", EN: "{field} is looser than the tier {tier_label} allows. Make it stricter, or choose another tier."},
	"temporary_needs_end":     {ZH: "专项群须填写结束日期，请补充。", EN: "A special group needs an end date. Give one."},
	"not_a_date":              {ZH: "{field}不是有效日期，请按 {form} 的格式填写。", EN: "{field} is not a date. Write it like {form}."},
	"not_in_future":           {ZH: "{field}须晚于今天（{today}），请重新选择。", EN: "{field} must lie after today ({today}). Choose a later day."},
	"too_far":                 {ZH: "{field}过远，最晚可选 {latest}，请提前。", EN: "{field} is too far away. Choose a day no later than {latest}."},
	"broken_utf8":             {ZH: "{field}的编码已损坏，请以 UTF-8 重新输入。", EN: "{field} is not valid UTF-8. Type it again."},
	"emoji_not_allowed":       {ZH: "{field}不能使用表情符号 {character}，请删除。", EN: "{field} may not hold the emoji {character}. Delete it."},
	"mixed_scripts_lookalike": {ZH: "{field}中的“{character}”容易与其他文字混淆，请改用常用的汉字、字母或数字重新输入。", EN: "{field} holds {character}, which can be taken for another letter. Type it again with ordinary letters, digits or Chinese characters."},
	"character_not_allowed":   {ZH: "{field}不能使用字符 {character}，请删除或换成文字。", EN: "{field} may not hold the character {character}. Delete it or use words."},
	"blocked_word":            {ZH: "{field}不能包含“{word}”，请换一种说法。", EN: "{field} may not contain “{word}”. Use other words."},
	"pattern_mismatch":        {ZH: "{field}不符合格式 {pattern}，请按此格式填写。", EN: "{field} does not have the form {pattern_en}. Write it so."},
	"not_own_department":      {ZH: "{field}中的“{part}”不是归属部门，请使用：{departments}。", EN: "“{part}” in the group name is not an owning department. Use: {departments}."},
	"name_taken":              {ZH: "{field}已被使用（或与已有名称过于相似），请更换。", EN: "{field} is in use, or too like one in use. Choose another."},
	"inactive":                {ZH: "{field}已离职或账号已停用，请换人。", EN: "{field} left or is disabled. Choose somebody else."},
	"unknown_person":          {ZH: "{field}不在通讯录中，请重新选择。", EN: "{field} is not in the directory. Choose somebody else."},
	"self":                    {ZH: "不能委托给本人，请选择其他人。", EN: "Nobody stands in for themself. Choose somebody else."},
	"not_a_time":              {ZH: "{field}不是有效的时间，请写成 2026-12-01 或 2026-12-01T09:00:00+08:00。", EN: "{field} is not a time. Write it like 2026-12-01 or 2026-12-01T09:00:00+08:00."},
	"not_after_start":         {ZH: "{field}须晚于开始时间，请更正。", EN: "{field} must lie after the beginning. Correct one of them."},
	"past":                    {ZH: "{field}已经过去，请选择以后的时间。", EN: "{field} has passed already. Choose a later one."},
	"period_too_long":         {ZH: "委托最长 {max} 天，请缩短；更长的离岗请办理职务变更。", EN: "A delegation lasts at most {max} days. Shorten it; a longer absence is a change of post."},
	"cycle":                   {ZH: "{field}在这段时间又委托给了您（或经他人委托给您），请换人。", EN: "{field} has handed over to you for that time, directly or through others. Choose somebody else."},
	"delegation_exists":       {ZH: "这段时间已委托给此人，无需重复；如需更改，请先结束原有委托。", EN: "It is handed over to this person for that time already. To change it, end the present one first."},
	"chain_too_long":          {ZH: "连续委托最多 {max} 层，请换一位没有再委托他人的代理人。", EN: "At most {max} delegations may follow one another. Choose somebody who has not handed over in turn."},
	"too_many to":             {ZH: "同时有效的委托最多 {max} 项，请先结束不再需要的。", EN: "At most {max} delegations may stand at once. End one that is no longer needed."},
	"required to":             {ZH: "请选择代理人。", EN: "Nobody is named to stand in. Choose somebody."},
	"required until":          {ZH: "请填写结束时间。", EN: "The end is missing. Give one."},
	"nothing_changed":         {ZH: "没有任何改动，请至少修改一项。", EN: "Nothing is changed. Change at least one field."},
	"cannot_change platform":  {ZH: "群组不能换到另一个平台，请另行报备新群。", EN: "A group cannot move to another platform. File a new group there."},
	"required reason":         {ZH: "请说明变更的原因。", EN: "The reason is missing. Say why."},
	"route_unresolved":        {ZH: "{field}的环节找不到审批人，请联系流程管理员处理后再提交。", EN: "{field} has a step for which nobody can be found. Ask the process administrators to see to it, then file again."},
}

var entry = regexp.MustCompile(`^([a-z_]+)\[(\d{1,9})\]$`)

// Text puts a fault into one sentence that names the field and the remedy; lang is "zh", "zh-CN", "en" and the like,
// anything but Chinese reads English.
func Text(f domain.Fault, lang string) string {
	pick := func(l domain.Label) string {
		if strings.HasPrefix(lang, "zh") {
			return l.ZH
		}
		return l.EN
	}
	base, field := f.Field, ""
	if m := entry.FindStringSubmatch(f.Field); m != nil {
		base = m[1]
		if place, ok := places[base]; ok {
			i, _ := strconv.Atoi(m[2])
			field = strings.ReplaceAll(pick(place), "#", strconv.Itoa(i+1)) // people count from 1
		}
	}
	if field == "" {
		if l, ok := fields[f.Field]; ok {
			field = pick(l)
		} else {
			field = clip(f.Field, 60)
		}
	}
	text, ok := texts[f.Code+" "+base]
	if !ok {
		text, ok = texts[f.Code]
	}
	if !ok {
		text = domain.Label{ZH: "{field}有误（{code}），请检查后重试。", EN: "{field} is wrong ({code}). Check it and try again."}
	}
	pairs := []string{"{field}", field, "{code}", clip(f.Code, 60)}
	for k, v := range f.Params {
		pairs = append(pairs, "{"+k+"}", clip(v, 300))
	}
	pairs = append(pairs, "{tier_label}", pick(tierLabel(f.Params["tier"])))
	return strings.NewReplacer(pairs...).Replace(pick(text))
}

func tierLabel(tier string) domain.Label {
	switch domain.Tier(tier) {
	case domain.TierOrdinary:
		return domain.Label{ZH: "普通", EN: "ordinary"}
	case domain.TierConfidential:
		return domain.Label{ZH: "涉密", EN: "confidential"}
	case domain.TierSecret:
		return domain.Label{ZH: "高度涉密", EN: "secret"}
	}
	return domain.Label{ZH: tier, EN: tier}
}
