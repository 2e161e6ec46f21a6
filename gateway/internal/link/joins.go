package link

import (
	"sync"

	"weckruf/internal/wire"
)

// maxJoins bounds the joins of a session that wait for their answer.
const maxJoins = 1024

// answer is what a worker said to one join.
type answer struct {
	joined wire.Joined
	failed *wire.Error
}

func (a answer) result() (wire.Joined, error) {
	if a.failed != nil {
		return wire.Joined{}, a.failed
	}
	return a.joined, nil
}

// joins matches answers with their questions. A worker does the joins of one connection one
// after another, so the first answer is the first question's; who has given up keeps the
// place in the row.
type joins struct {
	mu   sync.Mutex
	open map[wire.ConnectionID][]chan answer // guarded by mu
	n    int                                 // guarded by mu
}

func newJoins() *joins { return &joins{open: map[wire.ConnectionID][]chan answer{}} }

// ask puts a question with send, in the same order as it is noted here.
func (j *joins) ask(id wire.ConnectionID, send func()) (<-chan answer, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.n >= maxJoins {
		return nil, &wire.Error{Code: wire.CodeTooFast, Re: "join"}
	}
	j.n++
	c := make(chan answer, 1)
	j.open[id] = append(j.open[id], c)
	send()
	return c, nil
}

// answer settles the oldest question about a connection; one that nobody put is dropped.
func (j *joins) answer(id wire.ConnectionID, a answer) {
	j.mu.Lock()
	defer j.mu.Unlock()
	row := j.open[id]
	if len(row) == 0 {
		return
	}
	j.n--
	row[0] <- a
	if len(row) == 1 {
		delete(j.open, id)
	} else {
		j.open[id] = row[1:]
	}
}
