package floor

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
)

func init() { runtime.LockOSThread() }

const asCalm = "FLOOR_TEST_CALM"

func TestMain(m *testing.M) {
	if os.Getenv(asCalm) != "" {
		if err := Calm(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(netlabtest.Main(m))
}

const dir = "/run/floor"

func up(t *testing.T, p *Plan) {
	t.Helper()
	t.Cleanup(func() {
		if err := Down(dir); err != nil {
			t.Error(err)
		}
	})
	if err := Up(dir, p); err != nil {
		t.Fatal(err)
	}
}

func TestEachNetworkIsBuiltAndAnswers(t *testing.T) {
	for _, tt := range []struct {
		kind     string
		n, nodes int
	}{{"pair", 0, 2}, {"star", 2, 3}, {"star", 20, 21}, {"chain", 1, 3}, {"chain", 12, 14}} {
		t.Run(tt.kind, func(t *testing.T) {
			up(t, New(tt.kind, tt.n))
			made, err := os.ReadDir(dir)
			if err != nil || len(made) != tt.nodes {
				t.Errorf("%d namespaces, %v", len(made), err)
			}
			if err := Check(dir, New(tt.kind, tt.n)); err != nil {
				t.Error(err)
			}
		})
	}
	if New("ring", 3) != nil {
		t.Error("a network that there is not")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v", err)
	}
}

// A network that is not whole is no yardstick.
func TestALostPingIsAnError(t *testing.T) {
	up(t, New("pair", 0))
	err := Check(dir, New("star", 2))
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such host: %v", err)
	}
	other := New("pair", 0)
	other.Among[0].Addr = prefix(10, 0, 0, 9, 24).Addr()
	if err := Check(dir, other); !errors.Is(err, unix.EAGAIN) || !strings.Contains(err.Error(), "b: 0 of 1 answered") {
		t.Errorf("nobody is there: %v", err)
	}
}

func TestTheKernelsNoIsAnError(t *testing.T) {
	p := New("star", 3)
	p.Cables[2].Near.Dev = p.Cables[1].Near.Dev
	defer Down(dir)
	if err := Up(dir, p); !errors.Is(err, unix.EEXIST) {
		t.Errorf("two ports of one name: %v", err)
	}
	if err := Up(dir, p); !errors.Is(err, os.ErrExist) {
		t.Errorf("twice: %v", err)
	}
}

// Once it is calm, the kernel allows as many namespaces as before.
func TestItIsCalmWhenTheNamespacesAreGone(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), asCalm+"=1")
	ids := []syscall.SysProcIDMap{{Size: 1}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, Pdeathsig: syscall.SIGKILL}
	cmd.Stdin = strings.NewReader("\n\n\n")
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil || out.String() != "calm\ncalm\ncalm\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}
