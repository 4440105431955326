// Package wire speaks JSON over HTTP to a chat platform, for every connector alike: it keeps to a rate, stops asking a
// platform that is away (the circuit), bounds answers, follows no redirects, and lets no token, address of a person or
// text into an error. What a status means is the connector's to say.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
)

// Client is one platform's interface. All its fields may be left zero but Base.
type Client struct {
	Base    string        // scheme://host[:port], without a slash at the end
	HTTP    *http.Client  // nil: one of our own, with a timeout of 30 s
	Rate    *Rate         // nil: no limit on our side
	Circuit *Circuit      // nil: none
	MaxBody int64         // bytes of an answer; 0: 16 MiB
	Timeout time.Duration // of one request; 0: 30 s
}

// Call is one request. Path is escaped already; Body nil sends none.
type Call struct {
	Method string
	Path   string
	Query  url.Values
	Token  string // bearer
	Body   any
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Read decodes the answer's JSON into v.
func (a Answer) Read(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		// The fault of the decoder may quote the text, so it is not passed on.
		return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, Underlying: errors.New("the platform's answer is no JSON of the expected form")}
	}
	return nil
}

const maxBody = 16 << 20

var own = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a token goes nowhere else
	Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		MaxIdleConnsPerHost: 8, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
	},
}

// Do sends the call once. An error is a *chat.Fault: the platform was not reached, the circuit is open, or our own rate
// does not let the call pass before ctx ends. Any status is an answer.
func (c *Client) Do(ctx context.Context, call Call) (Answer, error) {
	if err := c.Circuit.enter(); err != nil {
		return Answer{}, err
	}
	if err := c.Rate.wait(ctx); err != nil {
		c.Circuit.leave(unknown)
		return Answer{}, err
	}
	a, err := c.send(ctx, call)
	switch {
	case err != nil && ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		c.Circuit.leave(unknown) // whoever asked gave up; it says nothing about the platform
	case err != nil, a.Status >= 500:
		c.Circuit.leave(failed)
	default:
		c.Circuit.leave(worked)
	}
	return a, err
}

func (c *Client) send(ctx context.Context, call Call) (Answer, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var body io.Reader
	if call.Body != nil {
		raw, err := json.Marshal(call.Body)
		if err != nil {
			return Answer{}, fmt.Errorf("encode a call's body: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	address := c.Base + call.Path
	if len(call.Query) > 0 {
		address += "?" + call.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, address, body)
	if err != nil {
		return Answer{}, &chat.Fault{Code: chat.CodeRefused, Underlying: errors.New("the call's address is malformed")}
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if call.Token != "" {
		req.Header.Set("Authorization", "Bearer "+call.Token)
	}
	client := c.HTTP
	if client == nil {
		client = own
	}
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, unreached(err)
	}
	defer res.Body.Close()
	limit := c.MaxBody
	if limit == 0 {
		limit = maxBody
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return Answer{}, unreached(err)
	}
	if int64(len(raw)) > limit {
		return Answer{}, &chat.Fault{Code: chat.CodeTooMany, Underlying: errors.New("the platform's answer is over the limit")}
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: raw}, nil
}

// unreached says that a call had no answer: it may have been done or not. An address in the error would name rooms and
// people, so only the cause below it stays.
func unreached(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return &chat.Fault{Code: chat.CodeUnavailable, Retry: true, Underlying: err}
}
