package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

// The exit codes, as docs and help list them.
const (
	exitOK      = 0
	exitFailed  = 1  // a check failed
	exitUsage   = 2  // wrong usage
	exitMachine = 3  // this machine cannot run it; nothing was done
	exitInvalid = 4  // a scenario file is invalid
	exitFault   = 70 // netlab's own fault (sysexits.h EX_SOFTWARE)
	exitSignal  = 128
)

// app is what all verbs share.
type app struct {
	term *term.Term
}

// usageError is a wrong call, with what to try.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

// machineError says what this machine lacks.
type machineError struct{ text, hint string }

func (e *machineError) Error() string { return e.text }

// exitError ends netlab with a code after everything has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// signalled is why a context ended.
type signalled struct{ sig syscall.Signal }

func (s *signalled) Error() string { return s.sig.String() }

// untilSignal ends the context on the signals by which people and systems end
// programs. The lab ends with the context.
func untilSignal(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-caught:
			cancel(&signalled{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		cancel(nil)
	}
}

// mustNotBeSetuid refuses rights that came from the file and not the user.
func mustNotBeSetuid() error {
	if os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid() {
		return &machineError{"netlab must not be installed set-user-id or set-group-id", "take the bit away with chmod; netlab needs no rights of its own"}
	}
	return nil
}

// finish says what went wrong and turns it into the exit code: the one place
// where errors become codes.
func (a *app) finish(ctx context.Context, err error) int {
	if sig := context.Cause(ctx); sig != nil && err == nil {
		err = sig
	}
	code, text, hint := verdict(err)
	lost := a.term.OutErr()
	switch {
	case lost != nil && term.Closed(lost):
		return exitSignal + int(syscall.SIGPIPE) // nobody reads: end quietly, as other programs do
	case lost != nil && (err == nil || errors.Is(err, lost)):
		code, text, hint = exitMachine, "cannot write the output: "+lost.Error(), ""
	}
	if text != "" {
		_ = render.Error(a.term, text, hint) // nowhere is left to tell that this failed
	}
	return code
}

func verdict(err error) (code int, text, hint string) {
	var (
		exit    *exitError
		usage   *usageError
		machine *machineError
		unknown *scenario.UnknownError
		invalid scenario.Errors
		refused *sandbox.Refusal
		sig     *signalled
	)
	switch {
	case err == nil:
		return exitOK, "", ""
	case errors.As(err, &exit):
		return exit.code, "", ""
	case errors.As(err, &usage):
		return exitUsage, usage.text, usage.hint
	case errors.As(err, &unknown):
		return exitUsage, unknown.Error(), nearestHint(unknown.Nearest)
	case errors.As(err, &invalid):
		return exitInvalid, invalid.Show(), "netlab schema and docs/REFERENCE.md say what a scenario may hold"
	case errors.As(err, &refused):
		return exitMachine, refused.Error(), refused.Todo
	case errors.As(err, &machine):
		return exitMachine, machine.text, machine.hint
	case errors.As(err, &sig):
		return exitSignal + int(sig.sig), "stopped (" + sig.Error() + "): everything of the lab is removed", ""
	case errors.Is(err, run.ErrQuit):
		return exitOK, "", ""
	case exhausted(err):
		return exitMachine, "this machine has no room for it: " + err.Error(), "ulimit -a shows the limits of this shell, df the room on the disks"
	}
	return exitFault, "netlab failed: " + err.Error(), "this is netlab's own fault, not yours: please report it with the command you typed"
}

// exhausted says that something that everybody shares ran out: descriptors,
// processes, memory, disk.
func exhausted(err error) bool {
	for _, e := range []error{
		syscall.EMFILE, syscall.ENFILE, syscall.EAGAIN, syscall.ENOMEM, syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

func nearestHint(nearest []string) string {
	if len(nearest) == 0 {
		return "netlab list shows all lessons"
	}
	return didYouMean(nearest) + " netlab list shows all"
}

func didYouMean(names []string) string { return "did you mean " + strings.Join(names, " or ") + "?" }
