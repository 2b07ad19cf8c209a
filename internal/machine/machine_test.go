package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"netlab/internal/control"
	"netlab/internal/kernel"
	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/scenario"
)

// The sandbox needs a process whose first thread stays its own.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) { os.Exit(netlabtest.Main(m)) }

func names(all []control.Feature) (out []string) {
	for _, f := range all {
		out = append(out, f.Name)
	}
	return out
}

func TestTryTriesEverythingInOrder(t *testing.T) {
	var want []string
	for _, r := range scenario.Requirements() {
		want = append(want, r.Word)
	}
	all := Try(kernel.New())
	if d := cmp.Diff(want, names(all)); d != "" {
		t.Error(d)
	}
	for _, f := range all {
		if f.What == "" || f.OK != (f.Why == "") || f.OK != (f.Get == "") {
			t.Errorf("%+v", f)
		}
	}
	if left, err := netns.List(); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What can be made is what the real ip can make.
func TestKindsAreThoseOfThisKernel(t *testing.T) {
	_, err := exec.LookPath("ip")
	netlabtest.Require(t, err == nil, "ip")
	words := map[string]string{"veth": "peer name try1", "vxlan": "id 1 dstport 4789"}
	for _, r := range scenario.Requirements() {
		if r.Kind == "" {
			continue
		}
		t.Run(r.Kind, func(t *testing.T) {
			if err := netns.Create("real"); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = netns.Delete("real") }()
			args := strings.Fields("-n real link add try0 type " + r.Kind + " " + words[r.Kind])
			said, err := exec.Command("ip", args...).CombinedOutput()
			f := tryOne(kernel.New(), r)
			if f.OK != (err == nil) {
				t.Errorf("%+v, but ip says: %s", f, said)
			}
			if !f.OK && (f.Why != "this kernel does not have it" || !strings.Contains(f.Get, "kernel")) {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestAKindThatNoKernelHas(t *testing.T) {
	f := tryOne(kernel.New(), scenario.Requirement{Word: "warp", Doc: "faster", Kind: "warp"})
	if f.OK || f.Why != "this kernel does not have it" || f.Name != "warp" || f.What != "faster" {
		t.Errorf("%+v", f)
	}
	if left, err := netns.List(); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMissingSaysOnlyWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, tt := range []struct {
		name  string
		words []string
		want  []string
	}{
		{"nothing asked for", nil, nil},
		{"what is there", []string{"veth", "bridge"}, nil},
		{"a program off PATH", []string{"veth", "curl"}, []string{"curl"}},
		{"twice the same", []string{"nft", "nft"}, []string{"nft"}},
		{"in the order of the table", []string{"tcpdump", "nft"}, []string{"nft", "tcpdump"}},
		{"a word without a meaning", []string{"nosuch"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, names(Missing(kernel.New(), tt.words))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHowToGetAProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	want := map[string]string{
		"nft": "nftables", "ip": "iproute2", "iptables": "iptables", "curl": "curl", "dig": "bind9-dnsutils", "getent": "libc-bin", "tcpdump": "tcpdump",
	}
	for _, f := range Try(kernel.New()) {
		name, isProgram := want[f.Name]
		if !isProgram {
			continue
		}
		delete(want, f.Name)
		if f.OK || f.Why != "the program "+f.Name+" is not installed" || f.Get != "on Debian and Ubuntu: apt install "+name {
			t.Errorf("%+v", f)
		}
	}
	if len(want) > 0 {
		t.Errorf("never tried: %v", want)
	}
}

func TestNftThatDoesNotWork(t *testing.T) {
	dir := t.TempDir()
	program(t, filepath.Join(dir, "nft"), "#!/bin/sh\necho cannot >&2\nexit 1\n", 0o755)
	t.Setenv("PATH", dir)
	missing := Missing(kernel.New(), []string{"nft"})
	if len(missing) != 1 || missing[0].Why != "nft: exit status 1: cannot\n" {
		t.Errorf("%+v", missing)
	}
}

func TestReason(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{syscall.EOPNOTSUPP, "this kernel does not have it"},
		{fmt.Errorf("open: %w", fs.ErrNotExist), "this kernel does not have it"},
		{&os.PathError{Op: "open", Path: "/x", Err: syscall.EPERM}, "this kernel does not allow it here"},
		{errors.New("other"), "other"},
	} {
		if got := reason(tt.err); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
	}
}

func program(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestOtherNetlab(t *testing.T) {
	top := t.TempDir()
	at := func(dirs string) string {
		var all []string
		for _, d := range strings.Fields(dirs) {
			all = append(all, filepath.Join(top, d))
		}
		return strings.Join(all, ":")
	}
	program(t, at("own/netlab"), "mine", 0o755)
	program(t, at("other/netlab"), "theirs", 0o755)
	program(t, at("plain/netlab"), "no program", 0o644)
	program(t, at("folder/netlab/x"), "a folder", 0o755)
	program(t, at("link/x"), "", 0o644)
	if err := os.Symlink(at("own/netlab"), at("link/netlab")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, path, self, want string }{
		{"alone", "own", "own/netlab", ""},
		{"another one first", "other own", "own/netlab", "other/netlab"},
		{"another one later", "own other", "own/netlab", ""},
		{"not on PATH at all, another one is", "other", "own/netlab", "other/netlab"},
		{"a file that is no program", "plain own", "own/netlab", ""},
		{"a folder of that name", "folder own", "own/netlab", ""},
		{"a link to oneself", "link other own", "own/netlab", ""},
		{"a folder that does not exist", "nowhere other", "own/netlab", "other/netlab"},
		{"an empty PATH", "", "own/netlab", ""},
		{"unknown where this program is", "other", "gone/netlab", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want != "" {
				want = at(want)
			}
			if got := OtherNetlab(at(tt.path), at(tt.self)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestKernelIsTheRunningOne(t *testing.T) {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.TrimSpace(string(b)), Kernel()); d != "" {
		t.Error(d)
	}
}
