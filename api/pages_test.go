package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/web"
)

func real(f *fake, demo bool) (*echo.Echo, error) {
	return api.New(api.Config{Service: f, Log: slog.New(slog.DiscardHandler), Pages: func(e *echo.Echo, d *auth.Door) api.Pages {
		return web.Register(e, web.Deps{Service: f, Door: d, Demo: demo})
	}})
}

// The pages that exist are those of the table, in the demo and outside it.
func TestPagesFitTheTable(t *testing.T) {
	for _, demo := range []bool{true, false} {
		if _, err := real(newFake(), demo); err != nil {
			t.Errorf("demo %v: %v", demo, err)
		}
	}
}

// A stranger is sent to sign in, an unknown page is told as a page, and the API stays with problems.
func TestPagesAnswerRefusals(t *testing.T) {
	e, err := real(newFake(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path, accept string
		status       int
		kind, where  string
	}{
		{"/inbox", "text/html", http.StatusSeeOther, "", "/signin?next=%2Finbox"},
		{"/nowhere", "text/html", http.StatusNotFound, "text/html", ""},
		{"/api/v1/nowhere", "text/html", http.StatusNotFound, "application/problem+json", ""},
		{"/nowhere", "*/*", http.StatusNotFound, "application/problem+json", ""},
	} {
		r := httptest.NewRequest("GET", tc.path, nil)
		r.Header.Set("Accept", tc.accept)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != tc.status || !strings.HasPrefix(w.Header().Get("Content-Type"), tc.kind) || !strings.HasPrefix(w.Header().Get("Location"), tc.where) {
			t.Errorf("%s: %d %v %s", tc.path, w.Code, w.Header(), w.Body)
		}
	}
}
