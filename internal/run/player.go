package run

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"netlab/internal/control"
	"netlab/internal/event"
	"netlab/internal/interp"
	"netlab/internal/kernel"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/snapshot"
	"netlab/internal/topology"
)

// player tells what the commands of a foreign script do. Several may run at
// once: what changed is told with the one that ends first, and never twice.
type player struct {
	ctx     context.Context //nolint:containedctx // the life of the request
	kernel  *kernel.Kernel
	conn    *control.Conn
	script  control.Script
	limits  interp.Options
	crowd   *interp.Bystanders
	outlets []*outlet
	given   []*os.File // the script's ends of them
	meter   *atomic.Int64

	mu      sync.Mutex
	begun   remains
	last    snapshot.Lab
	running int
	built   snapshot.Built
	events  int
	whys    int // failed pings that were looked into

	explained map[op.Meaning]bool
	over      bool
}

// maxEvents bounds how much is told of one script.
const maxEvents = 20_000

// newPlayer looks at the lab as the script finds it.
func (c *caller) newPlayer(ctx context.Context, s control.Script) (*player, error) {
	lab, err := c.kernel.Snapshot(ctx)
	p := &player{
		ctx: ctx, kernel: c.kernel, conn: c.conn, script: s, limits: interp.ScriptOptions(s.Time),
		crowd: interp.WatchBystanders(), last: lab, begun: look(lab), explained: map[op.Meaning]bool{},
	}
	p.built.See(lab)
	return p, err
}

// emit tells an event behind all that the script has written so far.
func (p *player) emit(ev event.Event) {
	if p.events++; p.events > maxEvents && ev.Kind != event.CommandEnd {
		return
	}
	for _, o := range p.outlets {
		o.drain()
	}
	ev.V = event.Version
	_ = p.conn.Send(control.KindEvent, ev)
}

// played is one command of a script.
type played struct {
	line, place string
	asks        bool   // and changes nothing
	to          string // whom it pings; empty: it is no ping
	start       time.Time
}

// shim serves the shim that runs a command.
func (c *caller) shim(req control.Request) (control.Answer, error) {
	p := c.player.Load()
	if p == nil {
		return control.Answer{}, errors.New("no script is running in this lab")
	}
	switch {
	case req.Verb == control.Begin && c.played == nil && len(req.Args) > 0:
		place, err := netns.NameOf(c.peer)
		if err != nil || place == "" {
			place = "(no name)"
		}
		c.played = p.begin(req.Args, place, req.Text)
	case req.Verb == control.End && c.played != nil:
		p.end(c.played, req.Number, req.Text)
		c.played = nil
	}
	return control.Answer{}, nil
}

// leave ends the command of a shim that is gone without a word.
func (c *caller) leave() {
	if p := c.player.Load(); p != nil && c.played != nil {
		const killed = 137 // as a shell would have it
		p.end(c.played, killed, "")
	}
}

func (p *player) begin(args []string, place, by string) *played {
	p.mu.Lock()
	defer p.mu.Unlock()
	line, err := op.Parse(args)
	cmd := &played{line: told(interp.Line(args)), place: place, asks: errors.Is(err, op.ErrQuestion), to: pinged(args), start: time.Now()}
	if p.over {
		return cmd
	}
	if p.running == 0 && !cmd.asks {
		p.tellChanges(unseen)
	}
	p.running++
	meaning := ""
	if err == nil {
		meaning = op.Summary(line)
	}
	p.emit(event.Event{Kind: event.Command, Line: cmd.line, Place: place, By: by, Text: meaning})
	if p.script.Explain {
		p.explain(args)
	}
	return cmd
}

// explain tells what each word of a command means, if it is known, and once.
func (p *player) explain(args []string) {
	words, err := op.Explain(interp.Line(args))
	if err != nil {
		return
	}
	for _, w := range words {
		if w.Text != "a word for "+filepath.Base(args[0]) && !p.explained[w] {
			p.explained[w] = true
			p.emit(event.Event{Kind: event.Word, Line: told(w.Word), Text: w.Text})
		}
	}
}

func (p *player) end(cmd *played, exit int, said string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.running = max(0, p.running-1)
	p.emit(event.Event{Kind: event.CommandEnd, Line: cmd.line, Place: cmd.place, Exit: exit, Millis: millis(cmd.start)})
	if said != "" {
		p.emit(event.Event{Kind: event.Note, Text: said})
	}
	if exit != 0 && cmd.to != "" {
		p.why(cmd)
	}
	if !cmd.asks {
		p.tellChanges("")
	}
}

// unseen is who made changes that came with no command.
const unseen = "unseen"

// tellChanges tells what is different since the last look.
func (p *player) tellChanges(by string) {
	now, err := p.kernel.Snapshot(p.ctx)
	if err != nil {
		return // the next look tells it
	}
	for _, c := range snapshot.Diff(p.last, now) {
		p.emit(event.Event{Kind: event.Change, Sign: c.Sign, Place: c.Space, Line: c.Line, Text: c.Reason, By: by})
	}
	p.last = now
	p.built.See(now)
}

// conclude tells how the script ended, what it built and what it left.
func (p *player) conclude(st *os.ProcessState, limit string, end event.Event) control.Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if limit == "" && p.crowd.Count() > p.limits.Processes {
		limit = interp.LimitProcesses // a fork bomb that failed before anybody looked
		p.crowd.End()
	}
	p.tellChanges(unseen)
	end.Exit = exitOf(st)
	answer := control.Answer{Exit: end.Exit, Limit: limit}
	if limit != "" {
		answer.Text = p.limits.Explain(limit)
		end.Status, end.Text = event.Fail, answer.Text
		end.Exit = max(end.Exit, 1)
	}
	p.emit(end)
	for _, l := range p.built.Lines() {
		p.emit(event.Event{Kind: event.Built, Line: l})
	}
	if g := topology.Of(p.last); !g.Empty() {
		g = g.Collapsed()
		p.emit(event.Event{Kind: event.Picture, Picture: &g})
	}
	left := p.begun.left(look(p.last), p.crowd.Lines())
	for _, l := range left {
		p.emit(event.Event{Kind: event.Left, Line: l})
	}
	if len(left) == 0 {
		p.emit(event.Event{Kind: event.Left})
	}
	p.over = true
	return answer
}

// peerOf is the process at the other end of a connection inside the lab; 0
// for the outer process.
func peerOf(conn net.Conn) int {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return 0
	}
	return peerPid(u)
}
