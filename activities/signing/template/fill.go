package template

import (
	"strings"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

// Values are what stands in the fields, by their names. A value without English reads Chinese in both languages.
type Values map[string]domain.Label

// Fill puts the values into the template's fields. A value is text and nothing else: what looks like a field or a mark
// in it is printed as it is. The error is a *[ValueError].
func (t *Template) Fill(v Values) (*Document, error) {
	var zh, en []string
	for _, name := range t.Uses {
		l := v[name]
		if l.EN == "" {
			l.EN = l.ZH
		}
		for _, s := range []string{l.ZH, l.EN} {
			switch {
			case strings.TrimSpace(s) == "":
				return nil, &ValueError{name, "missing"}
			case utf8.RuneCountInString(s) > maxValue:
				return nil, &ValueError{name, "too_long"}
			case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
				return nil, &ValueError{name, "hidden_character"}
			}
		}
		zh = append(zh, "{{"+name+"}}", strings.TrimSpace(l.ZH))
		en = append(en, "{{"+name+"}}", strings.TrimSpace(l.EN))
	}
	inZH, inEN := strings.NewReplacer(zh...), strings.NewReplacer(en...)
	d := &Document{Bilingual: t.Bilingual, Template: t.SHA256(), Blocks: make([]Block, len(t.Blocks))}
	for i, b := range t.Blocks {
		b.Text = domain.Label{ZH: inZH.Replace(b.Text.ZH), EN: inEN.Replace(b.Text.EN)}
		d.Blocks[i] = b
	}
	return d, nil
}
