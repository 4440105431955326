package codec

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

const secretText = "张三 disagrees"

func mustGenerate(t testing.TB) *Keyring {
	t.Helper()
	k, err := Generate()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func encodeOne(t testing.TB, k *Keyring, namespace string, p *commonpb.Payload) *commonpb.Payload {
	t.Helper()
	out, err := NewPayloadCodec(k, namespace).Encode([]*commonpb.Payload{p})
	if err != nil {
		t.Fatal(err)
	}
	return out[0]
}

func plainPayload() *commonpb.Payload {
	return &commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte("json/plain"), "note": []byte("meta")},
		Data:     []byte(`"` + secretText + `"`),
	}
}

func TestPayloadRoundTrip(t *testing.T) {
	k := mustGenerate(t)
	c := NewPayloadCodec(k, "ns")
	in := plainPayload()
	enc := encodeOne(t, k, "ns", in)
	if got := string(enc.Metadata[converter.MetadataEncoding]); got != "binary/encrypted" {
		t.Errorf("encoding %q", got)
	}
	if got := string(enc.Metadata["encryption-key-id"]); got != k.CodecKeyID() {
		t.Errorf("key id %q, want %q", got, k.CodecKeyID())
	}
	raw, _ := proto.Marshal(enc)
	if bytes.Contains(raw, []byte("张三")) || bytes.Contains(raw, []byte("json/plain")) {
		t.Error("plaintext in the encoded payload")
	}
	out, err := c.Decode([]*commonpb.Payload{enc})
	if err != nil || !proto.Equal(out[0], in) {
		t.Fatalf("decoded %v, %v", out, err)
	}
	if !proto.Equal(in, plainPayload()) {
		t.Error("Encode changed its argument")
	}
	again := encodeOne(t, k, "ns", in)
	if bytes.Equal(again.Data, enc.Data) {
		t.Error("same ciphertext twice: nonce reused")
	}
}

func TestPayloadRefused(t *testing.T) {
	k := mustGenerate(t)
	cases := []struct {
		name   string
		change func(*commonpb.Payload)
		want   error
	}{
		{"version byte", func(p *commonpb.Payload) { p.Data[0] ^= 1 }, ErrNotAuthentic},
		{"key id in ciphertext", func(p *commonpb.Payload) { p.Data[3] ^= 1 }, ErrNotAuthentic},
		{"nonce", func(p *commonpb.Payload) { p.Data[6] ^= 1 }, ErrNotAuthentic},
		{"ciphertext", func(p *commonpb.Payload) { p.Data[20] ^= 1 }, ErrNotAuthentic},
		{"tag", func(p *commonpb.Payload) { p.Data[len(p.Data)-1] ^= 1 }, ErrNotAuthentic},
		{"cut", func(p *commonpb.Payload) { p.Data = p.Data[:len(p.Data)-1] }, ErrNotAuthentic},
		{"empty", func(p *commonpb.Payload) { p.Data = nil }, ErrNotAuthentic},
		{"no key id", func(p *commonpb.Payload) { delete(p.Metadata, MetadataKeyID) }, ErrNotAuthentic},
		{"other key id in metadata", func(p *commonpb.Payload) { p.Metadata[MetadataKeyID] = []byte("00000001") }, ErrNotAuthentic},
		{"key id not hex", func(p *commonpb.Payload) { p.Metadata[MetadataKeyID] = []byte("zzzzzzzz") }, ErrNotAuthentic},
		{"unknown key", func(p *commonpb.Payload) { *p = *encodeOne(t, mustGenerate(t), "ns", plainPayload()) }, ErrUnknownKey},
		{"other namespace", func(p *commonpb.Payload) { *p = *encodeOne(t, k, "other", plainPayload()) }, ErrNotAuthentic},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			p := proto.Clone(encodeOne(t, k, "ns", plainPayload())).(*commonpb.Payload)
			tc.change(p)
			_, err := NewPayloadCodec(k, "ns").Decode([]*commonpb.Payload{p})
			if !errors.Is(err, tc.want) {
				t.Fatalf("got %v, want %v", err, tc.want)
			}
			if errors.Is(err, ErrNotAuthentic) && errors.Is(err, ErrUnknownKey) {
				t.Errorf("%v is both", err)
			}
		})
	}
}

func TestUnknownKeyNamesIt(t *testing.T) {
	other := mustGenerate(t)
	_, err := NewPayloadCodec(mustGenerate(t), "ns").Decode([]*commonpb.Payload{encodeOne(t, other, "ns", plainPayload())})
	var unknown *UnknownKeyError
	if !errors.As(err, &unknown) || unknown.KeyID != other.CodecKeyID() || unknown.Purpose != "codec" {
		t.Fatalf("got %v", err)
	}
}

func TestPayloadPassesThrough(t *testing.T) {
	k := mustGenerate(t)
	in := []*commonpb.Payload{plainPayload(), encodeOne(t, k, "ns", plainPayload()), {}, nil}
	out, err := NewPayloadCodec(k, "ns").Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	if out[0] != in[0] || out[2] != in[2] || out[3] != nil || !proto.Equal(out[1], plainPayload()) {
		t.Fatalf("got %v", out)
	}
}

func TestEmptyNamespaceIsDefault(t *testing.T) {
	k := mustGenerate(t)
	if _, err := NewPayloadCodec(k, "default").Decode([]*commonpb.Payload{encodeOne(t, k, "", plainPayload())}); err != nil {
		t.Fatal(err)
	}
}

func TestRotationKeepsOldPayloads(t *testing.T) {
	k := mustGenerate(t)
	before := encodeOne(t, k, "ns", plainPayload())
	oldID := k.CodecKeyID()
	if err := k.Rotate(PartCodec); err != nil {
		t.Fatal(err)
	}
	after := encodeOne(t, k, "ns", plainPayload())
	if got := string(after.Metadata[MetadataKeyID]); got == oldID || got != k.CodecKeyID() {
		t.Errorf("new payload uses key %s, old was %s", got, oldID)
	}
	out, err := NewPayloadCodec(k, "ns").Decode([]*commonpb.Payload{before, after})
	if err != nil || !proto.Equal(out[0], plainPayload()) || !proto.Equal(out[1], plainPayload()) {
		t.Fatalf("got %v, %v", out, err)
	}
}

func TestFailureConverterHidesMessageAndStack(t *testing.T) {
	k := mustGenerate(t)
	fc := FailureConverter(k, "ns")
	inner := temporal.NewNonRetryableApplicationError(secretText, "RuleRefused", errors.New("cause "+secretText), secretText)
	f := fc.ErrorToFailure(inner)
	raw, _ := proto.Marshal(f)
	if bytes.Contains(raw, []byte("张三")) {
		t.Fatalf("failure shows its text: %v", f)
	}
	if got := f.GetApplicationFailureInfo().GetType(); got != "RuleRefused" {
		t.Errorf("type %q must stay readable", got)
	}
	back := fc.FailureToError(f)
	var app *temporal.ApplicationError
	var detail string
	if !errors.As(back, &app) || app.Message() != secretText {
		t.Fatalf("back: %v", back)
	}
	if err := app.Details(&detail); err != nil || detail != secretText {
		t.Fatalf("details %q, %v", detail, err)
	}

	panicked := fc.ErrorToFailure(panicError(t, k))
	raw, _ = proto.Marshal(panicked)
	if bytes.Contains(raw, []byte("goroutine")) || bytes.Contains(raw, []byte("boom")) || panicked.GetStackTrace() != "" {
		t.Errorf("stack trace is readable: %v", panicked)
	}
	var decoded *temporal.PanicError
	if !errors.As(fc.FailureToError(panicked), &decoded) || !strings.Contains(decoded.StackTrace(), "goroutine") {
		t.Error("stack trace lost instead of hidden")
	}
}

// panicError returns a real panic's error with its stack, as a workflow gets it
// from an activity; handed on, as workflows do, it must not become readable.
func panicError(t *testing.T, k *Keyring) error {
	t.Helper()
	var s testsuite.WorkflowTestSuite
	env := s.NewTestActivityEnvironment()
	env.SetDataConverter(DataConverter(k, "ns"))
	env.SetFailureConverter(FailureConverter(k, "ns"))
	env.RegisterActivity(panicking)
	_, err := env.ExecuteActivity(panicking)
	var p *temporal.PanicError
	if !errors.As(err, &p) {
		t.Fatalf("no panic error: %v", err)
	}
	return p
}

func panicking() error { panic("boom") }

func TestSDKRoundTripThroughWorkflow(t *testing.T) {
	k := mustGenerate(t)
	var s testsuite.WorkflowTestSuite
	env := s.NewTestWorkflowEnvironment()
	env.SetDataConverter(DataConverter(k, "ns"))
	env.SetFailureConverter(FailureConverter(k, "ns"))
	env.RegisterActivity(echoActivity)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow("decide", secretText) }, time.Second)
	env.ExecuteWorkflow(waitWorkflow, "hello")
	var got string
	if err := env.GetWorkflowResult(&got); err != nil || got != "hello/"+secretText {
		t.Fatalf("got %q, %v", got, err)
	}
}

func echoActivity(s string) (string, error) { return s, nil }

func waitWorkflow(ctx workflow.Context, in string) (string, error) {
	var signal, out string
	workflow.GetSignalChannel(ctx, "decide").Receive(ctx, &signal)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	err := workflow.ExecuteActivity(ctx, echoActivity, in+"/"+signal).Get(ctx, &out)
	return out, err
}

// A signal under a key that is not loaded must block the workflow, not vanish:
// the SDK drops a signal whose decoding returns an error.
func TestMissingKeyBlocksWorkflowInsteadOfDroppingSignal(t *testing.T) {
	stranger := encodeOne(t, mustGenerate(t), "ns", plainPayload())
	forged := encodeOne(t, mustGenerate(t), "ns", plainPayload())
	forged.Metadata[MetadataKeyID] = []byte("00000000")
	for _, tc := range []struct {
		name    string
		payload *commonpb.Payload
		want    string
	}{
		{"missing key stops the task", stranger, "not in this keyring"},
		{"forged payload is dropped", forged, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var s testsuite.WorkflowTestSuite
			env := s.NewTestWorkflowEnvironment()
			k := mustGenerate(t)
			env.SetDataConverter(&rawSignal{dataConverter: DataConverter(k, "ns").(*dataConverter)})
			env.RegisterActivity(echoActivity)
			env.RegisterDelayedCallback(func() { env.SignalWorkflow("decide", tc.payload) }, time.Second)
			env.RegisterDelayedCallback(func() { env.SignalWorkflow("decide", "real") }, time.Minute)
			env.ExecuteWorkflow(waitWorkflow, "hello")
			err := env.GetWorkflowError()
			if tc.want == "" {
				var got string
				if err != nil || env.GetWorkflowResult(&got) != nil || got != "hello/real" {
					t.Fatalf("got %q, %v", got, err)
				}
				return
			}
			if err == nil || !strings.Contains(fmt.Sprint(err), tc.want) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// rawSignal lets a test put an exact payload on the wire.
type rawSignal struct{ *dataConverter }

func (r *rawSignal) ToPayloads(v ...any) (*commonpb.Payloads, error) {
	if len(v) == 1 {
		if p, ok := v[0].(*commonpb.Payload); ok {
			return &commonpb.Payloads{Payloads: []*commonpb.Payload{p}}, nil
		}
	}
	return r.dataConverter.ToPayloads(v...)
}

func TestMissingKeyOutsideWorkflowIsAnError(t *testing.T) {
	dc := DataConverter(mustGenerate(t), "ns")
	var s string
	if err := dc.FromPayload(encodeOne(t, mustGenerate(t), "ns", plainPayload()), &s); !errors.Is(err, ErrUnknownKey) {
		t.Fatalf("got %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	k := mustGenerate(f)
	good := encodeOne(f, k, "ns", plainPayload())
	f.Add([]byte(MetadataEncodingEncrypted), good.Metadata[MetadataKeyID], good.Data)
	f.Add([]byte(MetadataEncodingEncrypted), []byte("00000000"), []byte{1, 0, 0, 0, 0})
	f.Add([]byte(MetadataEncodingEncrypted), []byte(nil), []byte(nil))
	f.Add([]byte(MetadataEncodingEncrypted), good.Metadata[MetadataKeyID], good.Data[:tinkPrefixLen])
	f.Add([]byte("json/plain"), []byte("x"), []byte("{}"))
	c := NewPayloadCodec(k, "ns")
	f.Fuzz(func(t *testing.T, encoding, id, data []byte) {
		p := &commonpb.Payload{Metadata: map[string][]byte{converter.MetadataEncoding: encoding, MetadataKeyID: id}, Data: data}
		out, err := c.Decode([]*commonpb.Payload{p})
		switch {
		case string(encoding) != MetadataEncodingEncrypted:
			if err != nil || out[0] != p {
				t.Fatalf("must pass through: %v", err)
			}
		case err == nil:
			// Only what we encrypted may decrypt. (The id may be in capitals.)
			if !bytes.Equal(data, good.Data) || !proto.Equal(out[0], plainPayload()) {
				t.Fatal("a forgery decrypted")
			}
		case !errors.Is(err, ErrUnknownKey) && !errors.Is(err, ErrNotAuthentic):
			t.Fatalf("unclassified error %v", err)
		}
	})
}
