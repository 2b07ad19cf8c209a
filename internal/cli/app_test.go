package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/run"
	"netlab/internal/sandbox"
	"netlab/internal/scenario"
)

func TestVerdict(t *testing.T) {
	refused := &sandbox.Refusal{Stage: "clone", Err: syscall.EPERM, Why: "ordinary users may not", Todo: "run it with sudo"}
	tests := []struct {
		name string
		err  error
		code int
		text string // parts of what is said; empty: nothing
		hint string
	}{
		{"all well", nil, 0, "", ""},
		{"who quits has done nothing wrong", run.ErrQuit, 0, "", ""},
		{"what was said already is not said again", &exitError{1}, 1, "", ""},
		{"wrong usage", &usageError{"run needs a name", "usage: run NAME"}, 2, "run needs a name", "usage: run NAME"},
		{"an unknown lesson", &scenario.UnknownError{Name: "veth", Nearest: []string{"veth-pair"}}, 2, `"veth"`, "did you mean veth-pair?"},
		{"an unknown lesson that is like none", &scenario.UnknownError{Name: "x"}, 2, `"x"`, "netlab list"},
		{"an invalid file", scenario.Errors{{File: "a.yaml", Line: 3, Column: 7, Text: "no"}}, 4, "a.yaml:3:7: no", "schema"},
		{"a machine that refuses", refused, 3, "ordinary users may not", "run it with sudo"},
		{"something missing", &machineError{"no nft", "install it"}, 3, "no nft", "install it"},
		{"Ctrl-C", &signalled{syscall.SIGINT}, 130, "everything of the lab is removed", ""},
		{"a closed window", &signalled{syscall.SIGHUP}, 129, "stopped", ""},
		{"no descriptors left", fmt.Errorf("pipe: %w", syscall.EMFILE), 3, "no room", "ulimit"},
		{"a full disk", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, 3, "no room", "df"},
		{"anything else is netlab's own fault", errors.New("index out of range"), 70, "netlab failed: index out of range", "report"},
		{"the engine breaks", fmt.Errorf("the lab's engine crashed: %s", "panic"), 70, "panic", "not yours"},
		{"of many errors the cause is found", errors.Join(nil, errors.New("x"), refused), 3, "ordinary users may not", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, text, hint := verdict(tt.err)
			if code != tt.code || !strings.Contains(text, tt.text) || tt.text == "" && text != "" || !strings.Contains(hint, tt.hint) {
				t.Errorf("verdict = %d, %q, %q", code, text, hint)
			}
		})
	}
}

func TestASignalIsTheCauseOfTheEnd(t *testing.T) {
	ctx, _, stop := untilSignal(context.Background())
	defer stop()
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if code, _, _ := verdict(context.Cause(ctx)); code != 143 {
		t.Errorf("exit code %d after %v", code, context.Cause(ctx))
	}
}
