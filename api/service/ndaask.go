package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// ndaChunk is how many agreements one transaction makes.
const ndaChunk = 50

// AskNDA asks people for the agreement of a group under the rules, the template and the names of this day (R4.2.1). Who has one
// that is open, or in force and not lapsed, is not asked again, so that it may be called any number of times. What the policy
// asks nothing for is not asked.
func (s *Service) AskNDA(ctx context.Context, groupID string, people []domain.EmployeeID) error {
	need, err := s.cfg.Store.NeedNDA(ctx, groupID, people)
	if err != nil || len(need) == 0 {
		return err
	}
	group, err := s.cfg.Store.Group(ctx, groupID)
	if err != nil {
		return fmt.Errorf("read the group of an agreement: %w", err)
	}
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return fmt.Errorf("read the rules of agreements: %w", err)
	}
	rules, asked := pol.NDA.Rules(group.Doc.Tier)
	if !asked {
		return nil
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	company, err := s.cfg.Store.CompanyName(ctx)
	if err != nil {
		return err
	}
	w := ndaWriter{s: s, group: group, dir: dir, company: company, rules: rules, at: s.now(), texts: map[string]*ndaText{}}
	w.zone, err = s.zone(ctx)
	if err != nil {
		return err
	}
	v := pol.NDA.Values
	w.values = template.Values{"term": v.Term, "survival": v.Survival, "law": v.Law, "duties": v.Duties}
	for len(need) > 0 {
		chunk := need[:min(ndaChunk, len(need))]
		need = need[len(chunk):]
		var made []store.NewNDA
		for _, p := range chunk {
			n, err := w.write(ctx, p)
			if err != nil {
				return err
			}
			made = append(made, n)
		}
		s.at("nda.ask.before_commit")
		if _, err := s.cfg.Store.CreateNDAs(ctx, groupID, made); err != nil {
			return fmt.Errorf("store agreements: %w", err)
		}
		s.at("nda.ask.after_commit")
	}
	return nil
}

// ndaWriter writes the agreements of one group on one day.
type ndaWriter struct {
	s       *Service
	group   *store.GroupRec
	dir     *domain.Directory
	company string
	rules   domain.NDARules
	values  template.Values
	zone    *time.Location
	at      time.Time
	texts   map[string]*ndaText // by language
}

type ndaText struct {
	text    *template.Template
	version string
}

// text is the version of the template in force for who reads a language.
func (w *ndaWriter) text(ctx context.Context, lang string) (*ndaText, error) {
	if t := w.texts[lang]; t != nil {
		return t, nil
	}
	row, err := w.s.cfg.Store.TemplateFor(ctx, lang, w.at)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &fate{code: "no_template", after: relayMost, cause: errors.New("no template of an agreement is in force: publish one")}
	}
	if err != nil {
		return nil, fmt.Errorf("read the template in force: %w", err)
	}
	t, err := template.Parse([]byte(row.Body))
	if err != nil {
		return nil, &fate{code: "bad_template", after: relayMost, cause: err}
	}
	w.texts[lang] = &ndaText{text: t, version: row.Version().Name()}
	return w.texts[lang], nil
}

// write makes one person's agreement: the text with its fields, sealed under a key of its own.
func (w *ndaWriter) write(ctx context.Context, person domain.EmployeeID) (store.NewNDA, error) {
	who, ok := w.dir.Employees[person]
	if p, outside := w.dir.Outsider(person); outside {
		who, ok = domain.Employee{ID: p.ID, Number: p.Number, Name: p.Name}, true
	}
	if !ok {
		return store.NewNDA{}, &fate{code: "unknown_person", after: relayMost, cause: fmt.Errorf("%s is not in the directory", person)}
	}
	lang, err := w.s.cfg.Store.Language(ctx, person)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.NewNDA{}, err
	}
	t, err := w.text(ctx, lang)
	if err != nil {
		return store.NewNDA{}, err
	}
	m, digest, byHand, err := w.material(t, who)
	if err != nil {
		return store.NewNDA{}, err
	}
	id := newID()
	wrapped, err := w.s.cfg.Keyring.NewCaseKey(id)
	if err != nil {
		return store.NewNDA{}, fmt.Errorf("make the key of agreement %s: %w", id, err)
	}
	doc, err := json.Marshal(m)
	if err != nil {
		return store.NewNDA{}, fmt.Errorf("write what agreement %s is made of: %w", id, err)
	}
	o, ref, err := w.s.seal(wrapped, id, newID(), ndaMaterialKind, Upload{MediaType: "application/json", Data: doc}, "", w.at)
	if err != nil {
		return store.NewNDA{}, err
	}
	return store.NewNDA{
		State:   domain.NewNDA(id, "", w.group.ID, person, t.text.SHA256(), ref, digest, w.rules, byHand, w.at),
		Wrapped: wrapped, Material: o,
	}, nil
}

// ndaMaterialKind is the kind of the object that an agreement is made of.
const ndaMaterialKind = "nda_material"

// material fills the template's fields, and tells whether a character has no typeface: then the agreement is signed by hand.
func (w *ndaWriter) material(t *ndaText, who domain.Employee) (m activities.NDAMaterial, digest string, byHand bool, err error) {
	unit := w.dir.Departments[who.Department].Name
	if p, outside := w.dir.Outsider(who.ID); outside {
		unit = p.Organisation
	}
	v := template.Values{}
	for k, l := range w.values {
		v[k] = l
	}
	same := func(s string) domain.Label { return domain.Label{ZH: strings.TrimSpace(s)} }
	v["company"], v["party"], v["party_number"], v["party_unit"] = same(w.company), same(who.Name), same(who.Number), same(unit)
	v["group"], v["group_number"], v["tier"] = same(w.group.Name), same(w.group.Number), tierLabels[w.group.Doc.Tier]
	day := w.at.In(w.zone)
	v["date"] = domain.Label{ZH: day.Format("2006年1月2日"), EN: day.Format("2 January 2006")}
	if strings.TrimSpace(v["duties"].ZH) == "" {
		v["duties"] = domain.Label{ZH: "无", EN: "none"}
	}
	doc, err := t.text.Fill(v)
	if err != nil {
		return m, "", false, &fate{code: "template_fields", after: relayMost, cause: err}
	}
	in := paper.Input{Document: doc, Company: w.company, Signer: paper.Signer{Name: who.Name, Number: who.Number, Unit: unit}}
	if m, err = ndaMaterialOf(in, t.version); err != nil {
		return m, "", false, err
	}
	if len(paper.Missing(in)) > 0 {
		alt := in.Printable()
		p, err := ndaMaterialOf(alt, t.version)
		if err != nil {
			return m, "", false, err
		}
		m.Printable = &activities.NDAPrintable{Document: p.Document, Digest: alt.Document.SHA256(), Company: p.Company, Signer: p.Signer}
	}
	return m, doc.SHA256(), m.Printable != nil, nil
}

func ndaMaterialOf(in paper.Input, version string) (activities.NDAMaterial, error) {
	doc, err := json.Marshal(in.Document)
	if err != nil {
		return activities.NDAMaterial{}, fmt.Errorf("write an agreement's text: %w", err)
	}
	return activities.NDAMaterial{Document: doc, Company: in.Company, Version: version,
		Signer: activities.NDASigner{Name: in.Signer.Name, Number: in.Signer.Number, Unit: in.Signer.Unit}}, nil
}

// tierLabels are the tiers as an agreement names them.
var tierLabels = map[domain.Tier]domain.Label{
	domain.TierOrdinary:     {ZH: "普通", EN: "ordinary"},
	domain.TierConfidential: {ZH: "涉密", EN: "confidential"},
	domain.TierSecret:       {ZH: "高度涉密", EN: "secret"},
}

// NDAPaper is what an agreement is made of, as the signer is shown it; nil when its key was destroyed. Its Evidence is empty.
func (s *Service) NDAPaper(ctx context.Context, row *store.NDARec) (*paper.Input, error) {
	up, shredded, err := s.open(ctx, row.ID, row.Doc.Material.Object)
	if err != nil || shredded {
		return nil, err
	}
	var in paper.Input
	if err := json.Unmarshal(up.Data, &in); err != nil {
		return nil, fmt.Errorf("read what agreement %s is made of: %w", row.ID, err)
	}
	return &in, nil
}
