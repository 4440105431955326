package codec

import (
	"errors"
	"fmt"
)

// ErrUnknownKey says that the keyring does not hold the key something was
// encrypted or signed with. The data may be perfectly good: another process
// may have rotated the keys, or this one was given the wrong keyring. Match it
// with errors.Is; [UnknownKeyError] carries the key's id.
var ErrUnknownKey = errors.New("key not in the keyring")

// ErrNotAuthentic says that bytes were altered, cut, or moved to a place they
// were not encrypted for (another namespace, case or object). It is never
// returned for a missing key.
var ErrNotAuthentic = errors.New("not authentic: altered, or encrypted for another place")

// ErrShredded says that the case's data key was destroyed on purpose, so that
// its objects can never be read again. An auditor reports "shredded", not
// "wrong" (rule: shredding is destroying the case's key).
var ErrShredded = errors.New("shredded: the key of this case has been destroyed")

// ErrBadSignature says that the key is known but did not make this signature
// over these bytes.
var ErrBadSignature = errors.New("bad signature")

// ErrReadOnly says that this keyring was mounted read-only and cannot be
// rotated here.
var ErrReadOnly = errors.New("keyring is read-only: rotate it where its folder is kept")

// UnknownKeyError names the key that is missing. It matches [ErrUnknownKey].
type UnknownKeyError struct {
	// Purpose is what the key is for: "codec", "master" or "proof".
	Purpose string
	// KeyID is the missing key's public id; it is not secret.
	KeyID string
}

func (e *UnknownKeyError) Error() string {
	return fmt.Sprintf("%s key %q is not in this keyring: load the keyring that holds it (retired keys must be kept as long as what they encrypted)", e.Purpose, e.KeyID)
}

// Is lets errors.Is(err, ErrUnknownKey) match.
func (e *UnknownKeyError) Is(target error) bool { return target == ErrUnknownKey }
