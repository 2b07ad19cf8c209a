package kernel

import (
	"context"
	"errors"
	"flag"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/probe"
	"netlab/internal/scene"
)

// drop removes the namespaces of a scene, and nothing else.
func drop(t testing.TB, s scene.Scene) {
	t.Helper()
	for _, n := range s.Nodes {
		if err := netns.Delete(n.Name); err != nil {
			t.Error(err)
		}
	}
}

// TestNoFirstPingIsLost pings at once when Build has returned. A link whose
// carrier has not settled drops the first request, and the next comes a second
// later.
func TestNoFirstPingIsLost(t *testing.T) {
	tries := 200
	if testing.Short() {
		tries = 20
	}
	tests := []struct {
		name  string
		scene scene.Scene
		pings []probe.Request
	}{
		{"pair", pairScene(), []probe.Request{{From: "a", To: netip.MustParseAddr("10.0.0.2")}, {From: "b", To: netip.MustParseAddr("10.0.0.1")}}},
		{"star 2", starScene(2), []probe.Request{{From: "h1", To: netip.MustParseAddr("10.0.0.2")}, {From: "h2", To: netip.MustParseAddr("10.0.0.1")}}},
		{"chain 2", chainScene(2), []probe.Request{{From: "h1", To: netip.MustParseAddr("10.2.0.2")}, {From: "h2", To: netip.MustParseAddr("10.1.0.2")}}},
		{"switches in a row, IPv6", mixedScene(), []probe.Request{{From: "A", To: netip.MustParseAddr("fd00:2::4")}, {From: "D", To: netip.MustParseAddr("192.168.1.1")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tries {
				firstPings(t, i, tt.scene, tt.pings)
			}
		})
	}
}

func firstPings(t *testing.T, i int, s scene.Scene, pings []probe.Request) {
	t.Helper()
	if err := New().Build(t.Context(), s); err != nil {
		t.Fatalf("try %d: %v", i, err)
	}
	defer drop(t, s) // a ping that is lost leaves nothing for the next test
	for _, p := range pings {
		p.Count, p.Timeout = 1, 800*time.Millisecond // an ARP request that was lost is sent again after a second
		got, err := probe.Ping(t.Context(), p)
		if err != nil || got.Received != 1 {
			t.Fatalf("try %d: the first ping from %s to %s is lost: %+v, %v", i, p.From, p.To, got, err)
		}
	}
}

// TestNothingOfABuildIsLeftBehind: threads and sockets are gone when it
// returns, and after an error the namespaces, too.
func TestNothingOfABuildIsLeftBehind(t *testing.T) {
	k := New()
	s := starScene(20)
	if err := k.Build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	drop(t, s) // the first build may start threads that stay with the process
	files := len(entriesOf(t, "/proc/self/fd"))
	if err := k.Build(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if now := len(entriesOf(t, "/proc/self/fd")); now != files {
		t.Errorf("%d open files before, %d after", files, now)
	}
	own, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range entriesOf(t, "/proc/self/task") {
		if at, err := os.Readlink("/proc/self/task/" + task + "/ns/net"); err == nil && at != own {
			t.Errorf("thread %s is still in %s", task, at)
		}
	}
	err = k.Build(t.Context(), s)
	if !errors.Is(err, unix.EEXIST) {
		t.Errorf("building it twice: %v", err)
	}
	drop(t, s)
	gone(t)
	if now := len(entriesOf(t, "/proc/self/fd")); now != files {
		t.Errorf("%d open files before the error, %d after", files, now)
	}
}

func entriesOf(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// gone says that no namespace is left.
func gone(t *testing.T) {
	t.Helper()
	if names, err := netns.List(); err != nil || len(names) > 0 {
		t.Errorf("left: %v, %v", names, err)
	}
}

func TestABuildThatFailsHalfWaySaysWhereAndLeavesNothing(t *testing.T) {
	taken := mixedScene()
	taken.Cables[2].A.Dev = taken.Cables[1].A.Dev
	unreachable := chainScene(3)
	unreachable.Nodes[2].Routes[0].Via = netip.MustParseAddr("172.16.0.1")
	badName := pairScene()
	badName.Nodes[1].Name, badName.Cables[0].B.Node = "a/b", "a/b"
	tests := []struct {
		name, want string
		scene      scene.Scene
		errno      unix.Errno
	}{
		{"an interface twice", "the cable from switch1 to B could not be built", taken, unix.EEXIST},
		{"a gateway that nobody reaches", "the route of r2 to 10.1.0.0/24 could not be built", unreachable, unix.ENETUNREACH},
		{"a name that is none", `the nodes could not be built: Invalid netns name "a/b"`, badName, unix.EINVAL},
		{"a port too many", "the cable from switch1 to h1024 could not be built", starScene(scene.MaxPorts + 1), unix.EXFULL},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := New().Build(t.Context(), tt.scene)
			var failed *BuildError
			if !errors.As(err, &failed) || !errors.Is(err, tt.errno) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %q with %v", err, tt.want, tt.errno)
			}
			gone(t)
		})
	}
}

func TestABuildCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := New().Build(ctx, starScene(50)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	gone(t)
	ctx, cancel = context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := New().Build(ctx, starScene(800)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	gone(t)
}

// TestLimitsOfTheMachineAreNamed runs in a sandbox of its own, whose limits it
// may set.
func TestLimitsOfTheMachineAreNamed(t *testing.T) {
	netlabtest.Nested(t, insideLimits)
}

const insideLimits = "^TestInsideLimits$"

func TestInsideLimits(t *testing.T) {
	const limit = "/proc/sys/user/max_net_namespaces"
	if flag.Lookup("test.run").Value.String() != insideLimits {
		t.Skip("only in a process of its own, which it limits")
	}
	if err := os.WriteFile(limit, []byte("12"), 0o644); errors.Is(err, unix.EROFS) {
		t.Skip("a lab that knows one user only cannot set it")
	} else if err != nil {
		t.Fatal(err)
	}
	err := New().Build(t.Context(), starScene(40))
	var failed *BuildError
	if !errors.As(err, &failed) || !errors.Is(err, unix.ENOSPC) || !strings.Contains(failed.Hint, "max_net_namespaces") {
		t.Errorf("got %v", err)
	}
	gone(t)
	if err := os.WriteFile(limit, []byte("1000"), 0o644); err != nil {
		t.Fatal(err)
	}
	lowFiles(t)
}

// lowFiles: the soft limit of open files is raised, the hard one is told.
func lowFiles(t *testing.T) {
	t.Helper()
	low := unix.Rlimit{Cur: 60, Max: 4096}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	s := starScene(100)
	if err := New().Build(t.Context(), s); err != nil {
		t.Errorf("with a low soft limit: %v", err)
	}
	drop(t, s)
	low = unix.Rlimit{Cur: 60, Max: 60}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	if err := New().Build(t.Context(), s); !errors.Is(err, unix.EMFILE) || !strings.Contains(err.Error(), "229 open files") {
		t.Errorf("with a low hard limit: %v", err)
	}
	gone(t)
}
