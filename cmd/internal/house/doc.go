// Package house holds the tests of the house itself: which package may import which and why, that every package says
// what it is for, what lies at the top of the repository, and that its two modules agree on the versions they share.
package house
