// Package passkey says what a person's passkey signed, and checks it offline: without this service, its database or the
// network (semantics 4, assurance level signer_key). An Evidence is what was kept of one signature; Verify is what an
// auditor runs over it years later. It is written against the standard library alone and reads no CBOR, so that it can be
// read in one sitting, and so that it is a second opinion beside the library that checked the signature when it was made.
//
// A passkey signs a challenge. Ours is no random number but a hash over what is signed (Challenge), so that the signature
// names the document, the person and the purpose, and cannot be shown for another.
package passkey
