// Command qunbei-audit is the auditor's own tool: it replays, verifies and compares cases and groups, online or from a
// bundle, with code of its own choosing. It links neither the database nor the web framework.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses, for scripts.
const (
	exitOK      = 0 // everything agrees
	exitDiffers = 1 // something does not: the output names it
	exitUsage   = 2 // nothing could be said: wrong usage, no key, no answer
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// errDiffers ends a command whose output has named what is wrong.
var errDiffers = errors.New("something differs")

// tool is one invocation.
type tool struct {
	env  func(string) string
	out  io.Writer
	lang string
	json bool
}

func run(ctx context.Context, args []string, env func(string) string, out, errs io.Writer) int {
	t := &tool{env: env, out: out}
	root := &cobra.Command{
		Use: "qunbei-audit", Short: "Verify what Qunbei recorded (群备审计)", SilenceErrors: true, SilenceUsage: true,
		Long: `Verify what Qunbei recorded, without trusting those who run it (群备审计：不依赖运维方，独立核验).

Exit status: 0 everything agrees, 1 something differs, 2 nothing could be said.`,
		PersistentPreRunE: func(*cobra.Command, []string) error { return t.chooseLanguage() },
	}
	root.PersistentFlags().StringVar(&t.lang, "lang", "", "zh-CN or en (default: by LANG)")
	root.PersistentFlags().BoolVar(&t.json, "json", false, "answer in JSON")
	root.AddCommand(t.verify(), t.show(), t.replay(), t.export(), t.passkey())
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitOK
	case errors.Is(err, errDiffers):
		return exitDiffers
	default:
		_, _ = fmt.Fprintln(errs, "qunbei-audit:", err)
		return exitUsage
	}
}

func (t *tool) chooseLanguage() error {
	switch t.lang {
	case "zh-CN", "en":
	case "":
		t.lang = "en"
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			if v := t.env(name); v != "" {
				if strings.HasPrefix(v, "zh") {
					t.lang = "zh-CN"
				}
				break
			}
		}
	default:
		return fmt.Errorf("--lang is %q: choose zh-CN or en", t.lang)
	}
	return nil
}

func (t *tool) printf(format string, args ...any) { _, _ = fmt.Fprintf(t.out, format, args...) }
