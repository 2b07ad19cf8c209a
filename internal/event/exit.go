package event

import "slices"

// The exit codes of netlab, as the manual promises them. A signal n is 128+n.
const (
	CodeOK      = 0  // all well
	CodeFailed  = 1  // a check failed, or a command that should not fail
	CodeUsage   = 2  // wrong usage
	CodeMachine = 3  // this machine cannot run it
	CodeFile    = 4  // a scenario or lab file is invalid
	CodeBusy    = 5  // somebody else holds it
	CodeFault   = 70 // netlab's own fault (EX_SOFTWARE of sysexits.h)
)

// ExitCode is the exit code of a run; named says that the lessons were named
// on the command line, so that a skipped one matters.
//
// A fault outranks a failed check, since what netlab could not do must not
// look like the learner's mistake; among faults the highest code wins, so a
// signal outranks all. A run whose stream broke off before its end is a fault.
func (r Report) ExitCode(named bool) int {
	if len(r.Faults) > 0 {
		return slices.MaxFunc(r.Faults, func(a, b Failure) int { return a.Code - b.Code }).Code
	}
	count := r.Count()
	switch {
	case r.Begun && !r.Ended:
		return CodeFault
	case slices.ContainsFunc(r.Lessons, Lesson.Failed):
		return CodeFailed
	case count.Skip > 0 && named:
		return CodeMachine
	case count.Skip == len(r.Lessons):
		return CodeMachine // nothing ran
	}
	return CodeOK
}
