package engine

import (
	"net"
	"strconv"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// web is the engine's own page, for looking at runs. It asks the frontend without a token, so it has the service's
// rights, and its buttons that would change a run are hidden.
type web struct {
	server *uiserver.Server
	url    string
}

func serveWeb(cfg Config, frontend string) (*web, error) {
	ip, port := cfg.bindIP(), cfg.UIPort
	if port == 0 {
		free, err := freePort(ip)
		if err != nil {
			return nil, err
		}
		port = free
	}
	// Check has looked for a port in use: the page's server would end the whole process over it.
	w := &web{url: "http://" + net.JoinHostPort(reachable(ip), strconv.Itoa(port))}
	w.server = uiserver.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: frontend,
		Host:                ip,
		Port:                port,
		EnableUI:            true,
		DefaultNamespace:    cfg.Namespace,
		DisableNewsFetch:    true, // no request leaves the machine
		DisableWriteActions: true,
		HideLogs:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP on loopback
	}))
	go func() { _ = w.server.Start() }()
	for range 100 {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(reachable(ip), strconv.Itoa(port)), time.Second) //nolint:noctx // a moment, at this machine
		if err == nil {
			conn.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return w, nil
}

func (w *web) stop() { w.server.Stop() }
