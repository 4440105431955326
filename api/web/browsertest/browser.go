// Package browsertest drives a real Chromium through the pages: it fails a test on console errors, on any request to
// another host, on accessibility violations (axe-core) and on a page that scrolls sideways, and takes screenshots in
// both languages, wide and narrow, light and dark, into $SCREENSHOT_DIR.
package browsertest

import (
	"context"
	_ "embed" // axe-core
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

//go:embed axe.min.js
var axe string

// patience is how long one step may take on a busy machine.
const patience = 30 * time.Second

// Browser is one running Chromium.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Chrome starts a browser that ends with the test. Without Chromium the test fails: pages that no browser saw are not
// tested. $CHROMIUM names one that is not on the path.
func Chrome(t testing.TB) *Browser {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("no-pings", true), chromedp.Flag("lang", "zh-CN"))
	if path := os.Getenv("CHROMIUM"); path != "" {
		opts = append(opts, chromedp.ExecPath(path))
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() { end(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &Browser{t: t, ctx: ctx}
}

// Look is how a page is seen.
type Look struct {
	Lang     string // zh-CN, en
	Width    int64  // 1280, 390
	Dark     bool
	NoScript bool
}

// Looks are the ways in which every page is seen: all eight when pictures are wanted ($SCREENSHOT_DIR), else two that hold
// each language, width and scheme once.
func Looks() []Look {
	if os.Getenv("SCREENSHOT_DIR") == "" {
		return []Look{{Lang: "zh-CN", Width: 390, Dark: true}, {Lang: "en", Width: 1280}}
	}
	var out []Look
	for _, lang := range []string{"zh-CN", "en"} {
		for _, w := range []int64{1280, 390} {
			for _, dark := range []bool{false, true} {
				out = append(out, Look{Lang: lang, Width: w, Dark: dark})
			}
		}
	}
	return out
}

func (l Look) String() string {
	s := fmt.Sprintf("%s-%d", l.Lang, l.Width)
	if l.Dark {
		return s + "-dark"
	}
	return s + "-light"
}

// Page is one tab with cookies of its own.
type Page struct {
	t    testing.TB
	ctx  context.Context
	base *url.URL
	Look Look

	mu       sync.Mutex
	foreign  []string
	console  []string
	allowed  []string
	received float64
}

// Page opens a tab for the service at base.
func (b *Browser) Page(t testing.TB, base string, look Look) *Page {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	p := &Page{t: t, base: u, Look: look}
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	t.Cleanup(func() { p.check(); end() })
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	seen := chromedp.Console(ctx)
	go func() {
		for m, err := range seen {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleException || m.Type == "error" {
				p.mu.Lock()
				p.console = append(p.console, m.Text)
				p.mu.Unlock()
			}
		}
	}()
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	height := int64(844)
	if look.Width > 600 {
		height = 800
	}
	p.do(chromedp.EmulateViewport(look.Width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, t, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": look.Lang}}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.NoScript}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
	return p
}

func (p *Page) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err == nil && u.Scheme != "data" && u.Scheme != "about" && u.Host != p.base.Host {
			p.foreign = append(p.foreign, u.Host)
		}
	case *network.EventLoadingFinished:
		p.received += e.EncodedDataLength
	}
}

// Allow lets console messages pass that hold text, such as the browser's own word on an expected 422.
func (p *Page) Allow(text string) { p.allowed = append(p.allowed, text) }

func (p *Page) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, h := range p.foreign {
		p.t.Errorf("the page asked another host: %s", h)
	}
	said := map[string]bool{}
	for _, m := range p.console {
		if said[m] {
			continue
		}
		said[m] = true
		ok := false
		for _, a := range p.allowed {
			ok = ok || strings.Contains(m, a)
		}
		if !ok {
			p.t.Errorf("console: %s", m)
		}
	}
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("browser at %s: %v", p.Path(), err)
	}
}

// Open goes to a path and waits for the page.
func (p *Page) Open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base.JoinPath("/").String() + strings.TrimPrefix(path, "/")))
}

// Click clicks with the mouse at the first element that the selector finds, once it can be seen.
func (p *Page) Click(css string) {
	p.t.Helper()
	p.Wait(css)
	p.do(chromedp.Click(chromedp.CSS(css)))
}

// Fill replaces a field's text by typing.
func (p *Page) Fill(css, text string) {
	p.t.Helper()
	p.Wait(css)
	p.Eval(fmt.Sprintf("(e=>{e.focus();e.value='';})(document.querySelector(%s))", quote(css)))
	p.do(chromedp.SendKeys(chromedp.CSS(css), text))
}

// Key presses keys where the focus is.
func (p *Page) Key(keys string) { p.t.Helper(); p.do(chromedp.KeyEvent(keys)) }

// Upload puts a file into a file field.
func (p *Page) Upload(css, path string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(css), []string{path}))
}

// Eval runs a script in the page and returns its value as text.
func (p *Page) Eval(js string) string {
	p.t.Helper()
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async()=>{const v=await ("+js+");return v===undefined||v===null?'':String(v)})()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("script %.80s: %v", js, err)
	}
	return v
}

// Text is what a reader sees of an element; empty when it is not there.
func (p *Page) Text(css string) string {
	p.t.Helper()
	return p.Eval(fmt.Sprintf("document.querySelector(%s)?.innerText", quote(css)))
}

// Count is how many visible elements the selector finds.
func (p *Page) Count(css string) string {
	p.t.Helper()
	return p.Eval(fmt.Sprintf("[...document.querySelectorAll(%s)].filter(e=>e.checkVisibility()).length", quote(css)))
}

// Wait waits until an element is to be seen.
func (p *Page) Wait(css string) {
	p.t.Helper()
	p.until(fmt.Sprintf("[...document.querySelectorAll(%s)].some(e=>e.checkVisibility())", quote(css)), css)
}

// WaitText waits until an element's text holds text.
func (p *Page) WaitText(css, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("(document.querySelector(%s)?.innerText||'').includes(%s)", quote(css), quote(text)), css+" with "+text)
}

// WaitPath waits until the address begins with path.
func (p *Page) WaitPath(path string) {
	p.t.Helper()
	p.until(fmt.Sprintf("location.pathname.startsWith(%s) && document.readyState==='complete'", quote(path)), path)
}

// WaitSearch waits until the page that a search form led to is there, with its question in the address.
func (p *Page) WaitSearch(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("[...new URLSearchParams(location.search).values()].includes(%s) && document.readyState==='complete'", quote(text)), "?"+text)
}

func (p *Page) until(js, what string) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(40 * time.Millisecond) {
		ctx, stop := context.WithTimeout(p.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](js))
		stop()
		if err == nil && ok { // an error here is a page just leaving
			return
		}
	}
	p.t.Fatalf("waited in vain at %s for %s; the page says: %.400s", p.Path(), what, p.Eval("document.body.innerText"))
}

// Path is the address's path.
func (p *Page) Path() string {
	ctx, end := context.WithTimeout(p.ctx, patience)
	defer end()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		return "?"
	}
	return v
}

// Received is how many bytes came over the wire since the tab opened.
func (p *Page) Received() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.received)
}

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

// SignIn enters as one of the demo's people.
func (p *Page) SignIn(number string) {
	p.t.Helper()
	p.Open("/signin")
	p.Click(fmt.Sprintf("button[name=number][value=%q]", number))
	p.WaitPath("/")
	p.Wait("body.signed-in")
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}
