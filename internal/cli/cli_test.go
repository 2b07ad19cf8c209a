package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/scenario"
	"netlab/internal/term"
)

// call runs one command line that starts no lab.
func call(args ...string) (code int, out, errs string) {
	t, b := term.Test(strings.NewReader(""), 80)
	code = Execute(context.Background(), t, args)
	return code, b.Out.String(), b.Err.String()
}

func TestEveryVerbHasHelp(t *testing.T) {
	for _, cmd := range newRoot(&app{}).Commands() {
		t.Run(cmd.Name(), func(t *testing.T) {
			for _, args := range [][]string{{"help", cmd.Name()}, {cmd.Name(), "--help"}} {
				code, out, errs := call(args...)
				if code != 0 || out == "" || errs != "" {
					t.Errorf("%q: %d, %q, %q", args, code, out, errs)
				}
				for line := range strings.Lines(out) {
					if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
						t.Errorf("%q: a line of %d cells: %q", args, n, line)
					}
				}
			}
			if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("its line in the list is %q", cmd.Short)
			}
		})
	}
}

func TestUsageIsNotSaidTwice(t *testing.T) {
	for _, args := range [][]string{{"run"}, {"run", "a", "b"}, {"explain"}, {"list", "x"}, {"nothing"}, {"run", "--x"}, {"explain", "ip lnik"}} {
		code, out, errs := call(args...)
		if code != 2 || out != "" || strings.Contains(errs, "netlab: netlab") || strings.Count(errs, "did you mean") > 1 || strings.Count(errs, "\n") > 2 {
			t.Errorf("%q: %d, %q, %q", args, code, out, errs)
		}
	}
}

// failing is an output that cannot be written.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestLostOutput(t *testing.T) {
	tests := []struct {
		name string
		err  error
		tty  bool
		code int
	}{
		{"nobody reads", syscall.EPIPE, false, 141},
		{"a full disk", syscall.ENOSPC, false, 3},
		{"a broken disk", syscall.EIO, false, 3},
		{"a closed window", syscall.EIO, true, 129},
	}
	for _, tt := range tests {
		for _, verb := range []string{"schema", "exit-codes", "version"} {
			t.Run(tt.name+" for "+verb, func(t *testing.T) {
				tm := term.TestTo(strings.NewReader(""), 80, failing{tt.err})
				tm.OutTTY = tt.tty
				if code := Execute(context.Background(), tm, []string{verb}); code != tt.code {
					t.Errorf("exit code %d, want %d", code, tt.code)
				}
			})
		}
	}
}

func TestDiscreet(t *testing.T) {
	errs := scenario.Errors{
		{File: "shadow", Line: 3, Column: 5, Text: `no key "root:hash"`, Source: "root:hash"},
		{File: "shadow", Line: 4, Column: 1, Text: "more", Source: "hash"},
	}
	got := ownFile{path: "shadow", secret: true}.discreet(errs).Show()
	if strings.Contains(got, "hash") || !strings.Contains(got, "line 3, column 5") {
		t.Errorf("of a secret file:\n%s", got)
	}
	if diff := cmp.Diff(errs, ownFile{path: "mine"}.discreet(errs)); diff != "" {
		t.Errorf("of one's own (-want +got):\n%s", diff)
	}
	if none := (ownFile{secret: true}).discreet(nil); len(none) > 0 {
		t.Errorf("of a good one: %v", none)
	}
}

func TestReadOwn(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "scenario.yaml")
	if err := os.WriteFile(file, []byte("name: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, dir, dir + "/"} {
		if f, err := readOwn(path); err != nil || string(f.src) != "name: x\n" || f.path != file {
			t.Errorf("%s: %+v, %v", path, f, err)
		}
	}
	if err := os.Truncate(file, maxFile+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{file: "too large", "/dev/null": "not an ordinary file", dir + "/x": "no such file", "./veth-pair": "cannot read"} {
		_, err := readOwn(path)
		var usage *usageError
		if !errors.As(err, &usage) || !strings.Contains(usage.text, want) || usage.hint == "" {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestNamesInPaths(t *testing.T) {
	for path, want := range map[string]string{
		"./veth-pair": "veth-pair", "scenarios/bridge.yaml": "bridge", "veth-pair/": "veth-pair", "/tmp/mine.yaml": "", "": "",
	} {
		if got := nameInPath(path); got != want {
			t.Errorf("nameInPath(%q) = %q", path, got)
		}
	}
}

func TestQuoteIsBounded(t *testing.T) {
	for in, want := range map[string]string{"a\x1b[1m": `"a\x1b[1m"`, "": `""`, "é": `"é"`} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s", in, got)
		}
	}
	if got := quote(strings.Repeat("é", 500)); len([]rune(got)) > maxQuoted+3 {
		t.Errorf("a long one has %d characters", len([]rune(got)))
	}
}

func TestChoice(t *testing.T) {
	for key, want := range map[term.Key]int{"1": 1, "3": 3, "4": 0, "0": 0, "a": 0, "": 0, term.Enter: 0, term.Up: 0} {
		if got := choice(key, 3); got != want {
			t.Errorf("choice(%q) = %d, want %d", key, got, want)
		}
	}
}

func TestLineWriterKnowsWhetherALineIsOpen(t *testing.T) {
	var b bytes.Buffer
	w := &lineWriter{to: &b}
	for _, step := range []struct {
		write string
		open  bool
	}{{"", false}, {"exit\r\n", false}, {"half", true}, {"", true}, {"\n", false}} {
		if _, err := io.WriteString(w, step.write); err != nil || w.open != step.open {
			t.Errorf("after %q: open %v, %v", step.write, w.open, err)
		}
	}
	if b.String() != "exit\r\nhalf\n" {
		t.Errorf("it wrote %q", b.String())
	}
}
