//go:build !race

package app_test

// slack widens bounds of time where the race detector slows everything down.
const slack = 1
