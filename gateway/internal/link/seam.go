package link

import (
	"context"
	"crypto/ed25519"

	"weckruf/internal/wire"
)

// Gate decides which worker may connect and hears what it says. Its implementation is the
// fleet; it is safe for concurrent use.
type Gate interface {
	// Key is the public key of a machine's worker.
	Key(id wire.MachineID) (ed25519.PublicKey, bool)
	// Admit is asked once the signature was found good. Errors are *wire.Error with
	// stale_epoch, epoch_taken or not_expected.
	Admit(ctx context.Context, h wire.Hello) (wire.Welcome, error)
	// Attach hands over the session of an admitted worker, before any Observe.
	Attach(s *Session)
	// Observe hears Have, Tested, Parted, Drained and Beat in the order sent. The
	// signature of Drained has been checked.
	Observe(s *Session, m wire.Message)
	// Record keeps usage; when it returns nil, the minutes are on disk and are acknowledged.
	Record(ctx context.Context, s *Session, u wire.Usage) error
	// Detach says that the session ended.
	Detach(s *Session)
}
