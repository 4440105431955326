package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

//go:embed static/*.css static/*.js static/*.svg
var files embed.FS

// asset is one file as it is sent, named by its content so that browsers may keep it for ever. The server packs it.
type asset struct {
	media string
	raw   []byte
	url   string
}

type assets struct{ byURL map[string]*asset }

// CSS and JS are the addresses pages link to.
var (
	assetCSS, assetHTMX, assetJS, assetPasskey, assetIcon string
)

// loadAssets makes one style sheet of Pico (in a cascade layer, so that ours always wins), tokens and our own rules.
func loadAssets() *assets {
	read := func(name string) []byte {
		b, err := files.ReadFile("static/" + name)
		if err != nil {
			panic("an embedded file is missing: " + name) // a build without its files cannot run
		}
		return b
	}
	pico := strings.TrimPrefix(string(read("pico.min.css")), `@charset "UTF-8";`)
	var css bytes.Buffer
	css.WriteString("@charset \"UTF-8\";@layer pico{" + pico + "}\n")
	for _, f := range []string{"tokens.css", "app.css", "parts.css", "link.css", "rules.css", "agreement.css", "life.css", "passkeys.css", "sign.css", "training.css", "posts.css", "print.css"} {
		css.Write(read(f))
		css.WriteByte('\n')
	}
	a := &assets{byURL: map[string]*asset{}}
	assetCSS = a.add("app.css", "text/css; charset=utf-8", css.Bytes())
	assetHTMX = a.add("htmx.js", "text/javascript; charset=utf-8", read("htmx.min.js"))
	assetJS = a.add("app.js", "text/javascript; charset=utf-8", bytes.Join([][]byte{read("app.js"), read("sign.js")}, []byte("\n")))
	assetPasskey = a.add("passkey.js", "text/javascript; charset=utf-8", read("passkey.js"))
	assetIcon = a.add("icon.svg", "image/svg+xml", read("icon.svg"))
	return a
}

func (a *assets) add(name, media string, raw []byte) string {
	sum := sha256.Sum256(raw)
	it := &asset{media: media, raw: raw, url: "/static/" + hex.EncodeToString(sum[:6]) + "/" + name}
	a.byURL[it.url] = it
	return it.url
}

func (w *Web) static(c echo.Context, _ *View) error {
	it, ok := w.assets.byURL["/static/"+c.Param("hash")+"/"+c.Param("file")]
	if !ok {
		return c.NoContent(http.StatusNotFound)
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, it.media, it.raw)
}
