// Package keeper owns the life of a machine: off → waking → booting → serving ⇄ holding →
// draining → stopping → off, beside them unknown, blocked and quarantined.
//
// [Next] is the whole table: a pure function of what is known, the time and an event. It reads
// no clock and touches nothing; what is to be done it returns as effects. [Keeper] is the thin
// owner that carries effects out and feeds their results back as events. The simulation drives
// the same Next with a clock of its own.
//
// What must stay true:
//   - A state is claimed in the store before anything is done in its name.
//   - Results carry the number of the attempt; those of another attempt are dropped.
//   - The provider is called only within the lease, and its calls end before the lease does.
//   - A machine is off when the provider says so, and not before.
//   - A machine with people in it is stopped by its hard limit alone.
//   - Every change of a minute's class is in the transaction that changes the state.
package keeper
