package app_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/qunbei/qunbei/cmd/internal/app"
)

// wire is a TCP connection between the program and a server, which a test can cut: the server lives on, but nobody
// reaches it, as when a cable is pulled or a server restarts.
type wire struct {
	t      *testing.T
	target string
	addr   string

	mu    sync.Mutex
	l     net.Listener
	conns map[net.Conn]bool
}

func newWire(t *testing.T, target string) *wire {
	t.Helper()
	w := &wire{t: t, target: target, addr: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	w.mend()
	t.Cleanup(w.cut)
	return w
}

// mend lets connections through.
func (w *wire) mend() {
	w.t.Helper()
	l, err := net.Listen("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.l, w.addr = l, l.Addr().String()
	w.mu.Unlock()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go w.join(in)
		}
	}()
}

func (w *wire) join(in net.Conn) {
	out, err := net.Dial("tcp", w.target)
	if err != nil {
		_ = in.Close()
		return
	}
	w.mu.Lock()
	if w.l == nil { // cut meanwhile
		w.mu.Unlock()
		_ = in.Close()
		_ = out.Close()
		return
	}
	w.conns[in], w.conns[out] = true, true
	w.mu.Unlock()
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.Close()
		_ = from.Close()
	}
	go pipe(in, out)
	go pipe(out, in)
}

// cut ends every connection and refuses new ones.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.l != nil {
		_ = w.l.Close()
		w.l = nil
	}
	for c := range w.conns {
		_ = c.Close()
	}
	clear(w.conns)
}

// wired starts a program whose database and engine are reached over wires.
func wired(t *testing.T) (r *running, database, engine *wire) {
	t.Helper()
	r = own(t, func(c *app.Config) {
		u, err := url.Parse(c.DatabaseURL)
		if err != nil {
			t.Fatal(err)
		}
		database, engine = newWire(t, u.Host), newWire(t, c.TemporalHostPort)
		u.Host = database.addr
		c.DatabaseURL, c.TemporalHostPort = u.String(), engine.addr
	})
	return r, database, engine
}
