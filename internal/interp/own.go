package interp

import (
	"errors"
	"os"
	"path/filepath"

	"netlab/internal/sandbox"
)

// OwnDir is where a lab finds what netlab is under another name; it is first on
// every PATH. It is root's alone, as the directory of a user's labs is everywhere.
const OwnDir = "/run/netlab/bin"

// OwnProgram is a program that every lab has, since netlab brings it.
type OwnProgram struct {
	Name string
	// First says that netlab's is found even where the machine has one: lessons
	// need it as netlab links it. The machine's own has its full path.
	First bool
	// Server says that it is there to wait for others.
	Server bool
}

// OwnPrograms are all of them. What each does is told by package cli.
func OwnPrograms() []OwnProgram {
	return []OwnProgram{
		{Name: "coredns", First: true, Server: true}, // with the plugins and the messages that lessons speak of
		{Name: "unbound", Server: true},
		{Name: "dig"},
		{Name: "getent"},
	}
}

// PlaceOwn puts netlab's programs where a lab finds them, as links to netlab.
func PlaceOwn() error {
	if err := os.MkdirAll(OwnDir, 0o700); err != nil {
		return err
	}
	var errs []error
	for _, p := range OwnPrograms() {
		if _, has := findIn(filepath.SplitList(DefaultPath), p.Name); p.First || !has {
			errs = append(errs, Link(filepath.Join(OwnDir, p.Name)))
		}
	}
	return errors.Join(errs...)
}

// Link makes a link to netlab's program. One that is there already stays.
func Link(at string) error {
	if err := os.Symlink(sandbox.ProgramFile, at); !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// findIn finds the first program of that name in some directories.
func findIn(dirs []string, name string) (string, bool) {
	for _, dir := range dirs {
		full := filepath.Join(dir, name)
		if st, err := os.Stat(full); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return full, true
		}
	}
	return "", false
}
