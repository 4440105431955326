package extract

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/signintech/gopdf"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// packed makes a package of parts, names and contents in turn.
func packed(parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, _ := z.Create(parts[i])
		_, _ = w.Write([]byte(parts[i+1]))
	}
	_ = z.Close()
	return b.Bytes()
}

const types = `<Types><Default Extension="xml" ContentType="application/xml"/></Types>`

func docx(body string, more ...string) []byte {
	return packed(append([]string{"[Content_Types].xml", types, "word/document.xml", `<w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`}, more...)...)
}

func para(runs ...string) string {
	return "<w:p><w:r><w:t>" + strings.Join(runs, "</w:t></w:r><w:r><w:t>") + "</w:t></w:r></w:p>"
}

// pdfOf makes a PDF of objects, numbered from 1; a dictionary and a stream are parted by "\n--\n".
func pdfOf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		dict, stream, ok := strings.Cut(o, "\n--\n")
		if ok {
			o = strings.Replace(dict, "<<", fmt.Sprintf("<</Length %d ", len(stream)), 1) + "\nstream\n" + stream + "\nendstream"
		}
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer <</Root 1 0 R>>\n%%EOF")
	return b.Bytes()
}

func flated(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R>>"
	tree    = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
	onePage = "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>>>"
	winAnsi = "<</Type/Font/Subtype/TrueType/Encoding/WinAnsiEncoding>>"
	mapped  = "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 6 0 R>>"
	cmap    = "<<>>\n--\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n2 beginbfchar <0001> <624B> <0002> <673A> endbfchar\n1 beginbfrange <0010> <0019> <0030> endbfrange"
)

func TestTextIsTaken(t *testing.T) {
	sheet := excelize.NewFile()
	_ = sheet.SetSheetRow("Sheet1", "A1", &[]any{"姓名", "手机"})
	_ = sheet.SetSheetRow("Sheet1", "A2", &[]any{"张三", 13800138000})
	_ = sheet.AddComment("Sheet1", excelize.Comment{Cell: "A2", Author: "x", Text: "身份证在别处"})
	_, _ = sheet.NewSheet("藏")
	_ = sheet.SetCellStr("藏", "B3", "底价表")
	_ = sheet.SetSheetVisible("藏", false)
	var book bytes.Buffer
	if err := sheet.Write(&book); err != nil {
		t.Fatal(err)
	}
	gbk, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("电话：13800138000"))
	for name, c := range map[string]struct {
		data []byte
		kind string
		want []string
	}{
		"utf8":    {[]byte("手机13800138000"), "text", []string{"手机13800138000"}},
		"mark":    {[]byte("\xEF\xBB\xBF手机"), "text", []string{"手机"}},
		"utf16":   {[]byte("\xFF\xFE\x4B\x62\x3A\x67"), "text", []string{"手机"}},
		"gb18030": {gbk, "text", []string{"电话：13800138000"}},
		"docx, split runs, header, comment, deletion, link": {docx(para("手机138", "0013", "8000")+`<w:p><w:del><w:r><w:delText>删去的13900139000</w:delText></w:r></w:del></w:p>`,
			"word/header1.xml", `<w:hdr>`+para("页眉")+`</w:hdr>`, "word/comments.xml", `<w:comments><w:comment>`+para("批注")+`</w:comment></w:comments>`,
			"word/_rels/document.xml.rels", `<Relationships><Relationship Target="mailto:a@example.com" TargetMode="External"/></Relationships>`,
			"docProps/core.xml", `<cp:coreProperties xmlns:dc="d"><dc:creator>作者甲</dc:creator></cp:coreProperties>`), "docx",
			[]string{"手机13800138000\n", "删去的13900139000", "页眉", "批注", "a@example.com", "作者甲"}},
		"xlsx, number, comment, hidden sheet": {book.Bytes(), "xlsx", []string{"姓名\t手机\t\n张三\t13800138000", "身份证在别处", "底价表"}},
		"a table in a table":                  {docx("", "word/embeddings/a.xlsx", book.String()), "docx", []string{"13800138000"}},
		"pdf":                                 {pdfOf(catalog, tree, onePage, "<<>>\n--\nBT /F1 12 Tf (call 138) Tj [(0013) -10 (8000)] TJ ET", winAnsi), "pdf", []string{"call 13800138000"}},
		"pdf, packed":                         {pdfOf(catalog, tree, onePage, "<</Filter/FlateDecode>>\n--\n"+flated("BT /F1 12 Tf (13800138000) Tj ET"), winAnsi), "pdf", []string{"13800138000"}},
		"pdf in Chinese":                      {pdfOf(catalog, tree, onePage, "<<>>\n--\nBT /F1 12 Tf <00010002001100130018> Tj ET", mapped, cmap), "pdf", []string{"手机138"}},
		"pdf, packed objects":                 {pdfOf(catalog, tree, onePage, "<<>>\n--\nBT /F1 12 Tf (x) Tj ET", "<</Type/ObjStm/N 1/First 4>>\n--\n5 0 "+winAnsi), "pdf", []string{"x"}},
		"pdf, note and link":                  {pdfOf(catalog, tree, onePage, "<<>>\n--\n", winAnsi, "<</Type/Annot/Contents(13900139000)/A<</URI(mailto:b@example.com)>>>>"), "pdf", []string{"13900139000", "b@example.com"}},
	} {
		d := Text("file", c.data)
		if d.Kind != c.kind || d.Opaque != "" {
			t.Errorf("%s: %q, opaque %q, text %q", name, d.Kind, d.Opaque, d.Text)
		}
		for _, w := range c.want {
			if !strings.Contains(d.Text, w) {
				t.Errorf("%s: %q is missing in %q", name, w, d.Text)
			}
		}
	}
}

// TestOtherProgram: what another library writes, with a subset of a Chinese font, reads as it was written.
func TestOtherProgram(t *testing.T) {
	p := &gopdf.GoPdf{}
	p.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4})
	if err := p.AddTTFFont("sc", "../../activities/signing/fonts/NotoSansSC-Regular.ttf"); err != nil {
		t.Fatal(err)
	}
	lines := []string{"合同通知：青鸾项目", "身份证11010519491231002X", "电话138-0013-8000，金额¥300万元"}
	for range 2 {
		p.AddPage()
		_ = p.SetFont("sc", "", 14)
		for i, l := range lines {
			p.SetXY(30, float64(40+30*i))
			if err := p.Cell(nil, l); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := Text("x.pdf", p.GetBytesPdf())
	for _, l := range lines {
		if strings.Count(d.Text, l) != 2 || d.Opaque != "" {
			t.Errorf("%q is not twice in %q (%s)", l, d.Text, d.Opaque)
		}
	}
}

// What cannot be looked through says so, whatever else of the file was read.
func TestWhatCannotBeScreened(t *testing.T) {
	bomb := func(n int) string {
		return `<w:document><w:body><w:t>` + strings.Repeat("0", n) + `</w:t></w:body></w:document>`
	}
	nested := docx(para("x"))
	for range maxNesting + 1 {
		nested = docx(para("x"), "word/embeddings/d.docx", string(nested))
	}
	image := "<</Subtype/Image/Filter/DCTDecode>>\n--\n\xFF\xD8"
	for name, c := range map[string]struct {
		data []byte
		want Opaque
	}{
		"a picture": {[]byte("\x89PNG\r\n\x1a\n\x00"), NotText}, "binary": {[]byte("a\x00b"), NotText}, "an archive": {packed("a.txt", "x"), NotText}, "an old document": {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), NotText},
		"a locked document": {append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), wideASCII("EncryptedPackage")...), Protected},
		"a broken package":  {[]byte("PK\x03\x04 and no more"), Broken}, "broken XML": {docx("<w:p><w:t>x</"), Broken}, "a document type": {packed("word/document.xml", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`), Broken},
		"macros": {docx(para("x"), "word/vbaProject.bin", "x"), Macros}, "pictures": {docx(para("x"), "word/media/image1.png", "x"), Pictures}, "something within": {docx(para("x"), "word/embeddings/oleObject1.bin", "\x00"), NotText},
		"a bomb": {packed("word/document.xml", bomb(maxUnpacked+1)), TooLarge}, "much text": {packed("word/document.xml", bomb(MaxText+1)), TooLarge},
		"deep elements": {docx(strings.Repeat("<w:p>", maxDepth+1)), TooDeep}, "documents in documents": {nested, TooDeep}, "a part twice": {packed("word/document.xml", "<a/>", "word/document.xml", "<a/>"), Broken},
		"no pages": {[]byte("%PDF-1.7\n"), Broken}, "a locked PDF": {[]byte("%PDF-1.7\n1 0 obj <</Type/Catalog>> endobj trailer <</Encrypt 2 0 R>>"), Protected},
		"a scan": {pdfOf(catalog, tree, onePage, "<<>>\n--\n/X Do", winAnsi, image), Pictures}, "no table": {pdfOf(catalog, tree, onePage, "<<>>\n--\nBT /F1 12 Tf <0001> Tj ET", "<</Subtype/Type0/Encoding/Identity-H>>"), Unreadable},
		"a program":     {pdfOf("<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>>>", tree, onePage, "<<>>\n--\n", winAnsi, "<</S/JavaScript/JS(x)>>"), Macros},
		"an attachment": {pdfOf(catalog, tree, onePage, "<<>>\n--\n", winAnsi, "<</Type/Filespec/EF<</F 7 0 R>>>>"), Embedded}, "an unknown filter": {pdfOf(catalog, tree, onePage, "<</Filter/LZWDecode>>\n--\nx", winAnsi), Unreadable},
		"a form within itself": {pdfOf(catalog, tree, onePage, "<<>>\n--\n/X Do", winAnsi, "<</Subtype/Form/Filter/Unknown>>\n--\n/X Do"), Unreadable},
	} {
		if d := Text("file", c.data); d.Opaque != c.want {
			t.Errorf("%s: %q, want %q; text of %d bytes", name, d.Opaque, c.want, len(d.Text))
		}
	}
	if d := Text("x", make([]byte, MaxFile+1)); d.Opaque != TooLarge {
		t.Errorf("a file beyond the bound: %q", d.Opaque)
	}
}

// TestHostileFiles: what is made to take long takes seconds at most.
func TestHostileFiles(t *testing.T) {
	big := func(head, unit string) []byte { return []byte(head + strings.Repeat(unit, (256<<10)/len(unit))) }
	for name, data := range map[string][]byte{
		"objects without an end": big("%PDF-1.7\n", "1 0 obj <<>> stream\n"), "open strings": big("%PDF-1.7\n", "1 0 obj ( "), "open arrays": big("%PDF-1.7\n1 0 obj ", "1 [ "), "open dictionaries": big("%PDF-1.7\n", "1 0 obj << /A "),
		"pages that are their own kids": pdfOf(catalog, "<</Type/Pages/Kids[2 0 R 2 0 R]>>"), "numbers": big("%PDF-1.7\n1 0 obj [", "1 0 "), "elements": packed("word/document.xml", "<a>"+strings.Repeat("<b/>", 1<<20)),
		"one string in many cells": packed("xl/workbook.xml", "<a/>", "xl/sharedStrings.xml", "<sst><si><t>"+strings.Repeat("x", 1<<20)+"</t></si></sst>", "xl/worksheets/sheet1.xml", "<s>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 1<<17)),
		"forms that draw forms":    pdfOf(catalog, tree, onePage, "<<>>\n--\n"+strings.Repeat("/X Do ", 1000), winAnsi, "<</Subtype/Form/Resources<</XObject<</X 7 0 R>>>>>>\n--\n"+strings.Repeat("/X Do ", 1000), "<</Subtype/Form>>\n--\n"+strings.Repeat("q ", 1000)),
	} {
		began := time.Now()
		d := Text("x", data)
		took := time.Since(began)
		t.Logf("%s: %v, %d bytes of text, %q", name, took.Round(time.Millisecond), len(d.Text), d.Opaque)
		if took > 5*time.Second*slower {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// FuzzExtract: whatever comes in, nothing panics, and what comes out is text within the bound.
func FuzzExtract(f *testing.F) {
	for _, seed := range [][]byte{
		[]byte("x"), docx(para("手机"), "word/embeddings/a.docx", string(docx(para("x")))), packed("xl/workbook.xml", "<a/>", "xl/sharedStrings.xml", "<sst><si><t>x</t></si></sst>", "xl/worksheets/sheet1.xml", `<c t="s"><v>0</v></c>`),
		pdfOf(catalog, tree, onePage, "<<>>\n--\nBT /F1 12 Tf <00010002001100130018> Tj ET", mapped, cmap), pdfOf(catalog, tree, onePage, "<</Filter/FlateDecode>>\n--\n"+flated("(1) Tj"), winAnsi, "<</Type/ObjStm/N 1/First 4>>\n--\n7 0 (x)"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Text("x", data)
		if len(d.Text) > 3*MaxText || strings.ToValidUTF8(d.Text, "") != d.Text {
			t.Fatalf("%d bytes, valid: %v", len(d.Text), strings.ToValidUTF8(d.Text, "") == d.Text)
		}
		if d.Kind == "" && d.Opaque == "" {
			t.Fatal("neither text nor a reason")
		}
	})
}
