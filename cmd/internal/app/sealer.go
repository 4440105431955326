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

// sealKey opens the platform's key beside the other keys, under the same key-encryption key (QUNBEI_KEK), and makes it
// when there is none: unless documents were sealed already, whose seals would be a stranger's from then on.
func sealKey(ctx context.Context, c Config, st *store.Store) (*seal.Key, error) {
	if _, err := codec.KEKFromEnv(os.Getenv); err != nil {
		return nil, err
	}
	kek, _ := hex.DecodeString(strings.TrimSpace(os.Getenv(codec.KEKEnv))) // its form was just checked; none: a key in the clear
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
