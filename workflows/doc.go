// Package workflows holds the processes as Temporal workflows: thin shells that wait for signals and timers and leave
// every decision to the pure rules of models/domain over facts that the activities recorded.
package workflows
