package problem

import "maps"

func init() { maps.Copy(codes, screenCodes) }

// screenCodes words what can stand against a message that a chat platform asks about.
var screenCodes = map[string]text{
	"bad_hook_signature": say("签名无效。", "The signature does not hold.", "请按 Standard Webhooks 规范以约定的密钥签名后重试。", "Sign with the agreed secret as Standard Webhooks says, and try again."),
	"hook_clock":         say("消息的时间与当前时间相差超过 {minutes} 分钟。", "The message's time is more than {minutes} minutes off.", "请校准发送方的时钟后重试。", "Set the sender's clock and try again."),
	"hooks_not_set_up":   say("尚未启用消息检查接口。", "Checking of messages is not set up here.", "请管理员设置 QUNBEI_HOOK_SECRET。", "Ask the operator to set QUNBEI_HOOK_SECRET."),
}
