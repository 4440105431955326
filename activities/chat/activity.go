package chat

import (
	"context"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Done is when one person last did something in a group. Nothing of what they said is.
type Done struct {
	Employee domain.EmployeeID
	At       time.Time
}

// Heard is human activity in a group: whoever is not among Done did nothing since From. From is later than what was asked
// for where the platform does not remember, or lets us see, so far back.
type Heard struct {
	From time.Time
	Done []Done
}

// Hearer is a connector that tells, of each person, when they last did something in a group: what CanActivity declares.
// Posting, answering and reacting count; reading, joining and what the service itself does not.
type Hearer interface {
	ActivitySince(ctx context.Context, t Target, since time.Time) (Heard, error)
}

// Hears gives a connector's ear for activity, if the platform has one.
func Hears(c Connector) (Hearer, bool) {
	h, ok := c.(Hearer)
	return h, ok && slices.Contains(c.Can(), CanActivity)
}
