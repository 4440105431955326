package app

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// setUpTemplates publishes the shipped agreements in a database that has none of their key, so that a confidential group
// can be filed on the first day. What legal drafts later supersedes them; they never come back by themselves.
func setUpTemplates(ctx context.Context, st *store.Store) error {
	for key, text := range map[string][]byte{domain.TemplateChinese: nda.Chinese, domain.TemplateBilingual: nda.Bilingual} {
		if err := service.SeedTemplate(ctx, st, key, text); err != nil {
			return err
		}
	}
	return nil
}
