package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"netlab/internal/scenario"
)

func TestIsPath(t *testing.T) {
	for arg, want := range map[string]bool{
		"veth-pair": false, "": false, "yaml": false, "...": false, "a.txt": false, "bridge.yaml.old": false,
		"./veth-pair": true, "a/b": true, "/": true, "a.yaml": true, "a.yml": true, ".yaml": true, ".": true, "..": true, "dir/": true,
	} {
		if got := isPath(arg); got != want {
			t.Errorf("isPath(%q) = %v", arg, got)
		}
	}
}

// strangeFiles makes files that are no scenario, and says of each why.
func strangeFiles(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	err := errors.Join(
		syscall.Mkfifo(at("fifo.yaml"), 0o600),
		os.Symlink("/dev/zero", at("zero.yaml")),
		os.Symlink("loop.yaml", at("loop.yaml")),
		os.Symlink("nowhere", at("dangling.yaml")),
		os.Mkdir(at("empty"), 0o700),
		os.MkdirAll(at("deep/scenario.yaml"), 0o700),
		os.WriteFile(at("huge.yaml"), nil, 0o600), os.Truncate(at("huge.yaml"), 1<<30),
		os.WriteFile(at("file"), nil, 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		at("fifo.yaml"):            "is not an ordinary file",
		at("zero.yaml"):            "is not an ordinary file",
		"/dev/zero":                "is not an ordinary file",
		at("loop.yaml"):            "too many levels of symbolic links",
		at("dangling.yaml"):        "no such file or directory",
		at("empty"):                `empty/scenario.yaml": no such file or directory`,
		at("deep"):                 "is not an ordinary file",
		at("huge.yaml"):            "is too large for a scenario (more than 1024 KiB)",
		at("file") + "/scenario":   "not a directory",
		"/proc/self/mem":           "cannot read",
		"/proc/kallsyms":           "",
		"a\x00b.yaml":              "invalid argument",
		strings.Repeat("x/", 5000): "file name too long",
	}
}

func TestStrangeFilesAreRefusedAtOnce(t *testing.T) {
	for path, want := range strangeFiles(t) {
		if path == "/proc/kallsyms" {
			continue // its size is only known by reading; see below
		}
		_, err := readOwn(path)
		var usage *usageError
		if !errors.As(err, &usage) || !strings.Contains(usage.text, want) || usage.hint == "" || len(usage.text) > 300 {
			t.Errorf("%.60q: %v, want %q", path, err, want)
		}
	}
}

func TestAFileWithoutASizeIsReadToItsBound(t *testing.T) {
	f, err := readOwn("/proc/self/status")
	if err != nil || !strings.Contains(string(f.src), "Name:") {
		t.Errorf("a small one: %v, %q", err, f.src)
	}
	if b, err := os.ReadFile("/proc/kallsyms"); err != nil || len(b) <= maxFile {
		t.Skipf("needs a large file without a size: %d bytes, %v", len(b), err)
	}
	var usage *usageError
	if _, err := readOwn("/proc/kallsyms"); !errors.As(err, &usage) || !strings.Contains(usage.text, "too large") {
		t.Errorf("a large one: %v", err)
	}
}

func TestAFileOfTheGreatestSize(t *testing.T) {
	path := write(t, "a.yaml", strings.Repeat("#", maxFile))
	if f, err := readOwn(path); err != nil || len(f.src) != maxFile {
		t.Errorf("%d bytes, %v", len(f.src), err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if f, err := readOwn(link); err != nil || f.path != link {
		t.Errorf("through a link: %q, %v", f.path, err)
	}
}

func TestAFileThatMayNotBeRead(t *testing.T) {
	path := write(t, "a.yaml", ownLesson)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	f, err := readOwn(path)
	if os.Geteuid() == 0 { // who can read everything
		t.Setenv("SUDO_UID", "54321")
		if f, err = readOwn(path); err != nil || !f.secret {
			t.Errorf("through sudo: secret %v, %v", f.secret, err)
		}
		return
	}
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("it read %q, %v", f.src, err)
	}
}

func TestSecretFiles(t *testing.T) {
	if os.Geteuid() != 0 {
		path := write(t, "a.yaml", "x")
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := readOwn(path); err != nil || f.secret {
			t.Errorf("one's own file: secret %v, %v", f.secret, err)
		}
		return
	}
	tests := []struct {
		name  string
		mode  os.FileMode
		owner int
		sudo  string
		want  bool
	}{
		{"everybody may read it", 0o644, 0, "54321", false},
		{"root's own, through sudo", 0o600, 0, "54321", true},
		{"root's own, by root", 0o600, 0, "", true},
		{"of who called sudo", 0o600, 54321, "54321", false},
		{"of somebody else, through sudo", 0o640, 54322, "54321", true},
		{"only its group may read it", 0o640, 0, "54321", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("SUDO_UID", tt.sudo)
			path := write(t, "a.yaml", "password: hunter2\n")
			if err := errors.Join(os.Chmod(path, tt.mode), os.Chown(path, tt.owner, 0)); err != nil {
				t.Skipf("needs root of this machine: %v", err)
			}
			f, err := readOwn(path)
			if err != nil || f.secret != tt.want {
				t.Fatalf("secret %v, %v", f.secret, err)
			}
			for _, verb := range []string{"run", "lint", "show", "script", "verify"} {
				got := noLab(t).call(verb, path)
				if got.code != 4 || strings.Contains(got.out+got.errs, "password") == tt.want {
					t.Errorf("%s: exit code %d, %q", verb, got.code, got.errs)
				}
			}
		})
	}
}

func TestFind(t *testing.T) {
	folder := filepath.Dir(write(t, "scenario.yaml", ownLesson))
	after := write(t, "after.yml", strings.Replace(ownLesson, "minutes: 1\n", "minutes: 1\nstart: bridge\n", 1))
	tests := []struct {
		name  string
		arg   string
		want  string
		path  string
		chain []string
	}{
		{"a lesson", "namespaces", "namespaces", "", nil},
		{"a lesson that begins where another ends", "bridge-host", "bridge-host", "", []string{"bridge"}},
		{"a folder", folder, "mine", folder + "/scenario.yaml", nil},
		{"a file", folder + "/scenario.yaml", "mine", folder + "/scenario.yaml", nil},
		{"a file that begins where a lesson ends", after, "mine", after, []string{"bridge"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := find(tt.arg)
			if err != nil {
				t.Fatal(err)
			}
			var chain []string
			for _, s := range l.chain {
				chain = append(chain, s.Name)
			}
			if l.Name != tt.want || l.path != tt.path || l.trusted() != (tt.path == "") || len(l.Steps) == 0 {
				t.Errorf("it finds %q of %q with %d steps, trusted: %v", l.Name, l.path, len(l.Steps), l.trusted())
			}
			if !slices.Equal(chain, tt.chain) {
				t.Errorf("before it come %q", chain)
			}
		})
	}
}

func TestFindRefuses(t *testing.T) {
	tests := []struct {
		name string
		arg  string
		code int
		text string
	}{
		{"a file that is none", write(t, "a.yaml", "name: 3\nname: 4\n"), 4, "a.yaml:2:1:"},
		{"a start that there is not", write(t, "a.yaml", strings.Replace(ownLesson, "minutes: 1\n", "minutes: 1\nstart: brige\n", 1)), 4, "a.yaml:6:1: start: there is no scenario \"brige\""},
		{"a start that comes back to the name", write(t, "a.yaml", strings.Replace(strings.Replace(ownLesson, "mine", "bridge", 1), "minutes: 1\n", "start: bridge-host\nminutes: 1\n", 1)), 4, "a.yaml:5:1: start: the start scenarios go round"},
		{"a name with dots", "..yaml", 2, "cannot read"},
		{"a way out of the lessons", "../bridge", 2, "cannot read"},
		{"the number with the name", "02-veth-pair", 2, "there is no scenario"},
		{"a folder that is there", "testdata", 2, "there is no scenario"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := find(tt.arg)
			code, text, hint := verdict(err)
			if code != tt.code || !strings.Contains(text, tt.text) || hint == "" {
				t.Errorf("exit code %d, %q, %q", code, text, hint)
			}
		})
	}
}

func TestTheStartOfASecretFileIsNotShown(t *testing.T) {
	f := ownFile{path: "a.yaml", src: []byte("start: hunter2\n"), secret: true}
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.before(cat, scenario.Scenario{Name: "x", Start: "hunter2"})
	code, text, _ := verdict(err)
	if code != 4 || strings.Contains(text, "hunter2") || !strings.Contains(text, "line 1") {
		t.Errorf("exit code %d, %q", code, text)
	}
}

func TestPerhapsPath(t *testing.T) {
	unknown := &scenario.UnknownError{Name: "x"}
	other := errors.New("other")
	for name, tt := range map[string]struct {
		arg  string
		err  error
		want bool
	}{
		"there is such a file":      {"main_test.go", unknown, true},
		"there is such a folder":    {"testdata", unknown, true},
		"there is nothing like it":  {"nothing", unknown, false},
		"it was found":              {"main_test.go", nil, false},
		"something else is wrong":   {"main_test.go", other, false},
		"no name at all is no file": {"", unknown, false},
	} {
		var usage *usageError
		got := perhapsPath(tt.arg, tt.err)
		if errors.As(got, &usage) != tt.want || !tt.want && !errors.Is(got, tt.err) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCompleteNames(t *testing.T) {
	cat, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	got, directive := completeNames(&cobra.Command{}, []string{"bridge"}, "v")
	if directive != cobra.ShellCompDirectiveDefault {
		t.Errorf("files are not offered: %v", directive)
	}
	want := slices.DeleteFunc(cat.Names(), func(n string) bool { return n == "bridge" })
	var names []string
	for _, g := range got {
		name, title, _ := strings.Cut(g, "\t")
		names = append(names, name)
		if title == "" {
			t.Errorf("%q has no title", g)
		}
	}
	if diff := cmp.Diff(want, names); diff != "" || len(want) < 3 {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
