package api_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The contract opens in a real browser under our own CSP: every operation is listed, nothing is refused by the browser
// and nothing is asked of another host.
func TestDocsInBrowser(t *testing.T) {
	srv := httptest.NewServer(server(t, newFake()))
	defer srv.Close()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, 90*time.Second)
	defer stop()
	var mu sync.Mutex
	var faults []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		faults = append(faults, s)
	}
	if err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, srv.URL) && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:") {
				note("asked outside: " + u)
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				note("the browser says: " + e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			note("exception: " + e.ExceptionDetails.Text)
		}
	}); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	for _, err := range []error{enable(ctx, network.Enable, network.EnableParams{}), enable(ctx, log.Enable, cdp.Empty{})} {
		if err != nil {
			t.Fatalf("listen to the browser: %v", err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/docs"), chromedp.WaitVisible(".opblock"),
		chromedp.Click("#operations-groups-fileGroup .opblock-summary-control"), chromedp.WaitVisible("#operations-groups-fileGroup .opblock-body")); err != nil {
		t.Fatalf("open the contract: %v", err)
	}
	// A long contract is drawn as far as one has scrolled, so the page is asked what it has read.
	const known = `ui.specSelectors.taggedOperations().reduce((n, tag) => n + tag.get("operations").size, 0)`
	if n, err := chromedp.Run(ctx, chromedp.Evaluate[int](known)); err != nil || n != len(operations()) {
		t.Errorf("%d operations are read, want %d (%v)", n, len(operations()), err)
	}
	if err := chromedp.Do(ctx, chromedp.Click("#operations-groups-fileGroup .opblock-summary-control"),
		chromedp.WaitVisible("#operations-groups-checkGroupName")); err != nil {
		t.Errorf("scroll on: %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, f := range faults {
		t.Error(f)
	}
}

func enable[P any](ctx context.Context, cmd cdp.Command[P, cdp.Empty], params P) error {
	_, err := chromedp.Call(ctx, cmd, params)
	return err
}
