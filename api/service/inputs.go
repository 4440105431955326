package service

import "github.com/qunbei/qunbei/models/domain"

// Inputs of the acts, as they came in. People are named by id or staff number.

// DecideInput is a decision as it came in.
type DecideInput struct {
	ID      string
	Outcome domain.Outcome
	Comment string
	Digest  string // of the material the person saw
	Version int    // 0: not stated
	For     string // in whose name, by delegation; empty: one's own, or the only one there is

	via  string // how it came when not by API or page
	slot string // the one place it is for; empty: whichever is open for the person
}

// BatchInput is one decision of a batch.
type BatchInput struct {
	Case string
	DecideInput
}

// CommentInput is a remark with its files.
type CommentInput struct {
	ID    string
	Text  string
	Files []Upload
}

// ReturnInput sends a request back.
type ReturnInput struct {
	ID      string
	Step    int // from 1; 0: to the start
	Comment string
	Digest  string // of the material the person saw
	Version int
	For     string
}

// ResubmitInput submits a request again.
type ResubmitInput struct {
	ID      string
	Filing  domain.Filing // the whole of it
	Comment string        // what was changed
}

// TransferInput hands an open place on for good.
type TransferInput struct {
	ID      string
	To      string
	Comment string
}

// AddInput adds approvers to the step.
type AddInput struct {
	ID      string
	Mode    domain.AddMode
	People  []string
	Comment string
	Digest  string // mode after: the actor approves with it, so it binds as a decision does
	Version int
}

// CopyInput lets people read along.
type CopyInput struct {
	ID     string
	People []string
}

// AssignInput is a process administrator's naming of who decides.
type AssignInput struct {
	ID      string
	Slot    string // the place to give to somebody else; empty: where nobody was found
	To      string
	Comment string
}
