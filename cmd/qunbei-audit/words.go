package main

// words are what the tool says, in English and Chinese.
var words = map[string][2]string{
	"complete":   {"history: whole, nothing taken out or put in", "历史完整：无缺失、无插入"},
	"replayed":   {"code: goes the same way", "代码重放：走向一致"},
	"recomputed": {"outcome: follows from acts and recorded facts, proofs hold", "结果：由操作与已记录的事实推得，签名有效"},
	"rows":       {"database: agrees, field by field", "数据库：逐字段一致"},
	"no_rows":    {"no rows in the file: the database was not compared", "文件中没有数据库记录：未作比对"},
	"shredded":   {"the case's key was destroyed: texts could not be compared", "事项密钥已销毁：文本内容无法比对"},
	"events":     {"events", "事件"},
	"event":      {"event", "事件"},
	"acts":       {"acts", "操作"},
	"proofs":     {"proofs that hold", "有效签名"},
	"stored":     {"database", "数据库"},
	"follows":    {"follows  ", "应为  "},
	"ok":         {"everything agrees", "全部一致"},
	"not_ok":     {"SOMETHING DIFFERS", "存在不一致"},
	"no_key": {
		"the keyring lacks a key these histories are encrypted with: give the keyring that holds it with --keys (retired keys are kept in it)",
		"密钥库缺少解密所需的密钥：请用 --keys 指定包含该密钥的密钥库（已停用的密钥也应保留在内）",
	},
	"fault.key_unknown":           {"a key is missing", "缺少密钥"},
	"fault.unreadable":            {"a payload was altered", "内容被改动，无法解密"},
	"fault.gap":                   {"event numbers have a gap or are out of order", "事件编号不连续或次序不对"},
	"fault.cut":                   {"the history was cut", "历史被截断"},
	"fault.forged_act":            {"an act is forged", "操作被伪造"},
	"fault.proof_key_unknown":     {"an act is signed with an unknown key", "操作由未知密钥签名"},
	"fault.facts_differ":          {"acts and facts do not lead to the recorded state", "操作与事实推不出所记录的状态"},
	"fault.decision_without_act":  {"a decision without anybody's act", "有决定而无操作"},
	"fault.unanswered_act":        {"an act was never answered", "操作未得到处理"},
	"fault.start_differs":         {"the first state is not a submission's", "起始状态不是提交时的状态"},
	"fault.continuation_differs":  {"a run does not go on where the last one ended", "前后两段历史不衔接"},
	"fault.result_differs":        {"the recorded result is not the outcome", "所记录的结果与推得的结果不符"},
	"fault.ended_by_force":        {"ended by force", "被强制结束"},
	"fault.nondeterminism":        {"the code goes another way", "代码走向不一致"},
	"fault.replay_failed":         {"the code could not be replayed", "代码无法重放"},
	"fault.not_a_process_of_ours": {"neither a case nor a group", "既不是事项也不是群组"},
	"fault.bytes_differ":          {"the exported bytes were altered", "导出的字节被改动"},
	"fault.database_differs":      {"the database differs", "数据库不一致"},
}

// word says a thing in the reader's language; a code nobody translated says itself.
func (t *tool) word(code string) string {
	w, ok := words[code]
	switch {
	case !ok:
		return code
	case t.lang == "zh-CN":
		return w[1]
	}
	return w[0]
}
