// Package fleet knows which room runs on which machine. It hands wishes to the machines'
// keepers, lets workers in, carries their word to the keepers, and tells rooms what they have
// to know of their machine.
//
// Invariants: only Wake and Prewarm ever wake a machine. A machine is empty when none of its
// rooms has people and its worker has no connections. Nothing here blocks on a room, a worker
// or a provider; the store is waited for only where the caller asked for its answer.
package fleet
