//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package codec

import "errors"

// lock is refused where file locks and modes cannot protect a keys folder; an
// auditor's machine of such a kind uses [FromBytes].
func lock(string) (func(), error) {
	return nil, errors.New("a keys folder needs Linux, macOS or a BSD: load the keyring from bytes instead")
}

func isReadOnlyFS(error) bool { return false }
