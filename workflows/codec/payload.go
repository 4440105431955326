package codec

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

const (
	// MetadataEncodingEncrypted marks a payload of ours.
	MetadataEncodingEncrypted = "binary/encrypted"
	// MetadataKeyID is the metadata key with the id of the encrypting key.
	MetadataKeyID = "encryption-key-id"
	// defaultNamespace is what the SDK's client takes for an empty one.
	defaultNamespace = "default"
)

// NewPayloadCodec returns the codec that encrypts whole payloads (metadata
// included) with AES-256-GCM and the namespace as associated data, so that a
// payload copied into another namespace does not decrypt. Payloads of other
// encodings pass through decoding unchanged: what was written before the codec
// was in place, and the engine's own, stay readable.
func NewPayloadCodec(k *Keyring, namespace string) converter.PayloadCodec {
	if namespace == "" {
		namespace = defaultNamespace
	}
	return &payloadCodec{k: k, ad: []byte(namespace)}
}

type payloadCodec struct {
	k  *Keyring
	ad []byte
}

func (c *payloadCodec) Encode(in []*commonpb.Payload) ([]*commonpb.Payload, error) {
	key := c.k.cur.Load().codec
	keyID := []byte(formatID(key.primary))
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		plain, err := proto.Marshal(p)
		if err != nil {
			return in, fmt.Errorf("encrypt payload: %w", err)
		}
		data, err := key.aead.Encrypt(plain, c.ad)
		if err != nil {
			return in, fmt.Errorf("encrypt payload: %w", err)
		}
		out[i] = &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(MetadataEncodingEncrypted),
				MetadataKeyID:              keyID,
			},
			Data: data,
		}
	}
	return out, nil
}

func (c *payloadCodec) Decode(in []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != MetadataEncodingEncrypted {
			out[i] = p
			continue
		}
		plain, err := c.decrypt(p)
		if err != nil {
			return in, fmt.Errorf("decrypt payload: %w", err)
		}
		out[i] = plain
	}
	return out, nil
}

func (c *payloadCodec) decrypt(p *commonpb.Payload) (*commonpb.Payload, error) {
	named := string(p.GetMetadata()[MetadataKeyID])
	id, ok := parseID(named)
	if !ok {
		return nil, fmt.Errorf("key id %.16q is not one: %w", named, ErrNotAuthentic)
	}
	// The metadata is not authenticated; the id in front of the ciphertext is
	// what decides. Where they differ, somebody changed one of them.
	if prefix, ok := prefixID(p.GetData()); !ok || prefix != id {
		return nil, ErrNotAuthentic
	}
	ks, ok := c.k.lookup(func(ks *keys) bool { return ks.codec.ids[id] })
	if !ok {
		return nil, &UnknownKeyError{Purpose: "codec", KeyID: formatID(id)}
	}
	plain, err := ks.codec.aead.Decrypt(p.GetData(), c.ad)
	if err != nil {
		return nil, ErrNotAuthentic
	}
	out := new(commonpb.Payload)
	if err := proto.Unmarshal(plain, out); err != nil {
		return nil, ErrNotAuthentic
	}
	return out, nil
}

// DataConverter returns the data converter that every client, worker and
// replayer of the namespace uses.
//
// In workflow code a missing key panics, which fails the workflow task until
// the key is there: returned as an error it would make the SDK *drop* a
// signal, a leader's decision, with nothing but a log line. A payload that is
// not authentic stays an error: nobody entitled sent it.
func DataConverter(k *Keyring, namespace string) converter.DataConverter {
	return &dataConverter{
		DataConverter: converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), NewPayloadCodec(k, namespace)),
	}
}

// FailureConverter returns the failure converter that goes with
// [DataConverter]: messages, stack traces and details are encrypted; the types
// of application errors are not.
func FailureConverter(k *Keyring, namespace string) converter.FailureConverter {
	return temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          DataConverter(k, namespace),
		EncodeCommonAttributes: true,
	})
}

// dataConverter knows whether it runs in workflow code.
type dataConverter struct {
	converter.DataConverter
	inWorkflow bool
}

var _ workflow.ContextAware = (*dataConverter)(nil)

// WithWorkflowContext is called by the SDK before it converts in workflow code.
func (d *dataConverter) WithWorkflowContext(workflow.Context) converter.DataConverter {
	return &dataConverter{DataConverter: d.DataConverter, inWorkflow: true}
}

// WithContext is called by the SDK in clients and activities.
func (d *dataConverter) WithContext(context.Context) converter.DataConverter {
	return &dataConverter{DataConverter: d.DataConverter}
}

func (d *dataConverter) FromPayload(p *commonpb.Payload, to any) error {
	return d.check(d.DataConverter.FromPayload(p, to))
}

func (d *dataConverter) FromPayloads(p *commonpb.Payloads, to ...any) error {
	return d.check(d.DataConverter.FromPayloads(p, to...))
}

func (d *dataConverter) check(err error) error {
	if d.inWorkflow && errors.Is(err, ErrUnknownKey) {
		panic(err)
	}
	return err
}
