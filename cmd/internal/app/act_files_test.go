package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
)

// office is a document as an office program saves it: a zip with these parts.
func office(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write([]byte("<x/>"))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCommentsWithFiles(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-评论附件", department))
	at := "/cases/" + c.ID + "/comments"
	file := func(name string, data []byte) map[string]any {
		return map[string]any{"name": name, "data": base64.StdEncoding.EncodeToString(data)}
	}
	doc := office(t, "[Content_Types].xml", "word/document.xml")
	r.onCase(t, "E0006", c.ID, "comments", "text", "请看附件", "files", []any{
		file(`..\..\值班"表.exe`, []byte("%PDF-1.7\n")), file("说明.docx", doc), file("a.txt", []byte("一行文字\r\n")), file("", picture(t, "")),
		file("b.xlsx", office(t, "[Content_Types].xml", "xl/workbook.xml")),
	}).taken(t)
	e := r.entry(t, "E0040", c.ID, "comment")
	var names []string
	for _, f := range e.Files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); e.Comment != "请看附件" || got != "值班表.exe.pdf 说明.docx a.txt file-4.png b.xlsx" {
		t.Errorf("%q with %q", e.Comment, got)
	}
	path := "/cases/" + c.ID + "/attachments/" + e.Files[1].Object
	x := r.get(t, "E0040", path).is(t, http.StatusOK)
	if !bytes.Equal(x.body, doc) || x.header.Get("Content-Type") != "application/octet-stream" || x.header.Get("X-Content-Type-Options") != "nosniff" ||
		x.header.Get("Content-Disposition") != `attachment; filename="__.docx"; filename*=UTF-8''%E8%AF%B4%E6%98%8E.docx` {
		t.Errorf("it comes as %v", x.header)
	}
	other := r.file(t, "E0040", r.filing(t, "平台部-评论附件二", department))
	for _, b := range []blow{
		{name: "a stranger's", who: attacker, path: path, status: 404, code: "not_found"},
		{name: "through another case", who: "E0040", path: "/cases/" + other.ID + "/attachments/" + e.Files[1].Object, status: 404, code: "not_found"},
		{name: "an object that is none", who: "E0040", path: "/cases/" + c.ID + "/attachments/" + act(), status: 404, code: "not_found"},
		{name: "no id", who: "E0040", path: "/cases/" + c.ID + "/attachments/x", status: 404, code: "not_found"},
	} {
		b.method = http.MethodGet
		r.strike(t, b)
	}
	var material string
	r.sql(t, &material, `SELECT material_id::text FROM cases WHERE id = $1`, c.ID)
	r.get(t, "E0040", "/cases/"+c.ID+"/attachments/"+material).refused(t, 404, "not_found", "", "") // what is asked is no file of a comment

	r.settle(t)
	before := r.footprint(t)
	for _, b := range []struct {
		name string
		file []byte
		code string
		stat int
	}{
		{"HTML", []byte("<html>\x00"), "attachment_type", 415},
		{"a program", []byte("MZ\x90\x00"), "attachment_type", 415},
		{"GIF", []byte("GIF89a\x01\x00"), "attachment_type", 415},
		{"a zip that is no document", office(t, "a.exe"), "attachment_type", 415},
		{"a document with macros", office(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "attachment_type", 415},
		{"half a zip", doc[:40], "attachment_type", 415},
		{"broken text", []byte("\xff\xfe\xfa"), "attachment_type", 415},
		{"over the limit", append([]byte("%PDF-"), make([]byte, 5<<20)...), "file_too_large", 413},
	} {
		t.Run(b.name, func(t *testing.T) {
			r.onCase(t, "E0006", c.ID, "comments", "text", "x", "files", []any{file("x.pdf", b.file)}).refused(t, b.stat, b.code, "", "")
		})
	}
	r.onCase(t, "E0006", c.ID, "comments", "text", "x", "files", []any{map[string]any{"data": "***"}}).refused(t, 422, "invalid", "files[0].data", "not_base64")
	six := make([]any, 6)
	for i := range six {
		six[i] = file("a.txt", []byte("a"))
	}
	r.onCase(t, "E0006", c.ID, "comments", "text", "x", "files", six).refused(t, 422, "invalid", "files", "too_many")
	r.unchanged(t, before)

	// As a form, the way a browser sends it.
	if a := r.upload(t, "E0006", at, "files", "一.txt", "text/html", []byte("内容"), map[string]string{"text": "表单", "decision_id": act()}).answer(t); a.Result != "accepted" {
		t.Fatalf("%+v", a)
	}
	if e := r.entry(t, "E0040", c.ID, "comment"); len(e.Files) != 1 || e.Files[0].Name != "一.txt" || e.Files[0].Size != 6 {
		t.Errorf("%+v", e.Files)
	}
	var page service.Page[service.NotificationView]
	r.get(t, "E0040", "/notifications?limit=3").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) == 0 || page.Items[0].Kind != "comment" {
		t.Errorf("the requester was not told: %+v", page.Items)
	}
	r.approve(t, "E0006", c)
	r.sound(t, c.ID)
}
