package app

import (
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// sealKey opens the platform's key beside the other keys, under the same key-encryption key (QUNBEI_KEK), and makes it
// when there is none.
func sealKey(ctx context.Context, c Config, st *store.Store) (*seal.Key, error) {
	if _, err := codec.KEKFromEnv(os.Getenv); err != nil {
		return nil, err
	}
	kek, _ := hex.DecodeString(strings.TrimSpace(os.Getenv(codec.KEKEnv))) // its form was just checked; none: a key in the clear
	dir := filepath.Join(c.DataDir, KeysFolder)
	company, err := st.CompanyName(ctx)
	if err != nil {
		return nil, err
	}
	if company == "" {
		company = "Qunbei"
	}
	return seal.OpenKey(dir, kek, company, time.Now())
}
