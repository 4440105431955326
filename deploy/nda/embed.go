// Package nda holds the agreements that are shipped: texts of our own that state the duties and liabilities of R4.2.1.
// A company has its lawyers read them, publishes one as its own first version, or writes another
// (deploy/recipes/write-an-agreement.md).
package nda

import _ "embed"

// Chinese is the shipped agreement in Chinese.
//
//go:embed confidentiality-zh.md
var Chinese []byte

// Bilingual is the same agreement in Chinese and English; the Chinese text prevails.
//
//go:embed confidentiality-zh-en.md
var Bilingual []byte
