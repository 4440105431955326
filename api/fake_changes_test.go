package api_test

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// What the fake answers about changes of a group.

func difference() service.Difference {
	l := domain.Label{ZH: "甲", EN: "a"}
	return service.Difference{Field: "tier", Label: l, Before: l, After: l, Gone: []service.PersonRef{wang}, Come: []service.PersonRef{wang},
		DepartmentsGone: []service.DepartmentRef{dep}, DepartmentsCome: []service.DepartmentRef{dep}}
}

func (f *fake) ChangesOf(context.Context, service.Actor, string) (service.ChangeStart, error) {
	v := service.ChangeStart{Group: groupRow(), Filing: *filingView()}
	if !f.bare {
		open := f.summary()
		v.Base, v.Open, v.Past, v.Can = "sha256:00", &open, []service.CaseSummary{open}, true
	}
	return v, f.note("ChangesOf")
}

func (f *fake) PreviewChange(context.Context, service.Actor, string, service.ChangeInput) (service.ChangePreview, error) {
	v := service.ChangePreview{}
	if !f.bare {
		r := route()
		v.Name, v.Route, v.Digest, v.Base, v.Changes = service.NameCheck{Name: "n", OK: true}, &r, "sha256:00", "sha256:00", []service.Difference{difference()}
	}
	return v, f.note("PreviewChange")
}

func (f *fake) ChangeGroup(_ context.Context, _ service.Actor, _, key string, in service.ChangeInput) (service.CaseSummary, error) {
	f.filing = in.Filing
	return f.summary(), f.note("ChangeGroup " + key)
}

func (f *fake) FileFound(_ context.Context, _ service.Actor, group, key string, in domain.Filing) (service.CaseSummary, error) {
	f.filing = in
	return f.summary(), f.note("FileFound " + group + " " + key)
}
