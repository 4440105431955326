//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package codec

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for the folder's lock. The kernel drops it when the process dies,
// so that a kill leaves nothing to clean up.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

func isReadOnlyFS(err error) bool { return errors.Is(err, syscall.EROFS) }
