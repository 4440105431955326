package domain

// Revocation is what a request for a revocation puts up for decision: the filing as it was approved, which case it was,
// and why it is to be undone. In JSON it reads as the filing too, with two fields more.
type Revocation struct {
	Filing
	Revokes Revoked `json:"revokes"`
	Reason  string  `json:"reason"`
}

// Revoked is the approved case that a revocation is about.
type Revoked struct {
	Case   string `json:"case"`
	Number string `json:"number"`
	Digest string `json:"digest"`
}

// Digest is the hash of what is decided on. It hides the filing's, which is another material.
func (r Revocation) Digest() string { return StateDigest(r) }
