package api

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
)

//go:embed openapi.yaml
var contract []byte

//go:embed docs
var docs embed.FS

// Contract is openapi.yaml as it is served.
func Contract() []byte { return contract }

// registerService adds what is about the service itself: contract, its browser, health.
func registerService(e *echo.Echo, svc service.API, door *auth.Door) {
	e.POST(Base+"/hooks/messages", checkMessage(svc, door))
	yaml := func(c echo.Context) error { return document(c, "application/yaml", contract) }
	e.GET("/openapi.yaml", yaml)
	e.GET(Base+"/openapi.yaml", yaml)
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, map[string]bool{"alive": true}) })
	e.GET("/readyz", func(c echo.Context) error {
		h := svc.Health(c.Request().Context())
		status := http.StatusOK
		if !h.Database || !h.Engine {
			status = http.StatusServiceUnavailable
			c.Response().Header().Set("Retry-After", "5")
		}
		return c.JSON(status, h)
	})
	e.GET("/docs", func(c echo.Context) error { return page(c, "index.html") })
	e.GET("/docs/:file", func(c echo.Context) error {
		if c.Param("file") == "problems" {
			return problems(c)
		}
		return page(c, c.Param("file"))
	})
}

func page(c echo.Context, name string) error {
	types := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
	kind, ok := types[path.Ext(name)]
	b, err := docs.ReadFile("docs/" + name)
	if err != nil || !ok || strings.Contains(name, "/") {
		return &service.Error{Kind: service.NotFound, Code: "unknown_address"}
	}
	return document(c, kind, b)
}

// document serves what changes only with the program: kept by browsers, asked again by its digest.
func document(c echo.Context, kind string, b []byte) error {
	sum := sha256.Sum256(b)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"` // weak: it may go out compressed
	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age=300")
	if strings.Contains(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, kind, b)
}

var problemPage = template.Must(template.New("problems").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title><link rel="stylesheet" href="/docs/problems.css"></head>
<body><main><h1>{{.Title}}</h1><dl>{{range .Rows}}<dt id="{{.Code}}"><code>{{.Code}}</code></dt><dd>{{.Title}} {{.Remedy}}</dd>
{{end}}</dl></main></body></html>
`))

// problems explains every code; the member type of a problem points here.
func problems(c echo.Context) error {
	type row struct{ Code, Title, Remedy string }
	lang := auth.Language(c)
	data := struct {
		Lang, Title string
		Rows        []row
	}{Lang: lang, Title: map[string]string{problem.Chinese: "错误代码", problem.English: "Problem codes"}[lang]}
	for _, code := range problem.Codes() {
		title, remedy := problem.Words(code, lang)
		data.Rows = append(data.Rows, row{code, title, remedy})
	}
	var b strings.Builder
	if err := problemPage.Execute(&b, data); err != nil {
		return err
	}
	return c.HTML(http.StatusOK, b.String())
}
