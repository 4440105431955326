package problem

import (
	"maps"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// text is what happened and what would work, in both languages.
type text struct{ title, remedy domain.Label }

func say(zh, en, zhRemedy, enRemedy string) text {
	return text{domain.Label{ZH: zh, EN: en}, domain.Label{ZH: zhRemedy, EN: enRemedy}}
}

// kinds words a code that has no text of its own.
var kinds = map[service.Kind]text{
	service.Invalid:     say("提交的内容有误。", "The input is at fault.", "请按各项提示修改后重新提交。", "Correct each field named and send it again."),
	service.Malformed:   say("请求无法读取。", "The request cannot be read.", "请检查格式后重新发送。", "Check its form and send it again."),
	service.Unsigned:    say("尚未登录，或登录已失效。", "Nobody is signed in, or the sign-in has ended.", "请登录，或提供有效的访问令牌。", "Sign in, or send a valid access token."),
	service.Forbidden:   say("没有执行此操作的权限。", "You have no right to do this.", "如需办理，请联系有相应权限的人员。", "Ask somebody who has it."),
	service.NotFound:    say("没有找到，或不对您开放。", "It does not exist, or is not yours to see.", "请检查地址，或向经办人索取权限。", "Check the address, or ask whoever handles it."),
	service.Conflict:    say("当前状态下不能这样做。", "The present state does not allow this.", "请刷新后查看最新状态。", "Reload and look at the present state."),
	service.TooLarge:    say("提交的内容过大。", "The request is too large.", "请减小后重新提交。", "Make it smaller and send it again."),
	service.Unsupported: say("不支持这种内容类型。", "This kind of content is not taken.", "请改用说明中列出的类型。", "Use one of the types that the documentation names."),
	service.TooMany:     say("操作过于频繁。", "Too many requests.", "请稍候再试。", "Wait a moment and try again."),
	service.Unavailable: say("服务的一部分暂时不可用，没有任何内容被更改。", "A part of the service is away; nothing was changed.", "请稍后重试，可使用相同的 Idempotency-Key。", "Try again later with the same Idempotency-Key."),
	service.Internal:    say("服务出现内部错误。", "Something went wrong on our side.", "请稍后重试；如仍出现，请提供 request_id 联系管理员。", "Try again; if it stays, tell the administrators the request_id."),
}

// whys words a code more closely by its parameter why: code/why.
var whys = map[string]text{}

// codes words the stable codes. {name} stands for the error's parameter.
var codes = map[string]text{
	// the door
	"csrf":                    say("请求未通过来源校验。", "The request could not be shown to come from our own page.", "请刷新页面后重试；接口调用请带上 X-CSRF-Token。", "Reload the page and try again; API calls by cookie need X-CSRF-Token."),
	"bad_authorization":       say("Authorization 请求头的格式不对。", "The Authorization header is not well-formed.", "请写成 Authorization: Bearer <令牌>。", "Write Authorization: Bearer <token>."),
	methodCode:                say("此地址不支持该方法。", "This address does not know the method.", "请使用 Allow 中列出的方法。", "Use one of the methods that Allow names."),
	"unknown_address":         say("没有这个地址。", "There is nothing at this address.", "请对照 /openapi.yaml 检查地址。", "Compare it with /openapi.yaml."),
	"unknown_host":            say("演示环境只接受本机地址。", "The demo answers only to this machine's own names.", "请用 127.0.0.1 或 localhost 打开。", "Open it as 127.0.0.1 or localhost."),
	"address_too_long":        say("地址过长。", "The address is too long.", "请缩短查询条件。", "Shorten the search."),
	"bad_address":             say("地址含有无法识别的字符。", "The address holds characters that are not valid.", "请使用 UTF-8 编码并转义。", "Use UTF-8, percent-encoded."),
	"media_type":              say("不支持 {got} 类型的内容。", "Content of the type {got} is not taken here.", "请使用 {allowed}。", "Send {allowed}."),
	"body_too_large":          say("内容超过 {max} 的上限。", "The body is over the limit of {max}.", "请减小后重新提交。", "Make it smaller and send it again."),
	"content_encoding":        say("不支持压缩后的请求内容。", "A compressed body is not taken.", "请不压缩直接发送。", "Send it uncompressed."),
	"not_json":                say("内容不是有效的 JSON（第 {offset} 字节处）。", "The body is not valid JSON (at byte {offset}).", "请改正该处后重新发送。", "Correct that place and send it again."),
	"body_unreadable":         say("请求内容没有完整到达。", "The body did not arrive whole.", "请重新发送；可使用相同的 Idempotency-Key。", "Send it again, with the same Idempotency-Key."),
	"not_multipart":           say("上传的表单无法读取。", "The form cannot be read.", "请用 multipart/form-data 重新上传。", "Send it again as multipart/form-data."),
	"bad_parameter":           say("查询参数有误。", "A parameter is at fault.", "请按提示修改。", "Correct the parameter named."),
	"cursor_invalid":          say("分页游标无效。", "The cursor is not valid.", "请从第一页重新开始。", "Begin again at the first page."),
	"too_many_requests":       say("操作过于频繁。", "Too many requests.", "请在 Retry-After 指定的秒数后再试。", "Wait for the seconds that Retry-After names."),
	"timeout":                 say("处理超时，结果尚不确定。", "It took too long; the outcome is not known yet.", "请用相同的 Idempotency-Key 重试，不会重复执行。", "Try again with the same Idempotency-Key; nothing happens twice."),
	"database_unavailable":    say("数据库暂时不可用，没有任何内容被更改。", "The database is away; nothing was changed.", "请在 Retry-After 指定的秒数后用相同的 Idempotency-Key 重试。", "Try again after Retry-After with the same Idempotency-Key."),
	"engine_unavailable":      say("流程引擎暂时不可用，意见未被记录。", "The process engine is away; the act was not recorded.", "请在 Retry-After 指定的秒数后用相同的 decision_id 重试。", "Try again after Retry-After with the same decision_id."),
	"idempotency_key_reused":  say("该 Idempotency-Key 已用于不同的内容。", "This Idempotency-Key was used with other content.", "请为新的请求换一个 Idempotency-Key。", "Take a new Idempotency-Key for a new request."),
	"decision_id_reused":      say("该 decision_id 已用于另一次操作。", "This decision_id was used for another act.", "请为新的操作换一个 decision_id。", "Take a new decision_id for a new act."),
	"request_under_way":       say("相同的请求正在处理。", "The same request is under way.", "请稍候，用相同的 Idempotency-Key 查询结果。", "Wait, then ask again with the same Idempotency-Key."),
	"too_many_acts":           say("此事项上的操作已达上限。", "This case takes no more acts.", "请联系流程管理员。", "Ask the process administrators."),
	"purpose_required":        say("阅读涉密内容须说明用途。", "Reading confidential matter needs a purpose.", "请在 purpose 中写明用途；阅读会被记录。", "State it in purpose; the reading is recorded."),
	"idempotency_key_invalid": say("Idempotency-Key 的格式不对。", "The Idempotency-Key is not well-formed.", "请使用 1 到 200 个可见的 ASCII 字符，例如 UUID。", "Use 1 to 200 visible ASCII characters, such as a UUID."),
	"unsigned":                say("尚未登录。", "Nobody is signed in.", "请登录，或提供有效的访问令牌。", "Sign in, or send a valid access token."),
	"not_signed_in":           say("尚未登录。", "Nobody is signed in.", "请登录，或提供有效的访问令牌。", "Sign in, or send a valid access token."),
	"session_expired":         say("登录已过期。", "The sign-in has ended.", "请重新登录。", "Sign in again."),
	"token_invalid":           say("访问令牌无效。", "The access token is not valid.", "请换用有效的令牌，或重新生成一个。", "Use a valid token, or make a new one."),
	"token_expired":           say("访问令牌已过期或已停用。", "The access token has ended.", "请重新生成一个。", "Make a new one."),
	"token_already_made":      say("令牌已经生成，密文只显示一次。", "The token was made already; its secret is shown only once.", "如未保存，请停用后用新的 Idempotency-Key 重新生成。", "If it was lost, end it and make another with a new Idempotency-Key."),
	"too_many_tokens":         say("令牌数量已达 {max} 个的上限。", "You hold {max} tokens, the most there may be.", "请先停用不再使用的令牌。", "End one that is no longer used."),
	"directory_moved_on":      say("通讯录在导入期间已被更改。", "The directory changed while this was imported.", "请重新试运行后再导入。", "Do a dry run again, then import."),
	"rules_faulty":            say("文件有 {n} 处错误，未保存。", "The file was not stored; faults found: {n}.", "请按 defects 中的行、列和办法修改。", "Correct each by the line, column and remedy in defects."),
	"two_people_needed":       say("生效须由两人共同完成：提议人和编写人都不能自行启用。", "It takes two people: neither the proposer nor the author can activate it.", "请另一位流程管理员启用。", "Ask another process administrator to activate it."),
	"rules_state":             say("该版本当前的状态（{state}）不允许这样做。", "The version's present state ({state}) does not allow this.", "请刷新后查看最新状态。", "Reload and look at its present state."),
	"rules_stale":             say("在您比对之后，现行版本已经更换。", "Another version came into force since you compared.", "请与现行版本重新比对后再启用。", "Compare with the version in force now, then activate."),
	"rules_refused":           say("数据库拒绝了此操作：提议人或启用人已不是在职的流程管理员，或生效时间已过。", "The database refuses this: proposer or activator is no active process administrator any more, or its date has passed.", "请重新提议。", "Propose it anew."),
	"rules_unreadable":        say("当前程序无法读取该版本。", "This program cannot read the version.", "请升级程序，或换用其他版本。", "Bring the program up to date, or take another version."),
	"policy_unresolvable":     say("按当前通讯录，有 {n} 处找不到人，不能启用。", "In the present directory {n} places find nobody, so it cannot be activated.", "请按 problems 中的列表修改规则或通讯录。", "Correct the policy or the directory by the list in problems."),
	"dry_runs_busy":           say("同时进行的试运行过多。", "Another dry run is under way.", "请在 Retry-After 指定的秒数后再试。", "Try again after Retry-After."),
	"dry_run_too_long":        say("试运行时间过长。", "The dry run took too long.", "请减少事项数量或缩短时间范围。", "Take fewer requests, or a shorter time."),
	"role_required":           say("您的角色不能执行此操作。", "Your roles do not allow this.", "请联系有相应角色的人员。", "Ask somebody who holds the role."),
	"not_a_party":             say("您不是此事项的当事人。", "You have no part in this case.", "请联系申请人或审批人。", "Ask the requester or an approver."),
	"members_only":            say("只有可查看成员的人才能查看。", "It is for those who may see the members.", "请联系群管理员。", "Ask an admin of the group."),
	"shredded":                say("内容已按规定销毁。", "The content was destroyed as the rules demand.", "摘要和时间线仍可查看。", "Its digest and the timeline remain."),
	"auditors_only":           say("仅审计员可以查看。", "It is for auditors.", "请联系审计员。", "Ask an auditor."),
	"no_history":              say("还没有可供重放的历史。", "There is no history to replay yet.", "流程启动后再试。", "Try again once the process has started."),
	"replays_busy":            say("同时进行的重放过多。", "Too many replays run at once.", "请在 Retry-After 指定的秒数后再试。", "Try again after Retry-After."),
	"engine_busy":             say("此事项上同时操作的人过多。", "Too many act on this case at once.", "请用相同的 decision_id 重试，不会重复执行。", "Try again with the same decision_id; nothing happens twice."),
	"workflow_missing":        say("此事项的流程尚未启动或暂时找不到。", "The case's process has not started yet, or cannot be found.", "请在 Retry-After 指定的秒数后用相同的 decision_id 重试。", "Try again after Retry-After with the same decision_id."),
	"demo_only":               say("只有演示环境可以这样登录。", "Only the demo knows this way to sign in.", "请用正式的方式登录。", "Sign in the regular way."),
	"not_an_image":            say("截图不是图片。", "The screenshot is not a picture.", "请上传 PNG、JPEG 或 WebP 图片。", "Send a PNG, JPEG or WebP."),
	"file_too_large":          say("文件过大。", "The file is too large.", "请压缩到 5 MiB 以内。", "Make it 5 MiB or less."),
	"invalid":                 say("提交的内容有误。", "The input is at fault.", "请按各项提示修改后重新提交。", "Correct each field named and send it again."),
	"not_found":               say("没有找到，或不对您开放。", "It does not exist, or is not yours to see.", "请检查地址，或向经办人索取权限。", "Check the address, or ask whoever handles it."),
	"role_missing":            say("您的角色不能执行此操作。", "Your roles do not allow this.", "需要以下角色之一：{roles}。", "It takes one of these roles: {roles}."),
	"relation_missing":        say("您与此事项的关系不允许执行此操作。", "Your part in this matter does not allow it.", "需要的关系：{relations}。", "It takes one of these: {relations}."),
	"file_unreadable":         say("文件无法读取。", "The file cannot be read.", "请确认文件未损坏，且为 XLSX 或 CSV。", "Make sure that it is an unbroken XLSX or CSV."),
	"no_delegations":          say("现行规则不允许委托审批。", "The policy in force knows no delegation.", "请联系流程管理员。", "Ask the process administrators."),
	"not_the_giver":           say("只有委托人可以结束委托。", "Only who handed over can end it.", "请联系委托人。", "Ask them to."),
	"proposal_answered":       say("这项提议已经处理过了。", "This proposal was answered already.", "请在“审批委托”页查看。", "Look at your delegations."),
	"internal":                say("服务出现内部错误。", "Something went wrong on our side.", "请稍后重试；如仍出现，请提供 request_id 联系管理员。", "Try again; if it stays, tell the administrators the request_id."),
	"idempotency_key_missing": say("缺少 Idempotency-Key 请求头。", "The header Idempotency-Key is missing.", "请为每次写入附上一个新的 UUID。", "Send a fresh UUID with each write."),

	"attachment_type":      say("不支持这种文件。", "This kind of file is not taken.", "请上传 {allowed}；含宏的文档不收。", "Send {allowed}; documents with macros are not taken."),
	"not_begun":            say("批量处理用时过长，这一项没有开始。", "The batch took too long; this one was not begun.", "请用相同的 decision_id 再提交这一项。", "Send this one again with the same decision_id."),
	"revocation_under_way": say("此事项的撤销申请已在审批，或已经通过。", "A revocation of this case is under way, or was approved.", "请查看已有的撤销申请。", "Look at that one; the case's page names it."),
	"change_under_way":     say("此群组的变更 {number} 正在进行。", "The change {number} of this group is under way.", "请等它结束，或由其申请人撤回后再提交。", "Wait until it has ended, or ask its requester to withdraw it."),
	"filing_under_way":     say("此群组已经在报备（{number}）。", "This group is being filed already ({number}).", "请等它结束。", "Wait until that has ended."),
	"change_not_revocable": say("变更不能撤销。", "A change cannot be revoked.", "如需改回，请另行提交变更。", "Ask for another change that sets it back."),
	"already_revoked":      say("此事项已经撤销。", "The case was revoked already.", "无需再次操作。", "There is nothing to do."),
	"not_approved":         say("只有已通过的事项才能撤销。", "Only an approved case can be revoked.", "审批中的事项，申请人可以撤回。", "While it is decided on its requester can withdraw it."),
	"revocation_over":      say("撤销的期限（{until}）已过。", "The time for revoking it ended at {until}.", "如仍需处理，请走群组变更或解散流程。", "Change or dissolve the group instead."),

	// reasons of the rules (domain.Reason)
	string(domain.ReasonNotApprover):  say("您不是此事项的审批人。", "You are not an approver of this case.", "请在路线图中查看由谁审批。", "The route shows who is."),
	string(domain.ReasonNotYourTurn):  say("还没有轮到您审批。", "It is not your turn yet.", "轮到您时会收到通知。", "You will be told when it is."),
	string(domain.ReasonOwnMatter):    say("不能审批自己的申请。", "Nobody decides on their own matter.", "请等待其他审批人处理。", "Wait for the other approvers."),
	string(domain.ReasonInactive):     say("账号已停用，不能执行此操作。", "The account is disabled.", "请联系人事部门。", "Ask the personnel department."),
	string(domain.ReasonStale):        say("申请内容在您阅读之后已变更。", "The request changed after you read it.", "请重新阅读最新内容再决定。", "Read it again, then decide."),
	string(domain.ReasonProof):        say("操作的签名证明无效。", "The act's proof does not hold.", "请重新提交；如仍出现，请联系管理员。", "Send it again; if it stays, tell the administrators."),
	string(domain.ReasonNotRequester): say("只有申请人可以这样做。", "Only the requester can do this.", "请联系申请人。", "Ask the requester."),
	string(domain.ReasonDecided):      say("已经有决定了。", "It has been decided already.", "最初的决定有效，无需再次操作。", "The first decision stands; there is nothing to do."),
	string(domain.ReasonSettled):      say("该环节已由他人决定。", "Somebody else's decision settled this step.", "查看时间线了解由谁决定。", "The timeline shows who decided."),
	string(domain.ReasonLost):         say("审批已改由他人负责。", "The approval moved to somebody else.", "通讯录变更后由新的负责人审批。", "After a change in the directory the new holder decides."),
	string(domain.ReasonEnded):        say("事项已经结束。", "The case has ended.", "查看时间线了解结果。", "The timeline shows the outcome."),
	string(domain.ReasonUnknownAct):   say("不能识别此操作。", "This act is not known.", "请对照 /openapi.yaml 检查。", "Compare it with /openapi.yaml."),
	string(domain.ReasonNotDue):       say("还没有到时间。", "It is not due yet.", "请等到期限。", "Wait until it is."),
	string(domain.ReasonNobody):       say("没有可以审批的人。", "Nobody can be asked.", "流程管理员会处理。", "The process administrators will see to it."),
	string(domain.ReasonNotAdmin):     say("只有该群的管理员可以这样做。", "Only an admin of the group can do this.", "请联系群管理员。", "Ask one of its admins."),
	string(domain.ReasonState):        say("群组当前的状态不允许这样做。", "The group's present state does not allow this.", "请刷新后查看最新状态。", "Reload and look at the present state."),
	string(domain.ReasonNoReceipt):    say("缺少建群的凭证。", "The evidence that the group stands is missing.", "请提供平台上的群号和截图。", "Give the group's id on the platform and a screenshot."),
	string(domain.ReasonName):         say("平台上的群名称与批准的名称不符。", "The platform's name is not the approved one.", "请在平台上改名后再确认。", "Rename it on the platform, then confirm."),

	string(domain.ReasonNoDelegation):  say("没有有效的委托。", "No delegation is in force for this.", "请确认委托的期限、事项类型和对象；委托到期或被撤销后不能再代为审批。", "Check its period, kinds and people; one that ended or was revoked no longer counts."),
	string(domain.ReasonCountsOnce):    say("您在本环节已有席位，同一人只计一次。", "You have a place in this step already: one person counts once.", "请以本人的席位审批，其余由委托人自己处理。", "Decide in your own place; the other person decides theirs."),
	string(domain.ReasonTargetParty):   say("所选的人是此申请的当事人。", "The person named is party to the request.", "请选择与申请无关的人。", "Name somebody who has no part in it."),
	string(domain.ReasonTargetAway):    say("所选的人已离职或账号已停用。", "The person named left, or the account is disabled.", "请选择在职的人。", "Name somebody who works here."),
	string(domain.ReasonTargetRole):    say("所选的人没有这一席位要求的角色。", "The person named lacks the role that this place is for.", "请选择有相同角色的人。", "Name somebody who holds the role."),
	string(domain.ReasonTargetAsked):   say("所选的人在本环节已有席位。", "The person named has a place in this step already.", "请选择其他人。", "Name somebody else."),
	string(domain.ReasonHops):          say("转交或加签的次数已达上限。", "It was handed on or added to as often as the policy allows.", "请自行审批，或联系流程管理员。", "Decide yourself, or ask the process administrators."),
	string(domain.ReasonTooManyAdded):  say("本环节加签的人数已达上限。", "As many approvers were added to this step as the policy allows.", "请减少加签人数。", "Add fewer."),
	string(domain.ReasonNotAllowed):    say("规则不允许这样做。", "The policy does not allow this.", "请查看规则，或联系流程管理员。", "Look at the policy, or ask the process administrators."),
	string(domain.ReasonNoComment):     say("请说明理由。", "A reason is required.", "请填写意见后重新提交。", "Say why, and send it again."),
	string(domain.ReasonNoSuchStep):    say("不能退回到该环节。", "It cannot be sent back to that step.", "只能退回到申请人，或之前已通过的环节。", "Choose the start, or a step that was passed before."),
	string(domain.ReasonTooSoon):       say("刚刚催办过。", "They were urged a short while ago.", "请稍后再催。", "Try again later; the case says from when."),
	string(domain.ReasonNobodyWaits):   say("现在没有可以催办的人。", "Nobody can act now, so there is nobody to urge.", "请查看时间线了解进展。", "The timeline shows where it stands."),
	string(domain.ReasonUnchanged):     say("内容没有变化。", "Nothing was changed.", "请修改后再提交。", "Change it, then send it again."),
	string(domain.ReasonNotReturned):   say("申请没有被退回。", "The request was not sent back.", "请刷新后查看最新状态。", "Reload and look at the present state."),
	string(domain.ReasonNameTaken):     say("群名称已被使用。", "The name is in use.", "请换一个名称。", "Choose another."),
	string(domain.ReasonWaitsForAdded): say("正在等待您加签的人先审批。", "Your place waits for those you added before you.", "他们同意后即轮到您。", "It is your turn once they approved."),
	string(domain.ReasonNotProcess):    say("只有流程管理员可以这样做。", "Only a process administrator can do this.", "请联系流程管理员。", "Ask one of them."),
	string(domain.ReasonReturned):      say("申请已被退回。", "The request was sent back.", "请等待申请人修改后重新提交。", "Wait until it is submitted again."),
	string(domain.ReasonEscalated):     say("已由上级代为审批。", "The superior decides instead.", "无需再次操作。", "There is nothing to do."),
	string(domain.ReasonTimedOut):      say("已超过期限，由系统放行。", "The deadline passed, and the policy let the step pass.", "无需再次操作。", "There is nothing to do."),
	string(domain.ReasonAddedNo):       say("加签的人不同意。", "Somebody added before said no.", "您的席位随之关闭。", "Your place closed with it."),
	string(domain.ReasonReassigned):    say("流程管理员已改由他人审批。", "A process administrator named somebody else.", "无需再次操作。", "There is nothing to do."),
	string(domain.ReasonAmended):       say("申请内容已变更，先前的意见作废。", "The material changed: earlier approvals are void.", "请重新阅读最新内容再决定。", "Read it again, then decide."),
}

// Codes lists the stable codes, sorted, for the page that explains them.
func Codes() []string { return slices.Sorted(maps.Keys(codes)) }

// Words gives title and remedy of a code in a language.
func Words(code, lang string) (title, remedy string) { return words(code, service.Internal, lang, nil) }

// words finds title and remedy of a code.
func words(code string, kind service.Kind, lang string, params map[string]string) (title, detail string) {
	t, ok := codes[code]
	if !ok {
		if t, ok = kinds[kind]; !ok {
			t = kinds[service.Internal]
		}
	}
	if why, ok := whys[code+"/"+params["why"]]; ok {
		t = why
	}
	return fill(pick(t.title, lang), params), fill(pick(t.remedy, lang), params)
}

func pick(l domain.Label, lang string) string {
	if lang == English {
		return l.EN
	}
	return l.ZH
}

func fill(s string, params map[string]string) string {
	pairs := make([]string, 0, 2*len(params))
	for k, v := range params {
		pairs = append(pairs, "{"+k+"}", clip(v, 300))
	}
	return strings.NewReplacer(pairs...).Replace(s) // in one pass: a value that looks like a place is left alone
}
