package service

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The text of a link in a mail: base64url of version, key id, link id and an Ed25519 signature over everything the link is
// for (domain.MailLink.Signed). Nobody can make one without the service's key, and nothing about person or matter stands
// in it. It is never stored and never logged; the table holds its hash.
const (
	linkVersion = 1
	linkKeySize = 8 // key ids are 16 hex digits
	linkBytes   = 1 + linkKeySize + 16 + 64
	linkChars   = (linkBytes*8 + 5) / 6
)

var linkEncoding = base64.RawURLEncoding.Strict()

// linkText is a link taken apart. That it can be taken apart says nothing about whether it holds.
type linkText struct {
	key string
	id  string
	sig []byte
	sum []byte // SHA-256 of the text: what the table is asked for
}

// signLink makes the text of a link and says by which key.
func (s *Service) signLink(l domain.MailLink) (text, key string) {
	key, sig := s.cfg.Keyring.Signer().Sign(l.Signed())
	var b bytes.Buffer
	b.WriteByte(linkVersion)
	k, _ := hex.DecodeString(key) // of our own making
	b.Write(k)
	id := uuid.MustParse(l.ID) // of our own making
	b.Write(id[:])
	b.Write(sig)
	return linkEncoding.EncodeToString(b.Bytes()), key
}

// readLink takes a link's text apart; false for what can be none. There is one spelling of each link only.
func readLink(text string) (linkText, bool) {
	if len(text) != linkChars {
		return linkText{}, false
	}
	raw, err := linkEncoding.DecodeString(text)
	if err != nil || len(raw) != linkBytes || raw[0] != linkVersion {
		return linkText{}, false
	}
	key, rest := raw[1:1+linkKeySize], raw[1+linkKeySize:]
	id, err := uuid.FromBytes(rest[:16])
	if err != nil {
		return linkText{}, false
	}
	return linkText{key: hex.EncodeToString(key), id: id.String(), sig: rest[16:], sum: linkHash(text)}, true
}

// linkHash is what is stored of a link. A signature cannot be guessed, so a plain hash suffices.
func linkHash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// holds tells whether the link is the one on record, and the record is as it was signed: a row that somebody altered opens
// nothing.
func (s *Service) linkHolds(t linkText, l store.MailLinkRec) bool {
	return t.key == l.Key && t.id == l.ID && s.cfg.Keyring.Verifier().Verify(t.key, l.Signed(), t.sig) == nil
}
