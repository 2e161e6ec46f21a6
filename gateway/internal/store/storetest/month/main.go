// Month fills a store with the rooms of a small town and what they cost until now in this
// month, so that pictures of the pages show figures that add up.
//
//	month STORE
//
// No gateway may run on the store meanwhile.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"weckruf/gateway/internal/keeper"
	"weckruf/gateway/internal/ledger"
	"weckruf/gateway/internal/room"
	"weckruf/gateway/internal/store"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// machine is the one of the settings that local gateways have.
const machine wire.MachineID = "local-1"

// meeting is one evening: when the machine was woken, and its minutes.
type meeting struct {
	room                     int // in titles
	day, hour, minute        int
	prewarm, used, hold      int // minutes
	people                   int
	boot, drain              int // seconds
	alsoRoom, alsoUsed, also int // another room on the same machine: its minutes and people
}

var titles = []string{"Gemeinderat", "Bauausschuss", "Sprechstunde der Bürgermeisterin", "Musikverein"}

var meetings = []meeting{
	{room: 0, day: 3, hour: 18, minute: 48, prewarm: 8, used: 104, hold: 10, people: 23, boot: 52, drain: 9},
	{room: 3, day: 5, hour: 19, minute: 55, used: 61, hold: 10, people: 7, boot: 49, drain: 8},
	{room: 1, day: 10, hour: 17, minute: 28, used: 72, hold: 10, people: 11, boot: 55, drain: 9, alsoRoom: 2, alsoUsed: 25, also: 2},
	{room: 2, day: 12, hour: 15, minute: 0, used: 47, hold: 10, people: 3, boot: 51, drain: 10},
	{room: 0, day: 17, hour: 18, minute: 50, prewarm: 9, used: 118, hold: 10, people: 26, boot: 50, drain: 9},
	{room: 3, day: 19, hour: 19, minute: 58, used: 55, hold: 10, people: 8, boot: 58, drain: 8},
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "month:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 1 {
		return errors.New("usage: month STORE")
	}
	s, err := store.Open(ctx, args[0], slog.Default())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	now := time.Now().In(zone)
	rooms, err := makeRooms(ctx, s, now)
	if err != nil {
		return err
	}
	for _, m := range meetings {
		from := time.Date(now.Year(), now.Month(), m.day, m.hour, m.minute, 12, 0, zone)
		if from.Add(6 * time.Hour).After(now) {
			break
		}
		if err := hold(ctx, s, m, from.UTC(), rooms); err != nil {
			return fmt.Errorf("meeting on day %d: %w", m.day, err)
		}
	}
	return nil
}

func makeRooms(ctx context.Context, s *store.Store, now time.Time) ([]wire.RoomID, error) {
	evening := time.Date(now.Year(), now.Month(), now.Day(), 19, 0, 0, 0, now.Location())
	starts := []time.Time{evening, evening.AddDate(0, 0, 8).Add(-90 * time.Minute), evening.AddDate(0, 0, 3).Add(-4 * time.Hour), {}}
	ids := make([]wire.RoomID, 0, len(titles))
	for i, title := range titles {
		record := room.Record{
			ID: cred.NewRoom(), Title: title, StartsAt: starts[i], WaitingRoom: i != 3, Capacity: 100,
			Chair: room.Link{Generation: 1}, Guest: room.Link{Generation: 1}, CreatedAt: now.Add(time.Duration(i) * time.Second),
		}
		if err := s.PutRoom(ctx, record); err != nil {
			return nil, err
		}
		ids = append(ids, record.ID)
	}
	return ids, nil
}

// hold books one meeting as the keeper and the worker would have.
func hold(ctx context.Context, s *store.Store, m meeting, from time.Time, rooms []wire.RoomID) error {
	prev, err := s.Machine(ctx, machine)
	if err != nil {
		return err
	}
	ready := from.Add(time.Duration(m.boot) * time.Second)
	begin := ready.Add(time.Duration(m.prewarm) * time.Minute)
	end := begin.Add(time.Duration(m.used) * time.Minute)
	drain := end.Add(time.Duration(m.hold) * time.Minute)
	on := prev
	on.Epoch, on.Observed, on.Room = prev.Epoch+1, keeper.Serving, rooms[m.room]
	book := ledger.Run{Machine: machine, Epoch: on.Epoch, Room: on.Room, Prewarm: m.prewarm > 0, From: from, Prices: []ledger.Price{{
		Resource: ledger.Compute, PerHour: 79_001_000, Quantum: ledger.Quantum{Minimum: time.Minute, Step: time.Minute},
	}}}
	at := func(t time.Time, class ledger.Class) ledger.Phase {
		return ledger.Phase{Machine: machine, Epoch: on.Epoch, At: t, Class: class, Room: on.Room}
	}
	phases := []ledger.Phase{at(from, ledger.Boot)}
	if m.prewarm > 0 {
		phases = append(phases, at(ready, ledger.Prewarm))
	}
	phases = append(phases, at(begin, ledger.Used), at(end, ledger.Hold), at(drain, ledger.Drain))
	if on, err = s.Commit(ctx, keeper.Change{Prev: prev, Next: on, Open: &book, Phases: phases}); err != nil {
		return err
	}
	if err := s.RecordUsage(ctx, machine, on.Epoch, usage(m, begin, rooms)); err != nil {
		return err
	}
	off := on
	off.Observed, off.Desired = keeper.Off, keeper.PowerOff
	book.Until = drain.Add(time.Duration(m.drain) * time.Second)
	_, err = s.Commit(ctx, keeper.Change{Prev: on, Next: off, Close: &book})
	return err
}

// usage is who was there, minute by minute.
func usage(m meeting, begin time.Time, rooms []wire.RoomID) wire.Usage {
	var u wire.Usage
	for i := range m.used {
		minute := begin.Truncate(time.Minute).Add(time.Duration(i) * time.Minute)
		u.Minutes = append(u.Minutes, wire.UsageMinute{Minute: minute, Room: rooms[m.room], Seconds: 60 * m.people})
		if i < m.alsoUsed {
			u.Minutes = append(u.Minutes, wire.UsageMinute{Minute: minute, Room: rooms[m.alsoRoom], Seconds: 60 * m.also})
		}
	}
	return u
}
