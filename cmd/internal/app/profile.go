package app

import (
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"
	"time"
)

// profile serves Go's profiles at QUNBEI_PPROF, for whoever runs the machine: keep it on loopback.
func profile() {
	at := os.Getenv("QUNBEI_PPROF")
	if at == "" {
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	server := &http.Server{Addr: at, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { fmt.Fprintln(os.Stderr, "qunbei: profiling ended:", server.ListenAndServe()) }()
}
