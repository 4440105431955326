package app

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// RotateSeal replaces the platform's key that seals documents. The documents sealed so far keep verifying: the old
// certificate stays among the known ones. False: there is none yet; the first start makes one. Running programs go on with the
// old key until they are started again, and do not know the new one before.
func RotateSeal(dataDir string, now time.Time) (bool, error) {
	kek, err := sealKEK()
	if err != nil {
		return false, err
	}
	dir := filepath.Join(dataDir, KeysFolder)
	if _, err := os.Stat(filepath.Join(dir, seal.KeyFile)); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	old, err := seal.OpenKey(dir, kek, "", now)
	if err != nil {
		return false, err
	}
	company := "Qunbei"
	if o := old.Cert.Subject.Organization; len(o) > 0 {
		company = o[0]
	}
	_, err = seal.Rotate(dir, kek, company, now)
	return err == nil, err
}

// sealKEK is the key-encryption key; none: the key lies in the clear.
func sealKEK() ([]byte, error) {
	if _, err := codec.KEKFromEnv(os.Getenv); err != nil {
		return nil, err
	}
	return hex.DecodeString(strings.TrimSpace(os.Getenv(codec.KEKEnv)))
}

// sealKey opens the platform's key beside the other keys, under the same key-encryption key (QUNBEI_KEK), and makes it
// when there is none: unless documents were sealed already, whose seals would be a stranger's from then on.
func sealKey(ctx context.Context, c Config, st *store.Store) (*seal.Key, error) {
	kek, err := sealKEK()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(c.DataDir, KeysFolder)
	if _, err := os.Stat(filepath.Join(dir, seal.KeyFile)); errors.Is(err, os.ErrNotExist) {
		sealed, err := st.AnySealed(ctx)
		if err != nil {
			return nil, err
		}
		if sealed {
			return nil, fmt.Errorf("the platform's key %s is missing, and documents are sealed with it: restore it from its backup", filepath.Join(dir, seal.KeyFile))
		}
	}
	company, err := st.CompanyName(ctx)
	if err != nil {
		return nil, err
	}
	if company == "" {
		company = "Qunbei"
	}
	return seal.OpenKey(dir, kek, company, time.Now())
}
