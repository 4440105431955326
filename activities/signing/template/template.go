// Package template reads the texts of agreements that people sign (semantics 4, R4.2.1): a small, strict part of
// Markdown with fields, in Chinese or in Chinese and English side by side.
//
// A template is UTF-8 text. Every line is a block of its own:
//
//	---                                  the head
//	format: qunbei-nda/1
//	language: zh                         or zh-en
//	---
//	# 标题                               the title, once
//	## 保密义务 {#duties}                an article, with its key; articles are numbered when they are printed
//	text                                 a paragraph
//	1. text                              a clause; clauses count from 1 in each article
//	> text                               the consent clause: what the signer says by signing, once
//	~ English                            in zh-en: the translation of the line before, of each line
//	{{group}}                            a field, see [Fields]
//
// There is nothing else: no emphasis, links, tables or HTML. What is not understood is a fault, never printed as it is.
// The text may not depend on how it is shown, so hidden characters are faults too.
package template

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/qunbei/qunbei/models/domain"
)

// Format is the first line of every template's head.
const Format = "qunbei-nda/1"

// Limits of a template.
const (
	MaxBytes   = 64 << 10
	maxLine    = 2000 // characters
	maxBlocks  = 400
	maxDefects = 50
	maxValue   = 500 // characters
)

// Field is a place that is filled in for each document.
type Field struct {
	Name  string
	Label domain.Label
	// Must says that a template without this field does not state what R4.2.1 asks for.
	Must bool
}

// Fields are all the fields a template may use.
var Fields = []Field{
	{"company", domain.Label{ZH: "公司名称", EN: "company"}, true},
	{"party", domain.Label{ZH: "签署人姓名", EN: "signer's name"}, true},
	{"party_number", domain.Label{ZH: "签署人工号", EN: "signer's staff number"}, false},
	{"party_unit", domain.Label{ZH: "签署人部门", EN: "signer's department"}, false},
	{"group", domain.Label{ZH: "群组名称", EN: "group"}, true},
	{"group_number", domain.Label{ZH: "群组备案号", EN: "group's number"}, false},
	{"tier", domain.Label{ZH: "密级", EN: "tier"}, false},
	{"duties", domain.Label{ZH: "该群组的特别义务", EN: "particular duties of the group"}, false},
	{"term", domain.Label{ZH: "有效期", EN: "term"}, true},
	{"survival", domain.Label{ZH: "义务延续期", EN: "how long the duties survive"}, true},
	{"law", domain.Label{ZH: "适用法律", EN: "governing law"}, true},
	{"date", domain.Label{ZH: "日期", EN: "date"}, false},
}

// Articles are the keys that every template must have an article for: R4.2.1 asks that duties and liabilities are stated.
var Articles = []string{"duties", "liability", "term", "law"}

// Kind says what a block is.
type Kind string

// The kinds of blocks.
const (
	Title     Kind = "title"
	Article   Kind = "article"
	Paragraph Kind = "paragraph"
	Clause    Kind = "clause"
	Consent   Kind = "consent"
)

// Block is one line of a template, with its translation.
type Block struct {
	Kind Kind `json:"kind"`
	// Key is an article's key, or empty.
	Key string `json:"key,omitempty"`
	// Number counts articles in the document and clauses in their article, from 1.
	Number int `json:"number,omitempty"`
	// Text is what stands there; EN is empty in a template that is only in Chinese.
	Text domain.Label `json:"text"`
}

// Template is a template's text, understood.
type Template struct {
	// Bilingual says that every block is in Chinese and in English.
	Bilingual bool
	Blocks    []Block
	// Uses are the names of the fields it uses, in the order of [Fields].
	Uses []string
	// Canonical is the text that the digest is taken of: lines end with one line feed, nothing stands at their ends.
	Canonical string
}

// SHA256 is the digest of the canonical text, in hex: a version of a template is known by it.
func (t *Template) SHA256() string { return digest(t.Canonical) }

// Document is a template with its fields filled in: what the signer reads.
type Document struct {
	Bilingual bool    `json:"bilingual,omitempty"`
	Template  string  `json:"template"` // SHA-256 of the template
	Blocks    []Block `json:"blocks"`
}

// Consent returns the consent clause as the signer reads it.
func (d *Document) Consent() domain.Label {
	for _, b := range d.Blocks {
		if b.Kind == Consent {
			return b.Text
		}
	}
	return domain.Label{}
}

// ConsentSHA256 is the digest of the consent clause, Chinese and English with a line feed between, in hex.
func (d *Document) ConsentSHA256() string {
	c := d.Consent()
	return digest(c.ZH + "\n" + c.EN)
}

// SHA256 is the digest of the document's text in hex, over every block in order. The evidence page names it, and a
// signer's passkey signs it.
func (d *Document) SHA256() string {
	h := sha256.New()
	part := func(s string) {
		// A digest of digests: parts of any length cannot run together.
		sum := sha256.Sum256([]byte(s))
		h.Write(sum[:])
	}
	part(Format)
	part(d.Template)
	for _, b := range d.Blocks {
		part(string(b.Kind))
		part(b.Key)
		part(b.Text.ZH)
		part(b.Text.EN)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
