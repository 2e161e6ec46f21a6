package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

// roomRecord is a room in which every field is set.
func roomRecord(id wire.RoomID) room.Record {
	return room.Record{
		ID: id, Title: "Gemeinderat " + string(id), StartsAt: Begin.Add(time.Hour), WaitingRoom: true, Capacity: 40,
		Chair: room.Link{Generation: 2, KnockUntil: Begin.Add(2 * time.Hour)},
		Guest: room.Link{Generation: 3}, CreatedAt: Begin,
	}
}

// Rooms is the contract of room.Store; open gives a store that holds the rooms.
func Rooms(t *testing.T, open func(t *testing.T, rooms ...room.Record) room.Store) {
	t.Run("a room is read back as it was put", func(t *testing.T) {
		want := roomRecord("council")
		full(t, want)
		s := open(t, want, roomRecord("choir"))
		got := get(t, func(ctx context.Context) (room.Record, error) { return s.Room(ctx, "council") })
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	t.Run("an unknown room or stay is not found", func(t *testing.T) {
		s := open(t, roomRecord("council"))
		if _, err := s.Room(t.Context(), "choir"); !errors.Is(err, room.ErrNotFound) {
			t.Errorf("room: %v", err)
		}
		if _, err := s.Stay(t.Context(), "council", 7); !errors.Is(err, room.ErrNotFound) {
			t.Errorf("stay: %v", err)
		}
	})
	t.Run("a stay is replaced by its change and belongs to one room", func(t *testing.T) {
		s := open(t, roomRecord("council"), roomRecord("choir"))
		first := room.Stay{Room: "council", Participant: 1<<32 - 1, Role: wire.RoleGuest, At: Begin}
		second := first
		second.Admitted, second.Removed, second.Role, second.At = true, true, wire.RoleChair, Begin.Add(time.Second)
		full(t, second)
		must(t, s.PutStay(t.Context(), first))
		must(t, s.PutStay(t.Context(), second))
		got := get(t, func(ctx context.Context) (room.Stay, error) { return s.Stay(ctx, "council", first.Participant) })
		if got != second {
			t.Errorf("got %+v, want %+v", got, second)
		}
		if _, err := s.Stay(t.Context(), "choir", first.Participant); !errors.Is(err, room.ErrNotFound) {
			t.Errorf("in the other room: %v", err)
		}
	})
	t.Run("stays are those of the room changed since then", func(t *testing.T) {
		s := open(t, roomRecord("council"), roomRecord("choir"))
		var put []room.Stay
		for i := range 4 {
			st := room.Stay{Room: "council", Participant: wire.ParticipantID(9 - i), Role: wire.RoleGuest, At: Begin.Add(time.Duration(i) * time.Second)}
			must(t, s.PutStay(t.Context(), st))
			put = append(put, st)
		}
		must(t, s.PutStay(t.Context(), room.Stay{Room: "choir", Participant: 1, Role: wire.RoleGuest, At: Begin.Add(time.Minute)}))
		got := get(t, func(ctx context.Context) ([]room.Stay, error) { return s.Stays(ctx, "council", put[1].At) })
		if !reflect.DeepEqual(got, put[1:]) {
			t.Errorf("got %+v, want %+v", got, put[1:])
		}
	})
}

// RoomBook is what the office keeps rooms with.
type RoomBook interface {
	Rooms(ctx context.Context) ([]room.Record, error)
	PutRoom(ctx context.Context, r room.Record) error
	DeleteRoom(ctx context.Context, id wire.RoomID) error
	Titles(ctx context.Context) (map[wire.RoomID]string, error)
	room.Store
}

// Office is the contract of making, changing and deleting rooms.
func Office(t *testing.T, open func(*testing.T) RoomBook) {
	t.Run("a room can be made and changed, but not its birthday", func(t *testing.T) {
		s := open(t)
		old, young := roomRecord("old"), roomRecord("a-young-one")
		young.CreatedAt = Begin.Add(time.Second)
		must(t, s.PutRoom(t.Context(), young))
		must(t, s.PutRoom(t.Context(), old))
		old.Title, old.StartsAt, old.WaitingRoom, old.Capacity = "Chor", time.Time{}, false, 5
		old.Chair, old.Guest = room.Link{Generation: 9}, room.Link{Generation: 8, KnockUntil: Begin}
		changed := old
		changed.CreatedAt = Begin.Add(time.Hour)
		must(t, s.PutRoom(t.Context(), changed))
		if got := get(t, s.Rooms); !reflect.DeepEqual(got, []room.Record{old, young}) {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("a deleted room is gone with its stays, but for the title", deleted(open))
}

func deleted(open func(*testing.T) RoomBook) func(*testing.T) {
	return func(t *testing.T) {
		s := open(t)
		must(t, s.PutRoom(t.Context(), roomRecord("council")))
		must(t, s.PutRoom(t.Context(), roomRecord("choir")))
		must(t, s.PutStay(t.Context(), room.Stay{Room: "council", Participant: 1, Role: wire.RoleGuest, At: Begin}))
		must(t, s.DeleteRoom(t.Context(), "council"))
		for name, err := range map[string]error{
			"again":   s.DeleteRoom(t.Context(), "council"),
			"unknown": s.DeleteRoom(t.Context(), "nobody"),
			"change":  s.PutRoom(t.Context(), roomRecord("council")),
		} {
			if !errors.Is(err, room.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Room(t.Context(), "council"); !errors.Is(err, room.ErrNotFound) {
			t.Errorf("room: %v", err)
		}
		if _, err := s.Stay(t.Context(), "council", 1); !errors.Is(err, room.ErrNotFound) {
			t.Errorf("stay: %v", err)
		}
		if got := get(t, s.Rooms); len(got) != 1 || got[0].ID != "choir" {
			t.Errorf("rooms: %+v", got)
		}
		want := map[wire.RoomID]string{"council": "Gemeinderat council", "choir": "Gemeinderat choir"}
		if got := get(t, s.Titles); !reflect.DeepEqual(got, want) {
			t.Errorf("titles: %v", got)
		}
	}
}
