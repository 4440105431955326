package datadir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// base is a folder that everyone may enter.
func base(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	return real
}

// stranger is an account that owns nothing.
var stranger = &Account{Name: "stranger", UID: 64321, GID: 64321}

func TestTheDefaultStandsInWhenItCannotBeEntered(t *testing.T) {
	private, public := filepath.Join(base(t), "home"), base(t)
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(private)
	var paths []string
	for range 2 { // the second start must find the first one's folder
		d, err := open("", stranger, []string{"/proc/none", public})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(d.Path, public) || !strings.Contains(d.Note, private) || !strings.Contains(d.Note, "stranger") {
			t.Errorf("%s, %q", d.Path, d.Note)
		}
		paths = append(paths, d.Path)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if paths[0] != paths[1] {
		t.Errorf("two starts, two folders: %v", paths)
	}
	if left, _ := os.ReadDir(private); len(left) > 0 {
		t.Errorf("left behind where it could not be used: %v", left)
	}
	_, err := open(filepath.Join(private, "x"), stranger, []string{public})
	if err == nil || !strings.Contains(say.Line(err), "cannot enter "+private) {
		t.Errorf("a named folder must not be moved: %v", err)
	}
}

func TestTheDefaultIsHere(t *testing.T) {
	dir := base(t)
	t.Chdir(dir)
	d, err := open("", stranger, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if d.Path != filepath.Join(dir, DefaultName) || d.Note != "" {
		t.Errorf("%s, %q", d.Path, d.Note)
	}
}

func TestOneAtATime(t *testing.T) {
	dir := base(t)
	first, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, nil); err == nil || !strings.Contains(say.Line(err), "in use by another qunbei-solo") {
		t.Errorf("a second one: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, nil)
	if err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	_ = again.Close()
}

func TestWhatCannotBeWritten(t *testing.T) {
	file := filepath.Join(base(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below"), "/proc/none"} {
		_, err := Open(path, nil)
		if err == nil || !strings.Contains(say.Line(err), "cannot be written") || !strings.Contains(say.Line(err), "--data") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
