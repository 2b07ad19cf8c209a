package interp

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"netlab/internal/event"
)

// ErrClosed is returned by Run after Close.
var ErrClosed = errors.New("the shell is closed")

// Shell is a POSIX shell whose commands run in a limited child process. One
// child serves all snippets: variables, functions, the working directory and
// background jobs go from one Run to the next, as in one script.
type Shell struct {
	opts Options

	mu     sync.Mutex // one Run at a time
	peer   *peer      // nil: there is none, the next Run starts one
	lost   string     // why the last one is gone; empty: it is not
	closed bool
}

// Start starts the child. The caller closes the Shell.
func Start(ctx context.Context, o Options) (*Shell, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Shell{opts: o.withDefaults()}
	p, err := launch(s.opts)
	if err != nil {
		return nil, err
	}
	s.peer = p
	return s, nil
}

// Close ends the child with everything it has started, background jobs too.
// Closing twice is fine.
func (s *Shell) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.drop("")
	return nil
}

// Run runs a snippet as under "set -e": the first command that fails ends it.
// Events go to sink as they happen, in order, on the calling goroutine: for
// each command a Command, its Outputs and a CommandEnd, and Notes.
//
// The error is not nil when netlab itself failed or ctx has ended, never for
// anything the commands did. When ctx ends, or a limit is hit, all processes
// of the Shell are killed, and the next Run begins with a new child.
func (s *Shell) Run(ctx context.Context, snippet Snippet, sink event.Sink) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Result{}, ErrClosed
	}
	if len(snippet.Text) > MaxSnippet {
		return Result{}, fmt.Errorf("the commands are %d bytes long, the limit is %d", len(snippet.Text), MaxSnippet)
	}
	if err := s.ready(sink); err != nil {
		return Result{}, err
	}
	s.peer.setBusy(true)
	r := &round{shell: s, peer: s.peer, sink: sink, meant: snippet.ExpectFail}
	if err := s.peer.send(request{Run: &snippet.Text}); err != nil {
		return r.crashed()
	}
	res, err := r.wait(ctx)
	if s.peer != nil {
		s.peer.setBusy(false)
	}
	return res, err
}

// ready makes sure that there is a child.
func (s *Shell) ready(sink event.Sink) error {
	if s.peer != nil {
		select {
		case <-s.peer.gone:
			limit, _ := s.peer.end()
			s.drop(s.opts.explain(limit))
		default:
			return nil
		}
	}
	p, err := launch(s.opts)
	if err != nil {
		return err
	}
	s.peer = p
	note(sink, "a new shell is started: variables, functions and background jobs of earlier commands are gone ("+s.lost+")")
	s.lost = ""
	return nil
}

// drop ends the child, for the reason given.
func (s *Shell) drop(why string) {
	if s.peer != nil {
		s.peer.kill()
	}
	s.peer, s.lost = nil, why
	if why == "" {
		s.lost = "the last one ended"
	}
}

func note(sink event.Sink, text string) {
	sink(event.Event{V: event.Version, Kind: event.Note, Text: text})
}
