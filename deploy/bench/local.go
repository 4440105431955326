package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
)

// folder makes a temporary data folder that the database's account can enter, which runs under another when we are root.
func folder() (string, error) {
	dir, err := os.MkdirTemp("", "qunbei-bench-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755) //nolint:gosec // the keys' folder in it is closed
}

// freeAddr is an address of this machine that nobody listens at.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// reach tells why a page cannot be had, or nil.
func reach(ctx context.Context, c *http.Client, url string) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("GET %s: status %d", url, resp.StatusCode)
	}
	return nil
}
