// Package screening finds what must not be posted as it stands and makes a text fit to be posted (R3.3.1, R5.1.2,
// semantics 3): identifiers, contact data, addresses, amounts, contracts, secrets of machines, names, and the company's
// own keywords and codenames. It says for each finding where it lies in the original text and why it was found, which
// class of publication the findings demand (screening only raises a class), and desensitises by operators; what comes
// out is screened again.
//
// Everything here is a pure function of text and rules: no clock, randomness or I/O, so that the draft page, the API,
// the command line and the auditor reach the same result. It is called through a policy's Screener (models/policy) by
// api/service, and by the command line. It sees raw secrets, so it may import nothing that could store or send them, a
// Finding marshals without the value found, and no error or explanation quotes one.
//
// A text is brought into a normal form with the way back (normal.go), the words that speak of something are marked in it
// (context.go), and one pass asks each recogniser where something begins that it wants (pass.go).
//
// Texts are hostile: each scan is linear in the length of the text, without backtracking, and bounded in what it keeps
// (MaxBytes, MaxFindings). A Screener is read-only once made and safe for use by many goroutines.
package screening
