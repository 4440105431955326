package service

import (
	"sync"

	"github.com/qunbei/qunbei/models/domain"
)

// earsMost bounds what is remembered of who was heard today.
const earsMost = 50_000

// ears remember whose activity in which group was noted on a day, so that a talk of a thousand messages is one write a person.
type ears struct {
	mu  sync.Mutex
	day string
	of  map[string]bool
}

// first tells whether somebody is heard in a group for the first time on a day.
func (e *ears) first(group string, who domain.EmployeeID, day string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of == nil || e.day != day || len(e.of) >= earsMost {
		e.day, e.of = day, map[string]bool{}
	}
	key := group + string(who)
	if e.of[key] {
		return false
	}
	e.of[key] = true
	return true
}
