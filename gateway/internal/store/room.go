package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"weckruf/gateway/internal/room"
	"weckruf/internal/wire"
)

var _ room.Store = (*Store)(nil)

const roomColumns = `id, title, starts_at, waiting_room, capacity,
	chair_generation, chair_knock_until, guest_generation, guest_knock_until, created_at`

// Room implements room.Store. A deleted room is room.ErrNotFound.
func (s *Store) Room(ctx context.Context, id wire.RoomID) (room.Record, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+roomColumns+` FROM room WHERE id = ? AND deleted_at = 0`, string(id))
	list, err := collect(rows, err, scanRoom)
	if err == nil && len(list) == 0 {
		err = room.ErrNotFound
	}
	if err != nil {
		return room.Record{}, fmt.Errorf("read room %s: %w", id, err)
	}
	return list[0], nil
}

// Rooms are all rooms that were not deleted, oldest first.
func (s *Store) Rooms(ctx context.Context) ([]room.Record, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+roomColumns+` FROM room WHERE deleted_at = 0 ORDER BY created_at, id`)
	list, err := collect(rows, err, scanRoom)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	return list, nil
}

func scanRoom(rows *sql.Rows, r *room.Record) error {
	return rows.Scan(&r.ID, &r.Title, moment{&r.StartsAt}, &r.WaitingRoom, &r.Capacity,
		&r.Chair.Generation, moment{&r.Chair.KnockUntil}, &r.Guest.Generation, moment{&r.Guest.KnockUntil}, moment{&r.CreatedAt})
}

// PutRoom makes a room or changes it (all but CreatedAt). A deleted one is room.ErrNotFound:
// an edit that comes late must not bring it back.
func (s *Store) PutRoom(ctx context.Context, r room.Record) error {
	n, err := s.exec(ctx, "put room "+string(r.ID), `INSERT INTO room (`+roomColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT DO UPDATE SET title = excluded.title, starts_at = excluded.starts_at,
			waiting_room = excluded.waiting_room, capacity = excluded.capacity,
			chair_generation = excluded.chair_generation, chair_knock_until = excluded.chair_knock_until,
			guest_generation = excluded.guest_generation, guest_knock_until = excluded.guest_knock_until
		WHERE deleted_at = 0`,
		string(r.ID), r.Title, stamp(r.StartsAt), r.WaitingRoom, r.Capacity, r.Chair.Generation, stamp(r.Chair.KnockUntil),
		r.Guest.Generation, stamp(r.Guest.KnockUntil), stamp(r.CreatedAt))
	if err == nil && n == 0 {
		err = fmt.Errorf("put room %s: %w", r.ID, room.ErrNotFound)
	}
	return err
}

// DeleteRoom deletes a room and its stays; what remains is its title, for the bills. One that
// is not there is room.ErrNotFound.
func (s *Store) DeleteRoom(ctx context.Context, id wire.RoomID) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	return s.change(ctx, "delete room "+string(id), func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE room SET deleted_at = ? WHERE id = ? AND deleted_at = 0`, stamp(now), string(id))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, room.ErrNotFound)
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM stay WHERE room = ?`, string(id))
		return err
	})
}

// Titles are the titles of all rooms, deleted ones included.
func (s *Store) Titles(ctx context.Context) (map[wire.RoomID]string, error) {
	type entry struct {
		id    wire.RoomID
		title string
	}
	rows, err := s.read.QueryContext(ctx, `SELECT id, title FROM room`)
	list, err := collect(rows, err, func(r *sql.Rows, e *entry) error { return r.Scan(&e.id, &e.title) })
	if err != nil {
		return nil, fmt.Errorf("read titles: %w", err)
	}
	titles := make(map[wire.RoomID]string, len(list))
	for _, e := range list {
		titles[e.id] = e.title
	}
	return titles, nil
}

const stayColumns = `room, participant, role, admitted, removed, at`

// PutStay implements room.Store.
func (s *Store) PutStay(ctx context.Context, st room.Stay) error {
	_, err := s.exec(ctx, "put stay in "+string(st.Room), `INSERT OR REPLACE INTO stay (`+stayColumns+`) VALUES (?,?,?,?,?,?)`,
		string(st.Room), int64(st.Participant), string(st.Role), st.Admitted, st.Removed, stamp(st.At))
	return err
}

// Stay implements room.Store.
func (s *Store) Stay(ctx context.Context, id wire.RoomID, p wire.ParticipantID) (room.Stay, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+stayColumns+` FROM stay WHERE room = ? AND participant = ?`, string(id), int64(p))
	list, err := collect(rows, err, scanStay)
	if err == nil && len(list) == 0 {
		err = room.ErrNotFound
	}
	if err != nil {
		return room.Stay{}, fmt.Errorf("read stay in %s: %w", id, err)
	}
	return list[0], nil
}

// Stays implements room.Store: those changed at since or later, in the order of the change.
func (s *Store) Stays(ctx context.Context, id wire.RoomID, since time.Time) ([]room.Stay, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+stayColumns+` FROM stay WHERE room = ? AND at >= ? ORDER BY at, participant`,
		string(id), stamp(since))
	list, err := collect(rows, err, scanStay)
	if err != nil {
		return nil, fmt.Errorf("read stays in %s: %w", id, err)
	}
	return list, nil
}

func scanStay(rows *sql.Rows, st *room.Stay) error {
	return rows.Scan(&st.Room, &st.Participant, &st.Role, &st.Admitted, &st.Removed, moment{&st.At})
}
