package interp

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netns"
)

// ward is a program that a shim runs in its place: with the same streams and
// descriptors, the same signals, and the same end.
type ward struct {
	path     string
	args     []string
	shim     *shim
	patience time.Duration // after it the program gets a Ctrl-C; 0: never
}

// ending is how a program ended.
type ending struct {
	code   int
	signal syscall.Signal // that ended it; 0: none
	said   string         // what netlab has to say of it
}

// run runs the program and waits for its end.
func (w *ward) run() ending {
	cmd := &exec.Cmd{Path: w.path, Args: w.args, Env: w.shim.env, Stdin: w.shim.stdin, Stdout: w.shim.stdout, Stderr: w.shim.stderr}
	// A shim that is killed takes its program along: whoever kills the one
	// means the other. The main thread, which is locked, is the parent.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	signals := make(chan os.Signal, 8)
	hear(signals, false)
	err := cmd.Start()
	hear(signals, true) // what is ignored here, the program must find ignored, too
	if err != nil {
		fmt.Fprintf(w.shim.stderr, "%s: %v\n", w.args[0], netns.Words(err))
		return ending{code: 126}
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = cmd.Wait()
	}()
	said := w.attend(cmd.Process, signals, gone)
	end := ending{code: cmd.ProcessState.ExitCode(), said: said}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		end.signal = ws.Signal()
		end.code = 128 + int(ws.Signal())
	}
	return end
}

// hear asks for the signals that are ignored, or for those that are not.
func hear(to chan<- os.Signal, ignored bool) {
	for _, s := range passed() {
		if signal.Ignored(s) == ignored {
			signal.Notify(to, s)
		}
	}
}

// passed are the signals that somebody who knows only the shim may mean for
// the program.
func passed() []os.Signal {
	return []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGCONT,
	}
}

// attend passes on signals until the program is gone, and loses patience.
func (w *ward) attend(p *os.Process, signals <-chan os.Signal, gone <-chan struct{}) (said string) {
	var enough <-chan time.Time
	if w.patience > 0 {
		enough = time.After(w.patience)
	}
	for {
		select {
		case <-gone:
			return said
		case s := <-signals:
			_ = p.Signal(s)
		case <-enough:
			_ = p.Signal(syscall.SIGINT)
			said = fmt.Sprintf("ping without -c goes on until Ctrl-C: netlab gave it one after %s", span(w.patience))
		}
	}
}

// follow ends the shim as its program was ended. A signal means to the Go
// runtime something else than to the kernel; to a shell it does not.
func (e ending) follow() {
	kill := fmt.Sprintf("kill -%d $$; exit %d", e.signal, e.code)
	_ = unix.Exec("/bin/sh", []string{"sh", "-c", kill}, nil)
}

// endlessPing is how long a ping runs that was to run until Ctrl-C.
const endlessPing = 3 * time.Second

// patience is how long the command may run, when it would never end and nobody
// would end it. In the background, where Ctrl-C means nothing (bash(1),
// "Signals"), the script ends it itself; timeout(1) does, too.
func (s *shim) patience() time.Duration {
	if !strings.HasPrefix(s.args[0], "ping") || boundedPing(s.args[1:]) || signal.Ignored(syscall.SIGINT) || parentIs("timeout") {
		return 0
	}
	return endlessPing
}

// boundedPing says whether a ping has a count or a deadline. A letter of
// ping(8) with a value takes the rest of the word, or the next word.
func boundedPing(words []string) bool {
	const valued = "CeFIilmMNpQsStTW"
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			return false
		}
		if len(w) < 2 || w[0] != '-' {
			continue
		}
		for j, c := range w[1:] {
			if c == 'c' || c == 'w' {
				return true
			}
			if strings.ContainsRune(valued, c) {
				if j == len(w)-2 {
					i++
				}
				break
			}
		}
	}
	return false
}

func parentIs(name string) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", os.Getppid()))
	return err == nil && strings.TrimSpace(string(b)) == name
}
