package paper

import (
	"fmt"

	"github.com/signintech/gopdf"

	"github.com/qunbei/qunbei/activities/signing/fonts"
)

// draw writes the pages. Only the faces that are used go into the file, and of them only the glyphs.
func (l *layout) draw(in Input) ([]byte, error) {
	for i := range l.pages {
		s := fmt.Sprintf("第 %d 页，共 %d 页 / page %d of %d", i+1, len(l.pages), i+1, len(l.pages))
		l.pages[i] = append(l.pages[i], op{x: (pageWidth - measure(s, 8)) / 2, y: footer, size: 8, grey: grey, runs: runs(s)})
		if in.Evidence != nil {
			id := clean(in.Evidence.ID)
			l.pages[i] = append(l.pages[i], op{x: left, y: footer, size: 8, grey: grey, runs: runs(id)})
		}
	}
	var used [3]bool
	for _, p := range l.pages {
		for _, o := range p {
			for _, r := range o.runs {
				used[r.face] = true
			}
		}
	}
	doc := &gopdf.GoPdf{}
	doc.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: *gopdf.PageSizeA4})
	if err := fonts.Load(doc, used); err != nil {
		return nil, err
	}
	for _, p := range l.pages {
		doc.AddPage()
		for _, o := range p {
			if err := put(doc, o); err != nil {
				return nil, err
			}
		}
	}
	return doc.GetBytesPdfReturnErr()
}

func put(doc *gopdf.GoPdf, o op) error {
	if len(o.runs) == 0 {
		doc.SetStrokeColor(o.grey, o.grey, o.grey)
		doc.SetLineWidth(max(o.size, 0.3))
		doc.Line(o.x, o.y, o.x2, o.y2)
		return nil
	}
	doc.SetTextColor(o.grey, o.grey, o.grey)
	x := o.x
	for _, r := range o.runs {
		if err := doc.SetFont(r.face.Family(), "", o.size); err != nil {
			return err
		}
		doc.SetXY(x, o.y)
		if err := doc.Text(r.text); err != nil {
			return err
		}
		x += measure(r.text, o.size)
	}
	return nil
}
