package problem

import (
	"maps"

	"github.com/qunbei/qunbei/models/domain"
)

func init() {
	maps.Copy(codes, lifeCodes)
	maps.Copy(codes, agreementCodes)
	maps.Copy(faultTexts, agreementFaults)
	faultTexts["in_the_future"] = say("“{field}”在将来。", "{field} lies in the future.", "请填写已经发生的时间。", "Give a time that has passed.")
	faultTexts["until_before_from"] = say("“{field}”早于 from。", "{field} is before from.", "请对调或改正。", "Swap or correct them.")
}

// lifeCodes words the codes and reasons of a group's life (semantics 2).
var lifeCodes = map[string]text{
	"not_dismissible":      say("该事项没有可以移出的待人工处理，或已由他人处理。", "There is nothing of the case in the queue that could be dismissed, or somebody saw to it.", "请刷新待人工处理列表。", "Look at the queue again."),
	"group_not_filed":      say("该群尚未报备，还不能在此记录理由或凭证。", "The group is not on file yet: no reason or evidence can be kept for it.", "请先报备该群。", "File it first."),
	"platform_unreadable":  say("该平台不提供成员名单，无法核对。", "The platform gives no list of members, so nothing can be compared.", "由群管理员在平台上自行核对。", "The admins compare by hand, on the platform."),
	"platform_unavailable": say("平台暂时没有回应，未做核对。", "The platform does not answer now; nothing was compared.", "请在 Retry-After 指定的秒数后再试。", "Try again after Retry-After."),

	string(domain.ReasonTooFewAdmins): say("群管理员少于两人，不能续期。", "The group has fewer than two admins, so it cannot be renewed.", "请先补充群管理员。", "Have a second admin appointed first."),
	string(domain.ReasonStaleBase):    say("在申请变更之后，群组又有了其他变更。", "The group changed since this change was asked for.", "请按现在的内容重新申请。", "Ask for it again, on what holds now."),
	string(domain.ReasonHeld):         say("该群处于法律保全中，不能解散或删除。", "A legal hold stands on the group: it cannot be dissolved or deleted.", "请联系法务解除保全。", "Ask legal to release it."),
	string(domain.ReasonCustodian):    say("此人是法律保全的保管人，必须留在群内。", "The person is a custodian of a legal hold and must stay in the group.", "请联系法务。", "Ask legal."),
	string(domain.ReasonLastAdmin):    say("最后一名群管理员不能退出或被移出。", "The last admin can neither leave nor be removed.", "请先指定另一名群管理员。", "Have another admin appointed first."),
	string(domain.ReasonImplicated):   say("您与此次冻结有关，不能参与解冻或接管。", "You are implicated in the freeze, so you have no part in what ends it.", "须由无关的人办理。", "Somebody who is not must do it."),
	string(domain.ReasonNotSecurity):  say("须由安全员办理。", "It takes a security officer.", "请联系安全员。", "Ask one of them."),
	string(domain.ReasonNotLegal):     say("须由法务办理。", "It takes somebody of legal.", "请联系法务。", "Ask one of them."),
	string(domain.ReasonNotSecond):    say("您不能作为解冻的第二人。", "You cannot be the second of the two who unfreeze it.", "第二人须是安全员、法务、流程管理员或归属部门负责人。", "It takes security, legal, a process administrator or the leader of an owning department."),
	string(domain.ReasonSamePerson):   say("须由另一个人办理。", "It takes another person.", "请同一职能的其他人办理。", "Ask somebody else of the same office."),
	string(domain.ReasonNoReason):     say("必须说明理由。", "A reason is required.", "请填写理由后重新提交。", "Say why, and send it again."),
	string(domain.ReasonNotMember):    say("此人不在群内。", "The person is not in the group.", "请刷新成员名单。", "Reload the list of members."),
	string(domain.ReasonWaiting):      say("此人已有名额，正在等待签署、培训或答复。", "The person has a place already, and waits for an agreement, a training or an answer.", "请在“我的群组”中查看还缺什么。", "See under My groups what is missing."),
	string(domain.ReasonNotRequested): say("此人没有待答复的入群申请。", "There is no request of this person to answer.", "请刷新后查看：申请可能已被答复或撤回。", "Reload: it may have been answered or withdrawn."),
	string(domain.ReasonNotInvited):   say("此人没有被邀请。", "This person is not invited.", "请群管理员发出邀请，或自行申请加入。", "Have an admin invite you, or ask to join."),
	string(domain.ReasonNoNotice):     say("没有预告要移出此人，或预告已经结束。", "No removal of this person is announced, or not any more.", "无需回复。", "There is nothing to reply to."),
	string(domain.ReasonNotExempt):    say("此人没有被豁免。", "The person is not exempt.", "请刷新成员名单。", "Reload the list of members."),
	string(domain.ReasonMember):       say("此人已在群内。", "The person is in the group already.", "无需再次添加。", "There is nothing to do."),
	string(domain.ReasonNotAsked):     say("没有邀请您接管该群，或邀请已失效。", "You were not asked to take the group over, or are not any more.", "请查看群组现在由谁负责。", "Look at who is its admin now."),
	string(domain.ReasonNotHead):      say("须由归属部门的负责人办理。", "It takes the leader of an owning department.", "请联系归属部门负责人或安全员。", "Ask them, or a security officer."),
	string(domain.ReasonNobodyNamed):  say("没有指定人员。", "Nobody was named.", "请指定至少一名在职人员。", "Name somebody who works here."),
	string(domain.ReasonTooMany):      say("人数超过平台或规则的上限。", "There are more people than the platform or the policy takes.", "请减少人数。", "Name fewer."),
	string(domain.ReasonNoSuchOp):     say("没有这项平台操作，或已经完成。", "There is no such operation, or it is done.", "请刷新后查看。", "Reload and look."),
	string(domain.ReasonOwnHold):      say("法律保全不能由设置人本人解除。", "Whoever set a legal hold cannot release it.", "请法务的另一位同事解除。", "Ask somebody else of legal."),
	string(domain.ReasonNoSuchHold):   say("没有这项法律保全，或已经解除。", "There is no such legal hold, or it was released.", "请刷新后查看。", "Reload and look."),
	string(domain.ReasonNoSuchGap):    say("没有这项平台能力差距。", "There is no such capability gap.", "请刷新后查看。", "Reload and look."),
	string(domain.ReasonNoFinding):    say("没有这条发现，或已经处理。", "There is no such finding, or it was resolved.", "请刷新后查看。", "Reload and look."),
	string(domain.ReasonNotProposed):  say("这条发现没有提出这种处理办法。", "The finding does not propose this.", "请从列出的办法中选择。", "Choose one of those it proposes."),
	string(domain.ReasonElsewhere):    say("这种办法须通过报备或指定群管理员来办理。", "This is done by a filing, or by an appointment.", "请到相应的页面办理。", "Do it there."),
	string(domain.ReasonNotOwner):     say("这条发现不由您处理。", "The finding is not yours to resolve.", "请联系负责人或安全员。", "Ask its owner, or a security officer."),
	string(domain.ReasonEndPassed):    say("群组的结束日期已过，须填写新的结束日期。", "The group's end has passed: a new end date is needed.", "请填写新的结束日期。", "Give one."),
	string(domain.ReasonEndTooFar):    say("结束日期超过了规则允许的最长期限。", "The end date is beyond what the policy allows.", "请填写更早的日期。", "Give an earlier one."),
	string(domain.ReasonNoEnd):        say("该群没有结束日期，或填写的不是日期。", "The group has no end date, or what was given is none.", "请去掉结束日期，或改写成 2027-06-30 的形式。", "Leave it out, or write it like 2027-06-30."),
	string(domain.ReasonNotADate):     say("没有这个日期。", "There is no such date.", "请刷新后查看。", "Reload and look."),
}
