package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"netlab/internal/control"
	"netlab/internal/interp"
)

// readScript reads a foreign script with the user's own rights, from a regular
// file of a bearable size or from standard input.
func readScript(a *app, file string) (control.Script, error) {
	s := control.Script{Name: "script"}
	var err error
	if file == "-" {
		s.Text, err = io.ReadAll(io.LimitReader(a.term.In, maxFile+1))
	} else {
		s.Name = filepath.Base(file)
		s.Text, err = readPlayed(file)
	}
	switch {
	case err != nil:
		return s, noScript(file, err)
	case len(s.Text) > maxFile:
		return s, &usageError{fmt.Sprintf("%s is too large for a script (more than %d KiB)", quote(scriptName(file)), maxFile>>10), ""}
	}
	var wrong *interp.ShebangError
	if s.Shell, err = interp.ScriptShell(s.Text); errors.As(err, &wrong) {
		return s, &usageError{fmt.Sprintf("cannot play %s: %s", quote(scriptName(file)), wrong.Text), wrong.Hint}
	}
	return s, err
}

// readPlayed reads a regular file; opening it never blocks.
func readPlayed(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case st.IsDir():
		return nil, unix.EISDIR
	case !st.Mode().IsRegular():
		return nil, &usageError{quote(path) + " is not an ordinary file", "to play what a program writes, put a pipe before it: … | netlab play -"}
	case os.Getenv("SUDO_UID") != "" && secret(f, st):
		return nil, &usageError{quote(path) + " may not be read by everybody, so it is not played through sudo", "netlab play needs no sudo"}
	}
	return io.ReadAll(io.LimitReader(f, maxFile+1)) // files of /proc have no size
}

// noScript words why a script cannot be read.
func noScript(path string, err error) error {
	var pe *fs.PathError
	var usage *usageError
	if errors.As(err, &usage) {
		return err
	}
	if errors.As(err, &pe) {
		err = pe.Err
	}
	hint := "give the path of a shell script, or - for standard input"
	if name := nameInPath(path); name != "" {
		hint = name + " is one of netlab's own lessons: netlab run " + name
	}
	return &usageError{fmt.Sprintf("cannot read %s: %v", quote(path), err), hint}
}
