package run

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"netlab/internal/interp"
	"netlab/internal/sandbox"
)

// bringNetlab makes sure that netlab is found inside the lab, also under the
// names of its own programs. Where a shell runs, links to its program are there
// already.
func (e *engine) bringNetlab() error {
	e.bringing.Lock()
	defer e.bringing.Unlock()
	if _, err := os.Stat(interp.OwnFile); err == nil {
		return nil
	}
	return copyNetlab()
}

// bringFile is bringNetlab where nothing but a file of the lab's own will do.
func (e *engine) bringFile() error {
	e.bringing.Lock()
	defer e.bringing.Unlock()
	if st, err := os.Lstat(interp.OwnFile); err == nil && st.Mode().IsRegular() {
		return nil
	}
	return copyNetlab()
}

// copyNetlab copies this program into the lab: nobody there may look at the
// engine's own (/proc/PID/exe), since it has a right that they lack.
func copyNetlab() error {
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer from.Close()
	tmp, err := os.CreateTemp(filepath.Dir(interp.OwnFile), ".netlab-")
	if err != nil {
		return err
	}
	err = sandbox.Copy(tmp, from)
	err = errors.Join(err, tmp.Chmod(0o755), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), interp.OwnFile)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return err
	}
	return interp.PlaceOwn(interp.OwnFile)
}

// ownPath is what comes first on the PATH of a lab's shells.
func ownPath() string { return interp.OwnDir + ":" + filepath.Dir(interp.OwnFile) }

// lookPath finds a program as the lab's shells do.
func lookPath(name string) (string, error) {
	if strings.Contains(name, "/") {
		return exec.LookPath(name)
	}
	for _, dir := range filepath.SplitList(ownPath()) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}
