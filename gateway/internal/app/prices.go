package app

import (
	"time"

	"weckruf/gateway/internal/ledger"
	"weckruf/internal/config"
)

// prices is the snapshot that each run keeps.
func prices(m config.Machine) []ledger.Price {
	return []ledger.Price{{
		Resource: ledger.Compute, PerHour: ledger.NanoEUR(m.PricePerHour),
		Quantum: ledger.Quantum{Minimum: quantum(m.Pricing), Step: quantum(m.Pricing), RoundTo: ledger.NanoEUR(m.RoundTo)},
	}}
}

func quantum(p config.Pricing) time.Duration {
	if p == config.PerHour {
		return time.Hour
	}
	return time.Minute
}
