package run

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"netlab/internal/control"
	"netlab/internal/kernel"
	"netlab/internal/scenario"
	"netlab/internal/scene"
)

// build makes the hardware of all lessons that the lab is about.
func (e *engine) build(ctx context.Context, lessons []scenario.Scenario) error {
	for _, s := range lessons {
		if s.Scene.Empty() {
			continue
		}
		e.changed()
		if err := e.kernel.Build(ctx, s.Scene); err != nil {
			return err
		}
		if err := write(s.Scene.Files); err != nil {
			return err
		}
	}
	return nil
}

// write makes the files of a scene in the lab's own /etc.
func write(files []scene.File) error {
	for _, f := range files {
		if err := writeFile(f); err != nil {
			return &fileError{f.Path, err}
		}
	}
	return nil
}

// writeFile writes one file. Where the machine has one that root of a lab may
// not change, a new one takes its place.
func writeFile(f scene.File) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
		return err
	}
	err := os.WriteFile(f.Path, []byte(f.Text), 0o644)
	if errors.Is(err, fs.ErrPermission) && os.Remove(f.Path) == nil {
		err = os.WriteFile(f.Path, []byte(f.Text), 0o644)
	}
	return err
}

// fileError is a file of a scene that cannot be written on this machine, since
// its /etc is below that of the lab.
type fileError struct {
	path string
	err  error
}

func (e *fileError) Error() string {
	why := e.err.Error()
	var sys *fs.PathError
	if errors.As(e.err, &sys) {
		why = sys.Err.Error()
		if sys.Path != e.path {
			why = sys.Path + ": " + why
		}
	}
	return "the lesson's file " + e.path + " cannot be written: " + why
}

// limit is what to tell of an error that is this machine's: a limit of its
// kernel is reached, or its /etc is in the way. It is empty for all others.
func limit(err error) string {
	var failed *kernel.BuildError
	var file *fileError
	switch {
	case errors.As(err, &failed):
		return failed.Hint
	case errors.As(err, &file):
		return "the lab's /etc lies over that of this machine, which has something else there: another path in files of the scene"
	}
	return ""
}

// Limited says that this machine cannot have a lab: a limit of its kernel was
// reached while it was built, or its /etc was in the way. Nothing of it is left.
type Limited struct{ Text, Hint string }

// Error says what could not be built and why.
func (l *Limited) Error() string { return l.Text }

// refusal is the error in an answer.
func refusal(a control.Answer) error {
	if a.Limit != "" {
		return &Limited{Text: a.Error, Hint: a.Limit}
	}
	return errors.New(a.Error)
}

// proveScene judges what is claimed about the scene itself.
func (e *engine) proveScene(ctx context.Context) (control.Answer, error) {
	e.number = 0
	all, err := e.judgeAll(ctx, e.lesson.Checks)
	return control.Answer{Status: status(all)}, err
}
