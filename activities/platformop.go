package activities

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// OpInput is one operation on a group that stands, with what the platform is told of the group.
type OpInput struct {
	Group       string              `json:"group"`
	Platform    string              `json:"platform"`
	PlatformID  string              `json:"platform_id"`
	Material    string              `json:"material"` // the case that holds the group's name
	Tier        domain.Tier         `json:"tier"`
	ByHand      bool                `json:"by_hand,omitempty"`
	Op          domain.PlatformOp   `json:"op"`
	Permissions domain.Permissions  `json:"permissions"`
	Admins      []domain.EmployeeID `json:"admins,omitempty"`
}

// OpInputOf gathers the input from a group's state.
func OpInputOf(g domain.Group, op domain.PlatformOp) OpInput {
	return OpInput{
		Group: g.ID, Platform: g.Platform, PlatformID: g.PlatformID, Material: materialOf(g), Tier: g.Tier, ByHand: g.ByHand, Op: op,
		Permissions: g.Life.Perms, Admins: g.AdminsThere(),
	}
}

// OpOutput is what the platform answered: a receipt, or that people must do it, or what it cannot.
type OpOutput struct {
	Receipt *domain.Receipt `json:"receipt,omitempty"`
	ByHand  bool            `json:"by_hand,omitempty"`
	Gap     string          `json:"gap,omitempty"` // the capability that is missing
}

// Call is what a connector is asked, once for each key.
type Call struct {
	Key, Group, Platform, Act string
}

// AccountRemover is a connector that can take accounts out that are nobody of ours. None named: there is nothing to do, and
// the receipt says so.
type AccountRemover interface {
	RemoveAccounts(ctx context.Context, key string, t chat.Target, accounts []string) (domain.Receipt, error)
}

// needed is the capability an operation stands on.
var needed = map[domain.OpKind]chat.Capability{
	domain.OpPermissions: chat.CanPermit, domain.OpRename: chat.CanRename, domain.OpInvite: chat.CanInvite, domain.OpRemove: chat.CanRemove,
	domain.OpAdmins: chat.CanAdmins, domain.OpFreeze: chat.CanFreeze, domain.OpUnfreeze: chat.CanFreeze, domain.OpArchive: chat.CanReadOnly,
	domain.OpRestore: chat.CanReadOnly, domain.OpDelete: chat.CanDelete,
}

// beat is how often a long operation says that it is alive, and hears whether it is still wanted. Silence makes the engine
// ask another worker: see the workflows' heartbeat timeout.
const beat = 5 * time.Second

// PlatformOp has the platform do one thing, once: its key is the operation's, and the first receipt is kept under it, so
// that whoever asks again after a lost answer gets the same. A fault that trying again cannot mend ends it with its code.
func (a *Activities) PlatformOp(ctx context.Context, in OpInput) (OpOutput, error) {
	conn, ok := a.Connectors[in.Platform]
	if !ok {
		return OpOutput{}, temporal.NewNonRetryableApplicationError("no connector of this kind runs here", ErrTypeConnector, nil, "unknown_platform")
	}
	if h, ok := conn.(chat.ByHander); in.ByHand || (ok && h.ByHand()) {
		return OpOutput{ByHand: true}, nil
	}
	if need := needed[in.Op.Kind]; !slices.Contains(conn.Can(), need) {
		return OpOutput{Gap: string(need)}, nil
	}
	ctx, stop := alive(ctx)
	defer stop()
	t := chat.Target{GroupID: in.Group, PlatformID: in.PlatformID, Tier: in.Tier}
	f, err := a.named(ctx, in)
	if err != nil {
		return OpOutput{}, err
	}
	t.Name = f.Name
	receipt, err := a.operate(ctx, conn, t, in)
	if err == nil {
		return OpOutput{Receipt: receipt}, nil
	}
	fault := chat.AsFault(err)
	if fault.Code == chat.CodeNotPossible {
		return OpOutput{Gap: string(fault.Capability)}, nil
	}
	return OpOutput{}, connectorError(fault)
}

// named is the material that holds the group's name; of a group that nobody filed, what was found on the platform.
func (a *Activities) named(ctx context.Context, in OpInput) (domain.Filing, error) {
	if in.Material == "" {
		f, err := a.Store.SightingOf(ctx, in.Group)
		if err != nil {
			return f, fmt.Errorf("read what was found on the platform: %w", err)
		}
		return f, nil
	}
	f, err := a.Store.FilingOf(ctx, in.Material)
	if err != nil {
		return f, fmt.Errorf("open the filing: %w", err)
	}
	return f, nil
}

// connectorError says a fault in the engine's terms: whether and when to try again.
func connectorError(fault *chat.Fault) error {
	return temporal.NewApplicationErrorWithOptions("the chat platform refused", ErrTypeConnector, temporal.ApplicationErrorOptions{
		NonRetryable: !fault.Retry, NextRetryDelay: fault.After, Details: []any{fault.Code},
	})
}

// alive keeps telling the engine that the operation is at work, until stop; ctx ends when it is no longer wanted.
func alive(ctx context.Context) (context.Context, func()) {
	if !activity.IsActivity(ctx) {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return ctx, cancel
}

// operate asks the connector, people in batches that the platform takes.
func (a *Activities) operate(ctx context.Context, conn chat.Connector, t chat.Target, in OpInput) (*domain.Receipt, error) {
	key := "group-" + in.Group + ":op:" + in.Op.ID
	settings := chat.Settings{Permissions: in.Permissions, Admins: in.Admins}
	one := func(key string, do func(key string) (domain.Receipt, error)) (*domain.Receipt, error) {
		return a.once(ctx, Call{Key: key, Group: in.Group, Platform: in.Platform, Act: string(in.Op.Kind)}, do)
	}
	switch in.Op.Kind {
	case domain.OpInvite, domain.OpRemove:
		call := conn.Invite
		if in.Op.Kind == domain.OpRemove {
			call = conn.Remove
		}
		return a.inBatches(ctx, conn, t, in, key, one, call)
	case domain.OpPermissions, domain.OpAdmins:
		return one(key, func(k string) (domain.Receipt, error) { return conn.SetPermissions(ctx, k, t, settings) })
	case domain.OpRename:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Rename(ctx, k, t, t.Name) })
	case domain.OpFreeze:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Freeze(ctx, k, t) })
	case domain.OpUnfreeze:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Unfreeze(ctx, k, t, settings) })
	case domain.OpArchive:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Archive(ctx, k, t) })
	case domain.OpRestore:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Restore(ctx, k, t, settings) })
	case domain.OpDelete:
		return one(key, func(k string) (domain.Receipt, error) { return conn.Delete(ctx, k, t) })
	}
	return nil, &chat.Fault{Code: chat.CodeRefused}
}

func (a *Activities) inBatches(ctx context.Context, conn chat.Connector, t chat.Target, in OpInput, key string,
	one func(string, func(string) (domain.Receipt, error)) (*domain.Receipt, error),
	call func(context.Context, string, chat.Target, []domain.EmployeeID) (domain.Receipt, error),
) (*domain.Receipt, error) {
	size := max(len(in.Op.People), 1)
	if b := conn.Limits().Batch; b > 0 {
		size = min(size, b)
	}
	var got []*domain.Receipt
	for people := range slices.Chunk(in.Op.People, size) {
		k := key
		if size < len(in.Op.People) {
			k += ":" + strconv.Itoa(len(got)+1)
		}
		r, err := one(k, func(k string) (domain.Receipt, error) { return call(ctx, k, t, people) })
		if err != nil {
			return nil, err
		}
		got = append(got, r)
	}
	if len(in.Op.Accounts) > 0 {
		remover, ok := conn.(AccountRemover)
		if !ok {
			return nil, chat.NotPossible(chat.CanRemove)
		}
		r, err := one(key+":accounts", func(k string) (domain.Receipt, error) {
			accounts, err := a.accountsOf(ctx, conn, t, in.Op.Accounts)
			if err != nil {
				return domain.Receipt{}, err
			}
			return remover.RemoveAccounts(ctx, k, t, accounts)
		})
		if err != nil {
			return nil, err
		}
		got = append(got, r)
	}
	if len(got) == 0 {
		return nil, &chat.Fault{Code: chat.CodeRefused}
	}
	whole := *got[len(got)-1]
	if len(got) > 1 {
		sum := sha256.New()
		for _, r := range got {
			sum.Write([]byte(r.Digest + "\n"))
		}
		whole.Key, whole.Digest = key, "sha256:"+hex.EncodeToString(sum.Sum(nil))
	}
	return &whole, nil
}

// accountsOf finds the accounts behind keyed hashes in the platform's own list: the names themselves are kept nowhere. One
// that is no longer there has left meanwhile.
func (a *Activities) accountsOf(ctx context.Context, conn chat.Connector, t chat.Target, hashes []string) ([]string, error) {
	snap, err := conn.Look(ctx, t)
	if err != nil || a.Account == nil {
		return nil, err
	}
	var out []string
	for _, m := range snap.Members {
		if !m.System && m.Employee == "" && slices.Contains(hashes, a.Account(conn.Kind(), m.Account)) {
			out = append(out, m.Account)
		}
	}
	return out, nil
}

// once asks for something at most until there is a receipt: the first one is kept, and given to whoever asks again.
func (a *Activities) once(ctx context.Context, c Call, do func(key string) (domain.Receipt, error)) (*domain.Receipt, error) {
	kept, err := a.Store.BeginCall(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("note the connector's call: %w", err)
	}
	if kept != nil {
		return kept, nil
	}
	a.at("op." + c.Act + ".before_call")
	r, err := do(c.Key)
	a.at("op." + c.Act + ".after_call")
	if err != nil {
		return nil, err
	}
	r.At = r.At.UTC().Truncate(time.Microsecond)
	if err := a.Store.EndCall(ctx, c.Key, r); err != nil {
		return nil, fmt.Errorf("keep the connector's receipt: %w", err)
	}
	a.at("op." + c.Act + ".after_receipt")
	return &r, nil
}
