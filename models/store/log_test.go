package store

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// No value that a statement carries reaches the log, however it was called, slow or failed.
func TestNoValueIsLogged(t *testing.T) {
	base := fresh(t)
	var buf bytes.Buffer
	s, err := Open(context.Background(), base.pool.Config().ConnString(), Options{Slow: time.Nanosecond, Log: slog.New(slog.NewJSONHandler(&buf, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test's
	ctx := context.Background()
	secret := `GEHEIM'' \' geheim`
	var out []string
	_ = s.db(ctx).Raw(`SELECT ?::text WHERE 42 = ?`, secret, 8675309).Scan(&out).Error
	_ = s.db(ctx).Raw(`SELECT ?::uuid`, secret).Scan(&out).Error
	_ = s.db(ctx).Exec(`SELECT ?::uuid, ?`, secret, 8675309).Error
	_ = s.db(ctx).Where("number = ?", secret).Find(&[]CaseRow{}).Error
	_, _ = s.FindPeople(ctx, secret, 5)
	err = s.db(ctx).Create(&DepartmentRow{ID: secret, Code: secret, Name: secret}).Error
	text := buf.String()
	if n := strings.Count(text, "\n"); n < 6 {
		t.Errorf("%d lines logged", n)
	}
	if strings.Contains(strings.ToLower(text), "geheim") || strings.Contains(text, "8675309") {
		t.Errorf("values in the log: %s", text)
	}
	if c := clean("trying", err); strings.Contains(strings.ToLower(c.Error()), "geheim") || Code(c) != "22P02" {
		t.Errorf("values in an error: %v", c)
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(strings.SplitN(text, "\n", 2)[0]), &line); err != nil || line["sql"] == "" {
		t.Error("no statement's text in the log")
	}
}
