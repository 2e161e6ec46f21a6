package room

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"weckruf/internal/wire"
)

// Two writes of one participant must not overtake each other: a removal would be undone.
func TestSaverKeepsTheOrderOfEachParticipant(t *testing.T) {
	s := saver{}
	for _, id := range []wire.ParticipantID{1, 2, 1, 3, 3} {
		s.queue = append(s.queue, save{stay: Stay{Participant: id}})
	}
	var sizes []int
	for batch := s.batch(); len(batch) > 0; batch = s.batch() {
		sizes = append(sizes, len(batch))
	}
	if !slices.Equal(sizes, []int{2, 2, 1}) {
		t.Errorf("batches of %v", sizes)
	}
}

func TestSaverWritesDifferentParticipantsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newMemory(record())
		store.slow = time.Second
		h := build(t, store, Limits{})
		defer h.stop()
		var tabs []*tab
		for range 10 {
			tabs = append(tabs, h.at(wire.RoleGuest))
		}
		for _, p := range tabs {
			p.in <- wire.Enter{Name: "Anna"}
		}
		time.Sleep(2*time.Second + time.Millisecond)
		synctest.Wait()
		for _, p := range tabs {
			must[wire.Place](p)
			p.close()
		}
	})
}
