package app

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// setUpTemplates publishes the shipped agreements in a database that has none of their key, so that a confidential group
// can be filed on the first day. What legal drafts later supersedes them; they never come back by themselves.
func setUpTemplates(ctx context.Context, st *store.Store) error {
	for key, body := range map[string][]byte{domain.TemplateChinese: nda.Chinese, domain.TemplateBilingual: nda.Bilingual} {
		t, err := template.Parse(body)
		if err != nil {
			return fmt.Errorf("the shipped agreement %s: %w", key, err)
		}
		d := store.TemplateDraft{Key: key, SHA256: t.SHA256(), Body: t.Canonical, Title: t.Blocks[0].Text, Note: "随系统提供 / Shipped with the service"}
		if err := st.SetUpTemplate(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
