//go:build race

package policy

// slack widens bounds of time: the race detector makes everything many times slower.
const slack = 10
