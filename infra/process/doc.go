// Package process runs machines as child processes on the gateway's own computer: for trying
// Weckruf out, for tests, and for installations whose gateway has the power itself.
//
// Like a real provider's machine, a local one does not depend on the gateway: it runs in a
// session of its own, goes on when the gateway is killed, and is found again by the next one.
// What tells whether it runs is a lock that the process itself holds (an open file
// description lock, fcntl(2)), inherited from its start to its last breath: no process id that
// could have been given to another program, and no way to start the same machine twice.
package process
