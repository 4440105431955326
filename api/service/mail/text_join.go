package mail

import "maps"

func init() {
	maps.Copy(zh, joinZH)
	maps.Copy(en, joinEN)
}

// What happens on the way into a group.
var joinZH = map[string]words{
	"join_asked":       {"加入申请：%s", "有人申请加入您管理的群组。请核对其部门与岗位是否相符，再作答复。"},
	"join_refused":     {"加入申请未获同意：%s", "您加入群组的申请未获同意，理由见系统。"},
	"invited":          {"邀请您加入：%s", "您被邀请加入一个工作群组。请在系统中接受或谢绝。"},
	"invite_declined":  {"邀请被谢绝：%s", "有人谢绝了加入您管理的群组的邀请。"},
	"training_asked":   {"请先完成保密培训：%s", "加入该群组前须通过保密培训。"},
	"suspended":        {"成员资格暂停：%s", "您的保密协议或培训已不再有效，暂时不在群内；补齐后自动恢复。"},
	"member_suspended": {"成员被暂停资格：%s", "您管理的群组有成员的协议或培训失效，已暂停资格。"},
	"inactive_notice":  {"长期未活跃，到期将移出：%s", "您在该群组长期没有活动。到期前点一下“保留我”，或在群里发言，即可留下；否则将被移出。"},
	"members_inactive": {"有成员长期未活跃，已公示：%s", "您管理的群组有成员长期没有活动，已发出移出预告；名单见群组页面。"},
	"inactive_removed": {"长期未活跃成员已移出：%s", "预告期内没有回复，成员已移出群组。"},
	"place_over":       {"名额失效：%s", "保密协议未在期限内签署或被谢绝，名额已失效。"},
}

var joinEN = map[string]words{
	"join_asked":       {"A request to join: %s", "Somebody asks to join a group you administer. Look whether department and post fit, then answer."},
	"join_refused":     {"Your request was refused: %s", "Your request to join a group was refused; the reason stands in Qunbei."},
	"invited":          {"You are invited: %s", "You are invited to a work group. Take the invitation or decline it in Qunbei."},
	"invite_declined":  {"An invitation was declined: %s", "Somebody declined the invitation to a group you administer."},
	"training_asked":   {"The secrecy training first: %s", "The group asks for the secrecy training before you are in."},
	"suspended":        {"You are suspended: %s", "Your agreement or training is no longer valid, so you are out of the group until it is again."},
	"member_suspended": {"Members were suspended: %s", "The agreement or training of members of a group you administer is no longer valid; they are out until it is."},
	"inactive_notice":  {"Silent for long, removed unless you reply: %s", "You have done nothing in this group for long. Press “keep me” before the day, or say something there, and you stay; else you are removed."},
	"members_inactive": {"Silent members were given notice: %s", "Members of a group you administer have done nothing there for long and were told of their removal; the list stands on the group's page."},
	"inactive_removed": {"A silent member was removed: %s", "Nobody replied within the time of the notice; the member was removed."},
	"place_over":       {"A place is over: %s", "The agreement was declined, or not signed in time; the place is over."},
}
