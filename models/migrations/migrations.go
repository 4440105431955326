// Package migrations holds the numbered SQL that makes and changes Qunbei's own tables, embedded so that every
// program carries its schema with it. The SQL also holds what the database itself refuses: illegal state transitions
// and any change to audit rows.
package migrations

import "embed"

// FS holds the goose migrations.
//
//go:embed *.sql
var FS embed.FS
