package company

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
)

// papers is what agreements are made of, as the service keeps it.
type papers struct{ c *Company }

// OpenPaper implements activities.Papers.
func (p papers) OpenPaper(ctx context.Context, nda, object string) ([]byte, *domain.Ref, error) {
	wrapped, err := p.c.Store.CaseKey(ctx, nda)
	if err != nil {
		return nil, nil, err
	}
	o, err := p.c.Store.GetObject(ctx, object)
	if err != nil {
		return nil, nil, nil //nolint:nilerr // there is none
	}
	data, err := p.c.Keys.Open(wrapped, nda, object, o.SHA256, o.Body)
	return data, &domain.Ref{Object: o.ID, SHA256: o.SHA256, Size: o.Size}, err
}

// KeepPapers implements activities.Papers.
func (p papers) KeepPapers(ctx context.Context, nda string, list ...activities.Paper) error {
	wrapped, err := p.c.Store.CaseKey(ctx, nda)
	if err != nil {
		return err
	}
	var out []store.Object
	for _, x := range list {
		body, sum, err := p.c.Keys.Seal(wrapped, nda, x.ID, x.Data)
		if err != nil {
			return err
		}
		out = append(out, store.Object{ID: x.ID, CaseID: nda, Kind: x.Kind, MediaType: x.MediaType, Size: int64(len(x.Data)), SHA256: sum, Body: body, CreatedAt: time.Now().UTC()})
	}
	return p.c.Store.PutObjects(ctx, out)
}

// PasskeyHolds implements activities.Papers: nobody here has one.
func (papers) PasskeyHolds(domain.NDA, []byte) bool { return false }

// Paper opens an object of an agreement.
func (c *Company) Paper(t testing.TB, id, object string) []byte {
	t.Helper()
	b, ref, err := papers{c}.OpenPaper(context.Background(), id, object)
	if err != nil || ref == nil {
		t.Fatalf("object %s of agreement %s: %v", object, id, err)
	}
	return b
}

// AskNDA asks a person for the shipped agreement of a group, and starts its workflow.
func (c *Company) AskNDA(t testing.TB, group string, person domain.EmployeeID, name string, rules domain.NDARules) domain.NDA {
	t.Helper()
	n := c.NewNDA(t, c.Keys, group, person, name, rules)
	made, err := c.Store.CreateNDAs(context.Background(), group, []store.NewNDA{n})
	if err != nil || len(made) != 1 {
		t.Fatalf("%d agreements, %v", len(made), err)
	}
	c.start(t, workflows.NDAID(made[0].ID), workflows.NDAType, workflows.NDAInput{State: made[0]})
	return made[0]
}

// NewNDA writes a person's agreement.
func (c *Company) NewNDA(t testing.TB, keys *codec.Keyring, group string, person domain.EmployeeID, name string, rules domain.NDARules) store.NewNDA {
	t.Helper()
	text, err := template.Parse(nda.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	v := template.Values{}
	for _, f := range template.Fields {
		v[f.Name] = domain.Label{ZH: f.Label.ZH}
	}
	v["party"], v["company"] = domain.Label{ZH: name}, domain.Label{ZH: "群备科技"}
	doc, err := text.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	in := paper.Input{Document: doc, Company: "群备科技", Signer: paper.Signer{Name: name, Number: "E0001"}}
	raw, _ := json.Marshal(doc)
	m := activities.NDAMaterial{Document: raw, Company: in.Company, Signer: activities.NDASigner{Name: name, Number: "E0001"}, Version: "zh/1"}
	byHand := len(paper.Missing(in)) > 0
	if byHand {
		alt := in.Printable()
		rawAlt, _ := json.Marshal(alt.Document)
		m.Printable = &activities.NDAPrintable{Document: rawAlt, Digest: alt.Document.SHA256(), Company: alt.Company, Signer: activities.NDASigner{Name: alt.Signer.Name, Number: alt.Signer.Number}}
	}
	id := uuid.NewString()
	wrapped, err := keys.NewCaseKey(id)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(m)
	object := uuid.NewString()
	body, sum, err := keys.Seal(wrapped, id, object, data)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().UTC().Truncate(time.Microsecond)
	ref := domain.Ref{Object: object, SHA256: sum, Size: int64(len(data))}
	return store.NewNDA{
		State:    domain.NewNDA(id, "", group, person, text.SHA256(), ref, doc.SHA256(), rules, byHand, at),
		Wrapped:  wrapped,
		Material: store.Object{ID: object, CaseID: id, Kind: "nda_material", MediaType: "application/json", Size: ref.Size, SHA256: sum, Body: body, CreatedAt: at},
	}
}

// ActOnNDA signals a person's act on an agreement, signed, and waits until it is recorded.
func (c *Company) ActOnNDA(t testing.TB, id string, a domain.NDAAct) string {
	t.Helper()
	a = c.NDAAct(id, a)
	c.Signal(t, workflows.NDAID(id), workflows.SignalNDAAct, a)
	c.Recorded(t, workflows.NDAID(id), a.ID)
	return a.ID
}

// NDAAct completes an act: a person's is signed.
func (c *Company) NDAAct(id string, a domain.NDAAct) domain.NDAAct {
	a.At = time.Now().UTC().Truncate(time.Microsecond)
	if a.ID == "" {
		a.ID = uuid.NewString()
	}
	if a.Actor != "" {
		a.Proof = c.Sign(id, a.AsAct())
	}
	return a
}

// AgainNDA starts an agreement whose run has ended again, with an act.
func (c *Company) AgainNDA(t testing.TB, id string, a domain.NDAAct) {
	t.Helper()
	c.Closed(t, workflows.NDAID(id))
	row, err := c.Store.NDA(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	a = c.NDAAct(id, a)
	c.start(t, workflows.NDAID(id), workflows.NDAType, workflows.NDAInput{State: row.Doc, First: &a, Before: row.Run})
	c.Recorded(t, workflows.NDAID(id), a.ID)
	c.Closed(t, workflows.NDAID(id))
}
