// Package storage has the names by which the Temporal server's archiver speaks of Google's storage, which this engine
// does not use. It stands in for the module of the same name; see spared/README.md.
package storage

import (
	"context"
	"errors"
	"time"

	"google.golang.org/api/option"
)

var errSpared = errors.New("archiving to Google's storage is not built into this engine")

// ScopeFullControl is the permission the archiver would ask for.
const ScopeFullControl = "https://www.googleapis.com/auth/devstorage.full_control"

// ErrBucketNotExist and ErrObjectNotExist are errors the archiver tells apart.
var (
	ErrBucketNotExist = errors.New("storage: bucket doesn't exist")
	ErrObjectNotExist = errors.New("storage: object doesn't exist")
)

// Client cannot be made.
type Client struct{}

// NewClient always fails.
func NewClient(context.Context, ...option.ClientOption) (*Client, error) { return nil, errSpared }

// Bucket is never reached.
func (*Client) Bucket(string) *BucketHandle { return &BucketHandle{} }

// BucketHandle, ObjectHandle, ObjectIterator, Reader and Writer fail at each call.
type (
	BucketHandle   struct{}
	ObjectHandle   struct{}
	ObjectIterator struct{}
	Reader         struct{}
	Writer         struct{}
)

// Query, BucketAttrs and ObjectAttrs are the values exchanged.
type (
	Query       struct{ Delimiter, Prefix string }
	BucketAttrs struct{ Name string }
	ObjectAttrs struct {
		Name    string
		Created time.Time
	}
)

// Object, Objects and Attrs are never reached.
func (*BucketHandle) Object(string) *ObjectHandle                     { return &ObjectHandle{} }
func (*BucketHandle) Objects(context.Context, *Query) *ObjectIterator { return &ObjectIterator{} }
func (*BucketHandle) Attrs(context.Context) (*BucketAttrs, error)     { return nil, errSpared }

// NewWriter, NewReader and Attrs are never reached.
func (*ObjectHandle) NewWriter(context.Context) *Writer           { return &Writer{} }
func (*ObjectHandle) NewReader(context.Context) (*Reader, error)  { return nil, errSpared }
func (*ObjectHandle) Attrs(context.Context) (*ObjectAttrs, error) { return nil, errSpared }

// Next, Read, Write and the closings are never reached.
func (*ObjectIterator) Next() (*ObjectAttrs, error) { return nil, errSpared }
func (*Reader) Read([]byte) (int, error)            { return 0, errSpared }
func (*Reader) Close() error                        { return errSpared }
func (*Writer) Write([]byte) (int, error)           { return 0, errSpared }
func (*Writer) Close() error                        { return errSpared }
func (*Writer) CloseWithError(error) error          { return errSpared }
