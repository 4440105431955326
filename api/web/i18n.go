package web

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"go.yaml.in/yaml/v3"
)

//go:embed catalog/*.yaml
var catalogFiles embed.FS

// The languages of the pages.
const (
	Chinese = "zh-CN"
	English = "en"
)

// catalogs holds every text by language and key. A text names its values in braces: {name}.
var catalogs = map[string]map[string]string{Chinese: load(Chinese), English: load(English)}

// load reads a language's texts: its own file and those of single subjects (acts.en.yaml). They are embedded at build
// time and read by every test, so what is wrong with them stops the program.
func load(lang string) map[string]string {
	all := map[string]string{}
	names, err := fs.Glob(catalogFiles, "catalog/*"+lang+".yaml")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("catalog of %s: %v", lang, err))
	}
	for _, name := range names {
		m := map[string]string{}
		b, err := catalogFiles.ReadFile(name)
		if err == nil {
			err = yaml.Unmarshal(b, &m)
		}
		if err != nil {
			panic(fmt.Sprintf("catalog %s: %v", name, err))
		}
		for k, s := range m {
			if _, twice := all[k]; twice {
				panic(fmt.Sprintf("catalog %s: %s stands in another file too", name, k))
			}
			all[k] = s
		}
	}
	return all
}

// T gives the text of key in the reader's language with its values filled in.
func (v *View) T(key string, kv ...string) string { return text(v.Lang, key, kv...) }

func text(lang, key string, kv ...string) string {
	s, ok := catalogs[lang][key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(kv); i += 2 {
		s = strings.ReplaceAll(s, "{"+kv[i]+"}", kv[i+1])
	}
	return s
}

// TOr is T for keys that come from data: a code without a text is shown by other.
func (v *View) TOr(key, other string, kv ...string) string {
	if _, ok := catalogs[v.Lang][key]; !ok {
		return other
	}
	return v.T(key, kv...)
}

// languageCookie keeps the choice of somebody who has not signed in.
const languageCookie = "qunbei_lang"

// pickLanguage takes the person's choice, else the cookie's, else the browser's; Chinese when nothing is known.
func pickLanguage(chosen string, c echo.Context) string {
	if _, ok := catalogs[chosen]; ok {
		return chosen
	}
	if k, err := c.Cookie(languageCookie); err == nil {
		if _, ok := catalogs[k.Value]; ok {
			return k.Value
		}
	}
	for _, part := range strings.Split(c.Request().Header.Get("Accept-Language"), ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return Chinese
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return Chinese
}

// language stores the reader's choice: with the person when signed in, in a cookie before.
func (w *Web) language(c echo.Context, v *View) error {
	lang := c.FormValue("language")
	if _, ok := catalogs[lang]; !ok {
		lang = Chinese
	}
	c.SetCookie(&http.Cookie{Name: languageCookie, Value: lang, Path: "/", MaxAge: 365 * 86400, HttpOnly: true, //nolint:gosec // holds a language
		Secure: c.Request().TLS != nil, SameSite: http.SameSiteLaxMode})
	if v.In {
		if err := w.Service.SetLanguage(ctxOf(c), v.Actor, lang); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, safePath(c.FormValue("next")))
}
