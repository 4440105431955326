package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/extract"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/screening"
)

// errFound makes the exit status 1 without a message: something was found, which is no fault of the program's.
var errFound = errors.New("found")

// errScreen makes the exit status 2.
type errScreen struct{ error }

// screened is what --json prints for a file, one line each. It quotes nothing of the file but in desensitised.
type screened struct {
	File      string              `json:"file"`
	Class     domain.Class        `json:"class"`
	Opaque    string              `json:"cannot_be_screened,omitempty"` // why the file, or a part of it, could not be read
	Truncated bool                `json:"truncated,omitempty"`
	Findings  []screening.Finding `json:"findings"`
	Clean     string              `json:"desensitised,omitempty"`
}

// screenCommand screens files as drafts of posts are screened, for scripts and other tools.
func screenCommand() *cobra.Command {
	var asJSON, clean bool
	var rules string
	cmd := &cobra.Command{
		Use: "screen FILE…", Short: "Find what must not be posted in texts and documents",
		Long: `Find in texts, .docx, .xlsx and .pdf files what must not be posted as it stands, by the rules of a policy file (the default
one without --policy). "-" is standard input. No file is changed, nothing is stored.

Exit status: 0 nothing was found, 1 something was found or a file cannot be screened, 2 a fault.`,
		Args: func(c *cobra.Command, args []string) error {
			if err := cobra.MinimumNArgs(1)(c, args); err != nil {
				return errScreen{err}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			raw := defaultpolicy.Policy
			if rules != "" {
				var err error
				if raw, err = os.ReadFile(rules); err != nil {
					return errScreen{fmt.Errorf("the policy cannot be read: %w", err)}
				}
			}
			p, err := policy.Parse(raw)
			if err != nil {
				return errScreen{err}
			}
			found := false
			for _, name := range args {
				s, text, err := screenFile(p.Screener(), c.InOrStdin(), name, clean)
				if err != nil {
					return errScreen{fmt.Errorf("%s: %w", name, err)}
				}
				found = found || len(s.Findings) > 0 || s.Opaque != "" || s.Truncated
				if err := tell(c.OutOrStdout(), s, text, asJSON, clean); err != nil {
					return errScreen{err}
				}
			}
			if found {
				return errFound
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one line of JSON for each file")
	cmd.Flags().BoolVar(&clean, "desensitise", false, "print the text without what was found")
	cmd.Flags().StringVar(&rules, "policy", "", "a policy file, for its section screening")
	return cmd
}

func screenFile(sc *screening.Screener, in io.Reader, name string, clean bool) (screened, string, error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return screened{}, "", err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, extract.MaxFile+1))
	if err != nil {
		return screened{}, "", err
	}
	doc := extract.Text(name, raw)
	r, err := sc.Screen(doc.Text)
	if err != nil {
		return screened{}, "", err
	}
	s := screened{File: name, Class: r.Class, Opaque: string(doc.Opaque), Truncated: r.Truncated, Findings: r.Findings}
	if doc.Opaque != "" { // what nobody looked through is never general
		s.Class = s.Class.Higher(domain.ClassBusiness)
	}
	if clean && !r.Truncated {
		c, err := sc.Desensitise(doc.Text, r, screening.Options{Key: []byte("a preview: these hashes stand for nothing elsewhere")})
		if err != nil {
			return screened{}, "", err
		}
		s.Clean = c.Text
	}
	return s, doc.Text, nil
}

func tell(w io.Writer, s screened, text string, asJSON, clean bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(s)
	}
	if clean {
		_, err := fmt.Fprint(w, s.Clean)
		return err
	}
	if s.Opaque != "" {
		if _, err := fmt.Fprintf(w, "%s: cannot be screened (%s)\n", s.File, s.Opaque); err != nil {
			return err
		}
	}
	line, column, at := 1, 1, 0
	for _, f := range s.Findings {
		for at < f.Start {
			r, n := utf8.DecodeRuneInString(text[at:])
			if column++; r == '\n' {
				line, column = line+1, 1
			}
			at += n
		}
		if _, err := fmt.Fprintf(w, "%s:%d:%d: %s, %s (%d %%): %s\n", s.File, line, column, f.Kind, f.Class, f.Score, f.Explain().EN); err != nil {
			return err
		}
	}
	return nil
}
