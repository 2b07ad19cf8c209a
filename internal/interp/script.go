package interp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// StageScript is the argv[0] under which main calls ScriptChild.
const StageScript = "netlab-script"

// ScriptOptions are the limits of a foreign script. They are those of a
// lesson, but for the time and the output, which are the whole script's.
func ScriptOptions(time time.Duration) Options {
	o := Options{RunTime: time, CommandTime: time}.withDefaults()
	o.MaxOutput *= floodFactor
	return o
}

// LimitFile is a limit that only scripts in their own shell are told of by name.
const LimitFile = "file size"

// ScriptArgs are the arguments of the stage that sets the limits and then
// becomes the program at a path.
func ScriptArgs(o Options, path string, argv []string) ([]string, error) {
	b, err := json.Marshal(o)
	return append([]string{StageScript, string(b), path}, argv...), err
}

// ScriptChild is the main function of StageScript. It returns only when it
// failed.
func ScriptChild(args []string) int {
	const fixed = 2 // limits and path
	var o Options
	err := fmt.Errorf("%s: too few arguments", StageScript)
	if len(args) > fixed {
		err = json.Unmarshal([]byte(args[0]), &o)
	}
	if err == nil {
		err = setLimits(o)
	}
	if err == nil {
		err = unix.Exec(args[1], args[fixed:], os.Environ())
	}
	fmt.Fprintln(os.NewFile(2, "stderr"), err)
	return 126
}

// Explain words what it means that a script was stopped by a limit.
func (o Options) Explain(limit string) string {
	switch limit {
	case LimitTime:
		return fmt.Sprintf("stopped: it ran for longer than %s; --time gives it more", span(o.RunTime))
	case LimitOutput:
		return fmt.Sprintf("stopped: it wrote more than %s, the limit for a script", size(o.MaxOutput))
	case LimitFile:
		return fmt.Sprintf("stopped: a file of a lab may not become larger than %s", size(o.FileSize))
	}
	return o.explain(limit)
}

// Judge finds the limit that ended a script, in the way it ended; empty: none.
func (o Options) Judge(st *os.ProcessState) string {
	ws, _ := st.Sys().(syscall.WaitStatus)
	usage, _ := st.SysUsage().(*syscall.Rusage)
	const signalled = 128
	switch {
	case ws.Signaled() && ws.Signal() == syscall.SIGXFSZ || ws.ExitStatus() == signalled+int(syscall.SIGXFSZ):
		return LimitFile
	case ws.ExitStatus() != 0 && usage != nil && usage.Maxrss*1024 > o.Memory/memoryShare: // KiB, getrusage(2)
		return LimitMemory
	}
	return ""
}

// Bystanders sees the processes of a lab besides its first one and the
// caller's own: in the lab of a script, all that come from the script.
type Bystanders struct{ many *crowd }

// WatchBystanders begins to count.
func WatchBystanders() *Bystanders { return &Bystanders{many: newCrowd()} }

// Exceed tells whether there are more processes and threads than limit. It is
// cheap to ask often: not every time the process table is read.
func (b *Bystanders) Exceed(limit int) bool {
	b.many.looks++
	if b.many.looks%fullLook != 0 && int(machineTasks()) < int(b.many.begun)+limit/2 {
		return false
	}
	return b.Count() > limit
}

// Count counts the processes and threads that live now.
func (b *Bystanders) Count() int {
	n := 0
	for _, p := range bystanders() {
		n += p.threads
	}
	return n
}

// Lines are the command lines of those that live now, sorted. What is there
// several times is one line, and so is a program that a shim runs.
func (b *Bystanders) Lines() []string {
	times := map[string]int{}
	for _, p := range bystanders() {
		exe, err := os.Readlink("/proc/" + strconv.Itoa(p.pid) + "/exe")
		if args := arguments(p.pid); err == nil && !isShim(strings.TrimSuffix(exe, " (deleted)"), args[0]) && args[0] != "" {
			times[quoted(args)]++
		}
	}
	var out []string
	for _, line := range slices.Sorted(maps.Keys(times)) {
		if n := times[line]; n > 1 {
			line += fmt.Sprintf(" (%d times)", n)
		}
		out = append(out, line)
	}
	return out
}

// End ends them all at once: the kernel spares the caller and process 1, and
// lets nobody start another one meanwhile (kill(2)).
func (b *Bystanders) End() { _ = unix.Kill(-1, unix.SIGKILL) }

func bystanders() []process {
	return slices.DeleteFunc(processes(), func(p process) bool { return p.pid == 1 || p.pid == os.Getpid() || !p.alive() })
}

// Settings are the settings of the network in the caller's namespace, by their
// names in sysctl(8): those of all links together, and not of single ones.
func Settings() map[string]string {
	out := map[string]string{}
	root := "/proc/sys/net"
	_ = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what cannot be read is left out
		case d.IsDir() && ofOneLink(path):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		if b, err := os.ReadFile(path); err == nil {
			key := "net" + strings.ReplaceAll(strings.TrimPrefix(path, root), "/", ".")
			out[key] = string(bytes.ReplaceAll(bytes.TrimSpace(b), []byte("\t"), []byte(" ")))
		}
		return nil
	})
	return out
}

// ofOneLink says that a folder of /proc/sys/net holds the settings of one link.
func ofOneLink(path string) bool {
	switch filepath.Base(filepath.Dir(path)) {
	case "conf":
		return filepath.Base(path) != "all" && filepath.Base(path) != "default"
	case "neigh":
		return filepath.Base(path) != "default"
	}
	return false
}

// Line is a command line as a shell takes it.
func Line(args []string) string { return quoted(args) }
