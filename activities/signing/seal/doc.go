// Package seal signs documents with the platform's key and says what is true of a PDF that somebody shows (semantics 4).
//
// A signature is a detached CMS signature (ETSI.CAdES.detached, SHA-256, naming its certificate) in an incremental
// update: nothing that stood before is touched, so that a first signature stays verifiable beneath the countersignature.
// Any PDF reader can check it; what it proves is the assurance level platform_seal and no more, unless the key is one of
// a licensed authority.
//
// [Sign] is called by the activity that seals an agreement, [Verify] by the public page and by that activity on its own
// work. Nothing here reads the record: the caller compares [Report.SHA256] with it where it may.
package seal
