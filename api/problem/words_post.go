package problem

import "maps"

func init() {
	maps.Copy(codes, postCodes)
	maps.Copy(faultTexts, postFaults)
}

// postCodes words the codes and reasons of publications (semantics 3).
var postCodes = map[string]text{
	"publication_is_fixed":    say("这条信息已提交审批或已有结果，内容不能再改。", "It is being decided on, or decided: what it says stays as it is.", "如需修改，请撤回后另行起草。", "To change it, withdraw it and draft another."),
	"submit_the_publication":  say("信息发布须在起草页面重新提交。", "A publication is submitted again where it is written.", "请修改草稿后再提交。", "Change the draft, then submit it."),
	"withdraw_the_case":       say("这条信息正在审批中（{number}）。", "Its case {number} is being decided.", "请在该事项中撤回申请。", "Withdraw the case."),
	"exemptions_before_case":  say("退回后的信息不能再申请豁免。", "What was sent back can have no new exemptions.", "请删去命中的内容，或撤回后另行起草。", "Take out what was found, or withdraw it and draft another."),
	"only_important_business": say("只有重要（业务）信息可以另行处理。", "Only important business matter can be handled another way.", "请同意、退回或不同意。", "Approve it, send it back or reject it."),
	"not_the_author":          say("只有作者可以这样做。", "Only its author can do this.", "请由作者登录后办理。", "The author must sign in and do it."),
	"not_a_target_group":      say("这个群组不是目标群组。", "The group is none of its targets.", "请选择目标群组之一。", "Choose one of its target groups."),
	"readers_do_not_fit":      say("目标群组中有不符合条件的人员。", "Not everybody in the target groups fits.", "请查看名单，处理后再试。", "Look at the list, mend it and try again."),
	"not_what_was_approved":   say("内容与批准的不一致。", "It is not what was approved.", "请按批准的内容发布；如需修改，请另行起草。", "Post what was approved; to change it, draft another."),
}

// postFaults words what is wrong with a draft.
var postFaults = map[string]text{
	"not_published":      say("现行规则不允许发布这类信息。", "The rules in force publish no such matter.", "请联系流程管理员。", "Ask the process administrators."),
	"too_much_to_screen": say("内容过长或命中过多，无法检测。", "It is too long, or too much was found, to be screened.", "请缩短或拆分。", "Shorten it or split it."),
	"not_exempted":       say("“{field}”中的一处命中未获豁免。", "A finding in {field} was not exempted.", "请删去该处内容。", "Take it out."),
	"checklist_required": say("尚未完成自查。", "The checklist was not gone through.", "请逐条自查后勾选。", "Go through it, then say so (checked)."),
	"unknown_file":       say("“{field}”不是这条信息的附件。", "{field} is no file of this publication.", "请重新上传。", "Bring the file again."),
	"unknown_finding":    say("没有这处命中。", "There is no such finding.", "请刷新后查看。", "Reload and look."),
	"not_lower":          say("该类别不低于现有类别。", "The class is not lower than the one that counts.", "请选择更低的类别。", "Choose a lower one."),
	"image_required":     say("“{field}”须为 PNG 或 JPEG 图片。", "{field} must be a PNG or JPEG picture.", "请附上截图。", "Add a screenshot."),
	"misfit_tier":        say("该群组的密级不能发布这类信息。", "Groups of this tier do not carry the class.", "请选择密级相符的群组。", "Choose a group whose tier carries it."),
	"misfit_state":       say("该群组目前不能发布信息。", "Nothing can be posted in the group as it stands.", "请选择正常使用的群组。", "Choose a group that is active."),
	"misfit_scope":       say("群内的{person}不在知悉范围内。", "{person} is in the group and outside the need-to-know scope.", "请调整知悉范围或群成员。", "Change the scope, or the group's members."),
	"misfit_nda":         say("群内的{person}没有有效的保密协议。", "{person} has no agreement in force.", "请其先签署。", "Have them sign first."),
	"misfit_training":    say("群内的{person}没有有效的保密培训。", "{person} has no valid training.", "请其先完成培训。", "Have them pass it first."),
	"misfit_more":        say("还有 {n} 人不符合条件。", "{n} more people do not fit.", "请处理前面列出的人员后再看。", "Mend those listed, then look again."),
}
