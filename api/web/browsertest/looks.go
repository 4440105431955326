package browsertest

import (
	"context"
	_ "embed" // axe-core
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// How a page looks: whether everybody can use it, on screen and on paper.

//go:embed axe.min.js
var axe string

// Sound fails the test when the page has an accessibility violation or scrolls sideways.
func (p *Page) Sound() {
	p.t.Helper()
	if over := p.Eval("document.documentElement.scrollWidth - innerWidth"); over != "0" && !strings.HasPrefix(over, "-") {
		p.t.Errorf("%s at %s scrolls sideways by %s px: %s", p.Path(), p.Look, over, p.Eval(
			"[...document.querySelectorAll('main *')].filter(e=>e.getBoundingClientRect().right>innerWidth+1&&e.checkVisibility()).slice(0,3).map(e=>e.tagName+'.'+e.className).join(', ')"))
	}
	if p.Look.NoScript {
		return // axe is a script
	}
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("typeof axe==='object'||((()=>{"+axe+"\n})(),true)")); err != nil {
		p.t.Fatalf("load axe: %v", err)
	}
	raw := p.Eval("axe.run().then(r=>JSON.stringify(r.violations.map(v=>({id:v.id,help:v.help,nodes:v.nodes.slice(0,3).map(n=>n.html.slice(0,160)+' — '+(n.any[0]?.message||n.all[0]?.message||n.none[0]?.message||''))}))))")
	var found []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		p.t.Fatalf("axe answered %q: %v", raw, err)
	}
	for _, v := range found {
		p.t.Errorf("%s at %s: %s (%s)\n\t%s", p.Path(), p.Look, v.Help, v.ID, strings.Join(v.Nodes, "\n\t"))
	}
}

// Shot saves a picture of the whole page under $SCREENSHOT_DIR, or does nothing without it.
func (p *Page) Shot(name string) {
	p.t.Helper()
	dir := os.Getenv("SCREENSHOT_DIR")
	if dir == "" {
		return
	}
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("screenshot: %v", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+"-"+p.Look.String()+".png"), png, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// Print shows the page as it would be printed, or as it is again.
func (p *Page) Print(on bool) {
	p.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media})
		return err
	}))
}

// Paper prints the page on A4, saves it under $SCREENSHOT_DIR and returns its size in bytes.
func (p *Page) Paper(name string) int {
	p.t.Helper()
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	pdf, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: ptr(true)})
		return r.Data, err
	})
	if err != nil {
		p.t.Fatalf("print: %v", err)
	}
	if dir := os.Getenv("SCREENSHOT_DIR"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+"-"+p.Look.String()+".pdf"), pdf, 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	return len(pdf)
}

func ptr[T any](x T) *T { return &x }
