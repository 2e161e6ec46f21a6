package room

import (
	"weckruf/gateway/internal/fleet"
	"weckruf/internal/wire"
)

// pageID names one page's connection to this gateway, in this process. Zero means none.
type pageID uint64

// arrival is what a page's credential was found to be when it looked.
type arrival struct {
	role       wire.Role // of the link, or of the stay when there is no link
	generation int       // of the link; 0: no link was shown
	stay       *Stay     // the place that the resume token vouches for, as it is on disk
}

// event is what may happen to a room.
type event any

// What pages do.
type (
	looked struct {
		page    pageID
		arrival arrival
	}
	entered struct {
		page    pageID
		message wire.Enter
	}
	offered struct {
		page    pageID
		message wire.Offer
	}
	admits struct {
		page    pageID
		message wire.Admit
	}
	removes struct {
		page    pageID
		message wire.Remove
	}
	left   struct{ page pageID }
	closed struct{ page pageID }
)

// What comes back from effects.
type (
	stored struct {
		save save
		err  error
	}
	joined struct {
		participant wire.ParticipantID
		connection  wire.ConnectionID
		answer      wire.Joined
		err         error
	}
	woken struct{ err error }
)

// What comes from the fleet, the store and the clock.
type (
	viewed     struct{ view fleet.View }
	partedFrom struct{ parted wire.Parted }
	changed    struct{ record Record }
	forgotten  struct{}
	ticked     struct{}
)

// effect is what a room asks of the world.
type effect any

// purpose says what a stay is saved for.
type purpose uint8

const (
	saveEnter purpose = iota
	saveAdmit
	saveRemove
	saveEnd // the mark at the end of a session
)

type (
	// send gives one message to some pages; it is encoded once.
	send struct {
		pages   []pageID
		message wire.Message
	}
	// place tells a page who it is, with a new resume token.
	place struct {
		page        pageID
		participant wire.ParticipantID
		role        wire.Role
		admitted    bool
	}
	// ready asks a page for its offer, with new TURN credentials.
	ready struct {
		page       pageID
		connection wire.ConnectionID
	}
	// hangUp closes a page after what was sent.
	hangUp struct{ page pageID }
	// save writes a stay; stored comes back.
	save struct {
		stay Stay
		why  purpose
		by   pageID // the chair who asked, if any
	}
	// join asks the worker for an answer; joined comes back.
	join struct{ join wire.Join }
	// part ends a connection at the worker.
	part struct{ connection wire.ConnectionID }
	// wake asks for a machine; woken comes back.
	wake struct{}
	// people tells the fleet who counts.
	people struct{ waiting, present int }
)
