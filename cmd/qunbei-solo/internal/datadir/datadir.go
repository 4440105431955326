// Package datadir finds, prepares and locks the one folder in which qunbei-solo keeps everything: both databases, keys,
// logs. The folder must be enterable by the account that PostgreSQL runs as, which is not root.
package datadir

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// DefaultName is the folder made in the working directory when none is named.
const DefaultName = ".qunbei"

// Dir is a prepared and locked data folder.
type Dir struct {
	// Path is absolute and free of symbolic links.
	Path string
	// Note says in one sentence why the folder is not where one would look for it; empty when it is.
	Note string
	lock *os.File
}

// Account is the user a child process runs as; nil means the user we are.
type Account struct {
	Name     string
	UID, GID uint32
}

// Open prepares the folder: explicit when named, else DefaultName in the working directory, else, when account cannot
// enter that, a folder under /var/lib or the temporary directory whose name is derived from the first choice, so that
// the next start finds it again. It refuses a folder that another running instance holds.
func Open(explicit string, account *Account) (*Dir, error) {
	return open(explicit, account, []string{"/var/lib/qunbei", filepath.Join(os.TempDir(), "qunbei")})
}

func open(explicit string, account *Account, fallbacks []string) (*Dir, error) {
	wanted := explicit
	if wanted == "" {
		wanted = DefaultName
	}
	abs, err := filepath.Abs(wanted)
	if err != nil {
		return nil, fmt.Errorf("finding the data folder: %w", err)
	}
	path, err := prepare(abs, account)
	note := ""
	var closed *closedError
	if explicit == "" && errors.As(err, &closed) {
		for _, base := range fallbacks {
			other := filepath.Join(base, derived(abs))
			if path, err = prepare(other, account); err == nil {
				note = fmt.Sprintf("Data is kept in %s, because PostgreSQL's account %q cannot enter %s.",
					path, account.Name, closed.at)
				break
			}
		}
	}
	if err != nil {
		return nil, explain(abs, account, err)
	}
	d := &Dir{Path: path, Note: note}
	if err := d.take(); err != nil {
		return nil, err
	}
	return d, nil
}

// closedError says which part of a path the account cannot enter.
type closedError struct{ at string }

func (e *closedError) Error() string { return e.at + " cannot be entered" }

// derived names the stand-in for path: readable, and different for different checkouts.
func derived(path string) string {
	sum := sha256.Sum256([]byte(path))
	name := strings.Trim(filepath.Base(filepath.Dir(path)), "./")
	if name == "" {
		name = "data"
	}
	return name + "-" + hex.EncodeToString(sum[:4])
}

func explain(path string, account *Account, err error) error {
	var closed *closedError
	if errors.As(err, &closed) {
		return say.Because(err,
			fmt.Sprintf("the data folder %s cannot be used, because PostgreSQL's account %q cannot enter %s", path, account.Name, closed.at),
			"name a folder that every account may enter with --data, for instance --data /var/lib/qunbei/demo")
	}
	return say.Because(err,
		fmt.Sprintf("the data folder %s cannot be written (%s)", path, reason(err)),
		"make it writable, or name another folder with --data")
}

// reason is the last, shortest cause: "permission denied", "read-only file system", "not a directory".
func reason(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// prepare makes the folder, proves that it can be written, and that account can reach it.
func prepare(path string, account *Account) (string, error) {
	if account != nil {
		// Checked before the folder is made, so that nothing is left behind where it cannot be used.
		if at := closedAt(existing(path), account); at != "" {
			return "", &closedError{at: at}
		}
	}
	if err := os.MkdirAll(path, 0o755); err != nil { //nolint:gosec // the database's account has to enter it; what is secret lies in closed folders
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if account != nil {
		if at := closedAt(real, account); at != "" {
			return "", &closedError{at: at}
		}
	}
	probe, err := os.CreateTemp(real, ".probe-*")
	if err != nil {
		return "", err
	}
	probe.Close()
	return real, os.Remove(probe.Name())
}

// existing is the deepest part of path that is there already.
func existing(path string) string {
	for {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real
		}
		up := filepath.Dir(path)
		if up == path {
			return path
		}
		path = up
	}
}

// closedAt returns the first folder on the way to path that account may not enter, or "".
func closedAt(path string, account *Account) string {
	way := []string{}
	for p := path; ; p = filepath.Dir(p) {
		way = append(way, p)
		if p == filepath.Dir(p) {
			break
		}
	}
	for i := len(way) - 1; i >= 0; i-- {
		info, err := os.Stat(way[i])
		if err != nil {
			return way[i]
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok || !info.IsDir() {
			continue
		}
		bit := os.FileMode(0o001)
		switch {
		case stat.Uid == account.UID:
			bit = 0o100
		case stat.Gid == account.GID:
			bit = 0o010
		}
		if info.Mode().Perm()&bit == 0 {
			return way[i]
		}
	}
	return ""
}

// take locks the folder for as long as the process lives; the kernel releases it after a kill -9 too.
func (d *Dir) take() error {
	name := filepath.Join(d.Path, "lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return explain(d.Path, nil, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 20)
		n, _ := f.ReadAt(holder, 0)
		f.Close()
		who := "another qunbei-solo"
		if pid := strings.TrimSpace(string(holder[:n])); pid != "" {
			who += " (process " + pid + ")"
		}
		return say.Because(err, fmt.Sprintf("the data folder %s is in use by %s", d.Path, who),
			"stop it first, or name another folder with --data")
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	d.lock = f
	return nil
}

// Close releases the lock.
func (d *Dir) Close() error { return d.lock.Close() }
