package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// solo times the starts of qunbei-solo, the first and the second on the same folder, runs cases through it, and weighs
// all its processes.
func solo(ctx context.Context, o options) error {
	dir, err := folder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	st := &stack{dir: dir, base: "http://" + addr}
	first, cmd, err := startSolo(ctx, st, addr)
	if err != nil {
		return err
	}
	empty := weigh(cmd.Process.Pid)
	if err := stopSolo(cmd); err != nil {
		return err
	}
	second, cmd, err := startSolo(ctx, st, addr)
	if err != nil {
		return err
	}
	defer func() { _ = stopSolo(cmd) }()
	u, err := connect(ctx, st, o.clients)
	if err != nil {
		return err
	}
	began := time.Now()
	var left, failed atomic.Int64
	left.Store(int64(o.solo))
	var wg sync.WaitGroup
	for range o.clients / 3 {
		wg.Go(func() {
			for n := left.Add(-1); n >= 0 && ctx.Err() == nil; n = left.Add(-1) {
				if err := u.one(ctx); err != nil {
					log.Printf("a case: %v", err)
					failed.Add(1)
				}
				if n%1000 == 0 {
					log.Printf("%d cases to go", n)
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	peak := weigh(cmd.Process.Pid)
	time.Sleep(30 * time.Second) // what follows the cases: births, mail, exports
	full := weigh(cmd.Process.Pid)
	var b strings.Builder
	fmt.Fprintf(&b, "# qunbei-solo: starts and weight\n\n%s, %d cores, %s. Command: `make bench ARGS='-solo %d'`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(), o.solo)
	fmt.Fprintf(&b, "| what | figure | asked |\n|---|---|---|\n| first start, process to first page | %.1f s | under 10 s |\n| second start | %.1f s | under 5 s |\n", first.Seconds(), second.Seconds())
	fmt.Fprintf(&b, "| memory of all processes (PSS), demo company | %d MB | |\n| … right after %d cases (%d failed, %.0f s) | %d MB | under 700 MB |\n| … half a minute later | %d MB | under 700 MB |\n",
		empty>>10, o.solo, failed.Load(), took.Seconds(), peak>>10, full>>10)
	fmt.Print(b.String())
	if o.report != "" && o.report != "-" {
		return os.WriteFile(o.report, []byte(b.String()), 0o644)
	}
	return nil
}

func startSolo(ctx context.Context, st *stack, addr string) (time.Duration, *exec.Cmd, error) {
	began := time.Now()
	cmd := exec.CommandContext(ctx, enginePath(), "--data", filepath.Join(st.dir, "data"), "--listen", addr, "--temporal-port", "0", "--ui-port", "0")
	cmd.Env = append(os.Environ(), "QUNBEI_RATE_LIMIT=off")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	for time.Since(began) < time.Minute {
		if reach(ctx, http.DefaultClient, st.base+"/") == nil {
			return time.Since(began), cmd, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return 0, nil, fmt.Errorf("no page within a minute")
}

func stopSolo(cmd *exec.Cmd) error {
	_ = cmd.Process.Signal(os.Interrupt)
	return cmd.Wait()
}

// weigh is the proportional set size of a process and all below it, in kB.
func weigh(root int) int {
	family := map[int]bool{root: true}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for changed := true; changed; {
		changed = false
		for _, p := range stats {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(p)))
			if !family[pid] && family[parent(pid)] {
				family[pid], changed = true, true
			}
		}
	}
	total := 0
	for pid := range family {
		total += pss(pid)
	}
	return total
}

// pss is the proportional set size of one process, in kB.
func pss(pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "Pss:" {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	return 0
}
