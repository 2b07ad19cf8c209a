package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"netlab/internal/event"
	"netlab/internal/render"
	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
	"netlab/internal/term"
)

// codeSignal and the number of a signal make the exit code of what it ended.
const codeSignal = 128

// app is what all verbs share.
type app struct {
	term *term.Term
	// letSignals makes the signals that end netlab mean nothing to it: they are
	// for what it runs. Nil where there are none.
	letSignals func()
	open       func(run.Start) (startedLab, error)
}

// startedLab is a lab of which it is known how much it could be closed off.
type startedLab interface {
	run.Lab
	// Reduced says that the lab has no user namespace around it.
	Reduced() bool
	// Unlimited says why the memory of the lab is not limited; nil: it is.
	Unlimited() error
}

// openLab starts a real lab.
func openLab(s run.Start) (startedLab, error) {
	lab, err := run.Open(s)
	if err != nil {
		return nil, err
	}
	return lab, nil
}

// usageError is a wrong call, with what to try.
type usageError struct{ text, hint string }

func (e *usageError) Error() string { return e.text }

// machineError says what this machine lacks.
type machineError struct{ text, hint string }

func (e *machineError) Error() string { return e.text }

// busyError says who holds what was asked for.
type busyError struct{ text, hint string }

func (e *busyError) Error() string { return e.text }

// stepError says that a lab could not be built because the lesson fails here.
type stepError struct{ text, hint string }

func (e *stepError) Error() string { return e.text }

// exitError ends netlab with a code after everything has been said.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// signalled is why a context ended.
type signalled struct{ sig syscall.Signal }

func (s *signalled) Error() string { return s.sig.String() }

// untilSignal ends the context on the signals by which people and systems end
// programs. The lab ends with the context. After let they do nothing any more.
func untilSignal(ctx context.Context) (_ context.Context, let, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	go func() {
		select {
		case s := <-caught:
			cancel(&signalled{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	let = func() { signal.Stop(caught) }
	return ctx, let, func() {
		let()
		cancel(nil)
	}
}

// mustNotBeSetuid refuses rights that came from the file and not the user.
func mustNotBeSetuid(uid, euid, gid, egid int) error {
	if uid != euid || gid != egid {
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
	case hungUp(lost) && a.term.OutTTY:
		return codeSignal + int(syscall.SIGHUP)
	case lost != nil && term.Closed(lost):
		return codeSignal + int(syscall.SIGPIPE) // nobody reads: end quietly, as other programs do
	case lost != nil && errors.Is(err, lost):
		code, text, hint = event.CodeMachine, "cannot write the output: "+lost.Error(), ""
	case lost != nil && text == "":
		code, text = max(code, event.CodeMachine), "cannot write the output: "+lost.Error()
	}
	if text != "" {
		_ = render.Error(a.term, text, hint) // nowhere is left to tell that this failed
	}
	return code
}

// hungUp says that the terminal is gone, which can be seen before its signal
// comes (tty_ioctl(4), EIO).
func hungUp(err error) bool { return errors.Is(err, syscall.EIO) }

func verdict(err error) (code int, text, hint string) {
	var (
		exit    *exitError
		usage   *usageError
		machine *machineError
		unknown *scenario.UnknownError
		variant *scenario.VariantError
		invalid scenario.Errors
		refused *sandbox.Refusal
		busy    *busyError
		step    *stepError
		home    *sandbox.HomeError
		sig     *signalled
		limited *run.Limited
	)
	switch {
	case err == nil:
		return event.CodeOK, "", ""
	case errors.As(err, &exit):
		return exit.code, "", ""
	case errors.As(err, &usage):
		return event.CodeUsage, usage.text, usage.hint
	case errors.As(err, &unknown):
		return event.CodeUsage, unknown.Error(), nearestHint(unknown.Nearest)
	case errors.As(err, &variant):
		return event.CodeUsage, variant.Error(), "with --ipv6 there are: " + strings.Join(variant.Have, ", ")
	case errors.As(err, &invalid):
		return event.CodeFile, invalid.Show(), "netlab schema and docs/REFERENCE.md say what a scenario may hold"
	case errors.As(err, &refused):
		return event.CodeMachine, refused.Error(), refused.Todo
	case errors.As(err, &machine):
		return event.CodeMachine, machine.text, machine.hint
	case errors.As(err, &busy):
		return event.CodeBusy, busy.text, busy.hint
	case errors.As(err, &step):
		return event.CodeFailed, step.text, step.hint
	case errors.As(err, &home):
		return event.CodeMachine, home.Text, home.Hint
	case errors.Is(err, run.ErrGone):
		return codeSignal + int(syscall.SIGHUP), err.Error(), ""
	case errors.As(err, &sig):
		return codeSignal + int(sig.sig), "stopped (" + sig.Error() + "): everything of the lab is removed", ""
	case errors.As(err, &limited):
		return event.CodeMachine, limited.Text, limited.Hint
	case errors.Is(err, run.ErrQuit):
		return event.CodeOK, "", ""
	case exhausted(err):
		return event.CodeMachine, "this machine has no room for it: " + err.Error(), "ulimit -a shows the limits of this shell, df the room on the disks"
	}
	return event.CodeFault, "netlab failed: " + err.Error(), "this is netlab's own fault, not yours: please report it with the command you typed"
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
