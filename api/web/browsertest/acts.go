package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// What a person does at a page, and what is to be seen there.

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
