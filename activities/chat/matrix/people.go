package matrix

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// People knows whose account is whose. Accounts are whole: @localpart:server.
type People interface {
	// Account returns "" for somebody who has none.
	Account(ctx context.Context, e domain.EmployeeID) (string, error)
	// Employee returns "" for an account that is nobody's of the company.
	Employee(ctx context.Context, account string) (domain.EmployeeID, error)
}

// Numbers knows the employees' numbers.
type Numbers interface {
	Number(ctx context.Context, e domain.EmployeeID) (string, error)
	ByNumber(ctx context.Context, number string) (domain.EmployeeID, error) // in any case of letters; "" for nobody's
}

// Template makes accounts of employee numbers: "@{number}:example.org", or "@zhang-{number}:{server}". Matrix knows small
// letters only.
type Template struct {
	Pattern string // with {number} exactly once; {server} stands for Server
	Server  string
	Numbers Numbers
}

const numberMark = "{number}"

func (t Template) parts() (before, after string) {
	pattern := t.Pattern
	if pattern == "" {
		pattern = "@" + numberMark + ":{server}"
	}
	before, after, _ = strings.Cut(strings.ReplaceAll(pattern, "{server}", t.Server), numberMark)
	return before, after
}

// Check says what is wrong with the pattern.
func (t Template) Check() error {
	before, after := t.parts()
	if !strings.HasPrefix(before, "@") || !strings.HasSuffix(after, ":"+t.Server) || strings.Contains(after, numberMark) ||
		t.Pattern != "" && !strings.Contains(t.Pattern, numberMark) {
		return errors.New("the pattern of accounts is malformed: give @…{number}…:{server}")
	}
	return nil
}

// Account implements People.
func (t Template) Account(ctx context.Context, e domain.EmployeeID) (string, error) {
	n, err := t.Numbers.Number(ctx, e)
	if err != nil || n == "" {
		return "", err
	}
	n = strings.ToLower(n)
	for _, r := range n { // what a localpart may hold, but "=" and "/", which need care in addresses
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-' {
			return "", nil
		}
	}
	before, after := t.parts()
	return before + n + after, nil
}

// Employee implements People.
func (t Template) Employee(ctx context.Context, account string) (domain.EmployeeID, error) {
	before, after := t.parts()
	n, ok := strings.CutPrefix(account, before)
	if ok {
		n, ok = strings.CutSuffix(n, after)
	}
	if !ok || n == "" {
		return "", nil
	}
	return t.Numbers.ByNumber(ctx, n)
}

// accounts finds the accounts of people, and that each of them is there. The fault no_account names who has none; the
// others are returned with it.
func (c *Connector) accounts(ctx context.Context, people []domain.EmployeeID, there map[string]string) (map[domain.EmployeeID]string, error) {
	out := map[domain.EmployeeID]string{}
	var without []domain.EmployeeID
	for _, e := range people {
		a, err := c.c.People.Account(ctx, e)
		if err != nil {
			return nil, err
		}
		if a != "" && there[a] == "" {
			if err := c.get(ctx, path("profile", a), nil, nil); is(err, 404, "") {
				a = ""
			} else if err != nil && !is(err, 403, "") { // profiles may be closed; joining will tell
				return nil, fault(err)
			}
		}
		if a == "" {
			without = append(without, e)
			continue
		}
		out[e] = a
	}
	if len(without) > 0 {
		slices.Sort(without)
		return out, &chat.Fault{Code: chat.CodeNoAccount, People: without}
	}
	return out, nil
}
