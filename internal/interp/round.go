package interp

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/event"
)

// watchEvery is how often the number of processes is looked at while a
// snippet runs. RLIMIT_NPROC bounds it in between, where it can be set.
const watchEvery = 10 * time.Millisecond

// crowd watches the number of processes. Reading the process table takes half
// a millisecond, so it is done only when the whole machine has many more than
// at the beginning, or after some looks.
type crowd struct {
	begun uint16 // processes of the machine at the beginning
	looks int
}

// fullLook is after how many looks the process table is read anyway.
const fullLook = 50

func newCrowd() *crowd { return &crowd{begun: machineTasks()} }

// exceeds tells whether root has started more than limit processes.
func (c *crowd) exceeds(root, limit int) bool {
	c.looks++
	if c.looks%fullLook != 0 && int(machineTasks()) < int(c.begun)+limit/2 {
		return false
	}
	return tasks(root) > limit
}

// machineTasks counts the processes and threads of the machine, sysinfo(2).
func machineTasks() uint16 {
	var info unix.Sysinfo_t
	_ = unix.Sysinfo(&info)
	return info.Procs
}

// round is one Run.
type round struct {
	shell *Shell
	peer  *peer
	sink  event.Sink
	meant bool         // that the last statement fails
	at    string       // the statement that runs
	open  []string     // commands that have not ended
	held  *event.Event // a CommandEnd of which it is not known yet whether it ended all
	done  *message
}

func (r *round) wait(ctx context.Context) (Result, error) {
	limit := time.NewTimer(r.shell.opts.RunTime)
	defer limit.Stop()
	many, watch := newCrowd(), time.NewTicker(watchEvery)
	defer watch.Stop()
	for {
		select {
		case <-r.peer.notify:
			r.pass()
		case <-r.peer.gone:
			r.pass()
			if r.done == nil {
				return r.crashed()
			}
		case <-limit.C:
			return r.stop(LimitTime), nil
		case <-watch.C:
			if many.exceeds(r.peer.cmd.Process.Pid, r.shell.opts.Processes) {
				return r.stop(LimitProcesses), nil
			}
		case <-ctx.Done():
			r.shell.drop("it was interrupted")
			r.close(137, "interrupted")
			return Result{Exit: 130, Line: r.line(), Limit: LimitKilled}, ctx.Err()
		}
		if r.done != nil {
			return r.end(), nil
		}
	}
}

// end ends a round whose Done has come. A fork bomb may fail, for want of
// room, before anybody has looked: what it left behind tells.
func (r *round) end() Result {
	exit := r.done.Done.Exit
	if exit != 0 && !r.done.Dead && tasks(r.peer.cmd.Process.Pid) > r.shell.opts.Processes {
		r.at = r.done.Done.Line
		return r.stop(LimitProcesses)
	}
	return r.finish()
}

// pass hands what has come on to the sink.
func (r *round) pass() {
	for _, m := range r.peer.take() {
		r.letGo(m.Done)
		switch {
		case m.Done != nil:
			r.done = &m
		case m.At != "":
			r.at = m.At
		case m.Event != nil:
			r.hear(*m.Event)
		}
	}
}

func (r *round) hear(e event.Event) {
	switch e.Kind {
	case event.Command:
		r.open = append(r.open, e.Line)
	case event.CommandEnd:
		if i := slices.Index(r.open, e.Line); i >= 0 {
			r.open = slices.Delete(r.open, i, i+1)
		}
		if e.Exit != 0 {
			r.held = &e
			return
		}
	}
	r.sink(e)
}

// letGo passes on the failure that was held. If the snippet ended with it, it
// is marked, unless it was meant to be.
func (r *round) letGo(done *Result) {
	if r.held == nil {
		return
	}
	e := *r.held
	r.held = nil
	if done != nil && done.Exit != 0 && done.Line == e.Line && (done.Early || !r.meant) {
		e.Status = event.Fail
	}
	r.sink(e)
}

// finish ends a round whose Done has come.
func (r *round) finish() Result {
	res := *r.done.Done
	if !r.done.Dead {
		return res
	}
	r.shell.drop(r.shell.opts.explain(res.Limit))
	r.close(res.Exit, "")
	note(r.sink, r.shell.opts.explain(res.Limit))
	return res
}

// stop ends a round because a limit was hit that the engine watches.
func (r *round) stop(limit string) Result {
	text := r.shell.opts.explain(limit)
	r.shell.drop(text)
	r.pass()
	r.letGo(nil)
	res := Result{Exit: exitOf(limit), Line: r.line(), Limit: limit, Early: true}
	r.close(res.Exit, "")
	note(r.sink, text)
	return res
}

// crashed ends a round whose child has died.
func (r *round) crashed() (Result, error) {
	<-r.peer.gone
	limit, words := r.peer.end()
	if limit == "" {
		r.shell.drop("it broke")
		r.close(1, "")
		return Result{}, fmt.Errorf("the shell broke: %s", words[:min(len(words), maxBroken)])
	}
	return r.stop(limit), nil
}

// maxBroken bounds what an error repeats of the Go runtime's last words, in bytes.
const maxBroken = 2000

// line is the command that a limit ended.
func (r *round) line() string {
	if n := len(r.open); n > 0 {
		return r.open[n-1]
	}
	return r.at
}

// close ends the commands that nobody else will end.
func (r *round) close(exit int, text string) {
	r.letGo(nil)
	for _, line := range r.open {
		r.sink(event.Event{V: event.Version, Kind: event.CommandEnd, Line: line, Exit: exit, Status: event.Fail, Text: text})
	}
	r.open = nil
}
