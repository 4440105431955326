package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of a policy's parts.
const (
	maxRoutes        = 50
	maxSteps         = 10
	maxWho           = 20
	maxBlocked       = 500
	maxBlockedRunes  = 20
	maxLabel         = 60
	maxWhy           = 300
	maxDeadlineHours = 60 * 24 // of working time: more than half a year
	minDeadline      = 30      // minutes
)

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// Parse reads and checks a policy file. The error is a *FileError with every defect's line, column and remedy.
func Parse(data []byte) (*Policy, error) {
	p, err := (&reader{}).policy(data)
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	return p, nil
}

func (r *reader) policy(data []byte) (*Policy, error) {
	root := r.load(data)
	if err := r.err(); err != nil {
		return nil, err
	}
	f := r.object(root, "", []string{"version", "title", "working_day", "max_life_days", "platforms", "types", "names", "tiers", "steps", "routes"},
		[]string{"units", "approval", "life", "changes", "nda", "training", "outsiders", "inactive", "screening", "publication"})
	p := &Policy{
		Version: versionOf(r.version(f["version"]), data),
		Title:   r.label(f["title"], "title", maxLabel),
		MaxLife: r.integer(f["max_life_days"], "max_life_days", 1, 3660),
		Life:    DefaultLife(),
	}
	day := 0
	if n := f["working_day"]; n != nil {
		day = r.duration(n, "working_day", 24*60, 0)
	}
	r.platforms(p, f["platforms"])
	r.types(p, f["types"])
	r.names(p, f["names"])
	r.tiers(p, f["tiers"])
	r.unitKinds(p, f["units"])
	p.day = max(day, 1)
	p.steps = r.steps(f["steps"], p.day)
	r.routes(p, f["routes"])
	r.changesList(p, f["changes"])
	r.approval(p, f["approval"])
	r.life(p, f["life"])
	r.clearance(p, f)
	r.screening(p, f["screening"])
	r.publication(p, f["publication"])
	r.unused(p, f["steps"])
	if len(r.defects) == 0 {
		r.reach(p, f["steps"], f["routes"], f["changes"])
	}
	if len(r.defects) == 0 {
		r.nameable(p, f["names"])
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

var durationForm = regexp.MustCompile(`^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$`)

// duration reads working time in minutes: "2d", "4h", "1d4h", "90m". day is what a "d" counts; 0 where it may not stand.
func (r *reader) duration(n *yaml.Node, path string, most, day int) int {
	v := r.text(n, path, 20)
	if v == "" {
		return 0
	}
	m := durationForm.FindStringSubmatch(v)
	if m == nil || (m[1] != "" && day == 0) {
		code := "not_working_time"
		if day == 0 {
			code = "not_working_day"
		}
		r.bad(n, path, code, "value", quote(v, 20))
		return 0
	}
	num := func(s string) int { i, _ := strconv.Atoi(s); return i }
	total := num(m[1])*day + num(m[2])*60 + num(m[3])
	if total < minDeadline || total > most {
		r.bad(n, path, "working_time_range", "max", most/60)
		return 0
	}
	return total
}

func (r *reader) platforms(p *Policy, n *yaml.Node) {
	for i, pn := range r.list(n, "platforms", 20) {
		path := at("platforms", i)
		f := r.object(pn, path, []string{"kind", "label"}, nil)
		kind := r.key(f["kind"], join(path, "kind"))
		if slices.ContainsFunc(p.Platforms, func(o Platform) bool { return o.Kind == kind }) {
			r.bad(f["kind"], join(path, "kind"), "platform_twice", "value", quote(kind, 40))
		}
		p.Platforms = append(p.Platforms, Platform{Kind: kind, Label: r.label(f["label"], join(path, "label"), maxLabel)})
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.bad(n, "platforms", "no_platform")
	}
}

func (r *reader) key(n *yaml.Node, path string) string {
	v := r.text(n, path, 32)
	if v != "" && !keyForm.MatchString(v) {
		r.bad(n, path, "not_a_key", "value", quote(v, 32))
		return ""
	}
	return v
}

func (r *reader) types(p *Policy, n *yaml.Node) {
	var required []string
	for _, t := range domain.GroupTypes {
		required = append(required, string(t))
	}
	f := r.object(n, "types", required, nil)
	for _, t := range domain.GroupTypes {
		path := join("types", string(t))
		tf := r.object(f[string(t)], path, []string{"label", "patterns"}, nil)
		rule := TypeRule{Type: t, Label: r.label(tf["label"], join(path, "label"), maxLabel)}
		patterns := r.list(tf["patterns"], join(path, "patterns"), 10)
		for i, pn := range patterns {
			pp := at(join(path, "patterns"), i)
			text := r.text(pn, pp, 100)
			if text == "" {
				continue
			}
			pat, err := parsePattern(text)
			if err != nil {
				r.wrong(pn, pp, err)
				continue
			}
			rule.Patterns, rule.patterns = append(rule.Patterns, text), append(rule.patterns, pat)
		}
		if pn := tf["patterns"]; pn != nil && pn.Kind == yaml.SequenceNode && len(pn.Content) == 0 {
			r.bad(pn, join(path, "patterns"), "no_pattern")
		}
		p.Types = append(p.Types, rule)
	}
}

func (r *reader) names(p *Policy, n *yaml.Node) {
	f := r.object(n, "names", []string{"max_length", "blocked"}, nil)
	p.MaxName = r.integer(f["max_length"], "names.max_length", minMaxName, domain.MaxNameRunes)
	for i, b := range r.list(f["blocked"], "names.blocked", maxBlocked) {
		path := at("names.blocked", i)
		word := r.text(b, path, maxBlockedRunes)
		if word == "" {
			continue
		}
		bw := newBlockedWord(word)
		if bw.key == "" {
			r.bad(b, path, "word_without_letters")
			continue
		}
		p.Blocked, p.blocked = append(p.Blocked, word), append(p.blocked, bw)
	}
}

// nameable makes sure that a valid suggestion exists for every type, whatever was blocked.
func (r *reader) nameable(p *Policy, n *yaml.Node) {
	for _, t := range p.Types {
		ctx := NameContext{Type: t.Type, Departments: []string{"部门"}}
		if len(p.CheckName(p.SuggestName("", ctx, nil), ctx)) > 0 {
			r.bad(n, "names.blocked", "nothing_nameable", "type", t.Type)
		}
	}
}

func (r *reader) tiers(p *Policy, n *yaml.Node) {
	var required []string
	for _, t := range domain.Tiers {
		required = append(required, string(t))
	}
	f := r.object(n, "tiers", required, nil)
	for i, t := range domain.Tiers {
		path := join("tiers", string(t))
		tn := f[string(t)]
		tf := r.object(tn, path, []string{"label", "ceiling", "default"}, nil)
		rule := TierRule{
			Tier: t, Label: r.label(tf["label"], join(path, "label"), maxLabel),
			Ceiling: r.permissions(tf["ceiling"], join(path, "ceiling")),
			Default: r.permissions(tf["default"], join(path, "default")),
		}
		if l := rule.Default.Looser(rule.Ceiling); len(l) > 0 {
			r.bad(tf["default"], join(path, "default"), "looser_than_ceiling", "permissions", strings.Join(l, ", "))
		}
		if i > 0 {
			if l := rule.Ceiling.Looser(p.Tiers[i-1].Ceiling); len(l) > 0 {
				r.bad(tf["ceiling"], join(path, "ceiling"), "looser_than_lower_tier", "tier", domain.Tiers[i-1], "permissions", strings.Join(l, ", "))
			}
		}
		p.Tiers = append(p.Tiers, rule)
	}
}

func (r *reader) permissions(n *yaml.Node, path string) domain.Permissions {
	f := r.object(n, path, []string{"invite_outsiders", "anonymous_speech", "see_contacts", "posting", "join_by_review"}, nil)
	return domain.Permissions{
		InviteOutsiders: r.boolean(f["invite_outsiders"], join(path, "invite_outsiders")),
		AnonymousSpeech: r.boolean(f["anonymous_speech"], join(path, "anonymous_speech")),
		SeeContacts:     r.boolean(f["see_contacts"], join(path, "see_contacts")),
		Posting:         domain.PostingWho(r.oneOf(f["posting"], join(path, "posting"), string(domain.PostAdmins), string(domain.PostMembers))),
		JoinByReview:    r.boolean(f["join_by_review"], join(path, "join_by_review")),
	}
}
