// Package directory brings the company's address book in: it reads what WeCom, DingTalk and Feishu export and the
// house's own template, tells how a book differs from the directory on record, and makes the demo company. The same
// hands read and write the spreadsheet by which existing groups are filed in bulk (R6.1).
//
// Everything here is a pure function of its input: files are taken as bytes, nothing is stored, no clock is read, and
// new identifiers come from the caller. Files are hostile: their size, rows, columns and unpacked size are bounded
// before they are read, and every fault is listed by row and column.
package directory
