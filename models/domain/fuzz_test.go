package domain

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
)

// FuzzDecide throws any act at any moment of a random case, on any facts: Decide answers it, changes nothing it was
// given, and gives the same act the same answer again.
func FuzzDecide(f *testing.F) {
	f.Add(uint64(1), 3, `{"id":"x","kind":"decide","actor":"p1","outcome":"approve","digest":"sha256:m"}`, `{"active":true,"proof":true}`)
	f.Add(uint64(2), 9, `{"id":"y","kind":"add_signers","mode":"after","to":["p1","p1",""],"outcome":"approve","digest":"sha256:m","for":"p2"}`,
		`{"active":true,"proof":true,"chain":[{"from":"p2","to":"p1"}],"people":[{"id":"p1","active":true}],"openings":[{"step":0,"due":{}}]}`)
	f.Add(uint64(3), 0, `{"id":"z","kind":"return","actor":"p3","step":-7,"comment":{}}`, `{"active":true,"proof":true,"openings":[{"step":-1,"due":{}},{"step":99}]}`)
	f.Add(uint64(4), 5, `{"id":"z","kind":"resubmit","actor":"p3","material":{"object":"o","digest":"d"}}`,
		`{"active":true,"proof":true,"plan":{"steps":[{"kind":"quorum","need":-1,"minima":[{"class":"","need":2147483647}]}]}}`)
	f.Add(uint64(5), 5, `{"id":"z","kind":"directory_changed"}`, `{"openings":[{"step":0,"resolution":{"slots":[{"person":""},{"person":"p1","keys":["a","a"]}],"unresolved":["threshold","a"]},"replaced":[{"person":"p1","by":"p1"}]}]}`)
	f.Add(uint64(6), 5, `{"id":"z","kind":"assign","to":["p4"],"comment":{}}`, `{"roles":["process_admin"],"proof":true,"active":true,"people":[{"id":"p4","active":true}]}`)
	f.Fuzz(func(t *testing.T, seed uint64, steps int, act, facts string) {
		var a Act
		var fs Facts
		if json.Unmarshal([]byte(act), &a) != nil || json.Unmarshal([]byte(facts), &fs) != nil {
			return
		}
		r := &run{t: t, seed: seed, w: newWorld(rand.New(rand.NewPCG(seed, 3))), at: t0, settled: map[string]Slot{}, due: map[string]time.Time{}, acts: map[string]int{}}
		r.start()
		for range min(max(steps, 0), 30) {
			r.do(r.w.act(&r.c))
		}
		before := StateDigest(r.c)
		after, v := Decide(r.c, a, fs)
		if StateDigest(r.c) != before {
			t.Fatal("Decide changed the state it was given")
		}
		if v.Need != nil {
			fs.Learn(r.c, *v.Need, r.w.dir, r.w.cal)
			if fs.Plan == nil && v.Need.Plan {
				p := r.w.plan()
				fs.Plan = &p
			}
			after, v = Decide(r.c, a, fs)
		}
		if v.Need == nil {
			again, twice := Decide(after, a, fs)
			if twice.Result != Duplicate || StateDigest(again) != StateDigest(after) {
				t.Fatalf("again: %+v", twice)
			}
			after.NextWake()
		}
	})
}
