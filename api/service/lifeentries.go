package service

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// openKinds are the acts of a group's life that everybody hears of who may know of the group; the others are for those who
// belong to it or watch over it.
var openKinds = []domain.GroupActKind{
	domain.GroupBegun, domain.GroupAskedByHand, domain.GroupProvisioned, domain.GroupFailed, domain.GroupConfirm, domain.GroupRetry, domain.GroupRevoked,
	domain.GroupGone, domain.GroupRenew, domain.GroupFreeze, domain.GroupUnfreeze, domain.GroupArchive, domain.GroupRestore, domain.GroupDissolve,
	domain.GroupChanged, domain.GroupAdopted, domain.GroupConsent, domain.GroupAppoint,
}

// lifeEntries words the entries of a group's own history.
func (s *Service) lifeEntries(ctx context.Context, n names, row *store.GroupRec, rows []store.AuditRow, inside bool) ([]TimelineEntry, error) {
	acts := make([]domain.GroupAct, len(rows))
	var reasons []string
	life := false
	for i, r := range rows {
		if json.Unmarshal(r.Act, &acts[i]) != nil || acts[i].Life == nil {
			continue
		}
		life = true
		if ref := acts[i].Life.Reason; ref != nil && inside {
			reasons = append(reasons, ref.Object)
		}
	}
	var words map[string]string
	var ops map[string]domain.OpKind
	if life {
		var err error
		if words, err = s.saidOf(ctx, row, reasons); err != nil {
			return nil, err
		}
		if ops, err = s.cfg.Store.OpKinds(ctx, row.ID); err != nil {
			return nil, fmt.Errorf("read the operations of group %s: %w", row.ID, err)
		}
	}
	out := make([]TimelineEntry, 0, len(rows))
	for i := range rows {
		if !inside && !slices.Contains(openKinds, acts[i].Kind) {
			continue
		}
		e := s.entry(n, &rows[i])
		if l := acts[i].Life; l != nil {
			e.About = aboutLife(acts[i], ops)
			if inside {
				e.To = n.people(l.People)
				if l.Reason != nil {
					e.Comment = words[l.Reason.Object]
				}
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// aboutLife names what an act is about: which date, operation, proposal, capability or rule.
func aboutLife(a domain.GroupAct, ops map[string]domain.OpKind) string {
	l := a.Life
	switch a.Kind {
	case domain.GroupDateDue:
		return string(l.Date)
	case domain.GroupOpDone, domain.GroupOpByHand, domain.GroupOpGap, domain.GroupOpFailed, domain.GroupOpConfirm, domain.GroupOpRetry:
		return string(ops[l.Op])
	case domain.GroupResolve:
		return string(l.Proposal)
	case domain.GroupSeenGap:
		return a.Code
	case domain.GroupFreeze, domain.GroupArchive, domain.GroupInactive:
		return l.Rule
	case domain.GroupExempt:
		if l.Refuse {
			return "over"
		}
		return ""
	default: // the kind says all, or the people it names do
		return ""
	}
}
