package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestHomePath(t *testing.T) {
	for _, tt := range []struct {
		name, runtimeDir, want string
		euid                   int
	}{
		{"root", "", "/run/netlab", 0},
		{"root with a user's variable", "/run/user/1000", "/run/netlab", 0},
		{"a user after a login", "/run/user/1000", "/run/user/1000/netlab", 1000},
		{"a user without one", "", "/tmp/netlab-1000", 1000},
		{"a relative path does not count", "run", "/tmp/netlab-1000", 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := homePath(tt.euid, tt.runtimeDir); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestDistrust(t *testing.T) {
	for _, tt := range []struct {
		name string
		uid  uint32
		mode uint32
		says string
	}{
		{"one's own", 1000, 0o40700, ""},
		{"somebody else's", 1001, 0o40700, "belongs to the user with the id 1001, not to you (1000)"},
		{"root's", 0, 0o40700, "belongs to the user with the id 0"},
		{"open to the group", 1000, 0o40750, "open to other users (mode 0750)"},
		{"open to all", 1000, 0o41777, "open to other users (mode 01777)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := distrust("/run/x", unix.Stat_t{Uid: tt.uid, Mode: tt.mode}, 1000)
			if (got == "") != (tt.says == "") || !strings.Contains(got, tt.says) {
				t.Errorf("%q", got)
			}
		})
	}
}

// homeAt is a Home in a directory of the test.
func homeAt(t *testing.T, path string) *Home {
	t.Helper()
	h := &Home{path: path, uid: os.Geteuid()}
	t.Cleanup(h.Close)
	return h
}

func TestAHomeThatCannotBeTrustedIsRefused(t *testing.T) {
	dir := t.TempDir()
	link, open, file := filepath.Join(dir, "link"), filepath.Join(dir, "open"), filepath.Join(dir, "file")
	err := errors.Join(os.Symlink(dir, link), os.Mkdir(open, 0o700), os.Chmod(open, 0o777), os.WriteFile(file, nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a symbolic link": link, "open to all": open, "a file": file, "in a directory that there is not": filepath.Join(dir, "no", "home"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := homeAt(t, path).Listen("one")
			var refused *HomeError
			if !errors.As(err, &refused) || refused.Hint == "" || !strings.Contains(refused.Text, path) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestASocketIsALabOnlyWhileSomebodyListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("long-", 30)) // longer than the address of a socket may be
	h := homeAt(t, path)
	if names, err := h.List(); err != nil || names != nil {
		t.Errorf("before: %v, %v", names, err)
	}
	one, err := h.Listen("one")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := homeAt(t, path).Listen("one"); !errors.Is(err, ErrUp) {
		t.Errorf("a second one: %v", err)
	}
	two, err := homeAt(t, path).Listen("two")
	if err != nil {
		t.Fatal(err)
	}
	list(t, h, "one", "two")
	one.Close() // what its death does
	if _, err := h.Dial("one"); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("the dead one: %v", err)
	}
	if again, err := h.Listen("one"); err != nil {
		t.Errorf("the name is free again: %v", err)
	} else {
		again.Close()
	}
	list(t, h, "two")
	if entries, err := os.ReadDir(path); err != nil || len(entries) != 1 {
		t.Errorf("the dead one is swept: %v, %v", entries, err)
	}
	two.Remove()
	list(t, h)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty directory stays: %v", err)
	}
	if again, err := h.Listen("three"); err != nil {
		t.Errorf("after the directory went: %v", err)
	} else {
		again.Remove()
	}
}

func list(t *testing.T, h *Home, want ...string) {
	t.Helper()
	got, err := h.List()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsNoSocketIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"notes.sock", "one"} {
		if err := os.WriteFile(filepath.Join(path, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := homeAt(t, path)
	list(t, h)
	if _, err := h.Listen("notes"); err == nil {
		t.Error("a file's name was taken for a socket")
	}
	if entries, _ := os.ReadDir(path); len(entries) != 2 {
		t.Errorf("left: %v", entries)
	}
}

func TestStayingLab(t *testing.T) {
	for line, want := range map[string]string{
		"netlab-init\x00bridge\x00": "bridge", "netlab-init\x00": "", "": "", "netlab\x00bridge\x00": "", "netlab-init\x00a\x00b\x00": "",
		"/tmp/netlab-init\x00bridge\x00": "",
	} {
		if name, ok := stayingLab(line); name != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", line, name, ok)
		}
	}
}
