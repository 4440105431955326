package problem

import (
	"maps"

	"github.com/qunbei/qunbei/models/domain"
)

func init() {
	maps.Copy(codes, outsiderCodes)
	maps.Copy(faultTexts, outsiderFaults)
}

// outsiderCodes words the reasons about people from outside the company (R2.2.5).
var outsiderCodes = map[string]text{
	string(domain.ReasonOutsidersNever):  say("规则不允许外部人员加入此密级的群组。", "The policy lets nobody from outside into groups of this tier.", "规则见 outsiders:；确有需要的，请流程管理员修订规则。", "See outsiders: in the policy; a process administrator can propose another."),
	string(domain.ReasonOutsidersClosed): say("该群的权限不允许外部人员加入。", "The group's permissions let nobody from outside in.", "请群管理员通过 /groups/{id}/changes 申请变更权限，经审批后再提出。", "An admin asks for a change by /groups/{id}/changes, which goes through approval; then ask again."),
	string(domain.ReasonOutsidersGap):    say("该平台无法容纳外部人员。", "The platform cannot have people from outside.", "请改用其他平台，或另行沟通。", "Use another platform, or another way."),
	string(domain.ReasonOutsider):        say("外部人员不能这样做。", "Nobody from outside may do this.", "请联系您的担保人。", "Ask your sponsor."),
	string(domain.ReasonNoOutsider):      say("此人不是外部人员。", "The person does not come from outside.", "同事请以成员身份添加。", "Colleagues are admitted or invited."),
	string(domain.ReasonHasSponsor):      say("此人已有担保人。", "The person has a sponsor.", "无需接任。", "There is nothing to take over."),
	string(domain.ReasonNotSponsor):      say("您不是此人的担保人。", "You are not the person's sponsor.", "请由担保人提出。", "Their sponsor can ask."),
	"link_spent":                         say("该链接已使用、已过期或不完整。", "The link was used, is over, or is not whole.", "请重新获取链接。", "Ask for another."),
	"no_mail_server":                     say("系统没有邮件服务，无法发送链接。", "There is no mail server here, so no link can be sent.", "请联系管理员。", "Ask whoever keeps the service."),
}

// outsiderFaults words what is wrong with what a sponsor wrote.
var outsiderFaults = map[string]text{
	"not_an_address": say("“{field}”不是有效的邮箱。", "{field} is no mail address.", "请填写 {form} 形式的邮箱。", "Give one such as {form}."),
	"employee_mail":  say("“{field}”是本公司员工的邮箱。", "{field} is an employee's address.", "请将其作为成员加入。", "Admit or invite them as a member."),
	"not_a_phone":    say("“{field}”不是有效的电话。", "{field} is no telephone number.", "请填写 {form} 形式的号码，或留空。", "Give one such as {form}, or leave it out."),
	"end_in_past":    say("“{field}”须晚于今天。", "{field} must come after today.", "请选择以后的日期。", "Choose a later day."),
	"stay_too_long":  say("“{field}”超过规则 {rule} 允许的期限（{max} 天）。", "{field} is beyond what the rule {rule} allows ({max} days).", "最晚可填 {latest}。", "{latest} is the latest."),
}
