package service

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Outsiders is how people from outside the company come into groups and sign in (semantics 2, R2.2.5).
type Outsiders interface {
	// AskOutsider asks, as the sponsor, that somebody from outside may come into a group until a day. An admin answers.
	AskOutsider(ctx context.Context, a Actor, groupID string, in OutsiderInput) (ActAnswer, error)
	// OutsidersOf lists who from outside has a place in a group, with sponsor and end, for those who may see the members.
	OutsidersOf(ctx context.Context, a Actor, groupID string) (OutsiderList, error)
	// AskOutsiderLink has a link mailed to whoever from outside has the address. It answers alike whoever that is, or nobody.
	AskOutsiderLink(ctx context.Context, address string) error
	// OutsiderLink tells whether a link still signs somebody in. It writes nothing: mail servers open every link.
	OutsiderLink(ctx context.Context, text string) (bool, error)
	// SignInOutsider spends a link on a session that sees its person's own places and nothing else.
	SignInOutsider(ctx context.Context, text, agent string) (secret string, a Actor, err error)
}

// OutsiderInput is somebody from outside as the sponsor names them. Phone may be empty.
type OutsiderInput struct {
	ID           string
	Name         string
	Organisation string
	Mail         string
	Phone        string
	EndsOn       string // the last day, YYYY-MM-DD
	Comment      string // why
}

// OutsiderView is somebody from outside in a group. Address and phone are for its admins, the sponsor and security.
type OutsiderView struct {
	Person       PersonRef          `json:"person"`
	Organisation string             `json:"organisation"`
	Mail         string             `json:"mail,omitempty"`
	Phone        string             `json:"phone,omitempty"`
	State        domain.MemberState `json:"state"`
	Sponsor      PersonRef          `json:"sponsor"`
	EndsOn       string             `json:"ends_on"`
	Ends         time.Time          `json:"ends"`
	Lost         *time.Time         `json:"lost,omitempty"`   // since when nobody answers for them
	Until        *time.Time         `json:"until,omitempty"`  // … and until when an admin can
	Longer       string             `json:"longer,omitempty"` // the last day of a longer stay that waits for an answer
	Asked        bool               `json:"asked"`            // an admin's answer is waited for
	Said         string             `json:"said,omitempty"`   // … and why the sponsor asks
	Mine         bool               `json:"mine"`             // the reader answers for them
	Review       bool               `json:"review"`           // the reader can answer what is asked
	Take         bool               `json:"take"`             // the reader can take over the sponsorship
}

// OutsiderList is who from outside is in a group, and whether and how long more may come.
type OutsiderList struct {
	Items  []OutsiderView `json:"items"`
	Barred domain.Reason  `json:"barred,omitempty"` // why nobody can be asked for now
	Rule   string         `json:"rule,omitempty"`   // … and which rule says so
	Days   int            `json:"days,omitempty"`   // the longest stay
	Latest string         `json:"latest,omitempty"` // the last day a stay asked for today may have
	Can    bool           `json:"can"`              // the reader may ask
}

// Bounds of what a sponsor writes.
const (
	outsiderName         = 60
	outsiderOrganisation = 100
	mailMost             = 254
)

var (
	phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{4,22}[0-9]$`)
	mailForm  = regexp.MustCompile(`^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`)
)

// plainMail is an address as it is compared: one and the same person has it in whatever letters. False: it is none, or one
// that only a few servers take.
func plainMail(address string) (string, bool) {
	address = strings.ToLower(strings.TrimSpace(address))
	if len(address) > mailMost || !mailForm.MatchString(address) {
		return "", false
	}
	a, err := mail.ParseAddress(address)
	return address, err == nil && a.Address == address
}

// mailKey is the keyed hash by which an address is found: the address itself is in no index and no outbox.
func (s *Service) mailKey(plain string) string {
	return fmt.Sprintf("%x", s.cfg.Keyring.KeyedHash("outsider_mail", []byte(plain)))
}

// line checks a text of one line.
func line(field, text string, most int) []domain.Fault {
	faults := domain.CheckText(field, text, most, true)
	if len(faults) == 0 && strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
		faults = append(faults, domain.Fault{Field: field, Code: "hidden_character", Params: map[string]string{"character": "line break"}})
	}
	return faults
}

// AskOutsider implements Outsiders. Nobody is put on record where the rules let nobody in.
func (s *Service) AskOutsider(ctx context.Context, a Actor, groupID string, in OutsiderInput) (ActAnswer, error) {
	row, err := s.lifeAtDoor(ctx, a, groupID, lifeRules[domain.GroupOutsider], "group."+string(domain.GroupOutsider))
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	in.Name, in.Organisation, in.Phone, in.EndsOn = strings.TrimSpace(in.Name), strings.TrimSpace(in.Organisation), strings.TrimSpace(in.Phone), strings.TrimSpace(in.EndsOn)
	plain, err := s.checkOutsider(ctx, row, in)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	act := GroupActInput{Kind: domain.GroupOutsider, ID: in.ID, EndsOn: in.EndsOn, Comment: in.Comment}
	key := s.mailKey(plain)
	if why, rule := domain.OutsidersBarred(row.Doc); why != "" {
		ans, err := outcome(ActAnswer{Result: domain.Refused, Reason: why})
		if e := AsError(err); e != nil && rule != "" {
			e.Params = map[string]string{"rule": rule}
			return ans, e
		}
		return ans, err
	}
	id, err := s.cfg.Store.PutOutsider(ctx, store.NewOutsider{Name: in.Name, Organisation: in.Organisation, Email: plain, Mobile: in.Phone, MailKey: key, By: a.ID})
	if err != nil {
		return ActAnswer{}, fail(fmt.Errorf("put somebody from outside on record: %w", err))
	}
	act.People = []string{string(id)}
	return s.ActOnGroup(ctx, a, groupID, act)
}

// checkOutsider checks what a sponsor wrote, and returns the address as it is compared.
func (s *Service) checkOutsider(ctx context.Context, row *store.GroupRec, in OutsiderInput) (string, error) {
	faults := slices.Concat(line("name", in.Name, outsiderName), line("organisation", in.Organisation, outsiderOrganisation),
		domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true))
	plain, ok := plainMail(in.Mail)
	dir, err := s.directory(ctx)
	switch {
	case err != nil:
		return "", err
	case strings.TrimSpace(in.Mail) == "":
		faults = append(faults, domain.Fault{Field: "mail", Code: "required"})
	case !ok:
		faults = append(faults, domain.Fault{Field: "mail", Code: "not_an_address", Params: map[string]string{"form": "name@example.com"}})
	default:
		for _, e := range dir.Employees {
			if e.Email != "" && strings.EqualFold(strings.TrimSpace(e.Email), plain) {
				faults = append(faults, domain.Fault{Field: "mail", Code: "employee_mail"})
				break
			}
		}
	}
	if in.Phone != "" && !phoneForm.MatchString(in.Phone) {
		faults = append(faults, domain.Fault{Field: "phone", Code: "not_a_phone", Params: map[string]string{"form": "+86 138 0013 8000"}})
	}
	more, err := s.checkStay(ctx, row, in.EndsOn)
	if err != nil {
		return "", err
	}
	if faults = append(faults, more...); len(faults) > 0 {
		return "", invalid(faults...)
	}
	return plain, nil
}

// checkStay says beforehand what the workflow would say about the end of a stay, at its field.
func (s *Service) checkStay(ctx context.Context, row *store.GroupRec, day string) ([]domain.Fault, error) {
	if day == "" {
		return []domain.Fault{{Field: "ends_on", Code: "required"}}, nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return []domain.Fault{{Field: "ends_on", Code: "not_a_date", Params: map[string]string{"form": "2027-06-30"}}}, nil //nolint:nilerr // told as a fault
	}
	if why, _ := domain.OutsidersBarred(row.Doc); why != "" {
		return nil, nil // says more than the day
	}
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the calendar: %w", err)
	}
	today := domain.Today(cal, s.now())
	switch latest := domain.LatestStay(row.Doc, today); {
	case day <= today:
		return []domain.Fault{{Field: "ends_on", Code: "end_in_past"}}, nil
	case day > latest:
		return []domain.Fault{{Field: "ends_on", Code: "stay_too_long", Params: map[string]string{
			"latest": latest, "max": strconv.Itoa(gateOf(row).Outsider.Days), "rule": domain.RuleOutsiders(row.Doc.Tier)}}}, nil
	}
	return nil, nil
}

// OutsidersOf implements Outsiders.
func (s *Service) OutsidersOf(ctx context.Context, a Actor, groupID string) (OutsiderList, error) {
	row, rel, dir, err := s.partOf(ctx, a, groupID, true)
	if err != nil {
		return OutsiderList{}, fail(err)
	}
	v, err := s.outsiderList(ctx, a, row, rel, dir)
	return v, fail(err)
}

func (s *Service) outsiderList(ctx context.Context, a Actor, row *store.GroupRec, rel []Relation, dir *domain.Directory) (OutsiderList, error) {
	out := OutsiderList{Items: []OutsiderView{}}
	if row.Doc.Life == nil {
		return out, nil
	}
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return out, fmt.Errorf("read the calendar: %w", err)
	}
	out.Barred, out.Rule = domain.OutsidersBarred(row.Doc)
	if out.Barred == "" {
		if !s.hasOutsiders(row.Doc.Platform) {
			out.Barred, out.Rule = domain.ReasonOutsidersGap, domain.CapabilityOutsiders
		}
	}
	gate := gateOf(row).Outsider
	if out.Barred == "" {
		out.Days, out.Latest = gate.Days, domain.LatestStay(row.Doc, domain.Today(cal, s.now()))
		out.Can = slices.Contains(rel, RelMember) || slices.Contains(rel, RelNamedAdmin)
	}
	var asking []domain.EmployeeID
	for _, x := range row.Doc.Life.Guests {
		asking = append(asking, x.Person)
	}
	said, err := s.sponsorWords(ctx, row, asking)
	if err != nil {
		return out, err
	}
	n, admin := names{dir}, slices.Contains(row.Doc.Admins, a.ID)
	for _, x := range row.Doc.Life.Guests {
		p, _ := dir.Outsider(x.Person)
		v := OutsiderView{Person: n.person(x.Person), Organisation: p.Organisation, State: x.State, Sponsor: n.person(x.Sponsor), EndsOn: x.EndsOn, Ends: x.Ends.UTC(),
			Asked: x.State == domain.MemberRequested || x.Longer != nil, Mine: x.Sponsor == a.ID && x.Lost.IsZero()}
		if admin || v.Mine || a.Has(domain.RoleSecurity) {
			v.Mail, v.Phone = p.Email, p.Mobile
		}
		if x.Longer != nil {
			v.Longer = x.Longer.EndsOn
		}
		if v.Asked {
			v.Said = said[x.Person]
		}
		if !x.Lost.IsZero() {
			v.Lost, v.Take = timeOf(x.Lost), admin
			for _, d := range row.Doc.Life.Dates {
				if d.Kind == domain.DateSponsorOver && slices.Contains(d.People, x.Person) {
					v.Until = timeOf(d.At)
				}
			}
		}
		v.Review = v.Asked && admin && x.Sponsor != a.ID
		out.Items = append(out.Items, v)
	}
	return out, nil
}

// hasOutsiders tells whether a platform can have people from outside; where people keep it by hand, they can.
func (s *Service) hasOutsiders(platform string) bool {
	conn, ok := s.cfg.Connectors[platform]
	if h, hand := conn.(chat.ByHander); !ok || (hand && h.ByHand()) {
		return true
	}
	return slices.Contains(conn.Can(), chat.CanOutside)
}

// sponsorWords opens the reasons that sponsors gave, by person; the newest counts.
func (s *Service) sponsorWords(ctx context.Context, row *store.GroupRec, people []domain.EmployeeID) (map[domain.EmployeeID]string, error) {
	out := map[domain.EmployeeID]string{}
	if len(people) == 0 || row.CaseID == "" {
		return out, nil
	}
	objects, err := s.cfg.Store.SponsorWords(ctx, row.ID, people)
	if err != nil {
		return out, err
	}
	var ids []string
	for _, o := range objects {
		ids = append(ids, o)
	}
	words, err := s.texts(ctx, row.CaseID, ids)
	for p, o := range objects {
		out[p] = words[o]
	}
	return out, err
}

// outsideNamed finds somebody from outside by id or number; false: nobody is.
func outsideNamed(dir *domain.Directory, who string) (domain.EmployeeID, bool) {
	if p, ok := dir.Outsider(domain.EmployeeID(who)); ok {
		return p.ID, true
	}
	return dir.OutsiderByNumber(strings.ToUpper(strings.TrimSpace(who)))
}

// mayCourse tells whether somebody may take a course: employees any, people from outside what their groups ask for.
func (s *Service) mayCourse(ctx context.Context, a Actor, course string) error {
	if !a.Outside {
		return nil
	}
	rows, err := s.cfg.Store.Places(ctx, a.ID, false, "", pageMost)
	if err != nil {
		return err
	}
	for i := range rows.Items {
		if gateOf(&rows.Items[i].GroupRec).Course == course && course != "" {
			return nil
		}
	}
	return notFound()
}
