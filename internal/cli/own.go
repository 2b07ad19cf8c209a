package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"netlab/internal/scenario"
)

// maxFile bounds a scenario file that is read at all.
const maxFile = 1 << 20

// ownFile is a scenario file of the user's own.
type ownFile struct {
	path   string
	src    []byte
	secret bool // root reads it, and others may not
}

func isPath(arg string) bool {
	return strings.Contains(arg, "/") || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml") || arg == "." || arg == ".."
}

// readOwn reads a scenario file, or the one in a folder, with the user's own
// rights. Only a regular file of a bearable size is read, and opening it never
// blocks.
func readOwn(path string) (ownFile, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, scenario.File)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return ownFile{}, cannotRead(path, err)
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return ownFile{}, cannotRead(path, err)
	case !st.Mode().IsRegular():
		return ownFile{}, &usageError{quote(path) + " is not an ordinary file", "give the path of a scenario.yaml, or of the folder that holds it"}
	case st.Size() > maxFile:
		return ownFile{}, tooLarge(path)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // files of /proc have no size
	switch {
	case err != nil:
		return ownFile{}, cannotRead(path, err)
	case len(src) > maxFile:
		return ownFile{}, tooLarge(path)
	}
	return ownFile{path: path, src: src, secret: secret(f, st)}, nil
}

// readOwnIPv6 reads the IPv6 variant of what a path names: the file ipv6.yaml
// in the same folder.
func readOwnIPv6(path string) (ownFile, error) {
	folder := filepath.Dir(path)
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		folder = path
	}
	variant := filepath.Join(folder, scenario.FileIPv6)
	if _, err := os.Stat(variant); errors.Is(err, fs.ErrNotExist) {
		return ownFile{}, &usageError{fmt.Sprintf("%s has no IPv6 variant: there is no file %s", quote(path), variant),
			"an IPv6 variant is a file ipv6.yaml beside the scenario.yaml; see docs/SCENARIOS.md"}
	}
	return readOwn(variant)
}

// secret says that the user can read a file only because netlab runs as root.
func secret(f *os.File, st fs.FileInfo) bool {
	const readByAll = 0o004
	if os.Geteuid() != 0 || st.Mode().Perm()&readByAll != 0 {
		return false
	}
	var own unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &own)
	return err != nil || strconv.Itoa(int(own.Uid)) != os.Getenv("SUDO_UID")
}

// ipv6 says that a file is the IPv6 variant of a scenario: its name does.
func (f ownFile) ipv6() bool { return filepath.Base(f.path) == scenario.FileIPv6 }

// catalog is where the lesson is found at whose end the file's own begins.
func (f ownFile) catalog() (scenario.Catalog, error) {
	if f.ipv6() {
		return catalogIPv6()
	}
	return catalog()
}

func (f ownFile) parse() (scenario.Scenario, error) {
	s, err := scenario.Parse(f.path, f.src)
	s.IPv6 = f.ipv6()
	var invalid scenario.Errors
	if errors.As(err, &invalid) {
		err = f.discreet(invalid)
	}
	return s, err
}

// before finds the lessons at whose end the file's own begins. Where there are
// none, the mistake is the file's.
func (f ownFile) before(cat scenario.Catalog, s scenario.Scenario) ([]scenario.Scenario, error) {
	chain, err := cat.Before(s)
	if err == nil {
		return chain, nil
	}
	wrong := &scenario.Error{File: f.path, Text: "start: " + err.Error()}
	number := 0
	for line := range strings.Lines(string(f.src)) {
		number++
		if strings.HasPrefix(line, "start:") {
			wrong.Line, wrong.Column, wrong.Source = number, 1, strings.TrimRight(line, "\r\n")
		}
	}
	var unknown *scenario.UnknownError
	if errors.As(err, &unknown) {
		wrong.Hint = nearestHint(unknown.Nearest)
	}
	return nil, f.discreet(scenario.Errors{wrong})
}

// discreet leaves out what the errors say of a secret file's text: whoever may
// call netlab through sudo need not be allowed to read /etc/shadow.
func (f ownFile) discreet(errs scenario.Errors) scenario.Errors {
	if !f.secret || len(errs) == 0 {
		return errs
	}
	text := "this is not a valid scenario"
	if at := errs[0]; at.Line > 0 {
		text += fmt.Sprintf(" (line %d, column %d)", at.Line, at.Column)
	}
	return scenario.Errors{{File: f.path, Text: text, Hint: "not everybody may read this file, so nothing of it is shown"}}
}

func tooLarge(path string) error {
	return &usageError{fmt.Sprintf("%s is too large for a scenario (more than %d KiB)", quote(path), maxFile>>10), "a scenario is a short text file; see docs/SCENARIOS.md"}
}

func cannotRead(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	hint := "a path works wherever a name does; netlab list shows the names"
	if name := nameInPath(path); name != "" {
		hint = name + " is one of netlab's own lessons: give its name alone"
	}
	return &usageError{fmt.Sprintf("cannot read %s: %v", quote(path), err), hint}
}

// nameInPath finds the lesson that somebody means who types a path like one.
func nameInPath(path string) string {
	cat, err := catalog()
	if err != nil {
		return ""
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if slices.Contains(cat.Names(), name) {
		return name
	}
	return ""
}
