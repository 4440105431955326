package problem

import "maps"

func init() { maps.Copy(codes, trainingCodes) }

// trainingCodes words what can stand against training and courses (R4.2.2).
var trainingCodes = map[string]text{
	"attempts_used_up":   say("{hours} 小时内最多测验 {n} 次，次数已用完。", "The attempts are used up: {n} within {hours} hours.", "请重读课程内容，到 {at} 之后再测验。", "Read the course again; the next attempt is possible from {at} on."),
	"attempt_expired":    say("本次测验已超时。", "The time for this attempt is over.", "请重新开始一次测验。", "Begin another attempt."),
	"attempt_ended":      say("本次测验已经交卷，成绩 {score} 分，不能再改。", "This attempt was answered already, with {score} points, and cannot be changed.", "请查看结果；需要时再测验一次。", "Look at its result; begin another attempt if you need one."),
	"course_withdrawn":   say("该课程版本已撤下。", "This version of the course was withdrawn.", "请向安全管理员询问现行的课程。", "Ask a security officer which course holds now."),
	"course_unreadable":  say("当前程序无法读取该课程版本。", "This program cannot read that version of the course.", "请升级程序，或换用其他版本。", "Bring the program up to date, or take another version."),
	"course_state":       say("该课程版本当前的状态（{state}）不允许这样做。", "The version's present state ({state}) does not allow this.", "请刷新后查看最新状态。", "Reload and look at its present state."),
	"course_two_people":  say("课程须由编写人以外的安全管理员复核后发布。", "A course is published by a security officer who did not write it.", "请另一位安全管理员复核。", "Ask another security officer to review it."),
	"draft_written_over": say("该草稿已被其他人的修改覆盖。", "The draft was written over by somebody else.", "请查看最新的草稿。", "Look at the newest draft."),
}
