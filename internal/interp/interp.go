// Package interp runs the shell commands of a lesson. The engine holds a
// Shell; the commands themselves run in a child process of it, which reads
// snippets from one pipe and writes events to another. The child has limits
// (time, output, memory, processes, recursion), so that whatever a snippet
// does, the engine goes on and can say what happened.
//
// In the child the POSIX shell is mvdan.cc/sh, and ip, bridge, sysctl, ping
// and sudo are netlab's own: see plan.go. Every other command is the
// machine's.
package interp

import (
	"cmp"
	"time"
)

// The hidden first arguments (os.Args[0]) with which netlab starts itself:
// main calls Child for StageShell and NetnsExec for StageNetnsExec.
const (
	StageShell     = "netlab-shell"
	StageNetnsExec = "netlab-netns-exec"
)

// MaxSnippet is the longest text, in bytes, that Run, Simple and Unsupported
// take. It bounds how deep a text can be nested, and so the parser's stack.
const MaxSnippet = 64 << 10

// DefaultPath is where a lesson's commands are looked for, behind OwnDir.
const DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Options are the limits and surroundings of a Shell. A zero field means its
// default.
type Options struct {
	Path        string        `json:"path"`         // PATH of the commands; OwnDir and DefaultPath
	Dir         string        `json:"dir"`          // working directory at the start; /root, or / without one
	MaxOutput   int64         `json:"max_output"`   // bytes of output shown for each command; 1 MiB
	CommandTime time.Duration `json:"command_time"` // for each command in the foreground; 30 s
	RunTime     time.Duration `json:"run_time"`     // for each Run; 2 min
	Processes   int           `json:"processes"`    // processes and threads that the commands may have at once; 256
	Memory      int64         `json:"memory"`       // bytes of data for each process; 1 GiB
	FileSize    int64         `json:"file_size"`    // bytes of the largest file a command may write; 64 MiB
	Netlink     bool          `json:"netlink"`      // tell what netlab sends to the kernel, and its answers
	Stack       int           `json:"stack"`        // bytes of the shell's own stack: how deep functions may call each other; 64 MiB
}

func (o Options) withDefaults() Options {
	o.Path = cmp.Or(o.Path, OwnDir+":"+DefaultPath)
	o.Dir = cmp.Or(o.Dir, "/root")
	o.MaxOutput = cmp.Or(o.MaxOutput, 1<<20)
	o.CommandTime = cmp.Or(o.CommandTime, 30*time.Second)
	o.RunTime = cmp.Or(o.RunTime, 2*time.Minute)
	o.Processes = cmp.Or(o.Processes, 256)
	o.Memory = cmp.Or(o.Memory, 1<<30)
	o.FileSize = cmp.Or(o.FileSize, 64<<20)
	o.Stack = cmp.Or(o.Stack, 64<<20)
	return o
}

// The limits, as Result.Limit names them.
const (
	LimitTime      = "time"
	LimitOutput    = "output"
	LimitMemory    = "memory"
	LimitProcesses = "processes"
	LimitStack     = "stack"  // functions that call themselves without end
	LimitKilled    = "killed" // by somebody else; most often the kernel, for memory
)

// Snippet is a piece of a lesson's shell script.
type Snippet struct {
	Text string // POSIX shell; what bash adds is understood, too
	// ExpectFail says that the last statement is meant to fail: its CommandEnd
	// is not marked as a failure then. All before it must succeed as always.
	ExpectFail bool
}

// Result is how a snippet ended.
type Result struct {
	Exit  int    `json:"exit"`            // status of the last command that ran, as in a shell
	Line  string `json:"line,omitempty"`  // the command that failed, when Exit is not 0
	Limit string `json:"limit,omitempty"` // what stopped it; empty: nothing did
	// Early says that the snippet ended before its last statement, so that
	// something did not run.
	Early bool `json:"early,omitempty"`
}
