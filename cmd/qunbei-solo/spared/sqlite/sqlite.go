// Package sqlite has the one type by which the Temporal server's SQLite store speaks of its driver. No driver is
// registered, so that store cannot be opened. It stands in for the module of the same name; see spared/README.md.
package sqlite

// Error would be a fault of SQLite.
type Error struct{}

// Error is its text.
func (*Error) Error() string { return "SQLite is not built into this engine" }

// Code is its number.
func (*Error) Code() int { return 0 }
