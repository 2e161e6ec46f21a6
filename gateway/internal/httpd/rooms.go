package httpd

import (
	"context"
	"net/http"
	"time"

	"weckruf/gateway/internal/room"
	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// defaultCapacity is how many people a new room takes.
const defaultCapacity = 100

// roomID reads the room of the path. A name that cannot be one is a room that is not there.
func roomID(r *http.Request) (wire.RoomID, error) {
	id := wire.RoomID(r.PathValue("room"))
	if !id.Valid() {
		return "", room.ErrNotFound
	}
	return id, nil
}

// record reads the record of the path's room.
func (s *Server) record(r *http.Request) (room.Record, error) {
	id, err := roomID(r)
	if err != nil {
		return room.Record{}, err
	}
	return s.opts.Rooms.Room(r.Context(), id)
}

func (s *Server) listRooms(w http.ResponseWriter, r *http.Request) error {
	records, err := s.opts.Rooms.Rooms(r.Context())
	if err != nil {
		return err
	}
	machines := s.opts.Machines.Status()
	list := make([]roomJSON, 0, len(records))
	for _, record := range records {
		list = append(list, s.roomJSON(record, machines, titlesOf(records)))
	}
	reply(w, http.StatusOK, struct {
		Rooms []roomJSON `json:"rooms"`
	}{list})
	return nil
}

func (s *Server) showRoom(w http.ResponseWriter, r *http.Request) error {
	record, err := s.record(r)
	if err != nil {
		return err
	}
	return s.replyRoom(r.Context(), w, http.StatusOK, record)
}

func (s *Server) createRoom(w http.ResponseWriter, r *http.Request) error {
	var body roomEdit
	if err := intake(w, r, &body, false); err != nil {
		return err
	}
	record := room.Record{
		ID: cred.NewRoom(), WaitingRoom: true, Capacity: defaultCapacity, CreatedAt: s.now().UTC(),
		Chair: room.Link{Generation: 1}, Guest: room.Link{Generation: 1},
	}
	if !body.Title.Set {
		return refuse(CodeMalformed, `the field "title" is needed`)
	}
	if err := body.apply(&record); err != nil {
		return err
	}
	if err := s.opts.Rooms.PutRoom(r.Context(), record); err != nil {
		return err
	}
	return s.replyRoom(r.Context(), w, http.StatusCreated, record)
}

func (s *Server) changeRoom(w http.ResponseWriter, r *http.Request) error {
	var body roomEdit
	if err := intake(w, r, &body, false); err != nil {
		return err
	}
	return s.changed(w, r, body.apply)
}

func (s *Server) renewLink(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Role  wire.Role `json:"role"`
		Hours *int      `json:"old_knocks_hours"`
	}
	if err := intake(w, r, &body, false); err != nil {
		return err
	}
	hours := 0
	if body.Hours != nil {
		hours = *body.Hours
	}
	switch {
	case !body.Role.Valid():
		return refuse(CodeMalformed, `the field "role" is chair or guest`)
	case hours < 0 || hours > maxKnockHours:
		return refuse(CodeMalformed, `the field "old_knocks_hours" is 0 to %d`, maxKnockHours)
	}
	return s.changed(w, r, func(record *room.Record) error {
		link := &record.Guest
		if body.Role == wire.RoleChair {
			link = &record.Chair
		}
		link.Generation++
		link.KnockUntil = time.Time{}
		if hours > 0 {
			link.KnockUntil = s.now().UTC().Add(time.Duration(hours) * time.Hour)
		}
		return nil
	})
}

// maxKnockHours is a week: how long an old link may still knock.
const maxKnockHours = 168

// changed applies a change to the path's room, tells the conversation and answers with the room.
func (s *Server) changed(w http.ResponseWriter, r *http.Request, change func(*room.Record) error) error {
	var record room.Record
	err := s.edit(r.Context(), func() (err error) {
		if record, err = s.record(r); err != nil {
			return err
		}
		if err = change(&record); err != nil {
			return err
		}
		return s.opts.Rooms.PutRoom(r.Context(), record)
	})
	if err != nil {
		return err
	}
	s.opts.Conversation.Changed(record.ID)
	return s.replyRoom(r.Context(), w, http.StatusOK, record)
}

// deleteRoom refuses while people are in the call: a press on the wrong line must not throw
// out a council in session.
func (s *Server) deleteRoom(w http.ResponseWriter, r *http.Request) error {
	var body struct{}
	if err := intake(w, r, &body, true); err != nil {
		return err
	}
	var record room.Record
	err := s.edit(r.Context(), func() (err error) {
		if record, err = s.record(r); err != nil {
			return err
		}
		if _, present := s.opts.Conversation.Counts(record.ID); present > 0 {
			return refuse(CodeInUse, "people are in the call")
		}
		return s.opts.Rooms.DeleteRoom(r.Context(), record.ID)
	})
	if err != nil {
		return err
	}
	s.opts.Machines.CancelPrewarm(record.ID) // nobody could cancel it any more
	s.opts.Conversation.Forget(record.ID)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// replyRoom answers with one room. The titles of other rooms on the same machine are read only
// when there is a machine.
func (s *Server) replyRoom(ctx context.Context, w http.ResponseWriter, status int, record room.Record) error {
	machines := s.opts.Machines.Status()
	titles := titlesOf([]room.Record{record})
	if machineOf(record.ID, machines) != nil {
		records, err := s.opts.Rooms.Rooms(ctx)
		if err != nil {
			return err
		}
		titles = titlesOf(records)
	}
	reply(w, status, s.roomJSON(record, machines, titles))
	return nil
}
