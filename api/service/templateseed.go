package service

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/store"
)

// SeedTemplate publishes an agreement that is shipped with the service, where its key has no version yet.
func SeedTemplate(ctx context.Context, st *store.Store, key string, text []byte) error {
	t, err := template.Parse(text)
	if err != nil {
		return fmt.Errorf("the shipped agreement %s: %w", key, err)
	}
	d := store.TemplateDraft{Key: key, SHA256: t.SHA256(), Body: t.Canonical, Title: t.Blocks[0].Text, Note: "随系统提供 / Shipped with the service"}
	if err := st.SetUpTemplate(ctx, d); err != nil {
		return fmt.Errorf("store the shipped agreement %s: %w", key, err)
	}
	return nil
}
