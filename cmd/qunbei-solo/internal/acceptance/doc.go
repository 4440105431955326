// Package acceptance holds the tests of qunbei-solo as a program: started, stopped, killed and started again, and told
// things it cannot do. They run the built program, so that they need not link the engine once more.
package acceptance
