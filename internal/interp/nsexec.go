package interp

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"netlab/internal/netns"
)

// NetnsExec is the main function of StageNetnsExec. Its args are the name of
// a namespace and a command line; it becomes that command inside, as "ip netns
// exec" would. It returns only when that failed: the exit code, iproute2's.
func NetnsExec(args []string) int {
	return netnsExec(args, os.NewFile(2, "stderr"))
}

func netnsExec(args []string, stderr io.Writer) int {
	if len(args) < 2 {
		fmt.Fprintln(stderr, "No command specified")
		return 1
	}
	warn := func(text string) { fmt.Fprintln(stderr, text) }
	err := netns.Exec(args[0], args[1:], os.Environ(), warn)
	fmt.Fprintln(stderr, err)
	if strings.HasPrefix(err.Error(), "exec of ") {
		return 1
	}
	return 255
}

func inDir(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

func hasSlash(name string) bool { return strings.Contains(name, "/") }
