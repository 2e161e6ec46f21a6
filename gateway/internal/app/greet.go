package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"weckruf/gateway/internal/account"
	"weckruf/gateway/internal/room"
	"weckruf/gateway/internal/store"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// firstCapacity is the number of places in a room that is made at the start.
const firstCapacity = 100

// firstRoom makes a room when there is none, so that a newcomer has a door to go through.
func firstRoom(ctx context.Context, s *store.Store, title string) error {
	rooms, err := s.Rooms(ctx)
	if err != nil {
		return fmt.Errorf("look for rooms: %w", err)
	}
	if len(rooms) > 0 || title == "" {
		return nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	return s.PutRoom(ctx, room.Record{
		ID: cred.NewRoom(), Title: title, WaitingRoom: true, Capacity: firstCapacity,
		Chair: room.Link{Generation: 1}, Guest: room.Link{Generation: 1}, CreatedAt: now,
	})
}

// greet prints the links of the first room made and a link for signing in.
func greet(ctx context.Context, out io.Writer, s *store.Store, keys *cred.Keys, publicURL string) error {
	rooms, err := s.Rooms(ctx)
	if err != nil {
		return fmt.Errorf("look for rooms: %w", err)
	}
	fmt.Fprintf(out, "\nWeckruf is ready on %s\n\n", publicURL)
	if len(rooms) > 0 {
		first := rooms[0]
		for _, r := range rooms[1:] {
			if r.CreatedAt.Before(first.CreatedAt) {
				first = r
			}
		}
		fmt.Fprintf(out, "  Room      %s\n", first.Title)
		fmt.Fprintf(out, "  Chair     %s\n", roomURL(publicURL, keys, first.ID, wire.RoleChair, first.Chair.Generation))
		fmt.Fprintf(out, "  Guests    %s\n", roomURL(publicURL, keys, first.ID, wire.RoleGuest, first.Guest.Generation))
	}
	return invite(ctx, out, s, publicURL)
}

func roomURL(publicURL string, keys *cred.Keys, id wire.RoomID, role wire.Role, generation int) string {
	return fmt.Sprintf("%s/r/%s#%s", publicURL, id, keys.LinkSecret(id, role, generation))
}

// invite prints a new one-time link.
func invite(ctx context.Context, out io.Writer, s *store.Store, publicURL string) error {
	token, err := account.New(s, nil).NewInvite(ctx)
	if err != nil {
		return fmt.Errorf("make invite: %w", err)
	}
	_, err = fmt.Fprintf(out, "  Sign in   %s/signin#%s   (once, until %s)\n\n",
		publicURL, token, time.Now().Add(account.InviteLife).Format("02.01. 15:04"))
	return err
}
