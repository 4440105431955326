package mail

import "maps"

func init() {
	maps.Copy(zh, map[string]words{
		"post_misfit":   {"未能发布：%s", "一条信息与目标群组不符，未能发布。"},
		"post_done":     {"已发布：%s", "您的信息已发布。"},
		"post_lapsed":   {"批准已失效：%s", "批准在有效期内未使用，已失效。"},
		"post_stopped":  {"已停止：%s", "内容与批准的不一致，已停止发布。"},
		"post_by_hand":  {"请发布并确认：%s", "请在群组中按批准的内容发布，并在此确认。"},
		"post_failed":   {"发布失败：%s", "平台未能发布一条信息，请查看。"},
		"post_recall":   {"请撤回并确认：%s", "平台无法自动撤回，请在群组中撤回，并在此确认。"},
		"post_recalled": {"已撤回：%s", "您的信息已撤回。"},
	})
	maps.Copy(en, map[string]words{
		"post_misfit":   {"Not posted: %s", "A publication does not fit its target groups and was not posted."},
		"post_done":     {"Posted: %s", "Your publication is posted."},
		"post_lapsed":   {"Approval lapsed: %s", "The approval was not used in time."},
		"post_stopped":  {"Stopped: %s", "It is not what was approved, and was stopped."},
		"post_by_hand":  {"Please post and confirm: %s", "Please post it in the group as it was approved, and confirm it here."},
		"post_failed":   {"Not posted: %s", "The platform did not post a publication. Please look."},
		"post_recall":   {"Please recall and confirm: %s", "The platform cannot recall it. Please take it back in the group, and confirm it here."},
		"post_recalled": {"Recalled: %s", "Your publication was recalled."},
	})
}
