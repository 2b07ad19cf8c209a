package kernel

import (
	"context"
	"os"
	"runtime"
	"testing"

	"netlab/internal/netlabtest"
	"netlab/internal/netns"
	"netlab/internal/op"
	"netlab/internal/snapshot"
)

// The main thread must never be the one that enters a namespace.
func init() { runtime.LockOSThread() }

func TestMain(m *testing.M) {
	switch mode := os.Getenv(runnerMode); mode {
	case "":
	case asBytes:
		os.Exit(runSender())
	default:
		os.Exit(runRunner(mode))
	}
	os.Exit(netlabtest.Main(m))
}

// do does lines that must succeed.
func do(t testing.TB, k *Kernel, lines ...string) {
	t.Helper()
	for _, text := range lines {
		if err := try(t, k, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// try does one line and returns its error.
func try(t testing.TB, k *Kernel, text string) error {
	t.Helper()
	l, err := op.ParseLine(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return k.Do(l)
}

func snap(t testing.TB, k *Kernel) snapshot.Lab {
	t.Helper()
	lab, err := k.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return lab
}

// clean removes all namespaces, and all links of host but lo.
func clean(t testing.TB, k *Kernel) {
	t.Helper()
	names, err := netns.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		do(t, k, "ip netns del "+n)
	}
	host, _ := snap(t, k).Space(snapshot.Host)
	for _, l := range host.Links {
		// The other end may be gone by now.
		if l.Kind != "loopback" {
			_ = try(t, k, "ip link del dev "+l.Name)
		}
	}
}
