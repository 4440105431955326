//go:build race

package screening

// slack widens bounds of time: the race detector makes everything many times slower.
const slack = 20
