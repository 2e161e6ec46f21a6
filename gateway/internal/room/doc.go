// Package room is the conversation: lobby, admission, roles, and the way of each page to the
// worker and back. One goroutine (an actor) owns everything that lives in a room; packets of
// a call never pass it.
//
// The core ([state]) is a pure function of events and times to effects, in which ids are
// minted by a function that is passed in; the actor around it only carries effects out and
// brings their results back as events.
//
// Invariants:
//   - Nothing but Enter asks for a machine.
//   - Only who is admitted is ever told Ready; who was removed is not admitted again in the
//     same session, and a removed participant's token stays dead.
//   - What is acknowledged to a page (a place, an admission, a removal) is on disk.
//   - One place has at most one page; the newer takes over.
//   - Names live in memory only, as long as the place does; they are neither stored nor
//     logged.
package room
