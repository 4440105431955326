package app

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// rules gives the company's policy and calendar in force. Both are immutable by version; which are in force is looked up
// in the database, parsed once.
type rules struct {
	policy   *policy.Policy
	calendar *domain.Calendar
}

// Policy implements service.Rules.
func (r *rules) Policy(context.Context) (*policy.Policy, error) { return r.policy, nil }

// Calendar implements service.Rules.
func (r *rules) Calendar(context.Context) (*domain.Calendar, error) { return r.calendar, nil }

// Active implements activities.Calendars.
func (r *rules) Active(context.Context) (*domain.Calendar, error) { return r.calendar, nil }
