package pg

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/datadir"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// Account returns whom the server runs as: nil for the user we are, or, because PostgreSQL refuses root, the account
// "postgres" that its package makes, else "nobody".
func Account() (*datadir.Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil && uid != 0 {
			return &datadir.Account{Name: name, UID: uint32(uid), GID: uint32(gid)}, nil
		}
	}
	return nil, say.Fault("PostgreSQL does not run as root, and there is no account postgres or nobody for it",
		"add one (useradd --system postgres), or start qunbei-solo as an ordinary user")
}

// as makes cmd run as account, in a session of its own: Ctrl-C in the terminal must reach us alone, who stop the
// server last.
func as(cmd *exec.Cmd, account *datadir.Account) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if account != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: account.UID, Gid: account.GID}
		cmd.Env = append(os.Environ(), "HOME=/", "USER="+account.Name)
	}
	cmd.Env = append(orEnviron(cmd.Env), "LC_ALL=C", "TZ=UTC")
}

func orEnviron(env []string) []string {
	if env == nil {
		return os.Environ()
	}
	return env
}

// give makes path belong to account.
func give(path string, account *datadir.Account) error {
	if account == nil {
		return nil
	}
	if err := os.Chown(path, int(account.UID), int(account.GID)); err != nil {
		return fmt.Errorf("giving %s to the database's account: %w", path, err)
	}
	return nil
}
