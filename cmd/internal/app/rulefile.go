package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// CheckRules reads a policy, or a calendar, as the service would and gives its version.
func CheckRules(kind store.RulesKind, raw []byte) (version string, title domain.Label, err error) {
	if kind == store.Calendars {
		c, err := policy.ParseCalendar(raw)
		if err != nil {
			return "", domain.Label{}, err
		}
		return c.Version, domain.Label{}, nil
	}
	p, err := policy.Parse(raw)
	if err != nil {
		return "", domain.Label{}, err
	}
	return p.Version, p.Title, nil
}

// PutRules stores a policy or calendar file as a draft without an author.
func PutRules(ctx context.Context, c Config, kind store.RulesKind, raw []byte) (version string, fresh bool, err error) {
	version, title, err := CheckRules(kind, raw)
	if err != nil {
		return "", false, err
	}
	st, err := ready(ctx, c)
	if err != nil {
		return "", false, err
	}
	defer st.Close()
	fresh, err = st.PutRules(ctx, kind, store.Draft{Version: version, Body: string(raw), Title: title})
	return version, fresh, err
}

// SetUpRules puts a stored version into force while the service is being set up. Afterwards that takes two people.
func SetUpRules(ctx context.Context, c Config, kind store.RulesKind, version string) error {
	st, err := ready(ctx, c)
	if err != nil {
		return err
	}
	defer st.Close()
	switch err := st.SetUp(ctx, kind, version); {
	case errors.Is(err, store.ErrIllegal):
		return fmt.Errorf("the command line puts rules into force only while the service is being set up: before the first case, and before two people put a version into force. " +
			"Now one process administrator proposes the version under /policies and another one activates it")
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("there is no version %s: store it with “put” first", version)
	default:
		return err
	}
}

// ready opens the database at this program's schema.
func ready(ctx context.Context, c Config) (*store.Store, error) {
	if c.DatabaseURL == "" {
		return nil, errors.New("the database is not named: set QUNBEI_DATABASE")
	}
	st, err := store.Open(ctx, c.DatabaseURL, store.Options{MaxConns: 2, Log: c.Log, NotifyOthers: true})
	if err != nil {
		return nil, err
	}
	if err := st.Migrate(ctx); err != nil {
		_ = st.Close()
		return nil, err
	}
	return st, nil
}
