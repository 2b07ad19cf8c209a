package interp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Child is the main function of StageShell: it reads snippets from the engine
// and runs them, one after the other, until the engine closes the pipe. It
// returns the exit code of the process.
func Child() int {
	// Also what the engine may have got from elsewhere.
	_ = unix.CloseRange(fdRequests, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC)
	requests := bufio.NewReader(os.NewFile(fdRequests, "requests"))
	var first request
	if err := next(requests, &first); err != nil || first.Setup == nil {
		return 1
	}
	out := newMouth(os.NewFile(fdMessages, "messages"))
	if err := confine(*first.Setup); err != nil {
		fmt.Fprintln(out.to, "cannot set the limits:", err)
		return 1
	}
	s, err := newSession(*first.Setup, out, tapped(*first.Setup, out), context.Background())
	if err != nil {
		fmt.Fprintln(out.to, "cannot start the shell:", err)
		return 1
	}
	snippets := make(chan string)
	go serve(s, snippets)
	for {
		var r request
		if next(requests, &r) != nil || r.Run == nil {
			// The engine is gone: nothing of this shell may outlive it.
			_ = unix.Kill(0, unix.SIGKILL)
			return 1
		}
		snippets <- *r.Run
	}
}

// serve runs the snippets. It is not on the goroutine that reads requests, so
// that the end of the engine is seen while a snippet runs.
func serve(s *session, snippets <-chan string) {
	for text := range snippets {
		s.finish(s.run(text))
	}
}

func next(from *bufio.Reader, r *request) error {
	line, err := from.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, r)
}

// confine sets the limits of this process and of all it will start.
func confine(o Options) error {
	// Writing past RLIMIT_FSIZE is an error (EFBIG) for the shell, not its
	// death. Not signal.Ignore: programs would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGXFSZ)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := setLimits(o); err != nil {
		return err
	}
	setMemory(o)
	return nil
}

// setLimits sets those that the kernel watches.
func setLimits(o Options) error {
	limits := map[int]uint64{
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_NOFILE: 1024,
		unix.RLIMIT_FSIZE:  uint64(o.FileSize),
		unix.RLIMIT_DATA:   uint64(o.Memory),
	}
	if perUserNamespace() {
		limits[unix.RLIMIT_NPROC] = uint64(o.Processes + spareTasks)
	}
	for what, n := range limits {
		if err := lower(what, n); err != nil {
			return err
		}
	}
	return nil
}

// lower sets a limit, unless a stricter one is set already.
func lower(what int, n uint64) error {
	var old unix.Rlimit
	if err := unix.Getrlimit(what, &old); err != nil {
		return err
	}
	n = min(n, old.Max)
	return unix.Setrlimit(what, &unix.Rlimit{Cur: n, Max: n})
}

// spareTasks is added to RLIMIT_NPROC for what counts besides the commands:
// the threads of init, engine and shell. The engine watches the commands'
// own number (round.wait); the limit bounds what happens between two looks.
const spareTasks = 128

// perUserNamespace tells whether RLIMIT_NPROC counts the processes of this
// user namespace only, as it does since Linux 5.14. Before, it counted all
// of the user's processes on the machine, and a limit would hit at once.
func perUserNamespace() bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return false
	}
	var major, minor int
	_, _ = fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	return major > 5 || major == 5 && minor >= 14
}

// forever waits for the engine to kill this process. A timer, since a program
// in which nothing at all can happen any more counts as deadlocked.
func forever() { <-time.After(math.MaxInt64) }

// tooManyGoroutines tells that the shell itself, without any program, behaves
// like a fork bomb: "&" and "|" cost it a goroutine or two each, and the output
// of a program as many.
func (o Options) tooManyGoroutines() bool { return runtime.NumGoroutine() > 4*o.Processes+64 }
