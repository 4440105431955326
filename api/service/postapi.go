package service

import "context"

// Publishing is about what is posted in groups (semantics 3, R3).
type Publishing interface {
	DraftPost(ctx context.Context, a Actor, key string, in PostInput) (PostView, error)
	ChangePost(ctx context.Context, a Actor, id string, in PostInput) (PostView, error)
	PreviewPost(ctx context.Context, a Actor, in PostInput) (PostPreview, error)
	SubmitPost(ctx context.Context, a Actor, id string, in PostSubmitInput) (PostView, error)
	ExemptPost(ctx context.Context, a Actor, id string, in PostWordInput) (PostView, error)
	LowerPost(ctx context.Context, a Actor, id string, in PostWordInput) (PostView, error)
	HandleOtherwise(ctx context.Context, a Actor, id string, in DecideInput) (ActAnswer, error)
	ActOnPost(ctx context.Context, a Actor, id string, in PostActInput) (ActAnswer, error)
	Post(ctx context.Context, a Actor, id, purpose string) (PostView, error)
	PostFile(ctx context.Context, a Actor, id, object, purpose string) (Upload, error)
	Posts(ctx context.Context, a Actor, f PostFilter) (Page[PostRow], error)
	// PostRelations says what the actor is to a publication, for the permission table.
	PostRelations(ctx context.Context, a Actor, id string) ([]Relation, error)
}
