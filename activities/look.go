package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// lookPage is how many groups one activity looks at.
const lookPage = 50

// activeApart is how far human activity must have moved on before a group is told: it counts by days.
const activeApart = 24 * time.Hour

// Standing is a group as the register has it, for comparison with its platform.
type Standing struct {
	Group  domain.Group
	Name   string // registered
	People domain.Registered
}

// Sighting is a group that a platform listed.
type Sighting struct {
	Platform, PlatformID, Name string
	Members                    int
	Owner                      domain.EmployeeID
	Ours                       bool      // made by us: of interest only when it was deleted and still stands
	At                         time.Time // when the platform was asked
}

// Register is the register as reconciliation needs it. It reads, and notes what was found; nothing of a group's own row is
// written but by the group (semantics 2: drift is a finding, never a silent rewrite).
type Register interface {
	// Standing reads a page of the groups that stand on a platform, by id, after one; StandingOf reads one of them.
	Standing(ctx context.Context, platform, after string, n int) ([]Standing, error)
	StandingOf(ctx context.Context, groupID string) (Standing, bool, error)
	// Sighted notes groups that nobody filed, or that the register has as deleted, and returns the ids of those that are new.
	// Known ones are left alone.
	Sighted(ctx context.Context, found []Sighting) ([]string, error)
}

// LookInput names what to look at: one group, or a page of those that stand on a platform.
type LookInput struct {
	Platform string `json:"platform"`
	Group    string `json:"group,omitempty"`
	After    string `json:"after,omitempty"`
}

// LookOutput is what the looks came to.
type LookOutput struct {
	Tell   []Told `json:"tell,omitempty"` // whom to tell what
	Looked int    `json:"looked"`
	Blind  int    `json:"blind,omitempty"` // groups that could not be looked at: nothing is said of them
	Next   string `json:"next,omitempty"`  // empty: that was the last page
	Gap    string `json:"gap,omitempty"`   // the platform cannot be read
}

// Told is an act for a group, still without an id.
type Told struct {
	Group string          `json:"group"`
	Act   domain.GroupAct `json:"act"`
}

// LookAt looks at groups on their platform and compares them with the register. It changes nothing. A platform that is away
// is waited for: an outage is never a finding.
func (a *Activities) LookAt(ctx context.Context, in LookInput) (LookOutput, error) {
	conn, ok := a.Connectors[in.Platform]
	if !ok {
		return LookOutput{}, temporal.NewNonRetryableApplicationError("no connector of this kind runs here", ErrTypeConnector, nil, "unknown_platform")
	}
	if !slices.Contains(conn.Can(), chat.CanList) {
		return LookOutput{Gap: string(chat.CanList)}, nil
	}
	ctx, stop := alive(ctx)
	defer stop()
	page, err := a.page(ctx, in)
	if err != nil {
		return LookOutput{}, err
	}
	var out LookOutput
	if in.Group == "" && len(page) == lookPage {
		out.Next = page[len(page)-1].Group.ID
	}
	for i, s := range page {
		acts, err := a.lookOne(ctx, conn, s)
		fault := chat.AsFault(err)
		switch {
		case err == nil:
			out.Looked++
			for _, act := range acts {
				out.Tell = append(out.Tell, Told{Group: s.Group.ID, Act: act})
			}
		case errors.Is(err, errRegister):
			return LookOutput{}, err
		case fault.Code == chat.CodeNotPossible:
			return LookOutput{Gap: string(fault.Capability)}, nil
		case fault.Retry || fault.Code == chat.CodeTokenRevoked:
			if i == 0 {
				return LookOutput{}, connectorError(fault)
			}
			out.Next = page[i-1].Group.ID // what was seen counts; the rest is asked for again
			return out, nil
		default:
			out.Blind++
		}
	}
	return out, nil
}

var errRegister = errors.New("the register cannot be read")

func (a *Activities) page(ctx context.Context, in LookInput) ([]Standing, error) {
	if in.Group == "" {
		page, err := a.Register.Standing(ctx, in.Platform, in.After, lookPage)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errRegister, err)
		}
		return page, nil
	}
	s, ok, err := a.Register.StandingOf(ctx, in.Group)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRegister, err)
	}
	if !ok || s.Group.Platform != in.Platform {
		return nil, nil
	}
	return []Standing{s}, nil
}

// lookOne looks at one group. The register is read again after the platform: a group that moved on meanwhile was compared
// with what no longer holds, and is looked at once more.
func (a *Activities) lookOne(ctx context.Context, conn chat.Connector, s Standing) ([]domain.GroupAct, error) {
	for range 3 {
		snap, err := conn.Look(ctx, chat.Target{GroupID: s.Group.ID, PlatformID: s.Group.PlatformID, Name: s.Name, Tier: s.Group.Tier})
		if err != nil {
			return nil, err
		}
		now, ok, err := a.Register.StandingOf(ctx, s.Group.ID)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errRegister, err)
		}
		if !ok {
			return nil, nil
		}
		if now.Group.Seq == s.Group.Seq {
			return a.compared(conn, s, snap), nil
		}
		s = now
	}
	return nil, nil // it is busy: the next look finds it at rest
}

// compared is what a group is to be told of a look at it.
func (a *Activities) compared(conn chat.Connector, s Standing, snap chat.Snapshot) []domain.GroupAct {
	at := a.now()
	var acts []domain.GroupAct
	found, looked, outside := domain.Drift(s.Group, s.People, a.viewOf(conn, s, snap))
	act := domain.GroupAct{Kind: domain.GroupReconciled, At: at, Life: &domain.LifeAct{Findings: found, Looked: looked, Outside: outside, Seq: s.Group.Seq}}
	if domain.LookTells(s.Group, act) {
		acts = append(acts, act)
	}
	if l := s.Group.Life; snap.Exists && l != nil && snap.Last.Sub(l.Active) >= activeApart && !snap.Last.After(at) && s.Group.State != domain.GroupDraft {
		acts = append(acts, domain.GroupAct{Kind: domain.GroupActivity, At: at, Life: &domain.LifeAct{Last: snap.Last.UTC().Truncate(time.Second)}})
	}
	return acts
}

// viewOf says a platform's snapshot in the rules' terms. Accounts that are nobody of ours are keyed hashes from here on.
func (a *Activities) viewOf(conn chat.Connector, s Standing, snap chat.Snapshot) domain.PlatformView {
	if !snap.Exists {
		return domain.PlatformView{Gone: true}
	}
	can := conn.Can()
	closes := chat.CanFreeze
	if s.Group.State != domain.GroupFrozen {
		closes = chat.CanReadOnly
	}
	v := domain.PlatformView{
		Renamed:     snap.Name != "" && slices.Contains(can, chat.CanRename) && a.NameKey(snap.Name) != a.NameKey(s.Name),
		Permissions: snap.Permissions, Known: snap.Known, Listed: true, Frozen: snap.Frozen, ReadOnly: snap.ReadOnly, Closes: slices.Contains(can, closes),
	}
	for _, m := range snap.Members {
		if m.System {
			continue
		}
		p := domain.PlatformMember{Person: m.Employee, Admin: m.Admin, Invited: m.Invited}
		if m.Employee == "" && a.Account != nil {
			p.Account = a.Account(conn.Kind(), m.Account)
		}
		if m.Employee != "" || p.Account != "" {
			v.Members = append(v.Members, p)
		}
	}
	return v
}

// DiscoverInput asks for one page of a platform's groups.
type DiscoverInput struct {
	Platform string `json:"platform"`
	Cursor   string `json:"cursor,omitempty"`
}

// DiscoverOutput is what was found there.
type DiscoverOutput struct {
	New  []string `json:"new,omitempty"` // groups that nobody filed, from now on on record as drafts
	Seen int      `json:"seen"`
	Next string   `json:"next,omitempty"`
	Gap  string   `json:"gap,omitempty"`
}

// Discover lists a page of the groups on a platform, and notes those that nobody filed (R6.1) and those that were deleted
// and stand there all the same. The relay begins a workflow for each.
func (a *Activities) Discover(ctx context.Context, in DiscoverInput) (DiscoverOutput, error) {
	conn, ok := a.Connectors[in.Platform]
	if !ok {
		return DiscoverOutput{}, temporal.NewNonRetryableApplicationError("no connector of this kind runs here", ErrTypeConnector, nil, "unknown_platform")
	}
	if !slices.Contains(conn.Can(), chat.CanDiscover) {
		return DiscoverOutput{Gap: string(chat.CanDiscover)}, nil
	}
	at := a.now()
	found, next, err := conn.Discover(ctx, in.Cursor)
	if err != nil {
		fault := chat.AsFault(err)
		if fault.Code == chat.CodeNotPossible {
			return DiscoverOutput{Gap: string(fault.Capability)}, nil
		}
		return DiscoverOutput{}, connectorError(fault)
	}
	var strange []Sighting
	for _, f := range found {
		if f.PlatformID != "" { // one with a key was made by us, and may be on its way into the register
			strange = append(strange, Sighting{Platform: in.Platform, PlatformID: f.PlatformID, Name: f.Name, Members: f.Members, Owner: f.Owner, Ours: f.Key != "", At: at})
		}
	}
	out := DiscoverOutput{Seen: len(found), Next: next}
	if len(strange) > 0 {
		if out.New, err = a.Register.Sighted(ctx, strange); err != nil {
			return DiscoverOutput{}, fmt.Errorf("note what was found: %w", err)
		}
	}
	if len(out.New) > 0 && activity.IsActivity(ctx) {
		a.published("", true)
	}
	return out, nil
}
