package sfu

import (
	"testing"

	"weckruf/internal/testkit/rtcpeer"
	"weckruf/internal/wire"
)

func TestThreePeopleSeeAndHearEachOther(t *testing.T) {
	r := newRig(t)
	members := []*member{
		r.join(1, person(), 2, 3),
		r.join(2, person(), 1, 3),
		r.join(3, person(), 1, 2),
	}
	for _, m := range members {
		s := m.until("the others' sound and picture", func(s rtcpeer.State) bool {
			for _, other := range members {
				if other != m && !sees(s, other.id) {
					return false
				}
			}
			return true
		})
		unbroken(t, s)
	}
}

var _ = wire.SlotPair
