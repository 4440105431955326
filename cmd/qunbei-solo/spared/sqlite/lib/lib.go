// Package sqlite3 has the numbers that the Temporal server's SQLite store compares with; see spared/README.md.
package sqlite3

// The result codes of a violated constraint.
const (
	SQLITE_CONSTRAINT            = 19
	SQLITE_CONSTRAINT_PRIMARYKEY = 1555
	SQLITE_CONSTRAINT_UNIQUE     = 2067
)
