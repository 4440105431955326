package mail

import "maps"

func init() {
	maps.Copy(zh, ndaZH)
	maps.Copy(en, ndaEN)
}

// What happens to a person's own keys stands here too: agreements are signed with them.

// What happens to agreements. The first words stand in the digest, one line a notice.
var ndaZH = map[string]words{
	"ndas":         {"保密协议%s", "以下保密协议需要您处理，或有了进展："},
	"nda_ask":      {"请签署：%s", "请签署保密协议。"},
	"nda_remind":   {"尚未签署：%s", "一份保密协议尚未签署。"},
	"nda_counter":  {"待您代表公司签署：%s 份", "有保密协议待您代表公司签署。"},
	"nda_sealed":   {"已签章：%s", "您的保密协议已签章生效。"},
	"nda_declined": {"被拒签：%s", "一份保密协议被拒签。"},
	"nda_expired":  {"逾期未签：%s", "一份保密协议逾期未签。"},
	"nda_voided":   {"已作废：%s", "一份保密协议已作废。"},
	"nda_lapsed":   {"有新版本待签：%s", "保密协议有新版本，请重新签署。"},
	"nda_return":   {"请确认已归还或删除：%s", "请确认已归还或删除所持有的保密信息。"},
	"nda_left":     {"离职人员待确认归还：%s", "请确认离职人员所持有的保密信息已归还或删除。"},
	"nda_fault":    {"文件无法生成：%s", "一份保密协议的文件无法生成。"},

	"passkey_added":   {"已添加通行密钥：%s", "您的账号添加了一个通行密钥，可用于登录和签署协议。如非本人操作，请立即删除该密钥并告知信息安全部门。"},
	"passkey_removed": {"已删除通行密钥：%s", "您账号的一个通行密钥已被删除，不能再用于登录和签署。如非本人操作，请立即告知信息安全部门。"},

	"nda_returned": {"已确认归还或删除：%s", "签署人已确认归还或删除保密信息。"},
}

var ndaEN = map[string]words{
	"ndas":         {"Your agreements%s", "These confidentiality agreements need you, or have news:"},
	"nda_ask":      {"Please sign: %s", "Please sign a confidentiality agreement."},
	"nda_remind":   {"Still to be signed: %s", "A confidentiality agreement is still to be signed."},
	"nda_counter":  {"Waiting for you to sign for the company: %s", "Confidentiality agreements wait for you to sign for the company."},
	"nda_sealed":   {"Sealed: %s", "Your confidentiality agreement is sealed and in force."},
	"nda_declined": {"Declined: %s", "A confidentiality agreement was declined."},
	"nda_expired":  {"Not signed in time: %s", "A confidentiality agreement was not signed in time."},
	"nda_voided":   {"Void: %s", "A confidentiality agreement is void."},
	"nda_lapsed":   {"A new version is to be signed: %s", "There is a new version of a confidentiality agreement to sign."},
	"nda_return":   {"Confirm that all is returned or erased: %s", "Please confirm that what you held is returned or erased."},
	"nda_left":     {"To be confirmed for somebody who left: %s", "Please confirm that what somebody who left held is returned or erased."},
	"nda_fault":    {"The document could not be made: %s", "The document of a confidentiality agreement could not be made."},

	"passkey_added":   {"A passkey was added: %s", "A passkey was added to your account: it signs you in and signs agreements as you. If it was not you, remove it at once and tell security."},
	"passkey_removed": {"A passkey was removed: %s", "A passkey was removed from your account: it signs you in no more. If it was not you, tell security at once."},

	"nda_returned": {"Return or erasure confirmed: %s", "The signer confirmed that everything is returned or erased."},
}
