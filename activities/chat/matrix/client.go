package matrix

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/wire"
)

const client = "/_matrix/client/v3"

// path joins segments, each escaped: room and event identifiers hold characters that would end one.
func path(segments ...string) string {
	var b strings.Builder
	b.WriteString(client)
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// failure is an answer that is no success. It holds the server's code and never its text, which may name people.
type failure struct {
	Status int
	Code   string
	after  time.Duration
}

func (f *failure) Error() string {
	code := f.Code
	if code == "" {
		code = "no code"
	}
	return "homeserver: " + strconv.Itoa(f.Status) + " " + code
}

// is tells whether err is this answer of the server.
func is(err error, status int, code string) bool {
	var f *failure
	return errors.As(err, &f) && f.Status == status && (code == "" || f.Code == code)
}

// call asks as our own account; as asks for one of the company's; admin asks as the server's administrator.
func (c *Connector) call(ctx context.Context, method, path string, body, into any) error {
	return c.do(ctx, wire.Call{Method: method, Path: path, Token: string(c.c.AS), Body: body}, into)
}

func (c *Connector) get(ctx context.Context, path string, query url.Values, into any) error {
	return c.do(ctx, wire.Call{Method: http.MethodGet, Path: path, Query: query, Token: string(c.c.AS)}, into)
}

func (c *Connector) as(ctx context.Context, account, method, path string, body, into any) error {
	return c.do(ctx, wire.Call{Method: method, Path: path, Query: url.Values{"user_id": {account}}, Token: string(c.c.AS), Body: body}, into)
}

func (c *Connector) admin(ctx context.Context, method, path string, query url.Values, body, into any) error {
	return c.do(ctx, wire.Call{Method: method, Path: "/_synapse/admin" + path, Query: query, Token: string(c.c.Admin), Body: body}, into)
}

func (c *Connector) do(ctx context.Context, call wire.Call, into any) error {
	a, err := c.wire.Do(ctx, call)
	if err != nil {
		return err
	}
	if a.Status >= 200 && a.Status < 300 {
		if into == nil {
			return nil
		}
		return a.Read(into)
	}
	f := &failure{Status: a.Status}
	var said struct {
		Code  string `json:"errcode"`
		After int64  `json:"retry_after_ms"`
	}
	if a.Read(&said) == nil && plain(said.Code) {
		f.Code = said.Code
	}
	if a.Status == http.StatusTooManyRequests {
		f.after = time.Duration(said.After) * time.Millisecond
		if s, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil && s > 0 && f.after == 0 {
			f.after = time.Duration(s) * time.Second
		}
		f.after = min(max(f.after, 100*time.Millisecond), time.Hour)
		c.wire.Rate.Pause(f.after)
	}
	return f
}

// plain lets only codes of the documented form into errors: a hostile server could put anything there.
func plain(code string) bool {
	if len(code) > 64 {
		return false
	}
	for _, r := range code {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return code != ""
}

// fault says a server's answer in the port's words.
func fault(err error) error {
	var f *failure
	if !errors.As(err, &f) {
		return err // nil, or a fault already
	}
	out := &chat.Fault{Code: chat.CodeRefused, Underlying: err}
	switch {
	case f.Status == http.StatusTooManyRequests:
		out.Code, out.Retry, out.After = chat.CodeRateLimited, true, f.after
	case f.Status >= 500:
		out.Code, out.Retry = chat.CodeUnavailable, true
	case f.Status == http.StatusUnauthorized, f.Code == "M_UNKNOWN_TOKEN", f.Code == "M_MISSING_TOKEN":
		out.Code = chat.CodeTokenRevoked
	case f.Code == "M_USER_DEACTIVATED":
		out.Code = chat.CodeNoAccount
	case f.Status == http.StatusRequestEntityTooLarge, f.Code == "M_TOO_LARGE":
		out.Code = chat.CodeTooMany
	case f.Status == http.StatusNotFound && f.Code != "M_UNRECOGNIZED":
		out.Code = chat.CodeGone
	}
	return out
}

// begin makes our own account, once a process; it is there already nearly always.
func (c *Connector) begin(ctx context.Context) error {
	c.mu.Lock()
	begun := c.begun
	c.mu.Unlock()
	if begun {
		return nil
	}
	err := c.call(ctx, http.MethodPost, path("register"), map[string]any{"type": "m.login.application_service", "username": c.c.Bot, "inhibit_login": true}, nil)
	if err != nil && !is(err, 400, "M_USER_IN_USE") {
		return fault(err)
	}
	if err := c.call(ctx, http.MethodPut, path("profile", c.bot, "displayname"), map[string]any{"displayname": c.c.BotName}, nil); err != nil {
		return fault(err)
	}
	c.mu.Lock()
	c.begun = true
	c.mu.Unlock()
	return nil
}
