// Package cred derives and checks every credential: link secrets, resume tokens, TURN
// credentials, hashes of sources.
//
// All of them come from one root key in a file outside the database, so that links can be
// shown again and a stolen database opens no door. Each use has a key of its own (HKDF,
// RFC 5869, with the purpose as info), so no value of one kind can pass for another.
package cred
