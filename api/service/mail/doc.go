// Package mail sends Qunbei's short mails and, in the demo, receives them: a mail says that something waits and where,
// never what it is about when the matter is confidential.
package mail
