package app_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/workflows/codec"
)

// program runs one that is not ours. That it is missing is a fault: .ci/need installs it.
func program(t *testing.T, name string, args ...string) (string, bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: run .ci/need test", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	return string(out), err == nil
}

func inFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// pdfText is what a reader can copy out of a PDF.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	out, ok := program(t, "pdftotext", "-layout", inFile(t, "a.pdf", pdf), "-")
	if !ok {
		t.Fatalf("pdftotext: %.300s", out)
	}
	return out
}

// drawnFrom opens what a sealed agreement was drawn from, as an auditor with the keys does.
func (r *running) drawnFrom(t *testing.T, nda string) (in paper.Input) {
	t.Helper()
	ring, err := codec.Open(filepath.Join(r.c.DataDir, app.KeysFolder), codec.Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), r.c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var wrapped, body []byte
	var id, sum string
	if err := conn.QueryRow(t.Context(), `SELECT k.wrapped, o.id::text, o.sha256, o.body FROM objects o JOIN case_keys k ON k.case_id = o.case_id
		WHERE o.case_id = $1 AND o.kind = 'nda_input'`, nda).Scan(&wrapped, &id, &sum, &body); err != nil {
		t.Fatal(err)
	}
	raw, err := ring.Open(wrapped, nda, id, sum, body)
	if err != nil {
		t.Fatal(err)
	}
	var kept activities.NDAInputKept
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(kept.Input, &in); err != nil {
		t.Fatal(err)
	}
	return in
}

var byteRange = regexp.MustCompile(`/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]`)

// verifies has openssl check the last signature in a PDF over every other byte of the file, against the platform's certificate.
func verifies(t *testing.T, pdf []byte, cert string) bool {
	t.Helper()
	all := byteRange.FindAllSubmatch(pdf, -1)
	if len(all) == 0 {
		t.Fatal("no signature")
	}
	m := all[len(all)-1]
	from, _ := strconv.Atoi(string(m[1]))
	to, _ := strconv.Atoi(string(m[2]))
	if from >= to || to > len(pdf) {
		return false
	}
	der, err := hex.DecodeString(strings.Trim(string(pdf[from:to]), "<>"))
	if err != nil {
		return false
	}
	content := append(bytes.Clone(pdf[:from]), pdf[to:]...)
	out, ok := program(t, "openssl", "cms", "-verify", "-inform", "DER", "-in", inFile(t, "sig.der", der), "-content", inFile(t, "content", content),
		"-binary", "-CAfile", cert, "-purpose", "any", "-cades", "-out", os.DevNull)
	return ok && strings.Contains(out, "successful")
}

// outside holds a document that the workflow sealed, as it came over HTTP, against programs that are not ours, and shows that
// they and the public check find out what may be done to it. Drawn again from what was recorded it is the same to the byte.
func (r *running) outside(t *testing.T, nda string, pdf []byte) {
	t.Helper()
	key, err := seal.OpenKey(filepath.Join(r.c.DataDir, app.KeysFolder), nil, "x", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := seal.OpenKey(filepath.Join(t.TempDir(), "keys"), nil, "群备演示公司", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	in := r.drawnFrom(t, nda)
	render := func(in paper.Input) []byte {
		b, err := paper.Render(in)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	base := render(in)
	if !bytes.HasPrefix(pdf, base) {
		t.Fatal("drawn again from what was recorded it is another document")
	}
	evidence := *in.Evidence
	evidence.Check, evidence.Signed = paper.ByPasskey, evidence.Signed.AddDate(0, 0, -1)
	swapped := in
	swapped.Evidence = &evidence
	resigned, err := seal.Sign(base, stranger, seal.Act{Name: in.Company, Reason: "平台签章 / sealed by the platform", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(pdf)
	flipped[len(base)/2] ^= 1
	cert := inFile(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: key.Cert.Raw}))
	for _, c := range []struct {
		name          string
		pdf           []byte
		openssl       bool
		pdfsig, never string // what it says, and does not
		verdict       service.DocumentVerdict
	}{
		{"as it was sealed", pdf, true, "Signature is Valid.", "Not total document signed", service.DocumentIntact},
		{"a flipped byte", flipped, false, "Digest Mismatch", "Signature is Valid.", service.DocumentAltered},
		{"appended bytes", append(bytes.Clone(pdf), "\n% and more\n"...), false, "Not total document signed", "Total document signed\n", service.DocumentAltered},
		{"another evidence page", append(render(swapped), pdf[len(base):]...), false, "", "Signature is Valid.", service.DocumentAltered},
		{"signed again by a stranger", resigned, false, "", "", service.DocumentOtherKey},
	} {
		if got := verifies(t, c.pdf, cert); got != c.openssl {
			t.Errorf("%s: openssl verifies it: %v", c.name, got)
		}
		if out, _ := program(t, "pdfsig", "-nocert", inFile(t, "a.pdf", c.pdf)); !strings.Contains(out, c.pdfsig) || c.never != "" && strings.Contains(out, c.never) {
			t.Errorf("%s: pdfsig says\n%s", c.name, out)
		}
		x, err := r.try("", http.MethodPost, "/nda-verifications", "application/pdf", c.pdf)
		if err != nil {
			t.Fatal(err)
		}
		var d service.DocumentReport
		x.is(t, http.StatusOK).into(t, &d)
		if d.Verdict != c.verdict || d.OnRecord != c.openssl {
			t.Errorf("%s: the public check says %s, on record %v", c.name, d.Verdict, d.OnRecord)
		}
	}
}
