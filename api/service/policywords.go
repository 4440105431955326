package service

import "github.com/qunbei/qunbei/models/policy"

// The words of models/policy that come out of the service: handlers and pages speak them without importing the rules.
type (
	// Defect is one thing wrong with a file of rules: where, what, and what to do about it.
	Defect = policy.Defect
	// RulesChange is one difference between two versions in people's words.
	RulesChange = policy.Change
	// ChangeKind says what became of a part.
	ChangeKind = policy.ChangeKind
	// DryRunSums counts the requests of a dry run.
	DryRunSums = policy.DryRunSums
)

// The kinds of change.
const (
	PartAdded   = policy.PartAdded
	PartRemoved = policy.PartRemoved
	PartChanged = policy.PartChanged
)
