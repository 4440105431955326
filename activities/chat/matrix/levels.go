package matrix

import (
	"github.com/qunbei/qunbei/models/domain"
)

// The levels we give. A group's admins moderate what the platform lets be moderated without the service; what changes
// members, names or rules is the service's, so that the register knows it first.
const (
	levelMember = 0
	levelAdmin  = 50
	levelBot    = 100
)

// power is m.room.power_levels, as documented. A pointer is nil where the room leaves the documented default.
type power struct {
	Users         map[string]int `json:"users"`
	UsersDefault  int            `json:"users_default"`
	EventsDefault int            `json:"events_default"`
	StateDefault  *int           `json:"state_default,omitempty"`
	Events        map[string]int `json:"events"`
	Invite        int            `json:"invite"`
	Kick          *int           `json:"kick,omitempty"`
	Ban           *int           `json:"ban,omitempty"`
	Redact        *int           `json:"redact,omitempty"`
	Notifications map[string]int `json:"notifications,omitempty"`
}

// mode is what a group is in beside its permissions.
type mode string

const (
	modeOpen     mode = ""
	modeFrozen   mode = "frozen"
	modeArchived mode = "archived"
	modeDeleted  mode = "deleted"
)

// levels are the power levels of a group (R4.1.1): the bot stands above all, admins at 50, members at 0.
//
//   - who posts: members from 0, admins from 50; frozen or archived from 100, so nobody of the company;
//   - who invites: nobody but the service in confidential groups; else the admins; everybody only where the permissions
//     allow outsiders and want no review, because Matrix cannot tell an outsider from a colleague;
//   - removing people, redacting what others wrote, names and rules: the service alone.
func levels(bot string, tier domain.Tier, p domain.Permissions, admins []string, m mode) power {
	hundred := levelBot
	out := power{
		Users: map[string]int{bot: levelBot}, UsersDefault: levelMember, StateDefault: &hundred, Kick: &hundred, Ban: &hundred, Redact: &hundred,
		Events: map[string]int{}, Notifications: map[string]int{"room": levelAdmin},
	}
	for _, a := range admins {
		out.Users[a] = levelAdmin
	}
	out.EventsDefault = levelAdmin
	if p.Posting == domain.PostMembers {
		out.EventsDefault = levelMember
	}
	switch {
	case tier.Confidential():
		out.Invite = levelBot
	case p.InviteOutsiders && !p.JoinByReview:
		out.Invite = levelMember
	default:
		out.Invite = levelAdmin
	}
	if m != modeOpen {
		out.EventsDefault, out.Invite = levelBot, levelBot
	}
	return out
}

// posting is the level from which something can be said.
func (p power) posting() int {
	lowest := p.EventsDefault
	for i, t := range []string{"m.room.message", "m.room.encrypted", "m.sticker"} {
		l, ok := p.Events[t]
		if !ok {
			l = p.EventsDefault
		}
		if i == 0 || l < lowest {
			lowest = l
		}
	}
	return lowest
}

// highest is the highest level of anybody but the bot.
func (p power) highest(bot string) int {
	top := p.UsersDefault
	for u, l := range p.Users {
		if u != bot {
			top = max(top, l)
		}
	}
	return top
}

// level is somebody's.
func (p power) level(account string) int {
	if l, ok := p.Users[account]; ok {
		return l
	}
	return p.UsersDefault
}

// known are the permissions that a room's state tells.
var known = []string{"invite_outsiders", "anonymous_speech", "posting", "join_by_review"}

// permissions reads a room's state back. Contact data is never shown, and not known.
func (r *room) permissions() domain.Permissions {
	p := domain.Permissions{Posting: domain.PostAdmins, AnonymousSpeech: r.guest == "can_join"}
	if r.power.UsersDefault >= r.power.posting() {
		p.Posting = domain.PostMembers
	}
	free := r.power.UsersDefault >= r.power.Invite || r.joinRule == "public"
	p.InviteOutsiders = free
	p.JoinByReview = !free && (r.joinRule == "invite" || r.joinRule == "knock" || r.joinRule == "private")
	return p
}
