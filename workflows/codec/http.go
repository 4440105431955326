package codec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"
)

// defaultMaxBytes is twice the engine's limit for one payload, in base64.
const defaultMaxBytes = 6 << 20

// Access is one use of the remote codec: who and how much, never what.
type Access struct {
	// Who is what Authorise named; empty when it did not.
	Who string
	// Namespace is the one whose payloads were asked for.
	Namespace string
	// Payloads is how many were decoded, or asked for when refused.
	Payloads int
	// Status is the HTTP status answered.
	Status int
}

// HandlerOptions configure [NewHTTPHandler].
type HandlerOptions struct {
	Keyring   *Keyring
	Namespace string
	// Authorise names the caller and says whether they may read histories.
	// Required. Not ok without a name is answered 401, with a name 403.
	Authorise func(*http.Request) (who string, ok bool)
	// Origins are the web origins that may call, exactly as browsers send
	// them (https://host:port). Requests without an Origin, as from the
	// command line, need none.
	Origins []string
	// MaxBytes limits the request's body; 0 means 6 MiB.
	MaxBytes int64
	// Record keeps the access log. Required. It is called before anything is
	// disclosed: when it fails, nothing is, and the answer is 503.
	Record func(context.Context, Access) error
}

// NewHTTPHandler returns the remote codec for the engine's web UI and command
// line: POST …/decode. It decodes only; the SDK's own handler, which it wraps,
// knows neither callers nor limits (temporal.md 17). Faults are problem+json.
func NewHTTPHandler(opt HandlerOptions) (http.Handler, error) {
	switch {
	case opt.Keyring == nil:
		return nil, errors.New("codec endpoint: no keyring")
	case opt.Authorise == nil:
		return nil, errors.New("codec endpoint: nobody decides who may read")
	case opt.Record == nil:
		return nil, errors.New("codec endpoint: no access log")
	case slices.Contains(opt.Origins, "*") || slices.Contains(opt.Origins, "null"):
		return nil, errors.New(`codec endpoint: name each web origin; "*" and "null" would let every page read histories`)
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = defaultMaxBytes
	}
	if opt.Namespace == "" {
		opt.Namespace = defaultNamespace
	}
	opt.Origins = slices.Clone(opt.Origins)
	return &httpHandler{opt: opt, decoder: converter.NewPayloadCodecHTTPHandler(NewPayloadCodec(opt.Keyring, opt.Namespace))}, nil
}

type httpHandler struct {
	opt     HandlerOptions
	decoder http.Handler
}

func (h *httpHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !h.cors(w, r) {
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, "/encode"):
		h.problem(w, http.StatusForbidden, "decode_only", "This endpoint decodes only: payloads are encrypted by the service itself.")
		return
	case !strings.HasSuffix(r.URL.Path, "/decode"):
		h.problem(w, http.StatusNotFound, "not_found", "POST to …/decode.")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		h.problem(w, http.StatusMethodNotAllowed, "method_not_allowed", "Use POST.")
		return
	}
	who, ok := h.opt.Authorise(r)
	if !ok {
		status, code, detail := http.StatusForbidden, "forbidden", "Your role may not read histories."
		if who == "" {
			status, code, detail = http.StatusUnauthorized, "unauthorised", "Sign in, or send a token in the Authorization header."
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		h.refuse(w, r, who, 0, status, code, detail)
		return
	}
	h.decode(w, r, who)
}

// cors answers preflights and refuses other origins; false when it answered.
func (h *httpHandler) cors(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if !slices.Contains(h.opt.Origins, origin) {
		h.problem(w, http.StatusForbidden, "origin_not_allowed", "This web origin is not among the configured ones.")
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	if r.Method != http.MethodOptions {
		return true
	}
	w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Namespace")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return false
}

func (h *httpHandler) decode(w http.ResponseWriter, r *http.Request, who string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opt.MaxBytes))
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			h.refuse(w, r, who, 0, http.StatusRequestEntityTooLarge, "too_large",
				fmt.Sprintf("The body is larger than %d bytes: send fewer payloads at a time.", h.opt.MaxBytes))
			return
		}
		h.refuse(w, r, who, 0, http.StatusBadRequest, "unreadable", "The body could not be read: send it again.")
		return
	}
	var in commonpb.Payloads
	if protojson.Unmarshal(body, &in) != nil {
		h.refuse(w, r, who, 0, http.StatusBadRequest, "malformed", `The body must be {"payloads":[…]} as the engine's UI sends it.`)
		return
	}
	n := len(in.GetPayloads())

	answer := &held{header: http.Header{}, status: http.StatusOK}
	inner := r.Clone(r.Context())
	inner.Body = io.NopCloser(bytes.NewReader(body))
	h.decoder.ServeHTTP(answer, inner)
	if answer.status != http.StatusOK {
		h.refuse(w, r, who, n, http.StatusUnprocessableEntity, "undecodable",
			"At least one payload is damaged, of another namespace, or encrypted with a key that is not loaded.")
		return
	}
	if err := h.opt.Record(r.Context(), Access{Who: who, Namespace: h.opt.Namespace, Payloads: n, Status: http.StatusOK}); err != nil {
		w.Header().Set("Retry-After", "5")
		h.problem(w, http.StatusServiceUnavailable, "not_recorded", "The reading could not be recorded, so nothing is shown: try again.")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer.body.Bytes())
}

// refuse answers and records a refusal; there is nothing to hold back when
// the recording fails.
func (h *httpHandler) refuse(w http.ResponseWriter, r *http.Request, who string, n, status int, code, detail string) {
	_ = h.opt.Record(r.Context(), Access{Who: who, Namespace: h.opt.Namespace, Payloads: n, Status: status})
	h.problem(w, status, code, detail)
}

func (h *httpHandler) problem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "code": code, "detail": detail,
	})
}

// held keeps the inner handler's answer until the access is recorded.
type held struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (a *held) Header() http.Header         { return a.header }
func (a *held) Write(b []byte) (int, error) { return a.body.Write(b) }
func (a *held) WriteHeader(status int)      { a.status = status }
