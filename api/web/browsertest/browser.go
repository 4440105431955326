// Package browsertest drives a real Chromium through the pages: it fails a test on console errors, on any request to
// another host, on accessibility violations (axe-core) and on a page that scrolls sideways, and takes screenshots in
// both languages, wide and narrow, light and dark, into $SCREENSHOT_DIR.
package browsertest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

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

// Received is how many bytes came over the wire since the tab opened.
func (p *Page) Received() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.received)
}
