package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/synapse"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
)

// The demo's homeserver. Everybody's password is the same and printed: it listens on loopback, like the demo.
const (
	matrixName     = "qunbei.local"
	matrixPassword = "qunbei-demo" //nolint:gosec // of the demo, and printed
	matrixRoot     = "qunbei-root"
)

// startMatrix starts a Synapse beside the demo, with an account for each of its people, and tells the application where.
func startMatrix(ctx context.Context, data string, port int) (*synapse.Server, app.Matrix, error) {
	var none app.Matrix
	root, err := synapse.Root()
	if err != nil {
		return nil, none, say.Because(err, "there is no Synapse to start", "run make demo-matrix, which makes one first")
	}
	dir := filepath.Join(data, "synapse")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, none, err
	}
	m := app.Matrix{Server: matrixName}
	var tokens [3]string
	for i, name := range []string{"as.token", "hs.token", "root.password"} {
		if tokens[i], err = secret(filepath.Join(dir, name)); err != nil {
			return nil, none, err
		}
	}
	m.AS, m.HS = matrix.Secret(tokens[0]), matrix.Secret(tokens[1])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, none, err
	}
	m.Listen = l.Addr().String()
	_ = l.Close()
	server, err := synapse.Start(ctx, synapse.Config{
		Root: root, Data: dir, Name: matrixName, Port: port,
		Registration: matrix.Registration(matrix.Config{Server: matrixName, AS: m.AS, HS: m.HS}, "http://"+m.Listen),
	})
	if err != nil {
		return nil, none, err
	}
	m.Homeserver = server.URL
	if err := people(ctx, server, dir); err == nil {
		var token string
		if _, err = server.Register(ctx, synapse.Account{Local: matrixRoot, Password: tokens[2], Admin: true}); err == nil {
			token, err = server.Token(ctx, matrixRoot, tokens[2])
		}
		m.Admin = matrix.Secret(token)
		if err == nil {
			return server, m, nil
		}
	}
	_ = server.Stop()
	return nil, none, fmt.Errorf("make the demo's accounts on the homeserver: %w", err)
}

// people gives everybody of the demo company an account, at the first start.
func people(ctx context.Context, server *synapse.Server, dir string) error {
	done := filepath.Join(dir, "accounts")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	all, _ := directory.Demo(app.DemoSeed)
	fmt.Printf("Making %d accounts on the homeserver, once …\n", len(all))
	began := time.Now()
	jobs := make(chan domain.Employee)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var fault error
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for e := range jobs {
				_, err := server.Register(ctx, synapse.Account{Local: strings.ToLower(e.Number), Password: matrixPassword, Name: e.Name})
				mu.Lock()
				if fault == nil {
					fault = err
				}
				mu.Unlock()
			}
		}()
	}
	for _, e := range all {
		jobs <- e
	}
	close(jobs)
	wg.Wait()
	if fault != nil {
		return fault
	}
	fmt.Printf("Made in %s.\n", seconds(began))
	return os.WriteFile(done, nil, 0o600)
}

// matrixWelcome says how to see the demo's groups in a Matrix client.
func matrixWelcome(m app.Matrix) string {
	return fmt.Sprintf(`
Matrix: in any Matrix client choose the homeserver %s, then log in as one of the people above in small letters,
  for instance  e0040  or  e0006 ; everybody's password is  %s . File a group on the platform Matrix, approve it, and it
  is there; the homeserver is reached from this machine only.
`, m.Homeserver, matrixPassword)
}
