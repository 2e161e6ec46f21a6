package keepertest

import (
	"testing"
	"testing/synctest"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/internal/wire"
)

func TestTheFakeKeepsTheContractOfAProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Cloud{IDs: []wire.MachineID{"m"}, Boot: 3 * time.Second, Halt: 2 * time.Second}
		TestCloud(t, c, "m", func(want keeper.Power) {
			for {
				power, err := c.Observe(t.Context(), "m")
				if err != nil {
					t.Fatal(err)
				}
				if power == want {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	})
}
