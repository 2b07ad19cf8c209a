package interp

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Where a lab finds netlab itself, and what netlab is under another name. The
// directories are root's alone, as those of a user's labs are everywhere.
const (
	OwnFile = "/run/netlab/netlab"
	OwnDir  = "/run/netlab/bin" // first on every PATH
)

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

// PlaceOwn puts netlab and its programs where a lab finds them, as links to a
// file that is netlab: hard ones, or for a path in /proc, which costs nothing
// but is there only while its process lives, symbolic ones.
func PlaceOwn(netlab string) error {
	if err := os.MkdirAll(OwnDir, 0o700); err != nil {
		return err
	}
	errs := []error{putLink(OwnFile, netlab)}
	for _, p := range OwnPrograms() {
		if _, has := findIn(filepath.SplitList(DefaultPath), p.Name); p.First || !has {
			errs = append(errs, putLink(filepath.Join(OwnDir, p.Name), netlab))
		}
	}
	return errors.Join(errs...)
}

// putLink makes a link. It takes the place of a symbolic one, all at once; a file
// of the lab's own, which outlives every process, stays.
func putLink(at, netlab string) error {
	if st, err := os.Lstat(at); at == netlab || err == nil && st.Mode().IsRegular() {
		return nil
	}
	link := os.Link
	if strings.HasPrefix(netlab, "/proc/") {
		link = os.Symlink
	}
	err := link(netlab, at)
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	next := at + ".next"
	_ = os.Remove(next)
	if err := link(netlab, next); err != nil {
		return err
	}
	return os.Rename(next, at)
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
