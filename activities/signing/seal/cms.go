package seal

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/smallstep/pkcs7"
)

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
)

// certV2 is RFC 5035's SigningCertificateV2 with SHA-256, its default: the signature names the certificate it was made
// with, so that none can be put in its place.
type certV2 struct{ Certs []certID }

type certID struct{ Hash []byte }

// signCMS makes a detached signature over content.
func signCMS(k *Key, content []byte) ([]byte, error) {
	sd, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, err
	}
	sd.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	sum := sha256.Sum256(k.Cert.Raw)
	cfg := pkcs7.SignerInfoConfig{ExtraSignedAttributes: []pkcs7.Attribute{{Type: oidSigningCertV2, Value: certV2{[]certID{{sum[:]}}}}}}
	if err := sd.AddSignerChain(k.Cert, k.signer, k.chain, cfg); err != nil {
		return nil, err
	}
	sd.Detach()
	return sd.Finish()
}

// checked is what a good signature says.
type checked struct {
	cert *x509.Certificate
	at   time.Time
}

var errCMS = errors.New("not a signature of the form this platform makes")

// The structures of RFC 5652 as far as a signature of ours has them, to write it again and compare: what is not signed
// in a signature (versions, lists of algorithms, further attributes) could otherwise be altered unseen.
type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version    int
	Digests    []pkix.AlgorithmIdentifier `asn1:"set"`
	Content    struct{ Type asn1.ObjectIdentifier }
	Certs      asn1.RawValue `asn1:"optional,tag:0"`
	SignerInfo []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version   int
	Issuer    issuerSerial
	Digest    pkix.AlgorithmIdentifier
	Signed    asn1.RawValue `asn1:"optional,tag:0"`
	Algorithm pkix.AlgorithmIdentifier
	Signature []byte
}

type issuerSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

// form checks that der is made of nothing but what a signature of ours has.
func form(der []byte) error {
	var ci contentInfo
	rest, err := asn1.Unmarshal(der, &ci)
	if err != nil || len(rest) > 0 || !ci.Type.Equal(oidSignedData) {
		return errCMS
	}
	var sd signedData
	rest, err = asn1.Unmarshal(ci.Content.Bytes, &sd)
	if err != nil || len(rest) > 0 || sd.Version != 1 || len(sd.SignerInfo) != 1 || len(sd.Digests) != 1 || !sd.Content.Type.Equal(oidData) {
		return errCMS
	}
	s := sd.SignerInfo[0]
	for _, a := range []pkix.AlgorithmIdentifier{sd.Digests[0], s.Digest} {
		if !a.Algorithm.Equal(pkcs7.OIDDigestAlgorithmSHA256) || len(a.Parameters.FullBytes) > 0 {
			return errCMS
		}
	}
	if s.Version != 1 || len(s.Signed.Bytes) == 0 || len(s.Algorithm.Parameters.FullBytes) > 0 {
		return errCMS
	}
	inner, err := asn1.Marshal(sd)
	if err != nil {
		return errCMS
	}
	again, err := asn1.Marshal(contentInfo{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}})
	if err != nil || !bytes.Equal(again, der) {
		return errCMS
	}
	return nil
}

// verifyCMS checks a detached signature over content. It does not ask whose certificate it is.
func verifyCMS(der, content []byte) (c checked, err error) {
	if err := form(der); err != nil {
		return c, err
	}
	p, err := pkcs7.Parse(der)
	if err != nil {
		return c, errCMS
	}
	p.Content = content
	if c.cert = p.GetOnlySigner(); c.cert == nil {
		return c, errCMS
	}
	var named certV2
	if err := p.UnmarshalSignedAttribute(oidSigningCertV2, &named); err != nil || len(named.Certs) != 1 {
		return c, fmt.Errorf("%w: it does not name its certificate", errCMS)
	}
	if sum := sha256.Sum256(c.cert.Raw); !bytes.Equal(named.Certs[0].Hash, sum[:]) {
		return c, fmt.Errorf("%w: it names another certificate", errCMS)
	}
	var kind asn1.ObjectIdentifier
	if err := p.UnmarshalSignedAttribute(pkcs7.OIDAttributeContentType, &kind); err != nil || !kind.Equal(oidData) {
		return c, errCMS
	}
	if err := p.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &c.at); err != nil {
		return c, errCMS
	}
	if err := p.Verify(); err != nil {
		return c, fmt.Errorf("the signature does not fit the bytes: %w", err)
	}
	return c, nil
}
