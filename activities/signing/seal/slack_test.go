//go:build !race

package seal

// slack widens bounds of time where the race detector slows everything down.
const slack = 1
