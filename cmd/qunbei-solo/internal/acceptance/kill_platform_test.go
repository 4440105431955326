package acceptance

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// platformBoundaries are the moments of a group's life at which the program meets its chat platform or tells the group of
// what was approved. Those marked are also part of make test; QUNBEI_PROVE=1 is all of them.
func platformBoundaries() (all []string, always map[string]bool) {
	around := func(what string, words ...string) {
		for _, w := range words {
			all = append(all, what+"."+w)
		}
	}
	around("card", "before_call", "after_call", "before_replace", "after_replace")
	around("provision", "before_call", "after_call", "after_receipt")
	for _, op := range []string{"invite", "remove", "freeze", "unfreeze", "permissions", "archive", "restore", "delete"} {
		around("op."+op, "before_call", "after_call", "after_receipt")
	}
	around("apply_change", "before_call", "after_call")
	around("revoke_case", "before_call", "after_call")
	return all, map[string]bool{"provision.after_call": true, "op.remove.after_call": true}
}

// TestKilledBesideAPlatform kills qunbei-solo with -9 around each call of a chat platform that a group's life takes, starts
// it again, and then asks the platform itself: there is one room, with the right people in it, and every case has ended.
func TestKilledBesideAPlatform(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and starts the whole program many times")
	}
	server, data := homeserver(t), testenv.Folder(t)
	all, always := platformBoundaries()
	for n, name := range all {
		if !always[name] && os.Getenv("QUNBEI_PROVE") == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := beside(t, server, data, 100+n)
			s.kill = name
			s.start()
			s.life()
			if !s.hit {
				t.Fatalf("the boundary %s was never reached", name)
			}
			s.stop()
		})
	}
}

// TestKilledAtEveryStepOfProvisioning kills the program at each single request of making a group, before the platform does
// it and after: what the first attempt left half made is completed, never made a second time.
func TestKilledAtEveryStepOfProvisioning(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and starts the whole program many times")
	}
	server, data := homeserver(t), testenv.Folder(t)
	for n, skip := 200, 0; ; skip++ {
		for _, done := range []bool{false, true} {
			if os.Getenv("QUNBEI_PROVE") == "" && (skip != 3 || !done) { // one of them: half the people are in
				continue
			}
			reached := t.Run(fmt.Sprintf("request %d, done %v", skip+1, done), func(t *testing.T) {
				s := beside(t, server, data, n)
				s.start()
				s.file()
				server.Inject(matrixtest.Fault{Writes: true, Skip: skip, Times: 1, Lose: done, Cut: !done, Then: func() {
					s.shot.Store(true)
					_ = s.cmd.Process.Signal(syscall.SIGKILL)
					<-s.ended
				}})
				s.provisioned()
				server.Heal()
				if s.hit {
					s.inRoom("E0037", "E0038", "E0041")
				}
				s.stop()
				if !s.hit && skip < 8 {
					t.Errorf("making a group takes %d requests", skip)
				}
			})
			if n++; !reached {
				return
			}
		}
		if skip == 8 { // the room, three people asked and joined, and the room marked as complete
			return
		}
	}
}
