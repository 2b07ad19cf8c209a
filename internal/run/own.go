package run

import (
	"os/exec"
	"path/filepath"
	"strings"

	"netlab/internal/interp"
	"netlab/internal/sandbox"
)

// ownPath is what comes first on the PATH of a lab's shells.
func ownPath() string { return interp.OwnDir + ":" + filepath.Dir(sandbox.ProgramFile) }

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
