// Package domain holds the rules of the regulation as pure functions: who decides on what, when a step passes, what a
// group may be and become. It knows no clock, no randomness, no storage and no network, so that the workflow, the
// preview, the dry run and the auditor's replay all run the very same code over recorded facts.
//
// A rule takes the state, the act and the facts, and returns the next state with a verdict. Whatever a rule must know
// about the world (who is active, what time it is, whom a route names today) comes in as facts, which the caller
// records first.
package domain
