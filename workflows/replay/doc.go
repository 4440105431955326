// Package replay is the auditor's reading of what the engine kept: it decodes a workflow's history event by event,
// steps through the state at each of them, and says whether history, code and database agree (semantics 8).
//
// A verdict rests on four legs, each of which the others cannot replace (temporal.md 19, 20):
//
//   - the history is whole: its event ids run from 1 without a gap, and a closed one ends with a close event;
//   - the running code goes the same way (the SDK's replayer), which alone would not notice a forged decision;
//   - the outcome follows: every person's act carries a proof that holds, and the acts with their recorded facts, run
//     through the pure rules once more, lead to each recorded digest and to the recorded result;
//   - the database says the same: every column of the projection is compared with what follows from the history.
//
// The package links neither the database nor the web, so that the auditor's own program can use it on an export.
package replay
