package directory

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
)

// zipOf makes an archive of files of so many bytes of spaces, with what makes it look like a workbook only if named.
func zipOf(t testing.TB, files map[string]int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for name, size := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for size > 0 {
			n := min(size, len(block))
			if _, err := w.Write(block[:n]); err != nil {
				t.Fatal(err)
			}
			size -= n
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb unpacks to more than may be.
func bomb(t testing.TB) []byte {
	return zipOf(t, map[string]int{"[Content_Types].xml": 10, "xl/worksheets/sheet1.xml": MaxUnzipBytes + 1})
}

// lyingBomb claims in every header to unpack to little.
func lyingBomb(t testing.TB) []byte {
	data := zipOf(t, map[string]int{"[Content_Types].xml": 10, "xl/worksheets/sheet1.xml": 64 << 20})
	for _, sig := range []struct {
		magic string
		at    int
	}{{"PK\x01\x02", 24}, {"PK\x07\x08", 12}} {
		for i := 0; ; {
			k := bytes.Index(data[i:], []byte(sig.magic))
			if k < 0 {
				break
			}
			if i += k; binary.LittleEndian.Uint32(data[i+sig.at:]) > 1000 {
				binary.LittleEndian.PutUint32(data[i+sig.at:], 1000)
			}
			i += 4
		}
	}
	return data
}

// rewrite copies an archive with one part changed.
func rewrite(t testing.TB, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			body = []byte(change(string(body)))
		}
		w, _ := z.Create(f.Name)
		_, _ = w.Write(body)
	}
	_ = z.Close()
	return b.Bytes()
}

// tornSheet ends in the middle of a sheet: read as a short book it would make most of the company leave.
func tornSheet(t testing.TB, good []byte) []byte {
	return rewrite(t, good, "xl/worksheets/sheet1.xml", func(s string) string { return s[:len(s)/2] })
}

// entities has a document type, as attacks by expanding entities do.
func entities(t testing.TB) []byte {
	good, err := DemoXLSX(1)
	if err != nil {
		t.Fatal(err)
	}
	return rewrite(t, good, "xl/worksheets/sheet1.xml", func(s string) string {
		at := strings.Index(s, "<worksheet")
		return s[:at] + `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + s[at:]
	})
}
