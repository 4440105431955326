package service_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// train puts it on record that people passed the course that groups with secrets ask for (R4.2.2).
func (h *house) train(t *testing.T, people ...domain.EmployeeID) {
	t.Helper()
	at := time.Now().UTC()
	until := at.AddDate(1, 0, 0)
	var rows []store.ResultRow
	for _, p := range people {
		rows = append(rows, store.ResultRow{
			ID: uuid.NewString(), EmployeeID: string(p), Course: "secrecy", Source: "recorded", Score: 90, Passed: true, At: at, ValidUntil: &until, ByID: string(h.Security),
		})
	}
	if _, err := h.Store.RecordResults(t.Context(), rows, nil, false); err != nil {
		t.Fatal(err)
	}
}

// asked is the agreement that a group asks a person for, as the person is shown it.
func (h *house) asked(t *testing.T, who domain.EmployeeID, group string) (v service.NDAView) {
	t.Helper()
	ctx, a := t.Context(), h.as(t, who)
	until(t, "somebody is asked to sign", func() bool {
		list, err := h.s.NDAs(ctx, a, service.NDAFilter{Scope: "mine", Group: group, State: domain.NDASent})
		if err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == 0 {
			return false
		}
		if v, err = h.s.NDA(ctx, a, list.Items[0].ID); err != nil {
			t.Fatal(err)
		}
		return true
	})
	return v
}

// acts has a person do acts on an agreement.
func (h *house) acts(t *testing.T, who domain.EmployeeID, id string, list ...service.NDAInput) {
	t.Helper()
	for _, in := range list {
		in.ID = uuid.NewString()
		if _, err := h.s.ActOnNDA(t.Context(), h.as(t, who), id, in); err != nil {
			t.Fatalf("%s: %v", in.Kind, err)
		}
	}
}

// sign has a person read and sign the agreement that a group asks for, until it is sealed (R4.2.1).
func (h *house) sign(t *testing.T, who domain.EmployeeID, group string) {
	t.Helper()
	v := h.asked(t, who, group)
	h.acts(t, who, v.ID, service.NDAInput{Kind: domain.NDAActView, End: true}, service.NDAInput{Kind: domain.NDAActVerify},
		service.NDAInput{Kind: domain.NDAActSign, Shown: v.Digest, Consent: v.Consent, Name: v.Person.Name})
	until(t, "the agreement is sealed", func() bool {
		now, err := h.s.NDA(t.Context(), h.as(t, who), v.ID)
		return err == nil && now.State == domain.NDASealed
	})
}

// decline has a person refuse to sign.
func (h *house) decline(t *testing.T, who domain.EmployeeID, group string) {
	t.Helper()
	v := h.asked(t, who, group)
	h.acts(t, who, v.ID, service.NDAInput{Kind: domain.NDAActView, End: true}, service.NDAInput{Kind: domain.NDAActDecline, Reason: "无法承担该义务"})
}
