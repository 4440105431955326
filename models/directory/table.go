package directory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// line is one row of a file that is not empty, with its number as a spreadsheet program shows it.
type line struct {
	row   int
	cells []string
}

type table []line

// sheet is a table with its name; a CSV is one sheet without a name.
type sheet struct {
	name string
	rows table
}

// open reads a file by its name's ending and what it really holds. maxRows bounds the rows below the headings.
func open(name string, data []byte, maxRows int) ([]sheet, error) {
	kind := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
	zipped := bytes.HasPrefix(data, []byte("PK\x03\x04"))
	switch {
	case len(data) > MaxFileBytes:
		return nil, &FileError{CodeTooLarge, params("max", strconv.Itoa(MaxFileBytes>>20))}
	case len(bytes.TrimSpace(data)) == 0:
		return nil, &FileError{Code: CodeEmpty}
	case kind != ".xlsx" && kind != ".csv" && kind != ".xls":
		return nil, &FileError{Code: CodeExtension}
	case bytes.HasPrefix(data, []byte{0xD0, 0xCF, 0x11, 0xE0}) || kind == ".xls":
		return nil, &FileError{Code: CodeOldExcel}
	case kind == ".xlsx" && !zipped:
		return nil, &FileError{Code: CodeNotXLSX}
	case kind == ".csv" && zipped:
		return nil, &FileError{Code: CodeIsXLSX}
	case kind == ".xlsx":
		return openXLSX(data, maxRows)
	}
	rows, err := openCSV(data, maxRows)
	if err != nil {
		return nil, err
	}
	return []sheet{{rows: rows}}, nil
}

func openCSV(data []byte, maxRows int) (table, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, separator(text)
	var t table
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			at := "?"
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				at = strconv.Itoa(pe.StartLine)
			}
			return nil, &FileError{CodeBroken, params("where", at)}
		}
		if len(cells) > MaxColumns {
			return nil, &FileError{CodeTooWide, params("max", strconv.Itoa(MaxColumns))}
		}
		if blank(cells) {
			continue
		}
		if len(t) >= maxRows+30 {
			return nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(maxRows))}
		}
		at, _ := r.FieldPos(0)
		t = append(t, line{at, cells})
	}
}

// decode finds out how a CSV is encoded: a mark tells, else valid UTF-8 is UTF-8, else it is GB18030 (what a Chinese
// Excel writes). One broken byte in UTF-8 stays: the row where it stands gets the fault.
func decode(data []byte) (string, error) {
	var out []byte
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return strings.ToValidUTF8(string(data[3:]), "\uFFFD"), nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
	case bytes.IndexByte(data, 0) >= 0:
		return "", &FileError{Code: CodeEncoding}
	case utf8.Valid(data):
		return string(data), nil
	default:
		out, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err == nil && (bytes.ContainsRune(out, '\uFFFD') || !bytes.Contains(out, []byte("姓名")) && !bytes.Contains(out, []byte("群")) && !bytes.Contains(out, []byte("工号"))) {
			out = []byte(strings.ToValidUTF8(string(data), "\uFFFD"))
		}
	}
	if err != nil {
		return "", &FileError{Code: CodeEncoding}
	}
	return string(out), nil
}

// separator is the one that the top of the file uses most; commas and semicolons inside a cell do not win over the headings.
func separator(text string) rune {
	head := text
	if len(head) > 4096 {
		head = head[:4096]
	}
	best, most := ',', strings.Count(head, ",")
	for _, c := range "\t;" {
		if n := strings.Count(head, string(c)); n > 2*most {
			best, most = c, n
		}
	}
	return best
}

func blank(cells []string) bool {
	for _, c := range cells {
		if clean(c) != "" {
			return false
		}
	}
	return true
}
