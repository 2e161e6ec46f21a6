// Package machine holds the words in which the keeper of machines and the adapters of
// providers speak with each other.
package machine

import "errors"

// Power is what a provider says of a machine.
type Power string

// The powers. Standby is the provider's "stopped in place": it still costs.
const (
	Off      Power = "off"
	Starting Power = "starting"
	On       Power = "on"
	Stopping Power = "stopping"
	Standby  Power = "standby"
	Unknown  Power = "unknown"
)

// What a provider may answer, where it makes a difference.
var (
	ErrOutOfStock = errors.New("no machine of this type is to be had here")
	ErrQuota      = errors.New("the account's quota is used up")
	ErrState      = errors.New("the machine is in another state")
	ErrGone       = errors.New("the machine does not exist")
	ErrDenied     = errors.New("the provider refused the key")
)
