package config

import (
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Duration is a time.Duration written as "30s" or "10m".
type Duration time.Duration

// UnmarshalText reads Go's notation of durations.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration such as \"30s\" or \"10m\"", text)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalText writes Go's notation of durations.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.Std().String()), nil }

// Std is the duration in the standard library's type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Euro is an amount in nano-euro (10⁻⁹ €), written as a decimal string such as "0.079".
type Euro int64

var errEuro = errors.New(`an amount is written as "0.079": euro with at most nine decimals, up to 1000000`)

// UnmarshalText reads a decimal number exactly.
func (e *Euro) UnmarshalText(text []byte) error {
	for _, c := range text {
		if (c < '0' || c > '9') && c != '.' {
			return errEuro
		}
	}
	amount, ok := new(big.Rat).SetString(string(text))
	if !ok {
		return errEuro
	}
	amount.Mul(amount, big.NewRat(1_000_000_000, 1))
	if !amount.IsInt() || amount.Cmp(big.NewRat(1_000_000_000_000_000, 1)) > 0 {
		return errEuro
	}
	*e = Euro(amount.Num().Int64())
	return nil
}

// MarshalText writes the amount with nine decimals.
func (e Euro) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%09d", e/1_000_000_000, e%1_000_000_000), nil
}
