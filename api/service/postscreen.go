package service

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/extract"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/screening"
)

// fieldMark stands between the fields of a post while they are screened as one text, so that a value has one token wherever
// it stands. Nobody can write it: it is taken out of what comes in.
const fieldMark = "␞"

// postFields are the fields that are posted, in the order in which they are screened.
var postFields = []string{"subject", "text", "source", "application", "demands"}

func fieldsOf(c *domain.PostContent) []*string {
	return []*string{&c.Subject, &c.Text, &c.Source, &c.Application, &c.Demands}
}

// screened is what screening makes of a version of a post.
type screenedPost struct {
	class    domain.Class
	findings []PostFinding
	clean    domain.PostContent
}

// open tells which findings still want a security officer's word, and which may not stay.
func (x *screenedPost) open() (asked, refused []PostFinding) {
	for _, f := range x.findings {
		switch {
		case f.Exempt == "asked", f.Needs && f.Exempt == "":
			asked = append(asked, f)
		case f.Needs && f.Exempt == "refused":
			refused = append(refused, f)
		}
	}
	return asked, refused
}

// screenPost screens a version of a post, desensitises it, and screens what comes out once more (semantics 3). What a security
// officer exempted stays as it is. files are the attachments as they are read; what is opaque, or has a part that is, cannot be screened
// and is never posted as general. A file is not rewritten: what is found in it is exempted, or the file is taken out.
func screenPost(pol *policy.Policy, p domain.Post, c domain.PostContent, asked []string, files []extract.Document) (*screenedPost, error) {
	s := screenerOf(pol)
	out := &screenedPost{class: domain.ClassGeneral, findings: []PostFinding{}, clean: c}
	var parts []string
	for _, f := range fieldsOf(&c) {
		parts = append(parts, *f)
	}
	whole := strings.Join(parts, "\n"+fieldMark+"\n")
	found, err := s.Screen(whole)
	if err != nil {
		return nil, fmt.Errorf("screen a post: %w", err)
	}
	out.class = out.class.Higher(found.Class)
	wants := map[string]bool{}
	for _, id := range asked {
		wants[id] = true
	}
	exempt, values := map[int]bool{}, map[string]bool{}
	for i, f := range found.Findings {
		v := out.add(p, wants, parts, "", f)
		if v.Exempt == "granted" {
			exempt[i] = true
			values[plainValue(f.Text(whole))] = true
		}
	}
	clean, err := s.Desensitise(whole, found, screening.Options{Exempt: exempt, Key: []byte("post:" + p.ID + ":" + p.Number)})
	if err != nil {
		return nil, err
	}
	left := strings.Split(clean.Text, "\n"+fieldMark+"\n")
	if len(left) != len(parts) {
		return nil, fmt.Errorf("desensitise a post: %d fields became %d", len(parts), len(left))
	}
	out.clean.Attachments = c.Attachments
	for i, f := range fieldsOf(&out.clean) {
		*f = left[i]
	}
	for _, f := range clean.Remaining.Findings {
		if values[plainValue(f.Text(clean.Text))] {
			continue
		}
		out.add(p, wants, left, "~", f)
	}
	for i := range c.Attachments {
		if files[i].Opaque != "" {
			out.class = out.class.Higher(domain.ClassBusiness)
		}
		in, err := s.Screen(files[i].Text)
		if err != nil {
			return nil, fmt.Errorf("screen an attachment: %w", err)
		}
		out.class = out.class.Higher(in.Class)
		for _, f := range in.Findings {
			v := finding(fmt.Sprintf("files[%d]", i), "", f)
			v.Start, v.End, v.Needs = f.UTF16Start, f.UTF16End, true
			out.put(p, wants, v)
		}
	}
	return out, nil
}

// add notes a finding in the field where it stands.
func (x *screenedPost) add(p domain.Post, wants map[string]bool, parts []string, prefix string, f screening.Finding) PostFinding {
	from, field := 0, 0
	for i, part := range parts {
		n := units(part)
		if field = i; f.UTF16Start < from+n+1 {
			break
		}
		from += n + 2 + units(fieldMark)
	}
	v := finding(postFields[field], prefix, f)
	v.Start, v.End = f.UTF16Start-from, f.UTF16End-from
	v.Left, v.Needs = prefix != "", prefix != ""
	return x.put(p, wants, v)
}

func (x *screenedPost) put(p domain.Post, wants map[string]bool, v PostFinding) PostFinding {
	v.ID = fmt.Sprintf("%s%s.%d.%d.%s", v.ID, v.Field, v.Start, v.End, v.Kind)
	switch e := p.ExemptedIn(v.ID); {
	case e != nil && e.Granted:
		v.Exempt = "granted"
	case e != nil:
		v.Exempt = "refused"
	case wants[v.ID]:
		v.Exempt = "asked"
	}
	x.findings = append(x.findings, v)
	return v
}

func finding(field, prefix string, f screening.Finding) PostFinding {
	return PostFinding{ID: prefix, Field: field, Kind: string(f.Kind), Label: f.Kind.Label(), Why: f.Explain(), Class: f.Class, Score: f.Score}
}

// plainValue is a value without blanks: what was exempted once is the same wherever it stands.
func plainValue(s string) string { return strings.Join(strings.Fields(s), "") }

// units counts the units of UTF-16 in s, as browsers do.
func units(s string) (n int) {
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
