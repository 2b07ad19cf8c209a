package run

import (
	"context"
	"errors"
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
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(f.Path, []byte(f.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// limit is what to tell of an error that is this machine's: a limit of its
// kernel is reached. It is empty for all others.
func limit(err error) string {
	var failed *kernel.BuildError
	if errors.As(err, &failed) {
		return failed.Hint
	}
	return ""
}

// Limited says that this machine has no room for a lab: a limit of its kernel
// was reached while it was built. Nothing of it is left.
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
