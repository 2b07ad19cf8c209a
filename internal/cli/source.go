package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"netlab/internal/scenario"
	"netlab/scenarios"
)

// maxFile bounds a scenario file that is read at all.
const maxFile = 1 << 20

// lesson is a scenario with all it needs to run.
type lesson struct {
	scenario.Scenario
	chain []scenario.Scenario // the lessons whose end it starts from
	path  string              // where one's own file is; empty for netlab's
}

func (l lesson) trusted() bool { return l.path == "" }

func catalog() (scenario.Catalog, error) { return scenario.Load(scenarios.Files()) }

// find takes a name of the catalogue, or a path of one's own scenario: a file,
// or a folder with a scenario.yaml in it.
func find(arg string) (lesson, error) {
	cat, err := catalog()
	if err != nil {
		return lesson{}, err
	}
	if !isPath(arg) {
		s, err := cat.Find(arg)
		if err != nil {
			return lesson{}, err
		}
		chain, err := cat.Before(s)
		return lesson{Scenario: s, chain: chain}, err
	}
	file, src, err := readOwn(arg)
	if err != nil {
		return lesson{}, err
	}
	s, err := scenario.Parse(file, src)
	if err != nil {
		return lesson{}, err
	}
	chain, err := cat.Before(s)
	return lesson{Scenario: s, chain: chain, path: file}, err
}

func isPath(arg string) bool {
	return strings.Contains(arg, "/") || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml") || arg == "." || arg == ".."
}

// readOwn reads a scenario file with the user's own rights. Only a regular
// file of a bearable size is read, and opening it never blocks.
func readOwn(path string) (file string, src []byte, err error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		path = filepath.Join(path, "scenario.yaml")
	}
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return path, nil, cannotRead(path, err)
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		return path, nil, cannotRead(path, err)
	case !st.Mode().IsRegular():
		return path, nil, &usageError{fmt.Sprintf("%q is not an ordinary file", path), "give the path of a scenario.yaml, or of the folder that holds it"}
	case st.Size() > maxFile:
		return path, nil, &usageError{fmt.Sprintf("%q is too large for a scenario (%d bytes; the limit is %d)", path, st.Size(), maxFile), ""}
	}
	src, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return path, nil, cannotRead(path, err)
	}
	return path, src, nil
}

func cannotRead(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &usageError{fmt.Sprintf("cannot read %q: %v", path, err), "a path works wherever a name does; netlab list shows the names"}
}

// completeNames offers the scenarios' names, and files.
func completeNames(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	cat, err := catalog()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, s := range cat.All() {
		if !slices.Contains(args, s.Name) {
			out = append(out, s.Name+"\t"+s.Title)
		}
	}
	return out, cobra.ShellCompDirectiveDefault
}
