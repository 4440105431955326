package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

func sha(c string) string { return strings.Repeat(c, 64) }

// A fresh database gets the shipped text once; it is in force at once, for every reader of a language without its own.
func TestSetUpTemplate(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	if _, err := s.TemplateInForce(ctx, now()); !errors.Is(err, ErrNotFound) {
		t.Fatalf("before: %v", err)
	}
	zh := TemplateDraft{Key: "zh", SHA256: sha("a"), Body: "正文", Title: domain.Label{ZH: "协议"}, Note: "shipped"}
	for range 2 {
		if err := s.SetUpTemplate(ctx, zh); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetUpTemplate(ctx, TemplateDraft{Key: "zh", SHA256: sha("b"), Body: "其他"}); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"", "zh-CN", "en"} {
		row, err := s.TemplateFor(ctx, lang, now())
		if err != nil || row.SHA256 != sha("a") || row.Body != "正文" || !row.Setup || row.Number != 1 || row.AuthorID != nil || row.Label().ZH != "协议" {
			t.Errorf("%q: %+v %v", lang, row, err)
		}
	}
	if err := s.SetUpTemplate(ctx, TemplateDraft{Key: "zh-en", SHA256: sha("c"), Body: "both"}); err != nil {
		t.Fatal(err)
	}
	if row, err := s.TemplateFor(ctx, "en", now()); err != nil || row.Key != "zh-en" {
		t.Errorf("in English: %+v %v", row, err)
	}
	if _, err := s.TemplateInForce(ctx, now().Add(-time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("before it began: %v", err)
	}
	if row, err := s.TemplateBySHA(ctx, sha("a")); err != nil || row.Key != "zh" {
		t.Errorf("by digest: %+v %v", row, err)
	}
	if all, err := s.Templates(ctx); err != nil || len(all) != 2 || all[0].Body != "" {
		t.Errorf("list: %+v %v", all, err)
	}
}
