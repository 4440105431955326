package chat

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
)

// Unable is a connector that can do nothing; one that can do a part embeds it and states the rest as gaps.
type Unable struct{}

// Can implements Connector.
func (Unable) Can() []Capability { return nil }

// Limits implements Connector.
func (Unable) Limits() Limits { return Limits{} }

// Create implements Connector.
func (Unable) Create(context.Context, CreateRequest) (Created, error) {
	return Created{}, NotPossible(CanCreate)
}

// Find implements Connector.
func (Unable) Find(context.Context, string) (Created, bool, error) { return Created{}, false, nil }

// SetPermissions implements Connector.
func (Unable) SetPermissions(context.Context, string, Target, Settings) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanPermit)
}

// Rename implements Connector.
func (Unable) Rename(context.Context, string, Target, string) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanRename)
}

// Invite implements Connector.
func (Unable) Invite(context.Context, string, Target, []domain.EmployeeID) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanInvite)
}

// Remove implements Connector.
func (Unable) Remove(context.Context, string, Target, []domain.EmployeeID) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanRemove)
}

// Freeze implements Connector.
func (Unable) Freeze(context.Context, string, Target) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanFreeze)
}

// Unfreeze implements Connector.
func (Unable) Unfreeze(context.Context, string, Target, Settings) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanFreeze)
}

// Archive implements Connector.
func (Unable) Archive(context.Context, string, Target) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanReadOnly)
}

// Restore implements Connector.
func (Unable) Restore(context.Context, string, Target, Settings) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanReadOnly)
}

// Delete implements Connector.
func (Unable) Delete(context.Context, string, Target) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanDelete)
}

// Post implements Connector.
func (Unable) Post(context.Context, string, Target, Message) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanPost)
}

// Recall implements Connector.
func (Unable) Recall(context.Context, string, Target, string) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanRecall)
}

// Direct implements Connector.
func (Unable) Direct(context.Context, string, domain.EmployeeID, Message) (domain.Receipt, error) {
	return domain.Receipt{}, NotPossible(CanDirect)
}

// Look implements Connector.
func (Unable) Look(context.Context, Target) (Snapshot, error) {
	return Snapshot{}, NotPossible(CanList)
}

// Discover implements Connector.
func (Unable) Discover(context.Context, string) ([]Found, string, error) {
	return nil, "", NotPossible(CanDiscover)
}

// Watch implements Connector.
func (Unable) Watch(context.Context, func(context.Context, Event) error) error {
	return NotPossible(CanWatch)
}
