//go:build race

package seal

// slack widens bounds of time: the race detector makes everything many times slower.
const slack = 10
