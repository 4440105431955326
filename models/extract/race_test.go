//go:build race

package extract

// slower is how much slower than in production bytes are read one by one under the race detector (26 times measured).
const slower = 30
