package directory

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// openXLSX reads every visible sheet of a workbook, after checkParts made sure that this is cheap and complete.
func openXLSX(data []byte, maxRows int) (out []sheet, err error) {
	if err := checkParts(data, maxRows); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil { // a workbook that the library trips over is damaged, never our fault to pass on
			out, err = nil, &FileError{CodeBroken, params("where", "xlsx")}
		}
	}()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxUnzipBytes, UnzipXMLSizeLimit: maxInMemory,
	})
	if err != nil {
		return nil, &FileError{Code: CodeNotXLSX}
	}
	defer func() { _ = f.Close() }()
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		t, err := readSheet(f, name, maxRows)
		if err != nil {
			return nil, err
		}
		if len(t) > 0 {
			out = append(out, sheet{name, t})
		}
	}
	return out, nil
}

func readSheet(f *excelize.File, name string, maxRows int) (table, error) {
	broken := func() error { return &FileError{CodeBroken, params("where", brief(name))} }
	rows, err := f.Rows(name)
	if err != nil {
		return nil, broken()
	}
	defer func() { _ = rows.Close() }()
	var t table
	for n := 1; rows.Next(); n++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, broken()
		}
		if blank(cells) {
			continue
		}
		if len(t) >= maxRows+30 {
			return nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(maxRows))}
		}
		t = append(t, line{n, cells})
	}
	if rows.Error() != nil {
		return nil, broken()
	}
	return t, nil
}

var errPart = errors.New("part")

// checkParts walks through every part of the archive once, without keeping it: their number and unpacked size stay in
// bounds whatever the archive's own list claims, the XML is well formed to its end (the library takes a torn sheet for
// a short one, and a short book would make people leave), and no sheet has rows or columns out of bounds.
func checkParts(data []byte, maxRows int) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &FileError{Code: CodeNotXLSX}
	}
	unpacks := &FileError{CodeUnpacks, params("max", strconv.Itoa(MaxUnzipBytes>>20))}
	if len(z.File) > MaxParts {
		return unpacks
	}
	var claimed uint64
	workbook := false
	for _, p := range z.File {
		if claimed += p.UncompressedSize64; claimed > MaxUnzipBytes || p.UncompressedSize64 > MaxUnzipBytes {
			return unpacks
		}
		workbook = workbook || strings.EqualFold(p.Name, "[Content_Types].xml")
	}
	if !workbook {
		return &FileError{Code: CodeNotXLSX}
	}
	left := int64(MaxUnzipBytes)
	for _, p := range z.File {
		if err := checkPart(p, &left, maxRows); err != nil {
			var fe *FileError
			switch {
			case errors.As(err, &fe):
				return err
			case left <= 0:
				return unpacks
			}
			return &FileError{CodeBroken, params("where", brief(p.Name))}
		}
	}
	return nil
}

func checkPart(p *zip.File, left *int64, maxRows int) error {
	name := strings.ToLower(strings.ReplaceAll(p.Name, `\`, "/"))
	rowsOrText := (strings.HasPrefix(name, "xl/worksheets/") || strings.HasPrefix(name, "xl/sharedstrings")) && strings.HasSuffix(name, ".xml")
	if !rowsOrText && p.UncompressedSize64 > maxPartBytes {
		return &FileError{CodeUnpacks, params("max", strconv.Itoa(maxPartBytes>>20))}
	}
	rc, err := p.Open()
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	in := &budget{rc, left}
	if !rowsOrText {
		_, err := io.Copy(io.Discard, in)
		return err
	}
	d := xml.NewDecoder(in)
	rows, cells := 0, 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				rows, cells = rows+1, 0
				if n, err := strconv.Atoi(attr(e, "r")); err == nil && n > rows {
					rows = n
				}
				if rows > maxRows+1000 {
					return &FileError{CodeTooManyRows, params("max", strconv.Itoa(maxRows))}
				}
			case "c":
				if cells++; max(cells, column(attr(e, "r"))) > MaxColumns {
					return &FileError{CodeTooWide, params("max", strconv.Itoa(MaxColumns))}
				}
			}
		case xml.Directive: // a DTD has no business in a workbook
			return errPart
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// column is the number of the column in a reference such as AB12.
func column(ref string) int {
	n := 0
	for _, r := range ref {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r < 'A' || r > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	return n
}

// budget reads until the archive's common allowance is used up.
type budget struct {
	r    io.Reader
	left *int64
}

func (b *budget) Read(p []byte) (int, error) {
	if *b.left <= 0 {
		return 0, errPart
	}
	if int64(len(p)) > *b.left {
		p = p[:*b.left]
	}
	n, err := b.r.Read(p)
	*b.left -= int64(n)
	return n, err
}
