package mail

import (
	"maps"
	"strings"
)

func init() {
	maps.Copy(zh, lifeZH)
	maps.Copy(en, lifeEN)
}

// What happens to groups after their birth. The first words also stand in the digest, one line a notice.
var lifeZH = map[string]words{
	"life_notice":    {"日期临近：%s", "您管理的群组有日期临近。"},
	"renewal_due":    {"请续期：%s", "您管理的群组须续期。请确认用途、成员、管理员和密级仍然正确。"},
	"grace":          {"最后提醒：%s", "您管理的群组仍未续期，宽限期已过半。"},
	"renewed":        {"已续期：%s", "您管理的群组已续期。"},
	"frozen":         {"已冻结：%s", "群组已被冻结，停止发言和加入。"},
	"unfreezing":     {"等待第二人同意解冻：%s", "已有一人提出解冻，须由您或另一位有权的人同意。"},
	"unfrozen":       {"已解冻：%s", "群组已解冻。"},
	"archived":       {"已归档：%s", "群组已归档，仅可阅读。"},
	"restored":       {"已恢复：%s", "群组已恢复使用。"},
	"dissolved":      {"将解散：%s", "群组已进入解散，期满后从平台删除。"},
	"held":           {"法律保全：%s", "群组处于法律保全中：不删除内容，保管人不能离开。"},
	"released":       {"法律保全已解除：%s", "群组的一项法律保全已解除。"},
	"custodian_left": {"保管人已离职：%s", "法律保全的一名保管人已离职，并已离开该群。"},
	"admitted":       {"您被加入群组：%s", "您被加入一个工作群组。"},
	"removed":        {"成员被移出：%s", "群组有成员被移出。"},
	"left":           {"成员离开：%s", "您管理的群组有成员离开。"},
	"ownerless":      {"无群管理员：%s", "一个群组没有群管理员。"},
	"ask_consent":    {"请您接管群组：%s", "该群没有群管理员。如您愿意负责，请在系统中同意接管。"},
	"ask_head":       {"请指定群管理员：%s", "您部门的一个群组没有群管理员。请在系统中指定。"},
	"consent_over":   {"已有人接管：%s", "群组已有人负责，无需您处理。"},
	"appointed":      {"您成为群管理员：%s", "您被指定为群管理员。"},
	"changed":        {"变更已生效：%s", "群组的变更已生效。"},
	"tightened":      {"权限已收紧：%s", "为符合密级，群组权限已收紧。"},
	"ask_op":         {"请在平台上操作并确认：%s", "有一项操作须在平台上人工完成，完成后请在系统中上传截图确认。"},
	"op_confirmed":   {"平台操作已完成：%s", "平台操作已完成。"},
	"op_failed":      {"平台操作失败：%s", "平台没有完成一项操作，请查看并重试。"},
	"gap":            {"平台做不到：%s", "平台做不到群组所需的一项操作。"},
	"finding":        {"与平台不一致：%s", "群组与平台不一致，请查看并处理。"},
	"unfiled":        {"逾期未报备：%s", "在平台上发现的群组逾期未报备。"},
	"adopted":        {"已进入台账：%s", "群组已补报并进入台账。"},
	"groups":         {"群组事项%s", "与您有关的群组和培训今日有以下事项："},

	"training_due":    {"培训即将到期，请再次通过测验：%s", "您的保密培训即将到期。请在到期前再次通过测验。"},
	"training_lapsed": {"培训已过期：%s", "您的保密培训已过期。宽限期后，涉密群组的成员资格将暂停，通过测验即恢复。"},
}

var lifeEN = map[string]words{
	"life_notice":    {"A date comes near: %s", "A date of a group you administer comes near."},
	"renewal_due":    {"Please renew: %s", "A group you administer is to be renewed. Attest that purpose, members, admins and tier still hold."},
	"grace":          {"Last warning: %s", "A group you administer is not renewed yet, and half of its grace has passed."},
	"renewed":        {"Renewed: %s", "A group you administer is renewed."},
	"frozen":         {"Frozen: %s", "A group is frozen: nobody posts or joins."},
	"unfreezing":     {"A second person must agree to unfreeze: %s", "One person asked to unfreeze a group; you, or another who may, must agree."},
	"unfrozen":       {"Unfrozen: %s", "A group is unfrozen."},
	"archived":       {"Archived: %s", "A group is archived, to be read only."},
	"restored":       {"Restored: %s", "A group is in use again."},
	"dissolved":      {"Being dissolved: %s", "A group is being dissolved; it is deleted on its platform when its time has passed."},
	"held":           {"Legal hold: %s", "A legal hold stands on a group: nothing is deleted and custodians stay."},
	"released":       {"Legal hold released: %s", "A legal hold on a group is released."},
	"custodian_left": {"A custodian left: %s", "A custodian of a legal hold left the company, and the group with it."},
	"admitted":       {"You are in a group: %s", "You were added to a work group."},
	"removed":        {"A member was removed: %s", "Somebody was removed from a group."},
	"left":           {"A member left: %s", "Somebody left a group you administer."},
	"ownerless":      {"Nobody administers: %s", "A group has no admin."},
	"ask_consent":    {"Will you take it over? %s", "A group has no admin. If you will answer for it, take it over in Qunbei."},
	"ask_head":       {"Please appoint admins: %s", "A group of your department has no admin. Appoint one in Qunbei."},
	"consent_over":   {"Taken over: %s", "Somebody answers for the group now; there is nothing for you to do."},
	"appointed":      {"You are an admin of %s", "You were appointed admin of a group."},
	"changed":        {"Changed: %s", "A change of a group took effect."},
	"tightened":      {"Permissions made stricter: %s", "A group's permissions were made stricter to fit its tier."},
	"ask_op":         {"Please do it on the platform and confirm: %s", "Something must be done on the platform by hand. Confirm it in Qunbei with a screenshot."},
	"op_confirmed":   {"Done on the platform: %s", "What the platform was asked to do is done."},
	"op_failed":      {"The platform failed: %s", "The platform did not do what it was asked. Look, then try again."},
	"gap":            {"The platform cannot: %s", "The platform cannot do something that a group needs."},
	"finding":        {"Differs from its platform: %s", "A group differs from its platform. Please see to it."},
	"unfiled":        {"Not filed in time: %s", "A group found on a platform was not filed in time."},
	"adopted":        {"On file: %s", "A group was filed late and is in the register."},
	"groups":         {"Your groups%s", "What your groups and trainings need, or what became of them, today:"},

	"training_due":    {"Training ends soon, please pass the quiz again: %s", "Your secrecy training ends soon. Please pass the quiz again before it does."},
	"training_lapsed": {"Training has ended: %s", "Your secrecy training has ended. After the grace you are suspended from confidential groups until you pass the quiz."},
}

// GroupLine is one notice of a digest about groups. Title stays empty for confidential matter; By is the day until which a
// reply is awaited (2027-01-15), where one is.
type GroupLine struct{ Kind, Number, Title, By string }

// groupLine words one notice: what happened, and to which group.
func groupLine(lang string, g GroupLine, say func(zh, en string) string) string {
	w, ok := zh[g.Kind]
	if lang == "en" {
		w, ok = en[g.Kind]
	}
	what := g.Number
	if g.Title != "" {
		what += say("「"+g.Title+"」", " \""+g.Title+"\"")
	}
	if g.By != "" {
		what += say("（请在 "+g.By+" 前回复）", " (reply before "+g.By+")")
	}
	if !ok {
		return what
	}
	return strings.Replace(w.subject, "%s", what, 1)
}
