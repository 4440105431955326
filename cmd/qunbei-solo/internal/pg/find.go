// Package pg starts a private PostgreSQL server for one data folder, adopts the one that outlived a killed parent, and
// stops it cleanly. It never touches a server it did not make.
package pg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// MinMajor is the oldest PostgreSQL that both our migrations and the engine's schema are tested on.
const MinMajor = 13

// BinEnv names a folder of PostgreSQL's programs to use instead of searching for one.
const BinEnv = "QUNBEI_POSTGRES_BIN"

// places are where distributions put the server's programs outside PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // PostgreSQL's own RPMs
	"/usr/libexec/postgresql*",  // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// binaries is an installation of PostgreSQL.
type binaries struct {
	dir   string
	major int
}

func (b binaries) program(name string) string { return filepath.Join(b.dir, name) }

// Found returns the folder of the programs that would be used, or the sentence that says what to install.
func Found(ctx context.Context) (string, error) {
	b, err := find(ctx, 0)
	return b.dir, err
}

// find returns the installation to use: the one of major when that is not 0 (an existing database needs the version
// that made it), else the newest.
func find(ctx context.Context, major int) (binaries, error) {
	var all []binaries
	if named := os.Getenv(BinEnv); named != "" {
		b, ok := inspect(ctx, named)
		if !ok {
			return b, say.Fault(fmt.Sprintf("%s is %s, where there is no PostgreSQL server", BinEnv, named),
				"set it to the folder that holds initdb and postgres, or unset it")
		}
		all = append(all, b)
	} else {
		all = search(ctx)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].major > all[j].major })
	have := []string{}
	for _, b := range all {
		if b.major >= MinMajor && (major == 0 || b.major == major) {
			return b, nil
		}
		have = append(have, strconv.Itoa(b.major))
	}
	install := "install it (Debian: apt-get install postgresql; macOS: brew install postgresql@15) or set " + BinEnv + " to its bin folder"
	if major != 0 && len(have) > 0 {
		return binaries{}, say.Fault(
			fmt.Sprintf("the data folder was made by PostgreSQL %d, but only version %s is installed", major, strings.Join(have, ", ")),
			fmt.Sprintf("install postgresql-%d, or start with a new folder (--data)", major))
	}
	if len(have) > 0 {
		return binaries{}, say.Fault(fmt.Sprintf("PostgreSQL %s is too old, %d is needed", strings.Join(have, ", "), MinMajor), install)
	}
	return binaries{}, say.Fault("no PostgreSQL server is installed", install)
}

func search(ctx context.Context) []binaries {
	dirs := []string{}
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	for _, pattern := range places {
		found, _ := filepath.Glob(pattern)
		dirs = append(dirs, found...)
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	var all []binaries
	seen := map[string]bool{}
	for _, d := range dirs {
		if seen[d] {
			continue
		}
		seen[d] = true
		if b, ok := inspect(ctx, d); ok {
			all = append(all, b)
		}
	}
	return all
}

// inspect says whether dir holds a server, and of which major version.
func inspect(ctx context.Context, dir string) (binaries, bool) {
	b := binaries{dir: dir}
	if _, err := os.Stat(b.program("initdb")); err != nil {
		return b, false
	}
	out, err := exec.CommandContext(ctx, b.program("postgres"), "--version").Output()
	if err != nil {
		return b, false
	}
	// "postgres (PostgreSQL) 15.13 (Debian …)", "… 18beta1"
	for _, word := range strings.Fields(string(out)) {
		digits := strings.TrimLeft(word, "0123456789")
		if n, err := strconv.Atoi(word[:len(word)-len(digits)]); err == nil {
			b.major = n
			return b, true
		}
	}
	return b, false
}
