package problem

import "maps"

func init() {
	maps.Copy(codes, ndaCodes)
	maps.Copy(faultTexts, ndaFaults)
}

// ndaCodes words the codes and reasons of agreements (semantics 4).
var ndaCodes = map[string]text{
	"no_mail_address": say("通讯录中没有您的邮箱，无法发送验证码。", "The directory has no mail address of yours, so no code can be sent.", "请联系人力资源补上邮箱。", "Ask HR to add it."),
	"code_too_soon":   say("验证码刚刚发送过。", "A code was mailed a moment ago.", "请查收邮件；一分钟后可以重新发送。", "Look at your mail; you can have another one after a minute."),
	"code_too_many":   say("今天发送或尝试验证码的次数过多。", "Too many codes were mailed or tried today.", "请明天再试，或联系法务在纸上签署。", "Try tomorrow, or ask legal to let you sign on paper."),
	"not_sealed":      say("协议还没有签章，没有文件可以下载。", "The agreement is not sealed: there is no document yet.", "双方签署后即可下载。", "It can be downloaded when both have signed."),
	"no_scan":         say("这份协议没有扫描件。", "There is no scan of this agreement.", "只有纸上签署的协议才有扫描件。", "Only what was signed on paper has one."),
	"no_assertion":    say("这份协议不是用通行密钥签署的。", "No passkey signed this agreement.", "只有用通行密钥签署的协议才有签名证据。", "Only what was signed by passkey has this evidence."),
	"nda_shredded":    say("这份协议的内容已按规定销毁。", "The text of this agreement was destroyed as the rules ask.", "审计记录仍可查阅。", "The record of what was done remains."),

	"not_the_signer":          say("只有签署人本人可以这样做。", "Only the signer can do this.", "请由签署人登录后办理。", "The signer must sign in and do it."),
	"not_read_to_the_end":     say("还没有读完全文。", "It was not read to the end.", "请读到文末并确认读完，再签署。", "Read to the end, say so there, then sign."),
	"consent_missing":         say("没有同意条款。", "The consent clause was not agreed to.", "请在签署时附上同意条款的摘要。", "Send the digest of the consent clause with the signature."),
	"signature_missing":       say("没有签名。", "There is no signature.", "请手写签名，或输入姓名。", "Draw your signature, or type your name."),
	"identity_check_too_weak": say("身份核验方式达不到这份协议的要求。", "The identity check is weaker than this agreement asks for.", "请先用要求的方式核验身份，再签署。", "Show who you are in the way it asks for, then sign."),
	"identity_check_too_old":  say("身份核验已超过半小时。", "The identity check is older than half an hour.", "请重新核验身份，再签署。", "Show who you are once more, then sign."),
	"passkey_invalid":         say("通行密钥的签名不成立，或没有。", "The passkey's signature does not hold, or there is none.", "请用您登记的通行密钥对这份协议签名。", "Sign this agreement with a passkey that you enrolled."),
	"only_on_paper":           say("协议中有字库里没有的字，须在纸上签署。", "It holds a character that no typeface has: it is signed on paper.", "请下载打印件，手签后交群管理员或法务。", "Download the copy, sign it by hand and give it to an admin or legal."),
	"not_the_countersigner":   say("公司签署须由规则指定的人办理。", "Somebody else signs for the company by the rules.", "请由规则指定的同事签署。", "Somebody with the role that the rules name must sign."),
	"still_in_the_group":      say("协议尚未终止，还不需要确认归还。", "The agreement has not ended: there is nothing to return.", "离开群组后会请您确认。", "You are asked when you leave the group."),
	"nothing_to_retry":        say("没有需要重试的制作。", "There is nothing to try again.", "请刷新后查看。", "Reload and look."),
	"not_admin_nor_legal":     say("须由群管理员或法务办理。", "It takes an admin of the group or legal.", "请联系他们。", "Ask one of them."),
}

// ndaFaults words what is wrong with what came in for an agreement.
var ndaFaults = map[string]text{
	"not_a_code":         say("验证码是 {n} 位数字。", "A code is {n} digits.", "请照邮件输入。", "Type it as the mail has it."),
	"code_wrong":         say("验证码不对。", "The code is wrong.", "还可尝试 {n} 次。", "{n} tries are left."),
	"code_dead":          say("这个验证码的尝试次数已用完。", "No tries are left for this code.", "请重新发送验证码。", "Have another code mailed."),
	"code_expired":       say("验证码已过期。", "The code has expired.", "请重新发送验证码。", "Have another code mailed."),
	"code_used":          say("验证码已经用过。", "The code was used.", "请重新发送验证码。", "Have another code mailed."),
	"code_not_asked":     say("没有为此次签署发送过验证码。", "No code was mailed for this signing in this session.", "请先发送验证码。", "Have a code mailed first."),
	"strokes_unreadable": say("手写签名没有读出来。", "The drawn signature cannot be read.", "请重写，或输入姓名。", "Draw it again, or type the name."),
	"too_little":         say("手写签名不完整。", "The drawn signature is not complete.", "请写完整的签名，或输入姓名。", "Draw the whole signature, or type the name."),
	"name_differs":       say("“{field}”与协议中的姓名不一致。", "{field} is not the name in the agreement.", "协议中的姓名是：{name}。", "The agreement states: {name}."),
	"sign_or_type":       say("没有签名。", "There is no signature.", "请手写签名（strokes），或输入姓名（name）。", "Draw a signature (strokes) or type the name (name)."),
	"consent_needed":     say("没有同意条款，或与展示的不一致。", "The consent clause was not agreed to, or is not the one shown.", "请附上协议的 consent。", "Send the agreement's consent."),
	"not_a_scan":         say("“{field}”不是 PDF、PNG 或 JPEG。", "{field} is no PDF, PNG or JPEG.", "请重新扫描并上传。", "Scan it again and bring that."),
}
