package problem

import "maps"

func init() {
	maps.Copy(codes, passkeyCodes)
	maps.Copy(whys, passkeyWhys)
	faultTexts["bad_digest"] = say("“{field}”不是摘要。", "{field} is no digest.", "应为 sha256: 加 64 位小写十六进制数。", "It takes sha256: and 64 hexadecimal digits.")
	faultTexts["bad_credential"] = say("浏览器返回的通行密钥数据无法读取。", "What the browser sent of the passkey cannot be read.",
		"请按 WebAuthn 的 JSON 格式原样提交浏览器返回的内容。", "Send what the browser gave as it is, in WebAuthn's JSON form.")
}

// passkeyCodes words what can go wrong with passkeys (semantics 4).
var passkeyCodes = map[string]text{
	"passkeys_unusable": say("服务的访问地址不支持通行密钥。", "Passkeys cannot be used at this service's address.",
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
	"passkey_refused": say("通行密钥的签名未通过校验。", "The passkey's answer did not hold.",
		"请确认页面地址正确，使用本人的通行密钥，并在设备上完成指纹、面容或密码验证后重试。", "Look that the page's address is right, use your own passkey, and let the device verify you by finger, face or PIN."),
	"passkey_ended": say("该通行密钥已停用。", "This passkey has ended.", "请使用其他通行密钥，或重新添加。", "Use another one, or enrol anew."),
	"passkey_copied": say("该通行密钥的计数倒退，可能已被复制，因此已停用。", "This passkey counted backwards: it may have been copied, so it has ended.",
		"请重新添加通行密钥，并告知安全员。", "Enrol a new one, and tell a security officer."),
	"passkey_known": say("该通行密钥已经登记过。", "This passkey is enrolled already.", "请换一个通行密钥。", "Take another one."),
	"too_many_passkeys": say("最多可以有 {max} 个通行密钥。", "One may have {max} passkeys at most.",
		"请先删除不再使用的通行密钥。", "Remove one that you do not use any more."),
}

// passkeyWhys says what did not hold; the rest keep the general words.
var passkeyWhys = map[string]text{
	"passkeys_unusable/address_is_number": say("服务以 IP 地址访问，浏览器不会在这样的地址上使用通行密钥。", "The service is reached by a number, and browsers give no passkey to such an address.",
		"请管理员为服务设置域名，并写入 QUNBEI_BASE_URL。", "Ask the administrators for a host name, set as QUNBEI_BASE_URL."),
	"passkeys_unusable/no_https": say("服务没有使用 https，浏览器不会在这样的地址上使用通行密钥。", "The service is reached without https, and browsers give no passkey to such an address.",
		"请管理员启用 https，并写入 QUNBEI_BASE_URL。", "Ask the administrators for https, set as QUNBEI_BASE_URL."),
	"passkey_refused/origin": say("签名不是在本服务的页面上作出的。", "It was not signed on a page of this service.",
		"请核对浏览器地址栏，从本服务的页面重新开始；如地址可疑，请告知安全员。", "Look at the address in the browser and begin again on our own page; tell a security officer of one that looks wrong."),
	"passkey_refused/site":      say("这个通行密钥属于别的网站。", "The passkey belongs to another site.", "请使用在本服务登记的通行密钥。", "Use one that was enrolled here."),
	"passkey_refused/challenge": say("签名与这次请求不符。", "What was signed is not what was asked.", "请重新开始。", "Begin again."),
	"passkey_refused/verification": say("设备没有验证您的身份。", "The device did not verify that it is you.",
		"请在设备上设置并使用指纹、面容或密码后重试。", "Set up a finger, face or PIN on the device, use it, and try again."),
	"passkey_refused/not_yours": say("这个通行密钥不是您的。", "The passkey is not yours.", "请使用您自己登记的通行密钥。", "Use one that you enrolled yourself."),
	"passkey_refused/unknown":   say("没有登记过这个通行密钥。", "The passkey is not enrolled here.", "请用其他方式登录后，在“我的”页面添加。", "Sign in another way and add it on your own page."),
}
