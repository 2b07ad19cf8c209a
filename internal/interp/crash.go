package interp

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"
)

// crashLimit finds the limit that ended the child in the Go runtime's last
// words and the way the process ended. Empty means that it was no limit.
func crashLimit(words string, status syscall.WaitStatus) string {
	switch {
	case hasAny(words, "stack overflow", "goroutine stack exceeds"):
		return LimitStack
	case hasAny(words, "out of memory", "cannot allocate memory", "failed to reserve", "failed to allocate"):
		return LimitMemory
	case hasAny(words, "newosproc", "failed to create new OS thread", "pthread_create failed"):
		return LimitProcesses
	case strings.Contains(words, "SIGSEGV") && topInRuntime(words):
		// Parts of the Go runtime do not look whether they got the memory they asked for.
		return LimitMemory
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		return LimitKilled
	}
	return ""
}

// topInRuntime tells whether the innermost function of the first stack in a
// Go crash is one of the runtime's own.
func topInRuntime(words string) bool {
	_, stack, ok := strings.Cut(words, "\ngoroutine ")
	if !ok {
		return false
	}
	_, frames, _ := strings.Cut(stack, "\n")
	return strings.HasPrefix(frames, "runtime.")
}

func hasAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

// explain tells the learner what a limit means.
func (o Options) explain(limit string) string {
	switch limit {
	case LimitTime:
		return fmt.Sprintf("stopped: a command may run for %s here, a whole step for %s", span(o.CommandTime), span(o.RunTime))
	case LimitOutput:
		return fmt.Sprintf("stopped: it went on writing without end; at most the first %s of its output is shown", size(o.MaxOutput))
	case LimitMemory:
		return fmt.Sprintf("stopped: it wanted more memory than it could have; one process of a lab gets at most %s", size(o.Memory))
	case LimitProcesses:
		return fmt.Sprintf("stopped: it started more than %d processes, the limit for a lab", o.Processes)
	case LimitStack:
		return "stopped: functions called each other without end"
	case LimitKilled:
		return "stopped: something killed the shell; most often it is the kernel, when the memory of the lab is used up"
	}
	return ""
}

func span(d time.Duration) string {
	if d >= time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%g s", d.Seconds())
}

func size(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// exitOf is the status of a command that a limit ended: 124 as timeout(1) has
// it, else that of a process killed by SIGKILL.
func exitOf(limit string) int {
	if limit == LimitTime {
		return 124
	}
	return 137
}

// limitOf finds the limit behind an error of a system call.
func limitOf(err error) string {
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EMFILE):
		return LimitProcesses
	case errors.Is(err, syscall.ENOMEM):
		return LimitMemory
	}
	return ""
}
