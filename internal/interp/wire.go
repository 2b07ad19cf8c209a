package interp

import (
	"netlab/internal/event"
)

// request is one JSON line from the engine to the child. The first one
// carries Setup, all others Run.
type request struct {
	Setup *Options `json:"setup,omitempty"`
	Run   *string  `json:"run,omitempty"`
}

// message is one JSON line from the child to the engine. Lines that do not
// begin like one are the Go runtime's last words: the pipe is the child's
// standard error, too.
type message struct {
	Event *event.Event `json:"event,omitempty"`
	At    string       `json:"at,omitempty"` // the statement that begins to run
	Done  *Result      `json:"done,omitempty"`
	Dead  bool         `json:"dead,omitempty"` // with Done: the child is of no more use
}

// The child's file descriptors besides 0 (/dev/null), 1 (/dev/null) and 2.
const (
	fdRequests = 3
	fdMessages = 4
)

// maxMessage bounds a line of the pipe, in bytes. The child cuts output far below it.
const maxMessage = 4 << 20
