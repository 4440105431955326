package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/workflows/codec"
)

// passkeyResult is one evidence's verdict, for --json.
type passkeyResult struct {
	File string           `json:"file"`
	OK   bool             `json:"ok"`
	Code passkey.Code     `json:"code,omitempty"`
	Text string           `json:"text,omitempty"`
	Of   passkey.Evidence `json:"evidence"`
}

// passkey verifies what a person's passkey signed (semantics 4): nothing of the service is asked, and no key but the
// public ones that the company published.
func (t *tool) passkey() *cobra.Command {
	var keys string
	var w passkey.Want
	c := &cobra.Command{
		Use: "passkey FILE", Short: "Verify a passkey's signature offline (离线核验通行密钥签名)", Args: cobra.ExactArgs(1),
		Long: `Verify that a person's passkey signed a matter, from the evidence that was kept of it.

What it must be about is named by you, from elsewhere: the person's and the agreement's id, and the digest of the
agreement's text, as its document's evidence page shows them. The published proof keys (qunbei keys public) say that the
passkey was enrolled by this person.`,
		RunE: func(_ *cobra.Command, files []string) error {
			if keys == "" || w.Digest == "" || w.Person == "" || w.Subject == "" {
				return errors.New("--proof-keys, --person, --agreement and --digest are needed: the evidence's own word for them proves nothing")
			}
			text, err := readFile(keys)
			if err != nil {
				return err
			}
			v, err := codec.ParsePublicKeys(text)
			if err != nil {
				return err
			}
			w.Purpose, w.Enrolled = passkey.SignNDA, v.Verify
			raw, err := readFile(files[0])
			if err != nil {
				return err
			}
			r := passkeyResult{File: files[0]}
			if r.Of, err = passkey.Parse(raw); err == nil {
				err = passkey.Verify(r.Of, w)
			}
			var f *passkey.Fault
			if errors.As(err, &f) {
				r.Code, r.Text = f.Code, f.Text
			} else if err != nil {
				return fmt.Errorf("verify %s: %w", files[0], err)
			}
			r.OK = err == nil
			if t.json {
				if err := t.writeJSON(r); err != nil {
					return err
				}
			} else if r.OK {
				t.printf("%s: %s\n", r.File, t.word("ok"))
			} else {
				t.printf("%s: %s: %s\n", r.File, t.word("not_ok"), f)
			}
			if !r.OK {
				return errDiffers
			}
			return nil
		},
	}
	c.Flags().StringVar(&keys, "proof-keys", "", "file with the published proof keys")
	c.Flags().StringVar(&w.Person, "person", "", "id of the person")
	c.Flags().StringVar(&w.Subject, "agreement", "", "id of the agreement")
	c.Flags().StringVar(&w.Digest, "digest", "", "digest of the agreement's text")
	c.Flags().StringVar(&w.Site, "site", "", "host name of the service, if you know it")
	c.Flags().StringArrayVar(&w.Origins, "origin", nil, "address of the service's pages, if you know it")
	return c
}
