// Package link is the worker's side of the control link: it dials the gateway's WebSocket,
// proves who it is, hands the gateway's wishes to the [Station] and keeps the gateway told.
//
// The link comes and goes; calls do not depend on it. On every connect the worker's whole
// state goes first (Have), so that nothing said in between was needed. What must not be lost
// is kept until the gateway has it: the usage until it is acknowledged, and the results of the
// self-test and of draining, which are said again on every connect.
//
// Invariants: the worker never follows a lower epoch than one it has seen; all that the
// gateway asks about one connection is done in the order asked; a new link says Have only when
// the joins of the old one have ended.
package link
