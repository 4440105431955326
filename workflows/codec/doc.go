// Package codec keeps secret what Qunbei hands to the workflow engine and to
// its object store, and proves who decided.
//
// It has five parts, one file each:
//
//   - keyset.go, keyfile.go: the [Keyring], all of a company's keys in one file;
//   - payload.go: the engine's payload codec, data and failure converter;
//   - http.go: the remote codec for the engine's web UI, decoding only;
//   - objects.go: sealing of free text, documents and personal data (claim check);
//   - proof.go: signatures over decisions, and their verification by auditors.
//
// What stays readable in the engine in spite of it: workflow and activity IDs,
// search attributes, memo keys, signal names, headers and the *types* of
// application errors. Nothing secret and nothing personal belongs in those.
//
// # The keys on disk
//
// The keyring is one file, keyring.json, mode 0600 in a folder of mode 0700.
// Without a key-encryption key the file holds the keys IN THE CLEAR: whoever
// can read it, or a backup of it, can read every history and object and can
// sign in the service's name. That is acceptable for a single machine whose
// disk is trusted (qunbei-solo), and for nothing else. With QUNBEI_KEK set (32
// bytes as 64 hex digits, kept outside the data folder) the file is sealed
// with AES-256-GCM; a file that was in the clear is sealed at the next start,
// after which the keys should be rotated, because the old bytes may survive on
// the disk and in backups. Losing the file, or the KEK, loses every history
// and object for good: back both up, apart from each other.
//
// The package links neither a database nor an HTTP framework, so that the
// auditor's program can use it.
package codec
