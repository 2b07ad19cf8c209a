package interp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	"netlab/internal/event"
	"netlab/internal/sandbox"
)

// peer is the engine's end of one child.
type peer struct {
	cmd      *exec.Cmd
	requests *os.File
	notify   chan struct{} // has something when the queue may have
	gone     chan struct{} // closed when the child has ended and all is queued

	mu     sync.Mutex
	room   *sync.Cond
	queue  []message
	busy   bool // a Run takes from the queue: the child waits instead of losing output
	words  []byte
	status syscall.WaitStatus
	peak   int64  // bytes of memory that it had at most
	fate   string // the status in words

	memory int64 // its limit, in bytes
}

// maxQueue bounds how many messages wait to be taken. Between two Runs, when
// nobody takes them, the output of background jobs beyond it is lost.
const maxQueue = 1024

// maxWords bounds what is kept of the Go runtime's last words, in bytes.
const maxWords = 16 << 10

// environment is all that the commands get to know of its surroundings.
func environment(o Options) []string {
	return []string{
		"PATH=" + o.Path, "HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/sh",
		"TERM=dumb", "LANG=C.UTF-8",
	}
}

// launch starts a child in a session of its own and sends it its limits.
func launch(o Options) (*peer, error) {
	reqR, reqW, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reqR.Close()
	msgR, msgW, err := os.Pipe()
	if err != nil {
		reqW.Close()
		return nil, err
	}
	defer msgW.Close()
	cmd := exec.Command("/proc/self/exe")
	cmd.Args = []string{StageShell}
	cmd.Env = append(environment(o), "GOTRACEBACK=single")
	cmd.Stderr = msgW
	cmd.ExtraFiles = []*os.File{reqR, msgW} // fdRequests, fdMessages
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		reqW.Close()
		msgR.Close()
		return nil, fmt.Errorf("start the shell: %w", err)
	}
	sandbox.Victim(cmd.Process.Pid) // it starts nothing before it has its limits

	_ = PlaceOwn() // without them all other commands work
	p := &peer{cmd: cmd, requests: reqW, memory: o.Memory, notify: make(chan struct{}, 1), gone: make(chan struct{})}
	p.room = sync.NewCond(&p.mu)
	go p.read(msgR)
	if err := p.send(request{Setup: &o}); err != nil {
		p.kill()
		return nil, fmt.Errorf("start the shell: %w", err)
	}
	return p, nil
}

func (p *peer) send(r request) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = p.requests.Write(append(b, '\n'))
	return err
}

// read queues what the child says until it ends.
func (p *peer) read(from *os.File) {
	defer from.Close()
	lines := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := readLine(lines)
		p.hear(line)
		if err != nil {
			break
		}
	}
	_ = p.cmd.Wait()
	p.mu.Lock()
	p.status, _ = p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	p.fate = p.cmd.ProcessState.String()
	if usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.peak = usage.Maxrss * 1024 // KiB, getrusage(2)
	}
	p.mu.Unlock()
	close(p.gone)
}

// readLine reads to the end of the line. What is longer than maxMessage is cut.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) < maxMessage {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (p *peer) hear(line []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var m message
	if !bytes.HasPrefix(line, []byte(`{"`)) || json.Unmarshal(line, &m) != nil {
		if room := maxWords - len(p.words); room > 0 {
			p.words = append(p.words, line[:min(len(line), room)]...)
		}
		return
	}
	for p.busy && len(p.queue) >= maxQueue {
		p.room.Wait()
	}
	if len(p.queue) >= maxQueue && m.Event != nil && m.Event.Kind == event.Output {
		return
	}
	p.queue = append(p.queue, m)
	select {
	case p.notify <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (p *peer) take() []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.queue
	p.queue = nil
	p.room.Broadcast()
	return q
}

// setBusy says whether somebody takes from the queue.
func (p *peer) setBusy(busy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy = busy
	p.room.Broadcast()
}

// end tells, once the child is gone, which limit ended it, or what it said.
func (p *peer) end() (limit, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	words = strings.TrimSpace(string(p.words))
	if words == "" {
		words = p.fate
	}
	limit = crashLimit(words, p.status)
	if limit == LimitProcesses && p.peak > p.memory/memoryShare {
		limit = LimitMemory // no memory for the stack of a new thread is EAGAIN, too, pthread_create(3)
	}
	return limit, words
}

// kill ends the child and all it has started, and waits until it is gone.
func (p *peer) kill() {
	p.setBusy(false)
	select {
	case <-p.gone:
		killFamily(p.cmd.Process.Pid, true)
	default:
		killFamily(p.cmd.Process.Pid, false)
		<-p.gone
	}
	_ = p.requests.Close()
}
