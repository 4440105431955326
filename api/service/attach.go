package service

import (
	"archive/zip"
	"bytes"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

// Bounds of a comment's files.
const (
	MaxAttachments = 5
	MaxAttachment  = 5 << 20 // bytes each
)

// kindAttachment is the kind of object that a comment's file is kept as.
const kindAttachment = "attachment"

// What a comment may bring, by what the bytes are; what the caller calls a file counts only to tell texts from others.
const (
	mediaPDF  = "application/pdf"
	mediaText = "text/plain; charset=utf-8"
	mediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// attachmentTypes are the media types with the ending that a stored file is given.
var attachmentTypes = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", mediaPDF: ".pdf", mediaText: ".txt", mediaDOCX: ".docx", mediaXLSX: ".xlsx",
}

// checkAttachments refuses files that are empty, too large or of another type, and gives each its true type and a name
// that can be shown.
func checkAttachments(files []Upload) ([]Upload, error) {
	out := make([]Upload, len(files))
	for i, f := range files {
		field := "files[" + strconv.Itoa(i) + "]"
		switch {
		case len(f.Data) == 0:
			return nil, invalid(domain.Fault{Field: field, Code: "required"})
		case len(f.Data) > MaxAttachment:
			return nil, &Error{Kind: TooLarge, Code: "file_too_large", Params: map[string]string{"field": field, "max_bytes": strconv.Itoa(MaxAttachment)}}
		}
		media, ok := attachmentType(f.Data)
		if !ok {
			return nil, &Error{Kind: Unsupported, Code: "attachment_type", Params: map[string]string{"field": field, "allowed": "png, jpeg, pdf, txt, docx, xlsx"}}
		}
		out[i] = Upload{Name: attachmentName(f.Name, media, i), MediaType: media, Data: f.Data}
	}
	return out, nil
}

// attachmentName gives a file the ending of what it is: nobody opens a program that was called a picture.
func attachmentName(name, media string, i int) string {
	name, end := fileName(name), attachmentTypes[media]
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		given := strings.ToLower(name[dot:])
		if given == end || (end == ".jpg" && given == ".jpeg") {
			return name
		}
	}
	if strings.Trim(name, ". ") == "" {
		name = "file-" + strconv.Itoa(i+1)
	}
	return name + end
}

// attachmentType tells what a file is by its bytes.
func attachmentType(b []byte) (string, bool) {
	if media, ok := imageType(b); ok {
		return media, media != "image/webp"
	}
	switch {
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return mediaPDF, true
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return officeType(b)
	case plainText(b):
		return mediaText, true
	}
	return "", false
}

// mostParts bounds how many parts an office document is looked through for.
const mostParts = 10_000

// officeType tells documents from spreadsheets by their parts' names; nothing is unpacked. One that carries programs is
// neither.
func officeType(b []byte) (string, bool) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) > mostParts {
		return "", false
	}
	var names []string
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.Contains(name, "vbaproject") || strings.HasSuffix(name, ".bin") && strings.Contains(name, "activex") {
			return "", false
		}
		names = append(names, name)
	}
	switch {
	case !slices.Contains(names, "[content_types].xml"):
		return "", false
	case slices.Contains(names, "word/document.xml"):
		return mediaDOCX, true
	case slices.Contains(names, "xl/workbook.xml"):
		return mediaXLSX, true
	}
	return "", false
}

// plainText tells whether a file is text that a person reads: UTF-8 without control characters.
func plainText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))) {
		if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
	}
	return true
}

// Attachment returns a file of a comment, for those who may read the case.
func (s *Service) Attachment(ctx context.Context, a Actor, caseID, object string) (Upload, error) {
	row, rel, err := s.caseFor(ctx, a, caseID)
	if err != nil {
		return Upload{}, fail(err)
	}
	if !mayReadCase(a, rel) {
		return Upload{}, notFound()
	}
	if err := s.looked(ctx, a, "read_case", row.ID, row.State.Tier, rel); err != nil {
		return Upload{}, fail(err)
	}
	id, ok := canonicalID(object)
	if !ok {
		return Upload{}, notFound()
	}
	meta, err := s.cfg.Store.ObjectsAbout(ctx, row.ID, []string{id})
	if err != nil {
		return Upload{}, fail(err)
	}
	if meta[id].Kind != kindAttachment { // another case's, or no file of a comment
		return Upload{}, notFound()
	}
	up, shredded, err := s.open(ctx, row.ID, id)
	if err != nil {
		return Upload{}, fail(err)
	}
	if shredded {
		return Upload{}, &Error{Kind: NotFound, Code: "shredded"}
	}
	return up, nil
}

// Disposition makes a file a download under its name: quoted for old programs, in UTF-8 for the rest (RFC 6266). Nothing
// that somebody typed comes out as a header of its own.
func Disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
