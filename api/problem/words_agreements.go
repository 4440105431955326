package problem

import "github.com/qunbei/qunbei/models/domain"

// agreementCodes words the codes and reasons of agreements' texts (semantics 4).
var agreementCodes = map[string]text{
	"template_faulty":     say("文本有 {n} 处错误，未保存。", "The text was not stored; faults found: {n}.", "请按 defects 中的行、列和办法修改。", "Correct each by the line, column and remedy in defects."),
	"template_on_record":  say("这份文本已经存为版本 {version}。", "This very text is on record as version {version}.", "请打开该版本；若要修改，请改动文本后再起草。", "Open that version; to change it, draft another text."),
	"template_own_text":   say("自己起草的文本不能由自己审核。", "Nobody reviews a text that they drafted.", "请法务的另一位同事审核。", "Ask somebody else of legal."),
	"template_refused":    say("数据库拒绝了此操作：您已不是在职的法务，或版本状态已变。", "The database refuses this: you are of legal no more, or the version moved on.", "请刷新后查看最新状态。", "Reload and look at its present state."),
	"template_unreadable": say("当前程序无法读取该版本。", "This program cannot read the version.", "请升级程序。", "Bring the program up to date."),

	string(domain.ReasonTemplateState): say("该版本当前的状态（{state}）不允许这样做。", "The version's present state ({state}) does not allow this.", "请刷新后查看最新状态。", "Reload and look at its present state."),
	string(domain.ReasonTemplateLast):  say("这是该语言唯一可用的版本，撤回后将无人可签。", "It is the only version in force in its languages: without it nobody could be asked to sign.", "请先发布另一个版本，再撤回这一版。", "Publish another version first, then withdraw this one."),
}

// agreementFaults words what is wrong with a text beside its form.
var agreementFaults = map[string]text{
	"no_typeface":    say("“{field}”含有没有字体可以显示的字符：{characters}。", "{field} holds characters that no typeface has: {characters}.", "请换用其他写法。", "Write it another way."),
	"too_many_pages": say("“{field}”排版后页数过多。", "{field} fills too many pages.", "请精简文本。", "Shorten it."),
}
