package codec

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

func TestUnreadableIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	mustOpen(t, dir, Options{})
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.Chmod(dir, 0o700) }()
		_, err := Open(dir, Options{})
		wantError(t, err, "permission denied", "chown")
		return
	}
	done := make(chan error)
	go func() {
		// Root reads everything: look as another user, on a thread of its own
		// that ends with this goroutine.
		runtime.LockOSThread()
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
			done <- errno
			return
		}
		_, err := Open(dir, Options{})
		done <- err
	}()
	wantError(t, <-done, "permission denied", "chown")
}
