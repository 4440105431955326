package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/replay"
)

// maxFile bounds what is read into memory: the engine's limit is 50 MiB a run.
const maxFile = 512 << 20

// keyFlags say with which keys to read.
type keyFlags struct{ keys, namespace, proofKeys string }

func (k *keyFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&k.keys, "keys", "", "folder with the company's keyring.json (required: histories are encrypted)")
	c.Flags().StringVar(&k.namespace, "namespace", "default", "the engine's namespace, for a bare history; a bundle names its own")
	c.Flags().StringVar(&k.proofKeys, "proof-keys", "", "file with the published proof keys, to trust these instead of the keyring's")
}

func (k *keyFlags) open(env func(string) string) (*codec.Keyring, *codec.Verifier, error) {
	if k.keys == "" {
		return nil, nil, errors.New("--keys is missing: name the folder that holds the company's keyring.json")
	}
	kek, err := codec.KEKFromEnv(env)
	if err != nil {
		return nil, nil, err
	}
	ring, err := codec.LoadFile(filepath.Join(k.keys, codec.KeyringFile), kek)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no %s in %s: name the folder that holds it with --keys", codec.KeyringFile, k.keys)
	}
	if err != nil {
		return nil, nil, err
	}
	if k.proofKeys == "" {
		return ring, nil, nil
	}
	text, err := readFile(k.proofKeys)
	if err != nil {
		return nil, nil, err
	}
	v, err := codec.ParsePublicKeys(text)
	if err != nil {
		return nil, nil, err
	}
	return ring, &v, nil
}

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("read %s: it is no file of at most 512 MiB", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return b, nil
}

// result is one file's verdict, for --json.
type result struct {
	File    string        `json:"file"`
	OK      bool          `json:"ok"`
	Failure *replay.Fault `json:"failure,omitempty"`
	replay.Report
	Build string `json:"build"`
}

func (t *tool) verify() *cobra.Command {
	var k keyFlags
	c := &cobra.Command{
		Use: "verify FILE...", Short: "Verify bundles or histories offline (离线核验)", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			ring, verifier, err := k.open(t.env)
			if err != nil {
				return err
			}
			var results []result
			wrong, blind := false, false
			for _, name := range files {
				text, err := readFile(name)
				if err != nil {
					return err
				}
				b, err := replay.ParseBundle(text, k.namespace)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				ctx, cancel := context.WithTimeout(c.Context(), 5*time.Minute)
				r := b.Check(ctx, ring, verifier)
				cancel()
				f := r.Failure()
				blind = blind || (f != nil && f.Code == replay.CodeKeyUnknown)
				wrong = wrong || !r.OK()
				results = append(results, result{File: name, OK: r.OK(), Failure: f, Report: r, Build: replay.Build()})
				if !t.json {
					t.tell(name, r)
				}
			}
			if t.json {
				if err := t.writeJSON(results); err != nil {
					return err
				}
			}
			switch {
			case blind:
				return errors.New(t.word("no_key"))
			case wrong:
				return errDiffers
			}
			return nil
		},
	}
	k.add(c)
	return c
}

// tell says a verdict in words.
func (t *tool) tell(name string, r replay.Report) {
	mark := func(ok bool, code string) {
		sign := "✓"
		if !ok {
			sign = "✗"
		}
		t.printf("  %s %s\n", sign, t.word(code))
	}
	t.printf("%s: %s\n", name, r.Workflow)
	mark(r.Complete, "complete")
	mark(r.Replayed, "replayed")
	mark(r.Recomputed, "recomputed")
	t.printf("  %s: %d · %s: %d · %s: %d\n", t.word("events"), r.Events, t.word("acts"), len(r.Acts), t.word("proofs"), r.Proofs)
	switch {
	case !r.Compared:
		t.printf("  – %s\n", t.word("no_rows"))
	default:
		mark(len(r.Differences) == 0, "rows")
	}
	if r.Shredded {
		t.printf("  – %s\n", t.word("shredded"))
	}
	for _, f := range r.Faults {
		t.printf("  ! %s (%s", t.word("fault."+string(f.Code)), f.Code)
		if f.Event > 0 {
			t.printf(", %s %d", t.word("event"), f.Event)
		}
		t.printf("): %s\n", f.Detail)
	}
	for _, d := range r.Differences {
		t.printf("  ! %s.%s [%s]\n      %s: %s\n      %s: %s\n", d.Table, d.Column, d.Key, t.word("stored"), d.Stored, t.word("follows"), d.Replay)
	}
	verdict := "ok"
	if !r.OK() {
		verdict = "not_ok"
	}
	t.printf("  → %s\n", t.word(verdict))
}

func (t *tool) writeJSON(v any) error {
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// show prints a history event by event.
func (t *tool) show() *cobra.Command {
	var k keyFlags
	var states bool
	c := &cobra.Command{
		Use: "show FILE", Short: "Read a history event by event, with --states step through it (逐步回看)", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			ring, verifier, err := k.open(t.env)
			if err != nil {
				return err
			}
			text, err := readFile(files[0])
			if err != nil {
				return err
			}
			b, err := replay.ParseBundle(text, k.namespace)
			if err != nil {
				return fmt.Errorf("%s: %w", files[0], err)
			}
			events, err := b.Events(ring, verifier)
			if err != nil {
				return fmt.Errorf("%s: %w", files[0], err)
			}
			if !states {
				for i := range events {
					events[i].State = nil
				}
			}
			if t.json {
				return t.writeJSON(events)
			}
			for _, e := range events {
				t.printf("%4d  %s  %-26s %s\n", e.ID, e.Time.Format(time.RFC3339), e.Summary, e.Type)
				for _, v := range []any{e.Detail, e.State} {
					if v != nil {
						line, err := json.Marshal(v)
						if err != nil {
							return fmt.Errorf("write event %d: %w", e.ID, err)
						}
						t.printf("      %s\n", line)
					}
				}
			}
			return nil
		},
	}
	k.add(c)
	c.Flags().BoolVar(&states, "states", false, "the state after each event that changed it")
	return c
}
