package policy

import (
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// publication compares what holds for posts.
func (d *differ) publication(a, b *Policy) {
	x, y := a.Publication, b.Publication
	d.value("publication.valid", label("信息发布：批准的有效天数", "Publication: days an approval is used in"), orNot(x.Valid), orNot(y.Valid))
	for _, t := range b.Tiers {
		d.value("publication.carries."+string(t.Tier), detail(named("密级", "Tier", t.Label), "可发布的最高类别", "highest class carried"), carried(x, t.Tier), carried(y, t.Tier))
	}
	for i := range max(len(x.Checklist), len(y.Checklist)) {
		line := func(p Publication) domain.Label {
			if i < len(p.Checklist) {
				return p.Checklist[i]
			}
			return nothing
		}
		n := strconv.Itoa(i + 1)
		d.value("publication.checklist."+n, label("信息发布：自查清单第"+n+"条", "Publication: checklist, line "+n), line(x), line(y))
	}
	parties := func(p *Policy) domain.Label {
		if !p.Publication.On {
			return nothing
		}
		return span(p.Publication.Parties, p.day)
	}
	d.value("publication.parties", label("信息发布：各方同意的期限", "Publication: time for the parties to agree"), parties(a), parties(b))
	d.routes("publication.routes", postNamed, a, b, x.routes, y.routes)
}

func carried(p Publication, t domain.Tier) domain.Label {
	if !p.On {
		return nothing
	}
	return p.Carries[t].Label()
}

// postNamed is a route of publications by its label.
func postNamed(_, _ string, l domain.Label) domain.Label {
	return named("发布流程", "Route of publications", l)
}
