// Package account signs organisers in.
//
// There are no passwords: the gateway hands out invites, links that are good for one day and
// one use, and an invite buys a session. Invites and sessions are random tokens of at least
// 128 bits of which the store holds only the SHA-256, so that neither a stolen database nor a
// backup of it opens the office. (Plain SHA-256 is enough: nobody guesses 128 random bits,
// and there is no password behind it that a slow hash would have to protect.)
//
// Invariant: an invite yields at most one session, also when two requests carry it at once;
// that rests on Store.TakeInvite being one atomic step.
package account
