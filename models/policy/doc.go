// Package policy reads a company's rules from data and applies them: which route a filing takes and by when, what the
// tiers allow, and how groups are named (R2.2.1, R4.1.1, R6.1). Policies and working calendars are files in YAML, each
// with a version of its own; a case stays under the version it began with (R6.2).
//
// Files come from people and are read as hostile: strictly, within bounds of size and cost, with every defect named by
// line, column and remedy. What has been parsed is read-only and safe for use by many goroutines.
package policy
