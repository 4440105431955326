package store

import (
	"context"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// The record of people is read, and the sweep looks, without a fault; who has neither place nor paper has nothing.
func TestClearancesAreRead(t *testing.T) {
	f := newFirm(t)
	r, err := f.LifeFacts(context.Background(), LifeQuery{Group: newID(), People: f.people[:2], Everybody: true, Course: "secrecy"})
	if err != nil || len(r.Clear) != 2 || r.Clear[0].Agreement != domain.AgreementNone || r.Clear[0].Was != "" {
		t.Errorf("%+v %v", r.Clear, err)
	}
	if n, err := f.SweepClearances(context.Background()); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
	if n, err := f.TellCleared(context.Background(), Clearance{People: f.people[:2]}, "1"); err != nil || n != 0 {
		t.Errorf("%d %v", n, err)
	}
}
