package problem

import (
	"maps"
	"strconv"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// faultTexts words what is wrong with the form of an input; what is wrong with its meaning is worded by the policy.
var faultTexts = map[string]text{
	"unknown_field":     say("没有名为“{field}”的字段。", "There is no field {field}.", "请删除，或对照 /openapi.yaml 检查拼写。", "Leave it out, or compare its spelling with /openapi.yaml."),
	"unknown_parameter": say("没有名为“{field}”的查询参数。", "There is no parameter {field}.", "请删除，或对照 /openapi.yaml 检查拼写。", "Leave it out, or compare its spelling with /openapi.yaml."),
	"given_twice":       say("“{field}”出现了不止一次。", "{field} is given more than once.", "请只保留一个。", "Keep one."),
	"wrong_type":        say("“{field}”的类型不对。", "{field} has the wrong type.", "应为：{expected}。", "It takes: {expected}."),
	"wrong_length":      say("“{field}”的长度不对。", "{field} has the wrong length.", "请按 /openapi.yaml 的限制修改。", "Keep to the limits in /openapi.yaml."),
	"too_short":         say("“{field}”太短。", "{field} is too short.", "至少需要 {min} 个字符。", "It takes at least {min} characters."),
	"too_small":         say("“{field}”太小。", "{field} is too small.", "最小为 {min}。", "The least is {min}."),
	"too_big":           say("“{field}”太大。", "{field} is too big.", "最大为 {max}。", "The most is {max}."),
	"not_an_id":         say("“{field}”不是有效的标识。", "{field} is not an identifier.", "应为 UUID，例如 0198c0de-0000-7000-8000-000000000001。", "It takes a UUID such as 0198c0de-0000-7000-8000-000000000001."),
	"not_visible_ascii": say("“{field}”只能含可见的 ASCII 字符。", "{field} may hold visible ASCII characters only.", "请使用 UUID。", "Use a UUID."),
	"not_a_uuid":        say("“{field}”不是有效的标识。", "{field} is not an identifier.", "应为 UUID，例如 0198c0de-0000-7000-8000-000000000001。", "It takes a UUID such as 0198c0de-0000-7000-8000-000000000001."),
	"too_many_rows":     say("“{field}”的行数过多。", "{field} has too many rows.", "请拆分，每个文件最多 {max} 行。", "Split it: at most {max} rows a file."),
	"not_base64":        say("“{field}”不是有效的 Base64。", "{field} is not valid base64.", "请用标准 Base64 编码图片。", "Encode the picture as standard base64."),
	"bad_characters":    say("“{field}”含有无效的 UTF-8。", "{field} holds invalid UTF-8.", "请用 UTF-8 重新输入。", "Type it again in UTF-8."),
	"out_of_range":      say("“{field}”超出范围。", "{field} is out of range.", "应在 {min} 到 {max} 之间。", "It takes {min} to {max}."),
	"more_faults":       say("另有 {n} 处错误未列出。", "{n} more faults are not listed.", "请先改正已列出的各项。", "Correct those listed first."),
	"choose_whom":       say("您可以代多人审批，请用“{field}”指明代谁。", "You can act for several people: {field} must say for whom.", "工号之一：{allowed}。", "One of these staff numbers: {allowed}."),
	"no_such_place":     say("“{field}”不是席位编号。", "{field} is not a place on the route.", "请填写事项中的席位编号，例如 r1.s1.p1；无人可审批时留空。", "Name one of the case's places, such as r1.s1.p1; leave it out where nobody was found."),
	"in_the_past":       say("“{field}”已经过去。", "{field} lies in the past.", "请选择将来的时间，或留空表示立即生效。", "Choose a time to come, or leave it out to begin at once."),
	"too_far_ahead":     say("“{field}”过于久远。", "{field} lies too far ahead.", "请选择两年以内的时间。", "Choose a time within two years."),
	"not_in_attempt":    say("“{field}”不是本次测验的题目。", "{field} is no question of this attempt.", "请只回答本次测验列出的题目。", "Answer the questions of this attempt, as it lists them."),
	"named_twice":       say("“{field}”重复出现。", "{field} names the same twice.", "请只保留一个。", "Keep one."),
	"unknown_option":    say("“{field}”含有不存在的选项。", "{field} names an option that is not there.", "请从题目列出的选项中选择。", "Choose among the options of the question."),
	"question_left_out": say("还有题目没有回答。", "A question was left out.", "请回答每一道题。", "Answer every question."),
	"missing_header":    say("缺少请求头 {field}。", "The header {field} is missing.", "请为每次写入附上一个新的 UUID。", "Send a fresh UUID with each write."),
}

// wholeBody stands for the field where a fault is none's in particular.
var wholeBody = domain.Label{ZH: "整个请求内容", EN: "The body"}

// word puts a fault into words. Names come from the caller: they are cut to a readable length.
func word(f domain.Fault, lang string) Fault {
	out := Fault{Field: clip(f.Field, 200), Code: f.Code, Params: f.Params}
	if t, ok := faultTexts[f.Code]; ok {
		params := map[string]string{"field": out.Field}
		if out.Field == "" {
			params["field"] = pick(wholeBody, lang)
		}
		for k, v := range f.Params {
			params[k] = v
		}
		out.Message, out.Remedy = fill(pick(t.title, lang), params), fill(pick(t.remedy, lang), params)
		return out
	}
	if t := f.Params["text"]; t != "" { // worded already where the file was read
		out.Message, out.Params = t, maps.Clone(f.Params)
		delete(out.Params, "text")
		return out
	}
	out.Message = policy.Text(f, lang)
	return out
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "… (" + strconv.Itoa(len(s)) + ")"
}
