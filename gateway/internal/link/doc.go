// Package link is the gateway's side of the control link: it lets workers in that can prove
// who they are and that the [Gate] expects, and passes messages both ways.
//
// Invariants: a machine whose key is not known costs as much work as one with a wrong
// signature and learns no more; whoever was attached is detached exactly once, after the last
// Observe; usage is acknowledged only when the Gate has recorded it; nothing that a worker
// sends, or fails to read, holds up anybody but its own session.
package link
