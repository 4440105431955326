// Package courses holds the trainings that are shipped: texts of our own on the law, the company's rules and the handling
// of groups, with their quiz (R4.2.2). A company has them read by its security officers and publishes its own versions
// (deploy/recipes/write-a-course.md).
package courses

import _ "embed"

// Secrecy is the secrecy training, in Chinese and English.
//
//go:embed secrecy.yaml
var Secrecy []byte
