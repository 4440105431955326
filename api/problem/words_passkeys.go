package problem

import "maps"

func init() {
	maps.Copy(codes, passkeyCodes)
	faultTexts["bad_credential"] = say("浏览器返回的通行密钥数据无法读取。", "What the browser sent of the passkey cannot be read.",
		"请按 WebAuthn 的 JSON 格式原样提交浏览器返回的内容。", "Send what the browser gave as it is, in WebAuthn's JSON form.")
}

// passkeyCodes words what can go wrong with passkeys (semantics 4).
var passkeyCodes = map[string]text{
	"passkeys_unusable": say("服务的访问地址不支持通行密钥（{why}）。", "Passkeys cannot be used at this service's address ({why}).",
		"通行密钥需要以域名和 https 访问；本机演示请用 localhost 打开。请联系管理员设置 QUNBEI_BASE_URL。", "They need a host name and https, or localhost for the demo. Ask the administrators to set QUNBEI_BASE_URL."),
	"no_passkey": say("您还没有通行密钥。", "You have no passkey yet.", "请先在“我的”页面添加一个通行密钥。", "Add one on your own page first."),
	"session_needed": say("此操作须本人在浏览器中登录后办理。", "This takes the person at a browser, signed in.",
		"访问令牌不能代替本人在场；请登录后办理。", "A token cannot stand for somebody's presence; sign in and do it there."),
	"confirm_first": say("距上次确认本人身份已超过十分钟。", "It is over ten minutes since you showed that it is you.",
		"请用通行密钥确认，或退出后重新登录。", "Confirm with a passkey, or sign out and in again."),
	"challenge_unknown": say("没有这次签名请求，或它不属于此次操作。", "There is no such request to sign, or it was made for something else.",
		"请重新开始。", "Begin again."),
	"challenge_expired": say("签名请求已过期（五分钟内有效）。", "The request to sign is over: it holds for five minutes.", "请重新开始。", "Begin again."),
	"challenge_used":    say("这次签名请求已经用过。", "This request to sign was answered already.", "请重新开始。", "Begin again."),
	"passkey_refused": say("通行密钥的签名未通过校验（{why}）。", "The passkey's answer did not hold ({why}).",
		"请确认页面地址正确，使用本人的通行密钥，并在设备上完成指纹、面容或密码验证后重试。", "Look that the page's address is right, use your own passkey, and let the device verify you by finger, face or PIN."),
	"passkey_ended": say("该通行密钥已停用。", "This passkey has ended.", "请使用其他通行密钥，或重新添加。", "Use another one, or enrol anew."),
	"passkey_copied": say("该通行密钥的计数倒退，可能已被复制，因此已停用。", "This passkey counted backwards: it may have been copied, so it has ended.",
		"请重新添加通行密钥，并告知安全员。", "Enrol a new one, and tell a security officer."),
	"passkey_known": say("该通行密钥已经登记过。", "This passkey is enrolled already.", "请换一个通行密钥。", "Take another one."),
	"too_many_passkeys": say("最多可以有 {max} 个通行密钥。", "One may have {max} passkeys at most.",
		"请先删除不再使用的通行密钥。", "Remove one that you do not use any more."),
}
