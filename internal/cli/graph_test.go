package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"netlab/internal/term"
	"netlab/internal/topology"
)

func TestTheFormatOfAGraph(t *testing.T) {
	tests := []struct {
		name string
		opt  graphOptions
		want string
		err  string
	}{
		{"nothing said", graphOptions{}, "ascii", ""},
		{"a format", graphOptions{format: "dot"}, "dot", ""},
		{"--json", graphOptions{asJSON: true}, "json", ""},
		{"both, the same", graphOptions{asJSON: true, format: "json"}, "json", ""},
		{"both, not the same", graphOptions{asJSON: true, format: "svg"}, "", "--json and --format svg exclude each other"},
		{"by the file", graphOptions{file: "a/lab.SVG"}, "svg", ""},
		{"for Graphviz", graphOptions{file: "lab.gv"}, "dot", ""},
		{"for Mermaid", graphOptions{file: "lab.mmd"}, "mermaid", ""},
		{"a file that says nothing", graphOptions{file: "lab"}, "ascii", ""},
		{"a format counts more than the file", graphOptions{file: "lab.svg", format: "tree"}, "tree", ""},
		{"--json counts more than the file", graphOptions{file: "lab.svg", asJSON: true}, "json", ""},
		{"an unknown one", graphOptions{format: "pdf"}, "", `there is no format "pdf"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.opt.chosen()
			if got != tt.want || (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestEveryFormatIsDrawn(t *testing.T) {
	g := topology.Graph{Nodes: []topology.Node{{Name: "a\x1b[31m", Links: []topology.Link{{Name: "eth0", State: topology.Up}}}}}
	begins := map[string]string{"ascii": "┌ a", "tree": "a", "mermaid": "flowchart", "dot": "graph lab {", "svg": "<svg", "json": "{"}
	for _, format := range graphFormats() {
		for _, tty := range []bool{true, false} {
			tm, bufs := term.Test(strings.NewReader(""), 80)
			tm.OutTTY, tm.UTF8 = tty, true
			if err := drawGraph(&app{term: tm}, g, "x", format, false); err != nil {
				t.Fatal(err)
			}
			out := bufs.Out.String()
			if !strings.HasPrefix(out, begins[format]) || begins[format] == "" || !strings.Contains(out, "eth0") || !strings.HasSuffix(out, "\n") {
				t.Errorf("%s: %q", format, out)
			}
			if strings.Contains(out, "\x1b") {
				t.Errorf("%s acts on the terminal: %q", format, out)
			}
		}
	}
}

// hello writes a word to the file called name.
func hello(t *testing.T, name string) error {
	t.Helper()
	tm, bufs := term.Test(strings.NewReader(""), 80)
	tm.OutTTY, tm.OutColour = true, true
	err := (&app{term: tm}).intoFile(name, func(a *app) error {
		if a.term.OutTTY || a.term.OutColour {
			t.Error("a file is no terminal and has no colour")
		}
		_, err := a.term.Out.Write([]byte("hello\n"))
		return err
	})
	if bufs.Out.Len() > 0 {
		t.Error("something was written to the terminal")
	}
	return err
}

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	old := func(mode fs.FileMode) func(*testing.T, string) {
		return func(t *testing.T, name string) {
			if err := errors.Join(os.WriteFile(name, []byte("a longer text that was there"), mode), os.Chmod(name, mode)); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, name string)
		mode fs.FileMode
	}{
		{"a new one", func(*testing.T, string) {}, 0},
		{"one that is there", old(0o644), 0o644},
		{"a private one stays private", old(0o600), 0o600},
		{"a part that was left over", func(t *testing.T, name string) {
			old(0o644)(t, filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".part"))
		}, 0},
		{"through a symbolic link", func(t *testing.T, name string) {
			old(0o644)(t, name+".real")
			if err := os.Symlink(name+".real", name); err != nil {
				t.Fatal(err)
			}
		}, 0o644},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "lab.svg")
			tt.make(t, name)
			link, _ := os.Readlink(name)
			if err := hello(t, name); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(name)
			if err != nil || string(text) != "hello\n" {
				t.Errorf("%q, %v", text, err)
			}
			if now, _ := os.Readlink(name); now != link {
				t.Errorf("the link leads to %q", now)
			}
			if info, err := os.Stat(name); err != nil || tt.mode != 0 && info.Mode().Perm() != tt.mode {
				t.Errorf("%v, %v", info, err)
			}
			files, err := filepath.Glob(filepath.Join(filepath.Dir(name), ".*.part"))
			if err != nil || len(files) > 0 {
				t.Errorf("left over: %q, %v", files, err)
			}
		})
	}
}

func TestWhatIsNoRegularFileIsWrittenTo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		text, err := os.ReadFile(name)
		if err != nil {
			text = []byte(err.Error())
		}
		got <- string(text)
	}()
	if err := hello(t, name); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "hello\n" {
		t.Errorf("%q", text)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().IsRegular() {
		t.Error("the pipe is gone")
	}
}

func TestAFileThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "old")
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	tests := []struct {
		name, file, want string
		work             error
	}{
		{"a folder that is not there", filepath.Join(dir, "no", "x"), "no such file or directory", nil},
		{"a folder", dir, "is a folder", nil},
		{"a file as a folder", filepath.Join(old, "x"), "not a directory", nil},
		{"the work itself fails", old, "broken", broken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tm, _ := term.Test(strings.NewReader(""), 80)
			err := (&app{term: tm}).intoFile(tt.file, func(*app) error { return tt.work })
			var usage *usageError
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.As(err, &usage) != (tt.work == nil) {
				t.Errorf("%T: %v", err, err)
			}
			if text, _ := os.ReadFile(old); string(text) != "old" {
				t.Errorf("the old file holds %q", text)
			}
		})
	}
}
