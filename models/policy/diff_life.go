package policy

import (
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// life compares what two versions say about a group's life after its birth. A file without life: has DefaultLife.
func (d *differ) life(a, b *Policy) {
	for _, t := range b.Tiers {
		x, y := a.Life.Tiers[t.Tier], b.Life.Tiers[t.Tier]
		what, path := detail(named("密级", "Tier", t.Label), "存续", "life"), "life.tiers."+string(t.Tier)
		d.value(path+".renew", detail(what, "续期间隔", "attested every"), calendarDays(x.Renew), calendarDays(y.Renew))
		d.value(path+".notices", detail(what, "到期前提醒", "notices before"), allDays(x.Notices), allDays(y.Notices))
		d.value(path+".grace", detail(what, "宽限期", "grace"), calendarDays(x.Grace), calendarDays(y.Grace))
		d.value(path+".then", detail(what, "宽限期满", "after the grace"), thenWords[x.Then], thenWords[y.Then])
		d.value(path+".by_activity", detail(what, "有活动即续期", "renewed by activity within"), orNot(x.ByActivity), orNot(y.ByActivity))
		d.value(path+".needs", detail(what, "平台须具备", "demanded of the platform"), listed(x.Needs), listed(y.Needs))
	}
	x, y := a.Life, b.Life
	d.value("life.temporary.notices", label("临时群组到期前提醒", "Notices before a temporary group ends"), allDays(x.Temporary.Notices), allDays(y.Temporary.Notices))
	for _, n := range []struct {
		path, zh, en string
		was, is      int
	}{
		{"temporary.grace", "临时群组到期后的宽限期", "Grace of a temporary group", x.Temporary.Grace, y.Temporary.Grace},
		{"ownerless.members", "无主群组：成员认领的天数", "Ownerless group: days its members have", x.Ownerless.Members, y.Ownerless.Members},
		{"ownerless.head", "无主群组：部门负责人指定的天数", "Ownerless group: days the department's head has", x.Ownerless.Head, y.Ownerless.Head},
		{"deletion", "解散后到删除的天数", "Days from dissolution to deletion", x.Deletion, y.Deletion},
		{"discovered", "发现的群组补报的天数", "Days to file a group that was found", x.Discovered, y.Discovered},
	} {
		d.value("life."+n.path, label(n.zh, n.en), calendarDays(n.was), calendarDays(n.is))
	}
	d.value("life.ownerless.ask", label("无主群组：询问的成员人数", "Ownerless group: members asked"), count(x.Ownerless.Ask), count(y.Ownerless.Ask))
	d.value("life.archived", label("归档后保留的天数", "Days an archived group is kept"), kept(x.Archived), kept(y.Archived))
}

var thenWords = map[domain.GroupState]domain.Label{domain.GroupArchived: label("归档", "archived"), domain.GroupFrozen: label("冻结", "frozen")}

func calendarDays(n int) domain.Label {
	if n == 1 {
		return label("1 天", "1 day")
	}
	return label(strconv.Itoa(n)+" 天", strconv.Itoa(n)+" days")
}

func allDays(list []int) domain.Label {
	var all []domain.Label
	for _, n := range list {
		all = append(all, calendarDays(n))
	}
	return enumerated(all)
}

func orNot(n int) domain.Label {
	if n == 0 {
		return label("不适用", "never")
	}
	return calendarDays(n)
}

func kept(n int) domain.Label {
	if n == 0 {
		return label("长期保留", "for ever")
	}
	return calendarDays(n)
}
