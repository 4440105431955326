// Package workercomponent would run the controllers of workers that the engine starts itself; there are none. It stands
// in for the module of the same name; see spared/README.md.
package workercomponent

import "go.uber.org/fx"

// Module adds nothing to the server.
var Module = fx.Options()
