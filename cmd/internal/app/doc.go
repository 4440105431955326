// Package app puts the house together: store, keys, policy, engine client, worker, relay, API and pages, in one
// process or several. It alone sees all parts; the programs under cmd only choose which of them run.
package app
