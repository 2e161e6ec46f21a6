package room

import (
	"context"
	"errors"
	"time"

	"weckruf/internal/cred"
	"weckruf/internal/wire"
)

// fresh mints real ids.
type fresh struct{}

func (fresh) Connection() wire.ConnectionID   { return cred.NewConnection() }
func (fresh) Participant() wire.ParticipantID { return cred.NewParticipant() }

// perform carries out one effect. What may take time runs beside the room.
func (a *actor) perform(ctx context.Context, e effect) {
	switch e := e.(type) {
	case send:
		a.send(e)
	case place:
		a.tell(e.page, a.place(e))
	case ready:
		a.tell(e.page, a.ready(e))
	case hangUp:
		a.hangUp(e.page)
	case save:
		a.saver.save(ctx, &a.work, e)
	case join:
		a.join(ctx, e.join)
	case part:
		if media := a.core.view.Media; media != nil {
			media.Part(e.connection)
		}
	case wake:
		a.work.Go(func() { a.post(woken{a.house.machines.Wake(ctx, a.room)}) })
	case people:
		a.house.machines.People(a.room, e.waiting, e.present)
	}
}

func (a *actor) tell(id pageID, m wire.Message) {
	if v := a.visitors[id]; v != nil {
		v.peer.Send(m)
	}
}

// send encodes a message for many only once.
func (a *actor) send(e send) {
	m := e.message
	if fault, ok := m.(wire.Fault); ok {
		a.house.log.Info("page at fault", "room", a.room, "code", fault.Code, "re", fault.Re)
	}
	if len(e.pages) > 1 {
		m = wire.Share(m)
	}
	for _, id := range e.pages {
		a.tell(id, m)
	}
}

func (a *actor) place(e place) wire.Place {
	return wire.Place{
		Participant: e.participant, Role: e.role, Admitted: e.admitted,
		Resume: a.house.keys.Resume(cred.Stay{
			Room: a.room, Participant: e.participant, Role: e.role, Admitted: e.admitted,
			Expires: time.Now().Add(a.house.limits.Resume),
		}),
	}
}

func (a *actor) ready(e ready) wire.Ready {
	m := wire.Ready{Connection: e.connection, IceServers: []wire.IceServer{}}
	view := a.core.view
	if len(view.TURN) > 0 {
		username, password := cred.TURNCredential(view.TURNSecret, string(e.connection), time.Now().Add(TURNLife))
		m.IceServers = append(m.IceServers, wire.IceServer{URLs: view.TURN, Username: username, Credential: password})
	}
	return m
}

// hangUp leaves the page a moment to read its last message and close by itself: ending its
// Serve at once would cut the line before the message is through.
func (a *actor) hangUp(id pageID) {
	if v := a.visitors[id]; v != nil {
		delete(a.visitors, id)
		time.AfterFunc(lastWords, v.cancel)
	}
}

// reason is what may be logged of a join that failed: details hold what a page wrote.
func reason(err error) string {
	var fault *wire.Error
	if errors.As(err, &fault) {
		return string(fault.Code)
	}
	return err.Error()
}

// join asks the worker beside the room, so that a slow answer holds nobody up.
func (a *actor) join(ctx context.Context, j wire.Join) {
	media := a.core.view.Media
	a.work.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, a.house.limits.JoinTimeout)
		defer cancel()
		answer, err := media.Join(ctx, j)
		if err != nil {
			a.house.log.Info("join failed", "room", a.room, "participant", j.Participant, "reason", reason(err))
		}
		a.post(joined{participant: j.Participant, connection: j.Connection, answer: answer, err: err})
	})
}
