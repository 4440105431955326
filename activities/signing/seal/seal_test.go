package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
)

var (
	now   = time.Now()
	first = Act{Name: "群山科技有限公司", Reason: "NDA-2026-000123：签署人已签署", At: now}
	then  = Act{Name: "陈晓", Reason: "会签", At: now.Add(time.Minute)}
)

func newTestKey(t testing.TB) *Key {
	t.Helper()
	k, err := OpenKey(filepath.Join(t.TempDir(), "keys"), nil, "群山科技有限公司", now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func input(t testing.TB, places int) paper.Input {
	t.Helper()
	tpl, err := template.Parse(nda.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	v := template.Values{}
	for _, f := range template.Fields {
		v[f.Name] = domain.Label{ZH: "值"}
	}
	d, err := tpl.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	return paper.Input{Document: d, Company: "群山科技有限公司", Signer: paper.Signer{Name: "王䶮"}, Signatures: places,
		Evidence: &paper.Evidence{ID: "NDA-2026-000123", TemplateVersion: "1", Signed: now, Check: paper.ByCode, Level: paper.PlatformSeal}}
}

func render(t testing.TB, in paper.Input) []byte {
	t.Helper()
	b, err := paper.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func drawn(t testing.TB, places int) []byte { t.Helper(); return render(t, input(t, places)) }

func sign(t testing.TB, b []byte, k *Key, a Act) []byte {
	t.Helper()
	out, err := Sign(b, k, a)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// forge signs what Sign refuses.
func forge(t testing.TB, b []byte, k *Key, a Act) []byte {
	t.Helper()
	out, err := add(b, k, a)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func run(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	return string(out), err
}

func keep(t testing.TB, name string, b []byte) string {
	t.Helper()
	f := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestVerify(t *testing.T) {
	k := newTestKey(t)
	base := drawn(t, 2)
	one := sign(t, base, k, first)
	two := sign(t, one, k, then)
	if r := Verify(base, k.Known()); r.Verdict != Unsigned || !r.EvidenceIntact {
		t.Errorf("unsigned: %+v", r)
	}
	if r := Verify(one, k.Known()); r.Verdict != Intact || len(r.Signatures) != 1 || !r.Signatures[0].Whole || r.Places != 2 || !r.EvidenceIntact || r.ID != "NDA-2026-000123" ||
		r.Level != "platform_seal" || r.Signatures[0].Name != first.Name || r.Signatures[0].Reason != first.Reason || r.Signatures[0].Serial != k.Serial() || r.Document != input(t, 2).Document.SHA256() {
		t.Errorf("one signature: %+v", r)
	}
	r := Verify(two, k.Known())
	if r.Verdict != Intact || len(r.Signatures) != 2 || r.Signatures[0].Whole || !r.Signatures[1].Whole || r.Signatures[1].Name != "陈晓" {
		t.Fatalf("two signatures: %+v", r)
	}
	if d := time.Since(r.Signatures[1].At); d < -time.Minute || d > time.Hour {
		t.Errorf("signed at %v", r.Signatures[1].At)
	}
	if _, err := Sign(two, k, then); !errors.Is(err, ErrNoPlace) {
		t.Errorf("a third signature: %v", err)
	}
	if _, err := Sign(sign(t, drawn(t, 1), k, first), k, then); !errors.Is(err, ErrNoPlace) {
		t.Errorf("a second signature in one place: %v", err)
	}
	if !bytes.HasPrefix(two, one) || !bytes.HasPrefix(one, base) {
		t.Error("a signature changed what stood before")
	}
	if r := Verify(bytes.Repeat([]byte("x"), MaxBytes+1), nil); r.Verdict != TooLarge {
		t.Error(r.Verdict)
	}
}

// What somebody may do to a sealed document, and what is said of it.
func TestTampering(t *testing.T) {
	k, other := newTestKey(t), newTestKey(t)
	in := input(t, 2)
	base := render(t, in)
	two := sign(t, sign(t, base, k, first), k, then)
	forged := in
	e := *in.Evidence
	e.Check = paper.ByPasskey // the evidence page tells another story
	forged.Evidence = &e
	swapped := render(t, forged)
	tail := two[len(base):]
	for name, tc := range map[string]struct {
		pdf  []byte
		want Verdict
	}{
		"appended line":          {append(bytes.Clone(two), '\n'), Altered},
		"appended update":        {append(bytes.Clone(two), "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\nxref\n1 1\n0000000000 00000 n \ntrailer\n<< /Size 9 /Root 1 0 R >>\nstartxref\n1\n%%EOF\n"...), Altered},
		"appended in our form":   {append(bytes.Clone(two), tail...), Altered},
		"put before":             {append([]byte("\n"), two...), Altered},
		"cut":                    {two[:len(two)-1], Altered},
		"cut in the second":      {two[:len(two)-3*room], Altered},
		"evidence swapped":       {append(bytes.Clone(swapped), tail...), Altered},
		"evidence re-signed":     {sign(t, sign(t, swapped, other, first), other, then), OtherKey},
		"text re-signed":         {sign(t, base, other, first), OtherKey},
		"countersigned by other": {forge(t, sign(t, base, k, first), other, then), OtherKey},
		"not a PDF":              {[]byte("hello"), Foreign},
		"empty":                  {nil, Foreign},
	} {
		r := Verify(tc.pdf, k.Known())
		if _, err := Sign(tc.pdf, k, then); err == nil {
			t.Errorf("%s: signed again", name)
		}
		if r.Verdict != tc.want {
			t.Errorf("%s: %s", name, r.Verdict)
		}
		if name == "evidence re-signed" && (len(r.Signatures) != 2 || r.Signatures[0].Fingerprint != other.Fingerprint() || r.Signatures[0].Known || !r.Signatures[0].Valid) {
			t.Errorf("the other key is not named: %+v", r.Signatures)
		}
	}
	// The last byte of the second signature removed leaves a good first one: that is not the same as the whole.
	if r := Verify(append(bytes.Clone(two), '\n'), k.Known()); r.Appended != 1 {
		t.Errorf("appended: %d", r.Appended)
	}
	// The evidence page changed and the digest in the catalog left: found even by who signs with the platform's key.
	at := bytes.Index(base, []byte("/Evidence <")) + len("/Evidence <")
	wrong := bytes.Clone(base)
	copy(wrong[at:], strings.Repeat("0", 64))
	if r := Verify(forge(t, wrong, k, first), k.Known()); r.Verdict != Altered || r.EvidenceIntact || !r.Signatures[0].Valid {
		t.Errorf("evidence digest: %+v", r)
	}
}

// Files made to be slow are answered soon.
func TestHostileSizes(t *testing.T) {
	k := newTestKey(t)
	one := sign(t, drawn(t, 2), k, first)
	i := bytes.Index(one, []byte(marker))
	name := bytes.Index(one, []byte("/Name <FEFF")) + len("/Name <FEFF")
	fill := func(head []byte, with string) []byte {
		return append(bytes.Clone(head), strings.Repeat(with, (MaxBytes-len(head))/len(with))...)
	}
	for what, pdf := range map[string][]byte{
		"markers":       fill(one[:i], "%%EOF\n"+marker+"1\n"),
		"long name":     fill(one[:name], "0"),
		"zeroes behind": fill(one, "\x00"),
		"catalogs":      fill(nil, "/Qunbei << /Document <"),
		"fields":        fill(nil, "/AcroForm << /Fields [1 0 R "),
		"tables":        fill(one[:i], "\nxref\n"),
	} {
		start := time.Now()
		if r := Verify(pdf, k.Known()); r.Verdict != Altered && r.Verdict != Foreign {
			t.Errorf("%s: %s", what, r.Verdict)
		}
		if _, err := Sign(pdf, k, then); err == nil {
			t.Errorf("%s: signed", what)
		}
		if d := time.Since(start); d > slack*5*time.Second {
			t.Errorf("%s took %v", what, d)
		}
	}
}

// No byte of a sealed document may change unseen, those of the signature itself included.
func TestEveryByteCounts(t *testing.T) {
	k := newTestKey(t)
	base := drawn(t, 2)
	two := sign(t, sign(t, base, k, first), k, then)
	known := k.Known()
	try := func(i int) {
		for _, bit := range []byte{1, 0x20} {
			two[i] ^= bit
			if r := Verify(two, known); r.Verdict == Intact {
				t.Errorf("byte %d of %d changed unseen (%q)", i, len(two), two[i])
			}
			two[i] ^= bit
		}
	}
	for i := 0; i < len(base); i += 997 {
		try(i)
	}
	for i := len(base); i < len(two); {
		try(i)
		if two[i] == '0' && bytes.HasPrefix(two[i:], bytes.Repeat([]byte("0"), 200)) {
			i += 199 // the padding, in steps
			continue
		}
		i += 2
	}
	if r := Verify(two, known); r.Verdict != Intact {
		t.Fatal("the test broke what it tests")
	}
}

// Programs that are not ours reach the same conclusions.
func TestOtherProgramsAgree(t *testing.T) {
	k := newTestKey(t)
	base := drawn(t, 2)
	two := sign(t, sign(t, base, k, first), k, then)
	out, _ := run(t, "pdfsig", "-nocert", keep(t, "two.pdf", two))
	if strings.Count(out, "Signature is Valid.") != 2 || strings.Count(out, "ETSI.CAdES.detached") != 2 || !strings.Contains(out, "Total document signed") || !strings.Contains(out, "SHA-256") {
		t.Errorf("pdfsig says\n%s", out)
	}
	bad := bytes.Clone(two)
	bad[len(base)/2] ^= 1
	if out, _ := run(t, "pdfsig", "-nocert", keep(t, "bad.pdf", bad)); strings.Contains(out, "Signature is Valid.") || !strings.Contains(out, "Digest Mismatch") {
		t.Errorf("pdfsig says of a flipped byte\n%s", out)
	}
	if out, err := run(t, "pdfinfo", keep(t, "two.pdf", two)); err != nil || strings.Contains(out, "Error") || !strings.Contains(out, "群组保密协议") {
		t.Errorf("pdfinfo says %v\n%s", err, out)
	}

	cert := keep(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.Cert.Raw}))
	ranges := regexp.MustCompile(`/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\]`).FindAllSubmatch(two, -1)
	if len(ranges) != 2 {
		t.Fatal("no two signatures")
	}
	for _, m := range ranges {
		n := func(i int) (v int) {
			for _, c := range m[i] {
				v = v*10 + int(c-'0')
			}
			return v
		}
		from, to, rest := n(1), n(2), n(3)
		raw, err := hex.DecodeString(string(two[from+1 : to-1]))
		if err != nil {
			t.Fatal(err)
		}
		der, ok := unpad(raw)
		if !ok {
			t.Fatal("padding")
		}
		content := append(bytes.Clone(two[:from]), two[to:to+rest]...)
		args := func(content []byte) []string {
			return []string{"cms", "-verify", "-inform", "DER", "-in", keep(t, "sig.der", der), "-content", keep(t, "content", content), "-binary", "-CAfile", cert, "-purpose", "any", "-cades", "-out", os.DevNull}
		}
		if out, err := run(t, "openssl", args(content)...); err != nil {
			t.Errorf("openssl: %v\n%s", err, out)
		}
		content[100] ^= 1
		if out, err := run(t, "openssl", args(content)...); err == nil {
			t.Errorf("openssl accepts a flipped byte\n%s", out)
		}
	}
}

// Whatever the bytes are, Verify answers, and only what was sealed is intact.
func FuzzVerify(f *testing.F) {
	k := newTestKey(f)
	base := drawn(f, 2)
	one := sign(f, base, k, first)
	tail := one[len(base):]
	f.Add(uint32(0), []byte(""), true)
	f.Add(uint32(len(one)), []byte("\n"), false)
	f.Add(uint32(10), []byte("/Contents <"), false)
	f.Add(uint32(len(base)), tail[:300], true)
	f.Fuzz(func(t *testing.T, at uint32, change []byte, alone bool) {
		pdf := change
		if !alone {
			i := int(at) % (len(one) + 1)
			pdf = append(append(bytes.Clone(one[:i]), change...), one[min(len(one), i+len(change)):]...)
		}
		start := time.Now()
		r := Verify(pdf, k.Known())
		if (r.Verdict == Intact) != bytes.Equal(pdf, one) {
			t.Fatalf("%s", r.Verdict)
		}
		if d := time.Since(start); d > slack*5*time.Second {
			t.Fatalf("took %v", d)
		}
		_, _ = Sign(pdf, k, then)
	})
}

func BenchmarkSealed(b *testing.B) {
	k := newTestKey(b)
	in := input(b, 1)
	for range b.N {
		sign(b, render(b, in), k, first)
	}
}
