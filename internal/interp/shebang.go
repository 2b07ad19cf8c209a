package interp

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// ShebangError says why a file is no script that netlab can play.
type ShebangError struct{ Text, Hint string }

// Error says what is wrong with the file.
func (e *ShebangError) Error() string { return e.Text }

// ScriptShell reads from a script's first line which shell runs it: the shell
// and what stands before the script's own name on its command line
// (execve(2), "Interpreter scripts"). Without such a line it is sh. The error
// is a *ShebangError.
func ScriptShell(text []byte) ([]string, error) {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	rest, ok := strings.CutPrefix(string(first), "#!")
	switch {
	case bytes.IndexByte(text, 0) >= 0:
		return nil, &ShebangError{"it holds null bytes: it is a program or data, not a shell script", "netlab plays bash, sh and dash scripts"}
	case !ok:
		return []string{"sh"}, nil
	case strings.HasSuffix(rest, "\r"):
		return nil, &ShebangError{"its lines end as on Windows (carriage return), which no shell understands", "tr -d '\\r' < FILE > NEW takes them away"}
	}
	argv := shebangWords(rest)
	if len(argv) == 0 || !slices.Contains([]string{"bash", "sh", "dash"}, path.Base(argv[0])) {
		return nil, &ShebangError{fmt.Sprintf("its first line asks for %q, which is not a shell that netlab plays", strings.TrimSpace(rest)),
			"netlab plays bash, sh and dash scripts"}
	}
	return argv, nil
}

// shebangWords takes the line apart as the kernel does: one word, and all the
// rest as another one. What env(1) would look for, it names itself.
func shebangWords(rest string) []string {
	program, arg, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(rest, "\t", " ")), " ")
	arg = strings.TrimSpace(arg)
	if path.Base(program) == "env" {
		arg = strings.TrimSpace(strings.TrimPrefix(arg, "-S"))
		return strings.Fields(arg)
	}
	if arg == "" {
		return strings.Fields(program)
	}
	return []string{program, arg}
}
