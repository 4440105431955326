package workflows_test

import (
	"context"
	"slices"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

func (m *memory) SaveNDA(_ context.Context, n activities.NDAChange) error {
	return m.put(n.Workflow, n.Act.ID, n.Facts, n.Digest, entry{string(n.Act.Kind), n.Verdict.Result, n.Verdict.Reason, n.Verdict.Effects, n.Facts.At}, n.After.Seq, n.Act)
}

func (m *memory) NDAPeople(_ context.Context, _ string, actor, signer domain.EmployeeID) (admin, present bool, err error) {
	return slices.Contains(m.filing.Admins, actor), !m.gone[signer], nil
}
