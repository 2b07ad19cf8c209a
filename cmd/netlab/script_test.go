package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the scripts of testdata/script, which use netlab as people
// do. Together they must leave the little host as it was.
//
// The commands that they have besides testscript's own:
//
//	exits CODE [as WHO] PROGRAM ARG…   run it; WHO is user (if not said), sudo or root
//	terminal COLSxROWS CODE [as WHO] PROGRAM ARG…   the same on a terminal; stdout is what it shows
//	harmless FILE        there is no control character in it, but for end of line and tab
//	ascii FILE           there is nothing but ASCII in it
//	atmost N FILE        it has no more than N lines
//	narrow N FILE        no line of it is wider than N cells
//	valid FORMAT FILE    it is one JSON value; or json (lines), junit or tap, and means what it says
func TestScripts(t *testing.T) {
	scripts := glob("testdata/script/*.txtar")
	if len(scripts) == 0 {
		t.Fatal("there are no scripts")
	}
	before := listing(t)
	t.Run("all", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Files:              scripts,
			Setup:              makeHome,
			RequireUniqueNames: true,
			Condition:          condition,
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits": cmdExits, "terminal": cmdTerminal, "harmless": cmdHarmless, "ascii": cmdASCII,
				"atmost": cmdAtMost, "narrow": cmdNarrow, "valid": cmdValid,
			},
		})
	})
	unchanged(t, before)
}

// makeHome gives the script's folder to the ordinary user. A lab that stays
// ends with it; where all are root, whose labs are in one place, by its name.
func makeHome(e *testscript.Env) error {
	if !realRoot() {
		e.Defer(func() { _ = exec.Command("netlab", "down", "--all").Run() })
	}
	home := filepath.Join(e.WorkDir, "home")
	e.Vars = append(e.Vars, "HOME="+home, "LANG=C.UTF-8", "TERM=xterm-256color", "LEARNER="+strconv.Itoa(learner))
	if err := errors.Join(os.Mkdir(home, 0o755), os.Chmod(filepath.Dir(e.WorkDir), 0o755)); err != nil {
		return err
	}
	return filepath.WalkDir(e.WorkDir, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !realRoot() {
			return err
		}
		return os.Chown(path, learner, learner)
	})
}

// condition knows [root]: this test can be any user.
func condition(name string) (bool, error) {
	if name == "root" {
		return realRoot(), nil
	}
	return false, errors.New("unknown condition " + name)
}

// becoming puts a program line into the hands of the user that it names.
func becoming(ts *testscript.TestScript, args []string) []string {
	who := "user"
	if len(args) > 1 && args[0] == "as" {
		who, args = args[1], args[2:]
	}
	if len(args) == 0 {
		ts.Fatalf("no program to run")
	}
	id := strconv.Itoa(learner)
	switch {
	case who == "user" && realRoot():
		return slices.Concat([]string{"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"}, args)
	case who == "sudo" && realRoot():
		return slices.Concat([]string{"env", "SUDO_UID=" + id, "SUDO_GID=" + id}, args)
	case who == "user", who == "root" && realRoot():
		return args
	}
	ts.Fatalf("this test cannot run anything as %s", who)
	return nil
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE [as WHO] PROGRAM ARG…")
	}
	line := becoming(ts, args[1:])
	expectCode(ts, args[0], ts.Exec(line[0], line[1:]...))
}

func expectCode(ts *testscript.TestScript, want string, err error) {
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
		if ws := exit.Sys().(syscall.WaitStatus); ws.Signaled() {
			code = 128 + int(ws.Signal())
		}
	case err != nil:
		ts.Check(err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("exit code %d, want %s", code, want)
	}
}

// cmdTerminal runs a program on a terminal of its own, on which nobody types.
func cmdTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: terminal COLSxROWS CODE [as WHO] PROGRAM ARG…")
	}
	line := becoming(ts, args[2:])
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TERM", "NO_COLOR", "COLUMNS"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	cols, rows, _ := strings.Cut(args[0], "x")
	tty, err := onTerminal(cmd, number(ts, cols), number(ts, rows))
	ts.Check(err)
	err = cmd.Wait()
	_, writeErr := ts.Stdout().Write([]byte(strings.ReplaceAll(tty.end(), "\r\n", "\n")))
	ts.Check(writeErr)
	expectCode(ts, args[1], err)
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func cmdHarmless(ts *testscript.TestScript, neg bool, args []string) {
	i := strings.IndexFunc(ts.ReadFile(args[0]), func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	})
	if (i < 0) == neg {
		ts.Fatalf("the first character of %s that acts is at %d", args[0], i)
	}
}

func cmdASCII(ts *testscript.TestScript, neg bool, args []string) {
	for _, r := range ts.ReadFile(args[0]) {
		if r >= 0x80 {
			ts.Fatalf("%s holds %q", args[0], r)
		}
	}
}

func cmdAtMost(ts *testscript.TestScript, neg bool, args []string) {
	if n := strings.Count(ts.ReadFile(args[1]), "\n"); n > number(ts, args[0]) {
		ts.Fatalf("%s has %d lines", args[1], n)
	}
}

// cmdNarrow counts a rune as a cell: no script shows wide ones.
func cmdNarrow(ts *testscript.TestScript, neg bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		if n := len([]rune(strings.TrimRight(unpainted(line), "\n"))); n > number(ts, args[0]) {
			ts.Fatalf("%s has a line of %d cells: %q", args[1], n, line)
		}
	}
}
