package main

import "context"

// application is what this program tells Qunbei proper: where its parts are.
type application struct {
	// DatabaseURL is Qunbei's own database, empty at the first start.
	DatabaseURL string
	// TemporalHostPort and Namespace are the engine's; TemporalUI is its web page.
	TemporalHostPort, Namespace, TemporalUI string
	// DataDir is the folder for keys and documents.
	DataDir string
	// Listen is the web address to serve, host:port.
	Listen string
	// Demo asks for the demo company.
	Demo bool
}

// runApplication migrates, then runs worker, API and pages until ctx ends, and stops intake, relay, worker and client,
// in that order, before it returns. It is the one place where this program and the application meet; nil leaves the
// engine running alone.
var runApplication func(context.Context, application) error
